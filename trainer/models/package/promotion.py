"""What speaks against letting a model serve in the place of another."""

from __future__ import annotations

from collections.abc import Iterator

from trainer.models.package.card import Card
from trainer.models.package.trail import ModelAct, Trail

WORSE = "worse"
"""The value of a judgement, here and in the card of an adapted model."""


def promotion_concerns(candidate: Card, serving: Card | None, trail: Trail) -> tuple[str, ...]:
    """Write what a person should know before they promote, a sentence each.

    None of them forbids it, but then a reason must be given, which the trail keeps.

    Args:
        serving: the model that serves now; None where there is none that can be read.
    """
    if serving is None or serving.id == candidate.id:
        return ()
    return (*_judged_concerns(candidate, serving, trail), *_class_concerns(candidate, serving))


def _judged_concerns(candidate: Card, serving: Card, trail: Trail) -> Iterator[str]:
    judged = [act for act in trail.judgements(candidate.id, serving.id) if _is_worse(act)]
    if judged:
        details = judged[-1].details
        where = f"than {serving.id} on the same {details.get('cells', 0)} cells"
        if details.get("judgement") == WORSE:
            yield f"{candidate.id} was judged worse {where}."
        else:
            yield f"{candidate.id} was judged worse {where} for {', '.join(details['worse'])}."
        return
    made = candidate.adaptation
    if made is not None and made.judgement == WORSE:
        yield (
            f"{candidate.id} was judged worse than {made.model}, which it was adapted from, by"
            f" the {made.cell_count} corrected cells."
        )


def _is_worse(judged: ModelAct) -> bool:
    """Whether a judgement found a model worse, all in all or for a class.

    A model does not change, so a later judgement on other cells does not take it back.
    """
    return judged.details.get("judgement") == WORSE or bool(judged.details.get("worse"))


def _class_concerns(candidate: Card, serving: Card) -> Iterator[str]:
    lost = [name for name in serving.classes if name not in candidate.classes]
    if lost:
        yield f"{candidate.id} does not report {', '.join(lost)}, which {serving.id} does."
