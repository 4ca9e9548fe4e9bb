"""A picture of a diagnosis: how far off the numbers are under each truth, and how often intervals hold it."""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.planning.diagnosing.grids import told_apart
from evidencekit.planning.diagnosing.measures import Performance
from evidencekit.planning.diagnosing.saying import too_low
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.forests import ForestRow, forest_chart

__all__ = ["pictured"]


def pictured(title: str, sims: int, several: Sequence[Performance]) -> Picture:
    """A row for each truth: the bias as a point, the middle 95% of errors as a whisker, RMSE and coverage in columns."""
    names = told_apart([one.truth for one in several])
    rows = [
        ForestRow(
            in_words(name),
            one.bias.value,
            low=min(one.middle[0], one.bias.value),
            high=max(one.middle[1], one.bias.value),
            text=_points(one.bias.value),
            more=[f"{100 * one.rmse.value:.1f}", f"{100 * one.coverage.value:.0f}%" if one.coverage else "none"],
            state="caution" if too_low(one, len(several)) else "shown",
        )
        for name, one in zip(names, several, strict=True)
    ]
    ends = f"Points: the mean error of {sims:,} simulations; whiskers: from where to where 95 of 100 errors lie."
    return forest_chart(
        rows,
        columns=["Bias", "RMSE", "Truth in interval"],
        title=f"How far off: {title[:1].lower()}{title[1:]}",
        caption=f"{ends} Errors in percentage points.",
        axis_label="Estimate less the truth, percentage points",
        key="intervals hold the truth less often than they promise",
        number=_points,
    )


def in_words(name: str) -> str:
    """The label of a truth in words."""
    said = {"p": "truth", "girls_times": "girls to boys", "response_times": "response ratio", "reached_times": "reach ratio"}
    parts = [part.rsplit(" ", 1) for part in name.split(", ")]
    return "; ".join(f"{said.get(field, field)} {value}" for field, value in parts)


def _points(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", "\N{MINUS SIGN}") if round(100 * share, 1) else "0"
