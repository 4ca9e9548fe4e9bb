"""Shares of compiled variables, estimated by `proportion` on the survey's own design, and named after their indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Column, Floats
from evidencekit.errors import EstimationError, InputError
from evidencekit.estimate import Cells, Estimate, Provenance
from evidencekit.instrument.indicators.compiling import Compiled
from evidencekit.instrument.indicators.standings import KINDS
from evidencekit.survey import Survey, proportion
from evidencekit.survey.means import By
from evidencekit.survey.summing.domains import Where, names_of, where_mask, where_words

__all__ = ["Grouped", "cited", "named", "need_memory", "needed", "policies_of", "refuse_nobody", "rows_counted", "shares", "unanswered_of"]

MADE = "__ek_made_"
BLANKS = "missing answers"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Grouped:
    """Groups of rows: a place in `groups` for each, -1 where it is in none."""

    codes: Codes
    groups: tuple[str, ...]


def shares(
    survey: Survey, variables: Mapping[str, Any], *, by: By = None, where: Where = None, where_label: str = "", level: float = 0.95
) -> Estimate:
    """Shares of variables that are made row by row: 0, 1 and NaN, or groups.

    Parameters
    ----------
    survey : Survey
        With data in memory.
    variables : mapping of str to (n,) array or Grouped
        A name in results, and a value for each of the survey's rows.
    by, where, where_label, level
        As for `proportion`.
    """
    names = {f"{MADE}{k}": name for k, name in enumerate(variables)}
    on = survey.having({column: _coded(variables[name]) for column, name in names.items()})
    est = proportion(on, list(names), by=by, where=where, where_label=where_words(where, where_label), level=level)
    kept = tuple(p for p in est.provenance.policies if p[0] != BLANKS)
    columns = {**est.cells.columns, "variable": tuple(names[v] for v in est.cells.columns["variable"])}
    missing = tuple((names.get(name, name), count) for name, count in est.provenance.missing)
    return replace(
        est,
        cells=Cells(columns, est.cells.by),
        estimand=f"share of {', '.join(variables)}",
        provenance=replace(est.provenance, policies=kept, missing=missing),
    )


def _coded(values: Any) -> Column:
    """A variable as codes: 0 and 1, or the groups of a `Grouped`."""
    if isinstance(values, Grouped):
        return Column(values.codes, values.groups, values.groups)
    known = ~np.isnan(values)
    return Column(np.where(known, values, -1).astype(np.intp), (0, 1), (0, 1))


def needed(survey: Survey, by: By, where: Where, where_label: str) -> str:
    """Check ``by=`` and ``where=`` before anything is worked out; gives the condition in words."""
    names_of(by, "by=", survey)
    return where_words(where, where_label)


def rows_counted(survey: Survey, where: Where) -> Any:
    """The rows that a number on this condition may rest on: those that satisfy it and have a weight."""
    assert survey.w is not None
    mask = where_mask(survey, where)
    return survey.w > 0 if mask is None else mask & (survey.w > 0)


def unanswered_of(made: Compiled, rows: Any) -> dict[str, int]:
    """How many of those counted gave no answer that settles it, and for how many each kind is among the reasons."""
    unknown = made.standing.unknown & made.inside & rows
    found = {"any": int(unknown.sum())}
    for k, kind in enumerate(KINDS):
        count = int((unknown & ((made.standing.why >> k) & 1).astype(bool)).sum())
        if count:
            found[kind.value] = count
    return found


def policies_of(made: Compiled, unanswered: Mapping[str, int], rows: Any) -> tuple[tuple[str, str], ...]:
    """What a reader must know of an indicator's number: its definition, and what was done with answers not given."""
    of = made.indicator
    out = [("indicator", f"{of.code} {of.version} [{of.fingerprint}]"), ("recall", of.recall)]
    if of.ages:
        out += [("ages", of.ages_said if made.ages_checked else f"{of.ages_said} (not checked: no column of ages)")]
    out += [("denominator", made.among)]
    if of.note("offender_rule"):
        out += [("offenders", "; ".join(of.note("offender_rule")))]
    if of.reference_event:
        out += [("reference event", of.reference_event)]
    out += [("unanswered", f"{unanswered_words(unanswered)}, {of.unanswered}")]
    unsure, count = int((made.unsure & rows).sum()), int((made.not_asked & rows).sum())
    out += [("membership not known", f"{unsure:,} left out")] if unsure else []
    out += [("not asked in this survey", ", ".join(made.absent))] if made.absent else []
    out += [("not asked", f"{count:,} of the denominator, for another reason than a no, left out")] if count else []
    return tuple(out)


def unanswered_words(unanswered: Mapping[str, int]) -> str:
    """Counts by kind; one composite can be unknown for two reasons, and then the kinds add up to more than the total."""
    counts = {kind: count for kind, count in unanswered.items() if kind != "any"}
    kinds, total = [f"{count:,} {kind}" for kind, count in counts.items()], unanswered["any"]
    if sum(counts.values()) > total:
        kinds.append("some both" if len(counts) == 2 else "some for more than one of these")
    return f"{total:,} ({', '.join(kinds)})" if total and kinds else f"{total:,}"


def named(est: Estimate, made: Compiled, policies: Sequence[tuple[str, str]], user_where: str) -> Estimate:
    """An estimate of one indicator with its name, version and rules in the estimand and the provenance, and flags for few answers."""
    of = made.indicator
    few = [bool(n < of.minimum_n) for n in est.counts.n]
    flag = f"fewer than {of.minimum_n} answers"
    flags = tuple("; ".join(x for x in (f, flag if low else "") if x) for f, low in zip(est.flags, few, strict=True))
    whom = "" if made.inside.all() else made.among  # else the survey's own words for its population say it
    parts = [f"share of {of.code}", f"version {of.version}", of.recall, f"among {made.among}", f"unanswered {of.unanswered}"]
    where = "; ".join(x for x in (user_where, whom) if x)
    labels = tuple(pair for pair in est.provenance.labels if pair[0] != of.code)
    provenance = replace(
        est.provenance,
        where=where,
        policies=(*policies, *est.provenance.policies),
        labels=((of.code, of.title or of.code), *labels),
    )
    return replace(est, flags=flags, estimand=", ".join(parts), provenance=provenance)


def cited(
    est: Estimate, made: Sequence[Compiled], said: str, policies: Sequence[tuple[str, str]], missing: tuple[tuple[str, int], ...]
) -> Provenance:
    """The provenance of an estimate of several indicators: each with its version, fingerprint and title, and what else is to know."""
    known = [one.indicator for one in made]
    words = "; ".join(f"{of.code} {of.version} [{of.fingerprint}]" for of in known)
    labels = tuple((of.code, of.title or of.code) for of in known)
    every = (("indicators", words), *policies, *est.provenance.policies)
    return replace(est.provenance, where=said, policies=every, missing=missing, labels=(*labels, *est.provenance.labels))


def refuse_nobody(made: Compiled, rows: Any, values: Floats) -> None:
    """Raise unless somebody who is counted gave an answer."""
    if not (made.inside & rows).any():
        raise EstimationError(
            f"Nobody in these data is counted by indicator {made.indicator.code}: {made.among}.",
            "Look at its ages and its denominator, and at items=.",
        )
    if np.isnan(values[np.asarray(made.inside & rows, dtype=bool)]).all():
        raise EstimationError(f"Nobody who is counted by indicator {made.indicator.code} gave an answer that settles it.")


def need_memory(survey: Survey) -> None:
    """Raise for lazy data and designs without units."""
    if survey.w is None:
        raise InputError("An indicator looks at rows, and these data are lazy.", "Collect the columns you need first.")
