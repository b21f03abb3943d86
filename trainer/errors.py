"""The few exceptions that everyone speaks.

`UserError` is shown to a person in words, `Cancelled` is silent, and anything
else that escapes is a bug and goes to a crash report.
"""

from __future__ import annotations


class UserError(Exception):
    """Something a lab person can understand and usually put right.

    Args:
        message: what happened, one sentence, no jargon.
        hint: what to do about it; may be empty.
        can_go_on: whether the same work can be taken up again where it ended; window and
            terminal each say how.
        remedy: name of the request's option that has the same work done all the same, such as
            `merge_labels`, so that a window can offer it; empty where there is none.
    """

    def __init__(
        self, message: str, hint: str = "", *, can_go_on: bool = False, remedy: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.can_go_on = can_go_on
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ImageError(UserError):
    """An image that cannot be read: a failed row with the reason; the run goes on."""


class PackageError(UserError):
    """A model package, or a model file, that is refused."""


class StoreError(UserError):
    """The store of cases is damaged, locked, or from a newer version."""


class Cancelled(Exception):  # noqa: N818 - not an error: the user asked for it
    """Long work stopped because `should_stop()` said so."""
