"""Notes on files that a job passed over, so that a person can mend what was not meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from trainer.errors import UserError
from trainer.imaging.file_names import NameKind
from trainer.imaging.folders.unread_files import (
    UnreadFiles,
    UnreadGroup,
    describe_counts,
    is_read,
    label_of,
)
from trainer.protocol.events import Emit, JobWarning

IMAGE_FORMATS_HINT = "Images are JPEG, PNG, TIFF, BMP and WebP files."
_ANY_SUFFIX_HINT = "The option --any-suffix reads them."
_CLOUD_HINT = "Download what is in the cloud, then start again."


def warn_about_unread(unread: UnreadFiles, emit: Emit, name: str = "") -> None:
    """Warn of the files that were not read, of images under other names, and of placeholders.

    Args:
        unread: the files.
        emit: gets the warnings.
        name: of the data, where a job reads several.
    """
    for warning in _build_warnings(unread):
        emit(replace(warning, message=f"{name}: {warning.message}") if name else warning)


def no_image_error(folder: Path, unread: UnreadFiles) -> UserError:
    """Build the error for a folder without an image: it names what is there."""
    hints = [IMAGE_FORMATS_HINT]
    if content := unread.describe_all():
        hints.append(f"The folder holds {content}.")
    if any(group.images() for group in unread.groups):
        hints.append(_ANY_SUFFIX_HINT)
    return UserError(f"No image was found in {folder}.", " ".join(hints))


def describe_not_read(counts: Mapping[str, int]) -> str:
    """Describe how many files were not read, and of which kinds: `UnreadFiles.counts`."""
    count, kinds = sum(counts.values()), describe_counts(counts)
    return f"{'1 file was' if count == 1 else f'{count} files were'} not read: {kinds}."


def _build_warnings(unread: UnreadFiles) -> Iterator[JobWarning]:
    cloud = sum(group.count for group in unread.groups if group.kind is NameKind.CLOUD)
    others = {
        label_of(each): each.count
        for each in unread.kinds
        if each.kind is not NameKind.CLOUD and not is_read(each.content)
    }
    if others:
        yield JobWarning(describe_not_read(others), IMAGE_FORMATS_HINT, about="files")
    if images := [each for group in unread.groups for each in _describe_images(group)]:
        yield JobWarning(" ".join(images), _ANY_SUFFIX_HINT, about="files")
    if cloud:
        what = "1 image is" if cloud == 1 else f"{cloud} images are"
        yield JobWarning(f"{what} still in the cloud.", _CLOUD_HINT, about="files")


def _describe_images(group: UnreadGroup) -> Iterator[str]:
    """What is an image by its content: "3 files without suffix are JPEG."."""
    name = group.suffix or "without suffix"
    for format_, count in group.images().items():
        if group.examined < group.count:
            yield (
                f"Of {group.count} files {name} the first {group.examined} were examined: "
                f"{count} of them are {format_}."
            )
        elif count == 1:
            yield f"1 file {name} is {format_}."
        else:
            yield f"{count} files {name} are {format_}."
