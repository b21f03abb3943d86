"""Names of classes, models and the like as names of files, on every system."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

MAX_BYTES = 100
# Of a path, of Windows or unprintable; and the sign that escapes.
_FORBIDDEN = re.compile('[<>:"/\\\\|?*%\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
# Windows takes these for devices, in any case of letters and whatever follows a point.
_DEVICE = re.compile(
    r"(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE
)


def escape_file_name(name: str, siblings: Iterable[str] = (), *, max_bytes: int = MAX_BYTES) -> str:
    """Return a name as that of a file or folder: never a path, and valid on every system.

    What a file name cannot hold is written as %XX for each byte of UTF-8, as in a URL (RFC 3986),
    so that different names stay different. Ordinary names stay as they are.

    Args:
        name: any text; its letters are composed (Unicode NFC), as some disks do.
        siblings: other names of the same folder. Where one differs only in what a disk may not
            tell apart, such as case, a hash of each follows it.
        max_bytes: of the result in UTF-8; a longer one is cut, and a hash follows it.
    """
    name = unicodedata.normalize("NFC", name)
    escaped = _escape(name)
    others = (unicodedata.normalize("NFC", other) for other in siblings)
    alike = any(_folded(_escape(other)) == _folded(escaped) for other in others if other != name)
    if not alike and len(escaped.encode()) <= max_bytes:
        return escaped
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    # A cut escape, or a point at the end, is escaped no more: it is within the name.
    head = escaped.encode()[: max_bytes - len(digest) - 1].decode("utf-8", "ignore")
    return f"{head}~{digest}"


def _escape(name: str) -> str:
    escaped = _FORBIDDEN.sub(lambda found: _percent(found[0]), name)
    if escaped[:1] in (".", " "):  # hidden, or a path
        escaped = _percent(escaped[0]) + escaped[1:]
    if escaped[-1:] in (".", " "):  # Windows leaves them out
        escaped = escaped[:-1] + _percent(escaped[-1])
    if not escaped or _DEVICE.match(escaped):
        escaped = _percent(escaped[:1]) + escaped[1:]
    return escaped


def _percent(character: str) -> str:
    """Each byte as %XX; a percent sign alone for no character, which no other name becomes."""
    octets = character.encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in octets) or "%"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())
