"""protect: a plan carried out on a file of records, with a log, the risk and what it cost before and after."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Floats, numeric
from evidencekit.disclosure.microdata.changed import Changed, LogEntry
from evidencekit.disclosure.microdata.comparing import Risk, risks
from evidencekit.disclosure.microdata.displacing import displace
from evidencekit.disclosure.microdata.extremes import top_bottom
from evidencekit.disclosure.microdata.gate import Passes, refuse_identifying
from evidencekit.disclosure.microdata.held import Held, hold
from evidencekit.disclosure.microdata.protected import Protected
from evidencekit.disclosure.microdata.randomising import pram
from evidencekit.disclosure.microdata.recoding import recode
from evidencekit.disclosure.microdata.steps import Displace, DropColumns, Plan, Pram, Recode, Step, SuppressLocally, TopBottom
from evidencekit.disclosure.microdata.suppressing import suppress_locally
from evidencekit.disclosure.microdata.telling import still_told
from evidencekit.disclosure.microdata.utility import associations, losses
from evidencekit.errors import InputError, how_many
from evidencekit.frames import Dataset, open_data
from evidencekit.instrument import Instrument

__all__ = ["protect"]


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
        A measure in the place of ours: ``risk(data, keys, weights)`` gives numbers by name. By default what `risk` measures with its own
        defaults, special uniques left out: they take long where keys are many. Weights count for the rows after too, dropped or not; where
        they do not add up to people, the rows are taken for the whole population, which is the highest risk.

    Returns
    -------
    Protected
        The data in the caller's kind, without index or metadata, and the log, the risk and the cost. Its notes name columns that
        still tell what a recoding took out, as age groups do beside recoded ages.

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
    ...         DropColumns(columns=["psu", "stratum", "age_group"]),  # age groups would tell what bands of ages hide
    ...     ],
    ...     keys=["province", "area", "sex", "age", "eligible_children"],
    ...     weights="weight",
    ... )
    >>> safe = protect(data, plan)
    >>> safe.risk["rows in combinations of fewer than 5"]
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
    weights = _weights(before, plan)
    return Protected(
        data=held.data,
        plan=plan,
        log=tuple(log),
        risk=risks(before, held, plan, weights, risk),
        utility=losses(before, reference, held, weights),
        associations=associations(before, held),
        backend=open_data(data).backend,
        notes=still_told(before, held, recoded),
    )


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
