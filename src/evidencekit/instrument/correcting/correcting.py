"""corrected: what field teams found out afterwards, put into the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes
from evidencekit.frames import Dataset, frame_of, open_data
from evidencekit.instrument.correcting.cells import Edits, edits_of
from evidencekit.instrument.correcting.nouns import Corrected
from evidencekit.instrument.correcting.places import Place, place_items, place_rows
from evidencekit.instrument.correcting.reading import ACTIONS, Asked, names_of, read
from evidencekit.instrument.correcting.values import word_of
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.rules.placing import need_some
from evidencekit.instrument.rules.plans import plan_of
from evidencekit.instrument.rules.tables import Table
from evidencekit.instrument.validating.reporting import Report
from evidencekit.instrument.validating.running import need_form, opened, validate

__all__ = ["corrected"]


def corrected(
    data: Any,
    corrections: Any,
    *,
    id: str | Sequence[str],
    form: Instrument | None = None,
    columns: Mapping[str, str] | None = None,
    today: date | str | None = None,
) -> Corrected:
    """Make corrections that were written down in a table, all of them or none, and say what was done without showing an answer.

    Parameters
    ----------
    data : Dataset or data frame
        pandas, polars or pyarrow, in memory; one row an interview.
    corrections : Dataset or data frame
        A row for each correction, with the columns

        - of `id`: whose answer it is;
        - ``item``: which, by its name in the form, or the name of a column that is no item. It may be blank where the action is of the
          whole row;
        - ``action``: ``replace`` the answer; ``missing``: the answer is a kind of missing, whose code is written; ``blank``: there is no
          answer; ``drop`` the row, which needs a reason; ``okay``: it was looked at and is right;
        - ``new``: the new value, as a code and not as a label; for ``missing`` the kind: ``refused``, ``don't know``, ``not reached``;
        - ``old``, optional: what stands there now. Where it is given and does not, the correction is refused;
        - ``reason`` and ``who``, optional: they go to the log as they are, so keep names and answers out of them.
    id : str or sequence of str
        The column that tells rows apart, or several that do together. `read_export` keeps ``KEY`` of ODK and SurveyCTO; KoboToolbox's
        ``_uuid`` comes with ``metadata=True``.
    form : Instrument, optional
        What was asked; by default the form that a Dataset carries.
    columns : mapping of str to str, optional
        What these columns are called in the corrections where they have other names, such as those of Stata's ipacheckcorrections:
        ``{"item": "variable", "new": "newvalue", "old": "value", "reason": "comments"}``.
    today : date or str, optional
        What ``today()`` is in the form's expressions.

    Returns
    -------
    Corrected
        ``.data``, the corrected rows; ``.log``, a row for each correction; ``.rules()``, what `validate` finds before and after.

    Raises
    ------
    InputError
        Some corrections cannot be made; then none is, and the message has their positions by what is wrong with them: an id that is on no
        row or on several, an item that is not there, two corrections of one cell, an old value that does not match, a kind of missing the
        item has no code for, a new value that does not fit its column, a drop without a reason. Or `id`, `form`
        or `columns` cannot be used.
    UnknownColumn
        A column is not in the data, or not in the corrections.

    Notes
    -----
    A new value that the form does not allow is written all the same: the log says which rules it breaks, and `Corrected.rules` counts
    them. What a correction opens or closes by skip logic stays as it is, and is found as a broken rule. Columns of 0 and 1 of a question
    with several answers follow the question. Corrections are best made before `dataset` fills in who was not asked. A column keeps its type
    where that holds the new values; whole numbers may become decimals, numbers texts where the form does not ask for numbers. Rows of
    repeats are in tables of their own, and are not corrected here.

    References
    ----------
    Innovations for Poverty Action, ipacheck for Stata (ipacheckcorrections), https://github.com/PovertyAction/high-frequency-checks: the
    table, the actions, and the old value as a safeguard.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> form = ek.Instrument("lesson", [ek.Item("age", "integer", constraint=". >= 12 and . <= 17", missing={98: ek.Missing.DONT_KNOW})])
    >>> answers = pd.DataFrame({"key": ["a", "b", "c"], "age": [51, 14, 13]})
    >>> table = pd.DataFrame({
    ...     "key": ["a", "b"], "item": ["age", "age"], "action": ["replace", "missing"], "new": ["15", "don't know"],
    ...     "old": [51, 14], "reason": ["digits turned", "called back"], "who": ["supervisor 2", "supervisor 2"],
    ... })
    >>> made = ek.instrument.corrected(answers, table, id="key", form=form)
    >>> made
    Corrected: 2 corrections of 3 rows (1 replace, 1 missing)
      rule            before  after  anew
      constraint:age       1      0     0
    >>> made.log[["row", "item", "reason", "rules_before", "rules_after"]]
       row item         reason    rules_before rules_after
    0    0  age  digits turned  constraint:age
    1    1  age    called back
    """
    form = need_form(data.form if form is None and isinstance(data, Dataset) else form)
    ids = names_of(id)
    frame, missing, backend = opened(data, "Correcting")
    for name in ids:
        open_data(frame).need(name, "id=")
    plan = plan_of(form.items)
    table = Table(plan.sheets[0], frame, missing=missing, listed=plan.listed, today=today)
    need_some(table.sheet, table.places)
    asked, problems = read(corrections, ids, columns)
    rows = place_rows(asked, frame, ids, problems)
    places = place_items(asked, plan, table, problems)
    edits = edits_of(asked, rows, places, table, problems)
    problems.refuse()
    dropped = np.array(sorted({row for row, action in zip(rows, asked.actions, strict=True) if action == "drop"}), dtype=np.intp)
    kept = np.setdiff1d(np.arange(len(frame), dtype=np.intp), dropped)
    whole = frame.with_columns(*edits.series.values()) if edits.series else frame
    native = (whole[kept] if dropped.size else whole).to_native()
    made = _in_text(data, edits.turned).with_frame(native) if isinstance(data, Dataset) else native
    before, after = validate(data, form, today=today), validate(made, form, today=today)
    were, are = _broken(before, np.arange(len(frame), dtype=np.intp)), _broken(after, kept)
    anew = {rule: len(found - were.get(rule, set())) for rule, found in are.items()}
    actions = Counter(asked.actions)
    return Corrected(
        data=made,
        log=frame_of(_log(asked, rows, places, edits, (_by_item(before, were), _by_item(after, are))), backend),
        before=before,
        after=after,
        dropped=dropped,
        actions=MappingProxyType({action: actions[action] for action in ACTIONS if actions[action]}),
        anew=MappingProxyType({rule: count for rule, count in anew.items() if count}),
        notes=(asked.note,) if asked.note else (),
    )


def _in_text(data: Dataset, turned: Sequence[str]) -> Dataset:
    """The Dataset with the codes of some columns as texts, as the columns are now."""
    if not turned:
        return data
    frame: Any = open_data(data.frame).frame
    texts = frame.with_columns(*(nw.new_series(n, [""] * len(frame), nw.String, backend=frame.implementation) for n in turned))

    def told(part: Mapping[str, Mapping[Any, Any]]) -> dict[str, Any]:
        return {name: {word_of(code) if name in turned else code: says for code, says in codes.items()} for name, codes in part.items()}

    return Dataset(texts.to_native(), data.labels, told(data.value_labels), told(data.missing), data.form)


def _broken(report: Report, rows: Codes) -> dict[str, set[int]]:
    """Rule of the main table to the rows that do not keep it, as positions in the data that were passed."""
    return {o.rule.id: set(rows[o.positions].tolist()) for o in report.outcomes if not o.rule.table and o.failing}


def _by_item(report: Report, broken: Mapping[str, set[int]]) -> dict[str, list[tuple[str, set[int]]]]:
    out: dict[str, list[tuple[str, set[int]]]] = {}
    for outcome in report.outcomes:
        if outcome.rule.id in broken:
            out.setdefault(outcome.rule.item, []).append((outcome.rule.id, broken[outcome.rule.id]))
    return out


def _log(
    asked: Asked,
    rows: Sequence[int],
    places: Sequence[Place | None],
    edits: Edits,
    broken: tuple[Mapping[str, list[tuple[str, set[int]]]], ...],
) -> dict[str, list[Any]]:
    """The columns of the log."""

    def rules(k: int, found: Mapping[str, list[tuple[str, set[int]]]]) -> str:
        place = places[k]
        here = found.get(place.rule_item or place.column, []) if place is not None else []
        return ", ".join(rule for rule, at in here if rows[k] in at)

    every = range(len(asked))
    return {
        "correction": list(every),
        "row": list(rows),
        "item": [place.rule_item or place.column if place is not None else "" for place in places],
        "action": list(asked.actions),
        "reason": list(asked.reasons),
        "who": list(asked.people),
        "changed": [edits.changed.get(k, asked.actions[k] == "drop") for k in every],
        "blank_before": [edits.blank_before.get(k) for k in every],
        "blank_after": [edits.blank_after.get(k) for k in every],
        "rules_before": [rules(k, broken[0]) for k in every],
        "rules_after": [rules(k, broken[1]) for k in every],
    }
