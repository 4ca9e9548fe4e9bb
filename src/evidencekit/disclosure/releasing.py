"""release: hide the cells that could identify someone, flag those that are too uncertain, and say which is which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Any, overload

import numpy as np

from evidencekit.columns import Bools, Floats
from evidencekit.disclosure.beside import beside, check_how_shown
from evidencekit.disclosure.counting import rounded_counts
from evidencekit.disclosure.ledger import Ledger
from evidencekit.disclosure.notes import COUNTED, STAMP
from evidencekit.disclosure.profiles import Profile, profile_names
from evidencekit.disclosure.profiles import profile as profile_named
from evidencekit.disclosure.publication import Publication
from evidencekit.disclosure.released import PROTECTED, REVIEW, ROUNDED, SHOWN, UNCERTAIN, WITHHELD, Released
from evidencekit.disclosure.rules import Assessed, Flags, assessed, assessed_together, below_floor, counted
from evidencekit.errors import InputError, Refused, is_whole
from evidencekit.estimate import Counts, Covariance, Estimate, fingerprint

__all__ = ["release"]

TEXTS = 10  # levels of a column, from which on it is looked at whether they are single people's
STAYS = ("n", "psus")  # what an uncertain number rests on is told although the number is not


@overload
def release(
    est: Estimate,
    *,
    profile: str | Profile = "child-survey",
    ledger: Ledger | None = None,
    publication: Publication | None = None,
    hide: Iterable[int] = (),
    progress: bool | None = None,
) -> Released: ...


@overload
def release(
    est: Sequence[Estimate],
    *,
    profile: str | Profile = "child-survey",
    ledger: Ledger | None = None,
    publication: Publication | Sequence[Publication] | None = None,
    hide: Sequence[Iterable[int]] = (),
    progress: bool | None = None,
) -> tuple[Released, ...]: ...


def release(
    est: Estimate | Sequence[Estimate],
    *,
    profile: str | Profile = "child-survey",
    ledger: Ledger | None = None,
    publication: Publication | Sequence[Publication] | None = None,
    hide: Iterable[int] | Sequence[Iterable[int]] = (),
    progress: bool | None = None,
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
        What was released before; each table is audited against it. Once it is out: ``ledger = ledger.with_(safe.entry)``, of several
        tables for each. Without one the release is not compared with any other: all of a report goes through the same ledger.
    publication : Publication, optional
        How the table will be shown. Needed with `ledger`. Of several tables one that is that of all, with what a table is of after its
        title; or a list with one each. Each table is audited beside those before it.
    hide : iterable of int
        Further cells to hide, by position from 0: what the audit proposes. Of several tables one such list each.
    progress : bool, optional
        Whether to show how far the audits are; by default on a terminal. They can be interrupted at any time, and nothing is released then.

    Returns
    -------
    Released or tuple of Released
        With a status and a reason per cell, notes on the table, and what was audited. Of several tables one each, in their order.

    Raises
    ------
    InputError
        Not an Estimate, no Estimate, the same table twice, an unknown profile; by rounding, anything but one table of shares. A ledger
        without a publication, or the other way round.
    Refused
        The levels of a column are answers of single people, such as identifiers or free text: a table shows its levels, hidden or not.
        Beside what was released before, some cells would tell too much. The message has their positions and the cheapest remedy. By
        rounding: the rounded table tells a small count exactly.

    Notes
    -----
    Where too much is hidden: join small groups before the estimate (two provinces, two age groups), split by one column fewer, or put
    rounds of the survey together. `hide` takes further cells out and brings none back. A profile that asks for less is no
    remedy: ``"dhs-mics"`` and ``"open"`` protect nobody. `disclosure.before_and_after` draws why cells had to go, for those inside.

    Of several tables, those of the same variable, statistic, design and condition are linked where the margins that both have are the
    same. A number that two of them show (overall, and the total of a table by sex) is then one cell, hidden in both or in neither, and no
    hidden cell can be worked out from all of them together. Districts lie within provinces if one table is by both columns; a table by
    district alone does not say so. Where margins differ, since answers to a column in ``by=`` are missing, tables are protected by
    themselves, and a note says which: make those who did not answer a group of their own, or pass ``ledger=``, so that each is audited
    beside those before it. So are tables of another statistic, though they may be of the same people.

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
        return _by_rounding(est, rules, asked=ledger is not None or publication is not None or hide != (), progress=progress)
    if not isinstance(est, Estimate) and isinstance(est, Sequence) and not isinstance(est, str):
        return _several(est, rules, ledger, publication, hide, progress)
    one = _an_estimate(est)
    check_how_shown(ledger, publication)
    one = _prepared(one, rules)
    safe = _released(one, rules, assessed(one, rules, hide=_positions(hide, one), progress=progress))
    if ledger is None or not isinstance(publication, Publication):
        return safe
    return beside(safe, ledger, publication, remark=partial(_marked, safe), progress=progress)


def _by_rounding(est: object, rules: Profile, *, asked: bool, progress: bool | None) -> Released:
    """Counts in multiples of a base, and nothing else."""
    if asked or not isinstance(est, Estimate):
        raise InputError(
            f"Profile {rules.name} rounds: release() then takes one Estimate, and neither ledger= nor publication= nor hide=.",
            "Tables that were rounded one by one are not audited beside each other.",
        )
    _refuse_texts(est, rules)
    if below_floor(est, rules):
        return _released(est, rules, assessed(est, rules))
    flags, left = counted(est, rules), rounded_counts(est, rules, progress=progress)
    policies = (*left.provenance.policies, (STAMP, rules.stamp), ("rounding", f"answers and cases in multiples of {rules.method.base}"))
    left = replace(left, provenance=replace(left.provenance, policies=policies))
    status = tuple(REVIEW if one.review else ROUNDED for one in flags)
    return Released(estimate=left, status=status, reason=tuple(map(_why, flags)), rules=rules, flags=flags)


def _several(
    given: Sequence[object], rules: Profile, ledger: Ledger | None, publication: object, hide: object, progress: bool | None
) -> tuple[Released, ...]:
    """Tables that are shown beside each other, each audited beside the ledger and those before it."""
    ests = [_an_estimate(est) for est in given]
    if not ests:
        raise InputError("release() was given no table.", "Pass the Estimates of the release.")
    shown = [] if ledger is None and publication is None else _each("publication", _of_all(publication, ests), len(ests))
    for one in shown:
        check_how_shown(ledger, one)
    ests = [_prepared(est, rules) for est in ests]
    none = isinstance(hide, Sequence) and not isinstance(hide, str) and not len(hide)
    named = _each("hide", [()] * len(ests) if none else hide, len(ests))
    some = [_positions(one, est) for one, est in zip(named, ests, strict=True)]
    out = [_released(est, rules, how) for est, how in zip(ests, assessed_together(ests, rules, hide=some, progress=progress), strict=True)]
    if ledger is None:
        return tuple(out)
    before, mine = Ledger(entries=ledger.entries), dict[int, int]()  # in memory: nothing is out yet
    for i, (safe, one) in enumerate(zip(out, shown, strict=True)):
        out[i] = beside(safe, before, one, remark=partial(_marked, safe), table=i + 1 if len(out) > 1 else 0, mine=mine, progress=progress)
        if (entry := out[i].entry) is not None:
            more = before.with_(entry)
            mine |= {t: i + 1 for t in range(len(before), len(more))}  # none where the ledger had it before
            before = more
    return tuple(out)


def _of_all(publication: object, ests: Sequence[Estimate]) -> object:
    """One publication for all tables becomes one for each: its title, and what the table is of."""
    if not isinstance(publication, Publication):
        return publication
    what = [est.estimand + (f", by {' and '.join(est.cells.by)}" if est.cells.by else "") for est in ests]
    return [replace(publication, title=f"{publication.title}: {words}") for words in what]


def _each(name: str, values: object, size: int) -> list[Any]:
    """One value for each table."""
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) != size:
        more = "In the order of the tables." if name == "hide" else "In the order of the tables; or one Publication for all of them."
        raise InputError(f"{name}= of several tables is a list with one for each, and there are {size}.", more)
    return list(values)


def _an_estimate(given: object) -> Estimate:
    """What was passed, if it can be released."""
    if isinstance(given, Estimate):
        return given
    raise InputError(f"release() takes an Estimate or a list of them, and this is of type {type(given).__name__}.", _instead(given))


def _prepared(est: Estimate, rules: Profile) -> Estimate:
    """An Estimate that has no single people's answers for levels, with no number of people below 0."""
    _refuse_texts(est, rules)
    return _not_below_zero(est)


def _released(est: Estimate, rules: Profile, found: Assessed) -> Released:
    """What is left of an Estimate."""
    status = tuple(_status(one) for one in found.flags)
    hidden, withheld = (np.array([s == word for s in status], dtype=bool) for word in (PROTECTED, WITHHELD))
    # What is hidden says nothing of its precision either: a reason may give a number away.
    told = tuple(Flags(protection=one.protection) if one.protection else one for one in found.flags)
    said = est.provenance
    if (hidden | withheld).all():  # nor what was said beside them: bounds of a number, how many did not answer
        said = replace(said, policies=tuple(p for p in said.policies if p[0] not in COUNTED), missing=())
    said = replace(said, policies=(*said.policies, (STAMP, rules.stamp)))
    left = _without(replace(est, provenance=said), hidden, withheld)
    return Released(estimate=left, status=status, reason=tuple(map(_why, told)), rules=rules, flags=told, audited=found.audited)


def _marked(safe: Released, flags: Sequence[Flags]) -> Released:
    """The same release with other flags, and what follows from them."""
    return replace(safe, flags=tuple(flags), status=tuple(map(_status, flags)), reason=tuple(map(_why, flags)))


def _refuse_texts(est: Estimate, rules: Profile) -> None:
    """Raise for a column of many levels of which most are one person's: the numbers of its cells would be hidden, and the levels not."""
    if not rules.protection.least:
        return
    for column in (*est.cells.by, "category"):
        behind: dict[object, float] = {}
        counts = est.counts.cases if column == "category" else est.counts.n
        for level, count in zip(est.cells.columns.get(column, ()), counts, strict=False):
            behind[level] = max(behind.get(level, 0.0), float(count) if np.isfinite(count) else np.inf)  # unknown is not one
        held = [many for many in behind.values() if many > 0]
        if len(held) >= TEXTS and float(np.median(held)) < 2:
            what = "categories" if column == "category" else f"levels of {column!r}"
            raise Refused(
                f"Most of the {len(held):,} {what} are one person's, as identifiers and free text are, and a table shows them.",
                "Code them into groups first.",
            )


def _instead(given: object) -> str:
    """What to pass where something else than an Estimate was passed."""
    if isinstance(given, Released):
        return "It is released already."
    if isinstance(getattr(given, "estimate", None), Estimate):
        return "Release its .estimate."
    if isinstance(getattr(given, "estimates", None), tuple):
        return "Release its .estimates."
    return "Make one, for example with ek.proportion(survey, ...)."


def _positions(hide: object, est: Estimate) -> tuple[int, ...]:
    """The cells that were named to be hidden."""
    given: tuple[Any, ...] = tuple(hide) if isinstance(hide, Iterable) and not isinstance(hide, str) else (None,)
    if not all(is_whole(i, least=0, most=len(est) - 1) for i in given):
        raise InputError(f"hide= takes positions of cells, from 0 to {len(est) - 1}.")
    return tuple(sorted({int(i) for i in given if i is not None}))


def _rules(profile: object) -> Profile:
    """The profile that is meant, if it can be followed here."""
    if not isinstance(profile, (str, Profile)):
        fix = f"By name: {', '.join(map(repr, profile_names()))}; or Profile.from_toml(path)."
        raise InputError(f"profile= takes a name or a Profile, not a {type(profile).__name__}.", fix)
    if isinstance(profile, str) and profile.lower().endswith(".toml"):
        raise InputError("profile= takes the name of a profile of the library, not a file.", "Pass ek.disclosure.Profile.from_toml(path).")
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


def _without(est: Estimate, hidden: Bools, withheld: Bools) -> Estimate:
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
