"""The corrected cells of a request: the reviewed cells of a case, or labelled data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from trainer.atomic_files import sha256_of
from trainer.cases.locked_patients import find_locked_cases
from trainer.cases.records import EXCLUDED, Case, Origin, Run, Verdict
from trainer.cases.store import CaseStore
from trainer.data.groups import group_indices
from trainer.data.item import Item, format_names
from trainer.data.manifest import hashes_by_path
from trainer.domain import Box, Precision, SourceProfile
from trainer.errors import ImageError, UserError
from trainer.imaging import read_header
from trainer.jobs.common.labelled.cells import match_labels, read_labelled_manifest
from trainer.jobs.common.report.number_text import format_count
from trainer.jobs.common.source_scale import SourceScale
from trainer.locations import STORE_NAME, data_folder
from trainer.protocol.adaptation_requests import AdaptRequest
from trainer.protocol.events import Emit, JobWarning

_HINT_REVIEW = "Review some cells of it first; `leuko-trainer suggest` names those to begin with."

ALL_LOCKED = "The reviewed cells are of locked patients, which judge models and teach none."
ALL_LOCKED_HINT = "Take reviewed cells of other patients."

_REVIEWED = "reviewed cell"

IsSameNetwork = Callable[[Run], bool]
"""Whether a run's model has the same layers up to the pooled features."""


@dataclass(frozen=True, eq=False)
class CorrectedItems:
    """Cells with the label that a person gave, before their features are known.

    Attributes:
        root: folder of the data.
        items: each once; the label may be one that the model does not know yet.
        hashes: SHA-256 of each file.
        groups: of each item; equal for cells that must not be parted.
        profiles: of each item; None: to be measured, by source.
        stored: features of items, float16 as the store keeps them.
        gone: items whose image is not there any more, or is another one now.
        reviewers: who gave the labels.
    """

    root: Path
    items: tuple[Item, ...]
    hashes: Mapping[Path, str]
    groups: Mapping[Item, str]
    profiles: Mapping[Item, SourceProfile] | None = None
    stored: Mapping[Item, bytes] = field(default_factory=dict)
    gone: frozenset[Item] = frozenset()
    reviewers: tuple[str, ...] = ()


def read_corrected_items(
    request: AdaptRequest, outputs: tuple[str, ...], same_network: IsSameNetwork, emit: Emit
) -> CorrectedItems:
    """Read the reviewed cells of a case; of a folder that is none, or a file, the labelled cells.

    Args:
        outputs: that the new model will have, to which spellings are matched.

    Raises:
        UserError: nothing was corrected, or the data cannot be read.
        StoreError: the store cannot be read.
    """
    found = _read_all(request, outputs, same_network, emit)
    if not request.leave_out:
        return found
    items = tuple(item for item in found.items if item.label not in request.leave_out)
    if not items:
        raise UserError("No cell is left to learn from.", "Leave out fewer labels.")
    return replace(found, items=items)


def _read_all(
    request: AdaptRequest, outputs: tuple[str, ...], same_network: IsSameNetwork, emit: Emit
) -> CorrectedItems:
    root = Path(request.data)
    file = data_folder(request.data_dir) / STORE_NAME
    store = CaseStore.open_if_made(file) if root.is_dir() else None
    if store is None:
        return _read_data(request, outputs, emit)
    with store:
        case = store.cases.find(root)
        if case is None:
            return _read_data(request, outputs, emit)
        if case.id in find_locked_cases(store.details.all_newest()):
            raise UserError(ALL_LOCKED, ALL_LOCKED_HINT)
        found = read_reviewed_items(store, case, root, emit, same_network)
    if found.items:
        return found
    try:
        return _read_data(request, outputs, emit)
    except UserError as error:
        raise UserError(f"No cell of {root} was reviewed yet.", _HINT_REVIEW) from error


def _read_data(request: AdaptRequest, outputs: tuple[str, ...], emit: Emit) -> CorrectedItems:
    merge = request.merge_labels
    manifest = read_labelled_manifest(
        request.data, emit, min_classes=1, merge_labels=merge, any_suffix=request.any_suffix
    )
    manifest = match_labels(manifest, outputs, merge_labels=merge, emit=emit)
    items = tuple(item for item in manifest.items if item.split != "test")
    if tests := len(manifest.items) - len(items):
        emit(JobWarning(f"Left out: {format_count(tests, 'test cell')}."))
    items = tuple(replace(item, source=item.source or request.source) for item in items)
    hashes = hashes_by_path(manifest)
    digests = [item.digest(hashes[item.path]) for item in items]
    groups = {
        items[member]: min(digests[other] for other in members)
        for members in group_indices(items, digests)
        for member in members
    }
    reviewer = request.reviewer or Path(request.data).name
    return CorrectedItems(manifest.root, items, hashes, groups, reviewers=(reviewer,))


def read_reviewed_items(
    store: CaseStore,
    case: Case,
    root: Path,
    emit: Emit,
    same_network: IsSameNetwork = lambda _: False,
) -> CorrectedItems:
    """Read the reviewed cells of a case, by image and number, whatever run they were reviewed on.

    Args:
        root: where its folder is.
        same_network: the stored features of such runs are read as well.
    """
    runs = store.runs.list_of_case(case.id)
    newest = runs[-1].id if runs else 0
    verdicts = list(store.verdicts.stream(case.id, newest))
    _warn_of_changed(verdicts, emit)
    reviewed = [
        each for each in verdicts if each.origin is Origin.REVIEW and each.label != EXCLUDED
    ]
    scale = _scale_of(case, runs)
    source = scale.profile.name
    usable = [run for run in runs if same_network(run)] if reviewed else []
    boxes = {name: _boxes_of(store, case, name) for name in {each.image for each in reviewed}}
    items: dict[Item, Verdict] = {}
    lost: list[str] = []
    for each in reviewed:
        box = boxes[each.image].get((each.number, each.sha256))
        if each.number and box is None:
            lost.append(each.image)  # the review is of a cell that is not in these bytes
            continue
        item = Item(root / each.image, each.label, source=source, box=box, number=each.number)
        items[item] = each
    if lost:
        names, count = format_names(list(dict.fromkeys(lost))), format_count(len(lost), _REVIEWED)
        emit(JobWarning(f"Left out: {count} without a place now: {names}."))
    hashes = {item.path: verdict.sha256 for item, verdict in items.items()}
    present = {path: _has_bytes(path, sha256) for path, sha256 in hashes.items()}
    stored = {
        item: features
        for item, verdict in items.items()
        if (features := _stored_features(store, usable, verdict))
    }
    return CorrectedItems(
        root,
        tuple(items),
        hashes,
        {item: hashes[item.path] for item in items},
        _profiles(tuple(items), scale, present),
        stored,
        frozenset(item for item in items if not present[item.path]),
        tuple(sorted({each.reviewer for each in items.values() if each.reviewer})),
    )


def _warn_of_changed(verdicts: list[Verdict], emit: Emit) -> None:
    if changed := [each.image for each in verdicts if each.changed]:
        emit(
            JobWarning(
                f"Left out: {format_count(len(changed), _REVIEWED)} whose image is another now: "
                f"{format_names(changed)}.",
                "Review them again.",
            )
        )


def _scale_of(case: Case, runs: list[Run]) -> SourceScale:
    """The scale at which the newest run saw the cells; else as a person gave it."""
    settings = runs[-1].settings if runs else {}
    scale = SourceScale.from_json(settings) if "profile" in settings else SourceScale(case.profile)
    # A name that was given after the run is the one that counts.
    name = case.profile.name or scale.profile.name
    return SourceScale(replace(scale.profile, name=name), scale.by_size)


def _boxes_of(store: CaseStore, case: Case, image: str) -> dict[tuple[int, str], Box]:
    """Boxes of the cells of an image, by number and the bytes that they lie in."""
    found: dict[tuple[int, str], Box] = {}
    shas = {
        each.sha256 for each in store.reviews.history(case.id, image) if each.active and each.number
    }
    for sha256 in shas:
        cells = store.cells.list_of_image(case.id, image, sha256)
        found |= {(cell.id.number, sha256): cell.box for cell in cells}
    return found


def _profiles(
    items: tuple[Item, ...], scale: SourceScale, present: Mapping[Path, bool]
) -> dict[Item, SourceProfile] | None:
    """The profile of each item; images of one pixel size may have one of their own."""
    if not scale.by_size and scale.profile.red_cell_diameter is None:
        return None
    if not scale.by_size:
        return dict.fromkeys(items, scale.profile)
    found = {}
    for item in items:
        profile = scale.profile
        if present[item.path]:
            try:
                header = read_header(item.path)
            except ImageError:
                header = None
            if header is not None:
                profile = scale.by_size.get((header.width, header.height), scale.profile)
        known = profile.red_cell_diameter or scale.profile.red_cell_diameter
        found[item] = replace(scale.profile, red_cell_diameter=known)
    return found


def _stored_features(store: CaseStore, runs: list[Run], verdict: Verdict) -> bytes:
    """Features that a run in exact arithmetic stored of the very bytes; empty where none did."""
    for run in reversed(runs):
        if run.precision != Precision.F32.value:
            continue
        prediction = store.predictions.get(run.id, verdict.image, verdict.number)
        if prediction is not None and prediction.sha256 == verdict.sha256:
            features = store.features.get(run.id, verdict.image, verdict.number)
            if features:
                return features
    return b""


def _has_bytes(path: Path, sha256: str) -> bool:
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False
