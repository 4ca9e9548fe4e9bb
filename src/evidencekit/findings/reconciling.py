"""reconcile: why two published numbers differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidencekit.combining import has_design
from evidencekit.errors import InputError
from evidencekit.findings.basis import ASPECTS, Basis
from evidencekit.findings.stating import Finding

__all__ = ["Reason", "Reconciliation", "reconcile"]

EFFECTS = {
    "harm": "different things were asked about, so the numbers are of different things",
    "definition": "the same answers can give another number under another definition",
    "recall": "over a longer time more people have lived through something: a longer time gives a number that is no smaller",
    "age": "what happens to children changes with age",
    "denominator": "of a smaller group that it can happen to, the share is larger: among internet users, than among all",
    "mode": "people tell more or less depending on who asks and who may hear",
    "frame": "who could be drawn differs, and so may what they have lived through",
    "place": "the numbers are of different places",
    "time": "the numbers are of different times",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One aspect in which two numbers differ, or of which one says nothing."""

    aspect: str
    first: str
    second: str
    effect: str

    @property
    def known(self) -> bool:
        """Whether both say what theirs is."""
        return bool(self.first and self.second)

    def __str__(self) -> str:
        said = f"{ASPECTS[self.aspect]}: {self.first or 'not stated'} and {self.second or 'not stated'}"
        return f"{said}; {self.effect}" if self.known else f"{said}; find this out before you compare"


@dataclass(frozen=True, slots=True, repr=False)
class Reconciliation:
    """Why two numbers differ.

    Parameters
    ----------
    reasons : tuple of Reason
        Aspects that differ, and aspects that only one of them states.
    alike : tuple of str
        Aspects that both state, and state alike.
    unknown : tuple of str
        Aspects that neither states.
    sampling : str
        What chance can explain, where both numbers have an interval from a sample that was drawn.
    """

    reasons: tuple[Reason, ...]
    alike: tuple[str, ...]
    unknown: tuple[str, ...]
    sampling: str = ""

    @property
    def comparable(self) -> bool:
        """Whether nothing is known to differ and nothing is left to find out."""
        return not self.reasons and not self.unknown

    def __repr__(self) -> str:
        head = "Nothing that is stated tells these numbers apart." if not self.reasons else "These numbers differ, or may, in:"
        lines = [head, *(f"  {reason}" for reason in self.reasons)]
        lines += [f"  alike: {', '.join(ASPECTS[a] for a in self.alike)}"] if self.alike else []
        lines += [f"  neither states: {', '.join(ASPECTS[a] for a in self.unknown)}"] if self.unknown else []
        return "\n".join([*lines, *([f"  {self.sampling}"] if self.sampling else [])])


def reconcile(first: Finding | Basis, second: Finding | Basis) -> Reconciliation:
    """Explain why two numbers differ: in what was asked, of whom, over which time, how, where, when; and what chance can explain.

    Parameters
    ----------
    first, second : Finding or Basis
        Of a finding its basis; of a number that others published, the Basis that its report states.

    Returns
    -------
    Reconciliation

    Raises
    ------
    InputError
        Neither a Finding nor a Basis, or a Finding without one.

    Notes
    -----
    Whether chance can explain a difference is said of two findings only, and as from two samples that have nothing to do with each other:
    by the difference and its standard error. An effect is stated for its direction; no size is known for two surveys that are not at hand.

    Examples
    --------
    >>> from evidencekit.findings import Basis, reconcile
    >>> ours, theirs = Basis(harm="asked for an image", recall="past 12 months"), Basis(harm="asked for an image", recall="lifetime")
    >>> reconcile(ours, theirs).reasons[0].aspect
    'recall'
    """
    one, other = _basis(first), _basis(second)
    reasons, alike, unknown = list[Reason](), list[str](), list[str]()
    for aspect in ASPECTS:
        a, b = getattr(one, aspect), getattr(other, aspect)
        if not a and not b:
            unknown.append(aspect)
        elif a.casefold() == b.casefold():
            alike.append(aspect)
        else:
            reasons.append(Reason(aspect, a, b, EFFECTS[aspect]))
    both = isinstance(first, Finding) and isinstance(second, Finding)
    said = _sampling(first, second) if both else ""  # pyright: ignore[reportArgumentType]  # both are findings
    return Reconciliation(tuple(reasons), tuple(alike), tuple(unknown), said)


def _basis(given: object) -> Basis:
    if isinstance(given, Finding):
        if given.basis is None:
            raise InputError("The finding has no basis, so nothing is known of what it is of.", "Pass basis=ek.findings.Basis(...).")
        return given.basis
    if isinstance(given, Basis):
        return given
    raise InputError(f"reconcile() takes Findings or Basis, not a {type(given).__name__}.", "Of a published number, pass its Basis.")


def _sampling(first: Finding, second: Finding) -> str:
    """Whether two independent samples may differ as much as these by chance."""
    found = [(one.released.estimate, one.row) for one in (first, second)]
    if not all(has_design(est.inference) for est, _ in found):
        return "chance: not every number comes from a sample that was drawn, so nothing can be said of it"
    one, other = (float(est.points[row]) for est, row in found)
    error = float(np.sqrt(sum(est.covariance.variances[row] for est, row in found)))
    if not np.isfinite(error) or error == 0:
        return "chance: not known, since a standard error is not"
    near = abs(one - other) <= 1.96 * error
    return f"chance: two samples could{'' if near else ' hardly'} differ as much as these by it alone, if they are independent"
