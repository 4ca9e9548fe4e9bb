"""The templates of a headline, whole: one for each word before the fraction, with and without the time asked about."""

from __future__ import annotations

from evidencekit.findings.languages import Figure, Message, said, template
from evidencekit.findings.phrases import Phrase, Word

__all__ = ["Amount", "headline", "labelled"]

Amount = Phrase | Figure  # "about 1 in 8", or 12%
_Start = Word | None  # None: a percentage

_OF_ALL: dict[tuple[_Start, bool], str] = {  # of a population; with and without the time asked about
    ("about", False): template("about {x} in {y} {people} {did}"),
    ("about", True): template("about {x} in {y} {people} {did} {recall}"),
    ("more than", False): template("more than {x} in {y} {people} {did}"),
    ("more than", True): template("more than {x} in {y} {people} {did} {recall}"),
    ("fewer than", False): template("fewer than {x} in {y} {people} {did}"),
    ("fewer than", True): template("fewer than {x} in {y} {people} {did} {recall}"),
    ("at least", False): template("at least {x} in {y} {people} {did}"),
    ("at least", True): template("at least {x} in {y} {people} {did} {recall}"),
    ("at most", False): template("at most {x} in {y} {people} {did}"),
    ("at most", True): template("at most {x} in {y} {people} {did} {recall}"),
    (None, False): template("an estimated {share} of {people} {did}"),
    (None, True): template("an estimated {share} of {people} {did} {recall}"),
}
_OF_ANSWERS: dict[tuple[_Start, bool], str] = {  # of those who answered, where they speak for nobody else
    ("about", False): template("about {x} in {y} of the {people} who answered {did}"),
    ("about", True): template("about {x} in {y} of the {people} who answered {did} {recall}"),
    ("more than", False): template("more than {x} in {y} of the {people} who answered {did}"),
    ("more than", True): template("more than {x} in {y} of the {people} who answered {did} {recall}"),
    ("fewer than", False): template("fewer than {x} in {y} of the {people} who answered {did}"),
    ("fewer than", True): template("fewer than {x} in {y} of the {people} who answered {did} {recall}"),
    ("at least", False): template("at least {x} in {y} of the {people} who answered {did}"),
    ("at least", True): template("at least {x} in {y} of the {people} who answered {did} {recall}"),
    ("at most", False): template("at most {x} in {y} of the {people} who answered {did}"),
    ("at most", True): template("at most {x} in {y} of the {people} who answered {did} {recall}"),
    (None, False): template("an estimated {share} of the {people} who answered {did}"),
    (None, True): template("an estimated {share} of the {people} who answered {did} {recall}"),
}
_LABELLED: dict[tuple[_Start, bool], str] = {  # without words: as the data are labelled; of a population, or of those who answered
    ("about", True): template("about {x} in {y} {people}: {what}"),
    ("about", False): template("about {x} in {y} of {people}: {what}"),
    ("more than", True): template("more than {x} in {y} {people}: {what}"),
    ("more than", False): template("more than {x} in {y} of {people}: {what}"),
    ("fewer than", True): template("fewer than {x} in {y} {people}: {what}"),
    ("fewer than", False): template("fewer than {x} in {y} of {people}: {what}"),
    ("at least", True): template("at least {x} in {y} {people}: {what}"),
    ("at least", False): template("at least {x} in {y} of {people}: {what}"),
    ("at most", True): template("at most {x} in {y} {people}: {what}"),
    ("at most", False): template("at most {x} in {y} of {people}: {what}"),
    (None, True): template("an estimated {share} of {people}: {what}"),
    (None, False): template("an estimated {share} of {people}: {what}"),
}


def headline(amount: Amount, *, people: str, did: str, recall: str = "", designed: bool = True) -> Message:
    """How many, of whom, what: without the stop at its end.

    Examples
    --------
    >>> from evidencekit.findings.headlines import headline
    >>> from evidencekit.findings.phrases import Phrase
    >>> headline(Phrase(1, 8, word="about", tier=1), people="girls", did="were asked", recall="in the past year")
    'about 1 in 8 girls were asked in the past year'
    """
    start, numbers = _start(amount)
    when = {"recall": recall} if recall else {}
    return said((_OF_ALL if designed else _OF_ANSWERS)[start, bool(recall)], {**numbers, "people": people, "did": did, **when})


def labelled(amount: Amount, *, people: str, what: str, designed: bool = True) -> Message:
    """How many, of whom, and what as the data label it."""
    start, numbers = _start(amount)
    return said(_LABELLED[start, designed], {**numbers, "people": people, "what": what})


def _start(amount: Amount) -> tuple[_Start, dict[str, str | int]]:
    return (amount.word, {"x": amount.x, "y": amount.y}) if isinstance(amount, Phrase) else (None, {"share": amount})
