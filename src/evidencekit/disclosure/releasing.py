"""release: hide the cells that could identify someone, flag those that are too uncertain, and say which is which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from functools import partial
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats
from evidencekit.disclosure.beside import beside, check_how_shown
from evidencekit.disclosure.ledger import Ledger
from evidencekit.disclosure.notes import COUNTED, STAMP
from evidencekit.disclosure.profiles import Profile, profile_names
from evidencekit.disclosure.profiles import profile as profile_named
from evidencekit.disclosure.publication import Publication
from evidencekit.disclosure.released import PROTECTED, REVIEW, SHOWN, UNCERTAIN, WITHHELD, Released
from evidencekit.disclosure.rules import Assessed, Flags, assessed
from evidencekit.errors import InputError, Refused
from evidencekit.estimate import Counts, Covariance, Estimate, fingerprint

__all__ = ["release"]

TEXTS = 10  # levels of a column, from which on it is looked at whether they are single people's
STAYS = ("n", "psus")  # what an uncertain number rests on is told although the number is not


def release(
    est: Estimate,
    *,
    profile: str | Profile = "child-survey",
    ledger: Ledger | None = None,
    publication: Publication | None = None,
    hide: Iterable[int] = (),
) -> Released:
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
    ledger : Ledger, optional
        What was released before; the table is audited against it. Once it is out: ``ledger = ledger.with_(safe.entry)``. Without
        one the release is not compared with any other: in a report of several tables, every one goes through the same ledger.
    publication : Publication, optional
        How the table will be shown. Needed with `ledger`.
    hide : iterable of int
        Further cells to hide, by position from 0: what the audit proposes.

    Returns
    -------
    Released
        With a status and a reason per cell, notes on the table, and what was audited.

    Raises
    ------
    InputError
        Not an Estimate, an unknown profile, or one that rounds: `release` hides. A ledger without a publication, or the other way round.
    Refused
        The levels of a column are answers of single people, such as identifiers or free text: a table shows its levels, hidden or not.
        Beside what was released before, some cells would tell too much. The message has their positions and the cheapest remedy.

    Notes
    -----
    Where too much is hidden: join small groups before the estimate (two provinces, two age groups), split by one column fewer, or put
    rounds of the survey together. `hide` takes further cells out and brings none back. A profile that asks for less is no
    remedy: ``"dhs-mics"`` and ``"open"`` protect nobody. `disclosure.before_and_after` draws why cells had to go, for those inside.

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
        raise InputError(f"release() takes an Estimate, and this is of type {type(est).__name__}.", _instead(est))
    check_how_shown(ledger, publication)
    rules = _rules(profile)
    _refuse_texts(est, rules)
    est = _not_below_zero(est)
    safe = _released(est, rules, assessed(est, rules, hide=_positions(hide, est)))
    if ledger is None or publication is None:
        return safe
    return beside(safe, ledger, publication, remark=partial(_marked, safe))


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
    if isinstance(given, (list, tuple)):
        return "Release tables one after the other, each beside those before it: ledger=, publication=."
    return "Make one, for example with ek.proportion(survey, ...)."


def _positions(hide: Iterable[int], est: Estimate) -> tuple[int, ...]:
    """The cells that were named to be hidden."""
    given = tuple(hide) if isinstance(hide, Iterable) and not isinstance(hide, str) else (None,)
    if not all(isinstance(i, Integral) and not isinstance(i, bool) and 0 <= i < len(est) for i in given):
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
