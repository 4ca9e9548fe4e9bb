"""Gradient charts: bands nest and say what they are, hidden rows hand on no number, nothing leaves the sheet."""

from __future__ import annotations

import pytest
from matplotlib.patches import Rectangle
from sheets import outside, overlaps, words

from evidencekit.errors import InputError
from evidencekit.rendering.gradients import GradientRow, gradient_chart

GIRLS = GradientRow("Girls", 0.14, bands=[(0.13, 0.15), (0.12, 0.16), (0.11, 0.18)])


def bands(row: GradientRow) -> list[Rectangle]:
    """The bands of a chart of one row, the narrowest first; those of the key come after those of the row."""
    drawn = [p for p in gradient_chart([row]).figure.axes[0].patches if isinstance(p, Rectangle)]
    return drawn[: len(row.bands)][::-1]


def test_bands_are_where_their_limits_are_and_taller_where_narrower() -> None:
    drawn = bands(GIRLS)
    per_share = drawn[2].get_width() / 0.07
    zero = drawn[2].get_x() - 0.11 * per_share
    for (low, high), band in zip(GIRLS.bands, drawn, strict=True):
        assert band.get_x() == pytest.approx(zero + low * per_share)
        assert band.get_x() + band.get_width() == pytest.approx(zero + high * per_share)
    assert [b.get_height() for b in drawn] == sorted((b.get_height() for b in drawn), reverse=True)
    assert len({b.get_height() for b in drawn}) == len({b.get_facecolor() for b in drawn}) == 3
    lightness = [sum(b.get_facecolor()[:3]) for b in drawn]
    assert lightness == sorted(lightness), "from darker to lighter"


def test_the_words_hold_number_interval_and_levels() -> None:
    rows = [GIRLS, GradientRow("Boys", 0.09, bands=[(0.08, 0.1)] * 3, state="caution"), GradientRow("Another gender", state="protected")]
    picture = gradient_chart(rows, title="Asked.")
    assert picture.alt == (
        "Asked. Girls: 14% (11 to 18); Boys: 9% (8 to 10), uncertain; Another gender: protected. "
        "Bands: 50% interval, 80% interval, 95% interval."
    )
    assert {"50% interval", "80% interval", "95% interval", "uncertain", "protected", "14% (11 to 18)"} <= set(words(picture))
    assert gradient_chart(rows, alt="In other words").alt == "In other words"
    assert gradient_chart([GradientRow("No interval", 0.2)]).alt == "No interval: 20%."


def test_differences_have_their_zero_and_other_units_their_own_numbers() -> None:
    row = GradientRow("Girls against boys", -0.05, bands=[(-0.06, -0.04), (-0.09, 0.01)])
    shown = words(gradient_chart([row], levels=["50%", "95%"]))
    assert {"0%", "\N{MINUS SIGN}5% (\N{MINUS SIGN}9 to 1)"} <= set(shown)
    people = GradientRow("Children", 61_000, bands=[(50_000, 72_000)])
    picture = gradient_chart([people], levels=["95%"], number=lambda n: f"{n:,.0f}")
    assert "Children: 61,000 (50,000 to 72,000)" in picture.alt
    with pytest.raises(InputError, match="Divide by 100"):
        gradient_chart([people], levels=["95%"])


@pytest.mark.parametrize("n", [1, 2, 15, 40])
def test_nothing_leaves_the_sheet_or_overlaps(n: int) -> None:
    rows = [GradientRow(f"A rather long name of a province, {k}", k / n, bands=[(0, 1)] * 3) for k in range(n)]
    rows.append(GradientRow("Hidden", state="uncertain", text="a longer reason for which it is hidden " * 3))
    picture = gradient_chart(rows, title="A title that needs two lines " * 3, caption="A source. " * 20, axis_label="of all children " * 6)
    assert not outside(picture)
    assert not overlaps(picture)


def test_an_interval_without_width_is_still_seen() -> None:
    for value in (0.0, 1.0):
        assert all(band.get_width() > 1 for band in bands(GradientRow("All", value, bands=[(value, value)] * 3)))


def test_the_same_bytes() -> None:
    one, two = (gradient_chart([GIRLS], title="Asked") for _ in range(2))
    assert (one.to_svg(), one.to_png()) == (two.to_svg(), two.to_png())


@pytest.mark.parametrize(
    "options",
    [
        {"value": None},
        {"value": 0.1, "state": "protected"},
        {"bands": [(0.1, 0.2)], "state": "protected"},
        {"value": 0.1, "bands": [(0.2, 0.3)]},
        {"value": 0.1, "bands": [(0.0, 0.3), (0.05, 0.2)]},
        {"value": 0.1, "bands": [(0.0,)]},
        {"value": float("nan")},
        {"value": 0.1, "bands": [(0.0, float("inf"))]},
        {"value": 0.1, "state": "secret"},
    ],
)
def test_rows_that_do_not_fit_together_are_refused(options: dict) -> None:
    with pytest.raises(InputError) as caught:
        GradientRow("Girls", **options)
    assert "0.1" not in str(caught.value)


def test_charts_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(InputError, match="no rows"):
        gradient_chart([])
    with pytest.raises(InputError, match="bands than there are levels"):
        gradient_chart([GIRLS], levels=["95%"])
    for levels in ("95%", [], ["a"] * 5):
        with pytest.raises(InputError, match="from 1 to 4 texts"):
            gradient_chart([GIRLS], levels=levels)
