"""A page that stands alone: its style, tables and pictures; loads nothing, runs nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """
:root { color-scheme: light; }
body { font: 14px/1.45 system-ui, "Segoe UI", Roboto, sans-serif; color: #1d1d1d;
  background: #fff; max-width: 880px; margin: 32px auto; padding: 0 24px; }
h1 { font-size: 26px; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 32px 0 8px; border-bottom: 1px solid #dadada; padding-bottom: 4px; }
p { margin: 8px 0; } .quiet { color: #606060; }
.use { border: 1px solid #1d1d1d; padding: 8px 16px; font-weight: 600; }
.box { border: 1px solid #1d1d1d; padding: 8px 16px; }
.warn { border-left: 4px solid #1d1d1d; padding: 4px 16px; background: #f4f4f4; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid #e4e4e4;
  vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 600; } th.n { text-align: right; overflow-wrap: normal; }
td.n { text-align: right; white-space: pre; }
th:first-child, td:first-child { min-width: 136px; } .wide { overflow-x: auto; }
.cards { display: flex; flex-wrap: wrap; gap: 8px; margin: 16px 0; }
.cards div { flex: 1 0 96px; border: 1px solid #dadada; border-radius: 6px; padding: 8px 16px; }
.cards b { display: block; font-size: 22px; }
.mark { display: inline-block; min-width: 18px; text-align: center; border-radius: 3px;
  font-weight: 600; margin-right: 8px; }
.row { display: flex; flex-wrap: wrap; gap: 16px; } .row img { max-width: 400px; width: 48%; }
.broad img { width: 640px; max-width: 100%; }
.cells { display: flex; flex-wrap: wrap; gap: 16px; }
.charts { display: flex; flex-wrap: wrap; gap: 16px; } .charts figure { width: 424px; }
.charts img { width: 100%; height: auto; background: none; margin: 0; }
figure { margin: 0; width: 264px; } figure.small { width: 136px; }
figure img { width: 128px; height: 128px; object-fit: contain;
  background: #f4f4f4; margin-right: 4px; }
figcaption { font-size: 12px; color: #606060; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; font-size: 13px; } .key span { white-space: nowrap; }
.key i { display: inline-block; width: 12px;
  height: 12px; border: 1px solid #808080; margin: 0 4px 0 16px; }
h3, figure, img, svg, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
@media print { .wide { overflow: visible; }
  body { margin: 0; max-width: none; padding: 0; font-size: 11px; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""


def page(title: str, parts: Iterable[str]) -> str:
    """A whole page of parts that are HTML already; empty ones are passed over."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        # Even a name that slipped through could load or run nothing.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; img-src data:\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body></html>\n"
    )


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int] = ()
) -> str:
    """A table of plain texts, which are escaped; `numbers` are columns set to the right.

    There a line feed begins a line; elsewhere text is broken as it comes.
    """

    def line(cells: Sequence[str], tag: str) -> str:
        marked = (
            f"<{tag}{' class=n' if at in numbers else ''}>{escape(cell)}</{tag}>"
            for at, cell in enumerate(cells)
        )
        return f"<tr>{''.join(marked)}</tr>"

    lines = line(head, "th") + "".join(line(row, "td") for row in rows)
    return f'<div class="wide"><table>{lines}</table></div>'


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text; `kind` is "quiet", "warn" or "use"."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def image_element(data: bytes, alt: str, *, kind: str = "png") -> str:
    """A picture inside the page, with the words for who cannot see it."""
    return f'<img src="{image_data_url(data, kind)}" alt="{escape(alt)}">'


def image_data_url(data: bytes, kind: str = "png") -> str:
    """The bytes of a picture as an address that holds them."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
