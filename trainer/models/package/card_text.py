"""MODEL_CARD.md: a card as text for people (after Mitchell et al. 2019)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trainer.domain import RESEARCH_USE, ClassRole
from trainer.models.package.card import Card
from trainer.models.package.evidence import Metric
from trainer.models.package.map_gates import MAP_GATE_TITLES
from trainer.models.package.source import Source
from trainer.models.package.thresholds import ALERT_DISTANCE_WEIGHT


def model_card_text(card: Card) -> str:
    """Format a card as Markdown, ending in a line feed."""
    sections = (
        _format_heading(card),
        _format_section("What it reports", _format_classes(card)),
        _format_section("Where it holds", _format_sources(card)),
        _format_section("Decisions", _format_thresholds(card)),
        _format_section("Measured", _format_metrics(card)),
        _format_section("Left out", _format_left_out(card)),
        _format_section("Elsewhere", _format_bullets(each.text for each in card.elsewhere)),
        _format_section("Heat maps", _format_map_gates(card)),
        _format_section("Arithmetic", _format_precisions(card)),
        _format_section("Adaptation", _format_adaptation(card)),
        _format_section("Training", _format_training(card)),
        _format_section("What was tried", _format_bullets(card.tried)),
        _format_section("Notes", _format_bullets(card.notes)),
        _format_section("Licence and attribution", _format_licence(card)),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _format_heading(card: Card) -> str:
    made = card.created.strftime("%Y-%m-%d %H:%M UTC")
    return f"# {card.title or card.id}\n\n{RESEARCH_USE}\n\n`{card.id}` · {card.backbone} · {made}"


def _format_classes(card: Card) -> str:
    lines = [f"Classes: {', '.join(card.classes)}."]
    if card.other_classes:
        lines.append(
            f"Also taught, and reported as *unknown* with the name as a hint:"
            f" {', '.join(card.other_classes)}."
        )
    if card.roles:
        roles = ", ".join(f"{name} {role.replace('_', ' ')}" for name, role in card.roles.items())
        lines.append(f"Roles: {roles}.")
    if limits := card.diagnostic_limits:
        shares = ", ".join(f"{name} from {limit:g} % on" for name, limit in limits.items())
        lines.append(f"A diagnosis turns at: {shares}.")
    view = (
        f"the masked cell on grey, {card.view.red_cells:g} red-cell diameters wide"
        if card.view.kind == "cell"
        else "the whole image"
    )
    lines.append(f"It is shown {view}, at {card.input_size} x {card.input_size} pixels.")
    return "\n".join(lines)


def _format_sources(card: Card) -> str:
    if not card.sources:
        return ""
    rows = [
        (
            source.name,
            _format_number(source.red_cell_diameter),
            str(source.cells or ""),
            "; ".join(part for part in (source.note, _format_calibration(source)) if part),
        )
        for source in card.sources
    ]
    table = _format_table(("source", "red cell, pixels", "cells", "note"), rows)
    return (
        "Probabilities are calibrated for these sources only, until a lab's own reviewed"
        f" cells recalibrate them.\n\n{table}"
    )


def _format_calibration(source: Source) -> str:
    own = source.calibration
    if own is None:
        return ""
    return (
        f"its own calibration, from {own.cells} cells: temperature {own.temperature:.3f}, review "
        f"under {own.review_probability:.3f}"
    )


def _format_thresholds(card: Card) -> str:
    limits = card.thresholds
    lines = [f"- review: probability under {limits.review_probability:.3f}"]
    if card.other_classes:
        lines.append(
            f"- unknown: probability of the other classes of {limits.unknown_probability:.3f}"
            " or more"
        )
    if limits.unknown_distance is not None and card.distance.kind != "none":
        lines.append(
            f"- unknown: farther than {limits.unknown_distance:.4f} from the nearest"
            f" {card.distance.k} training cells ({card.distance.kind})"
        )
    lines += _format_alert(card)
    lines.append(f"- temperature: {card.temperature:.3f}")
    if limits.target:
        lines.append(f"- chosen for: {limits.target}")
    return "\n".join(lines)


def _format_alert(card: Card) -> list[str]:
    names, levels = card.classes_with_role(ClassRole.ALERT), card.thresholds.alert
    if not names or levels is None:
        return []
    return [
        f"- possible {' or '.join(names)}, on sources that are not in this card: ln p +"
        f" {ALERT_DISTANCE_WEIGHT:g} distance / limit of {threshold.score:.3f} or more ({level};"
        f" sends {threshold.reviewed:.1%} of the known validation cells to review)"
        for level, threshold in (("balanced", levels.balanced), ("careful", levels.careful))
    ]


def _format_metrics(card: Card) -> str:
    rows = [
        (name, split, *_format_metric(metric))
        for name, splits in card.metrics.items()
        for split, metric in splits.items()
    ]
    return _format_table(("figure", "cells of", "value", "95 % interval", "n"), rows)


def _format_map_gates(card: Card) -> str:
    found = card.map_gates
    if found is None:
        return ""
    rows = [
        (
            MAP_GATE_TITLES[gate.name],
            f"{gate.value:.2f} ({gate.low:.2f} to {gate.high:.2f})",
            f"above {gate.threshold:g}",
            "passed" if gate.passed else "failed",
        )
        for gate in found.gates
    ]
    lead_rows = [(name, *_format_metric(metric)) for name, metric in found.leads.items()]
    verdict = "pass" if found.passed else "do not pass"
    where = f" of {found.source}" if found.source else ""
    made = "Each map is the mean over the cell and its half turn. " if card.turned_maps else ""
    parts = [
        f"{made}Its maps {verdict} the gates on {found.cells} cells{where}; "
        "the lower bound counts.",
        _format_table(("gate", "value (95 %)", "must be", ""), rows),
        _format_table(("insertion less deletion, over", "lead", "95 % interval", "n"), lead_rows),
    ]
    return "\n\n".join(part for part in parts if part)


def _format_left_out(card: Card) -> str:
    table = card.left_out
    if table is None:
        return ""
    rows = [
        (
            *(row.source, row.label or "all", str(row.cells), f"{row.found:.3f}"),
            *("" if v is None else f"{v:.3f}" for v in (row.wrong, row.alert_lost)),
        )
        for row in table.rows
    ]
    head = ("source", "class", "cells", "found", "wrong among accepted", "alert lost")
    return (
        "What models by this recipe find on sources and classes that they were made without; the"
        f" worst is {table.worst.name}, {table.worst.found:.3f}.\n\n{_format_table(head, rows)}"
    )


def _format_precisions(card: Card) -> str:
    lines = ["- f32: exact"]
    for gate in card.precisions:
        verdict = "admitted" if gate.admitted else f"not admitted: {gate.reason}"
        lines.append(
            f"- {gate.precision}: {verdict}; {gate.agreement:.2%} of {gate.n} cells keep their"
            f" class, probabilities differ by {gate.mean_dp:.2g} (at most {gate.max_dp:.2g})"
        )
    return "\n".join(lines)


def _format_adaptation(card: Card) -> str:
    made = card.adaptation
    if made is None:
        return ""
    names = sorted({name for labels in made.cells.values() for name in labels})
    rows = [
        (source, *(str(labels.get(name, 0)) for name in names))
        for source, labels in made.cells.items()
    ]
    reviewers = ", ".join(made.reviewers) or "nobody that is named"
    lines = [
        f"The head of `{made.model}`, moved by {made.cell_count} cells that {reviewers} labelled.",
        f"Each cell judged by a head fitted without it: {made.judgement or 'not possible'}.",
    ]
    return "\n".join(lines) + "\n\n" + _format_table(("source", *names), rows)


def _format_training(card: Card) -> str:
    parts = []
    if card.command:
        parts.append(f"```\n{card.command}\n```")
    if card.data.sha256:
        parts.append(f"Data: `{card.data.sha256}` (SHA-256 over files and labels).")
    if card.data.note:
        parts.append(card.data.note)
    names = sorted({name for counts in card.data.counts.values() for name in counts})
    rows = [
        (name, *(str(counts.get(name, 0)) for counts in card.data.counts.values()))
        for name in names
    ]
    parts.append(_format_table(("class", *card.data.counts), rows))
    parts.append(_format_table(("recipe", ""), [(k, str(v)) for k, v in card.recipe.items()]))
    parts.append(_format_table(("software", "version"), list(card.software.items())))
    return "\n\n".join(part for part in parts if part)


def _format_licence(card: Card) -> str:
    return "\n\n".join(part for part in (card.licence, _format_bullets(card.attribution)) if part)


def _format_section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}" if body else ""


def _format_bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _format_metric(metric: Metric) -> tuple[str, str, str]:
    interval = ""
    if metric.low is not None and metric.high is not None:
        interval = f"{metric.low:.3f} to {metric.high:.3f}"
    return f"{metric.value:.3f}", interval, "" if metric.n is None else str(metric.n)


def _format_number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _format_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [
        _format_row(header),
        _format_row(["---"] * len(header)),
        *(_format_row(row) for row in rows),
    ]
    return "\n".join(lines)


def _format_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
