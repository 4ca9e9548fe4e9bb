"""Words for a share: the fraction a person can say, and the bounds, intervals and percentages that go with it.

Shares are numbers between 0 and 1. A fraction earns "about" by lying inside the interval and near the estimate; "more
than", "at least" and their opposites only by being true of the whole interval. Fractions are taken in tiers, those that
people say most easily first:

======  =================================================================================================
tier 1  1 in 2 to 1 in 10; 2 in 3, 3 in 4, 4 in 5, 9 in 10
tier 2  2 and 3 in 5, 3 and 7 in 10, 5 in 6, 19 in 20; 1 in 12, 15, 20, 25, 30, 40, 50
tier 3  1 in 100, 200, 500, 1,000, 2,000, 5,000, 10,000
tier 4  any number in 100, in 1,000, in 10,000
======  =================================================================================================

Bounds take tiers 1 to 3 and also 1 in 300, 1 in 3,000, 99 in 100, 999 in 1,000 and 9,999 in 10,000: with longer steps a
bound would throw away much of what the data say.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from math import floor, isfinite
from typing import Literal

from evidencekit.errors import InputError
from evidencekit.findings.languages import Figure, Message, percentage, said, template

__all__ = [
    "Direction",
    "Phrase",
    "Word",
    "at_least",
    "at_most",
    "check_interval",
    "common_denominator",
    "direction",
    "half_up",
    "natural_frequency",
    "percent",
    "zero_phrase",
]

Direction = Literal["about", "more than", "fewer than"]
Word = Literal["about", "more than", "fewer than", "at least", "at most"]
_Fraction = tuple[int, int]
_Ladder = tuple[tuple[float, int, int], ...]  # value, x, y: from the smallest to the largest

EDGE = 1e-12  # a fraction this near a limit is on it: 0.3 - 0.1 is not 0.2 in a computer
RELATIVE = 0.10  # a fraction may be off by a tenth of the rarer answer's share ...
OF_SIDE = 0.5  # ... and by half the distance from the estimate to the limit on that side
FEW = 10  # cases below which a share under RARE gets no fraction
RARE = 1 / 1000

_SAID: dict[Word, str] = {
    "about": template("about {x} in {y}"),
    "more than": template("more than {x} in {y}"),
    "fewer than": template("fewer than {x} in {y}"),
    "at least": template("at least {x} in {y}"),
    "at most": template("at most {x} in {y}"),
}

_TIERS: tuple[tuple[_Fraction, ...], ...] = (
    (*((1, y) for y in range(2, 11)), (2, 3), (3, 4), (4, 5), (9, 10)),
    ((2, 5), (3, 5), (3, 10), (7, 10), (5, 6), (19, 20), *((1, y) for y in (12, 15, 20, 25, 30, 40, 50))),
    tuple((1, y) for y in (100, 200, 500, 1000, 2000, 5000, 10_000)),
)
_HUNDREDS = (100, 1000, 10_000)
_ONLY_BOUNDS: tuple[_Fraction, ...] = ((1, 300), (1, 3000), *((y - 1, y) for y in _HUNDREDS))
_TIER_OF: dict[_Fraction, int] = {f: k for k, tier in zip((1, 2, 3, 3), (*_TIERS, _ONLY_BOUNDS), strict=True) for f in tier}
_LADDERS: tuple[_Ladder, ...] = tuple(tuple(sorted((x / y, x, y) for x, y in tier)) for tier in _TIERS)
_BOUNDS: _Ladder = tuple(sorted((x / y, x, y) for x, y in _TIER_OF))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A fraction with the word it has earned.

    Parameters
    ----------
    x, y : int
        "x in y".
    word : {"about", "more than", "fewer than", "at least", "at most"}
        The word before it.
    tier : int
        1 to 4: how easily the fraction is said, 1 the easiest.

    Attributes
    ----------
    text : str
        The phrase: in English as it is, in other languages by `say`.

    Examples
    --------
    >>> from evidencekit.findings.phrases import Phrase
    >>> Phrase(1, 2000, word="fewer than", tier=3).text
    'fewer than 1 in 2,000'
    """

    x: int
    y: int
    _: KW_ONLY
    word: Word
    tier: int
    text: Message = field(init=False)

    def __post_init__(self) -> None:
        """Refuse what is no share, and make the text."""
        _check_fraction(self.x, self.y)
        object.__setattr__(self, "text", said(_SAID[self.word], {"x": self.x, "y": self.y}))

    @property
    def share(self) -> float:
        """The fraction as a number between 0 and 1."""
        return self.x / self.y


def natural_frequency(p: float, low: float, high: float, *, cases: int | None = None) -> Phrase | None:
    """Say an estimated share as "about x in y".

    The fraction f is of the first tier that has one with ``low <= f <= high`` and ``|f - p|`` at most a tenth of
    ``min(p, 1 - p)`` and at most half the distance from `p` to the limit on f's side: the nearest, and of two as near
    the one with the smaller denominator. Tier 4 needs the interval and the tenth only.

    Parameters
    ----------
    p, low, high : float
        The estimate and its interval, as shares.
    cases : int, optional
        Unweighted count behind `p`. A share under 1 in 1,000 gets these words only with 10 cases or more; where `p` is
        above 999 in 1,000, what counts is how many did not.

    Returns
    -------
    Phrase or None
        None where no fraction is true enough (give the percentage), where `p` rests on too few cases, and where it is 0
        or 1 (see `zero_phrase`).

    Raises
    ------
    InputError
        When `p` is outside its interval, or anything is outside 0 to 1.

    References
    ----------
    Gigerenzer and Hoffrage (1995), Psychol. Rev. 102, 684-704. Pighin et al. (2011), Med. Decis. Making 31, 627-635:
    "1 in X" makes a risk feel larger, so comparisons use `common_denominator`.

    Examples
    --------
    >>> from evidencekit.findings.phrases import natural_frequency
    >>> natural_frequency(0.119, 0.099, 0.141).text
    'about 1 in 8'
    >>> natural_frequency(0.271, 0.231, 0.306).text
    'about 27 in 100'
    """
    check_interval(low, high)
    _check_share("p", p)
    if not low - EDGE <= p <= high + EDGE:
        raise InputError("The estimate is outside its own interval.", "Pass p, low and high of one estimate.")
    rarer = min(p, 1 - p)
    if rarer <= 0 or (rarer < RARE - EDGE and (cases is None or cases < FEW)):
        return None
    for tier, ladder in enumerate(_LADDERS, start=1):
        if found := _nearest(ladder, p, low, high):
            return Phrase(*found, word="about", tier=tier)
    for y in _HUNDREDS:
        x = half_up(p * y)
        if 0 < x < y and low - EDGE <= x / y <= high + EDGE and abs(x / y - p) <= RELATIVE * rarer + EDGE:
            return Phrase(x, y, word="about", tier=4)
    return None


def direction(x: int, y: int, low: float, high: float) -> Direction:
    """Give the word that "x in y" has earned from the interval `low` to `high`.

    Returns
    -------
    {"about", "more than", "fewer than"}
        "more than" when the whole interval is above x/y, "fewer than" when it is below, else "about".

    Examples
    --------
    >>> from evidencekit.findings.phrases import direction
    >>> direction(1, 10, 0.124, 0.168), direction(1, 7, 0.124, 0.168), direction(1, 5, 0.124, 0.168)
    ('more than', 'about', 'fewer than')
    """
    check_interval(low, high)
    _check_fraction(x, y)
    return "more than" if low > x / y + EDGE else "fewer than" if high < x / y - EDGE else "about"


def at_least(low: float) -> Phrase | None:
    """Say the largest fraction that the whole interval reaches; None under 1 in 10,000.

    From a two-sided 95 % interval the sentence holds at 97.5 %.

    Examples
    --------
    >>> from evidencekit.findings.phrases import at_least
    >>> at_least(0.099).text
    'at least 1 in 12'
    """
    return _lower(low, "at least")


def at_most(high: float) -> Phrase | None:
    """Say the smallest fraction that the whole interval stays within; None above 9,999 in 10,000.

    From a two-sided 95 % interval the sentence holds at 97.5 %.

    Examples
    --------
    >>> from evidencekit.findings.phrases import at_most
    >>> at_most(0.141).text
    'at most 1 in 7'
    """
    _check_share("high", high)
    above = next(((x, y) for value, x, y in _BOUNDS if value >= high - EDGE), None)
    return Phrase(*above, word="at most", tier=_TIER_OF[above]) if above else None


def zero_phrase(upper: float, *, everyone: bool = False) -> Phrase | None:
    """Say what a survey supports in which nobody said yes, or everybody did: never "no children", never "all".

    Parameters
    ----------
    upper : float
        One-sided upper bound of the share of the answer that was not seen: at 95 %, ``1 - 0.05 ** (1 / n_eff)``.
    everyone : bool
        Whether that answer is "no", so that the words are about the share of "yes".

    Returns
    -------
    Phrase or None
        "fewer than 1 in y" with the largest y that can be said and ``1 / y >= upper``; with `everyone`, "more than x in
        y". None when the bound is above a half: too few were asked for any words.

    References
    ----------
    Hanley and Lippman-Hand (1983), JAMA 249, 1743-1745.

    Examples
    --------
    >>> from evidencekit.findings.phrases import zero_phrase
    >>> zero_phrase(1 - 0.05 ** (1 / 1000)).text, zero_phrase(1 - 0.05 ** (1 / 1000), everyone=True).text
    ('fewer than 1 in 300', 'more than 99 in 100')
    """
    _check_share("upper", upper)
    if upper > 0.5 + EDGE:
        return None
    if everyone:
        return _lower(1 - upper, "more than")
    y = next(y for value, x, y in _BOUNDS if x == 1 and value >= upper - EDGE)
    return Phrase(1, y, word="fewer than", tier=_TIER_OF[1, y])


def percent(p: float, half_width: float | None) -> Figure:
    """Write a share as a percentage with the decimals that its interval supports.

    Parameters
    ----------
    p : float
        The share.
    half_width : float or None
        Half the width of its interval, as a share: no decimal from 1 percentage point up, one from 0.1, else two. None
        where there is no interval: no decimal.

    Returns
    -------
    Figure
        A text. Halves round up. A share that is neither 0 nor 1 is never written "0%" or "100%": it gets the decimals it needs.

    Examples
    --------
    >>> from evidencekit.findings.phrases import percent
    >>> percent(0.119, 0.021), percent(0.119, 0.004), percent(0.003, 0.012), percent(0.9996, None)
    ('12%', '11.9%', '0.3%', '99.96%')
    """
    _check_share("p", p)
    if half_width is not None and not (isfinite(half_width) and half_width >= 0):
        raise InputError("half_width= is half the width of an interval, 0 or more.", "Pass None where there is none.")
    decimals = 0 if half_width is None or half_width >= 0.01 - EDGE else 1 if half_width >= 0.001 - EDGE else 2
    exact = Decimal(repr(round(float(min(max(p, 0.0), 1.0)) * 100, 13)))
    while True:
        shown = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
        if exact in (0, 100) or 0 < shown < 100:
            return percentage(shown)
        decimals += 1


def common_denominator(
    ps: Sequence[float], *, distinct: bool = False, within: Sequence[tuple[float, float]] | None = None
) -> tuple[int, tuple[int, ...]] | None:
    """Say several shares out of one number, so that they can be compared.

    Parameters
    ----------
    ps : sequence of float
        The shares.
    distinct : bool
        Whether shares that differ must get numbers that differ. Pass True where a difference is claimed.
    within : sequence of (low, high), optional
        The interval of each: then every number also lies in its own.

    Returns
    -------
    (int, tuple of int) or None
        The smallest of 10, 100, 1,000 and 10,000 that puts every rounded share within a tenth of its ``min(p, 1 - p)``,
        and the rounded numbers; they never reverse the order of the shares. None when 10,000 is too small.

    Examples
    --------
    >>> from evidencekit.findings.phrases import common_denominator
    >>> common_denominator([0.271, 0.049, 0.156])
    (100, (27, 5, 16))
    """
    if not ps:
        raise InputError("There are no shares to compare.", "Pass at least one.")
    for p in ps:
        _check_share("ps", p)
    in_order = sorted(set(ps))
    for y in (10, *_HUNDREDS):
        xs = tuple(half_up(p * y) for p in ps)
        apart = all(half_up(p * y) < half_up(q * y) for p, q in pairwise(in_order) if q - p > EDGE)
        inside = within is None or all(low - EDGE <= x / y <= high + EDGE for x, (low, high) in zip(xs, within, strict=True))
        if inside and all(_stands(x, y, p) for x, p in zip(xs, ps, strict=True)) and (apart or not distinct):
            return y, xs
    return None


def _stands(x: int, y: int, p: float) -> bool:
    """Whether "x in y" may stand for `p` beside other shares."""
    return p in (0, 1) or (0 < x < y and abs(x / y - p) <= RELATIVE * min(p, 1 - p) + EDGE)


def _nearest(ladder: _Ladder, p: float, low: float, high: float) -> _Fraction | None:
    """Find the fraction of one tier that may stand for `p`; on either side of `p` only the nearest can."""
    at = bisect_left(ladder, (p,))
    able: list[tuple[float, int, int]] = []
    for value, x, y in ladder[max(at - 1, 0) : at + 1]:
        off, side = abs(value - p), high - p if value > p else p - low
        if low - EDGE <= value <= high + EDGE and off <= min(RELATIVE * min(p, 1 - p), OF_SIDE * side) + EDGE:
            able.append((round(off, 12), y, x))
    return (min(able)[2], min(able)[1]) if able else None


def _lower(low: float, word: Word) -> Phrase | None:
    _check_share("low", low)
    below = [(x, y) for value, x, y in _BOUNDS if value <= low + EDGE]
    return Phrase(*below[-1], word=word, tier=_TIER_OF[below[-1]]) if below else None


def half_up(value: float) -> int:
    """Round to the nearest whole number, halves up; 14.499999999999998 is the half it was meant to be."""
    return floor(value + 0.5 + 1e-9)


def _check_fraction(x: int, y: int) -> None:
    if not 0 <= x <= y or y < 1:
        raise InputError("A fraction is x in y, with x between 0 and y.")


def _check_share(name: str, value: float) -> None:
    if not (isfinite(value) and -EDGE <= value <= 1 + EDGE):
        raise InputError(f"{name}= is a share: a number from 0 to 1.", "Divide a percentage by 100.")


def check_interval(low: float, high: float) -> None:
    """Refuse what is not an interval of shares."""
    _check_share("low", low)
    _check_share("high", high)
    if low > high + EDGE:
        raise InputError("The interval's lower limit is above its upper one.", "Pass low before high.")
