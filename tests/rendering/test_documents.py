"""Documents hold what they were given, as text, in the order of reading, the same every time, and on one page."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import docx
import made_sheets
import pptx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx.util import Pt

from evidencekit.errors import InputError, MissingExtra
from evidencekit.rendering.documents import Block, Box, Sheet, Table, look, save, to_docx, to_html, to_pptx
from evidencekit.rendering.documents.fitting import BESIDE, Layout, heights, lay_out

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WRITERS = (to_html, to_docx, to_pptx)
CANARY = "canary-7391"


class Page(HTMLParser):
    """An HTML page as a browser reads it: elements in order, and the words that are shown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "path", "use", "rect"):
            self.inside.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data):
        if "style" not in self.inside and "svg" not in self.inside:
            self.words.append(data)

    def named(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def one_block(**fields) -> Sheet:
    return Sheet(title="A title", language="en", blocks=(Block(**{"heading": "A heading.", **fields}),))


def in_order(words: list[str], text: str) -> bool:
    """Whether all words stand in a text, one after the other."""
    place = 0
    for word in words:
        place = text.find(word, place) + len(word)
        if place < len(word):
            return False
    return True


def written(sheet: Sheet) -> dict[str, str]:
    """The words that a reader meets in each kind of document, in order."""
    page = Page(to_html(sheet))
    shown = " ".join("".join(page.words).replace("<", " <").split())
    document = docx.Document(BytesIO(to_docx(sheet)))
    body = " ".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in document.element.body.iter(f"{W}p"))
    notes = pptx.Presentation(BytesIO(to_pptx(sheet))).slides[0].notes_slide.notes_text_frame.text
    return {"html": shown, "docx": body, "pptx": " ".join(notes.replace(" | ", " ").split())}


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return made_sheets.english()


def test_every_word_is_there_in_the_order_of_reading(sheet):
    for kind, text in written(sheet).items():
        words = [w for w in sheet.words if w]
        if kind == "docx" or kind == "html":  # small print stands beside a picture, above a table
            words = [w for w in words if w not in {c for b in sheet.blocks if b.table for c in (*b.table.header, b.table.caption)}]
            words = [w for w in words if w not in {c for b in sheet.blocks if b.table for row in b.table.rows for c in row}]
        assert in_order(words, text), kind
        assert all(w in text for w in sheet.words), kind


def test_html_has_one_first_heading_landmarks_and_its_language(sheet):
    page = Page(to_html(sheet))
    assert page.named("html") == [{"lang": "en"}]
    levels = [tag for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels == ["h1"] + ["h2"] * 6
    assert [len(page.named(tag)) for tag in ("header", "main", "footer", "figure", "table")] == [1, 1, 1, 2, 1]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.named("meta")
    assert to_html(sheet).index('class="note"') < to_html(sheet).index("<h1")


def test_html_says_what_its_pictures_show_and_no_name_is_used_twice(sheet):
    page = Page(to_html(sheet))
    names = [a["id"] for _, a in page.elements if "id" in a]
    assert len(names) == len(set(names))
    for picture in (a for a in page.named("svg") if "role" in a):
        assert picture["role"] == "img"
        assert set(str(picture["aria-labelledby"]).split()) <= set(names)
    assert [a.get("role") for a in page.named("svg")] == ["img", "img"]
    used = re.findall(r'(?:href="|url\()#([^")]+)', to_html(sheet))
    assert used
    assert set(used) <= set(names)
    for block in sheet.blocks[:2]:
        assert block.picture.alt in to_html(sheet)


def test_html_tables_name_their_rows_and_columns(sheet):
    page = Page(to_html(sheet))
    assert [a.get("scope") for a in page.named("th")] == ["col"] * 3 + ["row"] * 2
    assert len(page.named("caption")) == 1


def test_html_parts_no_range_of_numbers():
    assert '<span class="n">12-17</span>' in to_html(made_sheets.english())


@pytest.mark.parametrize("make", [made_sheets.english, made_sheets.hostile])
def test_html_loads_nothing_and_runs_nothing(make):
    made = to_html(make())
    page = Page(made)
    policy = next(a["content"] for a in page.named("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert str(policy).startswith("default-src 'none'")
    assert not page.named("script", "img", "link", "iframe", "object", "embed", "base", "form", "a")
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not [
        v for _, a in page.elements for k, v in a.items() if k in ("src", "srcset", "action") or (k.endswith("href") and v[0] != "#")
    ]
    assert set(re.findall(r"https?://[^\s\"'<)]+", made)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "@import" not in made
    assert not re.search(r"url\((?!#)", made)


def test_hostile_texts_stay_texts():
    sheet = made_sheets.hostile()
    for kind, text in written(sheet).items():
        assert "<script>alert(1)" in text.replace(" <", "<"), kind
        assert "{{7*7}}" in text, kind
        assert not set(text) & set("\u202e\x00\x08"), kind
    for made in (to_docx(sheet), to_pptx(sheet)):
        with ZipFile(BytesIO(made)) as parts:
            for name in parts.namelist():
                if name.endswith((".xml", ".rels")):
                    ElementTree.fromstring(parts.read(name))
                    assert b"TargetMode" not in parts.read(name)  # nothing outside is pointed to


@pytest.mark.parametrize("write", WRITERS)
def test_same_sheet_same_bytes(write, monkeypatch):
    first = write(made_sheets.english())
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    assert write(made_sheets.english()) == first


def test_word_has_headings_alternative_texts_and_its_language(sheet):
    document = docx.Document(BytesIO(to_docx(sheet)))
    headings = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [
        ("Heading 1", sheet.title),
        *(("Heading 2", b.heading) for b in sheet.blocks),
        *(("Heading 2", b.title) for b in sheet.boxes),
    ]
    shown = [s._inline.docPr for s in document.inline_shapes]
    assert [s.get("descr") for s in shown] == [b.picture.alt for b in sheet.blocks if b.picture]
    assert [row.get(f"{W}val") for row in document.element.iter(f"{W}tblCaption")] == [sheet.blocks[2].table.caption]
    (header,) = document.element.iter(f"{W}tblHeader")
    assert header is not None
    properties = document.core_properties
    assert (properties.title, properties.language, properties.author, properties.comments) == (sheet.title, "en", "", "")
    assert {tag.get(f"{W}val") for tag in document.styles.element.iter(f"{W}lang")} == {"en"}
    assert document.paragraphs[0].text == sheet.content_note
    assert {(round(s.page_width.pt), round(s.page_height.pt)) for s in document.sections} == {(595, 842)}
    assert len(document.tables) == 1  # what stands side by side stands in columns


def test_word_finds_properties_in_the_order_it_insists_on(sheet):
    orders = {  # ECMA-376, part 1: CT_TblPr, CT_PPr, CT_RPr, CT_SectPr
        "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
        "pPr": "pStyle keepNext keepLines widowControl numPr pBdr shd tabs spacing ind jc outlineLvl rPr sectPr",
        "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike color spacing kern sz szCs highlight u vertAlign lang",
        "sectPr": "type pgSz pgMar cols",
        "pBdr": "top left bottom right",
    }
    document = docx.Document(BytesIO(to_docx(sheet)))
    ours = {"Normal", "ContentNote", "Heading1", "Heading2", "Line", "SmallPrint", "BoxLine", "Caption"}
    styles = [s for s in document.styles.element.iter(f"{W}style") if s.get(f"{W}styleId") in ours]
    assert len(styles) == len(ours)
    for name, order in orders.items():
        places = {f"{W}{child}": k for k, child in enumerate(order.split())}
        found = [e for root in (document.element, *styles) for e in root.iter(f"{W}{name}")]
        assert found
        for element in found:
            got = [places[child.tag] for child in element]
            assert got == sorted(got), name


@pytest.mark.outside  # its picture has Khmer letters: `.ci/run` brings a font
def test_khmer_letters_have_their_own_size_font_and_language():
    document = docx.Document(BytesIO(to_docx(made_sheets.local("km"))))
    heading = document.styles["Heading 1"].element.rPr
    assert heading.find(f"{W}szCs").get(f"{W}val") == heading.find(f"{W}sz").get(f"{W}val")
    assert heading.find(f"{W}lang").get(f"{W}bidi") == "km"
    slide = pptx.Presentation(BytesIO(to_pptx(made_sheets.local("km")))).slides[0]
    runs = list(slide.shapes._spTree.iter(f"{A}rPr"))
    assert {run.get("lang") for run in runs} == {"km"}
    assert all(run.find(f"{A}cs").get("typeface") == look.STACKED_FONT for run in runs)


def test_one_slide_with_title_alternative_texts_and_everything_on_it(sheet):
    deck = pptx.Presentation(BytesIO(to_pptx(sheet)))
    (slide,) = deck.slides
    assert slide.shapes.title.text_frame.text == sheet.title
    assert slide.shapes[0].name == "Content note"  # read before the title
    pictures = [s._element.nvPicPr.cNvPr.get("descr") for s in slide.shapes if s.shape_type == 13]
    assert pictures == [b.picture.alt for b in sheet.blocks if b.picture]
    (table,) = [s for s in slide.shapes if s.has_table]
    assert table.table.first_row
    assert (deck.slide_width, deck.slide_height) == (Pt(960), Pt(540))
    for shape in slide.shapes:
        assert shape.left >= 0 <= shape.top
        assert shape.left + shape.width <= deck.slide_width
        assert shape.top + shape.height <= deck.slide_height
    shown = "\n".join(s.text_frame.text for s in slide.shapes if s.has_text_frame)
    assert all(b.heading in shown and (b.picture or b.lines[0] in shown) for b in sheet.blocks)  # pictures may take the place of lines
    assert sheet.boxes[1].lines[0] in shown
    assert sheet.boxes[2].title not in shown  # not strong: in the notes
    assert deck.core_properties.title == sheet.title


@pytest.mark.slow
def test_what_is_too_long_is_refused_with_what_to_shorten(sheet):
    long = replace(sheet, blocks=(sheet.blocks[0], replace(sheet.blocks[1], lines=(f"{CANARY} and more. " * 12,) * 8), sheet.blocks[2]))
    for write in (to_html, to_docx):
        with pytest.raises(
            InputError, match=r"longer than one A4 page.*needs about \d+%.*block 2 \(\d+% of the page, most of it its lines\)"
        ) as error:
            write(long)
        assert CANARY not in str(error.value)
    headed = (sheet.blocks[0], replace(sheet.blocks[1], heading=f"{CANARY} and more. " * 20, big="", name="finding 2 (a-02)"))
    with pytest.raises(InputError, match=r"The slide is too full: finding 2 \(a-02\) is \d+ points") as error:
        to_pptx(replace(sheet, blocks=headed))
    assert CANARY not in str(error.value)
    with pytest.raises(InputError, match="at most 3 headlines; there are 4"):
        to_pptx(replace(sheet, blocks=(*sheet.blocks, sheet.blocks[2])))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30), st.integers(1, 60))
def test_more_words_never_need_less_room(lines, words):
    line = "about one in eight " * words
    sheets = [one_block(lines=("A line.", *(line,) * n)) for n in (lines, lines + 1)]
    small, large = (sum(heights(sheet, Layout(1.36, False, 150.0, 13.5, 27.0)).values()) for sheet in sheets)
    assert small < large


def test_space_is_only_given_where_the_page_has_room(sheet):
    room = look.PAGE[1] - 2 * look.ENDS
    layout = lay_out(sheet)
    assert sum(heights(sheet, layout).values()) + (len(sheet.blocks) + 1) * layout.extra <= room
    assert lay_out(one_block()).extra > layout.extra > 0


def test_pictures_are_as_large_as_drawn_where_the_page_has_room(sheet):
    picture = sheet.blocks[0].picture
    drawn = tuple(round(float(side) * 72) for side in picture.figure.get_size_inches())
    few, many = lay_out(one_block(picture=picture, lines=("A line.",))), lay_out(sheet)
    assert tuple(map(round, few.place(sheet.blocks[0]).size)) == drawn
    assert few.wide
    assert not many.wide
    place = many.place(sheet.blocks[0])
    assert place.size[0] == pytest.approx(BESIDE) == pytest.approx(72 * place.picture.figure.get_figwidth())  # its letters keep their size
    assert place.size[0] < drawn[0]
    assert 'class="beside"' in to_html(sheet)
    assert 'class="beside"' not in to_html(one_block(picture=picture, lines=("A line.",)))


def test_save_goes_by_the_suffix(tmp_path, sheet):
    for suffix, start in ((".html", b"<!DOCTYPE html>"), (".DOCX", b"PK"), (".pptx", b"PK")):
        assert save(sheet, tmp_path / f"a{suffix}").read_bytes().startswith(start)
    for name in ("a.pdf", "a.doc", "a"):
        with pytest.raises(InputError, match=r"\.html, \.docx or \.pptx"):
            save(sheet, tmp_path / name)
        assert not (tmp_path / name).exists()


@pytest.mark.parametrize(("write", "package"), [(to_docx, "docx"), (to_pptx, "pptx")])
def test_a_missing_package_is_named_with_its_extra(write, package, sheet, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=rf"needs the package python-{package}.*evidencekit\[office\]"):
        write(sheet)


def test_texts_are_tidied_and_joiners_kept():
    tidied = one_block(heading="  e\u0301ta\tde \n lieux\x07\u202e ", lines=["ក\u200bខ"])
    assert tidied.blocks[0].heading == "éta de lieux"
    assert tidied.blocks[0].lines == ("ក\u200bខ",)


@pytest.mark.parametrize("tag", ["en", "vi-VN", "zh-Hant-TW", "es-419", "fil"])
def test_language_tags_are_taken(tag):
    assert replace(one_block(), language=tag).language == tag


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Sheet(title=" ", language="en", blocks=(Block(heading="A."),)), "The title of the sheet is empty"),
        (lambda: Sheet(title="A", language='en"><script>', blocks=(Block(heading="A."),)), "not a language tag"),
        (lambda: Sheet(title="A", language="english", blocks=(Block(heading="A."),)), "not a language tag"),
        (lambda: Sheet(title="A", language="en", blocks=()), "at least one block"),
        (lambda: Sheet(title="A", language="en", blocks=(CANARY,)), "takes Block objects, not a str"),
        (lambda: Sheet(title="A", language="en", blocks=Block(heading="A.")), "takes a tuple, not a Block"),
        (lambda: replace(one_block(), boxes=(Box(title="A", lines=("B",)),) * 5), "There are 5 boxes"),
        (lambda: Block(heading=""), "The heading of a block is empty"),
        (lambda: Block(heading="A.", lines=CANARY), "lines= takes a tuple, not a str"),
        (lambda: Block(heading="A.", lines=(1,)), "takes text, not a int"),
        (lambda: Block(heading="A.", big=CANARY), "do not stand in the heading"),
        (lambda: Block(heading="A.", picture=CANARY), "takes a Picture, not a str"),
        (lambda: Block(heading="A.", table=CANARY), "takes a Table, not a str"),
        (lambda: Box(title="A", lines=()), "at least one line"),
        (lambda: Table(caption="", header=("A",), rows=(("B",),)), "caption of a table is empty"),
        (lambda: Table(caption="A", header=("A", "B"), rows=((CANARY,),)), "Row 1 of a table has 1 cell where the header has 2"),
        (lambda: Table(caption="A", header=("A",), rows=()), "at least one row"),
        (lambda: Table(caption="A", header=("A", "B"), rows=(("", CANARY),)), "does not say what it is about"),
    ],
)
def test_what_cannot_be_laid_out_is_refused(make, said):
    with pytest.raises(InputError, match=said) as error:
        make()
    assert CANARY not in str(error.value)


def contrast(one: str, two: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def test_words_stand_out_from_what_is_behind_them():
    assert min(contrast(c, "#ffffff") for c in (look.INK, look.SLATE, look.BLUE)) >= 4.5
    assert contrast(look.INK, look.NOTE_FILL) >= 7
