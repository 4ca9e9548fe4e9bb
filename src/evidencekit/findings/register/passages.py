"""Passage: a paragraph, an item or a cell of a document, with where it stands; from text, Markdown and HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

__all__ = ["Passage", "from_html", "from_text"]

_BLOCKS = """
p div li dt dd h1 h2 h3 h4 h5 h6 td th caption figcaption blockquote pre title section article header footer aside main nav tr table ul ol
dl details summary option text
"""
_BLOCK = set(_BLOCKS.split())
_UNSEEN = {"script", "style", "template", "noscript"}
_ITEM = re.compile(r"\s*(?:[-*+]\s|#{1,6}\s|>|\|)")
_ORDERED = re.compile(r"\s*\(?(\d{1,3})[.)]\s")
_LEAD = 3  # cells at the beginning of a row that tell what the row is about
_TABLE_LINE = re.compile(r"\s*\|?[\s:|-]+\|[\s:|-]*$")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that is read by itself.

    Parameters
    ----------
    text : str
        What it says.
    place : str
        Where it stands, in words: "footnote 2", "table 1, row 3, column 2"; "" where `line` says it.
    line : int
        The line it begins at, counted from 1; 0 where there are no lines.
    context : str
        Words that belong to it and stand elsewhere: the heads of its row and column.
    """

    text: str
    place: str = ""
    line: int = 0
    context: str = ""


def from_text(text: str) -> list[Passage]:
    """The paragraphs, items and cells of a plain text or a Markdown text; comments in it are left out."""
    text = _without_comments(text)
    made, held = list[Passage](), list[str]()
    begin, head, in_list = 1, list[str](), False

    def close() -> None:
        if held and (said := "\n".join(held)).strip():
            made.append(Passage(said, line=begin))
        held.clear()

    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        if bare.startswith("|") and bare.count("|") >= 2:
            close()
            if _TABLE_LINE.match(line):
                continue
            cells = [cell.strip() for cell in bare.strip("|").split("|")]
            head = head or cells
            made += [Passage(cell, line=number, context=_heads(cells, head, k)) for k, cell in enumerate(cells) if cell]
            continue
        head = []
        ordered = _ORDERED.match(line)
        if not bare or _ITEM.match(line) or (ordered and (in_list or not held or ordered[1] == "1")):
            close()
            in_list = bool(ordered) or (in_list and not bare)
        if bare:
            begin = begin if held else number
            held.append(re.sub(r"\s+", " ", bare))
    close()
    return made


def _without_comments(text: str) -> str:
    """The text with its HTML comments taken out and their line ends kept; one that does not end is text."""
    parts, at = list[str](), 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join([*parts, text[at:]])


def _heads(cells: list[str], head: list[str], k: int) -> str:
    """What stands at the head of a cell's row and of its column, and the cells before it."""
    column = head[k] if k < len(head) and head is not cells else ""
    return " ".join(part for part in (*cells[: min(k, _LEAD)], column) if part)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.made: list[Passage] = []
        self.held: list[str] = []
        self.unseen = 0
        self.begin = 1
        self.rows: list[tuple[list[str], list[str]]] = []  # of each open table: its first row, and the row that is read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        for name in ("alt", "aria-label"):
            if not self.unseen and (words := said.get(name)):
                self.made.append(Passage(words, line=self.getpos()[0]))
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag in _BLOCK:
            self.close_block()
            if tag == "table":
                self.rows.append(([], []))
            elif tag == "tr" and self.rows:
                first, row = self.rows[-1]
                self.rows[-1] = (first or row, [])
        elif tag == "br":
            self.held.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag in _BLOCK:
            self.close_block(cell=tag in ("td", "th"))
            if tag == "table" and self.rows:
                self.rows.pop()

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        if not self.held:
            self.begin = self.getpos()[0]
        self.held.append(data)

    def close_block(self, *, cell: bool = False) -> None:
        said = " ".join("".join(self.held).split())
        self.held.clear()
        context = ""
        if cell and self.rows:
            first, row = self.rows[-1]
            row.append(said)
            context = _heads(row, first or row, len(row) - 1)
        if said:
            self.made.append(Passage(said, place=f"line {self.begin}", line=self.begin, context=context))


def from_html(text: str) -> list[Passage]:
    """The blocks of an HTML page as they are read, and the words that stand for its pictures; scripts and styles are left out."""
    text = _without_comments(text).replace("<!--", " ")
    closed = text.rfind(">") + 1  # the parser is slow where many tags are never closed
    page = _Page()
    page.feed(text[:closed] + text[closed:].replace("<", " "))
    page.close()
    page.close_block()
    return page.made
