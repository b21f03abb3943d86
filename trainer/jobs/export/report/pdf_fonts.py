"""The fonts of a PDF: those that Matplotlib brings, and the system's for letters they lack."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont
from fpdf import FPDF
from matplotlib import font_manager, get_data_path

from trainer.domain import printable

FAMILY = "DejaVu"
"""Has Latin, Greek, Cyrillic and many signs; its licence allows it to be embedded."""
_FILES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
# For Chinese, Japanese and Korean letters and further signs, where the system has one of them.
_SYSTEM_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB"),
    *("WenQuanYi Zen Hei", "Droid Sans Fallback", "Arial Unicode MS", "Malgun Gothic"),
    *("Segoe UI Symbol", "Segoe UI Emoji", "Noto Emoji", "Symbola"),
)


class PdfFonts:
    """Fonts of one document, and text that fits them.

    Args:
        pdf: gets the fonts.
    """

    def __init__(self, pdf: FPDF) -> None:
        folder = Path(get_data_path()) / "fonts" / "ttf"
        for style, name in _FILES.items():
            pdf.add_font(FAMILY, style, folder / name)
        self._pdf = pdf
        self._letters = set(_letters_of(folder / _FILES[""], 0)) & set(
            _letters_of(folder / _FILES["B"], 0)
        )
        self._missing: set[int] = set()
        self._used: list[str] = []

    def fit(self, text: str) -> str:
        """Return a text of letters that a font has; another is written as its number, U+1FA78."""
        lines = ("".join(map(_plain, line)) for line in printable(text).split("\n"))
        return "\n".join("".join(map(self._fit_letter, line)) for line in lines)

    def _fit_letter(self, letter: str) -> str:
        code = ord(letter)
        if code in self._letters:
            return letter
        if code not in self._missing and self._add_system_font(code):
            return letter
        self._missing.add(code)
        return "" if _is_invisible(code) else f"[U+{code:04X}]"

    def _add_system_font(self, code: int) -> bool:
        for name, file, number in _system_fonts():
            if name not in self._used and code in _letters_of(file, number):
                self._pdf.add_font(name, "", file, collection_font_number=number)
                self._used.append(name)
                self._pdf.set_fallback_fonts(self._used, exact_match=False)
                self._letters |= _letters_of(file, number)
                return True
        return False


def _plain(letter: str) -> str:
    return letter if letter.isprintable() else " "


def _is_invisible(code: int) -> bool:
    """Selectors of a form, and joiners of emoji."""
    return 0xFE00 <= code <= 0xFE0F or code == 0x200D


@cache
def _system_fonts() -> tuple[tuple[str, Path, int], ...]:
    """Name, file and number within the file of each font that the system has."""
    files = {each.name: Path(each.fname) for each in font_manager.fontManager.ttflist}
    present = [(name, files[name]) for name in _SYSTEM_FONTS if name in files]
    return tuple(
        (name, file, _number_within(file, name)) for name, file in present if file.is_file()
    )


def _number_within(file: Path, name: str) -> int:
    if file.suffix.casefold() not in (".ttc", ".otc"):
        return 0
    fonts = TTCollection(file, lazy=True).fonts
    names = [str(each["name"].getDebugName(1)) for each in fonts]
    return names.index(name) if name in names else 0


@cache
def _letters_of(file: Path, number: int) -> frozenset[int]:
    with TTFont(file, lazy=True, fontNumber=number) as font:
        return frozenset(font.getBestCmap())
