"""release: hide the cells that could identify someone, flag those that are too uncertain, and say which is which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from numbers import Integral
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats
from evidencekit.disclosure.counting import rounded_counts
from evidencekit.disclosure.ledger import Ledger, Table, audit
from evidencekit.disclosure.notes import STAMP
from evidencekit.disclosure.profiles import Profile, profile_names
from evidencekit.disclosure.profiles import profile as profile_named
from evidencekit.disclosure.publication import Publication
from evidencekit.disclosure.released import PROTECTED, REVIEW, ROUNDED, SHOWN, UNCERTAIN, WITHHELD, Released
from evidencekit.disclosure.rules import Assessed, Flags, assessed, assessed_together, below_floor, counted
from evidencekit.errors import InputError, Refused
from evidencekit.estimate import Counts, Covariance, Estimate, fingerprint

__all__ = ["release"]

STAYS = ("n", "psus")  # what an uncertain number rests on is told although the number is not


@overload
def release(
    est: Estimate,
    *,
    profile: str | Profile = "child-survey",
    ledger: Ledger | None = None,
    publication: Publication | None = None,
    hide: Iterable[int] = (),
) -> Released: ...


@overload
def release(
    est: Sequence[Estimate],
    *,
    profile: str | Profile = "child-survey",
    ledger: Ledger | None = None,
    publication: Sequence[Publication] | None = None,
    hide: Sequence[Iterable[int]] = (),
) -> tuple[Released, ...]: ...


def release(
    est: Estimate | Sequence[Estimate],
    *,
    profile: str | Profile = "child-survey",
    ledger: Ledger | None = None,
    publication: Publication | Sequence[Publication] | None = None,
    hide: Iterable[int] | Sequence[Iterable[int]] = (),
) -> Released | tuple[Released, ...]:
    """Protect the children behind the numbers.

    Parameters
    ----------
    est : Estimate or sequence of Estimate
        Any Estimate; of a noun that has one (what `weighting.rubin` returns), its ``.estimate``. Tables that will be shown beside each
        other go in as a list: those that add up to each other are protected as one.
    profile : str or Profile
        The rules, by name (`disclosure.profile_names` lists them) or as a Profile of one's own (``Profile.from_toml``). The default,
        ``"child-survey"``, hides a cell where nobody knows what it rests on, with fewer than 10 unweighted cases, fewer than 10 in the
        complement (whatever verb made the number, where the column has two values), fewer than 10 answers, or fewer than 3 sampling
        units. A quantile needs 10 answers on either side; two points of one distribution (`cdf`, `quantile`) need 10 between them.
        Where one cell of a block is hidden and could be had from the others, the next smallest goes too. Cells that fail the NCHS 2017
        presentation standards for proportions are flagged as uncertain. The lower limit of a number of people is cut at 0, and flagged.
    ledger : Ledger, optional
        What was released before; the table is audited against it. Once it is out: ``ledger = ledger.with_(safe.entry)``.
    publication : Publication, optional
        How the table will be shown. Needed with `ledger`; of several tables one each, and each is audited beside those before it.
    hide : iterable of int
        Further cells to hide, by position from 0: what the audit proposes. Of several tables one such list each.

    Returns
    -------
    Released or tuple of Released
        With a status and a reason per cell, notes on the table, and what was audited. Of several tables one each, in their order.

    Raises
    ------
    InputError
        Not an Estimate, no Estimate, the same table twice, an unknown profile; by rounding, anything but one table of shares.
    Refused
        Beside what was released before, some cells would tell too much. The message has their positions and the cheapest remedy. By
        rounding: the rounded table tells a small count exactly.

    Notes
    -----
    Of several tables, those of the same variable, statistic, design and condition are linked where the margins that both have are the
    same. A number that two of them show (overall, and the total of a table by sex) is then one cell, hidden in both or in neither, and no
    hidden cell can be worked out from all of them together. Districts lie within provinces if one table is by both columns; a table by
    district alone does not say so. Where margins differ, since answers to a column in ``by=`` are missing, tables are protected by
    themselves, and a note says which: make those who did not answer a group of their own, or audit them one after the other with
    ``ledger=``. So are tables of another statistic, though they may be of the same people.

    Under a profile whose method is to round, only the numbers of answers and of cases behind shares are released, as multiples of its
    base whose margins add up (`tables.controlled_rounding`), audited by `tables.audit_rounding`; the status is ``"rounded"``. No percentage
    is: what a weighted share says of the cases goes beyond their rounded number, and where weights are alike says nearly all; nor its
    interval, design effect or how many answers are missing. True totals that are known from elsewhere are not thought of there.

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
    >>> overall, by_sex = ek.release([ek.proportion(survey, "asked_for_image"), ek.proportion(survey, "asked_for_image", by="sex")])
    >>> by_sex.audited.together
    (1, 2)
    """
    rules = _rules(profile)
    if rules.method.kind == "round":
        return _by_rounding(est, rules, asked=ledger is not None or publication is not None or hide != ())
    if not isinstance(est, Estimate) and isinstance(est, Sequence) and not isinstance(est, str):
        return _several(est, rules, ledger, publication, hide)
    est = _not_below_zero(_an_estimate(est))
    safe = _released(est, rules, assessed(est, rules, hide=_positions(hide, est)))
    return safe if ledger is None else _beside(safe, ledger, _shown_as(publication).entry(safe.estimate))


def _by_rounding(est: object, rules: Profile, *, asked: bool) -> Released:
    """Counts in multiples of a base, and nothing else."""
    if asked or not isinstance(est, Estimate):
        raise InputError(
            f"Profile {rules.name} rounds: release() then takes one Estimate, and neither ledger= nor publication= nor hide=.",
            "Tables that were rounded one by one are not audited beside each other.",
        )
    if below_floor(est, rules):
        return _released(est, rules, assessed(est, rules))
    flags, left = counted(est, rules), rounded_counts(est, rules)
    policies = (*left.provenance.policies, (STAMP, rules.stamp), ("rounding", f"answers and cases in multiples of {rules.method.base}"))
    left = replace(left, provenance=replace(left.provenance, policies=policies))
    status = tuple(REVIEW if one.review else ROUNDED for one in flags)
    return Released(estimate=left, status=status, reason=tuple(map(_why, flags)), rules=rules, flags=flags)


def _several(ests: Sequence[object], rules: Profile, ledger: Ledger | None, publication: object, hide: object) -> tuple[Released, ...]:
    """Tables that are shown beside each other."""
    found = [_not_below_zero(_an_estimate(est)) for est in ests]
    if not found:
        raise InputError("release() was given no table.", "Pass the Estimates of the release.")
    named = _each("hide", hide if hide != () else [()] * len(found), len(found))
    some = [_positions(one, est) for one, est in zip(named, found, strict=True)]
    out = [_released(est, rules, how) for est, how in zip(found, assessed_together(found, rules, hide=some), strict=True)]
    if ledger is not None:
        shown = [_shown_as(one) for one in _each("publication", publication, len(found))]
        for i, (safe, one) in enumerate(zip(out, shown, strict=True)):
            entry = one.entry(safe.estimate)
            out[i] = _beside(safe, ledger, entry, f"Table {i + 1}: " if len(out) > 1 else "")
            ledger = ledger.with_(entry)
    return tuple(out)


def _each(name: str, values: object, size: int) -> list[Any]:
    """One value for each table."""
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) != size:
        raise InputError(f"{name}= of several tables is a list with one for each, and there are {size}.", "In the order of the tables.")
    return list(values)


def _an_estimate(est: object) -> Estimate:
    """What was passed, if it can be released."""
    if isinstance(est, Estimate):
        return est
    within = "Release its .estimate." if isinstance(getattr(est, "estimate", None), Estimate) and not isinstance(est, Released) else ""
    raise InputError(f"release() takes an Estimate or a list of them, and this is of type {type(est).__name__}.", within)


def _shown_as(publication: object) -> Publication:
    """How a table will be shown."""
    if isinstance(publication, Publication):
        return publication
    fix = "Say how it will be shown: ek.disclosure.Publication(title=..., universe=...); of several tables, a list with one for each."
    raise InputError("publication= is needed with ledger=.", fix)


def _released(est: Estimate, rules: Profile, found: Assessed) -> Released:
    """What is left of an Estimate."""
    status = tuple(_status(one) for one in found.flags)
    hidden, withheld = (np.array([s == word for s in status], dtype=bool) for word in (PROTECTED, WITHHELD))
    # What is hidden says nothing of its precision either: a reason may give a number away.
    told = tuple(Flags(protection=one.protection) if one.protection else one for one in found.flags)
    policies = (*est.provenance.policies, (STAMP, rules.stamp))
    left = _without(replace(est, provenance=replace(est.provenance, policies=policies)), hidden, withheld)
    return Released(estimate=left, status=status, reason=tuple(map(_why, told)), rules=rules, flags=told, audited=found.audited)


def _beside(safe: Released, ledger: Ledger, entry: Table, which: str = "") -> Released:
    """The same, audited against what was released before."""
    least = max(safe.rules.protection.least, 1)
    found = audit(entry, ledger, threshold=least)
    if found.verdict == "fail":
        failing = [str(i) for i, status in enumerate(found.status) if status == "fail"]
        cells = ("Cell " if len(failing) == 1 else "Cells ") + ", ".join(failing)
        remedy = f"The least that helps: {found.remedy}." if found.remedy else "Nothing that was tried helps: do not release it."
        if found.remedy and found.remedy.action == "hide":
            cells_to_hide = ", ".join(map(str, found.remedy.cells))
            remedy = f"The least that helps: {'for this table ' if which else ''}release(..., hide=[{cells_to_hide}])."
        raise Refused(f"{which}Beside what was released before, fewer than {least} people could be told of. {cells} would tell it.", remedy)
    flags = list(safe.flags)
    for i, (status, reason) in enumerate(zip(found.status, found.reason, strict=True)):
        if status == "review" and entry.cells[i] and not flags[i].protection:
            asked = f"needs a review ({safe.rules.reviewer}): beside earlier releases, {reason}"
            flags[i] = replace(flags[i], review="; ".join(x for x in (flags[i].review, asked) if x))
    seal = found.certificate
    audited = replace(safe.audited, ledger=seal.ledger, earlier=seal.compared, groups=seal.groups)
    statuses, reasons = tuple(map(_status, flags)), tuple(map(_why, flags))
    return replace(safe, flags=tuple(flags), status=statuses, reason=reasons, audited=audited, entry=entry)


def _positions(hide: object, est: Estimate) -> tuple[int, ...]:
    """The cells that were named to be hidden."""
    given: tuple[Any, ...] = tuple(hide) if isinstance(hide, Iterable) and not isinstance(hide, str) else (None,)
    if not all(isinstance(i, Integral) and not isinstance(i, bool) and 0 <= int(i) < len(est) for i in given):
        raise InputError(f"hide= takes positions of cells, from 0 to {len(est) - 1}.")
    return tuple(sorted({int(i) for i in given if i is not None}))


def _rules(profile: object) -> Profile:
    """The profile that is meant, if it can be followed here."""
    if not isinstance(profile, (str, Profile)):
        fix = f"By name: {', '.join(map(repr, profile_names()))}; or Profile.from_toml(path)."
        raise InputError(f"profile= takes a name or a Profile, not a {type(profile).__name__}.", fix)
    rules = profile if isinstance(profile, Profile) else profile_named(profile)
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
