"""The trail of the models: who imported, promoted, renamed, archived or deleted which, and why.

One JSON object a line, each with a hash over itself and the one before, so that a line that was
changed or taken out is seen. Lines are only ever added. What serves, what is archived and how a
model is called by the lab follow from them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from trainer.atomic_files import write_text
from trainer.errors import UserError

TRAIL = "trail.jsonl"
SERVING = "serving.json"
"""What programs before the trail wrote; read only where there is no trail yet."""

ActKind = Literal[
    "import", "promote", "roll_back", "archive", "restore", "rename", "delete", "judge"
]


@dataclass(frozen=True)
class ModelAct:
    """One act on a model.

    Attributes:
        at: UTC.
        kind: "roll_back" names the model that serves again.
        person: who; empty where it is not known.
        reason: as the person gave it.
        details: of "rename" the `title`; of "promote" and "roll_back" the model that served
            `before`; of "judge" `against`, `judgement`, `cells`, `better` and `worse` (classes).
        hash: SHA-256 over this act and the hash of the one before.
    """

    at: datetime
    kind: ActKind
    model: str
    person: str = ""
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    hash: str = ""


@dataclass(frozen=True)
class Trail:
    """All acts, oldest first, and what follows from them."""

    acts: tuple[ModelAct, ...] = ()

    @property
    def promotions(self) -> tuple[ModelAct, ...]:
        """Return the promotions that were not rolled back, oldest first; the last one counts."""
        stack: list[ModelAct] = []
        for act in self.acts:
            if act.kind == "promote":
                stack.append(act)
            elif act.kind == "roll_back":
                del stack[_depth_after(stack, act.model) :]
        return tuple(stack)

    @property
    def archived(self) -> frozenset[str]:
        """Return the ids of the models that are put away."""
        newest = {
            act.model: act.kind
            for act in self.acts
            if act.kind in ("archive", "restore", "import", "delete")
        }
        return frozenset(model for model, kind in newest.items() if kind == "archive")

    @property
    def titles(self) -> dict[str, str]:
        """Return the names that the lab gave, by id."""
        given: dict[str, str] = {}
        for act in self.acts:
            if act.kind == "rename":
                given[act.model] = str(act.details.get("title", ""))
            elif act.kind == "delete":
                given.pop(act.model, None)
        return {model: title for model, title in given.items() if title}

    def of_model(self, model: str) -> tuple[ModelAct, ...]:
        """Return the acts on one model, oldest first."""
        return tuple(act for act in self.acts if act.model == model)

    def judgements(self, model: str, against: str) -> tuple[ModelAct, ...]:
        """Return the judgements of a model against another, oldest first."""
        return tuple(
            act
            for act in self.acts
            if act.kind == "judge" and (act.model, act.details.get("against")) == (model, against)
        )

    def judgement(self, model: str, against: str) -> ModelAct | None:
        """Return the newest judgement of a model against another; None: it was not judged."""
        return next(reversed(self.judgements(model, against)), None)

    def first_change(self) -> int | None:
        """Return the number, from 1, of the first act that is not as written; None: all are."""
        before = ""
        for number, act in enumerate(self.acts, 1):
            if act.hash != _digest(act, before):
                return number
            before = act.hash
        return None


def read_trail(folder: Path) -> Trail:
    """Read the trail in the folder of the user's models; where there is none, the old record.

    Raises:
        UserError: it cannot be read.
    """
    path = folder / TRAIL
    if not path.is_file():
        return Trail(_read_old_record(folder / SERVING))
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return Trail(tuple(_act_of(json.loads(line)) for line in lines if line.strip()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path) from error


def append_act(folder: Path, act: ModelAct) -> Trail:
    """Add an act to the trail, and return all of it; what the old record holds comes first.

    Raises:
        UserError: it cannot be read, or not be written.
    """
    known = read_trail(folder).acts
    acts = (*known, _sealed(act, known[-1].hash if known else ""))
    text = "".join(json.dumps(_values(each), ensure_ascii=False) + "\n" for each in acts)
    write_text(folder / TRAIL, text)
    return Trail(acts)


def new_act(
    kind: ActKind,
    model: str,
    person: str = "",
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> ModelAct:
    """Build an act of now."""
    now = datetime.now(UTC)
    return ModelAct(now, kind, model, person.strip(), reason.strip(), dict(details or {}))


def _depth_after(stack: Sequence[ModelAct], model: str) -> int:
    """How many promotions stay when `model` serves again; empty or unknown: none."""
    below = range(len(stack) - 1, 0, -1)
    return next((depth for depth in below if stack[depth - 1].model == model), 0)


def _act_of(values: dict[str, Any]) -> ModelAct:
    if values["kind"] not in get_args(ActKind):
        raise ValueError(values["kind"])
    return ModelAct(**{**values, "at": datetime.fromisoformat(values["at"])})


def _read_old_record(path: Path) -> tuple[ModelAct, ...]:
    if not path.is_file():
        return ()
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        acts: list[ModelAct] = []
        for row in rows:
            act = ModelAct(datetime.fromisoformat(row["at"]), "promote", str(row["model"]))
            acts.append(_sealed(act, acts[-1].hash if acts else ""))
        return tuple(acts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> UserError:
    return UserError(
        f"The record of the serving model ({path}) is damaged.",
        "Delete the file; the bundled model then serves again.",
    )


def _sealed(act: ModelAct, before: str) -> ModelAct:
    values = {**vars(act), "hash": _digest(act, before)}
    return ModelAct(**values)


def _values(act: ModelAct) -> dict[str, Any]:
    return {**asdict(act), "at": act.at.isoformat()}


def _digest(act: ModelAct, before: str) -> str:
    values = {key: value for key, value in _values(act).items() if key != "hash"}
    text = json.dumps([before, values], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
