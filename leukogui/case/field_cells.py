"""The cells of the fields of a case, and the rows that they take: an image alone takes one."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from trainer.domain import Box, CellId, CellOrigin, ImageContent, LocatedCell

_NONE: Mapping[int, LocatedCell] = {}


class FieldCells:
    """Which images are fields, and the cells of each by number; no outlines.

    An image is what the newest run took it for; where none has seen it, one with known cells is
    a field. A cell that a person drew makes a field of an image that was taken for a single one.

    Attributes:
        content: what the images of the case hold.
    """

    def __init__(self) -> None:
        self.content = ImageContent.AS_FOUND
        self._known: dict[str, dict[int, LocatedCell]] = {}
        self._searched: dict[str, int] = {}
        self._fields: dict[str, dict[int, LocatedCell]] = {}

    def __len__(self) -> int:
        return len(self._fields)

    def __contains__(self, image: str) -> bool:
        return image in self._fields

    def add(self, cell: LocatedCell, run: int) -> None:
        """Add a cell that a run classified."""
        self._known.setdefault(cell.id.image, {})[cell.id.number] = replace(cell, outline=())
        self.add_searched(cell.id.image, run)

    def add_searched(self, image: str, run: int) -> None:
        """Add that a run searched an image for cells, whether it found any or not."""
        self._searched[image] = max(run, self._searched.get(image, 0))

    def replace_all(self, cells: Iterable[LocatedCell]) -> None:
        """Set all cells of the case: those that are not among them are gone."""
        self._known = {}
        for cell in cells:
            self._known.setdefault(cell.id.image, {})[cell.id.number] = replace(cell, outline=())

    def forget_runs(self) -> None:
        """Forget what runs searched: others count now."""
        self._searched = {}

    def update(self, single_run: Callable[[str], int]) -> None:
        """Decide anew which images are fields.

        Args:
            single_run: the newest run that took an image for one of a single cell; 0 for none.
        """
        self._fields = {
            image: dict(sorted(self._known.get(image, _NONE).items()))
            for image in self._known.keys() | self._searched.keys()
            if self._is_field(image, single_run(image))
        }

    def _is_field(self, image: str, single_run: int) -> bool:
        cells = self._known.get(image, _NONE).values()
        if not single_run or self._searched.get(image, 0) > single_run:
            return bool(cells) or image in self._searched
        drawn = any(cell.origin is CellOrigin.DRAWN for cell in cells)
        return drawn and self.content is not ImageContent.SINGLE

    def cell(self, cell: CellId) -> LocatedCell | None:
        """Return where a cell of a field lies."""
        return self._fields.get(cell.image, _NONE).get(cell.number)

    def cells(self, image: str) -> tuple[LocatedCell, ...]:
        """Return the cells of a field by number; none for any other image."""
        return tuple(self._fields.get(image, _NONE).values())

    def boxes(self, image: str) -> tuple[Box, ...]:
        """Return the boxes of the cells of a field."""
        return tuple(cell.box for cell in self.cells(image))

    def is_empty(self, image: str) -> bool:
        """Return whether an image is a field in which no cell is."""
        return image in self._fields and not self._fields[image]

    def count(self, images: Iterable[str]) -> int:
        """Count the fields among some images."""
        return sum(image in self._fields for image in images) if self._fields else 0

    def expand(self, images: Sequence[str]) -> tuple[list[str], array[int], list[int]]:
        """Lay out the rows of images that follow one another.

        Returns:
            image and number of each row, and how many rows each image takes: one for each cell
            of a field, else one with the number 0.
        """
        if not self._fields:
            return list(images), array("i", bytes(4 * len(images))), [1] * len(images)
        names: list[str] = []
        numbers, lengths = array("i"), []
        for image in images:
            here = self._fields.get(image) or (0,)
            names.extend([image] * len(here))
            numbers.extend(here)
            lengths.append(len(here))
        return names, numbers, lengths
