"""How many people a recall test needs, or which difference a given number can show."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.special import ndtri, stdtrit

from evidencekit.errors import InputError
from evidencekit.sampling.sizing.checks import normal, number, power_wanted, share, whole
from evidencekit.sampling.sizing.erring import Errors, two

__all__ = ["Plan", "Sessions", "plan"]

_MOST = 1e7  # people in an arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Whole sessions are assigned to a version, because people read it together.

    Parameters
    ----------
    size : float
        People who come to a session, on average.
    icc : float
        How alike people of one session remember: the intraclass correlation, from 0 to below 1. A guess from an earlier training is better
        than 0; with 0 the sessions are taken not to matter.
    cv : float
        Coefficient of variation of the sizes; 0 where all are alike.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.findings.recall.Sessions(size=12, icc=0.05)
    Sessions(size=12, icc=0.05, cv=0.0)
    """

    size: float
    icc: float
    cv: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no session."""
        if number("size", self.size) < 1:
            raise InputError("size= of Sessions is how many people come to one: 1 or more.")
        if not 0 <= number("icc", self.icc) < 1:
            raise InputError("icc= is an intraclass correlation: from 0 to below 1.", "0.05 is one in twenty parts.")
        if number("cv", self.cv) < 0:
            raise InputError("cv= is a coefficient of variation: 0 or more.")

    def deff(self, size: float) -> float:
        """The design effect with `size` people of a session followed up."""
        return max(1.0, 1 + ((1 + self.cv**2) * size - 1) * self.icc)


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Plan:
    """A number of people per version, and what it was worked out from. Made by `plan`.

    Parameters
    ----------
    recall_a, recall_b : float
        Shares who are expected to give the number within its range.
    n : int
        People per version whose follow-up is known.
    people : int
        People per version to begin with, so that `n` are left.
    sessions : int or None
        Sessions per version, where sessions are assigned.
    deff : float
        Design effect of the sessions.
    power, level, loss : float
        As asked.
    of : Sessions or None
        As asked.
    given : bool
        Whether the number of people was given and the difference worked out.
    """

    recall_a: float
    recall_b: float
    n: int
    people: int
    sessions: int | None
    deff: float
    power: float
    level: float
    loss: float
    of: Sessions | None
    given: bool

    @property
    def difference(self) -> float:
        """The difference, B less A, as a fraction of 1."""
        return self.recall_b - self.recall_a

    def explain(self) -> str:
        """The plan with everything it takes for granted, a sentence a line."""
        units = f"{self.people:,} people" if self.sessions is None else f"{self.sessions:,} sessions ({self.people:,} people)"
        points = f"{100 * abs(self.difference):.1f} percentage points"
        first = (
            f"With {units} in each of the two versions, the smallest difference that the test can be expected to show is {points}."
            if self.given
            else f"The test needs {units} in each of the two versions to show a difference of {points}."
        )
        lines = [
            first,
            f"Expected to give the number within its range: {self.recall_a:.1%} with version A, {self.recall_b:.1%} with version B.",
            f"If that is so, the test shows it with a chance of {self.power:.0%}; if the versions are alike, it shows a difference"
            f" that is not there with a chance of {1 - self.level:.1%}.",
            f"Of those who read, {self.loss:.0%} are taken to be lost before the follow-up, in both versions alike;"
            f" {self.n:,} in each version are left.",
        ]
        if self.of is not None:
            lines.append(
                f"Sessions are assigned, of {self.of.size:g} people with an intraclass correlation of {self.of.icc:g}"
                f"{f' and sizes that vary by {self.of.cv:.0%}' if self.of.cv else ''}: design effect {self.deff:.2f}; the degrees of"
                f" freedom are those of {2 * (self.sessions or 0):,} sessions less two."
            )
        lines.append("A smaller true difference will probably not be shown, and a test that shows none does not say that there is none.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Plan of a recall test\n  {self.explain().replace(chr(10), chr(10) + '  ')}"


def plan(
    recall_a: float,
    recall_b: float | None = None,
    *,
    n: int | None = None,
    power: float = 0.8,
    level: float = 0.95,
    loss: float = 0.0,
    sessions: Sessions | None = None,
) -> Plan:
    """How many people a two-version recall test needs; or, with `n`, which difference it can show.

    Parameters
    ----------
    recall_a : float
        Share expected to give the number within its range with version A.
    recall_b : float, optional
        The same with version B: the smallest difference that would matter, not the one hoped for.
    n : int, optional
        People per version to begin with (where sessions are assigned: sessions per version), instead of `recall_b`. The smallest larger
        `recall_b` that they can show is worked out.
    power : float
        The chance wanted of showing the difference, if it is there.
    level : float
        One minus the chance of showing a difference that is not there, two-sided.
    loss : float
        Share of those who read that will not be reached for the follow-up.
    sessions : Sessions, optional
        Sessions are assigned, not people.

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        Not one of `recall_b` and `n`, equal shares, something outside its range, or too few people to show any difference.

    Notes
    -----
    ``n = (z sqrt(2 p (1 - p)) + z_power sqrt(a (1 - a) + b (1 - b)))^2 / (a - b)^2`` with p the mean of a and b, as R's ``power.prop.test``
    has it; divided by ``1 - loss``. With sessions of m people left, n is multiplied by ``1 + ((1 + cv^2) m - 1) icc``, and the quantiles
    are those of t with as many degrees of freedom as there are sessions, less two: with few sessions more are needed than the normal
    distribution says. For people assigned one by one the power that the interval of `analyse` has was summed over all outcomes: asked for
    0.80, it was 0.78 to 0.83 in the middle, and up to 0.87 where both shares are near 0 or 1.

    References
    ----------
    Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, chapter 4. Eldridge, Ashby and Kerry (2006), Int. J.
    Epidemiol. 35, 1292-1300, for sessions whose sizes vary.

    Examples
    --------
    >>> import evidencekit as ek
    >>> made = ek.findings.recall.plan(0.45, 0.7, loss=0.15)
    >>> made.n, made.people
    (61, 72)
    >>> round(ek.findings.recall.plan(0.45, n=60).recall_b, 2)
    0.7
    """
    a, lost = share("recall_a", recall_a), number("loss", loss)
    if not 0 <= lost < 1:
        raise InputError("loss= is a share from 0 to below 1.", "Fifteen per cent is 0.15.")
    if (recall_b is None) == (n is None):
        raise InputError("plan() takes recall_b= or n=, and not both.", "Say which difference matters, or how many people there are.")
    if sessions is not None and not isinstance(sessions, Sessions):
        raise InputError(f"sessions= takes Sessions(size=..., icc=...), not a {type(sessions).__name__}.")
    chance, asked = power_wanted(power), (normal(level), level)
    if recall_b is not None:
        b = share("recall_b", recall_b)
        if a == b:
            raise InputError("recall_a and recall_b are equal.", "Give the smallest difference that would matter.")
    else:
        b = _smallest(a, whole("n", n), lost, sessions, (chance, *asked))
    units = _units(a, b, lost, sessions, (chance, *asked)) if n is None else whole("n", n)
    m = 1.0 if sessions is None else sessions.size * (1 - lost)
    people = units if sessions is None else math.ceil(units * sessions.size - 1e-9)
    left = math.floor(units * (m if sessions else 1 - lost) + 1e-9) if n is not None or sessions else _left(a, b, chance, asked[0])
    return Plan(
        recall_a=a,
        recall_b=b,
        n=left,
        people=people,
        sessions=None if sessions is None else units,
        deff=1.0 if sessions is None else sessions.deff(m),
        power=chance,
        level=level,
        loss=lost,
        of=sessions,
        given=n is not None,
    )


def _needed(a: float, b: float, z: tuple[float, float], deff: float = 1.0) -> float:
    """People per version who are left, not rounded."""
    return Errors.of(a, b, two(None), "pooled").needed(z, deff, math.inf, 1.0)


def _left(a: float, b: float, chance: float, z: float) -> int:
    return math.ceil(_needed(a, b, (z, float(ndtri(chance)))) - 1e-9)


def _units(a: float, b: float, loss: float, sessions: Sessions | None, asked: tuple[float, float, float]) -> int:
    """People or sessions per version to begin with."""
    chance, z, level = asked
    if sessions is None:
        return math.ceil(_left(a, b, chance, z) / (1 - loss) - 1e-9)
    m = sessions.size * (1 - loss)
    deff = sessions.deff(m)
    least = math.ceil(_needed(a, b, (z, float(ndtri(chance))), deff) / m - 1e-9)
    if least * m > _MOST:
        raise InputError("So small a difference needs more people than a test can have.", "Look for a larger one.")
    units = max(2, least)
    while _needed(a, b, _quantiles(units, chance, level), deff) > units * m * (1 + 1e-12):
        units += 1
    return units


def _quantiles(units: int, chance: float, level: float) -> tuple[float, float]:
    df = 2 * units - 2
    return float(stdtrit(df, (1 + level) / 2)), float(stdtrit(df, chance))


def _smallest(a: float, units: int, loss: float, sessions: Sessions | None, asked: tuple[float, float, float]) -> float:
    """The smallest share above `a` that so many people or sessions per version tell from it."""
    chance, z, level = asked
    if sessions is not None and units < 2:
        raise InputError("One session in each version shows nothing: what it shows may be the session.", "Plan for 2 or more, better 6.")
    m = 1.0 if sessions is None else sessions.size
    there = units * m * (1 - loss)
    quantiles = (z, float(ndtri(chance))) if sessions is None else _quantiles(units, chance, level)
    deff = 1.0 if sessions is None else sessions.deff(m * (1 - loss))

    def short(b: float) -> float:
        return _needed(a, b, quantiles, deff) - there

    top = 1 - 1e-9
    if top <= a or short(top) > 0:
        raise InputError("So few people cannot show any difference from recall_a=.", "Plan for more, or for a version A that does worse.")
    return float(brentq(short, a + (top - a) * 1e-9, top, xtol=1e-12))
