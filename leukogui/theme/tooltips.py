"""Tool tips that show names as they are."""

from __future__ import annotations

from html import escape


def plain_tooltip(text: str) -> str:
    """A tool tip of this text: Qt takes what resembles HTML for HTML, and a name may."""
    return f"<qt>{escape(text).replace(chr(10), '<br>')}</qt>" if text else ""
