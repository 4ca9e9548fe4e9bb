"""What it costs to ask indirectly: list experiments, randomised response, crosswise and unrelated questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evidencekit.errors import InputError, one_of
from evidencekit.sampling.sizing.checks import normal, number, one_target, population_size, positive, share
from evidencekit.sampling.sizing.sizes import SampleSize, finite, told

__all__ = ["IndirectQuestion", "break_even", "indirect_penalty", "n_for_indirect"]

_KINDS = ("list", "warner", "crosswise", "forced", "unrelated")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndirectQuestion:
    """A way of asking that does not show what someone answered.

    Parameters
    ----------
    kind : {"list", "warner", "crosswise", "forced", "unrelated"}
        List experiment; Warner's randomised response; crosswise model; forced response; unrelated question of known prevalence.
    chance : float, optional
        Warner: of being asked the sensitive statement, not its opposite. Crosswise: share with the innocent trait. Forced, unrelated: of
        being asked the sensitive question.
    other : float, optional
        Forced: the chance of being told to say yes. Unrelated: the share for whom the unrelated question is true.
    control_variance : float, optional
        List: variance of the count of the control items.
    control_covariance : float
        List: covariance of that count with the sensitive item.

    Raises
    ------
    InputError
        A number the kind needs is missing, one it has no use for is given, or a chance that tells nothing (a half).

    Examples
    --------
    >>> from evidencekit.sampling import IndirectQuestion, indirect_penalty
    >>> round(indirect_penalty(IndirectQuestion(kind="crosswise", chance=0.25), 0.05), 1)
    16.8
    """

    kind: Literal["list", "warner", "crosswise", "forced", "unrelated"]
    chance: float | None = None
    other: float | None = None
    control_variance: float | None = None
    control_covariance: float = 0.0

    def __post_init__(self) -> None:
        one_of("kind", self.kind, _KINDS)
        needs = {"list": {"control_variance"}, "warner": {"chance"}, "crosswise": {"chance"}}.get(self.kind, {"chance", "other"})
        given = {k for k in ("chance", "other", "control_variance") if getattr(self, k) is not None}
        given |= {"control_covariance"} if self.control_covariance != 0 and self.kind != "list" else set()
        if given != needs:
            names = " and ".join(f"{name}=" for name in sorted(needs))
            raise InputError(f"A question of kind {self.kind!r} takes {names}.", "Pass these and no others.")
        if self.kind == "list":
            positive("control_variance", self.control_variance)
            number("control_covariance", self.control_covariance)
            return
        chance = share("chance", self.chance)
        if "other" in needs:
            other = share("other", self.other)
            if self.kind == "forced" and chance + other > 1:
                raise InputError("The chances of a question and of a forced yes are more than 1 together.", "What is left is a forced no.")
        elif chance == 0.5:
            raise InputError("chance=0.5 makes every answer as likely: nothing can be learned from it.", "Take 0.2 or 0.8, for example.")


def indirect_penalty(question: IndirectQuestion, p: float) -> float:
    """How many times more interviews than a direct question an indirect one needs, if everyone tells the truth to both.

    Parameters
    ----------
    question : IndirectQuestion
        How it is asked.
    p : float
        The proportion expected.

    Returns
    -------
    float
        Variance over ``p (1 - p)``.

    Raises
    ------
    InputError
        A proportion outside 0 to 1.

    Notes
    -----
    n times the variance, with l the share that says yes: Warner and crosswise ``l (1 - l) / (2 chance - 1)^2``; forced
    ``l (1 - l) / chance^2``, ``l = chance p + other``; unrelated the same with ``l = chance p + (1 - chance) other``; list, in two arms of
    equal size, ``2 (2 s^2 + p (1 - p) + 2 c)`` with s^2 and c of the control items.

    References
    ----------
    Warner, S. L. (1965), JASA 60, 63-69. Greenberg, B. G. et al. (1969), JASA 64, 520-539. Yu, J.-W., Tian, G.-L. and Tang, M.-L. (2008),
    Metrika 67, 251-263. The formulas follow from the variance of a proportion and of a difference of means.

    Examples
    --------
    >>> from evidencekit.sampling import IndirectQuestion, indirect_penalty
    >>> round(indirect_penalty(IndirectQuestion(kind="list", control_variance=0.5), 0.05), 1)
    44.1
    """
    p = share("p", p)
    return _variance(question, p) / (p * (1 - p))


def n_for_indirect(
    question: IndirectQuestion,
    p: float,
    *,
    moe: float | None = None,
    rse: float | None = None,
    level: float = 0.95,
    deff: float = 1.0,
    population: float | None = None,
) -> SampleSize:
    """How many interviews an indirect question needs.

    Parameters
    ----------
    question : IndirectQuestion
        How it is asked.
    p : float
        The proportion expected.
    moe : float, optional
        Margin of error. This or `rse`.
    rse : float, optional
        Relative standard error.
    level : float
        Confidence level; not used with `rse`.
    deff : float
        Design effect.
    population : float, optional
        Size of the population.

    Returns
    -------
    SampleSize
        In both arms together for a list experiment; ``steps`` has the penalty.

    Raises
    ------
    InputError
        No or two targets, a proportion outside 0 to 1.

    Notes
    -----
    ``n0 = V z^2 / moe^2`` or ``V / (p rse)^2``, V as in `indirect_penalty`.

    Examples
    --------
    >>> from evidencekit.sampling import IndirectQuestion, n_for_indirect
    >>> n_for_indirect(IndirectQuestion(kind="crosswise", chance=0.25), 0.05, moe=0.03).rounded
    3404
    """
    p, deff, size, z = share("p", p), positive("deff", deff), population_size(population), normal(level)
    target, wanted = one_target({"moe": moe, "rse": rse})
    penalty, variance = indirect_penalty(question, p), _variance(question, p)
    n0 = variance * ((z / wanted) if target == "moe" else 1 / (p * wanted)) ** 2
    words = "n0 = V z^2 / moe^2" if target == "moe" else "n0 = V / (p rse)^2"
    given: dict[str, float | str] = {"kind": question.kind, "p": p, target: wanted, **({"level": level} if target == "moe" else {})}
    told_so = told(words, given, deff, size, rescaled=False)
    return SampleSize(finite(n0, deff, size), "interviews", *told_so, steps={"times a direct question's": penalty, "V": variance})


def break_even(question: IndirectQuestion, p: float, *, bias: float) -> SampleSize:
    """From how many interviews on an indirect question is nearer the truth than a direct one that some do not answer truthfully.

    Parameters
    ----------
    question : IndirectQuestion
        How it is asked; taken to be answered truthfully.
    p : float
        The proportion there is.
    bias : float
        How much too low the direct question comes out, as a share, at most p.

    Returns
    -------
    SampleSize
        Of a simple random sample: with fewer interviews the direct question has the smaller root mean squared error. 0 where the indirect
        one is the better at any size.

    Raises
    ------
    InputError
        A bias larger than p.

    Notes
    -----
    ``n = (V - d (1 - d)) / bias^2``, ``d = p - bias``, V as in `indirect_penalty`.

    Examples
    --------
    >>> from evidencekit.sampling import IndirectQuestion, break_even
    >>> break_even(IndirectQuestion(kind="crosswise", chance=0.25), 0.1, bias=0.05).rounded
    317
    """
    p, bias = share("p", p), positive("bias", bias)
    if bias > p:
        raise InputError("bias= is larger than p: a direct question cannot come out below 0.", "Give how many points it is too low.")
    told_share, variance = p - bias, _variance(question, p)
    n = max((variance - told_share * (1 - told_share)) / bias**2, 0.0)
    given: dict[str, float | str] = {"kind": question.kind, "p": p, "bias": bias}
    return SampleSize(n, "interviews", "n = (V - d(1-d)) / bias^2, d = p - bias", given, {"V": variance})


def _variance(question: IndirectQuestion, p: float) -> float:
    """N times the variance of the estimated proportion."""
    if not isinstance(question, IndirectQuestion):
        raise InputError(f"question is an IndirectQuestion(...), not a {type(question).__name__}.")
    chance, other = question.chance or 0.0, question.other or 0.0
    if question.kind == "list":
        return 2 * (2 * (question.control_variance or 0.0) + p * (1 - p) + 2 * question.control_covariance)
    if question.kind in ("warner", "crosswise"):
        yes, slope = chance * p + (1 - chance) * (1 - p), 2 * chance - 1
    else:
        yes, slope = chance * p + (other if question.kind == "forced" else (1 - chance) * other), chance
    return yes * (1 - yes) / slope**2
