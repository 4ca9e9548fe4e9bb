"""Inference classes in their order: what numbers say of a population, and of which numbers intervals may be made."""

from __future__ import annotations

from typing import TypeVar

from evidencekit.estimate import Estimate

__all__ = ["CLASSES", "has_design", "unit_of", "weakest"]

Class = TypeVar("Class", bound=str)
# From what says most about a population to what says least.
CLASSES = (
    "probability",
    "network",
    "venue",
    "model",
    "administrative",
    "random-walk",
    "quota",
    "self-selected-adjusted",
    "self-selected",
)
DESIGNED = ("probability", "venue")
UNIT, OF_PEOPLE = "unit of analysis", "a respondent"  # how tables of records and of choices say what they are of


def has_design(inference: str) -> bool:
    """Whether chances were known to those who drew the sample, so that its numbers have intervals and totals: whomever they speak for.

    Parameters
    ----------
    inference : str
        The class of an Estimate: ``estimate.inference``.

    Returns
    -------
    bool

    Examples
    --------
    >>> from evidencekit.combining import has_design
    >>> has_design("probability"), has_design("self-selected")
    (True, False)
    """
    return inference in DESIGNED


def weakest(*classes: Class) -> Class:
    """The class that says least about a population; one that nobody knows says less than any.

    Parameters
    ----------
    *classes : str
        Classes of inference, one or more.

    Returns
    -------
    str
        One of them.

    Examples
    --------
    >>> from evidencekit.combining import weakest
    >>> weakest("probability", "self-selected")
    'self-selected'
    """
    return max(classes, key=lambda inference: CLASSES.index(inference) if inference in CLASSES else len(CLASSES))


def unit_of(est: Estimate) -> str:
    """What the numbers are of where that is not people: ``"one incident; ..."`` of a child table; empty where they are of people."""
    unit = dict(est.provenance.policies).get(UNIT, "")
    return "" if unit.startswith(OF_PEOPLE) else unit
