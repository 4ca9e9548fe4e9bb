"""Pictures show what they are told, say it in words too, and come out the same every time."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from xml.etree import ElementTree

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.collections import PathCollection
from PIL import Image
from sheets import contrast

from evidencekit.errors import InputError
from evidencekit.findings.phrases import natural_frequency
from evidencekit.rendering import figure as page
from evidencekit.rendering.dots import DotRow, dot_chart
from evidencekit.rendering.figure import Picture, lettering
from evidencekit.rendering.icons import icon_array

SVG = "{http://www.w3.org/2000/svg}"
ROWS = [
    DotRow("Girls", 0.14, low=0.11, high=0.18),
    DotRow("Boys", 0.09, low=0.06, high=0.13, text="9% (6 to 13), few boys", state="caution"),
    DotRow("Another gender", state="protected"),
    DotRow("Aged 17", state="uncertain"),
]


def grid_faces(picture: Picture) -> Counter[str]:
    """Count the icons of the grid, apart from those of the legend, by their face."""
    faces: Counter[str] = Counter()
    collections = [c for c in picture.figure.axes[0].collections if isinstance(c, PathCollection)]
    size = collections[0].get_sizes()[0]
    for c in collections:
        if c.get_sizes()[0] == size and str(c.get_label()) not in faces:
            faces[str(c.get_label())] = len(c.get_offsets())
    return faces


def drawn_words(picture: Picture) -> list[str]:
    return [text.get_text() for text in picture.figure.axes[0].texts]


@pytest.fixture(scope="module")
def icons() -> Picture:
    return icon_array(12, low=10, high=14, title="About 12 in 100 <children> & others", caption="A survey, 2021.")


@pytest.fixture(scope="module")
def dots() -> Picture:
    return dot_chart(ROWS, title="Asked for an image", axis_label="Share of children", caption="A survey, 2021.")


def test_as_many_icons_are_filled_as_the_phrase_says():
    for p, low, high in [(0.119, 0.099, 0.141), (0.271, 0.231, 0.306), (0.049, 0.036, 0.065), (0.004, 0.002, 0.007)]:
        said = natural_frequency(p, low, high)
        faces = grid_faces(icon_array(said.x, said.y))
        assert faces == Counter({"filled": said.x, "rest": said.y - said.x})


def test_the_range_is_striped_on_both_sides_of_the_count(icons):
    assert grid_faces(icons) == {"filled": 10, "filled, in range": 2, "in range": 2, "rest": 86}
    small = icon_array(30, 1000, low=22, high=41)
    assert grid_faces(small) == {"filled": 22, "filled, in range": 8, "in range": 11, "rest": 959}


def test_the_range_differs_in_pattern_not_in_colour_only(icons):
    by_face = {str(c.get_label()): c for c in icons.figure.axes[0].collections}
    assert by_face["filled"].get_hatch() is None
    assert by_face["filled, in range"].get_hatch()
    assert by_face["in range"].get_hatch()


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 1000).flatmap(lambda total: st.tuples(st.just(total), st.integers(0, total))), st.booleans())
def test_icons_stay_on_the_sheet_and_apart(size, person):
    total, filled = size
    picture = icon_array(filled, total, icon="person" if person else "dot")
    figure = picture.figure
    grid = figure.axes[0].collections[0].get_sizes()[0]
    places = [tuple(map(float, place)) for c in figure.axes[0].collections if c.get_sizes()[0] == grid for place in c.get_offsets()]
    width, height = figure.get_size_inches() * 72
    assert len(set(places)) >= total
    assert all(0 <= x <= width and 0 <= y <= height for x, y in places)


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_the_same_picture_gives_the_same_bytes(tmp_path, suffix, icons):
    again = icon_array(12, low=10, high=14, title="About 12 in 100 <children> & others", caption="A survey, 2021.")
    files = [
        icons.save(tmp_path / f"a.{suffix}"),
        icons.save(tmp_path / f"b.{suffix}"),
        again.save(tmp_path / f"c.{suffix}"),
    ]
    assert len({f.read_bytes() for f in files}) == 1
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "none", "figure.facecolor": "red", "savefig.dpi": 20}):
        other = icon_array(12, low=10, high=14, title="About 12 in 100 <children> & others", caption="A survey, 2021.")
        assert other.save(tmp_path / f"d.{suffix}").read_bytes() == files[0].read_bytes()


def test_drawing_leaves_no_trace(tmp_path, icons):
    before = dict(matplotlib.rcParams)
    icons.save(tmp_path / "a.svg")
    dot_chart(ROWS)
    assert dict(matplotlib.rcParams) == before


def test_files_carry_title_and_alternative_text(tmp_path, icons):
    root = ElementTree.parse(icons.save(tmp_path / "a.svg")).getroot()
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == icons.title == "About 12 in 100 <children> & others"
    assert root.find(f"{SVG}desc").text == icons.alt
    assert root.get("aria-labelledby").split() == [
        root.find(f"{SVG}title").get("id"),
        root.find(f"{SVG}desc").get("id"),
    ]
    assert not list(root.iter(f"{SVG}text"))  # letters are outlines
    with Image.open(icons.save(tmp_path / "a.PNG")) as image:
        assert image.info["Title"] == icons.title
        assert image.info["Description"] == icons.alt
        assert "Software" not in image.info


def test_alternative_text_has_the_number_and_its_range(icons, dots):
    assert icons.alt.endswith("12 of 100 icons are filled; the range of the estimate is 10 to 14 of 100.")
    for part in ("Girls: 14% (11 to 18)", "Boys: 9% (6 to 13), few boys", "Another gender: protected"):
        assert part in dots.alt
    assert icon_array(1, 8, alt="In the words of the caller").alt == "In the words of the caller"
    with pytest.raises(InputError, match="alternative text"):
        Picture(icons.figure, "A title", " ")


def test_letters_no_xml_file_may_hold_are_left_out():
    made = icon_array(12, low=10, high=14, title="About 12\x0b in 100\x00 children")
    ElementTree.fromstring(made.to_svg())


def test_notebooks_show_it(icons):
    assert icons._repr_svg_().startswith("<svg")
    assert icons._repr_png_().startswith(b"\x89PNG")
    assert "10 to 14" in repr(icons)


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.svg.gz"])
def test_another_kind_of_file_is_refused(tmp_path, icons, name):
    with pytest.raises(InputError, match=r"\.svg or as \.png"):
        icons.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("filled", "options"),
    [
        (101, {}),
        (-1, {}),
        (5, {"total": 1001}),
        (0, {"total": 0}),
        (5, {"low": 4}),
        (5, {"low": 6, "high": 7}),
        (5, {"low": 3, "high": 4}),
        (0.5, {}),
        (5, {"icon": "cross"}),
        (5, {"legend": ["one"]}),
        (5, {"legend": "ab"}),
    ],
)
def test_icons_that_do_not_fit_together_are_refused(filled, options):
    with pytest.raises(InputError):
        icon_array(filled, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"value": None},
        {"value": 14.0},
        {"value": 0.1, "low": 0.2, "high": 0.3},
        {"value": 0.1, "low": 0.05},
        {"value": 0.1, "state": "protected"},
        {"low": 0.1, "high": 0.2, "state": "uncertain"},
        {"value": 0.1, "state": "hidden"},
    ],
)
def test_rows_that_do_not_fit_together_are_refused(options):
    with pytest.raises(InputError):
        DotRow("Girls", **options)


def test_hidden_rows_are_words_and_two_different_signs(dots):
    words = drawn_words(dots)
    assert "protected" in words
    assert "too uncertain to show" in words
    signs = [line.get_marker() for line in dots.figure.axes[0].lines]
    assert (signs.count("s"), signs.count("D"), signs.count("o")) == (1, 1, 3)  # two rows and the key of the hollow one
    assert "hors de portée" in drawn_words(dot_chart([DotRow("Filles", state="uncertain", text="hors de portée")]))


def test_rows_stay_in_order_with_their_numbers_and_their_whiskers(dots):
    words = drawn_words(dots)
    assert [w for w in words if w in {"Girls", "Boys", "Another gender", "Aged 17"}] == [row.label for row in ROWS]
    assert "14% (11 to 18)" in words
    axes = dots.figure.axes[0]
    dot_at = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
    whiskers = [tuple(line.get_xdata()) for line in axes.lines if line.get_color() == page.BLUE and len(line.get_xdata()) == 2]
    zero = next(text.get_position()[0] for text in axes.texts if text.get_text() == "0%")
    per_share = (dot_at[0] - zero) / 0.14
    assert dot_at[1] == pytest.approx(zero + 0.09 * per_share)
    assert whiskers[0] == pytest.approx((zero + 0.11 * per_share, zero + 0.18 * per_share))
    assert whiskers[1] == pytest.approx((zero + 0.06 * per_share, zero + 0.13 * per_share))


@pytest.mark.parametrize("n", [1, 2, 14, 15, 30])
def test_from_one_to_thirty_rows_nothing_leaves_the_sheet(n):
    rows = [DotRow(f"A rather long name of a province, number {k}", 0.9 * k / n, low=0, high=1) for k in range(n)]
    picture = dot_chart(rows, title="A title that is long enough to need two lines or even more " * 2, caption="A source. " * 20)
    figure = picture.figure
    box = figure.bbox
    for text in figure.axes[0].texts:
        extent = text.get_window_extent()
        assert extent.x0 >= box.x0 - 1
        assert extent.x1 <= box.x1 + 1
        assert extent.y0 >= box.y0 - 1
        assert extent.y1 <= box.y1 + 1
        assert text.get_fontsize() >= 12


@pytest.mark.parametrize("rows", [[DotRow("None", 0.0)], [DotRow("All", 1.0)], [DotRow("Rare", 0.00002, low=0, high=0.0001)]])
def test_the_scale_holds_at_its_ends(rows):
    words = drawn_words(dot_chart(rows))
    assert "0%" in words
    assert not any(word.startswith(("1.0", "101", "102", "110", "120")) for word in words)


def test_nothing_shown_has_no_scale():
    assert drawn_words(dot_chart([DotRow("Girls", state="protected")])) == ["Girls", "protected"]
    with pytest.raises(InputError, match="no rows"):
        dot_chart([])


def test_words_can_be_read():
    assert contrast(page.INK) >= 4.5
    assert contrast(page.SLATE) >= 4.5
    assert contrast(page.BLUE) >= 4.5
    assert {page.BLUE, page.SKY} == {"#0072b2", "#56b4e9"}


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abc déẾ $_^-\n\u200b", max_size=120), st.floats(60, 400))
def test_lines_keep_their_width_and_every_letter(text, width):
    lines = lettering(text, width)
    assert lines.width <= width + 1e-6
    kept = "".join("".join(lines.lines).split())
    assert kept == "".join(text.replace("\u200b", "").split())


def test_a_line_is_never_cut_between_a_letter_and_its_marks():
    khmer = "\u1780\u17d2\u1793\u17bb\u1784\u179f\u17d2\u178f\u17d2\u179a\u17b8"  # stacked consonants and vowels below
    assert page._clusters(khmer) == ["\u1780\u17d2\u1793\u17bb", "\u1784", "\u179f\u17d2\u178f\u17d2\u179a\u17b8"]
    thai = "\u0e40\u0e14\u0e47\u0e01\u0e19\u0e49\u0e33"  # a vowel written first; a tone mark with a vowel after it
    assert page._clusters(thai) == ["\u0e40\u0e14\u0e47", "\u0e01", "\u0e19\u0e49\u0e33"]


def test_a_dollar_is_a_dollar():
    assert "$x^2$ a_b" in drawn_words(icon_array(1, 8, title="$x^2$ a_b"))


@pytest.mark.parametrize(("text", "script"), [("\u1780\u17bb\u1798\u17b6\u179a", "Khmer"), ("\u0e40\u0e14\u0e47\u0e01", "Thai")])
def test_a_script_without_a_font_is_named_and_never_drawn_as_boxes(monkeypatch, text, script):
    from matplotlib import font_manager

    own = [f for f in font_manager.fontManager.ttflist if matplotlib.get_data_path() in f.fname]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [])
    page._families.cache_clear()
    with pytest.raises(InputError, match=f"(?s){script} script.*Install one.*fonts-noto-core") as caught:
        icon_array(1, 8, title=text)
    assert text not in str(caught.value)


def test_a_font_installed_since_is_found_and_used(monkeypatch, tmp_path, recwarn):
    from matplotlib import font_manager

    own = [f for f in font_manager.fontManager.ttflist if matplotlib.get_data_path() in f.fname]
    made = font_of("A Khmer Font", "\u1780\u17bb\u1798\u17b6\u179a", tmp_path / "khmer.ttf")
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [made])
    page._families.cache_clear()
    lines = lettering("\u1780\u17bb\u1798\u17b6\u179a 12%", 400, bold=True)
    assert lines.families == ("DejaVu Sans", "A Khmer Font")
    assert not lines.bold  # it has no bold face, and matplotlib would say so
    icon_array(1, 8, title="\u1780\u17bb\u1798\u17b6\u179a 12%").to_png()
    page._families.cache_clear()
    page._lacking.cache_clear()
    assert not recwarn.list


def font_of(family: str, letters: str, path) -> str:
    """Make a font in which every one of `letters` is a triangle."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 0))
    pen.lineTo((250, 700))
    pen.closePath()
    names = [".notdef", *(f"uni{ord(c):04X}" for c in letters)]
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(c): f"uni{ord(c):04X}" for c in letters})
    font.setupGlyf(dict.fromkeys(names, pen.glyph()))
    font.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": family, "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(path)
    return str(path)


def test_matplotlib_is_loaded_with_the_first_picture_and_pyplot_never():
    code = (
        "import sys; from evidencekit.rendering import dots, figure, icons; assert 'matplotlib' not in sys.modules;"
        "icons.icon_array(1, 8).to_svg(); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


@pytest.mark.parametrize("high", [0.29, 0.31, 0.5, 0.155, 0.04, 0.93, 1.0])
def test_no_interval_passes_the_last_tick(high):
    """Once the last tick was 25% where an interval reached 29%."""
    picture = dot_chart([DotRow("Girls", high / 2, low=0, high=high)])
    ticks = [float(word[:-1]) for word in drawn_words(picture) if word.endswith("%")]
    assert max(ticks) >= 100 * high - 1e-9
    assert max(ticks) <= 100
    assert len(ticks) >= 3


def test_every_kind_of_icon_has_its_words():
    words = drawn_words(icon_array(7, low=2, high=16))
    assert words[:4] == ["at least 2 in 100", "7 in 100: the estimate", "up to 16 in 100", "all others"]
    assert drawn_words(icon_array(7, low=0, high=16))[0] == "7 in 100: the estimate"
    assert drawn_words(icon_array(7, low=7, high=7)) == ["7 in 100: the estimate", "all others"]
    own = ["au moins 2", "environ 7", "au plus 16", "les autres"]
    assert drawn_words(icon_array(7, low=2, high=16, legend=own))[:4] == own
    with pytest.raises(InputError, match="4 texts"):
        icon_array(7, low=2, high=16, legend=own[:3])


def test_a_hollow_dot_has_a_key_where_there_is_one(dots):
    assert "uncertain" in drawn_words(dots)
    assert "Boys: 9% (6 to 13), few boys, uncertain" in dots.alt
    assert "uncertain" not in drawn_words(dot_chart(ROWS[:1]))
    assert "peu sûr" in drawn_words(dot_chart(ROWS, key="peu sûr"))


def test_the_row_a_chart_is_about_is_bold_on_a_shade():
    rows = [DotRow("Girls", 0.14, low=0.11, high=0.18, strong=True), *ROWS[1:]]
    axes = dot_chart(rows).figure.axes[0]
    assert {t.get_text() for t in axes.texts if t.get_fontweight() == "bold"} == {"Girls", "14% (11 to 18)"}
    assert len(axes.collections) == 1
