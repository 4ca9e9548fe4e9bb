"""Cascades: how many of those at the first step are still there at each later one, as bars one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.bars import Box, bar_key, put_bar, put_box, put_whisker
from evidencekit.rendering.keys import lay_keys
from evidencekit.rendering.rows import HIDDEN, State, check_parts, hidden_mark, put_mark, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["CascadeStep", "cascade"]

_GAP = 12.0  # points between columns, and between title, chart and caption
_BAR = 20.0  # points: height of a bar
_LABEL, _NUMBER = 0.32, 0.29  # of the width, at most
_TRACK = "#ededed"  # behind a bar: everybody at the first step
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class CascadeStep:
    """One step of a cascade.

    Parameters
    ----------
    label : str
        Who is counted: "told someone".
    value : float, optional
        Their share of the first step, from 0 to 1; 1 for the first step itself. None in a hidden step: nothing that is
        hidden is handed on.
    low, high : float, optional
        Its interval. None where there is none.
    text : str
        The number in words, to the right; in a hidden step, why it is hidden. Made in English where it is empty.
    before : str
        The share of the step before, in words, between the two bars: "64% (55 to 72) of those who told someone". Made in
        English of the two values, in whole percent, where it is empty. An interval for it has to come from the data; the
        intervals of the two steps do not give it.
    state : {"shown", "caution", "protected", "uncertain", "review"}
        "caution" has a hatched bar (say why in `text`); "protected", "uncertain" and "review" are the kinds of hidden.

    Raises
    ------
    InputError
        When the numbers do not fit together, or a hidden step has one.

    Examples
    --------
    >>> from evidencekit.rendering.cascades import CascadeStep
    >>> CascadeStep("told someone", 0.62, low=0.57, high=0.67).said
    '62% (57 to 67)'
    >>> CascadeStep("got help", state="uncertain").said
    'too uncertain to show'
    """

    label: str
    value: float | None = None
    _: KW_ONLY
    low: float | None = None
    high: float | None = None
    text: str = ""
    before: str = ""
    state: State = "shown"

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit together, and numbers in a hidden step."""
        check_parts(self.state, self.value, self.low, self.high)
        if self.before and self.value is None:
            raise InputError("A hidden step carries no share of the step before.", "Leave before= out.")

    @property
    def said(self) -> str:
        """The number, or why it is hidden, in words."""
        if self.text or self.value is None:
            return self.text or HIDDEN[self.state][0]
        return said(self.value, self.low, self.high)


def cascade(
    steps: Sequence[CascadeStep],
    *,
    title: str = "",
    caption: str = "",
    key: str = "uncertain",
    alt: str | None = None,
) -> page.Picture:
    """Draw steps as bars of their shares of the first one, with the share of the step before in words between bars.

    Each step counts part of those counted in the step before, so shares cannot grow. An interval does not excuse it: two
    estimates of nested steps from the same answers keep their order in every sample. Shares that grow come from steps that
    are not nested, or from answers that are missing in one step and were left out there only.

    Parameters
    ----------
    steps : sequence of CascadeStep
        From the first, which is everybody (a share of 1), to the last.
    title, caption : str
        Above and below: what is shown; of whom, when, by whom asked, and what the whiskers are.
    key : str
        What a hatched bar means, said below where there is one, and in the alternative text.
    alt : str, optional
        The picture in words. By default the title and every step's label and number, with its share of the step before.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        When there are no steps, the first is not everybody, a share grows, the share of a hidden step is given away, or
        no font has the letters of a text.

    References
    ----------
    Haber, Pillay, Porter and Bärnighausen (2016), Curr. Opin. HIV AIDS 11, 102-108.

    Examples
    --------
    >>> from evidencekit.rendering.cascades import CascadeStep, cascade
    >>> steps = [CascadeStep("Harmed", 1.0), CascadeStep("Told someone", 0.62, low=0.57, high=0.67)]
    >>> cascade([*steps, CascadeStep("Reported it", 0.15, low=0.12, high=0.19)], title="Who finds help")
    Picture('Who finds help')
    Who finds help. Harmed: 100%; Told someone: 62% (57 to 67); Reported it: 15% (12 to 19), 24% of the step before.
    """
    _check(steps)
    between = _between(steps)
    parts = (
        ", ".join(filter(None, (f"{step.label}: {step.said}", key if step.state == "caution" else "", words)))
        for step, words in zip(steps, between, strict=True)
    )
    described = alt or ". ".join(filter(None, (title.rstrip(". "), "; ".join(parts) + ".")))
    return page.picture(lambda: _drawn(steps, between, (title, caption, key)), title or "Cascade", described)


def _check(steps: Sequence[CascadeStep]) -> None:
    """Refuse steps that are not nested."""
    if not steps:
        raise InputError("The cascade has no steps.", "Pass at least one CascadeStep.")
    if steps[0].value is not None and abs(steps[0].value - 1) > _ROUNDING:
        raise InputError("Shares are of the first step, so its own is 1.", "Divide the shares of all steps by that of the first.")
    shown = [(k, step.value) for k, step in enumerate(steps) if step.value is not None]
    for (_, earlier), (k, later) in pairwise(shown):
        if later > earlier + _ROUNDING:
            raise InputError(
                f"The share of steps[{k}] is larger than that of a step before it. Each step counts part of the one before, "
                "whatever the intervals are.",
                "Count in each step only those of the step before, and treat missing answers in the same way in all steps.",
            )
    for k, (one, other) in enumerate(pairwise(steps), 1):
        if other.before and one.value is None:
            raise InputError(
                f"before= of steps[{k}] would give the hidden step before it away: the two numbers divide into it.", "Leave it out."
            )
    if steps[0].before:
        raise InputError("There is no step before the first.", "Leave before= of steps[0] out.")


def _between(steps: Sequence[CascadeStep]) -> list[str]:
    """Say of each step its share of the one before.

    Empty where one of them is hidden, where nobody is left to be a share of, and for the second step, whose number says it.
    """
    words = [""]
    for k, (one, other) in enumerate(pairwise(steps), 1):
        made = "" if k == 1 or not one.value or other.value is None else f"{_part(other.value / one.value)} of the step before"
        words.append(other.before or made)
    return words


def _part(share: float) -> str:
    """A share in whole percent, 0% and 100% only where they are exact."""
    whole = round(100 * share)
    if whole == 0 and share > 0:
        return "less than 1%"
    return "more than 99%" if whole >= 100 and share < 1 else f"{min(whole, 100)}%"


class _Line(NamedTuple):
    """A step's words with the height they take: its own, and those above it."""

    step: CascadeStep
    label: page.Lettering
    said: page.Lettering
    between: page.Lettering

    @property
    def above(self) -> float:
        """Height of what stands between it and the step before."""
        return max(self.between.height, _BAR * 0.6) + 4

    @property
    def height(self) -> float:
        """Of the step itself."""
        return max(self.label.height, self.said.height, _BAR) + 4


def _drawn(steps: Sequence[CascadeStep], between: Sequence[str], words: tuple[str, str, str]) -> Figure:
    """Stack title, steps, key and caption on a sheet."""
    title, caption, key = words
    inner = page.width() - 2 * page.MARGIN
    heading = page.lettering(title, inner, size=page.TITLE, bold=True)
    below = page.lettering(caption, inner)
    keys = lay_keys([bar_key(key)] if any(step.state == "caution" for step in steps) else [], inner)
    lines, left, right = _laid(steps, between, inner)
    top = page.MARGIN + (heading.height + _GAP if title else 0)
    bottom = top + sum(line.height for line in lines) + sum(line.above for line in lines[1:])
    figure, axes = page.sheet(bottom + sum(_GAP + part.height for part in (keys, below) if part.height) + page.MARGIN)
    heading.draw(axes, page.MARGIN, page.MARGIN)
    y = top
    for k, line in enumerate(lines):
        if k:
            put_mark(axes, left + _GAP, y + line.above / 2, "v", (6, page.SLATE, page.SLATE))
            line.between.draw(axes, left + 2 * _GAP, y + (line.above - line.between.height) / 2, color=page.SLATE)
            y += line.above
        _put(axes, line, (left, right), y)
        y += line.height
    keys.draw(axes, bottom + _GAP)
    below.draw(axes, page.MARGIN, bottom + (_GAP + keys.height if keys.keys else 0) + _GAP, color=page.SLATE)
    return figure


def _laid(steps: Sequence[CascadeStep], between: Sequence[str], inner: float) -> tuple[list[_Line], float, float]:
    """Share the width out: labels and numbers take what they need up to a limit, the bars what is left."""
    labels = [page.lettering(step.label, _LABEL * inner) for step in steps]
    numbers = [page.lettering(step.said, _NUMBER * inner) for step in steps if step.value is not None]
    left = page.MARGIN + max(label.width for label in labels) + _GAP
    right = page.width() - page.MARGIN - max((number.width + _GAP for number in numbers), default=0.0)
    room = page.width() - page.MARGIN - left - 2 * _GAP
    lines = [
        _Line(
            *(step, label, page.lettering(step.said, right - left - 2.5 * _GAP if step.value is None else _NUMBER * inner)),
            page.lettering(words, room),
        )
        for step, label, words in zip(steps, labels, between, strict=True)
    ]
    return lines, left, right


def _put(axes: Axes, line: _Line, ends: tuple[float, float], y: float) -> None:
    """Draw a step: its label, its bar on that of everybody, and its number; or the mark and words of a hidden one."""
    step, middle, (left, right) = line.step, y + line.height / 2, ends
    line.label.draw(axes, page.MARGIN, middle - line.label.height / 2)
    track = Box(left, middle - _BAR / 2, right - left, _BAR)
    if step.value is None:
        tall = max(_BAR, line.said.height + 2)
        put_box(axes, Box(left, middle - tall / 2, right - left, tall), edge=page.SLATE, dashed=True)
        hidden_mark(axes, left + _GAP, middle, step.state)
        line.said.draw(axes, left + 2 * _GAP, middle - line.said.height / 2, color=page.SLATE)
        return
    put_box(axes, track, inside=_TRACK)
    put_bar(axes, track._replace(wide=step.value * track.wide), caution=step.state == "caution")
    if step.low is not None and step.high is not None:
        put_whisker(axes, (left + step.low * track.wide, left + step.high * track.wide), middle)
    line.said.draw(axes, page.width() - page.MARGIN - line.said.width, middle - line.said.height / 2)
