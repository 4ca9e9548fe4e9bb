"""Several tables released together: nothing hidden can be worked out from all of them, by linear programmes written anew here."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

import evidencekit as ek
from evidencekit.disclosure import Publication
from evidencekit.disclosure.rules import GIVES
from evidencekit.errors import InputError, Refused

LEAST = 10
Ints = NDArray[np.int64]
By = tuple[str, ...]


def surveyed(cases: Ints, others: Ints, nested: bool = False) -> ek.Survey:
    """A survey with so many cases and others in each combination of g0, g1, ...; `nested` makes g0 a group of levels of g1."""
    rows = [
        (*at, y) for at in itertools.product(*map(range, cases.shape)) for y, many in ((1, cases[at]), (0, others[at])) for _ in range(many)
    ]
    frame = pd.DataFrame(rows, columns=[*(f"g{k}" for k in range(cases.ndim)), "y"])
    if nested:
        frame["coarse"] = frame["g0"] // 2
    rng = np.random.default_rng(5)
    frame["psu"], frame["weight"] = rng.integers(0, 12, len(frame)), rng.uniform(5, 15, len(frame))
    return ek.Survey(frame, weights="weight", psu="psu")


def of(survey: ek.Survey, by: By) -> ek.Estimate:
    return ek.proportion(survey, "y", by=list(by)) if by else ek.proportion(survey, "y")


def people(survey: ek.Survey, bys: Sequence[By], y: int) -> tuple[list[By], pd.DataFrame]:
    """Every combination of levels that somebody has, or that no table rules out, with its number."""
    dims = sorted({d for by in bys for d in by})
    frame = survey.data[survey.data["y"] == y]
    if not dims:
        return [], pd.DataFrame({"count": [len(frame)]})
    every = pd.MultiIndex.from_product([sorted(survey.data[d].unique()) for d in dims], names=dims)
    counts = frame.groupby(dims).size().reindex(every, fill_value=0).rename("count").reset_index()
    for by in bys:  # combinations of which a table says that nobody has them
        if by:
            there = survey.data[list(by)].drop_duplicates()
            counts = counts.merge(there, on=list(by))
    return [tuple(dims)], counts


def ends(cross: pd.DataFrame, known: list[tuple[NDArray[np.bool_], float]], target: NDArray[np.bool_]) -> tuple[float, float]:
    """Between what a sum of combinations must lie for whoever knows these other sums."""
    rows, right = np.array([k for k, _ in known], dtype=float).reshape(-1, len(cross)), [v for _, v in known]
    found = [linprog(sign * target.astype(float), A_eq=rows, b_eq=right, bounds=(0, None)) for sign in (1, -1)]
    assert found[0].status == 0
    return found[0].fun or 0.0, np.inf if found[1].status == 3 else -(found[1].fun or 0.0)


def check(survey: ek.Survey, bys: Sequence[By], safes: Sequence[ek.Released]) -> int:
    """Each hidden number, of cases and of others, is as open as hiding every row of every table would leave it; how many were looked at."""
    looked = 0
    for y in (1, 0):
        _, cross = people(survey, bys, y)
        shown: list[tuple[NDArray[np.bool_], float]] = []
        margins: list[tuple[NDArray[np.bool_], float]] = []
        hidden: dict[bytes, tuple[NDArray[np.bool_], float]] = {}
        of_rows: set[bytes] = set()
        small: set[bytes] = set()
        for by, safe in zip(bys, safes, strict=True):
            columns = safe.estimate.cells.columns
            for i, status in enumerate(safe.status):
                inside = np.logical_and.reduce([np.ones(len(cross), bool), *(cross[d].to_numpy() == columns[d][i] for d in by)])
                one = (inside, float(cross["count"][inside].sum()))
                of_rows.add(inside.tobytes())
                if status == "protected":
                    hidden[inside.tobytes()] = one
                else:
                    shown.append(one)
                    assert one[1] >= LEAST, "a shown cell rests on enough"
        assert not hidden.keys() & {k.tobytes() for k, _ in shown}, "one number is hidden in every table or in none"
        both = [people(survey, bys, side)[1]["count"].to_numpy() for side in (1, 0)]
        for by in bys:
            for some in itertools.chain.from_iterable(itertools.combinations(by, k) for k in range(len(by))):
                for _, rows in cross.groupby(list(some)) if some else [((), cross)]:
                    inside = np.zeros(len(cross), bool)
                    inside[rows.index] = True
                    if inside.tobytes() not in of_rows and min(x[inside].sum() for x in both) >= LEAST:
                        margins.append((inside, float(cross["count"][inside].sum())))
        small = {key for key, (_, value) in hidden.items() if value < LEAST}
        for key in sorted(small):
            inside, _ = hidden[key]
            low, high = ends(cross, [*shown, *margins], inside)
            best_low, best_high = ends(cross, margins, inside)
            assert low <= max(best_low, 0) + 1e-5
            assert high >= min(best_high, LEAST) - 1e-5
            looked += 1
    return looked


SETS: list[tuple[tuple[int, ...], list[By]]] = [
    ((3,), [(), ("g0",)]),
    ((3, 2), [(), ("g0",), ("g0", "g1")]),
    ((3, 3), [("g0",), ("g1",), ("g0", "g1")]),
    ((3, 2, 2), [("g0", "g1"), ("g0", "g2")]),
    ((3, 2, 2), [("g0", "g1"), ("g1", "g2"), ("g2", "g0"), ()]),
]


@st.composite
def tables(draw: st.DrawFn) -> tuple[Ints, Ints, list[By]]:
    shape, bys = draw(st.sampled_from(SETS))
    size = int(np.prod(shape))
    few = draw(st.lists(st.one_of(st.integers(1, 9), st.integers(10, 40)), min_size=size, max_size=size))
    many = draw(st.lists(st.integers(30, 60), min_size=size, max_size=size))
    return np.array(few).reshape(shape), np.array(many).reshape(shape), bys


@settings(max_examples=8)
@given(tables())
def test_what_is_hidden_cannot_be_worked_out_from_all_tables_together(drawn: tuple[Ints, Ints, list[By]]) -> None:
    cases, others, bys = drawn
    survey = surveyed(cases, others)
    safes = ek.release([of(survey, by) for by in bys])
    assert {safe.audited.together for safe in safes} == {tuple(range(1, len(bys) + 1))}
    check(survey, bys, safes)


@settings(max_examples=4)
@given(st.lists(st.one_of(st.integers(1, 9), st.integers(10, 40)), min_size=6, max_size=6))
def test_districts_within_provinces(few: list[int]) -> None:
    """Hierarchies are seen in the table by both; the totals of provinces in another do not give a district away."""
    survey = surveyed(np.array(few), np.full(6, 50), nested=True)
    bys: list[By] = [(), ("coarse",), ("coarse", "g0"), ("g0",)]
    check(survey, bys, ek.release([of(survey, by) for by in bys]))
    (one,) = ek.release([of(survey, ("coarse", "g0"))])
    assert one.status == ek.release(of(survey, ("coarse", "g0"))).status


def test_a_table_by_district_and_province_hides_a_second_district_of_the_province() -> None:
    """Once the total of a district, over provinces, was taken to be known: a small district was what its province lacked."""
    survey = surveyed(np.array([4, 30, 25, 40, 35, 22]), np.full(6, 60), nested=True)
    safe = ek.release(of(survey, ("coarse", "g0")))
    assert safe.status == ("protected", "protected", "shown", "shown", "shown", "shown")


def test_the_overall_number_stays_and_the_other_sex_goes() -> None:
    survey = surveyed(np.array([4, 60]), np.array([200, 190]))
    overall, by_sex = ek.release([of(survey, ()), of(survey, ("g0",))])
    assert overall.status == ("shown",)
    assert by_sex.reason == (f"fewer than 10 cases, or {GIVES}",) * 2
    assert overall.audited.together == by_sex.audited.together == (1, 2)
    assert "tables 1 and 2 of this release" in repr(by_sex)
    said = [s for s in by_sex.statement if "tables 1 and 2 of this release" in s]
    assert said == ["Protected as one with all tables that add up to it: tables 1 and 2 of this release."]


def test_a_total_that_is_small_is_hidden_in_both_tables() -> None:
    """A province with few cases, and its rows by sex; what is hidden of one table does not come back in the other."""
    survey = surveyed(np.array([[3, 2], [30, 40], [25, 30]]), np.full((3, 2), 60))
    bys: list[By] = [(), ("g0",), ("g0", "g1")]
    safes = ek.release([of(survey, by) for by in bys])
    assert safes[1].status.count("protected") == 2
    assert check(survey, bys, safes) == 3
    gone = {label for label, status in zip(safes[1].estimate.cells.columns["g0"], safes[1].status, strict=True) if status == "protected"}
    other = tuple("protected" if label == 0 or label not in gone else "shown" for label in range(3))
    with pytest.raises(AssertionError):  # each pattern is safe by itself, and both together are not
        check(survey, bys, [safes[0], replace(safes[1], status=other), safes[2]])


def test_categories_that_add_up_are_linked_too() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"y": np.repeat(["yes", "no", "unsure"], [160, 120, 40]), "g": rng.choice(["a", "b"], 320)})
    frame.loc[(frame["y"] == "unsure") & (frame.index % 8 > 0), "g"] = "b"  # few of them are in a
    frame["psu"], frame["weight"] = rng.integers(0, 12, 320), rng.uniform(5, 15, 320)
    survey = ek.Survey(frame, weights="weight", psu="psu")
    overall, split = ek.release([ek.proportion(survey, "y"), ek.proportion(survey, "y", by="g")])
    assert overall.audited.together == (1, 2)
    table = split.to_frame()
    assert set(overall.status) == {"shown"}
    gone = table[table["status"] == "protected"]
    assert len(gone) >= 4, "a hidden cell is covered along its row and along its column"
    assert (gone.groupby("g").size() >= 2).all()
    assert (gone.groupby("category").size() >= 2).all()


def test_the_same_tables_give_the_same_bytes() -> None:
    survey = surveyed(np.array([[4, 12, 30], [15, 6, 22], [25, 28, 9]]), np.full((3, 3), 60))
    ests = [of(survey, by) for by in ((), ("g0",), ("g1",), ("g0", "g1"))]
    one, two = ek.release(ests), ek.release(ests)
    assert [x.to_json() for x in one] == [x.to_json() for x in two]
    assert one[-1].audited.intervals > 0


def test_other_numbers_are_protected_by_themselves() -> None:
    survey = surveyed(np.array([4, 60, 30]), np.array([200, 190, 180]))
    frame = survey.data.assign(z=lambda f: f["y"] * (f["psu"] % 2), some=lambda f: f["psu"] < 10)
    survey = ek.Survey(frame, weights="weight", psu="psu")
    part = ek.proportion(survey, "y", where="some", where_label="in ten units")
    ests = [of(survey, ("g0",)), ek.proportion(survey, "z"), ek.mean(survey, "y"), part]
    for safe, est in zip(ek.release(ests), ests, strict=True):
        assert safe.audited.together == safe.audited.apart == ()
        assert safe.to_json() == ek.release(est).to_json()
        assert "of this release" not in repr(safe)


def test_margins_that_differ_since_answers_are_missing_are_named() -> None:
    survey = surveyed(np.array([[30, 60], [40, 30]]), np.full((2, 2), 200))
    frame = survey.data.astype({"g1": object})
    frame.loc[[1, 5, 200], "g1"] = None
    survey = ek.Survey(frame, weights="weight", psu="psu")
    safes = ek.release([of(survey, by) for by in ((), ("g0",), ("g1",), ("g0", "g1"))])
    assert [safe.audited.together for safe in safes] == [(1, 2), (1, 2), (3, 4), (3, 4)]
    assert [safe.audited.apart for safe in safes] == [(3, 4), (3, 4), (1, 2), (1, 2)]
    assert "without regard to tables 1 and 2 of this release" in repr(safes[2])


def test_each_table_is_audited_beside_the_ledger_and_those_before_it() -> None:
    survey = surveyed(np.array([40, 60]), np.array([200, 190]))
    ests = [of(survey, ()), of(survey, ("g0",))]
    shown = [Publication(title=title, universe="round 1") for title in ("all", "by group")]
    one, two = ek.release(ests, ledger=ek.Ledger(), publication=shown)
    assert (one.audited.earlier, two.audited.earlier) == (0, 1)
    with pytest.raises(InputError, match="one for each, and there are 2"):
        ek.release(ests, ledger=ek.Ledger(), publication=shown[:1])
    with pytest.raises(InputError, match="one for each, and there are 2"):
        ek.release(ests, ledger=ek.Ledger())
    with pytest.raises(InputError, match="no ledger="):
        ek.release(ests, publication=shown)
    with pytest.raises(InputError, match="no ledger="):
        ek.release(ests, publication=shown[0])
    with pytest.raises(InputError, match="publication= is a Publication"):
        ek.release(ests, ledger=ek.Ledger(), publication=[shown[0], "by group"])  # type: ignore[list-item]


def test_nothing_is_entered_into_the_callers_ledger(tmp_path: Path) -> None:
    """Its file is what was released, and nothing is before its caller says so."""
    survey = surveyed(np.array([40, 60]), np.array([200, 190]))
    ledger = ek.Ledger(tmp_path / "ledger.json")
    shown = [Publication(title=title, universe="round 1") for title in ("all", "by group")]
    ests = [of(survey, ()), of(survey, ("g0",))]
    safes = ek.release(ests, ledger=ledger, publication=shown)
    assert not list(tmp_path.iterdir())
    for safe in safes:
        assert safe.entry is not None
        ledger = ledger.with_(safe.entry)
    again = ek.release(ests, ledger=ledger, publication=shown)
    assert [safe.audited.earlier for safe in again] == [2, 2]


def test_a_refusal_says_which_table_and_beside_which() -> None:
    """A table that leaves seven people out gives them away beside one of everybody; both are of this release."""
    survey = surveyed(np.array([40, 60]), np.array([200, 190]))
    frame = survey.data.assign(most=lambda f: np.arange(len(f)) >= 7)
    survey = ek.Survey(frame, weights="weight", psu="psu")
    ests = [of(survey, ("g0",)), ek.proportion(survey, "y", by="g0", where="most", where_label="most")]
    shown = [Publication(title="all", universe="round 1"), Publication(title="most", universe="round 1", where={"most": (True,)})]
    with pytest.raises(Refused, match=r"^Table 2: beside what was released before \(table 1 of this release\)") as told:
        ek.release(ests, ledger=ek.Ledger(), publication=shown)
    assert "of the ledger" not in str(told.value)


def test_cells_to_hide_are_named_for_each_table() -> None:
    survey = surveyed(np.array([40, 60]), np.array([200, 190]))
    ests = [of(survey, ()), of(survey, ("g0",))]
    overall, split = ek.release(ests, hide=[(), (0,)])
    assert overall.status == ("shown",)
    assert split.reason == (f"hidden beside earlier releases, or {GIVES}",) * 2
    for wrong in ([0], [(), (2,)], [()]):
        with pytest.raises(InputError, match="hide="):
            ek.release(ests, hide=wrong)  # type: ignore[arg-type]


def test_bad_input() -> None:
    survey = surveyed(np.array([40, 60]), np.array([200, 190]))
    est = of(survey, ("g0",))
    with pytest.raises(InputError, match="no table"):
        ek.release([])
    with pytest.raises(InputError, match="of type int"):
        ek.release([est, 1])  # type: ignore[list-item]
    with pytest.raises(InputError, match="of type Released"):
        ek.release([ek.release(est)])  # type: ignore[list-item]
    with pytest.raises(InputError, match="Tables 1 and 3 are the same"):
        ek.release([est, of(survey, ()), replace(est)])
    with pytest.raises(InputError, match="Tables 1 and 2 are the same"):
        ek.release([est, ek.proportion(survey, "y", by="g0", level=0.9)])


def test_one_publication_is_that_of_all_tables() -> None:
    survey = surveyed(np.array([40, 60]), np.array([200, 190]))
    ests = [of(survey, ()), of(survey, ("g0",))]
    how = Publication(title="Who answered", universe="round 1", decimals=1)
    one, two = ek.release(ests, ledger=ek.Ledger(), publication=how)
    assert (one.audited.earlier, two.audited.earlier) == (0, 1)
    assert one.entry is not None
    assert two.entry is not None
    assert one.entry.title.startswith("Who answered: ")
    assert two.entry.title == f"{one.entry.title}, by g0"
    each = ek.release(ests, ledger=ek.Ledger(), publication=[how, how])
    assert [safe.status for safe in each] == [one.status, two.status]
    assert two.publication is not None
    assert two.publication.decimals == 1


def test_a_table_of_several_estimates_is_released_by_them() -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")
    with pytest.raises(InputError, match=r"Release its \.estimates"):
        ek.release(ek.tables.table_one(survey, ["school"]))  # type: ignore[call-overload]
