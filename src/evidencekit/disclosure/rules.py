"""The rules of a release, all numbers from its profile: which cells could identify someone, and which would give those away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.disclosure.additive import Block, blocks_of
from evidencekit.disclosure.complementing import Complement, complement_of
from evidencekit.disclosure.joining import joined
from evidencekit.disclosure.profiles import Profile
from evidencekit.disclosure.uncertain import judged
from evidencekit.errors import how_many
from evidencekit.estimate import Estimate

__all__ = ["GIVES", "Assessed", "Audited", "Flags", "assessed", "assessed_together", "below_floor", "counted", "identifying"]

UNKNOWN = "what this number rests on is not known: pass n= and cases= to replicate()"
GIVES = "would give a hidden cell away"
ASKED = "hidden beside earlier releases"
COUNTS = "only counts, rounded: a share and its interval would tell them more exactly"
ENDS = ("minimum", "maximum", "range")
JUST_UNDER = 1 - 1e-12  # n times a share is a whole number only up to rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the profile says of one cell. Protection and precision are two things, each with its reason.

    Parameters
    ----------
    protection : str
        Why it must be hidden; empty where it may be shown.
    precision : str
        Why it is too uncertain, hidden or not; empty where it is not.
    withheld : bool
        Whether it is so uncertain that the profile does not show it.
    review : str
        Why somebody must look at it first.
    footnote : str
        What must be said beside it.
    """

    protection: str = ""
    precision: str = ""
    withheld: bool = False
    review: str = ""
    footnote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Audited:
    """What was proven of a release, and against what.

    Parameters
    ----------
    tables : int
        In how many additive tables of counts its cells were audited together.
    cells : int
        How many cells those have, margins included.
    intervals : int
        How many ends of intervals are proven to be as far from the truth as they must be. None is not.
    programmes : int
        How many linear programmes that took.
    ledger : str
        The digest of the ledger it was audited against; empty where there was none.
    earlier : int
        How many earlier tables of the same universe were in it.
    groups : int
        How many groups and differences of groups were looked at.
    shows : str
        What of each cell was taken to be shown, in words.
    notes : tuple of str
        What was not audited or not compared.
    together : tuple of int
        The tables of one call of `release`, counted from 1, that were protected as one; empty where it was by itself.
    apart : tuple of int
        Those of the same numbers that it was not linked to: the margins that both have differ.
    """

    tables: int = 0
    cells: int = 0
    intervals: int = 0
    programmes: int = 0
    ledger: str = ""
    earlier: int = 0
    groups: int = 0
    shows: str = ""
    notes: tuple[str, ...] = ()
    together: tuple[int, ...] = ()
    apart: tuple[int, ...] = ()

    def __repr__(self) -> str:
        if not self.tables:
            within = "nothing hidden that could be worked out from the table itself"
        else:
            proven = f"{how_many(self.intervals, 'end of an interval', 'ends of intervals')} proven far enough"
            within = f"{how_many(self.cells, 'cell')} of {how_many(self.tables, 'additive table')}, {proven}"
        beside = f"; {how_many(self.groups, 'group')} beside {how_many(self.earlier, 'earlier table')}" if self.ledger else ""
        return f"Audited: {within}{beside}"


@dataclass(frozen=True, slots=True)
class Assessed:
    """The flags of every cell, and what was proven of those that are hidden."""

    flags: tuple[Flags, ...]
    audited: Audited


def assessed(est: Estimate, rules: Profile, *, hide: Sequence[int] = (), progress: bool | None = None) -> Assessed:
    """Both flags of every cell, what is for review, and what was proven of what is hidden.

    Parameters
    ----------
    est : Estimate
        Any Estimate.
    rules : Profile
        Where every number comes from.
    hide : sequence of int
        Cells that are hidden whatever the rules say.
    progress : bool or None
        Whether to show how far it is; None shows it on a terminal.
    """
    out, audited = _by_themselves(est, rules, hide), Audited()
    if rules.protection.least and not below_floor(est, rules):
        for block in blocks_of(est):
            audited = _added(audited, _complemented(block, out, est.counts.n, rules, progress))
    return Assessed(_flags(est, rules, out), audited)


def assessed_together(
    ests: Sequence[Estimate], rules: Profile, *, hide: Sequence[Sequence[int]], progress: bool | None = None
) -> list[Assessed]:
    """The same of several Estimates, those that add up to each other protected as one.

    Parameters
    ----------
    ests : sequence of Estimate
        The tables of one release.
    rules : Profile
        Where every number comes from.
    hide : sequence of sequence of int
        For each of them the cells that are hidden whatever the rules say.
    progress : bool or None
        As for `assessed`.
    """
    whys = [_by_themselves(est, rules, some) for est, some in zip(ests, hide, strict=True)]
    of = [i for i, est in enumerate(ests) if not below_floor(est, rules)]  # of the others nothing is shown
    found = joined([ests[i] for i in of])
    audits = [Audited() for _ in ests]
    if rules.protection.least:
        n, every = np.concatenate([np.zeros(0), *(ests[i].counts.n for i in of)]), [why for i in of for why in whys[i]]
        for block, tables in zip(found.blocks, found.tables, strict=True):
            proven = _complemented(block, every, n, rules, progress)
            for t in tables:
                audits[of[t]] = _added(audits[of[t]], proven)
        ends = np.cumsum([0, *(len(whys[i]) for i in of)])
        for k, i in enumerate(of):
            whys[i] = every[ends[k] : ends[k + 1]]
    for k, i in enumerate(of):
        together = sorted({of[t] + 1 for tables in found.tables if k in tables and len(tables) > 1 for t in tables})
        audits[i] = replace(audits[i], together=tuple(together), apart=tuple(of[t] + 1 for t in found.apart[k]))
    return [Assessed(_flags(est, rules, why), audit) for est, why, audit in zip(ests, whys, audits, strict=True)]


def _flags(est: Estimate, rules: Profile, hidden: Sequence[str]) -> tuple[Flags, ...]:
    fine = any(rules.geography.is_finer(column) for column in est.cells.by)
    out: list[Flags] = []
    for i, (why, doubt) in enumerate(zip(hidden, judged(est, rules), strict=True)):
        review = [*_for_review(est, rules, i), *([_below(rules)] if fine and rules.geography.below == "review" else []), *doubt.review]
        said = f"needs a review ({rules.reviewer}): {'; '.join(dict.fromkeys(review))}" if review else ""
        out.append(Flags(protection=why, precision=doubt.reason, withheld=doubt.withheld, review=said, footnote=doubt.footnote))
    return tuple(out)


def below_floor(est: Estimate, rules: Profile) -> bool:
    """Whether none of it may be shown, since places are too small."""
    return rules.geography.below == "hide" and any(rules.geography.is_finer(column) for column in est.cells.by)


def counted(est: Estimate, rules: Profile) -> tuple[Flags, ...]:
    """What is said of cells of which only rounded counts are shown: rounding hides how many there are, not in how few places."""
    below = [_below(rules)] if rules.geography.below == "review" and any(map(rules.geography.is_finer, est.cells.by)) else []
    out = []
    for psus in est.counts.psus:
        few = [f"fewer than {rules.protection.psus} sampling units"] if psus < rules.protection.psus else []
        out.append(Flags(review=f"needs a review ({rules.reviewer}): {'; '.join(below + few)}" if below or few else "", footnote=COUNTS))
    return tuple(out)


def _by_themselves(est: Estimate, rules: Profile, hide: Sequence[int]) -> list[str]:
    """Per cell, why it may not be shown for its own sake or that of its place, empty where it may."""
    return [_below(rules)] * len(est) if below_floor(est, rules) else identifying(est, rules, hide=hide)


def identifying(est: Estimate, rules: Profile, *, hide: Sequence[int] = ()) -> list[str]:
    """Per cell, why it could identify someone by itself, empty where it could not. For those inside: `assessed` does not tell it."""
    out = [_primary(est, rules, i) for i in range(len(est))]
    for i in hide:
        out[i] = out[i] or ASKED
    _between(est, rules, out)
    return out


def _complemented(block: Block, why: list[str], n: Floats, rules: Profile, progress: bool | None) -> Complement:
    """Hide what would give a hidden cell of the block away."""
    hidden = np.array([bool(why[i]) for i in block.rows], dtype=bool)
    found = complement_of(block, hidden, n[block.rows], least=rules.protection.least, progress=progress)
    for i in block.rows[found.too]:
        why[i] = GIVES
    _make_alike(block, why)
    return found


def _make_alike(block: Block, why: list[str]) -> None:
    """One reason for all hidden cells of a whole, in whichever table they are.

    Which of them is small by itself, and which large, would tell more than their sums do: two of fewer than ten that make eighteen are
    nine each, and of eleven, where one is known to be ten or more, the other is one at most.
    """
    hidden = [int(i) for i in block.rows if why[i]]
    if words := sorted({why[i] for i in hidden} - {GIVES}):
        for i in hidden:
            why[i] = ", or ".join((*words, GIVES))


def _added(audited: Audited, found: Complement) -> Audited:
    return replace(audited, **{f: getattr(audited, f) + getattr(found, f) for f in ("tables", "cells", "intervals", "programmes")})


def _primary(est: Estimate, rules: Profile, i: int) -> str:
    counts, least = est.counts, rules.protection
    if est.statistic in ENDS:
        return "the smallest and the largest answer are somebody's"
    if np.isnan(counts.n[i]):
        return UNKNOWN if least.unknown == "hide" else ""
    if counts.psus[i] < least.psus:
        return f"fewer than {least.psus} sampling units"
    if counts.n[i] < least.denominator:
        return f"fewer than {least.denominator} answers"
    if few := _few(est, rules, i):
        return few
    if est.statistic == "quantile":
        share = float(est.cells.columns["quantile"][i])
        if counts.n[i] * min(share, 1 - share) < least.beyond * JUST_UNDER:
            return f"fewer than {least.beyond} answers on one side"
    return ""


def _few(est: Estimate, rules: Profile, i: int) -> str:
    """Whether cases or those who are not cases are too few. None at all has a rule of its own, and the words of few: it is not said."""
    least, cases = rules.protection, est.counts.cases[i]
    sides = (
        (cases, least.numerator, least.zero, "cases"),
        (est.counts.n[i] - cases, least.complement, least.full, "who are not cases"),
    )
    for there, needed, none, words in sides:
        if there <= 0 and none == "hide":
            return f"fewer than {needed} {words}" if needed else "none or all are cases"
        if 0 < there < needed:
            return f"fewer than {needed} {words}"
    return ""


def _for_review(est: Estimate, rules: Profile, i: int) -> list[str]:
    """What somebody must look at for the sake of protection."""
    least, n, cases = rules.protection, est.counts.n[i], est.counts.cases[i]
    if np.isnan(n):
        return ["what this number rests on is not known"] if least.unknown == "review" else []
    found = (least.zero == "review" and cases <= 0) or (least.full == "review" and n - cases <= 0)
    return ["none or all are cases"] if found else []


def _below(rules: Profile) -> str:
    return f"split by places that may be below {rules.geography.floor}"


def _between(est: Estimate, rules: Profile, why: list[str]) -> None:
    """Hide points of one distribution with too few answers between them and the point before that is shown."""
    found = _distribution(est)
    if found is None:
        return
    (axis, below), least = found, rules.protection.between
    columns = est.cells.columns
    blocks: dict[tuple[Any, ...], list[int]] = {}
    for i in range(len(est)):
        blocks.setdefault(tuple(v[i] for c, v in columns.items() if c != axis), []).append(i)
    for block in blocks.values():
        last: int | None = None
        for i in sorted((i for i in block if not why[i]), key=lambda i: columns[axis][i]):
            same = last is not None and columns[axis][i] == columns[axis][last]
            if last is not None and not same and below[i] - below[last] < least * JUST_UNDER:
                why[i] = f"fewer than {least} answers between this and another one shown"
            else:
                last = i


def _distribution(est: Estimate) -> tuple[str, Floats] | None:
    """The column that orders the points of a distribution, and how many answers lie below each; None for other statistics."""
    if est.statistic == "cdf":
        return "at", est.counts.cases
    if est.statistic == "quantile":
        return "quantile", est.counts.n * np.array(est.cells.columns["quantile"], dtype=np.float64)
    return None
