"""Tile maps: one square for each area where the layout puts it, words that fit, refusals that name places and never codes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import Rectangle
from sheets import contrast, outside, overlaps, words

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.shading import _LOOKS, given_steps, round_steps, step_of
from evidencekit.rendering.tiles import Layout, Tile, tile_map
from evidencekit.rendering.tiling import _STRIP

NORTH = Tile("NO", 0.14, low=0.11, high=0.18, label="The North")
LAYOUT = [["", "NO"], ["WE", "SO"]]
TILES = [NORTH, Tile("WE", 0.09, state="caution"), Tile("SO", state="protected")]
HIDDEN = ("protected", "uncertain", "review")


def squares(made: page.Picture) -> list[tuple[float, float, float, float]]:
    """The outlines of the tiles: left, top, width, height."""
    found = [p for p in made.figure.axes[0].patches if isinstance(p, Rectangle) and p.get_linewidth()]
    return [(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in found if p.get_width() == p.get_height()]


def test_tiles_are_equal_squares_where_the_layout_puts_them() -> None:
    (x0, y0, side, _), (x1, y1, _, _), (x2, y2, _, _) = squares(tile_map(TILES, layout=LAYOUT))
    assert y1 == y2 > y0 + side
    assert x0 == x2 > x1 + side


def test_a_mapping_and_rows_of_codes_give_the_same_picture() -> None:
    by_row = tile_map(TILES, layout=LAYOUT, title="Asked")
    mapped = tile_map(TILES, layout={"NO": (4, 7), "WE": (5, 6), "SO": (5, 7)}, title="Asked")
    assert by_row.to_svg() == mapped.to_svg()
    assert by_row.to_png() == mapped.to_png()


def test_the_words_hold_number_interval_and_why_one_is_hidden() -> None:
    made = tile_map(TILES, layout=LAYOUT, title="Asked.")
    assert made.alt == "Asked. The North: 14% (11 to 18); WE: 9%, uncertain; SO: protected."
    assert {"NO", "14%", "9%", "protected", "uncertain"} <= set(words(made))
    assert tile_map(TILES, layout=LAYOUT, alt="In other words").alt == "In other words"
    assert Tile("NO", 0.125, low=0.1, high=0.2, text="1 in 8").said() == "1 in 8 (10% to 20%)"
    people = tile_map([Tile("NO", 61_000, low=50_000, high=72_000)], layout=[["NO"]], number=lambda n: f"{n:,.0f}")
    assert people.alt == "NO: 61,000 (50,000 to 72,000)."


@st.composite
def maps(draw: st.DrawFn) -> tuple[list[Tile], dict[str, tuple[int, int]]]:
    """Up to 40 tiles on at most eight columns, some of them hidden, with a reason or without."""
    places = draw(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 7)), min_size=1, max_size=40, unique=True))
    tiles: list[Tile] = []
    for k in range(len(places)):
        state = draw(st.sampled_from(("shown", "caution", *HIDDEN)))
        value = None if state in HIDDEN else draw(st.integers(0, 1000)) / 1000
        ends = {} if value is None else {"low": value * 0.7, "high": min(1.0, value * 1.3)}
        tiles.append(Tile(f"A{k}", value, state=state, **ends))
    return tiles, {tile.code: place for tile, place in zip(tiles, places, strict=True)}


@settings(max_examples=15, deadline=None)
@given(maps())
def test_words_do_not_overlap_and_alt_text_holds_every_number(made: tuple[list[Tile], dict[str, tuple[int, int]]]) -> None:
    tiles, layout = made
    drawn = tile_map(tiles, layout=layout)
    assert not outside(drawn)
    assert not overlaps(drawn)
    parts = drawn.alt.removesuffix(".").split("; ")
    for tile, part in zip(tiles, parts, strict=True):
        name, _, said = part.partition(": ")
        assert name == tile.code
        assert tile.short() in said
        assert (tile.value is None) == (not any(c.isdigit() for c in said))
    shown = [word for word in words(drawn) if word.endswith("%") and " " not in word]
    steps = {step.words for step in round_steps([t.value for t in tiles if t.value is not None], None)}
    assert sorted(set(shown) - steps) == sorted({t.short() for t in tiles if t.value is not None} - steps)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 1, allow_subnormal=False), max_size=30))
def test_round_steps_hold_every_value_once(values: list[float]) -> None:
    steps = round_steps(values, None)
    assert len(steps) <= 5
    assert bool(steps) == bool(values)
    tops = [step.top for step in steps]
    assert tops == sorted(set(tops))
    assert all(max(values) <= tops[-1] + 1e-9 for _ in steps)
    for value in values:
        step = step_of(value, steps)
        assert value <= step.top + 1e-9


def test_given_steps_keep_their_limits_and_words() -> None:
    steps = given_steps([(0.05, ""), (0.1, "some"), (1, "")], [0.04, 0.05, 0.1, 1.0], None)
    assert [step.words for step in steps] == ["under 5%", "some", "10% to 100%"]
    assert [steps.index(step_of(v, steps)) for v in (0.04, 0.05, 0.1, 1.0)] == [0, 1, 2, 2]
    assert given_steps([(1, "")], [0.3], None)[0].words == "up to 100%"
    for wrong, message in (
        ([(k / 10, "") for k in range(1, 7)], "at most 5"),
        ([(0.2, ""), (0.1, "")], "rise"),
        ([(float("nan"), "")], "finite"),
        ([(0.2, "")], "above the last limit"),
    ):
        with pytest.raises(InputError, match=message):
            given_steps(wrong, [0.37], None)


def test_every_shade_has_words_that_can_be_read_and_a_hatching_of_its_own() -> None:
    for inside, ink, _ in _LOOKS:
        assert contrast({"white": "#ffffff"}.get(ink, ink), inside) >= 4.5
    assert len({hatch for _, _, hatch in _LOOKS}) == len(_LOOKS)
    assert contrast(page.SLATE) >= 3


def test_hatching_never_runs_through_words() -> None:
    made = tile_map(TILES, layout=LAYOUT)
    axes = made.figure.axes[0]
    for strip in [p for p in axes.patches if isinstance(p, Rectangle) and p.get_hatch() and p.get_height() == _STRIP]:
        for text in axes.texts:
            x, y = text.get_position()
            assert not (strip.get_x() <= x <= strip.get_x() + strip.get_width() and strip.get_y() < y <= strip.get_y() + _STRIP)


def test_percent_signs_make_room_in_all_tiles_or_in_none() -> None:
    codes = [f"R{k}" for k in range(10)]
    shown = words(tile_map([Tile(c, 0.1234 if k else 0.1) for k, c in enumerate(codes)], layout=[codes]))
    assert {"10", "12.3"} <= set(shown)
    assert "12.3%" not in shown
    few = words(tile_map([Tile(c, 0.1234) for c in codes[:5]], layout=[codes[:5]]))
    assert "12.3%" in few


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        ({"NO": (0, 1), "WE": (1, 0), "SO": (0, 1)}, "Two areas of the layout stand at row 0, column 1"),
        ([["NO", "NO"], ["WE", "SO"]], "row 1, column 1 of the layout is also at row 1, column 2"),
        ([["NO", "WE"]], r"tiles\[2\] is not in the layout"),
        ([["NO", "WE", "SO"], ["", "SECRET"]], "row 2, column 2 of the layout has no tile"),
        ({"NO": (0, 1.5), "WE": (1, 0), "SO": (2, 0)}, "two whole numbers"),
        ({"NO": 3}, "two whole numbers"),
        ("NO,WE,SO", "Split the text"),
        (["NO,WE", "SO"], "Split the text"),
        ({"NO": (0, 0), "WE": (0, 1), "SO": (100, 0)}, "at most 40 rows"),
        ({"NO": (0, 0), "WE": (0, 1), "SO": (0, 60)}, "do not fit into a tile"),
    ],
)
def test_layouts_that_do_not_fit_are_refused_by_position(layout: Layout, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        tile_map(TILES, layout=layout)
    assert not any(secret in str(caught.value).replace('{"NO": (0, 1)}', "") for secret in ("NO", "WE", "SO", "SECRET", "0.14"))


def test_tiles_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="no tiles"):
        tile_map([], layout={})
    with pytest.raises(InputError, match=r"tiles\[0\] and tiles\[1\] have the same code"):
        tile_map([NORTH, NORTH], layout=[["NO"]])
    with pytest.raises(InputError, match=r"tiles\[0\] do not fit") as caught:
        tile_map([Tile("Averyveryverylongname", 0.1)], layout=[["Averyveryverylongname"]])
    assert "Avery" not in str(caught.value)
    with pytest.raises(InputError, match="Divide by 100"):
        tile_map([Tile("NO", 14.0)], layout=[["NO"]])
    for options in ({"value": None}, {"value": 0.1, "state": "protected"}, {"value": float("nan")}, {"value": 0.1, "high": 0.2}):
        with pytest.raises(InputError):
            Tile("NO", **options)
    with pytest.raises(InputError, match="no code"):
        Tile(" ", 0.1)


def test_what_was_passed_stays_as_it_was() -> None:
    layout: Mapping[str, tuple[int, int]] = {"NO": (4, 7), "WE": (5, 6), "SO": (5, 7)}
    tiles = list(TILES)
    tile_map(tiles, layout=layout)
    assert tiles == TILES
    assert layout == {"NO": (4, 7), "WE": (5, 6), "SO": (5, 7)}
