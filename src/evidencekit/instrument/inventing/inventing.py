"""fictional_answers: a file of answers to any form, made of nothing but the form and a seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from evidencekit.errors import InputError
from evidencekit.frames import Dataset
from evidencekit.instrument.expressions import parse
from evidencekit.instrument.expressions.values import as_number
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.given import instance, mapped
from evidencekit.instrument.inventing.answers import FictionalAnswers, PlantedError
from evidencekit.instrument.inventing.filling import Setting, fill
from evidencekit.instrument.inventing.framing import column_of, described
from evidencekit.instrument.inventing.nouns import Clusters, ErrorRate, Interviewers, MissingRates
from evidencekit.instrument.inventing.ordering import in_order, placed, repeats_of
from evidencekit.instrument.inventing.planting import own, plant
from evidencekit.instrument.inventing.shares import Prevalence, check_prevalence
from evidencekit.instrument.inventing.sheet import Sheet, holds, spread_out, stream
from evidencekit.instrument.inventing.working import assigned, hours
from evidencekit.instrument.items import Group, Item, Part
from evidencekit.instrument.wording import in_numbers

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["fictional_answers"]

BELOW, ABOVE = "_parent_index", "_index"  # the keys of repeats as KoboToolbox calls them, which `validate` knows
_AT_MOST = 12  # rows of a repeated group to one row above it


def fictional_answers(
    form: Instrument,
    n: int,
    *,
    seed: int,
    prevalence: Prevalence | None = None,
    clusters: Clusters | None = None,
    missing: MissingRates | None = None,
    interviewers: Interviewers | None = None,
    errors: float | ErrorRate = 0.0,
) -> FictionalAnswers:
    """Invent answers to a form, for training and for trying analyses, so that nobody needs real records for either.

    Items are filled in so that what an expression needs comes first, with the form's own expressions: what is not asked is blank, and
    every answer is one that the constraint takes.

    Parameters
    ----------
    form : Instrument
        The form.
    n : int
        How many interviews.
    seed : int
        A whole number of 0 or more: the same form and seed give the same answers.
    prevalence : mapping of item to float, or to mapping of code to float
        Target shares among those who were asked and gave an answer. A number alone is the share of "yes" (code 1, yes, y or true). Codes
        without a share get what is left, evenly; where several may be chosen, 0.3 each. Of consent, 0.95 by default.
    clusters : Clusters, optional
        Areas whose answers are alike. Targets hold over all areas together.
    missing : MissingRates, optional
        How often answers are missing, by kind. An item gets the kinds it has codes for.
    interviewers : Interviewers, optional
        How many, and how they differ in missing answers and in speed.
    errors : float or ErrorRate
        The share of rows with a planted error. Default 0: what is made obeys the form.

    Returns
    -------
    FictionalAnswers
        A `Dataset` over a pandas frame: ``key``, ``start``, ``end``, the interviewer, the area, then the items in the order of the form;
        what is chosen among several codes stands in one column with spaces. Forms with repeated groups get ``_index`` as well, by which
        `validate` puts their rows to the rows above. ``.planted`` has the errors, ``.repeats`` a table for each
        repeated group, ``.left_blank`` what could not be invented.

    Raises
    ------
    InputError
        `n` or `seed` are no such numbers, shares do not fit, an expression refers to no item, items wait for each other, or two items of
        one table share a name.

    Notes
    -----
    An area's effect on the logit of each code is normal; the intercept is found so that the average chance over those who are asked is the
    target. The share that comes out differs from the target by the chance of the draw alone. Where a constraint looks at the answer, or a
    choice filter at the code, what they refuse is drawn again, and targets hold before that. Associations between items are those that the
    form's logic makes: nothing that is found in such data says anything about people. Texts and numbers whose role is direct identifier
    are different on every row, as far as their constraint has room.

    Examples
    --------
    >>> import evidencekit as ek
    >>> yes_no = ek.Choices("yes_no", {1: "Yes", 0: "No", 98: "I do not know"}, missing={98: ek.Missing.DONT_KNOW})
    >>> form = ek.Instrument("short", [
    ...     ek.Item("online", "select_one", "Do you use the internet?", yes_no),
    ...     ek.Item("hours", "integer", "How many hours a day?", relevant="${online} = 1", constraint=". >= 0 and . <= 24"),
    ... ])
    >>> data = ek.instrument.fictional_answers(form, 2000, seed=7, prevalence={"online": 0.8})
    >>> float(round(data.to_frame()["online"].mean(), 1))
    0.8
    >>> (data.frame["hours"].notna() == (data.frame["online"] == 1)).all().item()
    True
    """
    _check(form, n, seed)
    given = mapped({} if prevalence is None else prevalence, "prevalence=", 'Give a share for each item: {"online": 0.8}.')
    check_prevalence(given, list(form.questions))
    setting = Setting(
        seed,
        given,
        instance(clusters or Clusters(), Clusters, "clusters="),
        instance(missing or MissingRates(), MissingRates, "missing="),
        instance(interviewers or Interviewers(), Interviewers, "interviewers="),
    )
    area, asker = assigned(n, setting)
    sheet = Sheet(n, area, asker, setting.interviewers.first_day)
    why = _filled(sheet, form.items, setting)
    front, repeats = _metadata(sheet, form, setting), _repeated(sheet, form, form.items, setting, why)
    frame, items = _frame(sheet, form.items, front, setting)
    planted: tuple[PlantedError, ...] = ()
    if wanted := errors if isinstance(errors, ErrorRate) else ErrorRate(errors) if errors else None:
        frame, planted = plant(frame, form, sheet, wanted, seed)
    about = described([item for item in items if item.name in frame.columns], (*form.languages, ""))
    about["missing"] = {name: codes for name, codes in about["missing"].items() if _typed(frame[name], codes)}
    why = {name: reason for name, reason in why.items() if reason}
    return FictionalAnswers(frame, **about, form=form, planted=planted, repeats=repeats, left_blank=why)


def _check(form: Instrument, n: int, seed: int) -> None:
    if not isinstance(form, Instrument):
        raise InputError(f"fictional_answers() takes an Instrument, not a {type(form).__name__}.")
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise InputError("n is how many interviews to invent: a whole number of 1 or more.")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError("seed= is a whole number of 0 or more.", "Write it down: with it the same answers come again.")


def _filled(sheet: Sheet, parts: tuple[Part, ...] | Any, setting: Setting) -> dict[str, str]:
    """Fill in the items of one table; why something was left blank, by item."""
    people, areas = setting.interviewers, setting.clusters
    fixed = {people.column: (sheet.asker, "I", people.number), areas.column: (sheet.area, "A", areas.number)}
    why: dict[str, str] = {}
    for one in in_order(placed(parts)):
        name = one.item.name
        if name in fixed and sheet.above is None:
            at, letter, number = fixed[name]
            codes = _codes(one.item, letter, number)
            sheet.values[name] = _fixed(codes, at)
        elif one.item.kind in ("metadata", "other"):
            why[name] = "" if _device(one.item) in ("start", "end", "today") else "what the device writes is not invented"
            sheet.values[name] = _fixed([], np.full(sheet.n, -1, dtype=np.intp))
        else:
            why[name] = fill(sheet, one, setting)
    return why


def _codes(item: Item, letter: str, number: int) -> list[str]:
    if item.choices is not None:
        listed = [code for code in item.choices.codes if code not in item.missing]
        return [listed[k % len(listed)] for k in range(number)]
    return [f"{k + 1}" if in_numbers(item) else f"{letter}{k + 1:02}" for k in range(number)]


def _fixed(codes: list[str], at: Any) -> Any:
    from evidencekit.instrument.expressions import Texts

    levels = tuple(dict.fromkeys(codes))
    place = np.array([*(levels.index(code) for code in codes), -1], dtype=np.intp)
    return Texts(place[at], levels, np.zeros(len(at), dtype=bool))


def _device(item: Item) -> str:
    """What a device writes into an item of metadata."""
    return item.other.get("type", item.name).strip().casefold()


def _metadata(sheet: Sheet, form: Instrument, setting: Setting) -> dict[str, Any]:
    """The columns that are in every file; with a line before its name where a question has it."""
    start, end = hours(sheet, setting)
    people, areas = setting.interviewers, setting.clusters
    askers, places = [f"I{k + 1:02}" for k in range(people.number)], [f"A{k + 1:02}" for k in range(areas.number)]
    made = {
        "key": [f"invented-{k + 1:06}" for k in range(sheet.n)],
        "start": [moment.isoformat(timespec="milliseconds") for moment in start],
        "end": [moment.isoformat(timespec="milliseconds") for moment in end],
        people.column: [askers[k] for k in sheet.asker.tolist()],
        areas.column: [places[k] for k in sheet.area.tolist()],
    }
    if any(repeats_of(form.items)):
        made[ABOVE] = (np.arange(sheet.n) + 1).tolist()
    asked = {item.name for item in form.questions if item.kind not in ("metadata", "other")}
    return {f"_{name}" if name in asked and name in ("key", "start", "end") else name: values for name, values in made.items()}


def _frame(sheet: Sheet, parts: Any, front: Mapping[str, Any], setting: Setting) -> tuple[pd.DataFrame, list[Item]]:
    """The columns of one table with the items they are of."""
    import pandas as pd

    items = [one.item for one in placed(parts) if one.item.kind != "note"]
    columns: dict[str, Any] = dict(front)
    for item in items:
        if item.kind == "metadata" and _device(item) in ("start", "end", "today") and "position" not in front:
            moment = front[own("end" if _device(item) == "end" else "start", front)]
            columns[item.name] = [text[:10] for text in moment] if _device(item) == "today" else moment
        else:
            columns[item.name] = column_of(sheet.values[item.name], item)
    return pd.DataFrame(columns), items


def _repeated(sheet: Sheet, form: Instrument, parts: Any, setting: Setting, why: dict[str, str]) -> dict[str, Dataset]:
    """A table for each repeated group, and for those within it."""
    out: dict[str, Dataset] = {}
    for group, relevance in repeats_of(parts):
        if unknown := [part for expression in relevance for part in expression.not_evaluable]:
            why[group.name] = f"an expression uses {', '.join(dict.fromkeys(unknown))}"
            continue
        times = np.where(holds(sheet, relevance), _times(sheet, group, setting, why), 0)
        rows = np.repeat(np.arange(sheet.n), times)
        below = Sheet(len(rows), sheet.area[rows], sheet.asker[rows], sheet.today, sheet, rows)
        why.update(_filled(below, group.items, setting))
        first = np.repeat(np.cumsum(times) - times, times)
        keys = [f"invented-{k + 1:06}" for k in _top(below).tolist()]
        front: dict[str, Any] = {"parent_key": keys, "position": (np.arange(len(rows)) - first + 1).tolist()}
        front[BELOW] = (rows + 1).tolist()
        if any(repeats_of(group.items)):
            front[ABOVE] = (np.arange(len(rows)) + 1).tolist()
        frame, items = _frame(below, group.items, front, setting)
        about = described([item for item in items if item.name in frame.columns], (*form.languages, ""))
        about["missing"] = {name: codes for name, codes in about["missing"].items() if _typed(frame[name], codes)}
        out[group.name] = Dataset(frame, **about)
        out |= _repeated(below, form, group.items, setting, why)
    return out


def _top(sheet: Sheet) -> Any:
    """The interview that each row belongs to."""
    rows = sheet.rows
    above = sheet.above
    while above is not None and above.above is not None:
        rows, above = above.rows[rows], above.above
    return rows


def _times(sheet: Sheet, group: Group, setting: Setting, why: dict[str, str]) -> Any:
    """How many rows of a repeated group each row has."""
    counted = parse(group.count) if group.count.strip() else None
    if counted is not None and counted.not_evaluable:
        why[group.name] = f"its count uses {', '.join(counted.not_evaluable)}"
        counted = None
    if counted is None:
        return stream(setting.seed, "repeat", group.name).integers(1, 4, sheet.n)
    value = as_number(spread_out(sheet, counted))
    told = np.where(np.isnan(value.x) | value.coded, 0, value.x)
    return np.clip(told, 0, _AT_MOST).astype(np.intp)


def _typed(column: Any, codes: Mapping[Any, Any]) -> bool:
    """Whether missing codes can stand in a column: one with nothing in it has no type."""
    numbers = column.dtype.kind in "if"
    return all(isinstance(code, str) != numbers for code in codes)
