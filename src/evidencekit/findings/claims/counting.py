"""Shares and totals that become numbers of people: as they may be shown, and a total held against its share."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from evidencekit.combining import has_design
from evidencekit.combining.classes import unit_of
from evidencekit.disclosure import Released
from evidencekit.disclosure.ledger.estimates import counts_people
from evidencekit.errors import InputError, Refused
from evidencekit.findings.claims.cells import UNNAMED, chosen

__all__ = ["Number", "check_people", "counted", "shown"]

SAME = 1e-6  # relative: what two sums of the same weights may differ by


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its limits."""

    value: float
    low: float
    high: float


def check_people(released: object) -> Released:
    """Refuse what is no released table of people who were drawn."""
    if not isinstance(released, Released):
        raise InputError(
            f"headcount() takes what release() returned, and this is of type {type(released).__name__}.", "Call ek.release() first."
        )
    est = released.estimate
    if not has_design(est.inference):
        raise Refused(
            f"These answers are {est.inference}: a number of people would claim that they speak for a population.",
            "Say the share of those who answered, and how many they are.",
        )
    if est.statistic not in ("proportion", "total"):
        raise InputError(
            f"headcount() takes shares, or totals of zeros and ones, and this is a {est.statistic or 'number'}.",
            "Use proportion() and give population=.",
        )
    if unit_of(est):
        raise InputError(
            "These are shares of records or of choices, and people are counted.",
            'Make shares of people: what="respondents" of a child table, of="respondents" of a question with several answers.',
        )
    if est.provenance.where.startswith(UNNAMED):
        raise InputError(
            "This number is about a subset that has no name.", 'Name it: proportion(..., where=..., where_label="aged 15-17").'
        )
    return released


def counted(released: Released, row: int, share: object, *, given: tuple[Any, Any]) -> tuple[Number, Number]:
    """A total with its limits, and the share beside it."""
    if any(one is not None for one in given):
        raise InputError("A total is a number of people already.", "Leave population= out, or pass the released share instead.")
    scaled = dict(released.estimate.provenance.policies).get("population_total", "")
    if not scaled:
        raise Refused(
            "Nobody said that the weights behind this total add up to the population.",
            'Estimate with total(..., population_total="weights"), or a number of people; or give the released share with population=.',
        )
    if not isinstance(share, Released):
        raise InputError("A total does not stand alone.", "Release the share of the same column and cells, and pass it as share=.")
    check_people(share)
    other = _same_cell(released, row, share)
    est, of = released.estimate, share.estimate
    stands_for = float(of.points[other] * of.counts.weighted_n[other])
    people = shown(released, row)
    if of.points[other] in (0, 1) or not people.high > people.low:
        raise Refused("A total of nobody or of everybody has no interval.", "Give the released share with population= and source=.")
    factor = float(est.points[row]) / stands_for
    known = None if scaled.startswith("weights") else float(scaled.replace(",", ""))
    wrong = abs(factor - 1) > SAME if known is None else factor * np.nansum(of.counts.weighted_n) > known * (1 + SAME)
    if not counts_people(est) or wrong:
        raise InputError("This total is not the number of people that the share is the share of.", "Both are of one column of 0 and 1.")
    return people, shown(share, other)


def _same_cell(released: Released, row: int, share: Released) -> int:
    """The row of a share that is of the same column, people and survey as a total."""
    est, of = released.estimate, share.estimate
    names = ("variable", *est.cells.by)
    alike = est.cells.by == of.cells.by and of.statistic == "proportion"
    rows = [i for i in range(len(of)) if alike and all(of.cells.columns[c][i] == est.cells.columns[c][row] for c in names)]
    both = (est.provenance, of.provenance)
    same = all(getattr(both[0], part) == getattr(both[1], part) for part in ("population", "where", "design"))
    if len(rows) != 1 or not same:
        raise InputError("share= is not of the column, the people and the survey of the total.", "Estimate both alike, with one by=.")
    return chosen(share, rows[0])


def shown(released: Released, row: int) -> Number:
    """A number with its limits; of a table that was audited to be shown, as its readers see them."""
    est, how = released.estimate, released.publication
    value, low, high = (float(x[row]) for x in (est.points, est.interval.low, est.interval.high))
    if not low <= high:
        raise Refused("This number has no interval, so that a number of people would look more certain than it is.", "Say the share.")
    top = 1.0 if est.statistic == "proportion" else inf
    if how is None:
        return Number(value, max(low, 0.0), min(high, top))
    if not {"percent", "limits"} <= set(how.shows):
        raise Refused(
            "This table was audited to be shown without its shares or their limits, and a number of people would tell them.",
            'Release it with Publication(..., shows=["percent", "limits"]).',
        )
    cut, per = how.cut(est, np.zeros(len(est), dtype=np.bool_)), 100.0 if top == 1 else 1.0
    names = ("percent", "percent_low", "percent_high") if top == 1 else ("estimate", "low", "high")
    said, least, most = (float(cut[name][row]) / per for name in names)
    if (said in (0, 1)) != (value in (0, 1)):
        raise Refused("As it is shown, this share is nobody or everybody, which it is not.", "Release it with more decimals.")
    return Number(said, max(least, 0.0), min(most, top))
