"""Card: what a method estimates and cannot, what it needs, where it errs, how it is done in the field, and where that is from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evidencekit.errors import InputError
from evidencekit.planning.cards.conditions import Condition

__all__ = [
    "RESPONDENTS",
    "Assumption",
    "BiasPrior",
    "Card",
    "Change",
    "Estimand",
    "Estimator",
    "FieldProcedure",
    "Reference",
    "Release",
]

ADULT = 18  # years
TOGETHER = 6  # fields: a plan looks at every combination of what they may turn out to be
Respondents = Literal["children", "adults", "records"]
RESPONDENTS: tuple[Respondents, ...] = ("children", "adults", "records")


@dataclass(frozen=True, slots=True)
class Estimand:
    """`measure` is the code that simulation and analysis share; `estimates` and `cannot` say in words whom the number speaks for."""

    measure: str
    estimates: str
    cannot: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is taken for true, how it is checked, and what follows where it is not so."""

    says: str
    check: str
    if_not: str


@dataclass(frozen=True, slots=True)
class BiasPrior:
    """How far the method is off where it is done well.

    Parameters
    ----------
    name : str
        Of the bias.
    low, high : float
        Its ends: in ``"points"`` what is added to a share, in ``"times"`` what the share is multiplied by.
    unit : {"points", "times"}
        Which of the two.
    source : str
        Where that is from; ``"assumption"`` where it is nobody's finding.
    status : {"read", "secondary", "assumption"}
        Whether that source was read.
    when : tuple of Condition
        In which contexts it counts; always without.
    """

    name: str
    low: float
    high: float
    unit: Literal["points", "times"]
    source: str
    status: Literal["read", "secondary", "assumption"]
    when: tuple[Condition, ...] = ()

    def at(self, p: float) -> tuple[float, float]:
        """Its ends for a share `p`, as what is added to it."""
        return (self.low, self.high) if self.unit == "points" else ((self.low - 1) * p, (self.high - 1) * p)


@dataclass(frozen=True, slots=True)
class FieldProcedure:
    """The steps in the field, the columns of the record sheet, and how a contact may end."""

    steps: tuple[str, ...]
    record: tuple[str, ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Estimator:
    """What to estimate with, how its variance is got, and what must not be used."""

    recommended: str
    variance: str
    forbidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """What to watch when numbers go out."""

    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A source; `status` says whether it was read or is known from another that cites it."""

    text: str
    status: Literal["read", "secondary"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a version brought."""

    version: str
    date: str
    what: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Card:
    """What a method says of itself; the field names are those of ``card.toml``.

    `coverage` is the share of intervals that must hold the truth on the method's own simulator where nothing but chance errs, and None
    where the method gives no interval.

    Parameters
    ----------
    name, version, title : str
        The folder of the method, its version, and what people call it.
    inference : str
        The class of inference of its numbers.
    respondents : str
        Who answers.
    minimum_age : int
        Of those who answer.
    status : {"reviewed", "experimental"}
        Whether somebody else has looked at it.
    authors : tuple of str
        Who wrote it.
    reviewed : str
        When and by whom.
    estimand : Estimand
        What it estimates and what it cannot.
    requires, refuses_if : tuple of Condition
        What has to be so, and what keeps it from being used.
    assumptions : tuple of Assumption
        What it takes for true.
    bias : tuple of BiasPrior
        How far off it may be.
    cost_counts : tuple of str
        What its costs are made of.
    safety, consent : tuple of str
        What protects those who are asked, and how they agree.
    field : FieldProcedure
        What is done in the field.
    estimator : Estimator
        How numbers are worked out.
    disclosure : Release
        What to look at before numbers are shown.
    references : tuple of Reference
        What it rests on.
    changelog : tuple of Change
        What changed.
    coverage : float or None
        The share of intervals that must hold the truth on its own simulator.
    """

    name: str
    version: str
    title: str
    inference: str
    respondents: Respondents
    minimum_age: int
    status: Literal["reviewed", "experimental"]
    authors: tuple[str, ...]
    reviewed: str
    estimand: Estimand
    requires: tuple[Condition, ...]
    refuses_if: tuple[Condition, ...]
    assumptions: tuple[Assumption, ...]
    bias: tuple[BiasPrior, ...]
    cost_counts: tuple[str, ...]
    safety: tuple[str, ...]
    consent: tuple[str, ...]
    field: FieldProcedure
    estimator: Estimator
    disclosure: Release
    references: tuple[Reference, ...]
    changelog: tuple[Change, ...]
    coverage: float | None

    def __post_init__(self) -> None:
        """Refuse a card that calls children adults, on which gates depend, or with which no plan would come to an end."""
        if self.respondents == "adults" and self.minimum_age < ADULT:
            raise InputError(
                f"A card whose respondents are adults asks some below {ADULT}.", 'respondents = "children", or minimum_age = 18.'
            )

        fields = {when.field for one in self.bias for when in one.when}
        if len(fields) > TOGETHER:
            raise InputError(
                f"The biases of a card hang on {len(fields)} fields of a context, more than {TOGETHER}.",
                "Every combination of their answers is looked at: leave out those that change little.",
            )

    def __repr__(self) -> str:
        return "\n".join(
            [
                f"Card: {self.name} {self.version}: {self.title} ({self.inference}, {self.status})",
                f"  estimates {self.estimand.estimates}",
                f"  cannot: {self.estimand.cannot}",
                *(f"  requires {one.says}: {one.why}" for one in self.requires),
                *(f"  not where {one.says}: {one.why}" for one in self.refuses_if),
            ]
        )
