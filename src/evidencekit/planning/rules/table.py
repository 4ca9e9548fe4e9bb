"""The rules R1 to R18: what each warns of, where it is from, and how much it weighs."""

from __future__ import annotations

import math

from evidencekit.planning.context import Context
from evidencekit.planning.plan import Plan
from evidencekit.planning.rules import conditions as when
from evidencekit.planning.rules.rule import Rule

__all__ = ["RULES"]


def _hundred(share: float) -> str:
    return f"{100 * share:.0f} in 100"


def _school(context: Context, _: Plan) -> str:
    out = context.range("population.out_of_school")
    few = "Schools reach nearly all, and still miss" if out.high <= when.MANY_IN_SCHOOL else "It misses"
    missed = _hundred(out.high) if _hundred(out.low) == _hundred(out.high) else f"{100 * out.low:.0f} to {_hundred(out.high)}"
    return f"{few} those out of school, {missed}: how much more frequent it is among them decides how far the number is off."


def _clusters(context: Context, plan: Plan) -> str:
    groups = context.range("outcome.groups").high
    return (
        f"Where the {groups:.0f} groups are places, each has some {math.floor(plan.sizing.psus / groups):,} clusters, fewer than 25: "
        "show with each interval its degrees of freedom (clusters less strata), or show fewer places."
    )


def _cases(context: Context, plan: Plan) -> str:
    groups, needed = context.range("outcome.groups").high, context.range("outcome.min_cases").high
    return (
        f"Some {math.floor(plan.sizing.cases / groups):,} cases are expected in each of {groups:.0f} groups, and {needed:.0f} are needed "
        "to show one: promise no such number, or plan to merge groups or rounds."
    )


RULES: tuple[Rule, ...] = (
    Rule(
        id="R1",
        about="one respondent in a household",
        holds=when.households,
        says="Ask one person in each household, drawn by random number among those eligible, and weight by how many they are.",
        source="Guide to DHS Statistics, chapter 17, after WHO (2001), Putting Women First",
        status="read",
        weight=60,
    ),
    Rule(
        id="R2",
        about="harm at home",
        holds=when.harm_at_home,
        says="Give the study a neutral name at the door, never ask a caregiver and a child of one household about harm, and ask girls and "
        "boys in different areas, so that nobody at home can tell what was asked.",
        asks=("safety.perpetrator_may_live_in_home",),
        source="WHO (2001), Putting Women First; Violence Against Children and Youth Surveys, areas split by sex",
        status="secondary",
        weight=95,
    ),
    Rule(
        id="R3",
        about="who is out of school",
        holds=when.misses_out_of_school,
        says=_school,
        asks=("population.out_of_school", "outcome.out_of_school_ratio"),
        source="Global School-based Student Health Survey; Meinck et al. (2016), WHO Regional Office for Europe; arithmetic",
        status="secondary",
        weight=75,
    ),
    Rule(
        id="R4",
        about="who is online",
        holds=when.few_online,
        says="Fewer than 60 in 100 use the internet: find them by listing households, and show the share of all children and the share of "
        "internet users apart.",
        asks=("access.internet",),
        source="Global Kids Online, method guide 3",
        status="secondary",
        weight=55,
        lead="If few do:",
    ),
    Rule(
        id="R5",
        about="who chose to answer",
        holds=when.opted_in,
        says="Never let it stand alone for a prevalence: where 5 in 100 answer in bad faith and half of them say yes, 2.5 points of the "
        "number are theirs. Use it beside a sample, and on devices that nobody shares.",
        source="Pew Research Center (2020), Assessing the Risks to Online Polls From Bogus Respondents: 4 to 7 in 100; arithmetic",
        status="read",
        weight=88,
    ),
    Rule(
        id="R6",
        about="an old list of areas",
        holds=when.old_frame,
        says="Draw areas from a gridded list instead of one that is missing or more than ten years old, count each drawn area again, and "
        "draw more in towns that grew.",
        asks=("access.household_frame", "access.frame_age_years"),
        source="Thomson et al. (2020), International Journal of Health Geographics 19, 34: 43 gridded surveys in 29 countries",
        status="read",
        weight=70,
        lead="If there is none, or an old one:",
    ),
    Rule(
        id="R7",
        about="a random walk",
        holds=when.walked,
        says="Nobody knows the chance of a household on a walk: its number has no interval, and its variance may be 1.2 to 2 times as "
        "large. List a segment of each area on the spot instead, or record every door counted from a random start.",
        source="Bauer (2016), random route samples; Cross-Cultural Survey Guidelines; the range of variance is an assumption",
        status="secondary",
        weight=90,
    ),
    Rule(
        id="R8",
        about="drawing within a household",
        holds=when.drawn_by_hand,
        says="Without a tablet that draws, use a printed table of random numbers before a Kish grid, and that before the last birthday; "
        "write down how many were eligible.",
        asks=("resources.tablets",),
        source="Nemeth, on Kish grids; European Survey Research Association (2025), on birthdays",
        status="secondary",
        weight=40,
        lead="",
    ),
    Rule(
        id="R9",
        about="a hidden group that knows itself",
        holds=when.hides_in_networks,
        says="Those who hide and know one another are found through each other (respondent-driven sampling): plan with a design effect of "
        "4, at least eight seeds of different kinds, two or three coupons each, and ask how many they know. Nobody below 15 brings others.",
        asks=("population.hidden", "population.networked"),
        source="Wejnert et al. (2012), AIDS and Behavior 16: 4, for 2 in Salganik (2006); seeds, coupons and the age are assumptions",
        status="read",
        weight=65,
    ),
    Rule(
        id="R10",
        about="a group that meets at places",
        holds=when.meets_at_venues,
        says="Places and times are drawn in proportion to how many come; count them, write down refusals and who was asked before, and "
        "weight by how often each comes: those who never come are missed.",
        asks=("population.hidden", "access.venues"),
        source="Resource guide on time-location sampling (2010); FHI, guidelines for repeated behavioural surveys",
        status="secondary",
        weight=65,
    ),
    Rule(
        id="R11",
        about="how many there are",
        holds=when.size_not_known,
        says="Where only their number is wanted, a few questions about people known to those asked (network scale-up), or lists that "
        "overlap (capture and recapture), give it beside this survey.",
        asks=("population.hidden", "population.size"),
        source="this project",
        status="assumption",
        weight=20,
        lead="If they do, and nobody knows their number:",
    ),
    Rule(
        id="R12",
        about="what is hard to say aloud",
        holds=when.said_aloud,
        says="Let people answer by themselves, in a sealed envelope or on a tablet with earphones: in an interview 13 in 100 of those who "
        "said yes in an envelope said it, and fewer boys. Interview only beside a part that shows the gap.",
        asks=("outcome.sensitive", "resources.tablets"),
        source="Barr et al. (2017), BMC International Health and Human Rights 17, 4",
        status="read",
        weight=85,
        lead="If it is hard to say, and they cannot:",
    ),
    Rule(
        id="R13",
        about="parents who must sign",
        holds=when.parents_sign,
        says="Where parents must sign, plan for 35 to 60 in 100 pupils who take part, not 80, and for more interviews: schools become more "
        "alike inside, and those who are missing differ.",
        asks=("protection.parental_consent",),
        source="White, Hill and Effendi (2004), Evaluation Review 28: 60 against 80 in 100 of younger pupils; 35 is from another study",
        status="read",
        weight=72,
        lead="",
    ),
    Rule(
        id="R14",
        about="few clusters",
        holds=when.few_clusters,
        says=_clusters,
        source="FHI, guidelines for repeated behavioural surveys: 30 clusters or more; this project",
        status="secondary",
        weight=45,
    ),
    Rule(
        id="R15",
        about="few cases",
        holds=when.few_cases,
        says=_cases,
        source="this project; arithmetic",
        status="assumption",
        weight=68,
    ),
    Rule(
        id="R16",
        about="a trend",
        holds=when.trend,
        says="For a comparison of rounds keep part of the clusters, and the same questions and way of asking: interviews fall by twice the "
        "correlation times the part kept.",
        source="arithmetic: the variance of a difference of two samples that overlap",
        status="assumption",
        weight=35,
    ),
    Rule(
        id="R17",
        about="several languages",
        holds=when.languages,
        says="Make languages strata, or match interviewers to them, and count a team for each.",
        source="this project",
        status="assumption",
        weight=30,
    ),
    Rule(
        id="R18",
        about="substitution",
        holds=when.substitution,
        says="Replace nobody: whoever is easy to find would stand for who is not. Release further random parts of the sample in their "
        "order, and count everyone released among those invited.",
        source="practice of MICS and DHS",
        status="secondary",
        weight=80,
    ),
)
