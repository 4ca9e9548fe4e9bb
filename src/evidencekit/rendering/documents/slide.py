"""A sheet as one slide for PowerPoint: headlines side by side with their pictures, and everything in the notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from evidencekit.errors import InputError
from evidencekit.rendering.documents import look
from evidencekit.rendering.documents.fitting import Measure
from evidencekit.rendering.documents.office import describe, finished, need, set_properties
from evidencekit.rendering.documents.sheet import Block, Box, Sheet, Table, text
from evidencekit.rendering.figure import Picture

__all__ = ["to_pptx"]

_WHY = "Writing a slide"
_WIDE, _HIGH = 960.0, 540.0  # points: 16 to 9
_EDGE, _GAP = 46.0, 34.0
_NOTE, _TITLE, _HEADING, _LINE, _CELL, _FOOT = 12.0, 28.0, 17.0, 14.0, 12.0, 11.0
_LEAST = 60.0  # points: height under which a picture or table says nothing to a room
_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # PowerPoint's table style without lines and fills
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_UNDER = f'<a:lnB xmlns:a="{_A}" w="9525"><a:solidFill><a:srgbClr val="{look.SLATE[1:]}"/></a:solidFill></a:lnB>'
_DECORATIVE = (  # screen readers pass over it
    f'<a:extLst xmlns:a="{_A}"><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">'
    '<d:decorative xmlns:d="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
)
_MOST = 3  # headlines that people can take from a slide


@dataclass(frozen=True, slots=True)
class _Place:
    """A rectangle on the slide, in points."""

    x: float
    y: float
    wide: float
    high: float


def to_pptx(sheet: Sheet) -> bytes:
    """Write a sheet as one slide.

    A slide is looked at while somebody speaks: it shows of each block the headline, the first line, and the picture or else the table, and
    of each strong box the first line. Its notes have every word of the sheet.

    Parameters
    ----------
    sheet : Sheet
        What stands on the page, with at most three blocks.

    Returns
    -------
    bytes
        The file; the same sheet gives the same bytes.

    Raises
    ------
    InputError
        When there are more than three blocks, or the words leave too little room for the pictures.
    MissingExtra
        When python-pptx is not installed.

    Examples
    --------
    >>> from evidencekit.rendering.documents import Block, Sheet, to_pptx
    >>> to_pptx(Sheet(title="Children online", language="en", blocks=(Block(heading="Most children are online."),)))[:2]
    b'PK'
    """
    pptx = need("pptx", _WHY)
    if len(sheet.blocks) > _MOST:
        raise InputError(
            f"A slide has at most {_MOST} headlines; there are {len(sheet.blocks)}.", "Leave some out, or save as .docx or .html."
        )
    deck = pptx.Presentation()
    _widen(deck)
    set_properties(deck, sheet)
    slide = deck.slides.add_slide(next(layout for layout in deck.slide_layouts if layout.name == "Title Only"))
    _lay_out(_Slide(slide, sheet.language, Measure(look.leading(sheet.words))), sheet)
    slide.notes_slide.notes_text_frame.text = "\n".join(_notes(sheet))
    for run in slide.notes_slide.notes_text_frame._txBody.iter(f"{{{_A}}}rPr"):
        run.set("lang", sheet.language)
    return finished(deck)


@dataclass(frozen=True, slots=True)
class _Slide:
    """A slide that is being written."""

    slide: Any
    language: str
    measure: Measure

    def words(self, place: _Place, name: str, paragraphs: list[list[tuple[str, float, bool, str]]]) -> Any:
        """Put a box of text on the slide; a paragraph is runs of text, size, weight and colour."""
        box = self.slide.shapes.add_textbox(*map(_pt, (place.x, place.y, place.wide, place.high)))
        box.name = name
        self.fill(box.text_frame, paragraphs)
        return box

    def fill(self, frame: Any, paragraphs: list[list[tuple[str, float, bool, str]]]) -> None:
        """Write paragraphs into a frame without margins."""
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for k, runs in enumerate(paragraphs):
            paragraph = frame.paragraphs[0] if k == 0 else frame.add_paragraph()
            paragraph.alignment = need("pptx.enum.text", _WHY).PP_ALIGN.LEFT
            if len({size for _, size, _, _ in runs}) == 1:  # the large words of a headline would be cut
                paragraph.line_spacing = _pt(runs[0][1] * self.measure.leading)
            elif self.measure.leading > 1.5:
                paragraph.line_spacing = 1.35  # times what the font says, which on a slide is often said by another font
            for words, size, bold, color in runs:
                run = paragraph.add_run()
                run.text, run.font.size, run.font.bold = words, _pt(size), bold
                run.font.color.rgb = need("pptx.dml.color", _WHY).RGBColor.from_string(color[1:].upper())
                self.letter(run)

    def letter(self, run: Any) -> None:
        """Say in which language and fonts a run is."""
        properties = run._r.get_or_add_rPr()
        properties.set("lang", self.language)
        run.font.name = look.OFFICE_FONT
        stacked = properties.makeelement(f"{{{_A}}}cs", {"typeface": look.STACKED_FONT})
        properties.find(f"{{{_A}}}latin").addnext(stacked)


def _pt(points: float) -> Any:
    return need("pptx.util", _WHY).Pt(points)


def _big(measure: Measure) -> float:
    """Size of the large words of a headline."""
    return look.big(measure.leading) + 4


def _widen(deck: Any) -> None:
    """Make the template's slides, which are 4 to 3, as wide as screens are; what stands on its layouts is moved along."""
    more = _pt(_WIDE) / deck.slide_width
    for page in (deck.slide_master, *deck.slide_layouts):
        for shape in page.placeholders:
            if shape._element.spPr.xfrm is not None:
                shape.left, shape.width = round(shape.left * more), round(shape.width * more)
    deck.slide_width, deck.slide_height = _pt(_WIDE), _pt(_HIGH)  # the height is the template's


def _lay_out(slide: _Slide, sheet: Sheet) -> None:
    """Stack note, title, messages, boxes and footer; the pictures take what is left."""
    inner, measure = _WIDE - 2 * _EDGE, slide.measure
    y = 24.0
    if sheet.content_note:
        high = measure.tall((sheet.content_note,), inner - 24, _NOTE) + 12
        _add_note(slide, sheet.content_note, _Place(_EDGE, y, inner, high))
        y += high + 12
    title = slide.slide.shapes.title
    high = measure.tall((sheet.title,), inner, _TITLE, bold=True)
    title.left, title.top, title.width, title.height = map(_pt, (_EDGE, y, inner, high))
    slide.fill(title.text_frame, [[(sheet.title, _TITLE, True, look.INK)]])
    title.text_frame.vertical_anchor = need("pptx.enum.text", _WHY).MSO_ANCHOR.TOP
    y += high + 12
    foot = measure.tall((sheet.footer,), inner, _FOOT)
    bottom = _HIGH - 20 - foot
    strong = [box for box in sheet.boxes if box.strong]
    wide = (inner - _GAP * (len(strong) - 1)) / max(1, len(strong))
    tall = max((measure.tall((box.title, *box.lines[:1]), wide, _LINE) + 10 for box in strong), default=-10.0)
    top = bottom - 10 - tall
    _add_blocks(slide, sheet.blocks, _Place(_EDGE, y, inner, top - 14 - y))
    for k, box in enumerate(strong):
        _add_box(slide, box, _Place(_EDGE + k * (wide + _GAP), top, wide, tall))
    if sheet.footer:
        slide.words(_Place(_EDGE, bottom, inner, foot), "Footer", [[(sheet.footer, _FOOT, False, look.SLATE)]])


def _add_note(slide: _Slide, note: str, place: _Place) -> None:
    """Put the content note first, for the eye and for who reads aloud: before the title."""
    box = slide.words(place, "Content note", [[(note, _NOTE, False, look.INK)]])
    box.text_frame.margin_left = box.text_frame.margin_right = _pt(12)
    box.text_frame.margin_top = box.text_frame.margin_bottom = _pt(6)
    box.fill.solid()
    box.fill.fore_color.rgb = need("pptx.dml.color", _WHY).RGBColor.from_string(look.NOTE_FILL[1:].upper())
    tree = slide.slide.shapes._spTree
    tree.remove(box._element)
    tree.insert(2, box._element)  # after the two elements that describe the tree


def _add_blocks(slide: _Slide, blocks: tuple[Block, ...], place: _Place) -> None:
    """Put messages side by side, their pictures at one height."""
    wide = (place.wide - _GAP * (len(blocks) - 1)) / len(blocks)
    measure = slide.measure
    words = [measure.heading(b, wide, big=_big(measure), size=_HEADING) + 8 + measure.tall(b.lines[:1], wide, _LINE) for b in blocks]
    needs = [
        tall + 12 + _least(block, measure) if block.picture or block.table else tall for tall, block in zip(words, blocks, strict=True)
    ]
    if (over := max(needs) - place.high) > 0:
        raise InputError(
            f"The slide is too full: block {needs.index(max(needs)) + 1} is {over:.0f} points too tall for it.",
            "Shorten its headline, its first line or its table, the title, the content note, or the first lines of strong boxes.",
        )
    top = max(tall for tall, block in zip(words, blocks, strict=True) if block.picture or not any(b.picture for b in blocks))
    room = place.high - top - 12
    for k, block in enumerate(blocks):
        x = place.x + k * (wide + _GAP)
        parts = zip(block.parts, (False, True, False), strict=True)
        runs = [(part, _big(measure) if big else _HEADING, True, look.BLUE if big else look.INK) for part, big in parts if part]
        said = [[(line, _LINE, False, look.INK)] for line in block.lines[:1]]
        box = slide.words(_Place(x, place.y, wide, words[k]), f"Headline {k + 1}", [runs, *said])
        if said:
            box.text_frame.paragraphs[1].space_before = _pt(6)
        if picture := _larger(block, wide, room):
            y = place.y + top + 12
            scale = _scale(picture, wide, room)
            w, h = (float(side) * 72 * scale for side in picture.figure.get_size_inches())
            shape = slide.slide.shapes.add_picture(BytesIO(picture.to_png()), *map(_pt, (x, y, w, h)))
            describe(shape._element.nvPicPr.cNvPr, picture)
            shape.name = f"Picture {k + 1}"
        elif block.table:
            _add_table(slide, block.table, _Place(x, place.y + words[k] + 12, wide, _least(block, measure)), k + 1)


def _larger(block: Block, wide: float, high: float) -> Picture | None:
    """Of the two pictures of a block the one whose letters are larger in its place."""
    drawn = [one for one in (block.picture, block.narrow) if one]
    return max(drawn, key=lambda one: _scale(one, wide, high), default=None)


def _scale(picture: Picture, wide: float, high: float) -> float:
    """By how much a picture is made larger to fill its place."""
    w, h = (float(side) * 72 for side in picture.figure.get_size_inches())
    return min(wide / w, high / h)


def _least(block: Block, measure: Measure) -> float:
    """Height that a picture must have, or that a table has."""
    if block.picture or not block.table:
        return _LEAST
    return (len(block.table.rows) + 1) * _row(measure)


def _row(measure: Measure) -> float:
    """Height of a row of a table."""
    return _CELL * measure.leading + 6


def _add_table(slide: _Slide, table: Table, place: _Place, k: int) -> None:
    """Put a table on the slide; its header and its first column are known as such."""
    rows, high = (table.header, *table.rows), _row(slide.measure)
    frame = slide.slide.shapes.add_table(len(rows), len(table.header), *map(_pt, (place.x, place.y, place.wide, high * len(rows))))
    frame.name = f"Table {k}"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", table.caption)
    made = frame.table
    made.first_row, made.first_col, made.horz_banding = True, True, False
    made._tbl.tblPr.find(f"{{{_A}}}tableStyleId").text = _PLAIN
    for r, (row, texts) in enumerate(zip(made.rows, rows, strict=True)):
        row.height = _pt(high)
        for cell, word in zip(row.cells, texts, strict=True):
            cell.margin_left = cell.margin_right = cell.margin_top = cell.margin_bottom = _pt(2)
            cell._tc.get_or_add_tcPr().insert(0, need("pptx.oxml", _WHY).parse_xml(_UNDER))
            slide.fill(cell.text_frame, [[(word, _CELL, r == 0, look.INK)]])


def _add_box(slide: _Slide, box: Box, place: _Place) -> None:
    """Put a box under a line of colour."""
    rule = slide.slide.shapes.add_shape(1, *map(_pt, (place.x, place.y, place.wide, 3)))
    rule.fill.solid()
    rule.fill.fore_color.rgb = need("pptx.dml.color", _WHY).RGBColor.from_string(look.BLUE[1:].upper())
    rule.line.fill.background()
    rule._element.remove(rule._element.find(f"{{{_P}}}style"))  # the theme's, with a shadow
    rule.name = "Line"
    rule._element.nvSpPr.cNvPr.append(need("pptx.oxml", _WHY).parse_xml(_DECORATIVE))
    paragraphs = [[(box.title, _LINE, True, look.BLUE)], *([(line, _LINE, False, look.INK)] for line in box.lines[:1])]
    slide.words(_Place(place.x, place.y + 7, place.wide, place.high - 7), box.title[:60], paragraphs)


def _notes(sheet: Sheet) -> Iterator[str]:
    """Give every word of the sheet, in the order of reading, a paragraph each; pictures by their words."""
    yield from filter(None, (sheet.content_note, sheet.title))
    for block in sheet.blocks:
        yield from ("", block.heading, *block.lines)
        if block.picture:
            yield text(block.picture.alt, "alt=")
        if block.table:
            yield block.table.caption
            yield from (" | ".join(row) for row in (block.table.header, *block.table.rows))
        yield from block.aside
    for box in sheet.boxes:
        yield from ("", box.title, *box.lines)
    if sheet.footer:
        yield from ("", sheet.footer)
