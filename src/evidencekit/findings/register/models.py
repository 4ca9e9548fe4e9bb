"""Numbers that a model gives, in a draft: said with what is held equal, without a cause, and one up to an age of no recall period."""

from __future__ import annotations

import re

from evidencekit.findings.register.context import basis_of
from evidencekit.findings.register.known import Claim
from evidencekit.findings.register.mentions import Key

__all__ = ["ADJUSTED", "out_of_model", "unsaid"]

ADJUSTED, BY_AGE = "adjusted", "by age"
_EQUAL = r"\bheld (?:equal|constant|alike)\b|\b(?:hold|keep)(?:s|ing)? [^.;]{1,200}? (?:equal|constant)\b"
_HELD = re.compile(_EQUAL, re.IGNORECASE)
_MODEL = re.compile(
    rf"{_EQUAL}|\bmodel(?:s|led|ed)?\b|\badjust(?:ed|ing|ment|s)?\b|\b(?:controll|allow|account)(?:ed|ing) for\b", re.IGNORECASE
)
_CAUSE = re.compile(
    r"\bbecause\b|\bcaus(?:e|es|ed|ing)\b|\bdue to\b|\bleads? to\b|\bled to\b|\b(?:effect|impact|as a result) of\b", re.IGNORECASE
)
_NO_CAUSE = re.compile(r"\b(?:no|not|nor|without)\b[^.;]{0,40}$", re.IGNORECASE)


def out_of_model(claim: Claim, key: Key, around: tuple[str, str], beside: bool) -> list[str]:
    """What the words around a number say of it that a model, or a count, does not support.

    Parameters
    ----------
    claim : Claim
        Whose number it is.
    key : Key
        The number.
    around : (str, str)
        Its sentence, and what is said before that.
    beside : bool
        Whether a number of the sentence is an adjusted one.

    Returns
    -------
    list of str
        Empty where they are right.
    """
    sentence, _ = around
    roles = claim.roles.get(key, set[str]())
    if ADJUSTED in roles:
        return [*unsaid(claim, *around), *_caused(sentence)]
    if BY_AGE in roles and not claim.basis.recalls and basis_of(sentence).recalls:
        return ["it is said of a period, and the claim is of all years up to an age"]
    if roles and not beside and _HELD.search(sentence):
        return ["it is said with other things held equal, and the claim is a share as it was counted"]
    return []


def unsaid(claim: Claim, sentence: str, before: str) -> list[str]:
    """Whether an adjusted claim is said as if it were of people who were counted."""
    adjusted = any(ADJUSTED in roles for roles in claim.roles.values())
    if not adjusted or _MODEL.search(sentence) or _MODEL.search(before):
        return []
    return ["it is a model's number with other things held equal, and the words do not say so"]


def _caused(sentence: str) -> list[str]:
    found = [one for one in _CAUSE.finditer(sentence) if not _NO_CAUSE.search(sentence[: one.start()])]
    return ["the words make a cause of it, and a model that holds things equal shows none"] if found else []
