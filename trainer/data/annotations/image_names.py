"""From the name of an image in a file of annotations to the image on the disk."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from trainer.errors import UserError


class ImageNames:
    """Finds images by the names that other programs give them.

    Those have other folders, or none; no suffix; accents composed (NFC) or not (NFD); or the
    folders of the computer that they were annotated on.
    """

    def __init__(self, names: Iterable[str]) -> None:
        """Args:
        names: of the images, relative to their folder, with forward slashes.
        """
        self._paths: dict[str, str] = {}
        self._files: dict[str, list[str]] = defaultdict(list)
        self._stems: dict[str, list[str]] = defaultdict(list)
        for name in names:
            path = PurePosixPath(name)
            self._paths[_fold(name)] = name
            self._files[_fold(path.name)].append(name)
            self._stems[_fold(path.stem)].append(name)

    def find(self, name: str, place: str) -> str | None:
        """Find an image.

        Args:
            name: as in the file of annotations.
            place: where it stands, for the message.

        Returns:
            Its relative name; None where there is none.

        Raises:
            UserError: several images could be meant.
        """
        folded = _fold(name)
        if folded in self._paths:
            return self._paths[folded]
        path = PurePosixPath(folded)
        candidates = self._files.get(path.name) or self._stems.get(path.name, [])
        best = _closest(candidates, path)
        if len(best) > 1:
            raise UserError(
                f"{place}: several images could be meant by “{name}”: {best[0]} and {best[1]}.",
                "Name the image with its folder.",
            )
        return best[0] if best else None


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name.replace("\\", "/")).casefold().removeprefix("./")


def _closest(candidates: list[str], path: PurePosixPath) -> list[str]:
    """Those that lie in folders of the same names, as far up as possible."""
    shared = [_count_shared(PurePosixPath(_fold(each)), path) for each in candidates]
    return [each for each, count in zip(candidates, shared, strict=True) if count == max(shared)]


def _count_shared(one: PurePosixPath, other: PurePosixPath) -> int:
    """How many folders have the same names, from the file upwards."""
    pairs = zip(reversed(one.parts[:-1]), reversed(other.parts[:-1]), strict=False)
    count = 0
    for first, second in pairs:
        if first != second:
            break
        count += 1
    return count
