"""Collect what the window says, and compile what it says in other languages.

python docs/translate.py              # brings the .ts files up to date, makes the .qm files
python docs/translate.py --language fr   # begins a new language

A text without a translation is listed, and appears in English until it has one. Texts are
edited in the .ts file, in Qt Linguist or by hand. Qt's own lupdate does not see the texts of
the window's tables, nor those that a module's own `_tr` translates.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import PySide6

ROOT = Path(__file__).resolve().parents[1]
WINDOW = ROOT / "leukogui"
WORKER = ROOT / "trainer"
REPORT = WORKER / "jobs" / "export" / "report"  # says the same as the window, headless
WORKER_CONTEXT = "Told"  # of the sentences that the worker emits in English
TRANSLATIONS = ROOT / "resources" / "translations"
NAME = "leukogui"
MARKING = {"translate", "QT_TRANSLATE_NOOP"}
FEWEST_LETTERS, FEW_LETTERS = 4, 12  # a text of fewer is of no sentence; of few, a whole one
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'


@dataclass(frozen=True, order=True)
class Message:
    """A text and the context that it is looked up in, usually a class."""

    context: str
    source: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--language", help="a new one, such as fr")
    arguments = parser.parse_args()
    TRANSLATIONS.mkdir(exist_ok=True)
    files = set(TRANSLATIONS.glob(f"{NAME}_*.ts"))
    if arguments.language:
        files.add(TRANSLATIONS / f"{NAME}_{arguments.language}.ts")
    found = sorted({*messages_of(WINDOW), *messages_of(REPORT)})
    for file in sorted(files):
        update(file, found)
        compile_messages(file, file.with_suffix(".qm"))
    for sentence in stale(found):
        print(f"the worker no longer says: {sentence}")
    return 0


def messages_of(folder: Path) -> Iterator[Message]:
    """Every text of a folder's modules that a person may come to read."""
    for path in sorted(folder.rglob("*.py")):
        yield from messages(path.read_text("utf-8"), path.name)


def stale(found: Iterable[Message]) -> list[str]:
    """Sentences of the worker that the window translates, and that are nowhere in its code."""
    code = "\n".join(path.read_text("utf-8") for path in WORKER.rglob("*.py"))
    nodes = list(ast.walk(ast.parse(code)))
    texts = "\n".join(_text(node) or "" for node in nodes if isinstance(node, ast.Constant))
    patterns = [re.compile(each) for each in set(map(_pattern, nodes)) if each]
    known = [each.source for each in found if each.context == WORKER_CONTEXT]
    return [
        each
        for each in known
        if each not in texts and not any(pattern.search(each) for pattern in patterns)
    ]


def _pattern(node: ast.AST) -> str:
    """Matches the sentence, or the part of one, that is written here; empty where none is."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [_text(part) if isinstance(part, ast.expr) else None for part in parts]
    letters = sum(each.isalpha() for text in texts for each in text or "")
    if letters < FEWEST_LETTERS:
        return ""
    matching = "".join(".*" if text is None else re.escape(text) for text in texts)
    return f"^{matching}$" if letters < FEW_LETTERS else matching


def messages(code: str, name: str = "<code>") -> list[Message]:
    """The texts of one module.

    Raises:
        ValueError: a text is not written out where it is translated, or its class is not known.
    """
    tree = ast.parse(code, name)
    reader = _Reader(name, _own_functions(tree))
    reader.visit(tree)
    return reader.found


def _own_functions(tree: ast.Module) -> dict[str, str]:
    """The context of each function of a module that does nothing but translate or mark a text."""
    found = {}
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and len(function.args.args) == 1:
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _called(node) in MARKING and len(node.args) == 2:
                    context, text = node.args
                    if isinstance(context, ast.Constant) and isinstance(text, ast.Name):
                        found[function.name] = str(context.value)
    return found


class _Reader(ast.NodeVisitor):
    def __init__(self, name: str, own: dict[str, str]) -> None:
        self._name, self._own = name, own
        self._classes: list[str] = []
        self._annotated: dict[str, str] = {}
        self.found: list[Message] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._classes.append(node.name)
        self.generic_visit(node)
        self._classes.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in self._own:
            return
        for each in node.args.args:
            if each.annotation is not None:
                self._annotated[each.arg] = ast.unparse(each.annotation).strip("'\"")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = _called(node)
        if called == "tr" and isinstance(node.func, ast.Attribute):
            self._take(self._class_of(node.func.value), node.args[0])
        elif called in MARKING and len(node.args) == 2:  # a painter's `translate` takes a point
            self._take(_text(node.args[0]), node.args[1], may_vary=True)
        elif isinstance(node.func, ast.Name) and called in self._own:
            self._take(self._own[called], node.args[0], may_vary=True)
        self.generic_visit(node)

    def _class_of(self, receiver: ast.expr) -> str | None:
        name = receiver.id if isinstance(receiver, ast.Name) else ""
        if name == "self" and self._classes:
            return self._classes[-1]
        return self._annotated.get(name)

    def _take(self, context: str | None, text: ast.expr, may_vary: bool = False) -> None:
        """Note a text; one that may vary is of a table, and marked where it is written."""
        source = _text(text)
        if source is None and may_vary:
            return
        if source is None or context is None:
            raise ValueError(f"{self._name}:{text.lineno}: {ast.unparse(text)} cannot be read")
        self.found.append(Message(context, source))


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _text(node: ast.expr) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def update(file: Path, found: Iterable[Message]) -> None:
    """Write the texts of today with the translations that the file has; print what is missing."""
    known = translations(file) if file.exists() else {}
    language = file.stem.removeprefix(f"{NAME}_")
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    contexts: dict[str, list[Message]] = defaultdict(list)
    for message in found:
        contexts[message.context].append(message)
    for name, texts in contexts.items():
        context = ET.SubElement(root, "context")
        ET.SubElement(context, "name").text = name
        for message in texts:
            _add(context, message.source, known.get(message, ""))
    ET.indent(root, " ")
    body = HEAD + ET.tostring(root, encoding="unicode", short_empty_elements=False) + "\n"
    file.write_text(body, "utf-8", newline="\n")
    _print_report(file, set(found), known)


def _add(context: ET.Element, source: str, translation: str) -> None:
    message = ET.SubElement(context, "message")
    ET.SubElement(message, "source").text = source
    entry = ET.SubElement(message, "translation")
    entry.text = translation
    if not translation:
        entry.set("type", "unfinished")


def translations(file: Path) -> dict[Message, str]:
    """Read the translations of a .ts file; empty where a text has no finished one."""
    found = {}
    for context in ET.parse(file).getroot().iter("context"):  # noqa: S314 - our own file
        for each in context.iter("message"):
            entry = each.find("translation")
            assert entry is not None
            finished = entry.get("type") is None
            message = Message(context.findtext("name", ""), each.findtext("source", ""))
            found[message] = (entry.text or "") if finished else ""
    return found


def _print_report(file: Path, found: set[Message], known: dict[Message, str]) -> None:
    missing = sorted(message for message in found if not known.get(message))
    print(f"{file.name}: {len(found)} texts, {len(missing)} without a translation")
    for message in missing:
        print(f"  {message.context}: {message.source}")
    for message in sorted(set(known) - found):
        print(f"  no longer said: {message.context}: {message.source}")


def compile_messages(file: Path, out: Path) -> None:
    """Make a .qm file, in which Qt looks texts up, of the finished ones of a .ts file.

    Raises:
        CalledProcessError: a translation lacks a mnemonic, or ends differently.
    """
    program = Path(PySide6.__file__).with_name("lrelease")  # Windows adds its .exe
    command = [str(program), "-silent", "-nounfinished", str(file), "-qm", str(out)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
