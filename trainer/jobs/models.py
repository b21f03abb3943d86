"""`models`: list, show, verify, import, export, promote, roll back or delete packages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trainer.domain import ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.jobs.common.formatting import format_bounds
from trainer.locations import data_folder
from trainer.models.package.card import Card
from trainer.models.package.card_text import model_card_text
from trainer.models.package.registry import ModelEntry, Registry, registry_of
from trainer.protocol.events import Emit, Result
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
    if request.action == "list":
        return _list(registry, emit)
    if request.action == "rollback":
        return _emit_text(emit, f"{registry.rollback().card.id} serves again.")
    if not request.model and request.action in ("import", "export", "promote", "delete"):
        raise UserError(
            f"models {request.action} needs the name of a model.", "`models list` lists them."
        )
    if request.path and request.action != "export":
        raise UserError(
            f"models {request.action} takes one model, not “{request.path}” as well.",
            "Nothing was done. Give one model at a time.",
        )
    return _ACTIONS[request.action](registry, request, emit)


def _list(registry: Registry, emit: Emit) -> JobResult:
    entries = registry.entries()
    for entry in entries:
        emit(Result({"text": _format_entry(entry), "id": entry.name, "serving": entry.serving}))
    return {"models": [entry.name for entry in entries]}


def _format_entry(entry: ModelEntry) -> str:
    mark = "*" if entry.serving else " "
    if entry.card is None:
        return f"{mark} {entry.name}  cannot be used: {entry.problem}"
    kind = "bundled" if entry.bundled else "own"
    card = entry.card
    classes = ", ".join(card.classes)
    return f"{mark} {card.id}  {card.backbone}, {kind}: {classes}{_format_accuracy(card)}"


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


def _verify(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    card = registry.verify(request.model).card
    return _emit_text(emit, f"{card.id}: all {len(card.files)} files are as its card says.")


def _import(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    package = registry.import_archive(Path(request.model).absolute())
    return _emit_text(emit, f"{package.card.id} was imported into {package.path}.")


def _export(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    written = registry.export_archive(request.model, Path(request.path or "."))
    return _emit_text(emit, f"{request.model} was exported to {written}.")


def _promote(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    return _emit_text(emit, f"{registry.promote(request.model).card.id} serves from now on.")


def _delete(registry: Registry, request: ModelsRequest, emit: Emit) -> JobResult:
    registry.delete(request.model)
    return _emit_text(emit, f"{request.model} was deleted.")


def _emit_text(emit: Emit, text: str) -> JobResult:
    emit(Result({"text": text}))
    return {"text": text}


_ACTIONS: dict[str, Callable[[Registry, ModelsRequest, Emit], JobResult]] = {
    "show": _show,
    "verify": _verify,
    "import": _import,
    "export": _export,
    "promote": _promote,
    "delete": _delete,
}
