"""The trade-off as a picture: cost to the right, how far off a plan may be upwards, a sign for each class of inference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evidencekit.errors import InputError
from evidencekit.planning.context import Context
from evidencekit.planning.plan import Plan
from evidencekit.planning.recommending.words import CLASS_WORDS, between, money, number
from evidencekit.planning.settling import settled
from evidencekit.rendering import figure as sheet
from evidencekit.rendering.keys import Key, LaidKeys, lay_keys, mark_key
from evidencekit.rendering.rows import put_mark, spread
from evidencekit.rendering.scale import Scale, scale_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["trade_off"]

TALL = 230.0  # points: the height of the plot
GAP = 10.0
CAP = 4.0  # half the width of the ends of a bar
WIDE = 20.0  # from bar to bar, at least
# A shape and an inside for each class: they are told apart without colour.
MARKS: dict[str, tuple[str, str, str]] = {
    "probability": ("o", sheet.BLUE, sheet.BLUE),
    "network": ("h", sheet.GREEN, "white"),
    "venue": ("s", sheet.GREEN, sheet.GREEN),
    "model": ("P", sheet.PURPLE, "white"),
    "administrative": ("s", sheet.SLATE, "white"),
    "random-walk": ("D", sheet.VERMILLION, "white"),
    "quota": ("v", sheet.VERMILLION, "white"),
    "self-selected-adjusted": ("^", sheet.VERMILLION, "white"),
    "self-selected": ("X", sheet.VERMILLION, "white"),
}


def trade_off(plans: Sequence[Plan], context: Context, *, title: str = "") -> sheet.Picture:
    """Draw plans by what they cost and how far off they may be.

    Parameters
    ----------
    plans : sequence of Plan
        In their order, which gives them their numbers.
    context : Context
        Its wanted error is the dashed line.
    title : str
        Above the picture.
    """
    if not isinstance(title, str):
        raise InputError(f"title= takes a text, not a {type(title).__name__}.", "Leave it out for the name of the context.")
    if not plans:
        raise InputError("There is no plan to draw.", "Recommendation.refused says why, and what to do instead.")
    titled = title or f"What plans cost and how far off they may be{f', {context.name}' if context.name else ''}"
    currency = context.currency
    at = settled(context)
    wanted = 100 * at.middle("outcome.rse") * at.middle("outcome.p")
    with sheet.drawing():
        figure = _drawn(plans, titled, (currency, wanted))
    listed = "; ".join(
        f"{k}, {plan.card.title} ({CLASS_WORDS[plan.inference]}): {money(plan.cost, currency)}, off by {between(plan.rmse)}"
        for k, plan in enumerate(plans, 1)
    )
    return sheet.Picture(figure, titled, f"{titled}. {listed}. The error wanted is {wanted:.1f} points.")


def _drawn(plans: Sequence[Plan], title: str, words: tuple[str, float]) -> sheet.Figure:
    """Lay out title, plot, scales, keys and names, and draw them."""
    currency, wanted = words
    inner = sheet.WIDTH - 2 * sheet.MARGIN
    heading = sheet.lettering(title, inner, size=sheet.TITLE, bold=True)
    upward = sheet.lettering("Off by, in percentage points: bars from least to most; side by side where they would touch", inner)
    classes = list(dict.fromkeys(plan.inference for plan in plans))
    signs = [mark_key(CLASS_WORDS[one], MARKS[one][0], (8, *MARKS[one][1:])) for one in classes]
    keys = lay_keys([*signs, Key(f"error wanted: {wanted:.1f} points", _dash, 30.0)], inner)
    names = [sheet.lettering(f"{k}  {plan.card.title}", inner) for k, plan in enumerate(plans, 1)]
    costs = [value for plan in plans for value in (plan.cost.low, plan.cost.high)]
    top = sheet.MARGIN + heading.height + GAP + upward.height + GAP
    bottom = top + TALL
    rise = scale_over(0.0, max(wanted, *(100 * plan.rmse.high for plan in plans)) * 1.08, left=bottom, right=top)
    numbers = [sheet.lettering(number(tick), inner) for tick in rise.ticks]
    left = sheet.MARGIN + max(one.width for one in numbers) + 6
    across = _across(max(costs), left)
    ticks = [sheet.lettering(number(tick), inner) for tick in across.ticks]
    under = sheet.lettering(f"Cost{f', {currency}' if currency else ''}", inner)
    below = bottom + 4 + ticks[0].height + under.height + GAP
    height = below + keys.height + GAP + sum(one.height for one in names) + sheet.MARGIN
    figure, axes = sheet.sheet(height)
    heading.draw(axes, sheet.MARGIN, sheet.MARGIN)
    upward.draw(axes, sheet.MARGIN, top - GAP - upward.height, color=sheet.SLATE)
    for tick, text in zip(rise.ticks, numbers, strict=True):
        y = rise.at(tick)
        axes.plot([left, across.right], [y, y], color=sheet.SLATE if not tick else sheet.RULE, linewidth=1.0 if not tick else 0.8, zorder=1)
        text.draw(axes, left - 6, y - text.height / 2, color=sheet.SLATE, align="right")
    for tick, text in zip(across.ticks, ticks, strict=True):
        text.draw(axes, across.at(tick), bottom + 4, color=sheet.SLATE, align="center")
    y = rise.at(wanted)
    axes.plot([left, across.right], [y, y], color=sheet.INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1.5)
    under.draw(axes, across.right, bottom + 4 + ticks[0].height, color=sheet.SLATE, align="right")
    _put_plans(axes, plans, across, rise)
    _finish(axes, keys, names, below)
    return figure


def _finish(axes: Axes, keys: LaidKeys, names: Sequence[sheet.Lettering], below: float) -> None:
    """Put the keys and the names of the plans under the plot."""
    keys.draw(axes, below)
    y = below + keys.height + GAP
    for name in names:
        y = name.draw(axes, sheet.MARGIN, y)


def _across(most: float, left: float) -> Scale:
    """The scale of costs, with as many ticks as their numbers leave room for."""
    right = sheet.WIDTH - sheet.MARGIN - 24.0
    scale = scale_over(0.0, most or 1.0, left=left, right=right, most=6)
    for most_ticks in (6, 5, 4, 3):
        scale = scale_over(0.0, most or 1.0, left=left, right=right, most=most_ticks)
        wide = max(sheet.lettering(number(tick), right).width for tick in scale.ticks)
        if scale.at(scale.step) - scale.left > wide + 8:
            break
    return scale


def _put_plans(axes: Axes, plans: Sequence[Plan], across: Scale, rise: Scale) -> None:
    """A bar from the least to the most error of each plan, a sign at its middle, its number above; bars that would touch stand apart."""
    xs = spread([across.at(plan.sizing.cost) for plan in plans], [WIDE] * len(plans), low=across.left, high=sheet.WIDTH - sheet.MARGIN)
    for k, (plan, x) in enumerate(zip(plans, xs, strict=True), 1):
        marker, outline, inside = MARKS[plan.inference]
        low, high = rise.at(100 * plan.rmse.low), rise.at(100 * plan.rmse.high)
        axes.plot([x, x], [low, high], color=outline, linewidth=2.2, solid_capstyle="butt", zorder=2)
        for y in (low, high):
            axes.plot([x - CAP, x + CAP], [y, y], color=outline, linewidth=1.6, zorder=2)
        put_mark(axes, x, (low + high) / 2, marker, (8, outline, inside))
        label = sheet.lettering(str(k), 60.0, bold=True)
        label.draw(axes, x, min(high, (low + high) / 2 - 7) - label.height - 1, align="center")


def _dash(axes: Axes, x: float, y: float) -> None:
    axes.plot([x, x + 22], [y, y], color=sheet.INK, linewidth=1.2, linestyle=(0, (4, 3)))
