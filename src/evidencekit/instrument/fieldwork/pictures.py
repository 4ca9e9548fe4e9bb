"""The pictures of the report."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import TYPE_CHECKING, Any

from evidencekit.instrument.fieldwork.duplicates import Matches
from evidencekit.instrument.fieldwork.standing import Check
from evidencekit.rendering import figure as sheet_of
from evidencekit.rendering.dots import DotRow, dot_chart
from evidencekit.rendering.scale import Scale, scale_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["pictures"]

_MOST = 60  # rows of a picture
_AIR, _GAP = 8.0, 12.0
_STEP = 160.0  # height of the picture of matches, in points
_RATES = {
    "refusals": (("dont_know_rate", "dont_know_z", '"I do not know"'), ("refused_rate", "refused_z", '"Prefer not to say"')),
    "straightlining": (("rate", "z", "Batteries with one answer throughout"),),
    "responses": (("rate", "z", "Complete interviews"),),
    "backchecks": (("rate", "z", "Answers that differ when asked again"),),
}


def pictures(checks: Mapping[str, Check], matches: Matches | None, limit: float) -> dict[str, sheet_of.Picture]:
    """A picture for each check that gains by one; who is further from the others than `limit` standard errors is marked."""
    made: dict[str, sheet_of.Picture] = {}
    if "durations" in checks and (drawn := _durations(checks["durations"].columns)) is not None:
        made["durations"] = drawn
    for name, rates in _RATES.items():
        if name in checks:
            rate, z, words = max(rates, key=lambda given: _largest(checks[name].columns.get(given[1])))
            drawn = _rates(checks[name].columns, (rate, z), words, limit)
            if drawn is not None:
                made[name] = drawn
    if matches is not None:
        made["duplicates"] = _matches(matches)
    if "correlation" in checks:
        made["correlation"] = _correlation(checks["correlation"].columns)
    return made


def _largest(values: Any) -> float:
    return max((abs(v) for v in values if not isnan(v)), default=0.0) if values is not None else -1.0


def _rates(columns: Mapping[str, Any], names: tuple[str, str], words: str, limit: float) -> sheet_of.Picture | None:
    """The rates of interviewers, the largest first; those who stand out hollow."""
    rows = [
        (who, float(r), float(s))
        for who, r, s in zip(columns["interviewer"], *(columns[name] for name in names), strict=True)
        if not isnan(r)
    ]
    if not rows:
        return None
    rows.sort(key=lambda row: -row[1])
    dots = [
        DotRow(who, value, text=f"{100 * value:.1f}%", state="caution" if not isnan(s) and abs(s) > limit else "shown")
        for who, value, s in rows[:_MOST]
    ]
    return dot_chart(dots, title=f"{words}, by interviewer", key="far from the rate of all interviews")


def _correlation(columns: Mapping[str, Any]) -> sheet_of.Picture:
    """The largest correlations with their intervals."""
    rows = list(zip(columns["item"], columns["rho"], columns["low"], columns["high"], strict=True))[:15]
    dots: list[DotRow] = []
    for item, rho, low, high in rows:
        point = min(max(rho, 0.0), 1.0)
        ends = (None, None) if isnan(low) else (min(max(low, 0.0), point), min(max(high, point), 1.0))
        dots.append(DotRow(item, point, low=ends[0], high=ends[1], text=f"{rho:.3f}"))
    caption = "Lines: 95 % intervals, where there are two answers or a number. What is below 0 is drawn at 0."
    return dot_chart(dots, title="Share of the variance between interviewers", caption=caption)


def _durations(columns: Mapping[str, Any]) -> sheet_of.Picture | None:
    """The 10th percentile, the median and the 90th of each interviewer's minutes, the fastest first."""
    zipped = zip(columns["interviewer"], columns["p10"], columns["median"], columns["p90"], strict=True)
    rows = sorted(((str(w), float(a), float(b), float(c)) for w, a, b, c in zipped if not isnan(b)), key=lambda row: row[2])[:_MOST]
    if not rows:
        return None
    title, under = "Minutes an interview takes, by interviewer", "Dot: the median. Line: from the 10th to the 90th percentile."
    listed = "; ".join(f"{who}: {middle:.0f} ({low:.0f} to {high:.0f})" for who, low, middle, high in rows)
    with sheet_of.drawing():
        inner = sheet_of.width() - 2 * sheet_of.MARGIN
        heading = sheet_of.lettering(title, inner, size=sheet_of.TITLE, bold=True)
        key, number = sheet_of.lettering(under, inner), sheet_of.lettering("0", inner).height
        labels = [sheet_of.lettering(who, 0.35 * inner) for who, *_ in rows]
        left = sheet_of.MARGIN + max(label.width for label in labels) + _GAP
        scale = scale_over(0.0, max(high for *_, high in rows), left=left, right=sheet_of.width() - sheet_of.MARGIN - _GAP)
        first = sheet_of.MARGIN + heading.height + _GAP
        last = first + sum(label.height + _AIR for label in labels)
        figure, axes = sheet_of.sheet(last + 4 + number + _GAP + key.height + sheet_of.MARGIN)
        heading.draw(axes, sheet_of.MARGIN, sheet_of.MARGIN)
        _ticks(axes, scale, (first, last), "{:g}")
        y = first
        for (_, low, middle, high), label in zip(rows, labels, strict=True):
            at = y + (label.height + _AIR) / 2
            label.draw(axes, sheet_of.MARGIN, at - label.height / 2)
            axes.plot([scale.at(low), scale.at(high)], [at, at], color=sheet_of.BLUE, linewidth=2.2, solid_capstyle="butt", zorder=2)
            axes.plot([scale.at(middle)], [at], "o", markersize=7, color=sheet_of.BLUE, zorder=3)
            y += label.height + _AIR
        key.draw(axes, sheet_of.MARGIN, last + 4 + number + _GAP, color=sheet_of.SLATE)
    return sheet_of.Picture(figure, title, f"{title}. {under} {listed}.")


def _matches(found: Matches) -> sheet_of.Picture:
    """How alike interviews are, in the data and with every column shuffled."""
    title = "The largest match of each interview with another"
    under = (
        f"Filled: the interviews. Outline: the same data with every column shuffled, whose largest match is {100 * found.limit:.0f} %. "
        f"{found.items} items; shares of interviews, in steps of 5 %."
    )
    with sheet_of.drawing():
        inner = sheet_of.width() - 2 * sheet_of.MARGIN
        heading = sheet_of.lettering(title, inner, size=sheet_of.TITLE, bold=True)
        key, number = sheet_of.lettering(under, inner), sheet_of.lettering("0", inner).height
        first = sheet_of.MARGIN + heading.height + _GAP
        last = first + _STEP
        scale = scale_over(0.0, 1.0, left=sheet_of.MARGIN + 16, right=sheet_of.width() - sheet_of.MARGIN - 20)
        figure, axes = sheet_of.sheet(last + 4 + number + _GAP + key.height + sheet_of.MARGIN)
        heading.draw(axes, sheet_of.MARGIN, sheet_of.MARGIN)
        top = max(float(found.seen.max()), float(found.reference.max()), 1e-9)
        _ticks(axes, scale, (first, last), "{:.0%}")
        for shares, look in ((found.seen, True), (found.reference, False)):
            xs = [scale.at(edge) for edge in found.edges for _ in range(2)]
            ys = [last, *(last - share / top * _STEP for share in shares for _ in range(2)), last]
            if look:
                axes.fill_between(xs, ys, last, color=sheet_of.SKY, linewidth=0, zorder=2)
            else:
                axes.plot(xs, ys, color=sheet_of.INK, linewidth=1.4, zorder=3)
        axes.plot([scale.left, scale.right], [last, last], color=sheet_of.SLATE, linewidth=1.0, zorder=3)
        key.draw(axes, sheet_of.MARGIN, last + 4 + number + _GAP, color=sheet_of.SLATE)
    above = float(found.seen[found.edges[:-1] >= found.limit].sum())
    return sheet_of.Picture(figure, title, f"{title}. {under} In steps above that match are {100 * above:.1f} % of interviews.")


def _ticks(axes: Axes, scale: Scale, ends: tuple[float, float], words: str) -> None:
    for value in scale.ticks:
        x = scale.at(value)
        axes.plot([x, x], ends, color=sheet_of.RULE, linewidth=0.8, zorder=1)
        sheet_of.lettering(words.format(value), sheet_of.width()).draw(axes, x, ends[1] + 4, color=sheet_of.SLATE, align="center")
