"""A table of any length with notes below it, as a page of HTML, a Word document or a workbook; the same table gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from io import BytesIO

from evidencekit.errors import MissingExtra
from evidencekit.rendering.documents.office import finished, need, set_properties
from evidencekit.rendering.documents.sheet import Block, Sheet, Table

__all__ = ["table_to_docx", "table_to_html", "table_to_xlsx"]

_STYLE = (
    "body{font-family:sans-serif;margin:2em;color:#111;background:#fff}table{border-collapse:collapse}"
    "caption{text-align:left;font-weight:bold;padding:.5em 0}th,td{border-bottom:1px solid #999;padding:.3em .6em;text-align:left;"
    "vertical-align:top}td.n{white-space:nowrap}div{overflow-x:auto}"
)
WIDE = 6  # columns, from which on a page of Word lies on its side
MOST = 18  # letters of a column that count for its width, beyond its longest word
_THEN = datetime(2000, 1, 1, tzinfo=UTC)


def table_to_html(table: Table, *, language: str, notes: Sequence[str] = (), labels: int = 1) -> str:
    """One file that needs nothing else; the first cell of a row is its heading, and what follows `labels` cells is kept on one line."""
    about = _about(table, language)
    head = "".join(f'<th scope="col">{escape(word)}</th>' for word in table.header)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(_cell(word, j >= labels) for j, word in enumerate(row[1:], 1))}</tr>'
        for row in table.rows
    )
    below = "".join(f"<p>{escape(note)}</p>" for note in notes)
    title = escape(table.caption)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(about.language)}"><head><meta charset="utf-8"><title>{escape(about.title)}</title>'
        f"<style>{_STYLE}</style></head><body><main>"
        f'<div role="region" tabindex="0" aria-label="{title}"><table><caption>{title}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{below}</main></body></html>\n"
    )


def _cell(word: str, number: bool) -> str:
    return f'<td class="n">{escape(word)}</td>' if number else f"<td>{escape(word)}</td>"


def table_to_docx(table: Table, *, language: str, notes: Sequence[str] = ()) -> bytes:
    """A Word document: a heading, the table with a header that repeats on each page, and the notes.

    Wide tables lie on their side. A column is as wide as what it holds needs, so that no word is broken.
    """
    docx = need("docx", "Writing a Word document")
    document = docx.Document()
    set_properties(document, _about(table, language))
    document.add_paragraph(table.caption, style="Heading 1")
    page = document.sections[0]
    if len(table.header) > WIDE:
        page.orientation = need("docx.enum.section", "Writing a Word document").WD_ORIENT.LANDSCAPE
        page.page_width, page.page_height = page.page_height, page.page_width
    grid = document.add_table(rows=1, cols=len(table.header), style="Table Grid")
    grid.autofit = False
    needs = [_letters(column) for column in zip(table.header, *table.rows, strict=True)]
    widths = [(page.page_width - page.left_margin - page.right_margin) * letters // sum(needs) for letters in needs]
    repeat = need("docx.oxml", "Writing a Word document").OxmlElement("w:tblHeader")
    grid.rows[0]._tr.get_or_add_trPr().append(repeat)
    for cell, word in zip(grid.rows[0].cells, table.header, strict=True):
        cell.paragraphs[0].add_run(word).bold = True
    for row in table.rows:
        for cell, word in zip(grid.add_row().cells, row, strict=True):
            cell.text = word
    for column, width in zip(grid.columns, widths, strict=True):
        for cell in (column, *column.cells):
            cell.width = width
    for k, note in enumerate(notes):
        document.add_paragraph(note).paragraph_format.space_before = None if k else need("docx.shared", "Writing a Word document").Pt(8)
    return finished(document)


def _letters(column: Sequence[str]) -> int:
    """How wide a column wants to be: its longest word, with room for bold letters, or its longest text up to a limit."""
    longest = max((len(word) for text in column for word in text.split()), default=0)
    return 2 + max(min(max(map(len, column)), MOST), 3 * longest // 2)


def table_to_xlsx(table: Table, *, notes: Sequence[str] = ()) -> bytes:
    """A workbook of one sheet; every cell is text, so that nothing is calculated or opened."""
    try:
        import xlsxwriter
    except ImportError:
        raise MissingExtra("xlsxwriter", "excel", "Writing .xlsx files") from None
    held = BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _THEN, "title": table.caption[:255]})
        page, bold = book.add_worksheet("Table"), book.add_format({"bold": True})
        page.write_string(0, 0, table.caption, bold)
        for k, line in enumerate([table.header, *table.rows], 2):
            for j, word in enumerate(line):
                page.write_string(k, j, word, bold if k == 2 else None)
        for k, note in enumerate(notes, len(table.rows) + 4):
            page.write_string(k, 0, note)
        page.freeze_panes(3, 1)
        page.set_column(0, len(table.header) - 1, 18)
    return held.getvalue()


def _about(table: Table, language: str) -> Sheet:
    """Title and language, checked as those of a sheet."""
    return Sheet(title=table.caption, language=language, blocks=(Block(heading=table.caption),))
