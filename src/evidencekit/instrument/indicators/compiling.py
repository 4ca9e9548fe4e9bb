"""Indicators compiled to the rows of a survey: who is counted, and the standing of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from evidencekit.errors import InputError, Refused, one_of
from evidencekit.instrument.expressions import Values, parse
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.indicators.answering import ItemMap, Items
from evidencekit.instrument.indicators.concepts import Concept
from evidencekit.instrument.indicators.definition import Indicator
from evidencekit.instrument.indicators.standings import NO, OUTSIDE, UNKNOWN, Standing, all_of, everyone
from evidencekit.instrument.indicators.valuing import standing_of
from evidencekit.survey import Survey

__all__ = ["ALL", "INTERNET", "Among", "Compiled", "compiled", "items_for", "need_indicator"]

Among = Literal["own", "all", "internet users"]
INTERNET, ALL, AGE = "internet_user", "all", "age"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Compiled:
    """An indicator on the rows of a survey: `inside` who is counted, `standing` what they are, and the denominator in words.

    `not_asked` are those in the denominator of whom nothing was asked: they are not counted. `partly` are those counted whose answers
    settle it although another question of it was not answered; `unsure` those of whom it is not known whether they are counted. `absent`
    are its items that the survey did not ask.
    """

    indicator: Indicator
    inside: Any
    not_asked: Any
    partly: Any
    standing: Standing
    among: str
    unsure: Any
    ages_checked: bool
    absent: tuple[str, ...]

    @property
    def valid(self) -> Any:
        """1, 0 and NaN: not known, or not counted."""
        made = np.select([self.standing.yes, self.standing.state == NO], [1.0, 0.0], np.nan)
        if self.indicator.unanswered == "counted as no":
            made = np.where(self.standing.unknown, 0.0, made)
        return np.where(self.inside, made, np.nan)

    @property
    def whole(self) -> Any:
        """The same of those who answered everything."""
        return np.where(self.partly, np.nan, np.where(self.standing.unknown, np.nan, self.valid))

    def bound(self, *, upper: bool) -> Any:
        """1, 0 and NaN, with what is not known taken as yes or as no."""
        made = np.where(self.standing.unknown, 1.0 if upper else 0.0, self.standing.yes.astype(np.float64))
        return np.where(self.inside, made, np.nan)


def need_indicator(given: Any, doing: str) -> Indicator:
    """The indicator, if it is one that is a share."""
    if not isinstance(given, Indicator):
        raise InputError(f"{doing} takes an Indicator, not a {type(given).__name__}.", 'For example ek.indicator("V06").')
    if given.measure != "share":
        raise InputError(f"Indicator {given.code} is a {given.measure}, not a share.", "Use a method for event times.")
    return given


def items_for(survey: Survey, indicators: Sequence[Indicator], items: ItemMap, form: Instrument | None) -> Items:
    """The items of some indicators on a survey."""
    if not isinstance(survey, Survey):
        raise InputError(f"A Survey is needed first, not a {type(survey).__name__}.", "Build one: ek.Survey(data, weights=..., psu=...).")
    concepts: dict[str, Concept] = {}
    for made in indicators:
        for name, concept in made.concepts.items():
            if concepts.setdefault(name, concept).after != concept.after:
                raise InputError(f"Two indicators mean different things by {name!r}.", "Give the items names of their own.")
    made = Items(survey, items, form, concepts)
    known = {name for i in indicators for name in (*i.item_names, *i.concepts)} | {INTERNET, AGE}
    known |= set(made.sheet.known)  # a question above another, which only has to be read rightly
    unknown = [name for name in made.given if name not in known]
    if unknown:
        raise InputError(
            f"items= names {unknown[0]!r}, which is no item of the indicators asked for.",
            f"They have {', '.join(sorted(known - {INTERNET, AGE} - set(made.sheet.known)))}, and {INTERNET} and {AGE}.",
        )
    made.need_all([name for of in indicators for name in of.item_names])
    return made


def compiled(indicator: Indicator, items: Items, among: Among = "own") -> Compiled:
    """Work an indicator out, among those it is defined for, among internet users, or among all.

    Parameters
    ----------
    indicator : Indicator
        A share.
    items : Items
        From `items_for`.
    among : {"own", "all", "internet users"}
        The denominator. Among others than its own, who is not in its own is not a case.
    """
    one_of("denominator", among, ("own", "all", "internet users"))
    scope = _Scope(indicator, items)
    own = standing_of(parse(indicator.denominator), scope) if indicator.denominator else everyone(items.n)
    counting = _Scope(indicator, items)
    made = standing_of(parse(indicator.numerator), counting)
    if among == "own":
        who, words = own, own_words(indicator)
    else:
        made = all_of([own, made]) if indicator.denominator else made
        who, words = _others(indicator, items, among)
    aged, checked = _ages(indicator, items)
    there = who.yes & aged.yes
    unsure = (who.unknown & ~(aged.state == NO)) | (aged.unknown & ~(who.state == NO))
    inside = there & ~made.outside
    absent = tuple(name for name in indicator.item_names if items.left_out(name))
    return Compiled(
        indicator, inside, there & made.outside, inside & ~made.unknown & counting.unanswered(), made, words, unsure, checked, absent
    )


def own_words(indicator: Indicator) -> str:
    """Whom the indicator's own denominator counts, in words."""
    if not indicator.denominator:
        return all_words(indicator)
    if indicator.denominator.replace(" ", "") == f"${{{INTERNET}}}":
        return _aged("internet users", indicator)
    return indicator.universe or f"those with {indicator.denominator}"


def all_words(indicator: Indicator) -> str:
    """Everyone in the age range, in words."""
    children = indicator.ages is not None and indicator.ages[1] is not None and indicator.ages[1] < 18
    return _aged("all children" if children else "all respondents", indicator)


def _aged(who: str, indicator: Indicator) -> str:
    return f"{who} aged {indicator.ages_said}" if indicator.ages else who


def _others(indicator: Indicator, items: Items, among: str) -> tuple[Standing, str]:
    if among == "internet users":
        return items.standing(INTERNET), _aged("internet users", indicator)
    if items.constant(INTERNET):
        raise Refused(
            "The survey is of internet users alone, so it has no share of all children.",
            "Multiply the share among internet users up: ek.headcount(estimate, coverage=<share of children who are>, population=...).",
        )
    return everyone(items.n), all_words(indicator)


def _ages(indicator: Indicator, items: Items) -> tuple[Standing, bool]:
    """Who is in the age range, and whether a column of ages says it."""
    if indicator.ages is None or not items.has(AGE) or items.constant(AGE) is not None or items.left_out(AGE):
        return everyone(items.n), False
    low, high = indicator.ages
    text = f"${{{AGE}}} >= {low}" + (f" and ${{{AGE}}} <= {high}" if high is not None else "")
    made = standing_of(parse(text), items)
    blank = made.state == OUTSIDE  # an age that was not asked for is not known
    return Standing(np.where(blank, UNKNOWN, made.state).astype(np.int8), made.why), True


class _Scope:
    """What the names of one indicator's expressions stand for: its parts, or items."""

    def __init__(self, indicator: Indicator, items: Items) -> None:
        self.parts: Mapping[str, Indicator] = {part.code: part for part in indicator.parts}
        self.items = items
        self.seen: list[Standing] = []

    def unanswered(self) -> Any:
        """Rows where any item that was looked at is not known."""
        return np.logical_or.reduce([standing.unknown for standing in self.seen])

    def standing(self, name: str) -> Standing:
        """Of another indicator, that of its numerator."""
        part = self.parts.get(name)
        if part is None:
            self.seen.append(self.items.standing(name))
            return self.seen[-1]
        below = _Scope(part, self.items)
        made = standing_of(parse(part.numerator), below)
        self.seen += below.seen
        return made

    def plain(self, name: str) -> tuple[Values, Standing]:
        """The answers as they stand."""
        if name in self.parts:
            raise InputError(f"Indicator {name} is a yes or a no, and its answers are compared as if they were others.")
        values, standing = self.items.plain(name)
        self.seen.append(standing)
        return values, standing
