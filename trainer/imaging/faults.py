"""What third-party decoders raise on damaged bytes, turned into words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from trainer.errors import ImageError

EXPORT_HINT = "Open it in an image program and save it again as TIFF, PNG or JPEG."
COPY_HINT = "Copy the file again from where it came from."


def truncated(kind: str) -> ImageError:
    """The error for a file that ends before its picture does."""
    return ImageError(f"The {kind} file is cut off before its end.", COPY_HINT)


def damaged(kind: str, detail: str = "") -> ImageError:
    """The error for a file whose bytes contradict its format."""
    reason = f": {detail}" if detail else ""
    return ImageError(f"The {kind} file is damaged{reason}.", COPY_HINT)


@contextmanager
def words_for_damage(kind: str) -> Iterator[None]:
    """Turn whatever a decoder raises into an `ImageError`.

    Parsers of hostile bytes raise anything from `KeyError` to `struct.error`; for a
    person each of them means the same. The cause stays chained for the log.

    Raises:
        ImageError: the block raised anything.
    """
    try:
        yield
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageError(f"There is not enough memory to decode the {kind} file.") from error
    except Exception as error:
        raise damaged(kind) from error
