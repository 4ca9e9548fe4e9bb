"""A form as a pandera schema, and pandera run so that its errors, which carry answers, do not leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any, Literal, NoReturn

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.errors import EvidencekitError, InputError, how_many, one_of
from evidencekit.frames import Dataset, eager, open_data
from evidencekit.instrument.expressions.values import Bools
from evidencekit.instrument.items import Part
from evidencekit.instrument.or_other import added
from evidencekit.instrument.rules.checks import look
from evidencekit.instrument.rules.plans import Line, Logic, Plan, Sheet, plan_of
from evidencekit.instrument.rules.rules import Rule, rules_of_line
from evidencekit.instrument.rules.tables import Table, day_of
from evidencekit.missingness import Missing, MissingCode

__all__ = ["Backend", "PanderaCheck", "backend_of", "compiled"]

Backend = Literal["pandas", "polars"]
Kinds = Mapping[str, Mapping[MissingCode, Missing]]
_OWN = ("type", "code", "exclusive", "range", "unique")
"""Kinds of rules that look at one column only."""
_LISTED = 12  # rules, in a message


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PanderaCheck:
    """A form compiled for pandera. Made by `Instrument.to_pandera`.

    Parameters
    ----------
    form : str
        The name of the form.
    backend : {"pandas", "polars"}
        The kind of frame it looks at.
    schema : pandera DataFrameSchema
        The schema itself, for those who build on pandera. **Its errors leak**: pandera writes the answers that failed into the message
        and puts the whole frame on the exception, from where they reach logs, notebooks and pickles. Use `validate`, which does not.
    rules : tuple of Rule
        The rules in it, each a check whose ``error`` is the id of the rule.
    left_out : tuple of Rule
        Rules that cannot be worked out from the answers, or that are about repeats.
    plan : Plan
        How the rules are worked out.
    missing : Kinds
        Codes that mean that there is no answer.
    today : date, optional
        The day that ``today()`` is in its expressions; without it rules that use it keep quiet.

    Notes
    -----
    Columns go by the names of the items, or by their path where two items share a name. Rules that look at several columns are checks of
    the whole frame that answer once on pandas, so that pandera does not copy failing records; on polars they belong to the column of the
    item. pandera is several times slower than `validate`, which says more.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> form = ek.Instrument("lesson", [ek.Item("age", "integer", constraint=". >= 12", required=True)])
    >>> check = form.to_pandera()
    >>> check
    PanderaCheck('lesson', pandas, 3 rules)
    >>> check.validate(pd.DataFrame({"age": [12, 9]}))
    Traceback (most recent call last):
        ...
    evidencekit.errors.InputError: The answers break 1 rule of 'lesson': constraint:age (1 row). ek.validate(data, form) has the rows.
    """

    form: str
    backend: Backend
    schema: Any
    rules: tuple[Rule, ...]
    left_out: tuple[Rule, ...]
    plan: Plan
    missing: Kinds
    today: date | None = None

    def validate(self, data: Any) -> Any:
        """Run pandera over data and give them back as they are.

        Parameters
        ----------
        data : Dataset or data frame
            pandas for ``"pandas"``; polars for ``"polars"``. A LazyFrame is collected first: pandera looks only at the types of a lazy
            one, and lets every answer pass. Codes that a Dataset declares missing need a check made for it: `check_with_pandera`.

        Returns
        -------
        The same object.

        Raises
        ------
        InputError
            A rule is broken. The message has rules and counts of rows; neither it nor what it was raised from holds an answer.
        """
        frame = _frame(data, self.backend)
        failed = _failed(self.schema, nw.to_native(frame))
        if failed is None:
            return data
        raise self._told(failed, frame)

    def _told(self, failed: Sequence[str], frame: nw.DataFrame[Any]) -> InputError:
        """Our words for what pandera found; rows are counted again by our own masks."""
        table = Table(self.plan.sheets[0], frame, missing=self.missing, listed=self.plan.listed, today=self.today)
        parts = [f"{rule.id} ({_counted(rule, self.plan, table)})" for rule in self.rules if rule.id in failed]
        absent = [
            line.id for line in self.plan.sheets[0].lines if line.item.asked and not added(line.item) and line.id not in frame.columns
        ]
        parts += [f"column:{name} (not in the data)" for name in absent]
        if not parts:
            return InputError(f"pandera could not look at the answers to {self.form!r}.", "Use ek.validate(data, form).")
        more = f" and {len(parts) - _LISTED} more" if len(parts) > _LISTED else ""
        count = f"{len(parts)} rule{'s' if len(parts) != 1 else ''}"
        return InputError(
            f"The answers break {count} of {self.form!r}: {', '.join(parts[:_LISTED])}{more}.", "ek.validate(data, form) has the rows."
        )

    def __repr__(self) -> str:
        left = f", {len(self.left_out)} left out" if self.left_out else ""
        return f"PanderaCheck({self.form!r}, {self.backend}, {len(self.rules)} rules{left})"

    def __reduce__(self) -> NoReturn:
        raise InputError("A PanderaCheck is not pickled.", "Send the form, and call to_pandera() there.")


def compiled(
    name: str, items: Sequence[Part], *, backend: Backend, today: date | str | None = None, missing: Kinds | None = None
) -> PanderaCheck:
    """Compile the items of a form; see `Instrument.to_pandera`."""
    one_of("backend", backend, ("pandas", "polars"))
    plan, kinds, day = plan_of(items), missing or {}, day_of(today)
    sheet = plan.sheets[0]
    pairs = [(rule, line) for line in sheet.lines for rule in rules_of_line(line)]
    left = tuple(rule for rule, line in pairs if _trouble(rule, line))
    left += tuple(rule for repeat in plan.sheets[1:] for line in repeat.lines for rule in rules_of_line(line))
    gone = set(left)
    kept = [(rule, line) for rule, line in pairs if rule not in gone]
    make = _Maker(plan, sheet, kinds, day)
    schema = make.of_pandas(kept) if backend == "pandas" else make.of_polars(kept)
    return PanderaCheck(name, backend, schema, tuple(rule for rule, _ in kept), left, plan, kinds, day)


def backend_of(data: Any) -> Backend:
    """The kind of pandera schema for some data; arrow tables are looked at through pandas."""
    return "polars" if open_data(data.frame if isinstance(data, Dataset) else data).backend == "polars" else "pandas"


def _trouble(rule: Rule, line: Line) -> bool:
    """Whether a rule rests on an expression that cannot be worked out, or on a list the form does not have."""
    logics: tuple[Logic, ...] = line.chain if rule.kind in ("required", "skip") else ()
    own = {"constraint": line.constraint, "filter": line.filter}.get(rule.kind)
    if own is not None:
        logics = (own,)
    return any(logic.trouble for logic in logics) or (rule.kind in ("code", "filter") and line.item.choices is None)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes pandera's columns and checks from rules."""

    plan: Plan
    sheet: Sheet
    missing: Kinds
    today: date | None

    def mask(self, rule: Rule, frame: nw.DataFrame[Any]) -> Bools | None:
        """Where a rule is broken in a frame, None where it is not or cannot be looked at."""
        return _broken(rule, self.plan, Table(self.sheet, frame, missing=self.missing, listed=self.plan.listed, today=self.today))

    def of_pandas(self, kept: Sequence[tuple[Rule, Line]]) -> Any:
        pa: Any = import_module("pandera.pandas")
        pd: Any = import_module("pandas")

        def of_column(rule: Rule, line: Line) -> Callable[[Any], Any]:
            def work(series: Any) -> Any:
                broken = self.mask(rule, nw.from_native(series.to_frame(line.id)))
                return pd.Series(True if broken is None else ~broken, index=series.index)

            return work

        def of_frame(rule: Rule) -> Callable[[Any], Any]:
            def work(frame: Any) -> bool:
                broken = self.mask(rule, nw.from_native(frame))
                return broken is None or not broken.any()

            return work

        columns: dict[str, Any] = {}
        rules = _by_line(kept)
        for line in self.sheet.lines:
            own = [rule for rule in rules.get(line.path, ()) if rule.kind in _OWN]
            checks = [pa.Check(of_column(rule, line), name=rule.id, error=rule.id, ignore_na=False) for rule in own]
            columns[line.id] = _column(pa, line, checks)
        wide = [pa.Check(of_frame(rule), name=rule.id, error=rule.id, ignore_na=False) for rule, _ in kept if rule.kind not in _OWN]
        return pa.DataFrameSchema(columns, checks=wide)

    def of_polars(self, kept: Sequence[tuple[Rule, Line]]) -> Any:
        try:
            pa: Any = import_module("pandera.polars")
            pl: Any = import_module("polars")
        except ImportError:
            raise InputError("A schema for polars needs the package polars.", 'Install it with: pip install "evidencekit[big]"') from None

        def of_rule(rule: Rule) -> Callable[[Any], Any]:
            def work(data: Any) -> Any:
                frame = data.lazyframe.collect()
                broken = self.mask(rule, nw.from_native(frame))
                kept = np.ones(len(frame), dtype=bool) if broken is None else ~broken
                return pl.LazyFrame({"kept": kept})

            return work

        columns: dict[str, Any] = {}
        rules = _by_line(kept)
        for line in self.sheet.lines:
            mine = rules.get(line.path, ())
            checks = [pa.Check(of_rule(rule), name=rule.id, error=rule.id, ignore_na=False) for rule in mine]
            columns[line.id] = _column(pa, line, checks)
        return pa.DataFrameSchema(columns)


def _by_line(kept: Sequence[tuple[Rule, Line]]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule, line in kept:
        found.setdefault(line.path, []).append(rule)
    return found


def _column(pa: Any, line: Line, checks: Sequence[Any]) -> Any:
    """A column of a schema; notes and what a device writes need not be there."""
    label = line.item.label if isinstance(line.item.label, str) else next(iter(line.item.label.values()), None)
    return pa.Column(
        nullable=True, required=line.item.asked and not added(line.item), checks=list(checks), title=line.id, description=label
    )


def _broken(rule: Rule, plan: Plan, table: Table) -> Bools | None:
    line = next(line for line in plan.sheets[0].lines if line.id == rule.item)
    try:
        return look(rule, line, table).broken
    except EvidencekitError:
        return None


def _counted(rule: Rule, plan: Plan, table: Table) -> str:
    try:
        broken = _broken(rule, plan, table)
    except Exception:  # an engine's words may quote an answer
        return "it cannot be looked at on these answers"
    return how_many(0 if broken is None else int(np.count_nonzero(broken)), "row")


def _frame(data: Any, backend: Backend) -> nw.DataFrame[Any]:
    """The rows in memory, in the kind of frame a schema takes."""
    rows = open_data(data.frame if isinstance(data, Dataset) else data)
    frame = rows.frame
    if isinstance(frame, nw.LazyFrame) and frame.implementation.is_polars():
        frame = frame.collect()
    frame = eager(frame, "pandera")
    if backend == "pandas" and rows.backend == "pyarrow":
        return nw.from_native(frame.to_pandas())
    if rows.backend != backend:
        raise InputError(f"This schema is for {backend}, and the data are a {rows.backend} frame.", f'Use to_pandera("{rows.backend}").')
    return frame


def _failed(schema: Any, frame: Any) -> tuple[str, ...] | None:
    """The checks that failed, by name, and nothing else of what pandera says; None when none did."""
    try:
        schema.validate(frame, lazy=True)
    except Exception as trouble:
        cases = getattr(trouble, "failure_cases", None)
        names = [] if cases is None or "check" not in cases else [str(name) for name in cases["check"]]
    else:
        return None
    return tuple(dict.fromkeys(names))
