"""validate: every rule of a form over its data, in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, Column, factorise
from evidencekit.errors import EvidencekitError, InputError, UnknownColumn
from evidencekit.frames import Dataset, eager, open_data
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.given import in_order, mapped
from evidencekit.instrument.rules.answers import empty_in, twice_in
from evidencekit.instrument.rules.checks import Found, look
from evidencekit.instrument.rules.placing import KEYS, need_some
from evidencekit.instrument.rules.plans import Plan, Sheet, plan_of
from evidencekit.instrument.rules.rules import Rule, rules_of_plan
from evidencekit.instrument.rules.tables import Table
from evidencekit.instrument.validating.remarking import remarks_of
from evidencekit.instrument.validating.repeating import counted, key_columns, orphans, rows_above
from evidencekit.instrument.validating.reporting import Outcome, Remark, Report
from evidencekit.instrument.validating.timing import backwards, order_rule
from evidencekit.instrument.validating.versions import version_column, version_found
from evidencekit.missingness import Missing, MissingCode

__all__ = ["main_table", "opened", "rules_of", "validate"]

_ONCE = ("_id", "_uuid", "_index", "KEY", "instanceID", "meta/instanceID", "meta-instanceID")
"""Columns of platforms in which no two rows are the same."""


def rules_of(form: Instrument) -> tuple[Rule, ...]:
    """Every rule that a form holds for its answers, in its order; those about versions, keys and times hang on the data, and are not in it.

    Parameters
    ----------
    form : Instrument
        What was asked.

    Returns
    -------
    tuple of Rule

    Raises
    ------
    InputError
        `form` is no Instrument.

    Examples
    --------
    >>> import evidencekit as ek
    >>> form = ek.Instrument("lesson", [ek.Item("age", "integer"), ek.Item("told", "text", relevant="${age} > 11")])
    >>> [rule.id for rule in ek.instrument.rules_of(form)]
    ['type:age', 'skip:told']
    """
    return rules_of_plan(plan_of(need_form(form).items))


def validate(
    data: Any,
    form: Instrument,
    *,
    by: str | None = None,
    today: date | str | None = None,
    repeats: Mapping[str, Any] | None = None,
    keys: tuple[str, str] | None = None,
    unique: str | Sequence[str] | None = None,
    version: str | None = None,
) -> Report:
    """Look at every rule of a form over its data, in one pass.

    Parameters
    ----------
    data : Dataset or data frame
        pandas, polars or pyarrow, in memory. Columns are found by the name of the item, or by its name after those of its groups
        (``group/name``, ``group-name``, ``group.name``).
    form : Instrument
        What was asked.
    by : str, optional
        A column, such as the interviewer's, by whose levels findings are counted too: ``report.by_level()``.
    today : date or str, optional
        What ``today()`` is in the form's expressions, such as ``"2026-06-01"``. Without it rules that use it are not looked at, and
        listed.
    repeats : mapping of str to Dataset or data frame, optional
        The tables of the form's repeats, by the name of the repeat.
    keys : tuple of (str, str), optional
        The column of a repeat that names the row it belongs to, and the column of that table it names. By default
        ``("_parent_index", "_index")``, ``("PARENT_KEY", "KEY")``, ``("_submission__id", "_id")`` or ``("parent_key", "key")``, the
        first that is there.
    unique : str or sequence of str, optional
        Columns in which no two rows may be the same; an empty one for none. By default the items that are direct identifiers (two
        children may have one name: look at what is found before it is called an error), and the keys that platforms give.
    version : str, optional
        The column that says with which version of the form a row was collected. By default ``__version__``, ``FormVersion`` or
        ``formdef_version``, whichever is there. Its values are held against the form's version and fingerprint.

    Returns
    -------
    Report
        Counts of rows by rule, and their positions on request. Nothing is dropped from the data, and no answer is in it.

    Raises
    ------
    InputError
        `data` is lazy or no data frame, or has no column of the form; `form` is no Instrument; a repeat the form does not have; `today`
        is no day.
    UnknownColumn
        `by`, `unique`, `version` or one of `keys` is not a column of the data.

    Notes
    -----
    Whether a question was asked is known where its relevance, and that of its groups, holds beyond doubt; it was not asked where the
    device found that it does not hold. Where the device showed it although an answer it rests on is blank or a missing code, neither is
    said, and the rows are counted as undecided; so are rows of a repeat that belong to no row above. Codes for a kind of missing are
    always accepted. A constraint is broken where it is known to be false; so is a choice filter for a code that was chosen (where a list
    has the code more than once, for all of them). What the grammar cannot work out is listed, never guessed. A code for
    ``Missing.NOT_ASKED`` or ``Missing.UNSTATED`` is as good as a blank. Where the data have the form's ``start`` and ``end``, an interview
    does not end before it starts (rule ``order:``), as far as both are known on one clock.

    References
    ----------
    Kleene (1952), Introduction to Metamathematics, section 64, for what follows from answers that are not known.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> yes_no = ek.Choices("yes_no", {1: "Yes", 0: "No", 99: "I prefer not to say"}, missing={99: ek.Missing.REFUSED})
    >>> form = ek.Instrument("lesson", [
    ...     ek.Item("online", "select_one", "Do you use the internet?", yes_no, required=True),
    ...     ek.Item("hours", "integer", "How many hours a day?", relevant="${online} = 1", constraint=". <= 24", required=True),
    ... ])
    >>> answers = pd.DataFrame({"online": [1, 0, 1, 99, 7], "hours": [3, 2, None, None, None]})
    >>> ek.validate(answers, form)
    Report on 'lesson': 3 of 6 rules do not hold; 5 rows
      code:online     1 of 5 rows (20%)
      required:hours  1 of 2 rows (50%)
      skip:hours      1 of 3 rows (33%)
    """
    plan = plan_of(need_form(form).items)
    repeats = mapped({} if repeats is None else repeats, "repeats=", "Give a table for each repeat, by its name.")
    if keys is not None and (len(in_order(keys, "keys=")) != 2 or not all(isinstance(name, str) for name in keys)):
        raise InputError(
            "keys= takes two names of columns.", 'The parent\'s in the repeat, and the row\'s own: ("_parent_index", "_index").'
        )
    frame, missing, backend = opened(data, "Validation")
    columns = frame.columns
    for name, role in ((by, "by="), (version, "version="), *((n, "unique=") for n in _named(unique) or ())):
        if name is not None:
            open_data(frame).need(name, role)
    tables, remarks = _tables(plan, frame, missing, repeats, today, keys)
    for table in tables.values():
        need_some(table.sheet, table.places)
    main = tables[""]
    outcomes: list[Outcome] = []
    for sheet in plan.sheets:
        if (table := tables.get(sheet.name)) is None:
            outcomes += [Outcome(rule, note="its table was not given") for rule in _rules_of_sheet(sheet)]
        else:
            outcomes += _of_sheet(sheet, table, unique)
    outcomes += _keys_once(main, unique)
    if (timed := order_rule(main)) is not None:
        order, start, end = timed
        outcomes.append(_outcome(order, lambda: backwards(main, start, end)))
    stamped = version_column(columns, version)
    if stamped is not None:
        outcome, remark = version_found(frame[stamped], form)
        outcomes.append(outcome)
        remarks += [remark] if remark else []
    known = {name for name in (by, stamped, *(keys or ()), *(_named(unique) or ())) if name is not None}
    remarks = [*remarks_of(plan, tables, known), *remarks]
    levels, counts = _by(by, main, tables, outcomes)
    return Report(form.name, len(frame), tuple(outcomes), tuple(remarks), by, levels, counts, backend)


def need_form(form: Any) -> Instrument:
    """The form, or the error that says what it has to be."""
    if not isinstance(form, Instrument):
        raise InputError(f"form= takes an Instrument, not a {type(form).__name__}.", "Make one: ek.Instrument(name, [ek.Item(...), ...]).")
    return form


def opened(data: Any, doing: str) -> tuple[nw.DataFrame[Any], Mapping[str, Mapping[MissingCode, Missing]], str]:
    """The rows with their missing codes in them, the codes the data declare, and the kind of frame to answer in."""
    rows = open_data(data.frame if isinstance(data, Dataset) else data)
    return eager(rows.frame, doing), data.missing if isinstance(data, Dataset) else {}, rows.backend


def main_table(plan: Plan, data: Any, doing: str, today: date | str | None = None) -> Table:
    """The main table alone."""
    frame, missing, _ = opened(data, doing)
    table = Table(plan.sheets[0], frame, missing=missing, listed=plan.listed, today=today)
    need_some(table.sheet, table.places)
    return table


def _named(unique: str | Sequence[str] | None) -> tuple[str, ...] | None:
    return None if unique is None else (unique,) if isinstance(unique, str) else in_order(unique, "unique=", "Give names of columns.")


@dataclass(frozen=True, slots=True)
class _Given:
    """What was passed as repeats, by name."""

    frames: Mapping[str, Any]

    def check(self, plan: Plan) -> None:
        names = [sheet.name for sheet in plan.sheets if sheet.parent is not None]
        for name in self.frames:
            if name not in names:
                if not names:
                    raise InputError("repeats= was given, and the form has no repeats.", "Leave it out.")
                raise UnknownColumn(name, names, "repeats=", "a name")


def _tables(
    plan: Plan,
    frame: nw.DataFrame[Any],
    missing: Mapping[str, Mapping[MissingCode, Missing]],
    repeats: Mapping[str, Any],
    today: date | str | None,
    keys: tuple[str, str] | None,
) -> tuple[dict[str, Table], list[Remark]]:
    """The tables that were given, each with the one above, and what is to be said of the others."""
    _Given(repeats).check(plan)
    tables = {"": Table(plan.sheets[0], frame, missing=missing, listed=plan.listed, today=today)}
    remarks: list[Remark] = []
    for sheet in plan.sheets[1:]:
        if sheet.name not in repeats or sheet.parent not in tables:
            remarks.append(Remark("repeat", f"the table of {sheet.name!r} was not given: its rules were not looked at", fault=False))
            continue
        child, coded, _ = opened(repeats[sheet.name], "Validation")
        parent = tables[sheet.parent]
        pair = key_columns(child.columns, parent.frame.columns, keys)
        if pair is None:
            looked = " and ".join(repr(name) for name in KEYS[0])
            says = f"the rows of {sheet.name!r} cannot be put to the rows above: {looked} are not both there; name them by keys=(...)"
            remarks.append(Remark("repeat", says))
        rows = np.full(len(child), -1, dtype=np.intp) if pair is None else rows_above(child, parent.frame, pair)
        table = Table(sheet, child, missing=coded, listed=plan.listed, today=today, above=(parent, rows))
        table.keyed = pair is not None
        tables[sheet.name] = table
    return tables, remarks


def _rules_of_sheet(sheet: Sheet) -> Iterator[Rule]:
    return iter(rules_of_plan(Plan((sheet,))))


def _of_sheet(sheet: Sheet, table: Table, unique: str | Sequence[str] | None) -> Iterator[Outcome]:
    """The outcomes of a table: of the repeat as a whole, then of its items."""
    lines = {line.id: line for line in sheet.lines}
    for rule in _rules_of_sheet(sheet):
        if rule.kind == "unique" and unique is not None:
            continue
        if rule.kind in ("repeat", "count"):
            yield _outcome(rule, lambda rule=rule: _of_repeat(rule, sheet, table))
        else:
            yield _outcome(rule, lambda rule=rule: look(rule, lines[rule.item], table))


def _of_repeat(rule: Rule, sheet: Sheet, table: Table) -> Found:
    if table.above is None or not table.keyed:
        raise InputError("the columns that say which row it belongs to are not there")
    parent, rows = table.above
    return orphans(rows) if rule.kind == "repeat" else counted(sheet, parent, rows)


def _outcome(rule: Rule, work: Any) -> Outcome:
    """What became of a rule; one that cannot be looked at says why, in our words."""
    try:
        found: Found = work()
    except EvidencekitError as trouble:
        return Outcome(rule, note=trouble.what)
    except Exception as trouble:  # an engine's words may quote an answer
        return Outcome(rule, note=f"it cannot be looked at on these answers ({type(trouble).__name__})")
    if found.broken is None or not found.broken.any():
        return Outcome(rule, 0, found.checked, found.undecided)
    positions = np.flatnonzero(np.broadcast_to(found.broken, found.broken.shape))
    return Outcome(rule, positions.size, found.checked, found.undecided, positions=positions)


def _keys_once(table: Table, unique: str | Sequence[str] | None) -> Iterator[Outcome]:
    """Columns in which no two rows may be the same: those named, or the keys of platforms."""
    for name in [n for n in _ONCE if n in table.frame.columns] if unique is None else _named(unique) or ():
        series = table.frame[name]
        rule = Rule(f"unique:{name}", name, "unique", "", "no two rows have the same")

        def found(series: nw.Series[Any] = series) -> Found:
            known = ~empty_in(series)
            return Found(twice_in(series) & known, int(np.count_nonzero(known)))

        yield _outcome(rule, found)


def _by(by: str | None, main: Table, tables: Mapping[str, Table], outcomes: Sequence[Outcome]) -> tuple[dict[Any, int], dict[str, Any]]:
    """How many rows each level has, and how many of them break each rule. A blank level is None."""
    if by is None:
        return {}, {}
    column: Column = factorise(main.frame[by])
    names: tuple[Any, ...] = (*column.levels, None) if (column.codes < 0).any() else column.levels
    size = len(names)
    levels = dict(zip(names, np.bincount(column.codes % size, minlength=size).tolist(), strict=True)) if size else {}
    counts = {o.rule.id: _counts(tables[o.rule.table].to_main(o.positions), column.codes, size) for o in outcomes if o.failing}
    return levels, counts


def _counts(rows: Codes, codes: Codes, size: int) -> tuple[int, ...]:
    """How many of some rows each level has; rows that belong to nobody count for none."""
    at = codes[rows[rows >= 0]]
    return tuple(np.bincount(np.where(at < 0, size - 1, at), minlength=size).tolist())
