"""`models`: list, show, verify, import, export, promote, archive or delete packages; lineage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trainer.cases.records import Run
from trainer.cases.store import CaseStore
from trainer.domain import ShouldStop, printable
from trainer.errors import Cancelled, UserError
from trainer.jobs.common.report.number_text import format_bounds, format_count
from trainer.locations import data_folder, store_file
from trainer.models.package.card import Card
from trainer.models.package.card_text import model_card_text
from trainer.models.package.lineage import LineageNode, build_lineage
from trainer.models.package.registry import ModelEntry, Registry, registry_of
from trainer.models.package.trail import ModelAct
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.requests import ModelsRequest

JobResult = dict[str, object]


def run(request: ModelsRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Do one action with the registry of models; what it found is emitted as results.

    Raises:
        UserError: no such model, or something that must not be done.
        PackageError: a package is refused.
    """
    if should_stop():
        raise Cancelled
    registry = registry_of(data_folder(request.data_dir))
    if not request.model and request.action in _NEED_A_MODEL:
        raise UserError(
            f"models {request.action} needs the name of a model.", "`models list` lists them."
        )
    if request.path and request.action != "export":
        raise UserError(
            f"models {request.action} takes one model, not “{request.path}” as well.",
            "Nothing was done. Give one model at a time.",
        )
    return _ACTIONS[request.action](registry, request, emit)


_NEED_A_MODEL = ("import", "export", "promote", "rename", "archive", "restore", "delete")


def _list(registry: Registry, _request: ModelsRequest, emit: Emit) -> JobResult:
    entries = registry.entries()
    for entry in entries:
        emit(Result({"text": _format_entry(entry), "id": entry.name, "serving": entry.serving}))
    return {"models": [entry.name for entry in entries]}


def _format_entry(entry: ModelEntry) -> str:
    mark = "*" if entry.serving else " "
    if entry.card is None:
        return f"{mark} {entry.name}  cannot be used: {entry.problem}"
    card = entry.card
    kind = "bundled" if entry.bundled else "own"
    kind += ", archived" if entry.archived else ""
    name = f"{card.id} ({entry.title})" if entry.title not in ("", card.title) else card.id
    classes = ", ".join(card.classes)
    return f"{mark} {name}  {card.backbone}, {kind}: {classes}{_format_accuracy(card)}"


def _format_accuracy(card: Card) -> str:
    test = card.metrics.get("balanced_accuracy", {}).get("test")
    if test is None:
        return ""
    bounds = ""
    if test.low is not None and test.high is not None:
        bounds = f" ({format_bounds(test.low, test.high)})"
    cells = f"{test.n:,} test cells" if test.n else "test cells"
    return f"; balanced accuracy {test.value:.3f}{bounds} on its {cells}"


def _show(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    card = registry.find(request.model).card
    emit(Result({"text": model_card_text(card)}))
    return {"card": card.model_dump(mode="json")}


def _lineage(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    """Emit the trees, with the acts on each model; of one model, those of its tree."""
    trees = build_lineage(registry.entries())
    if request.model:
        registry.find(request.model)
        trees = tuple(
            tree for tree in trees if any(node.model == request.model for _, node in tree.walk())
        )
    trail = registry.trail()
    if changed := trail.first_change():
        emit(JobWarning(f"Entry {changed} of the trail of the models was changed afterwards."))
    for tree in trees:
        for depth, node in tree.walk():
            acts = [f"  {_format_act(act)}" for act in trail.of_model(node.model)]
            lines = [_format_node(node), *acts]
            emit(Result({"text": "\n".join("    " * depth + line for line in lines)}))
    return {"trees": [_node_record(tree) for tree in trees]}


def _format_node(node: LineageNode) -> str:
    return _format_entry(node.entry) if node.entry else f"  {node.model}  is not here"


def _format_act(act: ModelAct) -> str:
    who = f" by {act.person}" if act.person else ""
    why = f": {act.reason}" if act.reason else ""
    what = act.kind.replace("_", " ")
    if act.kind == "judge":
        what = f"judged against {act.details.get('against')}: {act.details.get('judgement')}"
    if act.kind == "rename":
        what = f"named “{act.details.get('title')}”"
    return printable(f"{act.at:%Y-%m-%d %H:%M} UTC  {what}{who}{why}")


def _node_record(node: LineageNode) -> JobResult:
    return {
        "model": node.model,
        "here": node.entry is not None,
        "children": [_node_record(child) for child in node.children],
    }


def _verify(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    card = registry.verify(request.model).card
    return _emit_text(emit, f"{card.id}: all {len(card.files)} files are as its card says.")


def _import(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    package = registry.import_archive(Path(request.model).absolute(), person=request.person)
    found = _emit_text(emit, f"{package.card.id} was imported into {package.path}.")
    return found | {"id": package.card.id}


def _export(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    written = registry.export_archive(request.model, Path(request.path or "."))
    return _emit_text(emit, f"{request.model} was exported to {written}.")


def _promote(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    package = registry.promote(request.model, person=request.person, reason=request.reason)
    return _emit_text(emit, f"{package.card.id} serves from now on.")


def _rollback(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    package = registry.rollback(person=request.person, reason=request.reason)
    found = _emit_text(emit, f"{package.card.id} serves again.")
    return found | {"serving": package.card.id}


def _rename(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    title = registry.rename(request.model, request.title, person=request.person)
    return _emit_text(emit, f"{request.model} is called “{title}” from now on.")


def _archive(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    registry.archive(request.model, person=request.person, reason=request.reason)
    return _emit_text(emit, f"{request.model} is archived.")


def _restore(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    registry.restore(request.model, person=request.person)
    return _emit_text(emit, f"{request.model} can be chosen again.")


def _delete(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    registry.delete(request.model, person=request.person, reason=request.reason)
    if made := _describe_runs(store_file(request.data_dir), request.model):
        emit(JobWarning(made))
    return _emit_text(emit, f"{request.model} was deleted.")


def _describe_runs(file: Path, model: str) -> str:
    """Which runs were made with a model, in one sentence; empty where there are none."""
    store = CaseStore.open_if_made(file)
    if store is None:
        return ""
    with store:
        runs: list[Run] = store.runs.list_of_model(model)
        names = dict.fromkeys(store.cases.get(each.case_id).name for each in runs)
    if not runs:
        return ""
    return (
        f"Made with {model}: {format_count(len(runs), 'run')} of {', '.join(names)}. The results"
        " stay, but cannot be made again."
    )


def _emit_text(emit: Emit, text: str) -> JobResult:
    emit(Result({"text": text}))
    return {"text": text}


_ACTIONS: dict[str, Callable[[Registry, ModelsRequest, Emit], JobResult]] = {
    "list": _list,
    "show": _show,
    "lineage": _lineage,
    "verify": _verify,
    "import": _import,
    "export": _export,
    "promote": _promote,
    "rollback": _rollback,
    "rename": _rename,
    "archive": _archive,
    "restore": _restore,
    "delete": _delete,
}
