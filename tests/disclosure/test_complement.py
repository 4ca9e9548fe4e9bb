"""What is hidden of a release cannot be worked out of what is shown: checked by linear programmes written anew here."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

import evidencekit as ek
from evidencekit.disclosure.rules import GIVES
from evidencekit.disclosure.tables import reaching, repair, suppression_audit

LEAST = 10
Ints = NDArray[np.int64]


def estimated(cases: Ints, others: Ints) -> ek.Estimate:
    """Shares in a table of groups with so many cases and others, over twelve sampling units, weights unequal."""
    rows = [
        (*at, y) for at in itertools.product(*map(range, cases.shape)) for y, many in ((1, cases[at]), (0, others[at])) for _ in range(many)
    ]
    by = [f"g{k}" for k in range(cases.ndim)]
    frame = pd.DataFrame(rows, columns=[*by, "y"])
    rng = np.random.default_rng(5)
    frame["psu"], frame["weight"] = rng.integers(0, 12, len(frame)), rng.uniform(5, 15, len(frame))
    return ek.proportion(ek.Survey(frame, weights="weight", psu="psu"), "y", by=by)


def ends(values: Ints, shown: NDArray[np.bool_], at: tuple[int, ...]) -> tuple[float, float]:
    """Between what a cell must lie for whoever sees the shown cells and every margin that is large enough to be shown."""
    where = list(itertools.product(*map(range, values.shape)))
    known, right = [], []
    for margin in itertools.product(*(range(-1, size) for size in values.shape)):
        inside = [all(m in (-1, c) for m, c in zip(margin, cell, strict=True)) for cell in where]
        total = sum(int(values[cell]) for cell, there in zip(where, inside, strict=True) if there)
        if (-1 in margin and total >= LEAST) or (-1 not in margin and shown[margin]) or total == 0:
            known.append(np.array(inside, dtype=float))
            right.append(total)
    if not known:
        return 0.0, np.inf
    one = np.array([cell == at for cell in where], dtype=float)
    found = [linprog(sign * one, A_eq=np.array(known), b_eq=right, bounds=(0, None)).fun for sign in (1, -1)]
    return found[0] or 0.0, np.inf if found[1] is None else -found[1]


@st.composite
def tables(draw: st.DrawFn) -> tuple[Ints, Ints]:
    shape = draw(st.sampled_from([(3,), (5,), (2, 2), (3, 2), (3, 3), (4, 2), (2, 2, 2)]))
    size = int(np.prod(shape))
    few = st.lists(st.one_of(st.integers(1, 9), st.integers(10, 40)), min_size=size, max_size=size)
    many = st.lists(st.integers(40, 90), min_size=size, max_size=size)
    return np.array(draw(few)).reshape(shape), np.array(draw(many)).reshape(shape)


@settings(max_examples=25)
@given(tables())
def test_a_hidden_number_of_cases_can_be_anything_that_hiding_the_whole_table_would_leave_it(counts: tuple[Ints, Ints]) -> None:
    cases, others = counts
    est = estimated(cases, others)
    safe = ek.release(est)
    status = np.array(safe.status)
    shown = (status != "protected").reshape(cases.shape)
    small = cases < LEAST
    assert not (shown & small).any()
    nothing = np.zeros(cases.shape, dtype=bool)
    for at in map(tuple, np.argwhere(small)):
        low, high = ends(cases, shown, at)
        best_low, best_high = ends(cases, nothing, at)
        assert low <= max(best_low, 0) + 1e-6
        assert high >= min(best_high, LEAST) - 1e-6
    if not small.any():
        assert shown.all(), "nothing is hidden for nothing"


def test_what_somebody_inside_knows_in_any_case_is_no_reason_to_hide_more() -> None:
    """She is one of the two cases of the third row, and of its nine none can be hidden from her: the other cell holds eight at most."""
    cases = np.array([[30, 3], [22, 16], [2, 7], [4, 36]])
    others = np.array([[27, 87], [34, 51], [81, 56], [67, 54]])
    safe = ek.release(estimated(cases, others))
    hidden = (np.array(safe.status) == "protected").reshape(cases.shape)
    assert not hidden[1].any(), "hiding the other three rows is enough"
    assert hidden.sum() == 6


def test_somebody_alone_in_a_row_does_not_stop_the_release() -> None:
    """She knows that the other cell of her row is empty, whatever is hidden."""
    cases, others = np.array([[0, 1], [17, 12], [7, 10]]), np.array([[37, 77], [61, 61], [50, 48]])
    hidden = (np.array(ek.release(estimated(cases, others)).status) == "protected").reshape(cases.shape)
    assert hidden[cases < LEAST].all()


def test_the_same_table_gives_the_same_release() -> None:
    est = estimated(np.array([[4, 12, 30], [15, 6, 22], [25, 28, 9]]), np.full((3, 3), 60))
    one, two = ek.release(est), ek.release(est)
    assert one.to_json() == two.to_json()
    assert one.audited == two.audited
    assert one.audited.intervals > 0
    assert {flags.protection for flags in one.flags} == {"", f"fewer than 10 cases, or {GIVES}"}


def test_categories_that_add_up_are_protected_from_each_other() -> None:
    """Of a question with three answers the share of one is hidden: it must not be what the others leave."""
    rng = np.random.default_rng(3)
    answers = np.repeat(["yes", "no", "unsure"], [120, 60, 4])
    frame = pd.DataFrame({"y": answers, "psu": rng.integers(0, 12, 184), "weight": rng.uniform(5, 15, 184)})
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="weight", psu="psu"), "y"))
    table = safe.to_frame().set_index("category")["status"]
    assert table["unsure"] == "protected"
    assert (table == "protected").sum() == 2


def test_how_few_did_not_choose_a_category_stays_open_down_to_none() -> None:
    """Of 68 in the second group 62 chose b. That no fewer than 3 did not must not follow from what is shown of the other groups."""
    counts = np.array([[33, 26, 6, 44], [2, 62, 3, 1], [50, 3, 2, 7]])
    rows = [(g, "abcd"[k]) for (g, k), many in np.ndenumerate(counts) for _ in range(many)]
    frame = pd.DataFrame(rows, columns=["g", "y"]).assign(psu=np.arange(len(rows)) % 13, weight=1.0)
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="weight", psu="psu"), "y", by="g"))
    shown = (np.array(safe.status) != "protected").reshape(counts.shape)
    assert not (shown & (counts < LEAST)).any()
    assert shown.any()
    low, high = ends(counts, shown, (1, 1))
    assert low <= 68 - LEAST + 1e-6
    assert high >= 68 - 1e-6


def test_a_group_in_too_few_units_is_not_worked_out_either() -> None:
    """Counts are large, and hidden since the group lives in two places: the totals must not tell them."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"g": np.repeat(["a", "b", "c"], 200), "y": rng.integers(0, 2, 600), "weight": 1.0})
    frame["psu"] = np.where(frame["g"] == "a", rng.integers(0, 2, 600), rng.integers(2, 12, 600))
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="weight", psu="psu"), "y", by="g"))
    assert sorted(safe.reason)[1:] == [f"fewer than 3 sampling units, or {GIVES}"] * 2


@pytest.mark.parametrize("statistic", ["mean", "total"])
def test_answers_are_an_additive_table_of_their_own(statistic: str) -> None:
    """A mean of amounts has no cases: what must not be told is how many answered."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"g": np.repeat(["a", "b", "c"], [6, 80, 90]), "x": rng.uniform(0, 9, 176), "weight": rng.uniform(5, 9, 176)})
    frame["psu"] = rng.integers(0, 12, 176)
    survey = ek.Survey(frame, weights="weight", psu="psu")
    safe = ek.release(getattr(ek, statistic)(survey, "x", by="g"))
    assert safe.reason == (f"fewer than 10 answers, or {GIVES}",) * 2 + ("",)


def test_an_answer_that_one_child_alone_gave_does_not_stop_the_release() -> None:
    """Whoever is the only one of a whole table who gave an answer knows that nobody else did: once that need could not be met."""
    frame = pd.DataFrame(
        [(g, y) for g, (yes, no) in {"a": (4, 200), "b": (60, 200), "c": (30, 200)}.items() for y in ["yes"] * yes + ["no"] * no],
        columns=["g", "y"],
    )
    frame.loc[300, "y"] = "other"
    frame["psu"], frame["weight"] = np.arange(len(frame)) % 10, 10.0 + np.arange(len(frame)) % 3
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="weight", psu="psu"), "y", by="g"))
    table = safe.to_frame().set_index(["category", "g"])["status"]
    assert (table["other"] == "protected").all()
    assert table["yes", "b"] == "shown"
    assert safe.audited.intervals > 0


def test_where_no_pattern_can_be_proven_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is said to be proven, either."""

    def never(*_: object, **__: object) -> None:
        raise ek.errors.Refused("2 needs cannot be met, whatever is hidden.", "Tabulate by coarser groups.")

    monkeypatch.setattr("evidencekit.disclosure.complementing.search", never)
    safe = ek.release(estimated(np.array([4, 12, 30]), np.full(3, 60)))
    assert set(safe.status) == {"protected"}
    assert safe.audited.intervals == 0
    assert "0 ends of intervals" in repr(safe.audited)


def test_a_large_table_does_not_take_programmes_for_every_hidden_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """One other possible table is proof for many cells. Once two programmes a cell, over all cells, went before the search had begun."""
    solved: list[int] = []

    def counted(costs: Any, *args: Any, **options: Any) -> Any:
        solved.append(len(costs))
        return least(costs, *args, **options)

    least = reaching.least
    for home in (reaching, repair, suppression_audit):
        monkeypatch.setattr(home, "least", counted)
    rng = np.random.default_rng(2)
    cases = rng.integers(6, 30, (12, 5, 10))
    est = estimated(cases, np.full(cases.shape, 40))
    hidden = ek.release(est).status.count("protected")
    assert hidden > 150
    assert 0 < len(solved) < hidden / 2
