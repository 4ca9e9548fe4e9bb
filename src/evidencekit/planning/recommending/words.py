"""Words of a recommendation: classes, fields and numbers as a team says them."""

from __future__ import annotations

import math

from evidencekit.planning.context import Context, Range

__all__ = ["CLASS_WORDS", "answered", "between", "money", "noun", "number", "points"]

CLASS_WORDS = {
    "probability": "probability sample",
    "network": "sample through networks",
    "venue": "sample of venues",
    "model": "model",
    "administrative": "administrative records",
    "random-walk": "random walk",
    "quota": "quota sample",
    "self-selected-adjusted": "people who chose to answer, adjusted",
    "self-selected": "people who chose to answer",
}
_NOUNS = {
    "population.out_of_school": "the share out of school",
    "access.frame_age_years": "the age of the list of areas",
    "access.internet": "the share who use the internet",
    "access.eligible": "the share of households with one of them",
    "access.household_response": "the share of households that take part",
    "access.response": "the share of those drawn who answer",
    "outcome.p": "the share expected",
    "outcome.rho": "the intraclass correlation",
    "outcome.out_of_school_ratio": "how many times as frequent it is out of school",
    "outcome.offline_ratio": "how many times as frequent it is among those who are not online",
    "outcome.rse": "the relative standard error wanted",
    "outcome.groups": "the number of groups",
    "outcome.min_cases": "the cases that a group needs",
    "protection.referral_share": "the share referred",
    "protection.services_per_week": "what services take in a week",
    "resources.budget": "the budget",
    "resources.per_usd": "the worth of a US dollar",
    "resources.cost_psu": "the cost of reaching an area, school or venue",
    "resources.cost_listing": "the cost of listing an area",
    "resources.cost_screen": "the cost of a visit to a household",
    "resources.cost_interview": "the cost of an interview",
    "resources.cost_pupil": "the cost of asking a pupil in class",
    "resources.cost_online": "the cost of an answer from a panel",
    "resources.cost_file": "the cost of reading a case file",
}


def noun(context: Context, path: str) -> str:
    """A field of a context as a noun."""
    return _NOUNS.get(path, f'the answer to "{context.asked(path).asks}"')


def number(value: float) -> str:
    """Three digits, and thousands with commas."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def points(share: float) -> str:
    """A share as percentage points: one decimal, and two below a tenth of a point."""
    value = 100 * share
    return f"{value:.1f}" if value >= 0.1 or not value else f"{value:.2g}"


def between(error: Range) -> str:
    """A range of errors in points."""
    low, high = points(error.low), points(error.high)
    return f"{low} points" if low == high else f"{low} to {high} points"


def money(cost: Range, currency: str) -> str:
    """A range of money."""
    low, high = f"{math.ceil(cost.low - 1e-6):,}", f"{math.ceil(cost.high - 1e-6):,}"
    return f"{low if low == high else f'{low} to {high}'} {currency}".strip()


def answered(value: object) -> str:
    """An answer in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, (int, float)) else str(value)
