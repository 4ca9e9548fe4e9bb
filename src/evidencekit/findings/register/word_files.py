"""The paragraphs of a Word file, read from its XML: body, tables, text boxes, headers, footers, footnotes, words for pictures."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO
from xml.etree import ElementTree as ET

from evidencekit.errors import InputError, how_many
from evidencekit.findings.register.passages import Passage

__all__ = ["from_word"]

MOST = 64 * 1024 * 1024  # bytes of XML that are read of one file; the longest reports have a few
_PARTS = (
    ("document.main", ""),
    ("template.main", ""),
    ("header", "header"),
    ("footer", "footer"),
    ("footnotes", "footnote"),
    ("endnotes", "endnote"),
)
_UNSEEN = {"del", "moveFrom", "instrText", "delText", "Fallback", "rPr", "pPr"}
_UNREAD = (("comments", "comments"), ("chart", "charts"), ("diagramData", "diagrams"))


class _Reader:
    """Takes the events of an XML parser and keeps paragraphs; nothing else of the tree is held."""

    def __init__(self, kind: str, number: int) -> None:
        self.kind, self.number = kind, number
        self.made: list[Passage] = []
        self.open: list[list[str]] = []  # paragraphs, one in another where there is a text box
        self.unseen = self.count = self.tables = self.boxes = 0
        self.reading = False
        self.note = ""
        self.cells: list[list[list[str]]] = []  # of each open table its rows

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if self.unseen or name in _UNSEEN:
            self.unseen += 1
            return
        if name == "p" and "wordprocessingml" in tag:
            self.open.append([])
        elif name == "t" and "wordprocessingml" in tag:
            self.reading = True
        elif name in ("tab", "br", "cr", "noBreakHyphen") and self.open:
            self.open[-1].append({"tab": "\t", "noBreakHyphen": "-"}.get(name, "\n"))
        elif name == "docPr" and (words := attributes.get("descr")):
            self.made.append(Passage(words, place=f"{self._part()}words for a picture"))
        elif name in ("footnote", "endnote"):
            self.note, self.count = next((v for k, v in attributes.items() if k.endswith("}id")), ""), 0
        elif name == "txbxContent":
            self.boxes += 1
        elif name == "tbl":
            self.tables += not self.cells
            self.cells.append([])
        elif name == "tr" and self.cells:
            self.cells[-1].append([])
        elif name == "tc" and self.cells and self.cells[-1]:
            self.cells[-1][-1].append("")

    def data(self, text: str) -> None:
        if self.reading and not self.unseen and self.open:
            self.open[-1].append(text)

    def end(self, tag: str) -> None:
        if self.unseen:
            self.unseen -= 1
            return
        name = tag.rpartition("}")[2]
        if name == "t":
            self.reading = False
        elif name == "p" and "wordprocessingml" in tag and self.open:
            self._close("".join(self.open.pop()))
        elif name == "txbxContent":
            self.boxes -= 1
        elif name == "tbl" and self.cells:
            self.cells.pop()

    def close(self) -> list[Passage]:
        return self.made

    def _part(self) -> str:
        if self.note:
            return f"{self.kind} {self.note}, "
        return f"{self.kind} {self.number}, " if self.kind else ""

    def _close(self, text: str) -> None:
        text = re.sub(r"\s+", " ", text)
        if not self.cells or self.boxes:
            self.count += 1
        if not text.strip() or (self.kind in ("header", "footer") and text.strip().isdigit()):  # a page number
            return
        rows = self.cells[-1] if self.cells else []
        if rows and rows[-1] and not self.boxes:
            row, first = rows[-1], rows[0]
            row[-1] = f"{row[-1]} {text}".strip()
            k = len(row) - 1
            head = first[k] if len(rows) > 1 and k < len(first) else ""
            place = f"{self._part()}table {self.tables}, row {len(rows)}, column {len(row)}"
            self.made.append(Passage(text, place=place, context=" ".join(part for part in (*row[: min(k, 3)], head) if part)))
        else:
            box = "text box, " if self.boxes else ""
            self.made.append(Passage(text, place=f"{self._part()}{box}paragraph {self.count}"))


def from_word(path: Path) -> tuple[list[Passage], tuple[str, ...]]:
    """The passages of a Word file, and what of it was not read.

    Raises
    ------
    InputError
        It is no Word file, is protected by a password, cut short, or holds more than can be text.
    """
    with zipfile.ZipFile(path) as held:
        types = _read(held, "[Content_Types].xml", MOST)
        listed = re.findall(r"<Override\b[^>]*>", types.decode("utf-8", "replace"))
        found = [(m["part"].lstrip("/"), m["type"]) for one in listed if (m := _override(one))]
        made, left, numbers = list[Passage](), MOST, dict[str, int]()
        if not any(kind.endswith(("document.main+xml", "template.main+xml")) for _, kind in found):
            raise InputError(f"{path.name!r} is no Word file, though it ends like one.", "Save it from Word as .docx.")
        for ending, kind in _PARTS:
            for name in sorted((part for part, of in found if of.endswith(f"{ending}+xml")), key=_natural):
                numbers[kind] = numbers.get(kind, 0) + 1
                raw = _read(held, name, left)
                left -= len(raw)
                made += _passages(raw, path, _Reader(kind, numbers[kind]))
    counted = [(said, sum(of.endswith(f"{ending}+xml") for _, of in found)) for ending, said in _UNREAD]
    notes = [f"{'comments were' if said == 'comments' else f'{how_many(n, said[:-1])} {_was(n)}'} not read" for said, n in counted if n]
    return made, tuple(notes)


def _was(n: int) -> str:
    return "was" if n == 1 else "were"


def _override(text: str) -> dict[str, str] | None:
    part, kind = re.search(r'PartName="([^"]*)"', text), re.search(r'ContentType="([^"]*)"', text)
    return {"part": part[1], "type": kind[1]} if part and kind else None


def _natural(name: str) -> tuple[int, str]:
    return int(re.sub(r"\D", "", PurePosixPath(name).stem)[:9] or 0), name


def _read(held: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A part of the file; what the file says of its size is not believed."""
    part: IO[bytes]
    with held.open(name) as part:
        raw = part.read(most + 1)
    if len(raw) > most:
        fix = "Save it anew from Word; a file that stays as large holds something else than text."
        raise InputError(f"The file unpacks to more than {MOST // 2**20} MB of text.", fix)
    return raw


def _passages(raw: bytes, path: Path, reader: _Reader) -> list[Passage]:
    text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    if "<!DOCTYPE" in text:
        raise InputError(f"{path.name!r} declares a document type, which no Word file does.", "Save it anew from Word.")
    parser = ET.XMLParser(target=reader)
    parser.feed(re.sub(r"\A\s*<\?xml[^>]*\?>", "", text))
    parser.close()
    return reader.made
