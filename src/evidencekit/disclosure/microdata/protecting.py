"""protect: a plan carried out on a file of records, with a log, the risk and what it cost before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Floats, numeric
from evidencekit.disclosure.microdata.changed import Changed, LogEntry
from evidencekit.disclosure.microdata.displacing import displace
from evidencekit.disclosure.microdata.extremes import top_bottom
from evidencekit.disclosure.microdata.gate import Passes, refuse_identifying
from evidencekit.disclosure.microdata.held import Held, hold
from evidencekit.disclosure.microdata.patterns import keyed, matches
from evidencekit.disclosure.microdata.protected import Protected
from evidencekit.disclosure.microdata.randomising import pram
from evidencekit.disclosure.microdata.recoding import recode
from evidencekit.disclosure.microdata.steps import Displace, DropColumns, Plan, Pram, Recode, Step, SuppressLocally, TopBottom
from evidencekit.disclosure.microdata.suppressing import suppress_locally
from evidencekit.disclosure.microdata.utility import associations, losses
from evidencekit.errors import InputError, how_many
from evidencekit.frames import Dataset, open_data
from evidencekit.instrument import Instrument

__all__ = ["Risk", "counts_of_matches", "protect"]

Risk = Callable[[Any, Sequence[str], str | None], Mapping[str, float]]
"""A measure of risk: the data, the keys they have and the column of weights in; numbers by name out."""


def protect(data: Any, plan: Plan, *, seed: int | None = None, form: Instrument | None = None, risk: Risk | None = None) -> Protected:
    """Carry out a plan on a file of records, and refuse what may not leave.

    Parameters
    ----------
    data : Dataset or data frame
        In memory. It is not changed.
    plan : Plan
        The steps, the keys, the weights.
    seed : int, optional
        A secret of 2**64 or more, for plans with `Pram` or `Displace`: ``secrets.randbits(128)``. It is not kept.
    form : Instrument, optional
        The form the answers come from: its roles say which columns are free text, identifiers or places.
    risk : callable, optional
        What is measured before and after; by default how many records match each on the keys (`counts_of_matches`).

    Returns
    -------
    Protected
        The data in the caller's kind, without index or metadata, and the log, the risk and the cost.

    Raises
    ------
    InputError
        A step cannot be taken; a seed is needed; the weights are missing or negative.
    Refused
        The file would hold free text, direct identifiers, coordinates that were not displaced, dates, keys of records, or texts with
        traces of persons. All such columns are named at once.
    UnknownColumn
        The plan names a column that is not there.

    Notes
    -----
    What passes is not proven safe. Looked at are columns one by one and the keys together; not what is known to an insider, households
    whose members are each other's neighbours in the file, or other files of the same survey. Rows stay in their order: where it tells
    something, sort them first.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.disclosure.microdata import Bands, DropColumns, Ladder, Plan, Recode, SuppressLocally, TopBottom, protect
    >>> data = ek.fictional.national_survey().data
    >>> plan = Plan(
    ...     [
    ...         Recode(column="age", ladder=Ladder([Bands((12, 14, 16, 18)), Bands((12, 16, 18))])),
    ...         TopBottom(column="hours_online", k=20, sides="top"),
    ...         SuppressLocally(k=5),
    ...         DropColumns(columns=["psu", "stratum"]),
    ...     ],
    ...     keys=["province", "area", "sex", "age", "eligible_children"],
    ...     weights="weight",
    ... )
    >>> safe = protect(data, plan)
    >>> safe.risk["below 5"]
    (459.0, 0.0)
    >>> [entry.step for entry in safe.log]
    ['recode', 'top-bottom', 'suppress', 'drop']
    """
    held = hold(data)
    _check(held, plan, form)
    before, reference = held, held
    log: list[LogEntry] = []
    for step in plan.steps:
        held, entry = _taken(step, held, plan, seed)
        log.append(entry)
        if isinstance(step, (Recode, TopBottom)):
            reference = _taken(step, reference, plan, seed)[0]
    if plan.keep:
        log.append(LogEntry("let pass by name", tuple(plan.keep)))
    recoded = {step.column for step in plan.steps if isinstance(step, Recode)}
    displaced = {name for step in plan.steps if isinstance(step, Displace) for name in (step.latitude, step.longitude)}
    refuse_identifying(held, Passes(recoded, displaced, plan.keep, plan.weights), form)
    held = _bare(held)
    measure = counts_of_matches if risk is None else risk
    weights = _weights(before, plan)
    return Protected(
        data=held.data,
        plan=plan,
        log=tuple(log),
        risk=_risks(measure, plan, before, held),
        utility=losses(before, reference, held, weights),
        associations=associations(before, held),
        backend=open_data(data).backend,
    )


def counts_of_matches(data: Any, keys: Sequence[str], weights: str | None = None) -> dict[str, float]:
    """How many records few others match on the keys, a missing key matching anything.

    Parameters
    ----------
    data : Dataset or data frame
        In memory.
    keys : sequence of str
        The quasi-identifiers.
    weights : str, optional
        Not used here; other measures do.

    Returns
    -------
    dict of str to float
        ``records``, ``alone`` (nobody else matches), ``below 3``, ``below 5`` (records that fewer match), ``fewest`` (matches of any).

    Examples
    --------
    >>> import pandas as pd
    >>> from evidencekit.disclosure.microdata import counts_of_matches
    >>> counts_of_matches(pd.DataFrame({"a": [1, 1, 2], "b": [1, 1, 1]}), ["a", "b"])
    {'records': 3, 'alone': 1, 'below 3': 3, 'below 5': 3, 'fewest': 1}
    """
    held = hold(data, "Measuring risk")
    held.need(keys, "keys=")
    f = matches(keyed(held, keys, "matches any"))
    few = {f"below {k}": int((f < k).sum()) for k in (3, 5)}
    return {"records": len(f), "alone": int((f == 1).sum()), **few, "fewest": int(f.min(initial=len(f)))}


def _taken(step: Step, held: Held, plan: Plan, seed: int | None) -> tuple[Held, LogEntry]:
    """One step."""
    if isinstance(step, DropColumns):
        names = [step.columns] if isinstance(step.columns, str) else list(step.columns)
        held.need(names, "DropColumns")
        return held.drop(names), LogEntry("drop", tuple(names), {"columns": len(names)})
    made = _verb(step, held.data, plan, seed)
    return hold(made.data), made.entry


def _verb(step: Step, data: Any, plan: Plan, seed: int | None) -> Changed:
    if isinstance(step, Recode):
        return recode(data, step.column, ladder=step.ladder, rung=step.rung)
    if isinstance(step, TopBottom):
        return top_bottom(data, step.column, k=step.k, sides=step.sides)
    if isinstance(step, SuppressLocally):
        left = [key for key in plan.keys if key in hold(data).columns]
        return suppress_locally(data, left, k=step.k, importance=step.importance, strata=step.strata, missing=step.missing)
    if seed is None:
        raise InputError("A plan with Pram or Displace needs seed=.", "Make one with secrets.randbits(128), and keep it secret.")
    if isinstance(step, Pram):
        made = pram(data, step.column, seed=seed, keep=step.keep, weights=plan.weights)
        return Changed(made.data, made.entry)
    assert isinstance(step, Displace)
    return displace(
        data,
        cluster=step.cluster,
        latitude=step.latitude,
        longitude=step.longitude,
        urban=step.urban,
        urban_level=step.urban_level,
        seed=seed,
        area=step.area,
        polygons=step.polygons,
    )


def _check(held: Held, plan: Plan, form: Any) -> None:
    if not isinstance(plan, Plan):
        raise InputError(f"plan= takes a Plan, not a {type(plan).__name__}.", "Plan([...], keys=[...]), or read_plan() of a file.")
    if form is not None and not isinstance(form, Instrument):
        raise InputError(f"form= takes an Instrument, not a {type(form).__name__}.")
    if not len(held):
        raise InputError("There are no records to protect.")
    held.need(plan.keys, "keys=")
    held.need(plan.keep, "keep=")
    if plan.weights is not None:
        held.need([plan.weights], "weights=")


def _weights(held: Held, plan: Plan) -> Floats:
    if plan.weights is None:
        return np.ones(len(held))
    w = numeric(held.clean[plan.weights], "Weights")
    bad = int((np.isnan(w) | (w < 0)).sum())
    if bad:
        raise InputError(f"Weights {plan.weights!r} are missing or negative in {how_many(bad, 'row')}.", "Take such rows out first.")
    return w


def _risks(measure: Risk, plan: Plan, before: Held, after: Held) -> dict[str, tuple[float, float]]:
    """The measures before, on all keys, and after, on those still there."""
    if not plan.keys:
        return {}
    left = [key for key in plan.keys if key in after.columns]
    weights = plan.weights if plan.weights in after.columns else None
    one, two = measure(before.data, plan.keys, plan.weights), measure(after.data, left, weights)
    return {name: (float(one[name]), float(two[name])) for name in one if name in two}


def _bare(held: Held) -> Held:
    """Without what a frame carries beside its columns: an index, metadata, levels of a type that no record has."""
    frame = held.raw
    listed = [name for name in frame.columns if frame[name].dtype in (nw.Categorical, nw.Enum)]
    unused = [name for name in listed if len(frame[name].cat.get_categories()) > len(held.codes(name)[1])]
    frame = frame.with_columns(*(nw.col(name).cast(nw.String) for name in unused)) if unused else frame
    native = nw.maybe_reset_index(frame).to_native()
    kind = str(frame.implementation.value)
    if kind == "pandas":
        native = native.copy()
        native.attrs = {}
        native.columns.name = None
    elif kind == "pyarrow":
        native = native.replace_schema_metadata(None)
    return hold(held.data.with_frame(native) if isinstance(held.data, Dataset) else native)
