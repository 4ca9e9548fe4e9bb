"""What keeps a finding from being remembered and acted on: rules that are passed or not, each with its reason. There is no score.

M1 to M11 ask of the headline what can be computed and makes numbers easier to keep: one number, small and sayable, few and plain words, a
picture that counts the same. Whether people remember it only a test with people can tell. A1 to A7 ask of the action what somebody could be
held to, and C1 whether the finding stands alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from evidencekit.findings.picturing import as_icons
from evidencekit.findings.register.mentions import mentions
from evidencekit.rendering.text import text_table

if TYPE_CHECKING:
    from evidencekit.findings.stating import Finding

__all__ = ["ACTORS", "Check", "Checklist", "checked"]

MOST_WORDS = 20
GRADE = 10.0  # Kincaid's reading grade, which is rough for one sentence: a headline above it has long words in a long line
SYLLABLES = re.compile(r"[aeiouy]+")
JARGON = ("prevalence", "respondents", "weighted", "perpetrat", "OCSEA", "CSAM", "TF-CSEA", "ICT", "n=", "incidence", "victimization")
ACTORS = (
    *("government", "ministry", "ministries", "minister", "parliament", "regulator", "commission", "council", "authorit", "department"),
    *("police", "prosecutor", "court", "judge", "probation", "school", "teacher", "universit", "hospital", "clinic", "health", "nurse"),
    *("social worker", "welfare", "helpline", "hotline", "service", "compan", "platform", "provider", "operator", "bank", "industry"),
    *("parent", "caregiver", "famil", "communit", "organisation", "organization", "association", "foundation", "agency", "agencies"),
    *("donor", "funder", "media", "journalist", "union", "network", "coalition", "office", "team"),
)
PASSIVE = ("be ", "been ", "is ", "are ", "should be ", "must be ", "to be ")
EXPOSES = re.compile(
    r"\b(?:publish|post|share|show|name|identify|expose)\b.{0,40}\b(?:victim|survivor|child|children|image|photo|name)"
    r"|\binterview\b.{0,30}\b(?:victim|survivor)|\bconfront\b|\bpose as\b",
    re.IGNORECASE,
)
VAGUE = re.compile(r"\b(?:soon|asap|immediately|in future|in the future|ongoing|as possible)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: its name, whether it is kept, what it asks, and what to do where it is not."""

    rule: str
    kept: bool
    asks: str
    do: str


@dataclass(frozen=True, slots=True, repr=False)
class Checklist:
    """All rules in order.

    Parameters
    ----------
    checks : tuple of Check
        One a rule, in order.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> words = ek.findings.Words(did="were sent unwanted sexual messages", recall="in the past 12 months")
    >>> found = ek.finding(ek.release(ek.proportion(survey, "any_contact_unwanted")), words=words).check()
    >>> [check.rule for check in found.open]
    ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'C1']
    """

    checks: tuple[Check, ...]

    @property
    def open(self) -> tuple[Check, ...]:
        """Those that are not kept."""
        return tuple(one for one in self.checks if not one.kept)

    def __repr__(self) -> str:
        if not self.open:
            return f"Nothing keeps this finding from being used: {len(self.checks)} rules are kept."
        rows = [[_span(same), "; ".join(one.asks for one in same), do] for do, same in ((k, list(v)) for k, v in groupby(self.open, _do))]
        return f"{len(self.checks) - len(self.open)} of {len(self.checks)} rules are kept; open:\n" + text_table(
            ["rule", "asks", "do"], rows, limit=30
        )


def _do(one: Check) -> str:
    return one.do


def _span(same: list[Check]) -> str:
    """Rules one after the other that ask for the same thing to be done, in one line."""
    return same[0].rule if len(same) == 1 else f"{same[0].rule} to {same[-1].rule}"


def checked(find: Finding) -> Checklist:
    """Hold a finding to every rule."""
    return Checklist((*_memorable(find), *_actionable(find), _beside(find)))


def _memorable(find: Finding) -> list[Check]:
    said, words = find.headline(), find.words
    phrase, count = find.phrase, len(replace(find, basis=None).headline().split())  # place and time at its end are not counted
    numbers = [one for one in mentions(said) if one.kind not in ("word", "duration")]
    jargon = next((one for one in JARGON if one.casefold() in said.casefold()), None)
    when = bool(words and words.recall) or bool(find.basis and (find.basis.time or find.basis.recall))
    who = bool((words and (words.people or words.groups)) or find.released.estimate.provenance.population)
    low = float(find.released.estimate.interval.low[find.row])
    flagged = find.released.status[find.row] == "uncertain"
    uncertain = "Its profile flags it as uncertain: ask about a larger group." if flagged else "Say that no interval can be given, and why."
    return [
        Check("M1", len(numbers) == 1, "one number in the headline", "Say one number, and the others below it."),
        Check("M2", phrase is not None, "a fraction people can say", "No fraction fits the interval: the percentage stands."),
        Check("M3", count <= MOST_WORDS, f"at most {MOST_WORDS} words", f"It has {count}: shorten people=, did= or recall= of its Words."),
        Check("M4", words is not None, "a sentence, not a label", "Pass words=ek.findings.Words(did=..., people=..., recall=...)."),
        Check("M5", phrase is None or phrase.y <= 1000, "a denominator that can be pictured", "Say it beside something as rare."),
        Check("M6", jargon is None, "no jargon and no short forms", "Write it as you would say it to a neighbour."),
        Check("M7", _grade(said) <= GRADE, "plain words (reading grade, English)", "Use shorter words, or a shorter sentence."),
        Check("M8", as_icons(find.released, find.row), "a picture that counts the same", 'Use picture("dots") instead of icons.'),
        Check("M9", who and when, "who, and when", "Name people= and recall= in its Words, or time= in its Basis."),
        Check("M10", bool(np.isfinite(low)) and not flagged, "how uncertain it is", uncertain),
        Check("M11", "." not in (phrase.text if phrase else find.percent), "no decimals, nothing to work out", "Round in the text."),
    ]


def _actionable(find: Finding) -> list[Check]:
    act = find.action
    if act is None:
        fix = "Pass action=ek.Action(actor=..., act=..., deadline=..., marker=...)."
        asks = ("somebody named", "a verb", "a sign that moves", "how sure it works", "a date", "what would change the decision")
        return [Check(f"A{k}", False, what, fix) for k, what in enumerate(asks, 1)]
    known = any(one in act.actor.casefold() for one in ACTORS)
    active = not act.act.casefold().startswith(PASSIVE) and " by " not in f" {act.act.casefold()} "
    dated = any(c.isdigit() for c in act.deadline) and not VAGUE.search(act.deadline)
    return [
        Check("A1", known, "somebody who can act", "Name an office, a service, a company or a group: who is it exactly?"),
        Check("A2", active, "a verb, in the active voice", "Begin with what they do: require, teach, pay for, remove."),
        Check(
            "A3",
            bool(act.indicator),
            "a sign that moves when it is done",
            "Name the indicator that the marker is: indicator= of the Action.",
        ),
        Check("A4", act.evidence != "not graded", "how sure it is that it works", "Grade the evidence: evidence= of the Action."),
        Check("A5", dated, "a date", "Give a year or a day."),
        Check("A6", bool(act.threshold), "what value would change the decision", "Say it: threshold= of the Action."),
        Check(
            "A7", not EXPOSES.search(act.act), "nothing that exposes a child", "Ask for something that needs no child to be shown or named."
        ),
    ]


def _beside(find: Finding) -> Check:
    alone = find.topic == "harm" and find.counterpart is None
    fix = "Set a finding on those who offend, what deters them, or help beside it: counterpart= of finding()."
    return Check("C1", not alone, "harm does not stand alone", fix)


def _grade(sentence: str) -> float:
    """Kincaid's grade of one sentence (Kincaid et al., 1975): 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    words = [w for w in re.findall(r"[A-Za-z]+", sentence) if len(w) > 1]
    if not words:
        return 0.0
    syllables = sum(max(len(SYLLABLES.findall(w.casefold().removesuffix("e"))), 1) for w in words)
    return 0.39 * len(words) + 11.8 * syllables / len(words) - 15.59
