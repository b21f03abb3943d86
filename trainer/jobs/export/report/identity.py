"""Whose cells a report is of, in what state the case is, and who has reviewed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from trainer.cases.records import Review
from trainer.cases.tables.sign_offs import Requirement, SignOff
from trainer.domain import printable
from trainer.errors import ImageError, UserError
from trainer.imaging import read_image
from trainer.jobs.export.content import ExportContent
from trainer.jobs.export.report.blocks import Block, Grid, Heading, Letterhead, Paragraph, Row
from trainer.jobs.export.report.language import ReportLanguage

_MAX_LOGO_BYTES = 5_000_000
_LOGO_SIDES = (800, 240)  # px, at most
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_LOGO_HINT = "Choose a PNG or JPEG file of at most 5 MB."


def read_letterhead(laboratory: str, logo: str) -> Letterhead:
    """Read the head of the lab; the logo is decoded and drawn anew, so nothing else comes along.

    Args:
        laboratory: its name and address, a line each.
        logo: path of a PNG or JPEG file; empty for none.

    Raises:
        UserError: the logo is no such file, or cannot be read.
    """
    lines = tuple(line.strip() for line in laboratory.splitlines() if line.strip())
    return Letterhead(lines, _read_logo(Path(logo)) if logo else b"")


def _read_logo(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_LOGO_BYTES + 1)
    except OSError as error:
        raise UserError(f"The logo {path} cannot be read.", _LOGO_HINT) from error
    if len(data) > _MAX_LOGO_BYTES or not data.startswith(_MAGIC):
        raise UserError(f"The logo {path} is no PNG or JPEG of at most 5 MB.", _LOGO_HINT)
    try:
        rgb = read_image(path).planes[0]
    except ImageError as error:
        raise UserError(f"The logo {path} cannot be read: {error.message}", _LOGO_HINT) from error
    height, width = rgb.shape[:2]
    factor = min(1.0, _LOGO_SIDES[0] / width, _LOGO_SIDES[1] / height)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    done, png = cv2.imencode(".png", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    if not done:
        raise UserError(f"The logo {path} cannot be read.", _LOGO_HINT)
    return png.tobytes()


def build_sample(content: ExportContent, language: ReportLanguage) -> Grid:
    """Build what is known of the sample, as facts; what nobody has entered is named as that."""
    details = content.reader.store.details.get(content.reader.case.id)
    profile = content.summary["source"].get("profile", {})
    number, missing = language.number, language.tr("not entered")
    magnification = details.magnification and f"{number(details.magnification, 'g')} ×"
    pixel = details.pixel_size and f"{number(details.pixel_size, '.4g')} µm"
    facts = [
        (language.tr("Sample"), details.sample),
        (language.tr("Patient (pseudonym)"), details.patient),
        (language.tr("Stain"), details.stain or profile.get("stain", "")),
        (language.tr("Magnification"), magnification),
        (language.tr("Size of a pixel"), pixel),
        (language.tr("Source"), profile.get("name", "")),
        (language.tr("Reader"), details.reader),
    ]
    rows = [Row([name, printable(str(value)) if value else missing]) for name, value in facts]
    if details.notes:
        rows.append(Row([language.tr("Notes"), printable(details.notes)]))
    return Grid((), rows, widths=(1, 3))


def describe_draft(content: ExportContent, language: ReportLanguage) -> str:
    """Describe in a word that the case is not signed; empty for a signed one."""
    signed = content.reader.store.sign_offs.is_signed(content.reader.case.id)
    return "" if signed else language.tr("DRAFT – not signed")


def build_state(content: ExportContent, language: ReportLanguage) -> list[Block]:
    """Build who signed; or that nobody has, as a headline."""
    newest = content.reader.store.sign_offs.newest(content.reader.case.id)
    if newest is None or not newest.is_signed:
        text = language.tr(
            "Draft: nobody has signed this case. Its figures may still change; they are no finding."
        )
        return [Paragraph(text, "draft")]
    signed = language.tr(
        "Signed by {name}, {time}.", name=newest.reviewer, time=language.time(newest.time)
    )
    blocks: list[Block] = [Paragraph(signed, "use")]
    if newest.is_relaxed:
        blocks.append(Paragraph(_describe_relaxed(newest, language), "warn"))
    return blocks


def _describe_relaxed(sign_off: SignOff, language: ReportLanguage) -> str:
    counts = sign_off.counts
    return language.tr(
        "It was signed although not every cell was named by a person: {accepted} rest on the "
        "model alone, {unknown} are unknown, {pending} are not decided. Required was: {what}.",
        accepted=counts.accepted,
        unknown=counts.unknown,
        pending=counts.pending,
        what=_describe_requirement(sign_off.requirement, language),
    )


def _describe_requirement(requirement: Requirement, language: ReportLanguage) -> str:
    return {
        Requirement.EVERY_CELL: language.tr("every cell"),
        Requirement.OPEN_CELLS: language.tr("the cells on which the model did not decide"),
        Requirement.NOTHING: language.tr("nothing"),
    }[requirement]


def build_review(content: ExportContent, language: ReportLanguage) -> list[Block]:
    """Build who reviewed how many cells and when, the sign-offs, and the audit digest."""
    store, case = content.reader.store, content.reader.case
    latest = store.reviews.latest(case.id).values()
    blocks: list[Block] = [Heading(language.tr("Review and sign-off"))]
    blocks.append(Paragraph(_describe_share(content, language)))
    if latest:
        head = (
            language.tr("reviewer"),
            language.tr("cells"),
            language.tr("first"),
            language.tr("last"),
        )
        rows = [Row(cells) for cells in _list_reviewers(latest, language)]
        blocks.append(Grid(head, rows, (1,), (3, 1, 2, 2)))
    if history := store.sign_offs.history(case.id):
        head = (
            language.tr("act"),
            language.tr("by"),
            language.tr("time"),
            language.tr("reason or remark"),
        )
        acts = [Row(_describe_act(each, language)) for each in history]
        blocks.append(Grid(head, acts, (), (1, 2, 2, 3)))
    trail = store.audit.head()
    text = language.tr(
        "Audit trail: entry {seq}, digest {digest}. The program's check of the audit trail "
        "compares it with what is stored.",
        seq=trail.seq,
        digest=trail.hash,
    )
    return [*blocks, Paragraph(text, "quiet")]


def _describe_share(content: ExportContent, language: ReportLanguage) -> str:
    reviewed = content.summary["differential"].get("reviewed")
    if not reviewed:
        return language.tr("No cell was reviewed by a person.")
    done, every = reviewed["reviewed_cells"], reviewed["all_cells"]
    return language.tr(
        "{n} of {m} cells ({p} %) were reviewed by a person.",
        n=done,
        m=every,
        p=language.number(100 * done / every if every else 0.0, ".1f"),
    )


def _list_reviewers(latest: Iterable[Review], language: ReportLanguage) -> Iterator[list[str]]:
    by_person: dict[str, list[Review]] = defaultdict(list)
    for each in latest:
        by_person[each.reviewer].append(each)
    for person, reviews in sorted(by_person.items()):
        times = sorted(each.time for each in reviews)
        yield [
            printable(person) or language.tr("not named"),
            language.number(len(reviews)),
            language.time(times[0]),
            language.time(times[-1]),
        ]


def _describe_act(sign_off: SignOff, language: ReportLanguage) -> list[str]:
    act = language.tr("signed") if sign_off.is_signed else language.tr("reopened")
    return [act, sign_off.reviewer, language.time(sign_off.time), sign_off.reason]
