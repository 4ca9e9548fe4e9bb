"""The pictures of a finding: this share as icons out of 100, or beside the shares of the other groups as dots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from evidencekit.combining import has_design
from evidencekit.disclosure import Released
from evidencekit.estimate import Estimate
from evidencekit.findings.ranges import denominator, icon_counts, interval_words, percent_words
from evidencekit.findings.sentences import sentence_of
from evidencekit.rendering.dots import DotRow, dot_chart
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.icons import icon_array

__all__ = ["as_icons", "dot_picture", "icon_picture", "interval_said"]

Ends = tuple[float, float] | None


def as_icons(released: Released, row: int) -> bool:
    """Whether a share can be drawn as icons: near none or everyone it cannot."""
    low, high = _ends(released, row) or (None, None)
    return denominator(float(released.estimate.points[row]), low, high) is not None


def icon_picture(released: Released, row: int, say: Callable[[str], str], caveats: Sequence[str], *, bare: bool = False) -> Picture:
    """One share as icons. Title, legend, caption and alternative text all count out of the same number, and round outward.

    Parameters
    ----------
    released, row : Released, int
        The share.
    say : callable
        Makes the title from "about 19 in 100".
    caveats : sequence of str
        What must be said beside it.
    bare : bool
        Without title and caption, for a page that says them.
    """
    estimate = released.estimate
    ends = _ends(released, row)
    low, high = ends or (None, None)
    filled, total, range_ = icon_counts(float(estimate.points[row]), low, high)
    title = say(f"about {filled:,} in {total:,}")
    within = interval_said(estimate, *ends, per=total) if ends else "no interval"
    limits: dict[str, Any] = {} if range_ is None else {"low": range_[0], "high": range_[1]}
    caption = _sentences([within, *caveats])
    alt = _sentences([title.rstrip("."), f"{filled:,} of {total:,} icons are filled"]) + " " + caption
    shown = {"title": "", "caption": ""} if bare else {"title": title, "caption": caption}
    return icon_array(filled, total, alt=alt, **shown, **limits)


def dot_picture(released: Released, row: int, title: str, caveats: Sequence[str], *, bare: bool = False) -> Picture:
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
    """
    cells, source = released.estimate.cells, released.estimate
    same = [
        i for i in range(len(released)) if all(cells.columns[c][i] == cells.columns[c][row] for c in cells.columns if c not in cells.by)
    ]
    rows = [_dot_row(released, i, _label(released, i, same), strong=i == row and len(same) > 1) for i in same]
    level = " intervals".join(_named(source)) if np.isfinite(source.interval.low[same]).any() else "no intervals"
    about = ["the row on a shade is this finding"] if len(same) > 1 else []
    caption = _sentences([level, *about, *caveats])
    key = "uncertain: read with caution"
    return dot_chart(rows, title=title, caption="" if bare else caption, key=key, alt=f"{title}. {'; '.join(map(_said, rows))}. {caption}")


def interval_said(estimate: Estimate, low: float, high: float, *, per: int | None) -> str:
    """An interval in words, with its level; one that rests on a model is called so, with what it takes for true."""
    name, condition = _named(estimate)
    return f"{name} interval: {interval_words(low, high, per=per)}{condition}"


def _named(estimate: Estimate) -> tuple[str, str]:
    """What stands before and after the word: without a probability sample, only a model can give an interval."""
    level = f"{estimate.interval.level:.0%}"
    return (level, "") if has_design(estimate.inference) else (f"{level} model-based", ", if the covariates explain who took part")


def _said(row: DotRow) -> str:
    """A row for a reader who cannot see it."""
    marks = [*(["this finding"] if row.strong else []), *(["uncertain"] if row.state == "caution" else [])]
    return f"{row.label}{' (' + ', '.join(marks) + ')' if marks else ''}: {row.said}"


def _dot_row(released: Released, i: int, label: str, *, strong: bool) -> DotRow:
    if released.status[i] == "protected":
        return DotRow(label, state="protected", strong=strong)
    if released.status[i] == "not presented":
        return DotRow(label, state="uncertain", strong=strong)
    if released.status[i] == "review":
        return DotRow(label, state="review", strong=strong)
    value, ends = float(released.estimate.points[i]), _ends(released, i)
    low, high = ends or (None, None)
    state = "caution" if released.status[i] == "uncertain" else "shown"
    return DotRow(label, value, low=low, high=high, text=percent_words(value, low, high), state=state, strong=strong)


def _label(released: Released, i: int, among: Sequence[int]) -> str:
    """The group a row is about: what tells it from the other rows; a number is said with its column."""
    cells, labels = released.estimate.cells, dict(released.estimate.provenance.labels)
    apart = [c for c in cells.by if len({cells.columns[c][k] for k in among}) > 1] or list(cells.by)
    values = [(c, cells.columns[c][i]) for c in apart]
    return ", ".join(v if isinstance(v, str) else f"{labels.get(c, c)}: {v}" for c, v in values) or "All"


def _ends(released: Released, i: int) -> Ends:
    low, high = (float(x[i]) for x in (released.estimate.interval.low, released.estimate.interval.high))
    return None if np.isnan(low) or np.isnan(high) else (low, high)


def _sentences(parts: Sequence[str]) -> str:
    """Parts as sentences."""
    return " ".join(sentence_of(part) for part in parts if part)
