"""Rule: something to warn of in a plan, or to ask first; the first three by weight stand beside the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from evidencekit.planning.context import Context
from evidencekit.planning.plan import Plan

__all__ = ["Caution", "Rule", "cautions_of"]

LESS = 30  # by so much a question weighs less than the warning it may become


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Parameters
    ----------
    id : str
        As ``"R7"``.
    about : str
        What it is about, in a few words.
    holds : callable
        From a context and a plan: True (it warns), False (it does not apply), None (that is not known, and it asks).
    says : str or callable
        What it warns of: words, or what makes them from the context and the plan.
    asks : tuple of str
        The fields of a context that decide it.
    source : str
        Where it is from.
    status : {"read", "secondary", "assumption"}
        Whether that source was read (its abstract, where no more is taken from it).
    weight : int
        Which warnings come first: from 0 to 100. Harm to people weighs more than a wrong number, and that more than a wide interval.
    lead : str
        Between the questions of a rule that asks and what it warns of: to which answer that belongs. Empty where `says` begins with it.
    """

    id: str
    about: str
    holds: Callable[[Context, Plan], bool | None]
    says: str | Callable[[Context, Plan], str]
    asks: tuple[str, ...] = ()
    source: str
    status: Literal["read", "secondary", "assumption"]
    weight: int
    lead: str = "If it is so:"

    def __repr__(self) -> str:
        return f"Rule {self.id}: {self.about} ({self.source})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """What a rule says of a plan, or what it has to know first.

    Parameters
    ----------
    rule : str
        The id of the rule.
    says : str
        What it says of the plan.
    source : str
        Where that is from.
    weight : int
        How much it matters beside others.
    known : bool
        False where it asks.
    asks : tuple of str
        What has to be known.
    """

    rule: str
    says: str
    source: str
    weight: int
    known: bool
    asks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.says} [{self.rule}]"


def cautions_of(rules: Iterable[Rule], context: Context, plan: Plan) -> tuple[Caution, ...]:
    """What rules say of a plan, from the heaviest, in one order always; a question weighs less than a warning."""
    found: list[Caution] = []
    for rule in rules:
        holds = rule.holds(context, plan)
        if holds is False:
            continue
        words = rule.says if isinstance(rule.says, str) else rule.says(context, plan)
        asks = () if holds else tuple(path for path in rule.asks if not _one(context, path))
        after = f"{rule.lead} {words[:1].lower()}{words[1:]}" if rule.lead else words
        says = words if holds else f"{' '.join(context.asked(path).asks for path in asks)} {after}"
        found.append(
            Caution(rule=rule.id, says=says, source=f"{rule.source} ({rule.status})", weight=rule.weight, known=bool(holds), asks=asks)
        )
    return tuple(sorted(found, key=lambda one: (-one.weight + LESS * (not one.known), int(one.rule[1:]))))


def _one(context: Context, path: str) -> bool:
    """Whether a field has one answer."""
    asked = context.asked(path)
    if asked.kind in ("share", "number"):
        return context.has(path) and context.range(path).known
    return context.has(path)
