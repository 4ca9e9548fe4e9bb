"""A sheet as a Word document of one A4 page, with headings that a screen reader finds and pictures with their words."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax.saxutils import quoteattr

from evidencekit.rendering.documents import look
from evidencekit.rendering.documents.fitting import BESIDE, CELL, Layout, Place, lay_out, widths
from evidencekit.rendering.documents.office import describe, finished, need, set_properties
from evidencekit.rendering.documents.sheet import Block, Sheet, Table
from evidencekit.rendering.figure import Picture

__all__ = ["to_docx"]

_WHY = "Writing a Word document"
_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f'xmlns:w="{_SPACE}"'
_AFTER_BORDER = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr", "w:sectPr", "w:pPrChange")


def to_docx(sheet: Sheet) -> bytes:
    """Write a sheet for Word.

    What stands side by side is set in columns, not in a table of layout, so that the text is read in its order and the headings show in
    Word's navigation. Dates in the file's properties are always the first of January 2000: the same sheet gives the same bytes.

    Parameters
    ----------
    sheet : Sheet
        What stands on the page.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    InputError
        When the sheet is longer than one A4 page.
    MissingExtra
        When python-docx is not installed.

    Examples
    --------
    >>> from evidencekit.rendering.documents import Block, Sheet, to_docx
    >>> to_docx(Sheet(title="Children online", language="en", blocks=(Block(heading="Most children are online."),)))[:2]
    b'PK'
    """
    docx = need("docx", _WHY)
    layout = lay_out(sheet)
    document = docx.Document()
    set_properties(document, sheet)
    _set_styles(document, sheet, layout.leading)
    if sheet.content_note:
        document.add_paragraph(sheet.content_note, style="Content Note")
    document.add_paragraph(sheet.title, style="Heading 1")
    for block in sheet.blocks:
        _add_block(document, block, sheet, layout)
    for k, text in enumerate(sheet.aside):
        document.add_paragraph(text, style="Small Print").paragraph_format.space_before = _pt(2 if k else look.BETWEEN / 2)
    if sheet.boxes:
        _add_boxes(document, sheet, layout.gap)
    if sheet.footer:
        document.add_paragraph(sheet.footer, style="Small Print").paragraph_format.space_before = _pt(12)
    _close(document)
    return finished(document)


def _pt(points: float) -> Any:
    return need("docx.shared", _WHY).Pt(points)


def _xml(text: str) -> Any:
    return need("docx.oxml", _WHY).parse_xml(text)


def _set_styles(document: Any, sheet: Sheet, lines: float) -> None:
    """Make the template's styles ours: one font, black on white, sizes for all scripts, the language of the sheet."""
    language = sheet.language
    paragraph = need("docx.enum.style", _WHY).WD_STYLE_TYPE.PARAGRAPH
    for name in ("Content Note", "Line", "Small Print", "Box Line"):
        document.styles.add_style(name, paragraph).base_style = document.styles["Normal"]
    looks = {  # size, bold, colour, space before and after
        "Normal": (look.LINE, False, look.INK, 0, 0),
        "Content Note": (look.BOX, False, look.INK, 0, look.AFTER_NOTE),
        "Heading 1": (look.TITLE, True, look.INK, 0, 0),
        "Heading 2": (look.HEADING, True, look.INK, 0, 4),
        "Line": (look.LINE, False, look.INK, 2, 0),
        "Small Print": (look.SMALL, False, look.SLATE, 2, 0),
        "Box Line": (look.BOX, False, look.INK, 2, 0),
        "Caption": (look.SMALL, True, look.INK, 6, 3),
    }
    for name, (size, bold, color, before, after) in looks.items():
        style = document.styles[name]
        for old in style.element.findall(f"{{{_SPACE}}}rPr"):
            style.element.remove(old)
        style.element.append(_xml(_letters(size, bold, color, language)))
        form = style.paragraph_format
        form.space_before, form.space_after = _pt(before), _pt(after)
        # Letters of several sizes stand in a headline, where an exact distance would cut the large ones.
        form.line_spacing = 1.0 if name == "Heading 2" else _pt(size * lines)
    note = document.styles["Content Note"].element.get_or_add_pPr()
    edge = f'w:val="single" w:sz="8" w:space="4" w:color="{look.NOTE_FILL[1:]}"'
    bar = f'<w:left w:val="single" w:sz="24" w:space="8" w:color="{look.SLATE[1:]}"/>'
    bar = f"<w:pBdr {_W}><w:top {edge}/>{bar}<w:bottom {edge}/></w:pBdr>"
    note.insert_element_before(_xml(bar), *_AFTER_BORDER)
    fill = f'<w:shd {_W} w:val="clear" w:color="auto" w:fill="{look.NOTE_FILL[1:]}"/>'
    note.insert_element_before(_xml(fill), *_AFTER_BORDER[1:])
    document.styles["Content Note"].paragraph_format.left_indent = _pt(11)
    defaults = document.styles.element.find(f".//{{{_SPACE}}}lang")
    for part in ("val", "eastAsia", "bidi"):
        defaults.set(f"{{{_SPACE}}}{part}", language)


def _letters(size: float, bold: bool, color: str, language: str) -> str:
    """Write the properties of letters: Khmer, Thai and Lao take the ones that end in Cs."""
    half, said = round(2 * size), quoteattr(language)
    weight = "<w:b/><w:bCs/>" if bold else '<w:b w:val="0"/><w:bCs w:val="0"/>'
    font = look.OFFICE_FONT
    return (
        f'<w:rPr {_W}><w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{look.STACKED_FONT}"/>{weight}'
        f'<w:i w:val="0"/><w:iCs w:val="0"/><w:color w:val="{color[1:]}"/><w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'
        f"<w:lang w:val={said} w:eastAsia={said} w:bidi={said}/></w:rPr>"
    )


def _resize(run: Any, size: float, color: str, language: str) -> None:
    """Give a run its own size and colour."""
    run._r.insert(0, _xml(_letters(size, True, color, language)))


def _add_block(document: Any, block: Block, sheet: Sheet, layout: Layout) -> None:
    """Add a message; its picture stands below its lines, or in a column to the right of its words."""
    place = layout.place(block)
    if place.columns:
        _add_gap(document, layout.gap)
    heading = document.add_paragraph(style="Heading 2")
    for part, big in zip(block.parts, (False, True, False), strict=True):
        if part:
            _resize(heading.add_run(part), layout.big if big else layout.heading, look.BLUE if big else look.INK, sheet.language)
    if not place.columns:
        heading.paragraph_format.space_before = _pt(layout.gap)
    entries = [*((line, "Line") for line in block.lines), *((line, "Small Print") for line in block.aside)]
    words = [heading, *(document.add_paragraph(text, style=style) for text, style in entries[: place.beside])]
    if place.columns:
        for paragraph in words:  # LibreOffice moves columns that are unlike and have space between
            paragraph.paragraph_format.right_indent = _pt(look.GUTTER)
    if place.picture:
        _add_picture(document, place.picture, place)
    for text, style in entries[place.beside :]:
        document.add_paragraph(text, style=style)
    if block.table:
        _add_table(document, block.table)


def _add_picture(document: Any, picture: Picture, place: Place) -> None:
    """Add a picture below the words, or in a column to their right."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = 1.0  # an exact distance would cut the picture
    if place.columns:
        _break_column(paragraph)
    width, height = place.size
    shape = paragraph.add_run().add_picture(BytesIO(picture.to_png()), width=_pt(width), height=_pt(height))
    describe(shape._inline.docPr, picture)
    for side in ("distT", "distB", "distL", "distR"):
        shape._inline.set(side, "0")  # LibreOffice takes an eighth of an inch where nothing is said
    if place.columns:
        _end_section(document, [look.TEXT - BESIDE, BESIDE], gutter=0.0)
    else:
        paragraph.paragraph_format.space_before = _pt(6)


def _add_gap(document: Any, gap: float) -> None:
    """Leave room above columns: not all programs keep the space before their first paragraph, nor an empty one at a section's end."""
    document.add_paragraph("\u00a0").paragraph_format.line_spacing = _pt(gap)
    _end_section(document, [look.TEXT])


def _break_column(paragraph: Any) -> None:
    """Begin the next column with a paragraph; what is left of it in the old one is as good as nothing."""
    run = paragraph.add_run()
    run.font.size = _pt(1)
    run.add_break(need("docx.enum.text", _WHY).WD_BREAK.COLUMN)


def _add_table(document: Any, table: Table) -> None:
    """Add a table with its caption above; its header is known as such."""
    caption = document.add_paragraph(table.caption, style="Caption")
    caption.paragraph_format.keep_with_next = True
    rows = (table.header, *table.rows)
    made = document.add_table(rows=len(rows), cols=len(table.header))
    made.autofit = False
    for column in made.columns:
        column.width = _pt(look.TEXT / len(table.header))
    edge = f'w:val="single" w:sz="4" w:space="0" w:color="{look.RULE[1:]}"'
    properties = made._tbl.tblPr  # Word insists on the order of what is in it
    borders = _xml(f"<w:tblBorders {_W}><w:bottom {edge}/><w:insideH {edge}/></w:tblBorders>")
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    inside = _xml(f"<w:tblCellMar {_W}><w:left w:w='0' w:type='dxa'/><w:right w:w='100' w:type='dxa'/></w:tblCellMar>")
    properties.insert_element_before(inside, "w:tblLook")
    properties.append(_xml(f"<w:tblCaption {_W} w:val={quoteattr(table.caption)}/>"))
    made.rows[0]._tr.get_or_add_trPr().append(_xml(f"<w:tblHeader {_W}/>"))
    for k, (row, texts) in enumerate(zip(made.rows, rows, strict=True)):
        for cell, text in zip(row.cells, texts, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.style = document.styles["Box Line"]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = _pt(CELL / 2 - 1)
            run = paragraph.add_run(text)
            run.font.bold = run.font.cs_bold = k == 0
    last = document.add_paragraph()  # Word wants a paragraph after a table
    last.paragraph_format.line_spacing = _pt(1)


def _add_boxes(document: Any, sheet: Sheet, gap: float) -> None:
    """Add the boxes as columns, each under a line."""
    _add_gap(document, gap)
    for k, box in enumerate(sheet.boxes):
        title = document.add_paragraph(style="Heading 2")
        color = look.BLUE if box.strong else look.SLATE
        line = f'<w:top w:val="single" w:sz="{24 if box.strong else 12}" w:space="{5 if box.strong else 6}" w:color="{color[1:]}"/>'
        title._p.get_or_add_pPr().insert_element_before(_xml(f"<w:pBdr {_W}>{line}</w:pBdr>"), *_AFTER_BORDER)
        if k:
            _break_column(title)
        _resize(title.add_run(box.title), look.BOX, look.BLUE if box.strong else look.INK, sheet.language)
        for text in box.lines:
            document.add_paragraph(text, style="Box Line")
    _end_section(document, list(widths(sheet)))


def _section(columns: list[float], gutter: float = look.GUTTER) -> Any:
    """Write a section of an A4 page with columns of these widths, in points."""

    def twips(points: float) -> int:
        return round(20 * points)

    inside = "".join(f'<w:col w:w="{twips(wide)}" w:space="{twips(gutter)}"/>' for wide in columns)
    cols = f'<w:cols w:num="{len(columns)}" w:equalWidth="0">{inside}</w:cols>' if len(columns) > 1 else "<w:cols/>"
    ends, sides = twips(look.ENDS), twips(look.SIDES)
    margins = f'w:top="{ends}" w:bottom="{ends}" w:left="{sides}" w:right="{sides}" w:header="0" w:footer="0" w:gutter="0"'
    size = f'<w:pgSz w:w="{twips(look.PAGE[0])}" w:h="{twips(look.PAGE[1])}"/>'
    return _xml(f'<w:sectPr {_W}><w:type w:val="continuous"/>{size}<w:pgMar {margins}/>{cols}</w:sectPr>')


def _end_section(document: Any, columns: list[float], *, gutter: float = look.GUTTER) -> None:
    """Let the last paragraph be the last of a section."""
    document.paragraphs[-1]._p.get_or_add_pPr().insert_element_before(_section(columns, gutter), "w:pPrChange")


def _close(document: Any) -> None:
    """End the document's last section: with the footer, or with what ended a section of its own."""
    body = document.element.body
    body.remove(body.sectPr)
    last = document.paragraphs[-1]._p
    if last.pPr is not None and last.pPr.sectPr is not None:  # no footer: its section is the document's last
        section = last.pPr.sectPr
        last.pPr.remove(section)
        body.append(section)
    else:
        body.append(_section([look.TEXT]))
