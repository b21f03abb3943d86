"""The requests on the store of cases: the store itself, one case in it, two readings of one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from trainer.protocol.records import Names, ProtocolRecord

RequirementName = Literal["every_cell", "open_cells", "nothing"]
"""The values of `trainer.cases.Requirement`."""


LabelledCellName = Annotated[tuple[str, int, str], Field(strict=False)]
"""Image, number in a field (else 0), class."""
MOST_CELLS = 100
"""References that are added at once, at most."""


class StoreRequest(ProtocolRecord):
    """Manage the store of cases.

    Attributes:
        action: check the file and the audit trail, verify the trail alone, list the cases,
            merge the runs of `classify --shard` that are in this and other stores, list the
            store's backups, or put a backup in its place (nobody may have it open then; the file
            before is moved aside).
        files: other stores, or data folders that hold one, to merge; they are not changed.
        backup: file to restore; None: the newest.
        head: number and hash of an entry of the audit trail, "N:HASH", as a report prints it,
            that must still be part of it.
        search: only cases with each of these words in name, folder, sample, reader or notes.
    """

    job: Literal["store"] = "store"
    action: Literal["check", "verify", "cases", "merge", "backups", "restore"]
    files: Names = ()
    backup: str | None = None
    head: str = Field(default="", pattern="^([0-9]{1,15}:[0-9a-f]{64})?$")
    search: str = ""
    data_dir: str | None = None


class CaseRequest(ProtocolRecord):
    """Show a case, set its details, sign or reopen it, list what was done, or set its folder.

    Attributes:
        folder: the case's; of "move", the one where it lay.
        action: "show" shows details and state; "details" sets those that are given; "trail"
            lists what was done with the case, or with one cell of it.
        reviewer: who acts; must be given to sign and to reopen.
        requirement: what must be reviewed to sign.
        reason: of reopening, or a remark of signing.
        count_edge_cells: whether cells that the edge of a field cuts must be reviewed as well.
        to: where the folder is now; the images must be the same.
        further: of "move": the further folder of the case that lies elsewhere now, as its details
            name it; empty: the case's own.
        add_folder: of "details": a further folder of images that belongs to the case.
        remove_folders: of "details": further folders that do not belong to it any more.
        out: CSV file for the trail; one that is there is replaced.
        image, cell: of the trail of a cell: name below the folder, and letters where it is a
            field.
        sample, patient, earlier_case, stain, magnification, pixel_size, reader, notes: as of
            `trainer.cases.CaseDetails`; None: as it is. Zero of a number: not known.
    """

    job: Literal["case"] = "case"
    folder: str
    action: Literal["show", "details", "sign", "reopen", "trail", "move"] = "show"
    reviewer: str = Field(default="", max_length=200)
    requirement: RequirementName = "every_cell"
    reason: str = Field(default="", max_length=2000)
    count_edge_cells: bool = False
    to: str = ""
    add_folder: str = ""
    remove_folders: Annotated[Names, Field(strict=False)] = ()
    further: str = ""
    out: str = ""
    image: str = ""
    cell: str = Field(default="", pattern="^[A-Za-z]{0,6}$")
    sample: str | None = Field(default=None, max_length=200)
    patient: str | None = Field(default=None, max_length=200)
    earlier_case: int | None = Field(default=None, ge=0)
    stain: str | None = Field(default=None, max_length=200)
    magnification: float | None = Field(default=None, ge=0, le=1000)
    pixel_size: float | None = Field(default=None, ge=0, le=10)
    reader: str | None = Field(default=None, max_length=200)
    notes: str | None = Field(default=None, max_length=20_000)
    data_dir: str | None = None

    def details(self) -> dict[str, object]:
        """Return the details that are given; zero as None."""
        names = ("sample", "patient", "earlier_case", "stain", "magnification", "pixel_size")
        given = {name: getattr(self, name) for name in (*names, "reader", "notes")}
        given = {name: value for name, value in given.items() if value is not None}
        return {name: None if value == 0 else value for name, value in given.items()}


class ReferencesRequest(ProtocolRecord):
    """Add cells of a case to the lab's reference library, remove one, or list the library.

    Attributes:
        folder: of the case whose cells are added.
        cells: name of the image below the folder, number in a field (else 0), and class.
        image, cell, label: one more: its image, its letters where it is a field, its class.
        remove: number of the reference to remove.
        reviewer: who adds or removes.
    """

    job: Literal["references"] = "references"
    action: Literal["list", "add", "remove"] = "list"
    folder: str = ""
    cells: Annotated[tuple[LabelledCellName, ...], Field(strict=False, max_length=MOST_CELLS)] = ()
    image: str = ""
    cell: str = Field(default="", pattern="^[A-Za-z]{0,6}$")
    label: str = Field(default="", max_length=200)
    remove: int = Field(default=0, ge=0)
    reviewer: str = Field(default="", max_length=200)
    data_dir: str | None = None


class AgreementRequest(ProtocolRecord):
    """Compare two readers of a case, a reader with themselves or with a model, or two models.

    Attributes:
        folder: the case's.
        first, second: a name for a person's reviews, "NAME:N" for the N-th blind reading of a
            person, "model" for the classes of the model that ran last, "model:ID" for those of
            another. Empty: whose labels there are is listed.
        read: CSV file with `file`, `label` and perhaps `cell` (letters), stored as a blind
            reading of `reader` before the comparison.
        reader: whose reading that is.
        series: number of that reading, from 1.
    """

    job: Literal["agreement"] = "agreement"
    folder: str
    first: str = Field(default="", max_length=220)
    second: str = Field(default="", max_length=220)
    read: str = ""
    reader: str = Field(default="", max_length=200)
    series: int = Field(default=1, ge=1, le=1000)
    data_dir: str | None = None
