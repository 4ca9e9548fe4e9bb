"""Numbers that a model gives: with other things held equal, of a small area, by an age. How they are said, and what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from evidencekit.combining import has_design
from evidencekit.disclosure import Released
from evidencekit.disclosure.notes import decision_words
from evidencekit.errors import InputError, named
from evidencekit.estimate import Estimate
from evidencekit.findings.basis import Basis
from evidencekit.findings.languages import Message, joined, said
from evidencekit.findings.noting import noted
from evidencekit.findings.wording import Words

__all__ = [
    "ADJUSTED",
    "BY_AGE",
    "SAYABLE",
    "by_areas",
    "check_modelled",
    "decided",
    "flagged",
    "held_equal",
    "in_model",
    "modelled_beside",
    "role_of",
    "speaks",
    "titled",
]

ADJUSTED, BY_AGE = "adjusted proportion", "cumulative incidence"
SAYABLE = ("proportion", ADJUSTED, BY_AGE)
_AREAS = {
    "model-based": said("a model's estimate: what this area answered, drawn towards what other areas let expect"),
    "synthetic": said("a model's estimate: what other areas let expect, with no answers of this area in it"),
}
_FITTED = ("sampling variances: ", "areas: ")
_BY = 'Say it in recall=: "before age 18" of at=17 in completed years, or "by age 17".'
_PERIOD = re.compile(r"\b(?:past|last|previous)\b", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:before|under|younger than)\b", re.IGNORECASE)


def by_areas(est: Estimate) -> bool:
    """Whether the numbers are those of an area-level model: of the areas' people, though no design gives their intervals."""
    return est.inference == "model" and est.provenance.method.startswith("Fay-Herriot")


def speaks(est: Estimate) -> bool:
    """Whether the numbers speak of a population, and not only of those who answered."""
    return has_design(est.inference) or by_areas(est)


def role_of(est: Estimate) -> str:
    """What the numbers are in the claim register, so that a draft which says them as counted shares is told."""
    return {ADJUSTED: "adjusted", BY_AGE: "by age"}.get(est.statistic, "estimate")


def held_equal(released: Released, words: Words | None) -> str:
    """What a model holds equal: by the plain names of the words, else by the labels of the data, in quotation marks."""
    where = released.estimate.provenance
    labels = dict(where.labels)
    names: list[str] = []
    for column in where.held:
        if words and column in words.held:
            names.append(words.told_held(column))
        else:
            label = labels.get(column, column)
            names.append(joined(['"', words.named(label) if words else label, '"'], ""))
    return names[0] if len(names) == 1 else said("{one} and {other}", {"one": joined(names[:-1], ", "), "other": names[-1]})


def in_model(released: Released, sentence: str, words: Words | None) -> str:
    """A sentence without its stop, with the model it comes from: a headline is quoted without what stands beside it."""
    if released.estimate.statistic == ADJUSTED:
        slots = {"held": held_equal(released, words), "sentence": sentence}
        return said("in a model that holds {held} equal, {sentence}", slots)
    return said("by a model for small areas, {sentence}", {"sentence": sentence}) if by_areas(released.estimate) else sentence


def titled(released: Released, what: Message, words: Words | None) -> Message:
    """The title of a picture, with the model its numbers come from."""
    if released.estimate.statistic == ADJUSTED:
        return said("{what}, in a model that holds {held} equal", {"what": what, "held": held_equal(released, words)})
    return said("{what}, by a model for small areas", {"what": what}) if by_areas(released.estimate) else what


def modelled_beside(released: Released, words: Words | None) -> tuple[Message, ...]:
    """What must be said beside every number of a table because of how it was made; none of shares that were counted."""
    if released.estimate.statistic == ADJUSTED:
        held = {"held": held_equal(released, words)}
        return (said("a model's answer with {held} held equal: it is not a share that anybody counted, and it is not a cause", held),)
    if released.estimate.statistic == BY_AGE:
        return (
            said(
                "of the age at first experience that people reported; those not yet that old count for the years they have lived; not to be"
                " mixed with a share of the past 12 months"
            ),
        )
    return ()


def flagged(est: Estimate, row: int) -> tuple[str, ...]:
    """What is flagged in a cell, in words."""
    if not est.flags[row]:
        return ()
    if not by_areas(est):
        return (noted(est.flags[row]),)
    return tuple(_AREAS.get(one, noted(one)) for one in est.flags[row].split("; "))


def decided(est: Estimate) -> tuple[str, ...]:
    """What was decided on the way to the numbers; how an area-level model was fitted stands in its record, not beside a sentence."""
    return tuple(noted(one) for one in decision_words(est) if not (by_areas(est) and one.startswith(_FITTED)))


def check_modelled(released: Released, rows: Sequence[int], words: Words | None, basis: Basis | None = None) -> None:
    """Refuse a number of a model where its sentence could not say what is held equal, or by which age.

    Raises
    ------
    InputError
        Nothing is held equal; Words name what is not, or leave out a column that has no label; or they do not say the age of a cell, or a
        Basis says another time.
    """
    if released.estimate.statistic == ADJUSTED:
        _check_held(released.estimate, words)
    if released.estimate.statistic == BY_AGE:
        if basis is not None and _PERIOD.search(basis.recall):
            raise InputError("recall= of the Basis names a period before the interview, and this share is of all years up to an age.", _BY)
        for row in rows:
            _check_age(float(released.estimate.cells.columns["at"][row]), words)


def _check_held(est: Estimate, words: Words | None) -> None:
    held, labels = est.provenance.held, dict(est.provenance.labels)
    if not held:
        raise InputError("This model holds nothing equal, so that its shares are not adjusted for anything.", "Use proportion().")
    if words is None:
        return
    fit, left = any(column in held for column in words.held), [column for column in held if column not in words.held]
    for column in words.held:  # Words may name the columns of several models
        if column not in held and (not fit or get_close_matches(column, left, n=1, cutoff=0.8)):
            raise InputError(f"held= of Words names {column!r}, and the model holds {named(list(held))} equal.", "Name its columns.")
    if bare := [column for column in left if column not in labels]:
        raise InputError(
            f"The model holds {bare[0]!r} equal, and its data have no label for it.",
            f'Say what it is in plain words: Words(..., held={{{bare[0]!r}: "..."}}).',
        )


def _check_age(at: float, words: Words | None) -> None:
    if words is None or not words.recall:
        raise InputError("A share up to an age is told with that age.", _BY)
    if _PERIOD.search(words.recall):
        raise InputError("recall= of Words names a period before the interview, and this share is of all years up to an age.", _BY)
    before = at.is_integer() and _BEFORE.search(words.recall) is not None
    wanted = [int(part) for part in re.findall(r"\d+", f"{at + 1 if before else at:g}")]
    for text in (words.recall, *(parts.recall for parts in words.others.values())):
        if [int(number) for number in re.findall(r"\d+", text)] != wanted:
            raise InputError("recall= of Words does not say the age that this share goes up to.", _BY)
