"""A share that somebody typed from memory, read by the grammar of the claim register; None where a person has to read it."""

from __future__ import annotations

import re

from evidencekit.findings.register.mentions import Mention, mentions
from evidencekit.findings.register.numerals import even, value_of
from evidencekit.findings.register.sides import EMPHASIS

__all__ = ["forgotten", "shares_in"]

_ROUNDED = 1.05  # "1 in 8 (12%)" is one number rounded twice; "1 in 10, 1 in 8" is two
_LONGEST = 200  # characters: more is a story, which a person reads
_KEPT = {"", "about", EMPHASIS}  # "only 1 in 8" is 1 in 8; "more than 1 in 8" is no number
_FORGOT = re.compile(
    r"(?:(?:sorry|no|well)[,.]? )?(?:i )?(?:(?:really |just )?(?:do not|don't|dont|can not|cannot|can't|cant) (?:really )?"
    r"(?:remember|recall|know|say)|(?:have )?(?:no idea|no memory)|(?:have )?forgot(?:ten)?|not sure|unsure|dk|idk)"
    r"(?: (?:it|that|the number|anymore|any more|at all))*[.!]*|\?+|-+"
)
_UNSURE = re.compile(r"\bnot (?:\w+ )?(?:sure|certain|exactly)\b|\bor (?:so|thereabouts)\b|\bmore or less\b")
_DENIES = re.compile(
    r"\bn(?:ot|ever|o one|obody|either)\b|n't\b|\bor\b|\bdouble\b|\bbut\b|\b(?:more|less|fewer|higher|lower)\b"
    r"|\b(?:increase\w*|rise\w*|rose|fall|fell|drop\w*|decrease\w*|wrong|doubt\w*|hardly|barely|maximum|minimum|unlike|minus|upwards?|from)\b"
    r"|\bhalf of\b|\.\."
)
_BARE = re.compile(r"(?:about |around |approximately |~ ?)?(0?\.\d+)")


def forgotten(text: str) -> bool:
    """Whether it says that the number is not remembered, and nothing else.

    Examples
    --------
    >>> from evidencekit.findings.recall.typed import forgotten
    >>> forgotten("I don't remember"), forgotten("don't know, 1 in 8")
    (True, False)
    """
    return _FORGOT.fullmatch(_plain(text)) is not None


def shares_in(text: str) -> tuple[float, ...] | None:
    """The shares that a text says, each once; None where it says none, or says it in a way that only a person should read.

    "About", "only" and "exactly" leave a number what it is. "More than", "nearly" and ranges are no number; nor is a text that says "not"
    or "or" or compares, or a bare number that may be per cent or people. ``0.12`` is a share.

    Examples
    --------
    >>> from evidencekit.findings.recall.typed import shares_in
    >>> [shares_in(t) for t in ("one in eight", "12 %", "about 12 in 100", "0.12", "an eighth", "half")]
    [(0.125,), (0.12,), (0.12,), (0.12,), (0.125,), (0.5,)]
    >>> [shares_in(t) for t in ("12", "more than 1 in 8", "10 to 15 percent", "1 in 8 or 1 in 6", "some")]
    [None, None, None, None, None]
    """
    plain = _plain(text)
    if not plain or len(plain) > _LONGEST:
        return None
    plain = _UNSURE.sub("", plain).strip(" ,;()")
    if _DENIES.search(plain):
        return None
    bare = _BARE.fullmatch(plain)
    if bare is not None:
        number = value_of(bare[1] if bare[1][0] == "0" else f"0{bare[1]}")
        return None if number is None else (float(number),)
    found = mentions(plain) or mentions(f"{plain} of")  # "half" by itself is a fraction here, which in a draft it is not
    said = [one for one in found if one.kind not in ("word", "count", "duration")]
    if not said or any(one.unit != "share" or not _single(one) for one in said):
        return None
    shares = tuple(dict.fromkeys(one.low for one in said))
    return shares if max(shares) <= _ROUNDED * min(shares) else None


def _single(one: Mention) -> bool:
    """Whether it is one share from 0 to 1 without a side."""
    return one.kind in ("ratio", "percent") and one.side in _KEPT and 0 <= one.low <= 1


def _plain(text: str) -> str:
    return " ".join(even(text).casefold().split()).strip(" \"'")
