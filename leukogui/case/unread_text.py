"""Texts on the files of a folder that are not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from leukogui.language.number_format import format_number

if TYPE_CHECKING:
    from trainer.imaging.folders.unread_files import UnreadFiles, UnreadGroup, UnreadKind

_MAX_LISTED = 12


def describe_unread(unread: UnreadFiles) -> str:
    """Describe how many files are not read, and of which kinds; empty where there are none."""
    if not len(unread):
        return ""
    listed = _list_kinds([_count(each.count, _label_of(each)) for each in unread.kinds])
    if len(unread) == 1:
        return _tr("1 file is not read: {kinds}.").format(kinds=listed)
    text = _tr("{n} files are not read: {kinds}.")
    return text.format(n=format_number(len(unread)), kinds=listed)


def describe_images(unread: UnreadFiles) -> str:
    """Describe which of them are images by their content; empty where none is."""
    return " ".join(each for group in unread.groups for each in _describe_images(group))


def describe_content(unread: UnreadFiles) -> str:
    """Describe all that a folder holds beside images, tables and texts too; empty for nothing."""
    documents = [
        _count(count, suffix or _tr("without suffix (text)"))
        for suffix, count in unread.documents.items()
    ]
    kinds = [_count(each.count, _label_of(each)) for each in unread.kinds]
    return _list_kinds([*kinds, *documents])


def count_text(count: int) -> str:
    """The number of files not read, for the status bar."""
    if count == 1:
        return _tr("1 file not read")
    return _tr("{n} files not read").format(n=format_number(count))


def _describe_images(group: UnreadGroup) -> Iterator[str]:
    name = group.suffix or _tr("without suffix")
    for format_, count in group.images().items():
        if group.examined < group.count:
            text = _tr("Of {m} files {name} the first {k} were examined: {n} of them are {format}.")
        elif count == 1:
            text = _tr("1 file {name} is {format}.")
        else:
            text = _tr("{n} files {name} are {format}.")
        m, k, n = map(format_number, (group.count, group.examined, count))
        yield text.format(m=m, k=k, n=n, name=name, format=format_)


def _label_of(each: UnreadKind) -> str:
    from trainer.imaging.file_names import NameKind
    from trainer.imaging.folders.file_content import EMPTY
    from trainer.imaging.folders.unread_files import MANY_SUFFIXES

    names = {"": _tr("without suffix"), MANY_SUFFIXES: _tr("with other suffixes")}
    notes = {NameKind.BACKUP: _tr("backup"), NameKind.CLOUD: _tr("in the cloud")}
    content = _tr("empty") if each.content == EMPTY else each.content
    note = notes.get(each.kind, content)
    name = names.get(each.suffix, each.suffix)
    return f"{name} ({note})" if note else name


def _count(count: int, label: str) -> str:
    return f"{format_number(count)} {label}"


def _list_kinds(kinds: list[str]) -> str:
    rest = [_tr("and others")] if len(kinds) > _MAX_LISTED else []
    return ", ".join([*kinds[:_MAX_LISTED], *rest])


def _tr(text: str) -> str:
    return QCoreApplication.translate("UnreadFiles", text)
