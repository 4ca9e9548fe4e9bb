"""Khmer, Thai and Vietnamese words on every picture, shaped with fonts that are named, as somebody looked at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from baselines import assert_looks_like
from matplotlib import font_manager
from sheets import outside, overlaps

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.cascades import CascadeStep, cascade
from evidencekit.rendering.dots import DotRow, dot_chart
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.forests import ForestRow, forest_chart
from evidencekit.rendering.gradients import GradientRow, gradient_chart
from evidencekit.rendering.grids import Grid, GridCell, grid_chart
from evidencekit.rendering.icons import icon_array
from evidencekit.rendering.overlaps import Overlap, OverlapSet, overlap_chart
from evidencekit.rendering.slopes import SlopeLine, SlopePoint, slope_chart
from evidencekit.rendering.tiles import Tile, tile_map

# "girls", "boys", "all children" (subscripts, stacked marks, stacked accents), "not shown", "of children who use the internet"
WORDS: dict[str, tuple[str, ...]] = {
    "khmer": ("ក្មេងស្រី", "ក្មេងប្រុស", "កុមារ\u200bទាំងអស់", "មិន\u200bបង្ហាញ", "កុមារ\u200bដែល\u200bប្រើ\u200bអ៊ីនធឺណិត"),
    "thai": ("เด็กผู้หญิง", "เด็กผู้ชาย", "เด็ก\u200bทั้งหมด", "ไม่\u200bแสดง", "เด็ก\u200bที่\u200bใช้\u200bอินเทอร์เน็ต"),
    "vietnamese": ("Trẻ em gái", "Trẻ em trai", "Tất cả trẻ em", "Không công bố", "trẻ em sử dụng internet"),
}
ZERO = "\u200b"
FONTS = [("khmer", "Khmer", "Khmer OS"), ("thai", "Thai", "Loma"), ("thai", "Thai", "Garuda"), ("vietnamese", "Latin", "DejaVu Sans")]


def dots(w: tuple[str, ...]) -> Picture:
    rows = [DotRow(w[0], 0.14, low=0.11, high=0.18, strong=True), DotRow(w[1], state="protected", text=w[3])]
    return dot_chart(rows, title=w[2], caption=w[4], axis_label=w[4])


def icons(w: tuple[str, ...]) -> Picture:
    return icon_array(12, low=10, high=14, title=w[2], caption=w[4], legend=[w[0], w[1], w[2], w[3]])


def grids(w: tuple[str, ...]) -> Picture:
    cells = (GridCell("14"), GridCell(w[3], "hidden"), GridCell("31"))
    return grid_chart([Grid(w[4], w[:3], [(w[2], cells), (w[0], cells)])], title=w[2])


def gradients(w: tuple[str, ...]) -> Picture:
    rows = [GradientRow(w[0], 0.14, bands=[(0.11, 0.18)]), GradientRow(w[1], state="uncertain", text=w[3])]
    return gradient_chart(rows, levels=[f"95% {w[4]}"], title=w[2], axis_label=w[4])


def forests(w: tuple[str, ...]) -> Picture:
    rows = [
        ForestRow(w[0], 0.14, low=0.11, high=0.18, more=[w[1]], group=w[4]),
        ForestRow(w[1], state="protected", text=w[3], group=w[4]),
        ForestRow(w[2], 0.1, low=0.08, high=0.12, more=[w[3]], pooled=True),
    ]
    return forest_chart(rows, columns=[w[2], w[3]], title=w[2], caption=w[4])


def slopes(w: tuple[str, ...]) -> Picture:
    lines = [
        SlopeLine(w[0], [SlopePoint(0.14), SlopePoint(0.18)]),
        SlopeLine(w[1], [SlopePoint(0.13), SlopePoint(state="protected", text=w[3])]),
        SlopeLine(w[4], [SlopePoint(0.125), SlopePoint(0.17)], strong=True),
    ]
    return slope_chart(lines, rounds=[2017, 2021], names=[f"2017 {w[0]}", f"2021 {w[3]}"], title=w[2])


def tiles(w: tuple[str, ...]) -> Picture:
    areas = [Tile(w[0].split(ZERO)[0], 0.14), Tile("B", 0.09), Tile("C", state="protected", text=w[3])]
    return tile_map(areas, layout=[[areas[0].code, "B", "C"]], steps=[(0.1, w[1]), (1.0, w[4])], title=w[2], caption=w[4])


def cascades(w: tuple[str, ...]) -> Picture:
    steps = [
        CascadeStep(w[2], 1.0, text=w[2]),
        CascadeStep(w[0], 0.6, low=0.5, high=0.7, before=w[4]),
        CascadeStep(w[1], state="review", text=w[3]),
    ]
    return cascade(steps, title=w[2], caption=w[4])


def combined(w: tuple[str, ...]) -> Picture:
    sets = [OverlapSet(w[0], 0.14), OverlapSet(w[1], 0.2), OverlapSet(w[4], state="uncertain", text=w[3])]
    together = [
        Overlap(w[:1], 0.1, low=0.08, high=0.13),
        Overlap(w[:2], 0.04, state="caution"),
        Overlap([w[0], w[4]], state="protected", text=w[3]),
    ]
    return overlap_chart(together, sets=sets, title=w[2], caption=w[4], key=w[3])


CHARTS: dict[str, Callable[[tuple[str, ...]], Picture]] = {
    f.__name__: f for f in (dots, icons, grids, gradients, forests, slopes, tiles, cascades, combined)
}


@pytest.fixture
def named(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Let a script be drawn with one font, or skip where it is not installed."""
    _, script, font = request.param
    known = {f.name for f in font_manager.fontManager.ttflist}
    if font not in known:  # installed since matplotlib made its list
        files = sorted(path for path in font_manager.findSystemFonts() if Path(path).stem.partition("-")[0] == font.replace(" ", ""))
        monkeypatch.setattr(font_manager.fontManager, "ttflist", list(font_manager.fontManager.ttflist))
        for path in files:
            font_manager.fontManager.addfont(path)
    if font not in {f.name for f in font_manager.fontManager.ttflist}:
        pytest.skip(f"the font {font} is not installed (Debian: fonts-khmeros, fonts-thai-tlwg)")
    monkeypatch.setitem(page._GOOD, script, (font,))
    for cache in (page._families, page._measure):
        cache.cache_clear()
    yield request.param[0]
    page._families.cache_clear()


@pytest.mark.outside
@pytest.mark.parametrize("named", FONTS, indirect=True, ids=lambda f: f[2])
@pytest.mark.parametrize("chart", CHARTS)
def test_words_are_shaped_as_they_should_be(named: str, chart: str, request: pytest.FixtureRequest) -> None:
    font = request.node.callspec.params["named"][2]
    picture = CHARTS[chart](WORDS[named])
    assert_looks_like(picture, f"{chart}-{font.lower().replace(' ', '-')}")
    assert not outside(picture)
    assert not overlaps(picture)


@pytest.mark.parametrize("chart", CHARTS)
def test_a_letter_no_font_has_is_refused_and_never_drawn_as_a_box(chart: str) -> None:
    secret = "\U000f1234"  # for private use: no font has it
    words = list(WORDS["vietnamese"])
    for k in range(len(words)):
        with pytest.raises(InputError, match=r"no font on this computer has them all") as caught:
            CHARTS[chart]((*words[:k], f"a{secret}b", *words[k + 1 :]))
        assert secret not in str(caught.value)


@pytest.mark.parametrize("chart", CHARTS)
def test_vietnamese_needs_no_other_font(chart: str) -> None:
    made = CHARTS[chart](WORDS["vietnamese"])
    assert {tuple(t.get_fontfamily()) for t in made.figure.axes[0].texts} == {("DejaVu Sans",)}
    assert not outside(made)
    assert not overlaps(made)
