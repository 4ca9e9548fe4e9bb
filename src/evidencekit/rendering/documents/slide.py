"""A sheet as one slide for PowerPoint: headlines side by side with their pictures, and everything in the notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import product
from typing import Any, NamedTuple

from evidencekit.errors import InputError
from evidencekit.rendering.documents import look
from evidencekit.rendering.documents.fitting import fitted
from evidencekit.rendering.documents.measuring import Measure
from evidencekit.rendering.documents.office import describe, finished, need, set_properties
from evidencekit.rendering.documents.sheet import Block, Box, Sheet, Table, text
from evidencekit.rendering.figure import BODY, NARROWEST, WIDTH, Picture, drawing

__all__ = ["to_pptx"]

_WHY = "Writing a slide"
_WIDE, _HIGH = 960.0, 540.0  # points: 16 to 9
_EDGE, _GAP = 46.0, 34.0
_NOTE, _LINE, _CELL, _FOOT = 12.0, 14.0, 12.0, 11.0
_TITLES, _HEADINGS = (28.0, 22.0), (17.0, 15.0)  # points: letters of the title and of headlines, where there is room and where there is not
_LETTERS = (14.0, 13.0, BODY)  # points, at least, of those in pictures: the first that there is room for
_SLACK = 0.5  # points: what is not seen
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
    of each strong box the first line. Letters in pictures have at least 12 points: where the slide is full, first lines of blocks with a
    picture are left out and headlines are set smaller. Its notes have every word of the sheet.

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


def _big(measure: Measure, heading: float) -> float:
    """Size of the large words of a headline whose others have the size `heading`."""
    return look.big(measure.leading) + 4 - 2 * (_HEADINGS[0] - heading)


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
    foot = measure.tall((sheet.footer,), inner, _FOOT)
    bottom = _HIGH - 20 - foot
    strong = [box for box in sheet.boxes if box.strong]
    wide = _shared([len(box.lines[0]) for box in strong], inner - _GAP * (len(strong) - 1))
    tall = max((measure.tall((box.title, *box.lines[:1]), w, _LINE) + 10 for box, w in zip(strong, wide, strict=True)), default=-10.0)
    top = bottom - 10 - tall
    high, size, place, fit = 0.0, 0.0, _Place(0, 0, 0, 0), None
    for size in _TITLES:
        high = measure.tall((sheet.title,), inner, size, bold=True)
        place = _Place(_EDGE, y + high + 12, inner, top - 14 - y - high - 12)
        with drawing():
            fit = _best(measure, sheet.blocks, place)
        if fit.over < _SLACK:
            break
    if fit is None or fit.over >= _SLACK:
        raise _too_full(sheet.blocks, fit)
    title = slide.slide.shapes.title
    title.left, title.top, title.width, title.height = map(_pt, (_EDGE, y, inner, high))
    slide.fill(title.text_frame, [[(sheet.title, size, True, look.INK)]])
    title.text_frame.vertical_anchor = need("pptx.enum.text", _WHY).MSO_ANCHOR.TOP
    _add_blocks(slide, fit, place)
    for k, box in enumerate(strong):
        _add_box(slide, box, _Place(_EDGE + sum(wide[:k]) + k * _GAP, top, wide[k], tall))
    if sheet.footer:
        slide.words(_Place(_EDGE, bottom, inner, foot), "Footer", [[(sheet.footer, _FOOT, False, look.SLATE)]])


def _shared(long: list[int], room: float) -> list[float]:
    """Share a width out: half of it alike, half of it by how long the words are."""
    return [room * (0.5 / len(long) + 0.5 * one / sum(long)) for one in long]


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


class _Drawn(NamedTuple):
    """A picture laid out for its place on the slide, and by how much it is made larger there."""

    picture: Picture
    scale: float

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height on the slide, in points."""
        wide, high = (float(side) * 72 * self.scale for side in self.picture.figure.get_size_inches())
        return wide, high


@dataclass(frozen=True, slots=True)
class _Fit:
    """Messages side by side: how wide each is, how tall its words, where pictures begin, how much too tall one is, and which."""

    blocks: tuple[Block, ...]
    drawn: tuple[_Drawn | None, ...]
    wide: float
    words: tuple[float, ...]
    top: float
    heading: float
    over: float
    worst: int


def _best(measure: Measure, blocks: tuple[Block, ...], place: _Place) -> _Fit:
    """Fit messages in, with the largest letters in pictures that there is room for; else say by how much they are too tall."""
    without = tuple(replace(block, lines=() if block.picture else block.lines) for block in blocks)
    fit = None
    for letters, said, heading in product(_LETTERS, (blocks, without), _HEADINGS):
        fit = _fitted(measure, said, place, heading=heading, letters=letters)
        if fit.over < _SLACK:
            break
    assert fit is not None
    return fit


def _fitted(measure: Measure, blocks: tuple[Block, ...], place: _Place, *, heading: float, letters: float) -> _Fit:
    """Lay messages out with headlines and pictures whose letters are so large, and measure them."""
    wide = (place.wide - _GAP * (len(blocks) - 1)) / len(blocks)
    large = _big(measure, heading)
    words = tuple(measure.heading(b, wide, big=large, size=heading) + 8 + measure.tall(b.lines[:1], wide, _LINE) for b in blocks)
    top = max(tall for tall, block in zip(words, blocks, strict=True) if block.picture or not any(b.picture for b in blocks))
    drawn = tuple(_drawn(block.picture, wide, place.high - top - 12, letters) for block in blocks)
    needs = [
        top + 12 + picture.size[1] if picture else tall + (12 + (len(block.table.rows) + 1) * _row(measure) if block.table else 0.0)
        for tall, block, picture in zip(words, blocks, drawn, strict=True)
    ]
    own = [tall + (picture.size[1] if picture else 0.0) for tall, picture in zip(words, drawn, strict=True)]
    return _Fit(blocks, drawn, wide, words, top, heading, max(needs) - place.high, own.index(max(own)))


def _drawn(picture: Picture | None, wide: float, high: float, letters: float) -> _Drawn | None:
    """Lay a picture out so that it fills its place and its letters are at least so large; one that cannot be is made to fit."""
    if picture is None:
        return None
    if picture.draw is None:
        w, h = (float(side) * 72 for side in picture.figure.get_size_inches())
        return _Drawn(picture, min(wide / w, max(high, _LEAST) / h))
    made = None
    for size in (letters, letters + 2, letters + 5, letters + 9):
        narrow = min(max(wide * BODY / size, NARROWEST), WIDTH)
        scale = min(size / BODY, wide / narrow)
        tried = _Drawn(fitted(picture, narrow, high / scale), scale)
        if made and tried.size[1] > high:
            break
        made = tried
        if tried.size[1] > high:
            break
    return made


def _too_full(blocks: Sequence[Block], fit: _Fit | None) -> InputError:
    """The error that names the block that is too tall."""
    worst, over = (0, 0.0) if fit is None else (fit.worst, fit.over)
    return InputError(
        f"The slide is too full: {blocks[worst].name or f'block {worst + 1}'} is {over:.0f} points too tall for it.",
        "Shorten its headline, its first line or its table, the title, the content note, or the first lines of strong boxes.",
    )


def _add_blocks(slide: _Slide, fit: _Fit, place: _Place) -> None:
    """Put messages side by side, their pictures at one height."""
    measure, wide = slide.measure, fit.wide
    for k, (block, drawn) in enumerate(zip(fit.blocks, fit.drawn, strict=True)):
        x = place.x + k * (wide + _GAP)
        parts = zip(block.parts, (False, True, False), strict=True)
        sizes = (fit.heading, _big(measure, fit.heading))
        runs = [(part, sizes[big], True, look.BLUE if big else look.INK) for part, big in parts if part]
        said = [[(line, _LINE, False, look.INK)] for line in block.lines[:1]]
        box = slide.words(_Place(x, place.y, wide, fit.words[k]), f"Headline {k + 1}", [runs, *said])
        if said:
            box.text_frame.paragraphs[1].space_before = _pt(6)
        if drawn:
            where = (x, place.y + fit.top + 12, *drawn.size)
            shape = slide.slide.shapes.add_picture(BytesIO(drawn.picture.to_png()), *map(_pt, where))
            describe(shape._element.nvPicPr.cNvPr, drawn.picture)
            shape.name = f"Picture {k + 1}"
        elif block.table:
            high = (len(block.table.rows) + 1) * _row(measure)
            _add_table(slide, block.table, _Place(x, place.y + fit.words[k] + 12, wide, high), k + 1)


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
    yield from sheet.aside
    for box in sheet.boxes:
        yield from ("", box.title, *box.lines)
    if sheet.footer:
        yield from ("", sheet.footer)
