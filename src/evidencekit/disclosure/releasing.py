"""release: hide the cells that could identify someone, flag those that are too uncertain, and say which is which."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats
from evidencekit.disclosure.notes import STAMP, decision_words, missing_words
from evidencekit.disclosure.profiles import Profile, profile_names
from evidencekit.disclosure.profiles import profile as profile_named
from evidencekit.disclosure.rules import Flags, assessed
from evidencekit.errors import InputError
from evidencekit.estimate import Counts, Covariance, Estimate, fingerprint
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table

__all__ = ["Released", "release"]

PROTECTED, WITHHELD, REVIEW, UNCERTAIN, SHOWN = "protected", "not presented", "review", "uncertain", "shown"
STAYS = ("n", "psus")  # what an uncertain number rests on is told although the number is not


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Released:
    """Numbers that may be shown.

    Parameters
    ----------
    estimate : Estimate
        What is left: every number of a hidden cell is NaN, covariances with it too. Its provenance names the profile, with its version and
        digest.
    status : tuple of str
        Per cell ``"shown"``, ``"uncertain"`` (shown, with a symbol), ``"review"`` (somebody must look at it before it is said), ``"not
        presented"`` (too uncertain to be shown: answers and sampling units stay) or ``"protected"`` (could identify someone: nothing
        stays).
    reason : tuple of str
        Per cell, why.
    rules : Profile
        The rules that were applied.
    flags : tuple of Flags
        Per cell protection, precision, review and footnote, each with a reason. Of a protected cell only the protection is told.
    note : str
        What was not checked.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> safe
    Released under child-survey 1.0.0; not audited against other tables
    variable              sex   estimate     low    high     n  status  reason
    any_contact_unwanted  boy     0.1266  0.1035  0.1528  1034  shown
    any_contact_unwanted  girl    0.1914  0.1617  0.2239   962  shown
    note: to be checked by hand: tables that combine the offender, place and age; quotations beside small cells; sums of amounts that few
    make up
    >>> safe.to_frame()["status"].tolist()
    ['shown', 'shown']
    """

    estimate: Estimate
    status: tuple[str, ...]
    reason: tuple[str, ...]
    rules: Profile
    flags: tuple[Flags, ...]
    note: str = "not audited against other tables"

    def __len__(self) -> int:
        return len(self.status)

    @property
    def profile(self) -> str:
        """The name of the rules that were applied."""
        return self.rules.name

    @property
    def symbols(self) -> tuple[str, ...]:
        """Per cell the profile's symbol for its status; empty where it is simply shown."""
        signs = self.rules.symbols
        by_status = {PROTECTED: signs.protected, WITHHELD: signs.withheld, REVIEW: signs.review, UNCERTAIN: signs.uncertain, SHOWN: ""}
        return tuple(by_status[status] for status in self.status)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the whole table: what is left to check, decisions taken on the way, answers that were missing."""
        left = [f"to be checked by hand: {'; '.join(self.rules.not_checked)}"] if self.rules.not_checked else []
        return (*left, *decision_words(self.estimate), *missing_words(self.estimate))

    @property
    def columns(self) -> dict[str, Any]:
        """The table, with a status, a symbol, a reason, and both flags per cell."""
        return {
            **self.estimate.columns,
            "status": self.status,
            "symbol": self.symbols,
            "reason": self.reason,
            **{name: tuple(getattr(f, name) for f in self.flags) for name in ("protection", "precision", "review")},
        }

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame, with columns ``status, symbol, reason, protection, precision, review``."""
        return frame_of(self.columns, self.estimate.provenance.backend)

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        labels = [c for c, v in self.estimate.cells.columns.items() if any(x not in (None, "") for x in v)]
        flag = ["flag"] if any(self.estimate.flags) else []
        return table_of({c: self.columns[c] for c in [*labels, "estimate", "low", "high", "n", *flag, "status", "reason"]})

    def __repr__(self) -> str:
        notes = [f"note: {note}" for note in self.notes]
        return "\n".join([self._title(), text_table(*self._shown(), limit=30), *notes])

    def _title(self) -> str:
        return f"Released under {self.profile} {self.rules.version}; {self.note}"

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption="; ".join([self._title(), *self.notes]), limit=200)


def release(est: Estimate, *, profile: str | Profile = "child-survey") -> Released:
    """Protect the children behind the numbers.

    Parameters
    ----------
    est : Estimate
        Any Estimate; of a noun that has one (what `weighting.rubin` returns), its ``.estimate``.
    profile : str or Profile
        The rules, by name (`disclosure.profile_names` lists them) or as a Profile of one's own (``Profile.from_toml``). The default,
        ``"child-survey"``, hides a cell where nobody knows what it rests on, with fewer than 10 unweighted cases, fewer than 10 in the
        complement (whatever verb made the number, where the column has two values), fewer than 10 answers, or fewer than 3 sampling
        units. A quantile needs 10 answers on either side; two points of one distribution (`cdf`, `quantile`) need 10 between them.
        Where one cell of a block is hidden and could be had from the others, the next smallest goes too. Cells that fail the NCHS 2017
        presentation standards for proportions are flagged as uncertain. The lower limit of a number of people is cut at 0, and flagged.

    Returns
    -------
    Released
        With a status and a reason per cell, and notes on the table. It has not been checked against other tables, and says so.

    Raises
    ------
    InputError
        Not an Estimate, an unknown profile, or one that rounds: `release` hides.

    Notes
    -----
    What remains: a quantile and its limits are answers that single children gave, and a limit may have fewer than 10 answers beyond it.
    Where answers are precise enough to know someone by (an amount, a date), round quantiles before they are shown. The answers on
    either side of a quantile are taken to be n q and n (1 - q); weights that differ much move that. Nothing here looks at how a sum
    of amounts is shared among those who make it up.

    References
    ----------
    Parker et al. (2017), NCHS Vital Health Stat 2(175).

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> ek.release(ek.proportion(survey, "asked_for_image", by="sex")).status
    ('shown', 'shown')
    >>> ek.release(ek.proportion(survey, "asked_for_image"), profile="dhs-mics").profile
    'dhs-mics'
    """
    if not isinstance(est, Estimate):
        within = "Release its .estimate." if isinstance(getattr(est, "estimate", None), Estimate) and not isinstance(est, Released) else ""
        raise InputError(f"release() takes an Estimate, and this is of type {type(est).__name__}.", within)
    rules = _rules(profile)
    est = _not_below_zero(est)
    flags = assessed(est, rules)
    status = tuple(_status(one) for one in flags)
    hidden, withheld = (np.array([s == word for s in status], dtype=bool) for word in (PROTECTED, WITHHELD))
    # What is hidden says nothing of its precision either: a reason may give a number away.
    told = tuple(Flags(protection=one.protection) if one.protection else one for one in flags)
    policies = (*est.provenance.policies, (STAMP, rules.stamp))
    left = _without(replace(est, provenance=replace(est.provenance, policies=policies)), hidden, withheld)
    return Released(estimate=left, status=status, reason=tuple(map(_why, told)), rules=rules, flags=told)


def _rules(profile: object) -> Profile:
    """The profile that is meant, if it can be followed here."""
    if not isinstance(profile, (str, Profile)):
        fix = f"By name: {', '.join(map(repr, profile_names()))}; or Profile.from_toml(path)."
        raise InputError(f"profile= takes a name or a Profile, not a {type(profile).__name__}.", fix)
    rules = profile if isinstance(profile, Profile) else profile_named(profile)
    if rules.method.kind != "suppress":
        raise InputError(f"Profile {rules.name} rounds, and release() hides.", 'Use a profile whose method is "suppress".')
    return rules


def _status(flags: Flags) -> str:
    """One word for a cell: what decides whether and how it is shown."""
    if flags.protection:
        return PROTECTED
    if flags.precision and flags.withheld:
        return WITHHELD
    if flags.review:
        return REVIEW
    return UNCERTAIN if flags.precision else SHOWN


def _why(flags: Flags) -> str:
    return flags.protection or "; ".join(why for why in (flags.precision, flags.review, flags.footnote) if why)


def _without(est: Estimate, hidden: NDArray[np.bool_], withheld: NDArray[np.bool_]) -> Estimate:
    """The estimate with nothing of the hidden cells in it, so that what is saved or passed on cannot give them away.

    Of a cell that is withheld because it is too uncertain, how many answered and in how many places stays.
    """
    out = hidden | withheld

    def gone(values: Floats) -> Floats:
        return np.where(out, np.nan, values)

    matrix = est.covariance.matrix
    either = out[:, None] | out[None, :]
    points, counts = gone(est.points), est.counts
    return replace(
        est,
        points=points,
        covariance=Covariance(gone(est.covariance.variances), None if matrix is None else np.where(either, np.nan, matrix), None),
        df=gone(est.df),
        interval=replace(est.interval, low=gone(est.interval.low), high=gone(est.interval.high)),
        counts=Counts(**{f.name: np.where(hidden if f.name in STAYS else out, np.nan, getattr(counts, f.name)) for f in fields(counts)}),
        support=None,
        flags=tuple("" if gone_ else f for gone_, f in zip(out, est.flags, strict=True)),
        provenance=replace(est.provenance, data=fingerprint(points), sample=()),
    )


def _not_below_zero(est: Estimate) -> Estimate:
    """Numbers of people with their lower limits at 0 where a symmetric interval went below it, and a flag that says so."""
    people = np.full(len(est), est.statistic == "count") | ((est.statistic == "total") & ~np.isnan(est.counts.cases))
    below = people & (est.points >= 0) & (est.interval.low < 0)
    if not below.any():
        return est
    flags = est.flags or ("",) * len(est)
    return replace(
        est,
        interval=replace(est.interval, low=np.where(below, 0.0, est.interval.low)),
        flags=tuple("; ".join(x for x in (f, "lower limit cut at 0" if b else "") if x) for f, b in zip(flags, below, strict=True)),
    )
