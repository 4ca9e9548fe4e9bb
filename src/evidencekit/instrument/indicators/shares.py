"""prevalence: an indicator's share of a population, with what refusals can do to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from evidencekit.errors import InputError, Refused
from evidencekit.estimate import Estimate
from evidencekit.frames import frame_of
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.given import pickled
from evidencekit.instrument.indicators.answering import ItemMap
from evidencekit.instrument.indicators.asking import Asked, asked
from evidencekit.instrument.indicators.compiling import INTERNET, Among, Compiled, need_indicator
from evidencekit.instrument.indicators.definition import Indicator
from evidencekit.instrument.indicators.measuring import (
    named,
    policies_of,
    unanswered_of,
    unanswered_words,
)
from evidencekit.rendering.text import html_table, table_of, text_table
from evidencekit.survey import Survey
from evidencekit.survey.means import By
from evidencekit.survey.summing.domains import Where

__all__ = ["Prevalence", "prevalence"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Prevalence:
    """An indicator's share of a population, and how far refusals could move it.

    Parameters
    ----------
    indicator : Indicator
        Which definition.
    estimate : Estimate
        Among those whose answers settle it (or as the indicator says).
    lower, upper : Estimate
        The same share were nobody, or everybody, of those whose answers do not settle it a case.
    complete : Estimate or None
        Among those who answered every question of it that they were asked; None where these are the same people as in `estimate`.
    denominators : mapping of str to Estimate
        The share among each population it can be had for: ``"internet users"``, ``"all"``; and ``"own"`` where that is neither.
    unanswered : mapping of str to int
        Rows of those counted that no answer settles: ``"any"``, and by kind; a row may have two.
    partly : int
        Rows that one answer settles although another question was not answered.
    membership_unknown : int
        Rows left out because it is not known whether they are counted.
    not_asked : int
        Rows of the denominator left out because nothing was asked of them, and no answer of no is the reason.
    absent : tuple of str
        Items that the survey did not ask: the number is not all that the indicator counts.
    """

    indicator: Indicator
    estimate: Estimate
    lower: Estimate
    upper: Estimate
    complete: Estimate | None = None
    denominators: Mapping[str, Estimate] = field(default_factory=dict)
    unanswered: Mapping[str, int] = field(default_factory=dict)
    partly: int = 0
    membership_unknown: int = 0
    not_asked: int = 0
    absent: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return pickled(self)

    @property
    def columns(self) -> dict[str, Any]:
        """The table: a row for each cell."""
        cells = self.estimate.cells.columns
        return {
            **{name: values for name, values in cells.items() if name != "category"},
            "estimate": self.estimate.points,
            "se": self.estimate.se,
            "low": self.estimate.interval.low,
            "high": self.estimate.interval.high,
            "n": self.estimate.counts.n,
            **({"complete": self.complete.points} if self.complete is not None and len(self.complete) == len(self.estimate) else {}),
            "if_all_no": self.lower.points,
            "if_all_yes": self.upper.points,
            "lowest": self.lower.interval.low,
            "highest": self.upper.interval.high,
            "flag": self.estimate.flags,
        }

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame.

        Returns
        -------
        data frame
            A row a cell: ``variable``, the ``by=`` columns, ``estimate, se, low, high, n``; ``complete``, where it differs;
            ``if_all_no`` and ``if_all_yes``, the bounds; ``lowest`` and ``highest``, the outer limits of the bounds' own intervals, between
            which the share of everyone counted lies with at least the confidence level, whatever those who did not answer would have said;
            ``flag``.
        """
        return frame_of(self.columns, self.estimate.provenance.backend)

    def _title(self) -> str:
        of, level = self.indicator, self.estimate.interval.level
        rules = [of.recall, *([f"ages {of.ages_said}"] if of.ages else []), dict(self.estimate.provenance.policies)["denominator"]]
        return f"Prevalence: {of.title or of.code} ({of.code} {of.version}); {', '.join(rules)}; {level:.0%} interval"

    def _notes(self) -> list[str]:
        any_ = self.unanswered["any"]
        said = f"not settled by the answers: {unanswered_words(self.unanswered)}, {self.indicator.unanswered}"
        out = [f"{said}; if_all_no, if_all_yes: how much turns on them" if any_ else "every answer of those counted is known"]
        out += [f"{self.membership_unknown:,} left out: not known whether they are counted"] if self.membership_unknown else []
        out += [f"{self.not_asked:,} of the denominator left out: not asked, for another reason than a no"] if self.not_asked else []
        out += [f"the share of everyone counted: {words}"] if (words := _bounds_words(self.estimate, self.lower, self.upper)) else []
        if self.absent:
            out += [f"not asked in this survey: {', '.join(self.absent)}; so this is not all that {self.indicator.code} counts"]
        if self.partly:
            out += [f"{self.partly:,} settled by one answer although another was not given; complete: those who answered everything"]
        others = [f"{name}: {100 * est.points[0]:.1f}%" for name, est in self.denominators.items() if len(est) == 1]
        out += [f"by denominator: {', '.join(others)}"] if len(others) > 1 else []
        return [f"note: {line}" for line in out]

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        keep = [c for c in self.columns if c not in ("se", "lowest", "highest", "variable")]
        return table_of({c: self.columns[c] for c in ["variable", *keep]})

    def __repr__(self) -> str:
        return "\n".join([self._title(), text_table(*self._shown(), limit=20), *self._notes()])

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption=". ".join([self._title(), *self._notes()]), limit=60)


def prevalence(
    survey: Survey,
    indicator: Indicator,
    *,
    items: ItemMap = None,
    form: Instrument | None = None,
    by: By = None,
    where: Where = None,
    where_label: str = "",
    denominator: Among = "own",
    level: float = 0.95,
) -> Prevalence:
    """The share of a population that an indicator describes, with bounds for the answers not given.

    Parameters
    ----------
    survey : Survey
        Data and design; the data in memory.
    indicator : Indicator
        From `indicator`, or one of your own.
    items : mapping, optional
        Which column answers which named item: ``{"image_shared": "q14"}``; a `Coded` where codes must be declared; True or False where it
        holds for everyone in the survey, as ``{"internet_user": True}``; None where the survey did not ask it, which the result says. An
        item that is not listed is the column of its name. The items ``internet_user`` and ``age`` say who is counted. With a `form`, a
        question above others can be declared too, so that its no is read as one.
    form : Instrument, optional
        What the answers were collected with: its lists say which code is yes, its missing codes which answers are refusals, its skip logic
        who was asked. By default the form that the data carry (``survey.data.form``), as those made by `dataset` do.
    by, where, where_label, level
        As for `proportion`.
    denominator : {"own", "all", "internet users"}
        Among whom: those the indicator says, everyone in its age range, or the internet users there. Where the indicator's own denominator
        is something else (those with a certain experience), the wider ones count whoever is not in it as not a case.

    Returns
    -------
    Prevalence
        With ``.estimate``, the bounds ``.lower`` and ``.upper``, and ``.denominators``. The note of a single ``.estimate`` has the bounds
        in whole percents, so that they go with it. Pass ``.estimate`` on to `release` and others; what is released is the number alone, so
        say the bounds beside it.

    Raises
    ------
    InputError
        An item has no column; or a column is not coded 0 and 1 and nothing says which code is yes. Codings are never guessed.
    Refused
        ``denominator="all"`` of a survey of internet users alone.
    EstimationError
        Nobody is counted, or nobody's answers settle it.

    Notes
    -----
    Of a composite any yes is yes; no yes and any unknown is unknown; all asked no is no. A question that was not asked is a no where a
    question above it was answered no and that is why it was not asked; it is unknown where the one above is; otherwise it says nothing,
    and a row where nothing was asked is not counted. The bounds are worst cases and assume nothing about who does not answer.

    Where children refuse single questions of a composite, its estimate leans upward, even where refusals are random: one yes settles a row
    and a no needs every answer (in the tests' simulation of three questions, each refused by 8 in 100, 25.8 % for a true 22.6 %).
    ``.complete`` does not lean so, on fewer rows; where the two are apart, look at the bounds.

    References
    ----------
    Horowitz and Manski (1998), J. Econometrics 84, 37-58, for the bounds. Imbens and Manski (2004), Econometrica 72, 1845-1857: the
    interval from the lower limit of the one to the upper limit of the other covers the share with more than its level.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population=fiction.population)
    >>> made = ek.prevalence(survey, ek.indicator("V06"), items={"internet_user": True})
    >>> made
    Prevalence: Sexual image shared without consent (V06 1.0.0); past 12 months, ages 12-17, internet users aged 12-17; 95% interval
    variable  estimate      low     high     n  if_all_no  if_all_yes  flag
    V06        0.05682  0.04465  0.07113  1873    0.05354      0.1113
    note: not settled by the answers: 123 (52 don't know, 71 prefer not to say), left out; if_all_no, if_all_yes: how much turns on them
    note: the share of everyone counted: 5% to 11%, whatever the others would have answered; with sampling error 4% to 13%
    """
    need_indicator(indicator, "prevalence()")
    ask = asked(survey, [indicator], items=items, form=form, by=by, where=where, where_label=where_label, level=level)
    made, rows = ask.compiled(indicator, denominator), ask.rows
    unanswered = unanswered_of(made, rows)
    estimate = _estimate(ask, made, made.valid, unanswered)
    bounds = [_bound(ask, made, upper, unanswered) for upper in (False, True)]
    if words := _bounds_words(estimate, *bounds):
        policies = (*estimate.provenance.policies, ("bounds", words))
        estimate = replace(estimate, provenance=replace(estimate.provenance, policies=policies))
    known = ~np.isnan(made.whole) & rows
    whole = _estimate(ask, made, made.whole, unanswered) if (made.partly & rows).any() and known.any() else None
    others = _denominators(ask, indicator, (denominator, estimate))
    return Prevalence(
        indicator=indicator,
        estimate=estimate,
        lower=bounds[0],
        upper=bounds[1],
        complete=None if whole is None else replace(whole, estimand=f"{whole.estimand}, those who answered everything"),
        denominators=MappingProxyType(others),
        unanswered=MappingProxyType(unanswered),
        partly=int((made.partly & rows).sum()),
        membership_unknown=int((made.unsure & rows).sum()),
        not_asked=int((made.not_asked & rows).sum()),
        absent=made.absent,
    )


def _estimate(ask: Asked, made: Compiled, values: Any, unanswered: Mapping[str, int]) -> Estimate:
    code = made.indicator.code
    est = ask.shares({code: values})
    left = unanswered["any"] if np.isnan(values[made.inside]).any() else 0
    est = replace(est, provenance=replace(est.provenance, missing=((code, left),)))
    return named(est, made, policies_of(made, unanswered, ask.rows), ask.said)


def _bound(ask: Asked, made: Compiled, upper: bool, unanswered: Mapping[str, int]) -> Estimate:
    """The share with every answer not given taken as no, or as yes."""
    est = _estimate(ask, made, made.bound(upper=upper), unanswered)
    taken = f"unanswered taken as {'yes' if upper else 'no'}"
    policies = tuple(
        (what, f"{unanswered_words(unanswered)}, {taken}" if what == "unanswered" else how) for what, how in est.provenance.policies
    )
    return replace(
        est,
        estimand=est.estimand.replace(f"unanswered {made.indicator.unanswered}", taken),
        provenance=replace(est.provenance, policies=policies),
    )


def _bounds_words(estimate: Estimate, lower: Estimate, upper: Estimate) -> str:
    """The bounds of a single share in whole percents; empty where nothing turns on them, or the answers are few."""
    if len(estimate) != 1 or estimate.flags[0] or lower.points[0] == upper.points[0]:
        return ""
    low, high, lowest, highest = (100 * x[0] for x in (lower.points, upper.points, lower.interval.low, upper.interval.high))
    return f"{low:.0f}% to {high:.0f}%, whatever the others would have answered; with sampling error {lowest:.0f}% to {highest:.0f}%"


def _denominators(ask: Asked, indicator: Indicator, done: tuple[Among, Estimate]) -> dict[str, Estimate]:
    """The share among every population it can be had for."""
    online = indicator.denominator.replace(" ", "") == f"${{{INTERNET}}}"
    of_own = "internet users" if online else "own" if indicator.denominator else "all"
    out = {of_own if done[0] == "own" else done[0]: done[1]}
    wanted: list[Among] = ["internet users", "all"] if online else []
    for among in wanted:
        if among in out:
            continue
        try:
            made = ask.compiled(indicator, among)
        except (InputError, Refused):
            continue  # the data cannot say it
        out[among] = _estimate(ask, made, made.valid, unanswered_of(made, ask.rows))
    return out
