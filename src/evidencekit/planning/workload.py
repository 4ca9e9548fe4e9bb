"""What a plan asks of a team and of services: days in the field, and children referred in a week."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evidencekit.errors import how_many
from evidencekit.planning.cards import Card
from evidencekit.planning.context import Context, Range
from evidencekit.planning.sizing import Sizing

__all__ = ["Workload", "workload"]

DAYS_A_WEEK = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Days and referrals.

    Parameters
    ----------
    days : float
        Of one interviewer.
    weeks : float or None
        Of the team in the field; None where nobody said how many interviewers there are.
    referrals : Range or None
        Children referred in all; None where children are not asked.
    capacity : Range or None
        How many the services take in a week.
    """

    days: float
    weeks: float | None
    referrals: Range | None
    capacity: Range | None

    @property
    def weeks_for_services(self) -> float | None:
        """The weeks over which the field must be spread so that services can take all who are referred."""
        if self.referrals is None or self.capacity is None or self.capacity.low == 0:
            return None
        weeks = self.referrals.high / self.capacity.low
        return weeks if math.isfinite(weeks) else None

    @property
    def over_capacity(self) -> bool | None:
        """Whether more are referred in a week than services can take; None where that is not known."""
        if self.referrals is None:
            return False
        if self.capacity is None:
            return None
        if self.capacity.low == 0:
            return True
        return None if self.weeks is None else self.referrals.high / max(self.weeks, 1.0) > self.capacity.low

    @property
    def says(self) -> tuple[str, ...]:
        """The workload in sentences."""
        out = [
            f"{how_many(math.ceil(self.days), 'day')} of an interviewer"
            + ("" if self.weeks is None else f", {how_many(math.ceil(self.weeks), 'week')} of the team")
        ]
        if self.referrals is not None:
            out.append(f"{math.floor(self.referrals.low):,} to {math.ceil(self.referrals.high):,} children referred")
        if self.over_capacity is not False and (needed := self.weeks_for_services):
            out.append(f"spread over {math.ceil(needed - 1e-9):,} weeks or more, so that the services can take all who are referred")
        return tuple(out)


def workload(sizing: Sizing, context: Context, card: Card) -> Workload:
    """What a plan asks."""
    team = context.middle("resources.interviewers") if context.has("resources.interviewers") else None
    weeks = None if team is None else sizing.days / (max(team, 1.0) * DAYS_A_WEEK)
    asked = card.respondents == "children"
    share = context.range("protection.referral_share")
    referred = Range(share.low * sizing.interviews, share.high * sizing.interviews) if asked else None
    capacity = context.protection.services_per_week
    return Workload(days=sizing.days, weeks=weeks, referrals=referred, capacity=capacity if isinstance(capacity, Range) else None)
