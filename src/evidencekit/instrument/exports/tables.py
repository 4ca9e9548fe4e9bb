"""Codebooks for people: Markdown, one page of HTML, a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from evidencekit.instrument.exports.entries import Entry
from evidencekit.instrument.form import Instrument
from evidencekit.reading.files import need

__all__ = ["html", "markdown", "workbook"]

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 0.2rem; border-top: 1px solid #d9d9d9; padding-top: 0.8rem; } code { font-size: 0.95em; }
table { border-collapse: collapse; font-size: 0.9rem; } th, td { padding: 0.1rem 1rem 0.1rem 0; text-align: left; vertical-align: top; }
dt { color: #595959; float: left; clear: left; width: 8rem; } dd { margin-left: 8.5rem; } dl { font-size: 0.9rem; margin: 0.3rem 0; }
"""


def facts(entry: Entry) -> list[tuple[str, str]]:
    """What is said of an item beside its label and its codes."""
    item = entry.item
    told = [
        ("Kind", item.kind.replace("_", " ")),
        ("Section", entry.section),
        ("Asked if", entry.universe),
        ("Taken if", item.constraint),
        ("Worked out as", item.calculation),
        ("Required", "yes" if item.required else ""),
        ("Role", (item.role or "").replace("-", " ")),
        ("Purpose", item.purpose),
    ]
    return [(what, text) for what, text in told if text]


def head(form: Instrument) -> list[str]:
    """What is said of the form."""
    words = [f"Form {form.name}", *([f"version {form.version}"] if form.version else []), f"fingerprint {form.fingerprint}"]
    return [form.title or form.name, ", ".join(words)]


def markdown(form: Instrument, entries: Sequence[Entry], *, counted: bool) -> str:
    """The codebook as Markdown."""
    title, about = head(form)
    lines = [f"# {_plain(title)}", "", _plain(about)]
    for entry in entries:
        lines += ["", f"## {_plain(entry.name)}", "", *([_plain(entry.label), ""] if entry.label else [])]
        lines += [
            f"- {what}: {_code(text) if what in ('Asked if', 'Taken if', 'Worked out as') else _plain(text)}" for what, text in facts(entry)
        ]
        if entry.categories:
            lines += ["", *_rows(entry, counted)]
    return "\n".join(lines) + "\n"


def _rows(entry: Entry, counted: bool) -> list[str]:
    header = ["Code", "Label", "Missing", *(["Count"] if counted else [])]
    made = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    for c in entry.categories:
        cells = [_plain(c.code), _plain(c.label), c.missing.value if c.missing else "", *([c.count] if counted else [])]
        made.append(f"| {' | '.join(cells)} |")
    return made


def _plain(text: str) -> str:
    """A text on one line whose signs are no Markdown."""
    line = " ".join(text.split())
    for sign in "\\`*_[]<>|#":
        line = line.replace(sign, f"\\{sign}")
    return line


def _code(text: str) -> str:
    """An expression as code, fenced by more backticks than it has."""
    line = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in _runs(line)), default=0))
    space = " " if "`" in line else ""
    return f"{fence}{space}{line}{space}{fence}"


def _runs(line: str) -> list[str]:
    return ["`" * k for k in range(1, line.count("`") + 1) if "`" * k in line]


def html(form: Instrument, entries: Sequence[Entry], *, counted: bool) -> str:
    """The codebook as one page that stands alone."""
    title, about = head(form)
    parts: list[str] = []
    for entry in entries:
        told = "".join(f"<dt>{escape(what)}</dt><dd>{escape(text)}</dd>" for what, text in facts(entry))
        body = "".join(
            f"<tr><td><code>{escape(c.code)}</code></td><td>{escape(c.label)}</td><td>{escape(c.missing.value if c.missing else '')}</td>"
            f"{f'<td>{escape(c.count)}</td>' if counted else ''}</tr>"
            for c in entry.categories
        )
        header = "".join(f'<th scope="col">{h}</th>' for h in ["Code", "Label", "Missing", *(["Count"] if counted else [])])
        table = f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>" if entry.categories else ""
        parts.append(f"<h2><code>{escape(entry.name)}</code></h2><p>{escape(entry.label)}</p><dl>{told}</dl>{table}")
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head><body>'
        f"<h1>{escape(title)}</h1><p>{escape(about)}</p>{''.join(parts)}</body></html>\n"
    )


def workbook(form: Instrument, entries: Sequence[Entry], path: Path, *, counted: bool) -> None:
    """The codebook as a workbook: a sheet of items, a sheet of codes. Everything is written as text, so that nothing is a formula."""
    writer = need("xlsxwriter", "excel", "Writing .xlsx files")
    languages = list(dict.fromkeys(language for entry in entries for language in entry.labels))
    heads = [f"label ({language})" if language else "label" for language in languages]
    names = ["Kind", "Section", "Asked if", "Taken if", "Worked out as", "Required", "Role", "Purpose"]
    items: list[list[str]] = [["name", *heads, *(name.lower() for name in names)]]
    codes: list[list[str]] = [["name", "code", *heads, "missing", *(["count"] if counted else [])]]
    for entry in entries:
        told = dict(facts(entry))
        items.append([entry.name, *(entry.labels.get(la, "") for la in languages), *(told.get(name, "") for name in names)])
        for c in entry.categories:
            labels = [c.labels.get(la, c.labels.get("", "")) for la in languages]
            codes.append([entry.name, c.code, *labels, c.missing.value if c.missing else "", *([c.count] if counted else [])])
    about = [["title", form.title], ["form", form.name], ["version", form.version], ["fingerprint", form.fingerprint]]
    with writer.Workbook(str(path), {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        for name, rows in (("items", items), ("codes", codes), ("about", about)):
            _written(book.add_worksheet(name), rows, bold if name != "about" else None)


def _written(sheet: Any, rows: list[list[str]], bold: Any) -> None:
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            sheet.write_string(i, j, text, *([bold] if bold is not None and i == 0 else []))
    sheet.set_column(0, max(len(row) for row in rows) - 1, 24)
    if bold is not None:
        sheet.freeze_panes(1, 1)
