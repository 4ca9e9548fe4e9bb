"""The pictures of a finding: this share as icons out of 100, or beside the shares of the other groups as dots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from evidencekit.combining import has_design
from evidencekit.disclosure import Released
from evidencekit.estimate import Estimate
from evidencekit.findings.languages import ENGLISH, Catalogue, Message, said, say
from evidencekit.findings.phrases import Phrase
from evidencekit.findings.picturing.bands import bands_of
from evidencekit.findings.picturing.drawing import bands_picture, dots_of
from evidencekit.findings.picturing.parts import Around, ends_of, level_of, levels_said, parts_of, rows_like, sentences
from evidencekit.findings.ranges import denominator, icon_counts, interval_words
from evidencekit.findings.sentences import sentence_of
from evidencekit.findings.wording import Words
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.icons import icon_array

__all__ = ["as_icons", "dot_picture", "icon_picture", "interval_said", "interval_told"]


def as_icons(released: Released, row: int) -> bool:
    """Whether a share can be drawn as icons: near none or everyone it cannot."""
    low, high = ends_of(released, row) or (None, None)
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
    ends = ends_of(released, row)
    low, high = ends or (None, None)
    filled, total, range_ = icon_counts(float(estimate.points[row]), low, high)
    title = tell(Phrase(filled, total, word="about", tier=4), speech)
    within = interval_said(estimate, *ends, per=total) if ends else said("no interval")
    limits: dict[str, Any] = {} if range_ is None else {"low": range_[0], "high": range_[1]}
    caption = say(sentences([within, *caveats]), speech)
    counted = said("{x} of {y} icons are filled", {"x": filled, "y": total})
    alt = f"{title} {say(sentence_of(counted), speech)} {caption}"
    shown = {"title": "", "caption": ""} if bare else {"title": title, "caption": caption}
    made = icon_array(filled, total, alt=alt, legend=[say(one, speech) for one in _legend(filled, total, range_)], **shown, **limits)
    return replace(made, title=title, alt=alt)


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
    released: Released,
    row: int,
    title: str,
    caveats: Sequence[str],
    *,
    words: Words | None = None,
    bands: bool = False,
    bare: bool = False,
    speech: Catalogue = ENGLISH,
) -> Picture:
    """A share beside those of the other groups, all of the same answer to the same question, as dots or as bands of several levels.

    Parameters
    ----------
    released, row : Released, int
        The finding's share, whose row is marked.
    title : str
        What the shares are of.
    caveats : sequence of str
        What must be said beside them.
    words : Words, optional
        How groups are named; by default as the data label them.
    bands : bool
        Whether intervals of 50 and 80 percent are drawn too.
    bare : bool
        Without title and caption, for a page that says them.
    speech : Catalogue
        The language.
    """
    parts = parts_of(released, row, words)
    about = [said("the row on a shade is this finding")] if len(parts) > 1 else []
    caption = sentences([levels_said(released.estimate, parts), *about, *caveats])
    beside = Around(title, caption, shown=() if bare else ("title", "caption"))
    if not bands:
        return dots_of(parts, beside, speech)
    levels, around_them = bands_of(released, rows_like(released, row))
    return bands_picture(parts, beside, speech, levels=levels, bands=around_them)


def interval_told(released: Released, row: int) -> Message:
    """The interval of a share in words, out of what its icons count; or that there is none, and why."""
    estimate, ends = released.estimate, ends_of(released, row)
    if ends:
        return interval_said(estimate, *ends, per=denominator(float(estimate.points[row]), *ends))
    if has_design(estimate.inference):
        return said("no interval: the sampling units do not show how uncertain this number is")
    return said("no interval: the answers do not come from a probability sample")


def interval_said(estimate: Estimate, low: float, high: float, *, per: int | None) -> Message:
    """An interval in words, with its level; one that rests on a model is called so, with what it takes for true."""
    slots = {"level": level_of(estimate), "range": interval_words(low, high, per=per)}
    if has_design(estimate.inference):
        return said("{level} interval: {range}", slots)
    if estimate.inference == "model":
        return said("{level} model-based interval: {range}", slots)
    return said("{level} model-based interval: {range}, if the covariates explain who took part", slots)
