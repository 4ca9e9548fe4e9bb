"""The precision rules a profile may have: when a number is too uncertain, each with its own numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from evidencekit.disclosure.profiles.checking import counted, fraction, listed
from evidencekit.errors import InputError, one_of

__all__ = ["STATISTICS", "Answers", "CountInterval", "Fails", "PrecisionRule", "RelativeError", "ShareInterval"]

Fails = Literal["flag", "withhold"]
FewDf = Literal["flag", "review"]
STATISTICS = (
    "proportion",
    "cdf",
    "mean",
    "total",
    "count",
    "ratio",
    "quantile",
    "variance",
    "difference",
    "ratio of estimates",
    "contrast",
    "replicate",
    "other",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareInterval:
    """A share is judged by its effective sample size and the width of an interval of its own, whatever interval is shown.

    In this order: too small an effective sample fails; a narrow interval passes; a wide one fails; one that is wide beside the share
    fails. Where no answer or every answer is a case, the effective sample size is n.

    Parameters
    ----------
    statistics : tuple of str
        Those it is for.
    effective : int
        The least effective sample size.
    narrow, wide : float
        Widths between 0 and 1: at or below `narrow` it passes, at or above `wide` it fails.
    relative : float
        The largest width over the share.
    complement : float, optional
        The largest width over one minus the share; above it the cell gets a footnote. By default the complement is not judged.
    interval : {"nchs", "beta"}
        Korn and Graubard's interval with the effective sample size capped at n, or not.
    level : float
        Of that interval.
    none_or_all : {"judge", "pass"}
        Whether a share of which none or all are cases is judged by its exact interval (default), or its width counts as 0, as NCHS has it,
        who leave such shares to a review (the profile's `zero` and `full`).
    df : int
        The fewest degrees of freedom.
    few_df : {"flag", "review"}
        What fewer of them give.
    fails : {"flag", "withhold"}
        Whether a number that fails is shown with a symbol, or not.

    References
    ----------
    Parker et al. (2017), NCHS Vital Health Stat 2(175). Korn and Graubard (1998), Survey Methodology 24, 193-201.

    Examples
    --------
    >>> import evidencekit as ek
    >>> wide = {"effective": 30, "narrow": 0.05, "wide": 0.3, "relative": 1.3}
    >>> rule = ek.disclosure.ShareInterval(statistics=("proportion",), **wide, df=8, few_df="review", fails="withhold")
    >>> rule.interval, rule.none_or_all
    ('nchs', 'judge')
    """

    statistics: tuple[str, ...]
    effective: int
    narrow: float
    wide: float
    relative: float
    complement: float | None = None
    interval: Literal["nchs", "beta"] = "nchs"
    level: float = 0.95
    none_or_all: Literal["judge", "pass"] = "judge"
    df: int
    few_df: FewDf
    fails: Fails

    def __post_init__(self) -> None:
        _check(self, self.statistics, self.fails)
        counted("effective", self.effective, least=1)
        counted("df", self.df)
        one_of("few_df", self.few_df, get_args(FewDf))
        one_of("interval", self.interval, ("nchs", "beta"))
        one_of("none_or_all", self.none_or_all, ("judge", "pass"))
        fraction("level", self.level, low=0.5)
        fraction("narrow", self.narrow)
        fraction("wide", self.wide)
        fraction("relative", self.relative, high=float("inf"))
        if self.complement is not None:
            fraction("complement", self.complement, high=float("inf"))
        if self.narrow >= self.wide:
            raise InputError("narrow= passes widths that wide= does not.", "narrow is below wide, for example 0.05 and 0.30.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountInterval:
    """A number of people or a rate is judged by the sample behind it and the relative width of an interval on the log scale.

    Parameters
    ----------
    statistics : tuple of str
        Those it is for.
    sample : int
        The least effective sample size, of the numerator and of the denominator: answers over what unequal weights cost (Kish), at most
        the answers.
    relative : float
        The largest width of the interval over the number.
    level : float
        Of that interval, whose t quantile has the effective sample size minus 1 degrees of freedom.
    df : int
        The fewest degrees of freedom of the design.
    few_df : {"flag", "review"}
        What fewer of them give.
    fails : {"flag", "withhold"}
        Whether a number that fails is shown with a symbol, or not.

    References
    ----------
    National Center for Health Statistics data presentation standards for rates and counts (2023), Vital Health Stat 2(200).

    Examples
    --------
    >>> import evidencekit as ek
    >>> rule = ek.disclosure.CountInterval(statistics=("count",), sample=10, relative=1.6, df=8, few_df="review", fails="flag")
    >>> rule.level
    0.95
    """

    statistics: tuple[str, ...]
    sample: int
    relative: float
    level: float = 0.95
    df: int
    few_df: FewDf
    fails: Fails

    def __post_init__(self) -> None:
        _check(self, self.statistics, self.fails)
        counted("sample", self.sample, least=2)
        counted("df", self.df)
        one_of("few_df", self.few_df, get_args(FewDf))
        fraction("level", self.level, low=0.5)
        fraction("relative", self.relative, high=float("inf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeError:
    """A number fails when its standard error is this much of it, or more.

    Parameters
    ----------
    statistics : tuple of str
        Those it is for.
    fails_at : float
        The relative standard error, 0.3 for 30 percent.
    fails : {"flag", "withhold"}
        Whether a number that fails is shown with a symbol, or not.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.RelativeError(statistics=("total",), fails_at=0.3, fails="flag").fails_at
    0.3
    """

    statistics: tuple[str, ...]
    fails_at: float
    fails: Fails

    def __post_init__(self) -> None:
        _check(self, self.statistics, self.fails)
        fraction("fails_at", self.fails_at, high=float("inf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A number is judged by the unweighted answers in its denominator.

    Parameters
    ----------
    statistics : tuple of str
        Those it is for.
    shown_from : int
        With fewer answers, it is not shown.
    certain_from : int
        With fewer answers, it is shown with a symbol.

    Examples
    --------
    >>> import evidencekit as ek
    >>> rule = ek.disclosure.Answers(statistics=("proportion",), shown_from=25, certain_from=50)
    >>> rule.shown_from, rule.certain_from
    (25, 50)
    """

    statistics: tuple[str, ...]
    shown_from: int
    certain_from: int

    def __post_init__(self) -> None:
        _check(self, self.statistics, "withhold")
        counted("shown_from", self.shown_from)
        counted("certain_from", self.certain_from)
        if self.certain_from < self.shown_from:
            raise InputError("certain_from= is below shown_from=.", "A number is first shown with a symbol, then without one.")


PrecisionRule = ShareInterval | CountInterval | RelativeError | Answers


def _check(rule: ShareInterval | CountInterval | RelativeError | Answers, statistics: Iterable[str], fails: str) -> None:
    made = listed("statistics", statistics)
    if not made:
        raise InputError("statistics= names no statistic.", "A precision rule says which statistics it is for.")
    for name in made:
        one_of("statistics", name, STATISTICS)
    object.__setattr__(rule, "statistics", made)
    one_of("fails", fails, get_args(Fails))
