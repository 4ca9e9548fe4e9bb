"""What is invented obeys the form it was made from, meets the targets, and says what was planted in it."""

from __future__ import annotations

import pickle
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_forms import DK, RF, small_form

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.instrument import Clusters, ErrorRate, Group, Interviewers, MissingRates
from evidencekit.instrument.expressions import Context, Numbers, Texts, parse, truth
from evidencekit.instrument.items import walk

TARGETS = {"agrees": 0.9, "asked": 0.12, "used": {"chat": 0.5, "game": 0.3}, "adult_safety": {1: 0.5, 4: 0.1}}


def values(column: pd.Series) -> Any:
    """A column of the frame as an expression sees it, made here from the file alone."""
    if column.dtype.kind in "if":
        return Numbers(column.to_numpy(dtype=float))
    at, levels = pd.factorize(column)
    return Texts(at.astype(np.intp), tuple(map(str, levels)), np.zeros(len(column), dtype=bool))


def problems(form: ek.Instrument, frame: pd.DataFrame, above: pd.DataFrame | None = None) -> dict[str, int]:
    """Rows that break the form's own logic, by item and rule."""
    whole = frame if above is None else pd.concat([frame, above], axis=1)

    def answers(name: str) -> Any:
        return values(whole[name])

    found: dict[str, int] = {}
    for part, within in walk(form.items):
        if isinstance(part, Group) or part.name not in frame.columns:
            continue
        asked = np.ones(len(frame), dtype=bool)
        for text in [*(g.relevant for g in within), part.relevant]:
            if text:
                asked &= np.broadcast_to(truth(parse(text), Context(answers)).yes, len(frame))
        there = frame[part.name].notna().to_numpy()
        found[f"{part.name}/skip"] = int((there & ~asked).sum())
        if part.required:
            found[f"{part.name}/required"] = int((asked & ~there).sum())
        missing = frame[part.name].isin([float(c) if frame[part.name].dtype.kind in "if" else c for c in part.missing]).to_numpy()
        if part.constraint:
            took = np.broadcast_to(truth(parse(part.constraint), Context(answers, part.name, date(2026, 1, 5))).yes, len(frame))
            found[f"{part.name}/constraint"] = int((there & ~took & ~missing).sum())
        if part.choices is not None:
            codes = {*part.choices.codes, *part.missing}
            texts = [str(int(v)) if isinstance(v, float) else str(v) for v in frame[part.name][there]]
            alone = {o.code for o in part.choices.listed if o.alone}
            found[f"{part.name}/list"] = sum(not set(t.split()) <= codes for t in texts)
            found[f"{part.name}/alone"] = sum(len(t.split()) > 1 and bool(set(t.split()) & alone) for t in texts)
    return {rule: count for rule, count in found.items() if count}


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 250), spread=st.sampled_from([0.0, 0.8]))
def test_what_is_made_obeys_the_form(seed: int, n: int, spread: float) -> None:
    form = small_form()
    data = ek.instrument.fictional_answers(form, n, seed=seed, prevalence=TARGETS, clusters=Clusters(7, spread))
    assert problems(form, data.frame) == {}
    below = data.repeats["device"].frame
    parents = data.frame.set_index("key").loc[below["parent_key"]].reset_index(drop=True)
    assert problems(form, below, parents[["age"]]) == {}
    times = below.groupby("parent_key").size().reindex(data.frame["key"], fill_value=0)
    wanted = data.to_frame()["devices"].fillna(0).to_numpy()
    assert (times.to_numpy() == wanted).all()


@st.composite
def chains(draw: st.DrawFn) -> ek.Instrument:
    """Forms whose items hang on earlier ones, placed in any order."""
    yes_no = ek.Choices("yn", {"yes": "Yes", "no": "No", "dk": "?"}, missing={"dk": DK})
    items: list[ek.Item] = []
    for k in range(draw(st.integers(2, 8))):
        on = draw(st.integers(-1, k - 1))
        before = items[on] if on >= 0 else None
        relevant = "" if before is None else f"${{{before.name}}} = 'yes'" if before.kind == "select_one" else f"${{{before.name}}} > 4"
        if draw(st.booleans()):
            items.append(ek.Item(f"q{k}", "select_one", choices=yes_no, relevant=relevant, required=True))
        else:
            limit = f" and . <= ${{{before.name}}} + 9" if before is not None and before.kind == "integer" else ""
            items.append(ek.Item(f"q{k}", "integer", constraint=f". > 0 and . < 10{limit}", relevant=relevant, required=True))
    return ek.Instrument("chain", draw(st.permutations(items)))


@settings(max_examples=40, deadline=None)
@given(form=chains(), seed=st.integers(0, 99))
def test_any_order_of_items_is_filled_in(form: ek.Instrument, seed: int) -> None:
    assert problems(form, ek.instrument.fictional_answers(form, 60, seed=seed).frame) == {}


@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_targets_are_met_within_the_error_of_the_draw(spread: float) -> None:
    n = 6000
    data = ek.instrument.fictional_answers(small_form(), n, seed=11, prevalence=TARGETS, clusters=Clusters(40, spread))
    clean = data.to_frame()
    used = clean["used"].dropna()
    used = used[used != "none"].str.split().explode().groupby(level=0).agg(set)
    n_used = clean["used"].notna().sum()
    seen = {
        ("agrees", 0.9): (clean["agrees"] == 1).mean(),
        ("asked", 0.12): (clean["asked"].dropna() == 1).mean(),
        ("chat", 0.5): used.map(lambda s: "chat" in s).sum() / n_used,
        ("game", 0.3): used.map(lambda s: "game" in s).sum() / n_used,
        ("adult 1", 0.5): (clean["adult_safety"].dropna() == 1).mean(),
        ("adult 4", 0.1): (clean["adult_safety"].dropna() == 4).mean(),
        ("adult 2", 0.2): (clean["adult_safety"].dropna() == 2).mean(),
    }
    for (what, target), share in seen.items():
        assert abs(share - target) < 4 * np.sqrt(target * (1 - target) / (0.85 * n)), what


def test_a_share_for_none_of_these_is_met_too() -> None:
    shares = {"none": 0.25, "chat": 0.6, "game": 0.3}
    clean = ek.instrument.fictional_answers(small_form(), 6000, seed=2, prevalence={"used": shares}).to_frame()["used"].dropna()
    for code, target in shares.items():
        share = clean.str.split().map(lambda codes, code=code: code in codes).mean()
        assert abs(share - target) < 4 * np.sqrt(target * (1 - target) / len(clean))


def test_areas_are_alike_when_told_so() -> None:
    form = small_form()
    between = []
    for spread in (0.0, 1.5):
        data = ek.instrument.fictional_answers(form, 4000, seed=5, prevalence={"asked": 0.4}, clusters=Clusters(40, spread))
        clean = data.to_frame()
        between.append(clean.assign(yes=clean["asked"] == 1).groupby("area")["yes"].mean().var())
    assert between[1] > 5 * between[0]


def test_missing_answers_come_at_their_rates_and_more_from_some_interviewers() -> None:
    rates = MissingRates({DK: 0.05, RF: 0.10}, items={"told": {}})
    people = Interviewers(number=10, spread=1.2)
    data = ek.instrument.fictional_answers(small_form(), 6000, seed=1, missing=rates, interviewers=people)
    asked = data.frame["asked"].dropna()
    assert abs((asked == 98).mean() - 0.05) < 0.012
    assert abs((asked == 99).mean() - 0.10) < 0.016
    assert not data.frame["told"].isin([98, 99]).any()
    assert not data.frame["agrees"].isin([98, 99]).any()
    by = data.frame.assign(refused=data.frame["asked"] == 99).groupby("interviewer")["refused"].mean()
    assert by.max() > 3 * by.min()
    assert data.kinds("hours").get(DK, 0) > 0


def test_the_same_seed_makes_the_same_and_another_item_changes_no_other() -> None:
    form = small_form()
    one, two, other = (ek.instrument.fictional_answers(form, 200, seed=seed, errors=0.1) for seed in (4, 4, 5))
    pd.testing.assert_frame_equal(one.frame, two.frame)
    assert one.planted == two.planted
    assert not one.frame["age"].equals(other.frame["age"])
    longer = ek.Instrument("small", [ek.Item("new", "integer"), *form.items])
    again = ek.instrument.fictional_answers(longer, 200, seed=4)
    plain = ek.instrument.fictional_answers(form, 200, seed=4)
    pd.testing.assert_series_equal(again.frame["asked"], plain.frame["asked"])


def test_interviews_of_one_interviewer_follow_each_other() -> None:
    frame = ek.instrument.fictional_answers(small_form(), 300, seed=8, interviewers=Interviewers(4, speed=0.5)).frame
    start, end = pd.to_datetime(frame["start"]), pd.to_datetime(frame["end"])
    assert (end > start).all()
    for _, rows in frame.groupby("interviewer").groups.items():
        order = start[rows].sort_values().index
        assert (start[order].to_numpy()[1:] >= end[order].to_numpy()[:-1]).all()
    long = (end - start).dt.total_seconds().groupby(frame["interviewer"]).median()
    assert long.max() > 1.2 * long.min()


def test_each_planted_error_breaks_its_own_rule_in_its_own_row() -> None:
    form = small_form()
    data = ek.instrument.fictional_answers(form, 3000, seed=3, errors=ErrorRate(0.1))
    planted = data.planted_frame()
    assert len(planted) == 300
    assert planted["row"].is_unique
    counts = planted["kind"].value_counts()
    assert set(counts.index) >= {"skip-answered", "required-blank", "outside-list", "outside-constraint"}
    found = problems(form, data.frame)
    rule = {"skip": "skip-answered", "required": "required-blank", "constraint": "outside-constraint", "list": "outside-list"}
    for name, kind in rule.items():
        made = planted[planted["kind"] == kind].groupby("column").size()
        assert {k.split("/")[0]: v for k, v in found.items() if k.endswith(name)} == made.to_dict(), kind
    start, end = pd.to_datetime(data.frame["start"]), pd.to_datetime(data.frame["end"])
    assert set(np.flatnonzero(end < start)) == set(planted.loc[planted["kind"] == "end-before-start", "row"])
    assert data.frame["key"].duplicated().sum() == (planted["kind"] == "duplicate-key").sum()
    clean = ek.instrument.fictional_answers(form, 3000, seed=3)
    same = data.frame.drop(index=planted["row"])
    pd.testing.assert_frame_equal(same, clean.frame.drop(index=planted["row"]), check_dtype=False)


def test_exclusive_options_are_broken_where_asked_for() -> None:
    used = ek.Choices("u", [ek.instrument.Option("a", "A"), ek.instrument.Option("none", "None", exclusive=True)])
    form = ek.Instrument("f", [ek.Item("u", "select_multiple", "Which?", used)])
    data = ek.instrument.fictional_answers(form, 100, seed=0, errors=ErrorRate(0.1, kinds=["exclusive"]))
    assert (data.frame["u"] == "a none").sum() == 10 == len(data.planted)


def test_choice_filters_and_the_forms_own_columns_are_kept_to() -> None:
    regions = ek.Choices("region", {"n": "North", "s": "South"})
    towns = [ek.instrument.Option(f"{r}{k}", f"Town {r}{k}", other={"region": r}) for r in "ns" for k in range(3)]
    form = ek.Instrument("f", [
        ek.Item("begun", "metadata", other={"type": "start"}),
        ek.Item("interviewer", "select_one", "Who?", ek.Choices("who", {"11": "A", "12": "B"})),
        ek.Item("region", "select_one", "Region", regions),
        ek.Item("town", "select_one", "Town", ek.Choices("town", towns), other={"choice_filter": "region = ${region}"}),
        ek.Item("born", "date", "Born", constraint=". <= today() and . >= '2010-01-01'"),
        ek.Item("pulled", "calculate", calculation="pulldata('a', 'b', 'c', ${town})"),
        ek.Item("photo", "file"),
    ])  # fmt: skip
    data = ek.instrument.fictional_answers(form, 400, seed=6)
    assert (data.frame["town"].str[0] == data.frame["region"]).all()
    assert set(data.frame["interviewer"]) == {11, 12}
    assert (data.frame["begun"] == data.frame["start"]).all()
    assert data.frame["born"].between("2010-01-01", "2026-01-05").all()
    assert set(data.left_blank) == {"pulled", "photo"}
    assert data.frame["pulled"].isna().all()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"nobody": 0.5}, "is no item with choices"),
        ({"asked": {7: 0.5}}, "not among the answers"),
        ({"asked": {1: 0.8, 0: 0.8}}, "do not add up to 1"),
        ({"adult_safety": 1.5}, "from 0 to 1"),
        ({"device_kind": 0.5}, "none of its codes is yes"),
        ({"used": {"none": 0.5, "chat": 0.1, "game": 0.1, "video": 0.1}}, "less than 1"),
    ],
)
def test_shares_that_do_not_fit_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        ek.instrument.fictional_answers(small_form(), 50, seed=1, prevalence=given)


def test_a_question_may_have_the_name_of_a_column_of_the_file() -> None:
    form = ek.Instrument("f", [ek.Item("key", "integer", constraint=". > 5"), ek.Item("end", "text"), ek.Item("start", "metadata")])
    data = ek.instrument.fictional_answers(form, 50, seed=1, errors=0.3)
    assert data.columns == ("_key", "start", "_end", "interviewer", "area", "key", "end")
    assert {one.column for one in data.planted if one.kind == "end-before-start"} == {"_end"}


def test_bad_input_is_refused_in_our_words() -> None:
    ring = ek.Instrument("r", [ek.Item("a", "integer", relevant="${b} = 1"), ek.Item("b", "integer", relevant="${a} = 1")])
    with pytest.raises(InputError, match="wait for each other"):
        ek.instrument.fictional_answers(ring, 5, seed=1)
    lost = ek.Instrument("r", [ek.Item("a", "integer", relevant="${gone} = 1")])
    with pytest.raises(InputError, match="refers to 'gone'"):
        ek.instrument.fictional_answers(lost, 5, seed=1)
    for n, seed in ((0, 1), (5, -1), (True, 1)):
        with pytest.raises(InputError):
            ek.instrument.fictional_answers(small_form(), n, seed=seed)
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(ek.instrument.fictional_answers(small_form(), 5, seed=1))
    for wrong in (lambda: Clusters(0), lambda: Interviewers(spread=-1), lambda: MissingRates({RF: 1.2}), lambda: ErrorRate(0.9)):
        with pytest.raises(InputError):
            wrong()


def _named() -> ek.Instrument:
    """A form with direct identifiers of several kinds, and a repeated group within another."""
    yes_no = ek.Choices("yn", {1: "Yes", 0: "No"})
    calls = [ek.Item("call", "select_one", "Called?", yes_no), ek.Item("why", "text", relevant="${call} = 1", required=True)]
    device = [ek.Item("kind", "select_one", "Own?", yes_no), ek.Item("old", "integer", relevant="${kind} = 1", required=True)]
    return ek.Instrument(
        "named",
        [
            ek.Item("child_id", "text", role="direct-identifier", required=True),
            ek.Item("pin", "text", role="direct-identifier", constraint="regex(., '^[0-9]{4}$')", required=True),
            ek.Item("number", "integer", role="direct-identifier", required=True),
            ek.Item("seat", "integer", role="direct-identifier", constraint=". >= 1 and . <= 1000", required=True),
            Group("device", [*device, Group("calls", calls, repeat=True)], repeat=True),
        ],
    )


@pytest.mark.slow
def test_what_is_made_passes_validation_as_it_comes() -> None:
    form = _named()
    made = ek.instrument.fictional_answers(form, 600, seed=1)
    for name in ("child_id", "pin", "number", "seat"):
        assert made.frame[name].nunique() == 600, name
    report = ek.validate(made, form, repeats=made.repeats)
    assert not report.to_frame()["rows"].sum()
    assert len(made.repeats["calls"].frame) > 600
    assert not report.unchecked


def test_identifiers_with_fewer_answers_than_rows_are_made_all_the_same() -> None:
    form = ek.Instrument("f", [ek.Item("seat", "integer", role="direct-identifier", constraint=". >= 1 and . <= 50")])
    assert ek.instrument.fictional_answers(form, 100, seed=1).frame["seat"].between(1, 50).all()
