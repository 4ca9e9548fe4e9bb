"""The pictures of a finding: this share as icons out of 100, or beside the shares of the other groups as dots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from evidencekit.combining import has_design
from evidencekit.disclosure import Released
from evidencekit.estimate import Estimate
from evidencekit.findings.languages import ENGLISH, Catalogue, Message, joined, percentage, said, say
from evidencekit.findings.phrases import Phrase
from evidencekit.findings.ranges import denominator, icon_counts, interval_words, percent_words
from evidencekit.findings.sentences import sentence_of
from evidencekit.rendering.dots import DotRow, State, dot_chart
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.icons import icon_array

__all__ = ["as_icons", "dot_picture", "icon_picture", "interval_said", "interval_told"]

Ends = tuple[float, float] | None


def as_icons(released: Released, row: int) -> bool:
    """Whether a share can be drawn as icons: near none or everyone it cannot."""
    low, high = _ends(released, row) or (None, None)
    return denominator(float(released.estimate.points[row]), low, high) is not None


def icon_picture(
    released: Released,
    row: int,
    tell: Callable[[Phrase, Catalogue], str],
    caveats: Sequence[str],
    *,
    bare: bool = False,
    speech: Catalogue = ENGLISH,
) -> Picture:
    """One share as icons. Title, legend, caption and alternative text all count out of the same number, and round outward.

    Parameters
    ----------
    released, row : Released, int
        The share.
    tell : callable
        Makes the title from "about 19 in 100", in a language.
    caveats : sequence of str
        What must be said beside it.
    bare : bool
        Without title and caption, for a page that says them.
    speech : Catalogue
        The language.
    """
    estimate = released.estimate
    ends = _ends(released, row)
    low, high = ends or (None, None)
    filled, total, range_ = icon_counts(float(estimate.points[row]), low, high)
    title = tell(Phrase(filled, total, word="about", tier=4), speech)
    within = interval_said(estimate, *ends, per=total) if ends else said("no interval")
    limits: dict[str, Any] = {} if range_ is None else {"low": range_[0], "high": range_[1]}
    caption = say(_sentences([within, *caveats]), speech)
    counted = said("{x} of {y} icons are filled", {"x": filled, "y": total})
    alt = f"{title} {say(sentence_of(counted), speech)} {caption}"
    shown = {"title": "", "caption": ""} if bare else {"title": title, "caption": caption}
    return icon_array(filled, total, alt=alt, legend=[say(one, speech) for one in _legend(filled, total, range_)], **shown, **limits)


def _legend(filled: int, total: int, ends: tuple[int, int] | None) -> list[str]:
    """What icons stand for."""
    rest = said("all others")
    if ends is None:
        return [said("{x} in {y}", {"x": filled, "y": total}), rest]
    return [
        Phrase(ends[0], total, word="at least", tier=4).text,
        said("{x} in {y}: the estimate", {"x": filled, "y": total}),
        said("up to {x} in {y}", {"x": ends[1], "y": total}),
        rest,
    ]


def dot_picture(
    released: Released, row: int, title: str, caveats: Sequence[str], *, bare: bool = False, speech: Catalogue = ENGLISH
) -> Picture:
    """A share beside those of the other groups, all of the same answer to the same question.

    Parameters
    ----------
    released, row : Released, int
        The finding's share, whose row is marked.
    title : str
        What the shares are of.
    caveats : sequence of str
        What must be said beside them.
    bare : bool
        Without caption, for a page that says it.
    speech : Catalogue
        The language.
    """
    cells, source = released.estimate.cells, released.estimate
    same = [
        i for i in range(len(released)) if all(cells.columns[c][i] == cells.columns[c][row] for c in cells.columns if c not in cells.by)
    ]
    rows = [_dot_row(released, i, _label(released, i, same), strong=i == row and len(same) > 1, speech=speech) for i in same]
    level = _all_named(source) if np.isfinite(source.interval.low[same]).any() else said("no intervals")
    about = [said("the row on a shade is this finding")] if len(same) > 1 else []
    caption = say(_sentences([level, *about, *caveats]), speech)
    key, heading = say(said("uncertain: read with caution"), speech), say(title, speech)
    listed = joined(map(_told, rows), "; ")
    alt = say(said("{title}. {rows}. {caption}", {"title": heading, "rows": listed, "caption": caption}), speech)
    return dot_chart(rows, title=heading, caption="" if bare else caption, key=key, alt=alt)


def interval_told(released: Released, row: int) -> Message:
    """The interval of a share in words, out of what its icons count; or that there is none, and why."""
    estimate, ends = released.estimate, _ends(released, row)
    if ends:
        return interval_said(estimate, *ends, per=denominator(float(estimate.points[row]), *ends))
    if has_design(estimate.inference):
        return said("no interval: the sampling units do not show how uncertain this number is")
    return said("no interval: the answers do not come from a probability sample")


def interval_said(estimate: Estimate, low: float, high: float, *, per: int | None) -> Message:
    """An interval in words, with its level; one that rests on a model is called so, with what it takes for true."""
    slots = {"level": _level(estimate), "range": interval_words(low, high, per=per)}
    if has_design(estimate.inference):
        return said("{level} interval: {range}", slots)
    return said("{level} model-based interval: {range}, if the covariates explain who took part", slots)


def _all_named(estimate: Estimate) -> Message:
    """What the intervals of a picture are: without a probability sample, only a model can give one."""
    slots = {"level": _level(estimate)}
    if has_design(estimate.inference):
        return said("{level} intervals", slots)
    return said("{level} model-based intervals, if the covariates explain who took part", slots)


def _level(estimate: Estimate) -> str:
    return percentage(f"{100 * estimate.interval.level:.0f}")


def _told(row: DotRow) -> str:
    """A row for a reader who cannot see it."""
    slots = {"label": row.label, "number": row.said}
    if row.strong and row.state == "caution":
        return said("{label} (this finding, uncertain): {number}", slots)
    if row.strong:
        return said("{label} (this finding): {number}", slots)
    if row.state == "caution":
        return said("{label} (uncertain): {number}", slots)
    return said("{label}: {number}", slots)


_HIDDEN: dict[str, tuple[State, Message]] = {
    "protected": ("protected", said("protected")),
    "not presented": ("uncertain", said("too uncertain to show")),
    "review": ("review", said("for review")),
}


def _dot_row(released: Released, i: int, label: str, *, strong: bool, speech: Catalogue) -> DotRow:
    if released.status[i] in _HIDDEN:
        hidden, why = _HIDDEN[released.status[i]]
        return DotRow(label, text=say(why, speech), state=hidden, strong=strong)
    value, ends = float(released.estimate.points[i]), _ends(released, i)
    low, high = ends or (None, None)
    state = "caution" if released.status[i] == "uncertain" else "shown"
    return DotRow(label, value, low=low, high=high, text=say(percent_words(value, low, high), speech), state=state, strong=strong)


def _label(released: Released, i: int, among: Sequence[int]) -> str:
    """The group a row is about: what tells it from the other rows; a number is said with its column."""
    cells, labels = released.estimate.cells, dict(released.estimate.provenance.labels)
    apart = [c for c in cells.by if len({cells.columns[c][k] for k in among}) > 1] or list(cells.by)
    values = [(c, cells.columns[c][i]) for c in apart]
    return ", ".join(v if isinstance(v, str) else f"{labels.get(c, c)}: {v}" for c, v in values) or "All"


def _ends(released: Released, i: int) -> Ends:
    low, high = (float(x[i]) for x in (released.estimate.interval.low, released.estimate.interval.high))
    return None if np.isnan(low) or np.isnan(high) else (low, high)


def _sentences(parts: Sequence[str]) -> Message:
    """Parts as sentences."""
    return joined(sentence_of(part) for part in parts if part)
