"""When each rule applies: from a context and a plan to yes, no, or not known."""

from __future__ import annotations

from evidencekit.planning.context import Context
from evidencekit.planning.plan import Plan
from evidencekit.planning.rules.reach import ONLINE, above, both, reached

MANY_IN_SCHOOL = 0.15  # out of school at most: R3
FEW_ONLINE = 0.6  # R4
OLD_FRAME = 10.0  # years: R6
LOW_CONSENT = 0.6  # who answers where parents must sign: R13
FEW_PSUS = 25.0  # in each group that is told apart: R14


def households(_: Context, plan: Plan) -> bool:
    """R1: people are asked in households."""
    return asks_people(plan) and "households" in reached(plan.card)


def harm_at_home(context: Context, plan: Plan) -> bool | None:
    """R2: children are asked where the person who did harm may live."""
    return both(households(context, plan), plan.card.respondents == "children", context.safety.perpetrator_may_live_in_home)


def misses_out_of_school(context: Context, plan: Plan) -> bool | None:
    """R3: schools, while some do not go."""
    return both("schools" in reached(plan.card), above(context, "population.out_of_school", 0.0) is not False)


def few_online(context: Context, plan: Plan) -> bool | None:
    """R4: fewer than 60 in 100 are online, and the number is not about internet users alone."""
    few = above(context, "access.internet", FEW_ONLINE)
    share = plan.card.estimand.measure == "prevalence" and asks_people(plan)
    return both(share, None if few is None else not few, context.population.internet_users_only is not True)


def opted_in(_: Context, plan: Plan) -> bool:
    """R5: people chose to answer."""
    return plan.inference in ONLINE or "online" in reached(plan.card)


def old_frame(context: Context, plan: Plan) -> bool | None:
    """R6: areas from no list, or from a census of more than ten years ago."""
    frame = context.access.household_frame
    needs = any(one.field == "access.household_frame" for one in plan.card.requires) or plan.inference == "random-walk"
    old = {"none": True, "gridded": False, "census": above(context, "access.frame_age_years", OLD_FRAME), None: None}
    return both(needs, old[frame])


def walked(_: Context, plan: Plan) -> bool:
    """R7: households found by walking."""
    return plan.inference == "random-walk"


def drawn_by_hand(context: Context, plan: Plan) -> bool | None:
    """R8: no tablet draws the child."""
    tablets = context.resources.tablets
    return both(households(context, plan), None if tablets is None else not tablets)


def hides_in_networks(context: Context, plan: Plan) -> bool | None:
    """R9: they hide and know one another, or the plan is by networks."""
    if "networks" in reached(plan.card):
        return True
    if not asks_people(plan):
        return False
    return both(context.population.hidden, context.population.networked)


def meets_at_venues(context: Context, plan: Plan) -> bool | None:
    """R10: venues are sampled, or a hidden group meets at some."""
    if "venues" in reached(plan.card):
        return True
    return both(asks_people(plan), context.population.hidden, context.access.venues)


def size_not_known(context: Context, plan: Plan) -> bool | None:
    """R11: a hidden group whose number nobody knows, beside a survey of all."""
    general = plan.inference == "probability" and asks_people(plan)
    return both(general, not context.has("population.size"), context.population.hidden)


def said_aloud(context: Context, plan: Plan) -> bool | None:
    """R12: hard to say, and no tablet to say it to."""
    tablets = context.resources.tablets
    here = asks_people(plan) and "online" not in reached(plan.card)
    return both(here, context.outcome.sensitive, None if tablets is None else not tablets)


def parents_sign(context: Context, plan: Plan) -> bool | None:
    """R13: parents must sign at schools, and more are expected to answer than then do."""
    consent = context.protection.parental_consent
    many = context.range("access.response").high > LOW_CONSENT
    return both("schools" in reached(plan.card), many, None if consent is None else consent == "required")


def few_clusters(context: Context, plan: Plan) -> bool:
    """R14: fewer than 25 clusters in each group that is to be shown, where groups are places."""
    groups = context.range("outcome.groups").high
    return plan.card.coverage is not None and 0 < plan.sizing.psus < min(plan.sizing.interviews, FEW_PSUS * groups)


def few_cases(context: Context, plan: Plan) -> bool:
    """R15: fewer cases in a group than it needs to be shown."""
    return plan.sizing.cases / context.range("outcome.groups").high < context.range("outcome.min_cases").high


def trend(context: Context, _: Plan) -> bool:
    """R16: it is to be compared with another round."""
    return context.outcome.trend is True


def languages(context: Context, plan: Plan) -> bool:
    """R17: people answer in several languages."""
    return asks_people(plan) and len(context.resources.languages) > 1


def substitution(context: Context, plan: Plan) -> bool:
    """R18: who does not take part is to be replaced."""
    return asks_people(plan) and context.access.substitution is True


def asks_people(plan: Plan) -> bool:
    """Whether it asks anybody."""
    return plan.card.respondents != "records"
