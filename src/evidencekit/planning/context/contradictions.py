"""What cannot be true at once in a context: no plan is made from answers that exclude each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidencekit.errors import InputError
from evidencekit.planning.context.ranges import Range, range_of

if TYPE_CHECKING:
    from evidencekit.planning.context.context import Context

__all__ = ["check"]


def check(context: Context) -> None:
    """Refuse a context that contradicts itself, with what contradicts what."""
    found = contradictions(context)
    if found:
        raise InputError(f"This context contradicts itself: {'; '.join(found)}.", "Correct one of the two; leave out what is not known.")


def contradictions(context: Context) -> list[str]:
    """A line for each pair of answers that exclude each other."""
    population, access, safety, spend = context.population, context.access, context.safety, context.resources
    prices = [context[path] for path in context.paths if path.startswith("resources.cost_")] + [spend.budget]
    youngest, oldest = _ends(context, "population.age_min"), _ends(context, "population.age_max")
    pairs = {
        "population.age_min is above population.age_max": context.has("population.age_min")
        and context.has("population.age_max")
        and youngest.low > oldest.high,
        "population.offenders, and population.age_max below 18: only adults are asked about offending": population.offenders is True
        and oldest.high < 18,
        'access.household_frame is "none", and access.frame_age_years is given': access.household_frame == "none"
        and access.frame_age_years is not None,
        "population.internet_users_only, and access.internet is 0": population.internet_users_only is True
        and access.internet is not None
        and _ends(context, "access.internet").high == 0,
        "access.schools_willing, and no access.school_frame": access.schools_willing is True and access.school_frame is False,
        "safety.remote_only, and access.listing_affordable: nobody can be sent to list households": safety.remote_only is True
        and access.listing_affordable is True,
        "resources has costs or a budget and no currency: a number of money needs its unit": any(x is not None for x in prices)
        and not spend.currency,
        "resources.per_usd is not 1, and resources.currency is the US dollar": spend.dollars
        and spend.per_usd is not None
        and _ends(context, "resources.per_usd") != Range(1.0, 1.0),
        "population.out_of_school is 1, and access.schools_willing": access.schools_willing is True
        and population.out_of_school is not None
        and _ends(context, "population.out_of_school").low == 1,
        "protection.referral_path, and protection.services_per_week is 0": context.protection.referral_path is True
        and context.protection.services_per_week is not None
        and _ends(context, "protection.services_per_week").high == 0,
    }
    return [words for words, holds in pairs.items() if holds]


def _ends(context: Context, path: str) -> Range:
    """A number's ends; without any where nothing was answered."""
    given = context[path]
    return given if isinstance(given, Range) else Range(0.0, 1e9) if given is None else range_of(given)
