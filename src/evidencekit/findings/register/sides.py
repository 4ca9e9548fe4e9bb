"""Words before and after a number that say on which side of it the truth is."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["EMPHASIS", "after", "before", "holds"]

EMPHASIS = "emphasis"
_EDGE = 1e-12
_FAR = 48  # characters before a number in which its words are looked for

_SIDES: dict[str, str] = {
    "more than": r"(?:just |well |slightly |far )?(?:more than|over|above)|greater than|higher than|exceed(?:s|ed|ing)?|upwards? of"
    r"|in excess of|>",
    "at least": r"at least|no (?:fewer|less) than|not (?:fewer|less) than|(?:a )?minimum of|at a minimum|>=|≥",
    "fewer than": r"(?:well |slightly |far )?(?:fewer than|less than|under|below)|lower than|smaller than|<"
    r"|(?:just |slightly )(?:under|below)",
    "nearly": r"almost|nearly|approaching|not quite",
    "at most": r"at most|no more than|not more than|(?:a )?maximum of|up to|<=|≤",
    EMPHASIS: r"as (?:many|few|much|little|high|low) as|only|just|merely|(?:a )?mere|fully|exactly|precisely|not even|even"
    r"|an? (?:staggering|whopping|alarming|shocking|striking|massive|huge|astonishing)|whole",
    "about": r"about|around|approximately|approx\.?|roughly|some|(?:an )?estimated|close to|circa|ca?\.|~|≈",
}
_AFTER = {
    "at least": r"\+|,? or (?:more|over|higher|above)\b|,? and (?:above|over)\b",
    "at most": r",? or (?:fewer|less|under|lower|below)\b",
}


@cache
def _before() -> re.Pattern[str]:
    groups = "|".join(f"(?P<s{i}>{words})" for i, words in enumerate(_SIDES.values()))
    return re.compile(rf"(?<![\w-])(?:{groups})\s*$", re.IGNORECASE)


@cache
def _after() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<s{i}>{words})" for i, words in enumerate(_AFTER.values())), re.IGNORECASE)


def before(text: str, start: int) -> tuple[int, str]:
    """Where the words before a number begin, and the side they say: "" where there are none.

    Of several ("no more than about") the one that says most counts: any side before "about".
    """
    side = ""
    for _ in range(3):
        floor = max(0, start - _FAR)
        found = _before().search(text[floor:start])
        if found is None:
            break
        said = list(_SIDES)[int((found.lastgroup or "s0")[1:])]
        side = said if side in ("", "about") or said == EMPHASIS else side
        start = floor + found.start()
    return start, side


def after(text: str, end: int) -> tuple[int, str]:
    """Where the words after a number end ("or more"), and the side they say."""
    found = _after().match(text, end)
    return (end, "") if found is None else (found.end(), list(_AFTER)[int((found.lastgroup or "s0")[1:])])


def holds(side: str, x: float, low: float | None, high: float | None, *, share: bool = False) -> bool:
    """Whether "side x" is true of everything from `low` to `high`; "nearly x" where all of it is less and its middle is near.

    Examples
    --------
    >>> from evidencekit.findings.register.sides import holds
    >>> holds("more than", 0.125, 0.099, 0.141), holds("more than", 0.083, 0.099, 0.141), holds("about", 0.125, 0.099, 0.141)
    (False, True, True)
    """
    if low is None or high is None:
        return False
    edge = _EDGE * max(1.0, abs(x))
    # A tenth of x; of a share a tenth of the rarer answer, as for "about": else 82% would be nearly 9 in 10, whose other side is twice off.
    near = 0.1 * (min(x, 1 - x) if share else x)
    return {
        "more than": low > x + edge,
        "at least": low >= x - edge,
        "fewer than": high < x - edge,
        "at most": high <= x + edge,
        "nearly": high < x - edge and (low + high) / 2 >= x - near,  # surely less, and not by much
        "about": low - edge <= x <= high + edge,
        "": low - edge <= x <= high + edge,
    }.get(side, False)
