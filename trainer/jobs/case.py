"""`case`: details of a case, its sign-off, and what was done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from trainer.atomic_files import write_text
from trainer.cases.case_folders import add_folder, remove_folder
from trainer.cases.case_signature import count_cells, sign_case
from trainer.cases.database.column_values import canonical_json
from trainer.cases.moved_folder import move_folder
from trainer.cases.records import Case
from trainer.cases.store import CaseStore
from trainer.cases.tables.acts import Act
from trainer.cases.tables.case_list import CaseListRow
from trainer.cases.tables.sign_offs import Requirement, SignOff
from trainer.domain import CellId, ShouldStop, printable
from trainer.errors import UserError
from trainer.jobs.common.case.reader import name_in_case
from trainer.jobs.common.report.csv_table import format_csv, safe_cell
from trainer.locations import store_file
from trainer.protocol.case_requests import CaseRequest
from trainer.protocol.events import Emit, Result

_TRAIL_COLUMNS = ("entry", "time", "kind", "rows", "person", "label", "reason", "software", "facts")
Action = Callable[[CaseStore, Case, CaseRequest, Emit], dict[str, object]]


def run(request: CaseRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:  # noqa: ARG001
    """Do one thing with a case (see `CaseRequest`).

    Returns:
        `case`, its number; `folder`; `state` and `details`; of signing and reopening `sign_off`;
        of the trail `acts`.

    Raises:
        UserError: the folder is no case's, the case cannot be signed, or its images are not those
            of the folder that it is to have.
        StoreError: the store cannot be read or written, or the case was signed.
    """
    action = _ACTIONS[request.action]
    path = store_file(request.data_dir)
    reads = request.action in ("show", "trail")
    if reads and not path.is_file():
        raise _unknown(request.folder)
    with CaseStore.open(path, read_only=reads) as store:
        case = _find_case(store, request)
        made = action(store, case, request, emit)
        row = store.case_list.row(case.id)
    return {"case": case.id, "folder": str(row.case.root), **_state_of(row), **made}


def _find_case(store: CaseStore, request: CaseRequest) -> Case:
    """The case of the folder; where details are set, it may be a new one."""
    root = Path(request.folder)
    if request.action == "details" and root.is_dir():
        return store.cases.find_or_create(root)
    case = store.cases.find(root)
    if case is None:
        raise _unknown(request.folder)
    return case


def _unknown(folder: str) -> UserError:
    return UserError(f"{folder} is no case yet.", "Classify it, or set details of it.")


def _show(store: CaseStore, case: Case, request: CaseRequest, emit: Emit) -> dict[str, object]:
    counts = count_cells(store, case.id, count_edge_cells=request.count_edge_cells)
    history = store.sign_offs.history(case.id)
    row = store.case_list.row(case.id)
    lines = [f"{case.name}, case {case.id}: {row.state.value.replace('_', ' ')}"]
    known = asdict(row.details) | {"folders": ", ".join(row.details.folders)}
    lines += [f"{name}: {value}" for name, value in known.items() if value]
    lines.append(
        f"{counts.cells} cells: {counts.reviewed} reviewed, {counts.accepted} accepted by the "
        f"model, {counts.unknown} unknown, {counts.pending} not decided"
    )
    lines += [_format_sign_off(each) for each in history]
    emit(Result({"text": "\n".join(map(printable, lines))}))
    return {"counts": asdict(counts), "sign_offs": [_sign_off_to_json(each) for each in history]}


def _set_details(
    store: CaseStore, case: Case, request: CaseRequest, emit: Emit
) -> dict[str, object]:
    details = replace(store.details.get(case.id), **request.details())  # type: ignore[arg-type]
    if details.earlier_case is not None and store.cases.get(details.earlier_case).id == case.id:
        raise UserError("A case is not its own earlier case.", "Give the number of another one.")
    if request.details() or not (request.add_folder or request.remove_folders):
        store.details.set(case.id, details, reviewer=request.reviewer)
    if request.add_folder:
        add_folder(store, case, Path(request.add_folder), reviewer=request.reviewer)
    for folder in request.remove_folders:
        remove_folder(store, case, folder, reviewer=request.reviewer)
    emit(Result({"text": printable(f"The details of {case.name} are kept.")}))
    return {}


def _sign(store: CaseStore, case: Case, request: CaseRequest, emit: Emit) -> dict[str, object]:
    signed = sign_case(
        store,
        case.id,
        reviewer=request.reviewer,
        requirement=Requirement(request.requirement),
        remark=request.reason,
        count_edge_cells=request.count_edge_cells,
    )
    emit(Result({"text": _format_sign_off(signed)}))
    return {"sign_off": _sign_off_to_json(signed)}


def _reopen(store: CaseStore, case: Case, request: CaseRequest, emit: Emit) -> dict[str, object]:
    reopened = store.sign_offs.reopen(case.id, reviewer=request.reviewer, reason=request.reason)
    emit(Result({"text": _format_sign_off(reopened)}))
    return {"sign_off": _sign_off_to_json(reopened)}


def _list_acts(store: CaseStore, case: Case, request: CaseRequest, emit: Emit) -> dict[str, object]:
    if request.image:
        name = name_in_case(request.image, case.root)
        number = CellId.of_letters("", request.cell).number if request.cell else 0
        acts = store.acts.list_of_cell(case.id, CellId(name, number))
    else:
        acts = store.acts.list_of_case(case.id)
    emit(Result({"text": "\n".join(printable(_format_act(act)) for act in acts)}))
    if request.out:
        write_text(Path(request.out), format_csv(_TRAIL_COLUMNS, map(_act_to_row, acts)))
    return {"acts": [asdict(act) for act in acts]}


def _move(store: CaseStore, case: Case, request: CaseRequest, emit: Emit) -> dict[str, object]:
    if not request.to or not Path(request.to).is_dir():
        raise UserError("There is no such folder.", "Give the folder where the case is now.")
    if request.further:
        moved = move_folder(store, case, request.further, Path(request.to), request.reviewer)
        text = f"{request.further} lies in {moved.folder} now: {moved.images} images."
        emit(Result({"text": printable(text)}))
        return {"images": moved.images, "reviews": moved.reviews}
    found = store.cases.relocate(case.id, Path(request.to))
    emit(Result({"text": printable(f"{found.name} lies in {found.root} now.")}))
    return {}


_ACTIONS: dict[str, Action] = {
    "show": _show,
    "details": _set_details,
    "sign": _sign,
    "reopen": _reopen,
    "trail": _list_acts,
    "move": _move,
}


def _state_of(row: CaseListRow) -> dict[str, object]:
    return {"state": row.state.value, "details": row.details.to_json()}


def _format_sign_off(act: SignOff) -> str:
    reason = f": {act.reason}" if act.reason else ""
    if not act.is_signed:
        return printable(f"Reopened by {act.reviewer} at {act.time}{reason}.")
    counts = act.counts
    relaxed = (
        f" Not all was reviewed: {counts.accepted} accepted by the model, {counts.unknown} "
        f"unknown, {counts.pending} not decided."
        if act.is_relaxed
        else ""
    )
    return printable(
        f"Signed by {act.reviewer} at {act.time}{reason}. {counts.reviewed} of {counts.cells} "
        f"cells reviewed.{relaxed} Audit trail {act.head.seq}:{act.head.hash}"
    )


def _sign_off_to_json(act: SignOff) -> dict[str, object]:
    return {
        "kind": act.kind,
        "reviewer": act.reviewer,
        "reason": act.reason,
        "time": act.time,
        "requirement": act.requirement.value,
        "relaxed": act.is_relaxed,
        "counts": asdict(act.counts),
        "head": {"seq": act.head.seq, "hash": act.head.hash},
    }


def _act_to_row(act: Act) -> list[str]:
    texts = (act.person, act.label or "", act.reason, act.software)
    facts = canonical_json(act.facts)
    return [str(act.seq), act.time, act.kind, str(act.rows), *map(safe_cell, texts), facts]


def _format_act(act: Act) -> str:
    parts = [str(act.seq), act.time, act.kind, act.person or "-"]
    parts += [f"{act.rows} rows"] if act.rows else []
    return "  ".join([*parts, act.label or "", act.reason]).rstrip()
