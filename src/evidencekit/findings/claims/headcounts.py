"""headcount: how many people a share stands for, beside the share, and not more exactly than is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import ceil, floor, inf, sqrt
from typing import Any

import numpy as np

from evidencekit.combining import headcount as multiplied
from evidencekit.combining import rounded_total
from evidencekit.disclosure import Released
from evidencekit.disclosure.notes import decision_words, missing_words
from evidencekit.errors import InputError, Refused
from evidencekit.findings.claims.cells import Cell, check_words, chosen
from evidencekit.findings.claims.claim import Claim
from evidencekit.findings.claims.counting import Number, check_people, counted, shown
from evidencekit.findings.claims.populations import Population, population_of, source_of
from evidencekit.findings.claims.single import single
from evidencekit.findings.languages import Figure, Message, percentage, said, template
from evidencekit.findings.noting import missing_said, noted
from evidencekit.findings.phrases import natural_frequency, percent, zero_phrase
from evidencekit.findings.ranges import percent_words
from evidencekit.findings.register import Quantity
from evidencekit.findings.telling import doing, doubts, whom
from evidencekit.findings.wording import Words

__all__ = ["headcount"]

_SAID = {
    "about": template("About {n} {who} {did} ({level} interval: {range}): {beside}."),
    "more than": template("More than {n} {who} {did} (lower end of the {level} interval): {beside}."),
    "fewer than": template("Fewer than {n} {who} {did} (upper end of the {level} interval): {beside}."),
}


def headcount(
    released: Released,
    cell: Cell | None = None,
    *,
    words: Words,
    population: float | Mapping[Any, float] | None = None,
    population_se: float | None = None,
    source: str = "",
    share: Released | None = None,
) -> Claim:
    """Say how many people a share stands for, with the share beside it.

    Parameters
    ----------
    released : Released
        A table of shares, with `population`; or one of totals of a column of zeros and ones (``ek.total(..., population_total=...)``),
        with `share`.
    cell : mapping or int, optional
        Which cell. Not needed where there is one.
    words : Words
        How it is told.
    population : number or mapping, optional
        How many people there are of those whom the share is of, no more and no fewer: of a share among internet users, how many internet
        users. Of a table with groups a mapping that names the group, ``{"girl": 900_000}``; with several ``by=`` columns the key is a
        tuple of labels. It is taken as known, and the sentence says so, unless there is a `population_se`.
    population_se : float, optional
        The standard error of the cell's population, in people.
    source : str
        Where the population is from, with its year: ``"National Statistics Office, census projection for 2025"``. Of a total, the
        population to which the weights add up. In other languages as ``names=`` of `Words.also` has it.
    share : Released, optional
        Of a total, the share of the same column and cells, released too: a total does not stand alone.

    Returns
    -------
    Claim
        Of kind ``"headcount"``. Its direction is ``"about"``; ``"fewer than"`` where nobody said so, by the upper limit; ``"more than"``
        where everybody did, by the lower one.

    Raises
    ------
    InputError
        Neither shares nor totals of zeros and ones, a group without its own population, a population smaller than the number of people who
        answered, no source with a year.
    Refused
        Nobody was drawn, the cell may not be said, it has no interval, only rounded counts are released, or nobody said that the weights
        add up to the population.

    Notes
    -----
    A table that was audited to be shown in whole percent is multiplied up from those: the number says nothing that its readers could not
    work out. Limits of a known population N are N times the limits of the share. With a standard error of N, independent of the share p,
    ``var = N^2 var(p) + p^2 var(N) + var(p) var(N)`` is in `support`, and limits are those of `evidencekit.headcount`: variance recovery on
    the log scale. It pools no degrees of freedom: the share brings its own limits (t, with the degrees of freedom of its design), and the
    population is taken as log-normal, with a normal quantile.

    Number and limits are rounded to one step by `combining.rounded_total`. Two numbers with different steps may be said in the wrong order
    where they differ by less than half of the larger step, which is at most a quarter of the half-width of its interval, or the third
    digit: whether they differ is what `compare` says.

    References
    ----------
    Goodman (1960), J. Amer. Statist. Assoc. 55, 708-713 (doi 10.2307/2281592), for the variance. Donner and Zou (2012), Statist. Methods
    Med. Res. 21, 347-359, for the limits.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children aged 12-17 in Lumora")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted"))
    >>> words = ek.findings.Words(did="were sent unwanted messages")
    >>> claim = ek.findings.headcount(safe, words=words, population=174_000, source="census of 2024")
    >>> for line in (*claim.text.split(": "), *claim.details):
    ...     print(line)
    About 27,000 children aged 12-17 in Lumora were sent unwanted messages (95% interval
    23,000 to 32,000)
    about 1 in 6 of 174,000 (a number taken as known; census of 2024).
    The share is 16% (95% interval: 13 to 18).
    """
    check_people(released)
    check_words(words)
    row = chosen(released, cell)
    if released.estimate.statistic == "total":
        people, part = counted(released, row, share, given=(population, population_se))
        size, cited = None, words.named(source_of(source))
    else:
        if population is None or share is not None:
            raise InputError("A share is multiplied up by population=, and share= is for totals.", "Pass population= and source=.")
        found = population_of(released, row, population, se=population_se, source=source)
        size, cited = replace(found, source=words.named(found.source)), ""
        part = shown(released, row)
        people = _multiplied(released, row, part, size)
    return _claim(released, row, people, part, words=words, size=size, cited=cited)


def _claim(released: Released, row: int, people: Number, part: Number, *, words: Words, size: Population | None, cited: str) -> Claim:
    level = percentage(f"{100 * released.estimate.interval.level:.10g}")
    way, count, ends = _counted(people, part, inf if size is None else size.size)
    fraction = _fraction(part)
    weighted = said("{fraction} (weights add up to the population; {source})", {"fraction": fraction, "source": cited})
    slots = {"n": count, "who": whom(released, row, words), "did": doing(words), "level": level}
    slots |= {"beside": weighted if size is None else size.of(fraction), **({"range": ends} if ends else {})}
    details, shares = _beside(part, level)
    bounds: dict[str, Any] = {"value": people.value, "low": people.low, "high": people.high}
    numbers = [Quantity(text=f"{way} {count}", unit="people", **bounds)]
    numbers += [Quantity(text=ends, role="interval", unit="people", **bounds)] if ends else []
    numbers += [Quantity(text=one, value=part.value, low=part.low, high=part.high) for one in dict.fromkeys((fraction, *shares))]
    if size is not None:
        numbers += _population_numbers(size)
        details += [said("The interval holds what is not certain about the population too.")] if size.se else []
    return Claim(
        kind="headcount",
        direction=way,
        text=said(_SAID[way], slots),
        details=tuple(details),
        numbers=tuple(numbers),
        caveats=_caveats(released, row),
        support=_support(released, row, people, part, size),
        words=words,
    )


def _counted(people: Number, part: Number, everybody: float) -> tuple[str, Figure, str]:
    """The direction, the number, and its interval in words; no interval where one end of it is what is said."""
    about, least, most = rounded_total(people.value, people.low, people.high)
    if part.value == 1 or about >= everybody:
        return "more than", Figure(_beyond(people.low, down=True)), ""
    if part.value == 0 or about == 0:
        return "fewer than", Figure(_beyond(people.high, down=False)), ""
    whole = least is not None and most is not None and most <= everybody
    if least and most is not None and whole:
        return "about", Figure(about), said("{low} to {high}", {"low": least, "high": most})
    if most is not None and whole:
        return "about", Figure(about), said("up to {n}", {"n": most})
    return "about", Figure(about), said("{n} or more", {"n": least or 0})


def _beside(part: Number, level: Figure) -> tuple[list[str], tuple[str, ...]]:
    """The share as a percentage below the sentence, and as a number of the register."""
    if part.value == 0:
        return [said("Nobody who answered is one of them.")], ()
    if part.value == 1:
        return [said("Everybody who answered is one of them.")], ()
    told = percent_words(part.value, part.low, part.high)
    slots = dict(told.slots) if isinstance(told, Message) else {}
    return [said("The share is {share} ({level} interval: {low} to {high}).", {"level": level, **slots})], (slots["share"],)


def _beyond(limit: float, *, down: bool) -> int:
    """The next number of two digits below or above a limit, never the limit itself."""
    step = 10 ** max(len(str(int(limit))) - 2, 0)  # digits are counted: a logarithm rounds up just below a power of ten
    made = (ceil(limit / step) - 1) * step if down else (floor(limit / step) + 1) * step
    if made < 1:
        raise Refused("So few people were asked that no number can be said.", "Say how many were asked and how many said so.")
    return made


def _fraction(part: Number) -> str:
    """The share in words: a fraction inside its interval, else a percentage."""
    if part.value in (0, 1):
        found = zero_phrase(part.high if part.value == 0 else 1 - part.low, everyone=part.value == 1)
        if found is None:
            raise Refused("So few people were asked that no number can be said.", "Say how many were asked and how many said so.")
        return found.text
    near = natural_frequency(part.value, part.low, part.high)
    return near.text if near else percent(part.value, (part.high - part.low) / 2)


def _multiplied(released: Released, row: int, part: Number, size: Population) -> Number:
    """Share times population, with limits."""
    if not size.se:
        return Number(part.value * size.size, part.low * size.size, part.high * size.size)
    one = single(released.estimate, row)
    told = replace(one.interval, low=np.array([part.low]), high=np.array([part.high]))
    made = multiplied(replace(one, points=np.array([part.value]), interval=told), coverage=1, population=(size.size, size.se)).estimate
    return Number(float(made.points[0]), float(made.interval.low[0]), float(made.interval.high[0]))


def _population_numbers(size: Population) -> list[Quantity]:
    made = [Quantity(text=f"{size.size:,.0f}", value=size.size, role="population", unit="people")]
    error = Quantity(text=f"{size.se:,.0f}", value=size.se, role="standard error", unit="people")
    return [*made, error] if size.se else made


def _caveats(released: Released, row: int) -> tuple[str, ...]:
    """What must be said beside it: of a total also that missing answers count as nobody."""
    est = released.estimate
    among = dict(est.provenance.policies).get("denominator", "")
    theirs = said("the share is among {among}, and the population has to be theirs", {"among": among}) if among else ""
    named = [theirs] if among and est.statistic != "total" else []
    variable = str(est.cells.columns["variable"][row]) if "variable" in est.cells.columns else ""
    missing = missing_said(est, variable) if variable else missing_words(est)
    total = (*missing, *map(noted, decision_words(est))) if est.statistic == "total" else ()
    return tuple(dict.fromkeys((*doubts(released, row), *named, *total)))


def _support(released: Released, row: int, people: Number, part: Number, size: Population | None) -> dict[str, Any]:
    est = released.estimate
    found: dict[str, Any] = {"low": people.low, "high": people.high, "share": part.value, "level": est.interval.level}
    if size is None:
        return found
    found |= {"population": size.size, "population se": size.se, "source": size.source}
    if released.publication is None:
        share = float(est.covariance.variances[row])
        found["se"] = sqrt(size.size**2 * share + part.value**2 * size.se**2 + share * size.se**2)
    return found
