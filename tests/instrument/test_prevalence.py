"""prevalence is a proportion of a compiled variable: the point, its bounds, both denominators, and what it says of itself."""

from __future__ import annotations

import pickle
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError, Refused
from evidencekit.instrument import Coded, Concept

RF, DK = ek.Missing.REFUSED, ek.Missing.DONT_KNOW
FICTION = ek.fictional.national_survey(seed=7, interviews=800)
SECRET = "tamarind-7731"
V06, V13 = ek.indicator("V06"), ek.indicator("V13")
EVERYONE = {"internet_user": True}


def fictional() -> ek.Survey:
    return ek.Survey(FICTION.data, weights="weight", strata="stratum", psu="psu", population=FICTION.population)


def made_up(n: int = 600, seed: int = 3, **columns: Any) -> ek.Dataset:
    """Children of an invented place: some are online, and each question may be refused (9)."""
    rng = np.random.default_rng(seed)
    online = np.where(rng.random(n) < 0.04, 9, (rng.random(n) < 0.7).astype(int))
    frame = pd.DataFrame({"psu": np.repeat(np.arange(n // 10), 10), "weight": rng.uniform(0.5, 2, n), "internet_user": online})
    frame["sex"] = rng.choice(["girl", "boy"], n)
    frame["age"] = rng.integers(11, 19, n)
    for name, share in (("image_shared", 0.1), ("threatened", 0.08), ("benefit_offered", 0.15)):
        frame[name] = np.where(rng.random(n) < 0.05, 9.0, (rng.random(n) < share).astype(float))
        frame.loc[online != 1, name] = np.nan
    coerced = np.where(rng.random(n) < 0.1, 9.0, (rng.random(n) < 0.4).astype(float))
    frame["benefit_coerced"] = np.where(frame["benefit_offered"] == 1, coerced, np.nan)
    for name, values in columns.items():
        frame[name] = values
    missing = {name: {9: RF} for name in ("internet_user", "image_shared", "threatened", "benefit_offered", "benefit_coerced")}
    return ek.Dataset(frame, missing=missing)


def survey_of(data: Any) -> ek.Survey:
    return ek.Survey(data, weights="weight", psu="psu", population="children of an invented place")


def test_one_question_is_the_proportion_of_its_answers() -> None:
    survey = fictional()
    made = ek.prevalence(survey, V06, items=EVERYONE, by="sex")
    plain = ek.proportion(survey, "image_shared", by="sex")
    np.testing.assert_array_equal(made.estimate.points, plain.points)
    np.testing.assert_array_equal(made.estimate.vcov, plain.vcov)
    np.testing.assert_array_equal(made.estimate.interval.low, plain.interval.low)
    np.testing.assert_array_equal(made.estimate.counts.n, plain.counts.n)
    np.testing.assert_array_equal(made.estimate.df, plain.df)
    kinds = FICTION.data.kinds("image_shared")
    assert dict(made.unanswered) == {"any": sum(kinds.values()), "don't know": kinds[DK], "prefer not to say": kinds[RF]}
    assert made.complete is None


def by_hand(frame: pd.DataFrame) -> pd.DataFrame:
    """The composite V13 worked out row by row with plain rules."""
    out = []
    for row in frame.itertuples():
        online = {1: "y", 0: "n"}.get(row.internet_user, "?")
        answer = {
            name: {1.0: "y", 0.0: "n", 9.0: "?"}.get(getattr(row, name), {"n": "n", "?": "?"}.get(online, "?"))
            for name in ("image_shared", "threatened", "benefit_offered")
        }
        offered = answer["benefit_offered"]
        coerced = {1.0: "y", 0.0: "n", 9.0: "?"}.get(row.benefit_coerced, offered if offered != "y" else "?")
        exchange = "n" if "n" in (offered, coerced) else "?" if "?" in (offered, coerced) else "y"
        parts = (answer["image_shared"], answer["threatened"], exchange)
        state = "y" if "y" in parts else "?" if "?" in parts else "n"
        out.append({"state": state, "online": online, "in_age": 12 <= row.age <= 17})
    return pd.DataFrame(out, index=frame.index)


@pytest.mark.parametrize("among", ["own", "internet users", "all"])
def test_a_composite_is_what_plain_rules_give_row_by_row(among: Any) -> None:
    data = made_up()
    hand = by_hand(data.frame)
    counted = hand["in_age"] & (True if among == "all" else hand["online"] == "y")
    state = hand["state"].mask((hand["online"] == "?") & (among == "all"), "?").mask(hand["online"] == "n", "n")
    w = data.frame["weight"]
    made = ek.prevalence(survey_of(data), V13, denominator=among)
    known = counted & (state != "?")
    yes, unknown = counted & (state == "y"), counted & (state == "?")
    np.testing.assert_allclose(made.estimate.points, [w[yes].sum() / w[known].sum()])
    np.testing.assert_allclose(made.lower.points, [w[yes].sum() / w[counted].sum()])
    np.testing.assert_allclose(made.upper.points, [w[yes | unknown].sum() / w[counted].sum()])
    assert made.unanswered["any"] == unknown.sum()
    assert made.estimate.counts.n[0] == known.sum()
    assert made.membership_unknown == (0 if among == "all" else (hand["in_age"] & (hand["online"] == "?")).sum())


def test_design_based_errors_are_those_of_proportion_on_the_same_variable() -> None:
    data = made_up()
    hand = by_hand(data.frame)
    y = hand["state"].map({"y": 1.0, "n": 0.0}).where(hand["in_age"] & (hand["online"] == "y"))
    plain = ek.proportion(survey_of(data.frame.assign(y=y)), "y", by="sex")
    made = ek.prevalence(survey_of(data), V13, by="sex").estimate
    np.testing.assert_allclose(made.points, plain.points, rtol=1e-12)
    np.testing.assert_allclose(made.vcov, plain.vcov, rtol=1e-12)
    np.testing.assert_allclose(made.interval.high, plain.interval.high, rtol=1e-12)


def test_both_denominators_are_there() -> None:
    made = ek.prevalence(survey_of(made_up()), V13)
    assert list(made.denominators) == ["internet users", "all"]
    assert made.denominators["internet users"] is made.estimate
    assert made.denominators["all"].points[0] < made.estimate.points[0]
    assert "all children aged 12-17" in made.denominators["all"].estimand
    assert "by denominator: internet users: " in repr(made)


def test_the_share_of_all_is_the_share_of_users_times_coverage() -> None:
    """With every answer given, share among users x share of users = share of all, exactly: what headcount multiplies."""
    data = made_up()
    frame = data.frame.replace({9: 0})
    survey = survey_of(frame[frame["age"].between(12, 17)])
    made = ek.prevalence(survey, V13)
    coverage = ek.proportion(survey, "internet_user").points[0]
    np.testing.assert_allclose(made.denominators["all"].points, made.estimate.points * coverage, rtol=1e-12)
    assert made.unanswered == {"any": 0}
    assert "every answer of those counted is known" in repr(made)


def test_a_survey_of_internet_users_alone_has_no_share_of_all() -> None:
    made = ek.prevalence(fictional(), V06, items=EVERYONE)
    assert list(made.denominators) == ["internet users"]
    with pytest.raises(Refused, match="internet users alone"):
        ek.prevalence(fictional(), V06, items=EVERYONE, denominator="all")
    with pytest.raises(InputError, match=r"'internet_user' .*used the internet"):
        ek.prevalence(fictional(), V06)


def test_a_conditional_indicator_counts_those_it_is_about() -> None:
    survey = fictional()
    told = ek.Indicator(
        code="TOLD",
        numerator="${told_someone}",
        denominator="${any_contact_unwanted}",
        universe="children with an event",
        recall="past 12 months",
    )
    made = ek.prevalence(survey, told)
    plain = ek.proportion(survey, "told_someone", category="yes")
    np.testing.assert_allclose(made.estimate.points, plain.points)
    np.testing.assert_allclose(made.estimate.se, plain.se)
    assert made.estimate.provenance.where == "children with an event"
    of_all = ek.prevalence(survey, told, denominator="all").estimate
    hit = ek.proportion(survey, "any_contact_unwanted").points
    np.testing.assert_allclose(of_all.points, plain.points * hit)


def test_its_name_and_rules_travel() -> None:
    made = ek.prevalence(survey_of(made_up()), V13, where=nw.col("sex") == "girl", where_label="girls").estimate
    policies = dict(made.provenance.policies)
    assert policies["indicator"] == f"V13 1.0.0 [{V13.fingerprint}]"
    assert (policies["recall"], policies["ages"], policies["denominator"]) == ("past 12 months", "12-17", "internet users aged 12-17")
    assert policies["unanswered"].endswith("left out")
    assert made.provenance.where == "girls; internet users aged 12-17"
    assert dict(made.provenance.labels)["V13"] == V13.title
    for words in ("V13", "version 1.0.0", "past 12 months", "internet users aged 12-17", "unanswered left out"):
        assert words in made.estimand
    find = ek.finding(ek.release(made))
    assert "girls" in find.headline()
    assert V13.title in find.headline()


def test_ages_that_nobody_can_check_are_said_to_be_unchecked() -> None:
    data = made_up()
    survey = survey_of(data.with_frame(data.frame.drop(columns="age")))
    assert "not checked" in dict(ek.prevalence(survey, V13).estimate.provenance.policies)["ages"]


def test_counted_as_no_is_the_lower_bound_and_says_so() -> None:
    survey = survey_of(made_up())
    rule = ek.Indicator(code="R", numerator="${image_shared}", denominator="${internet_user}", unanswered="counted as no")
    made = ek.prevalence(survey, rule)
    np.testing.assert_array_equal(made.estimate.points, made.lower.points)
    assert "unanswered counted as no" in made.estimate.estimand


def test_complete_answers_are_shown_where_one_yes_settles_a_row() -> None:
    data = made_up()
    made = ek.prevalence(survey_of(data), V13)
    assert made.complete is not None
    assert made.partly > 0
    assert made.complete.counts.n[0] == made.estimate.counts.n[0] - made.partly
    assert made.complete.points[0] < made.estimate.points[0]
    assert "those who answered everything" in repr(made)


def test_few_answers_are_flagged_and_nobody_is_refused() -> None:
    survey = survey_of(made_up(n=60))
    assert "fewer than 30 answers" in ek.prevalence(survey, V06, where=nw.col("age") == 14, where_label="aged 14").estimate.flags[0]
    with pytest.raises(EstimationError, match="Nobody in these data is counted by indicator V15"):
        ek.prevalence(survey_of(made_up(age=14, online_before_18=0, older_partner_before_18=0)), ek.indicator("V15"))
    refused = made_up(image_shared=9.0)
    with pytest.raises(EstimationError, match="gave an answer"):
        ek.prevalence(survey_of(refused), V06, items={"image_shared": Coded("image_shared", yes=1, no=0)})


def test_no_case_at_all_has_an_interval() -> None:
    made = ek.prevalence(survey_of(made_up(image_shared=0.0)), V06)
    assert made.estimate.points[0] == 0
    assert 0 < made.estimate.interval.high[0] < 0.05


def test_other_than_shares_and_indicators_are_refused() -> None:
    survey = fictional()
    with pytest.raises(InputError, match="takes an Indicator, not a str"):
        ek.prevalence(survey, "V06")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="median age"):
        ek.prevalence(survey, ek.indicator("C05"))
    with pytest.raises(InputError, match="A Survey is needed"):
        ek.prevalence(FICTION.data, V06)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="denominator="):
        ek.prevalence(survey, V06, items=EVERYONE, denominator="users")  # type: ignore[arg-type]
    pl = pytest.importorskip("polars")
    lazy = ek.Survey(pl.from_pandas(FICTION.frame).lazy(), weights="weight", strata="stratum", psu="psu")
    with pytest.raises(InputError, match="lazy"):
        ek.prevalence(lazy, V06, items=EVERYONE)


def test_a_self_selected_sample_gets_no_interval() -> None:
    survey = ek.Survey(made_up(), design=ek.NoDesign())
    made = ek.prevalence(survey, V06)
    assert np.isnan([made.estimate.interval.low[0], made.upper.interval.high[0]]).all()
    assert "no design: self-selected" in made.estimate.flags[0]
    assert "self-selected" in made.estimate.inference


def test_weights_replicates_and_two_phases_are_kept() -> None:
    raked = ek.weighting.rake(fictional(), {"sex": {"girl": 51_000, "boy": 49_000}})
    for survey in (raked, ek.weighting.jackknife(raked)):
        made = ek.prevalence(survey, V06, items=EVERYONE).estimate
        plain = ek.proportion(survey, "image_shared")
        np.testing.assert_allclose(made.points, plain.points, rtol=1e-12)
        np.testing.assert_allclose(made.se, plain.se, rtol=1e-9)
        assert ("weights", dict(plain.provenance.policies)["weights"]) in made.provenance.policies
    rng = np.random.default_rng(1)
    frame = made_up().frame.assign(phase2=rng.random(600) < 0.5, one=1.0)
    design = ek.TwoPhase(phase1=ek.Stages(weights="weight", psu="psu"), phase2=ek.Stages(weights="one"), subset="phase2")
    two = ek.Survey(ek.Dataset(frame, missing={"image_shared": {9: RF}, "internet_user": {9: RF}}), design=design)
    plain = ek.proportion(two, "image_shared", where=(nw.col("age") >= 12) & (nw.col("age") <= 17) & (nw.col("internet_user") == 1))
    made = ek.prevalence(two, V06).estimate
    np.testing.assert_allclose(made.points, plain.points)
    np.testing.assert_allclose(made.se, plain.se)


def test_two_numbers_of_one_survey_are_known_as_such() -> None:
    survey = fictional()
    one, two = ek.prevalence(survey, V06, items=EVERYONE), ek.prevalence(survey, V06, items=EVERYONE)
    with pytest.raises(Refused, match="same survey"):
        ek.difference(one.estimate, two.estimate)


def test_an_index_of_its_own_does_not_move_rows() -> None:
    data = made_up()
    shuffled = data.frame.sample(frac=1, random_state=4)
    one, two = ek.prevalence(survey_of(data), V13), ek.prevalence(survey_of(data.with_frame(shuffled)), V13)
    np.testing.assert_allclose(one.estimate.points, two.estimate.points)
    np.testing.assert_allclose(one.estimate.se, two.estimate.se)


def test_nothing_of_the_caller_changes() -> None:
    data = made_up()
    before = data.frame.copy()
    survey = survey_of(data)
    ek.prevalence(survey, V13, by="sex")
    pd.testing.assert_frame_equal(data.frame, before)
    assert list(survey.data.columns) == list(before.columns)


def test_no_answer_reaches_a_message_a_repr_or_a_pickle() -> None:
    data = made_up(name=[f"{SECRET}-{k}" for k in range(600)])
    frame = data.frame.assign(image_shared=data.frame["image_shared"].astype(object).where(data.frame.index != 5, SECRET))
    survey = survey_of(ek.Dataset(frame))
    for more in (
        {},
        {"items": {"image_shared": Coded("image_shared", yes=1, no=0)}},
    ):
        with pytest.raises(InputError) as caught:
            ek.prevalence(survey, V06, **more)
        assert SECRET not in str(caught.value)
        assert caught.value.__cause__ is None
    made = ek.prevalence(survey_of(data), V13, by="sex")
    for text in (repr(made), made._repr_html_(), repr(made.estimate), repr(made.to_frame()), repr(pickle.dumps(made.estimate.points))):
        assert SECRET not in text


ANSWERS = st.lists(
    st.tuples(*(st.sampled_from([0.0, 1.0, 9.0, np.nan]) for _ in range(4)), st.floats(0.1, 10)).map(list), min_size=4, max_size=40
)


@settings(max_examples=25, deadline=None)
@given(ANSWERS)
def test_bounds_hold_the_estimate_and_a_composite_is_no_less_than_its_parts(rows: list[list[float]]) -> None:
    frame = pd.DataFrame(rows, columns=["a", "b", "c", "online", "weight"])
    frame = pd.concat([frame, pd.DataFrame([[1.0, 0, 0, 1, 1], [0, 0, 0, 1, 1]], columns=frame.columns)], ignore_index=True)
    frame["psu"] = range(len(frame))
    data = ek.Dataset(frame, missing={name: {9: RF} for name in ("a", "b", "c", "online")})
    survey = ek.Survey(data, weights="weight", psu="psu")
    coded = {name: Coded(name, yes=1, no=0) for name in ("a", "b", "c", "online")}
    gates = {name: Concept(name, "${online}") for name in "abc"} | {"online": Concept("online")}
    parts = [ek.Indicator(code=name.upper(), numerator=f"${{{name}}}", denominator="${online}", items=gates) for name in "abc"]
    whole = ek.Indicator(code="ANY", numerator="${A} or ${B} or ${C}", denominator="${online}", items=gates, parts=parts)
    found = ek.prevalence(survey, whole, items=coded)
    for made in (found, ek.prevalence(survey, whole, items=coded, denominator="all")):
        low, p, high = made.lower.points[0], made.estimate.points[0], made.upper.points[0]
        assert low <= p + 1e-12
        assert p <= high + 1e-12
        assert made.lower.interval.low[0] <= low
        assert high <= made.upper.interval.high[0]
    for part in parts:
        try:
            one = ek.prevalence(survey, part, items={name: c for name, c in coded.items() if name in (*part.item_names, "online")})
        except EstimationError:
            continue
        assert one.lower.points[0] <= found.lower.points[0] + 1e-12
        assert one.upper.points[0] <= found.upper.points[0] + 1e-12
    full = frame[(frame[["a", "b", "c"]] < 2).all(axis=1)]
    complete = ek.Survey(full, weights="weight", psu="psu")
    of_full = ek.prevalence(complete, whole, items={**coded, "online": True}).estimate.points[0]
    singles = [ek.prevalence(complete, part, items={**coded_of(part, coded), "online": True}).estimate.points[0] for part in parts]
    assert max(singles) <= of_full + 1e-12 <= min(1.0, sum(singles)) + 2e-12


def coded_of(part: ek.Indicator, coded: dict[str, Coded]) -> dict[str, Coded]:
    return {name: made for name, made in coded.items() if name in part.item_names and name != "online"}


def test_an_item_that_the_survey_did_not_ask_is_said_to_be_missing_from_the_composite() -> None:
    data = made_up()
    survey = survey_of(data.with_frame(data.frame.drop(columns="threatened")))
    with pytest.raises(InputError, match=r"needs 'threatened' .*None"):
        ek.prevalence(survey, V13)
    made = ek.prevalence(survey, V13, items={"threatened": None})
    assert made.absent == ("threatened",)
    assert "not asked in this survey: threatened; so this is not all that V13 counts" in repr(made)
    assert dict(made.estimate.provenance.policies)["not asked in this survey"] == "threatened"
    without = ek.Indicator(
        code="W", numerator="${V06} or ${V04a}", denominator="${internet_user}", ages=(12, 17), parts=[V06, ek.indicator("V04a")]
    )
    np.testing.assert_array_equal(made.estimate.points, ek.prevalence(survey, without).estimate.points)


def test_counts_of_those_left_out_are_of_the_condition_alone() -> None:
    data = made_up()
    hand = by_hand(data.frame)
    girls = data.frame["sex"] == "girl"
    made = ek.prevalence(survey_of(data), V13, where=nw.col("sex") == "girl", where_label="girls")
    assert made.membership_unknown == (girls & hand["in_age"] & (hand["online"] == "?")).sum()
    assert made.unanswered["any"] == (girls & hand["in_age"] & (hand["online"] == "y") & (hand["state"] == "?")).sum()


def test_the_bounds_go_with_the_estimate_and_the_kinds_say_that_some_are_both() -> None:
    frame = pd.DataFrame({"weight": 1.0, "image_shared": [1.0] * 30 + [0.0] * 50 + [8.0] * 6 + [9.0] * 14})
    frame["threatened"] = frame["image_shared"].where(frame["image_shared"] != 8, 9)
    missing: dict[str, dict[Any, ek.Missing]] = {name: {8: DK, 9: RF} for name in ("image_shared", "threatened")}
    survey = ek.Survey(ek.Dataset(frame, missing=missing), weights="weight", population="children of an invented place")
    of = ek.Indicator(code="OWN", numerator="${image_shared} = 1 or ${threatened} = 1")
    made = ek.prevalence(survey, of)
    said = "30% to 50%, whatever the others would have answered"
    assert said in repr(made)
    assert said in dict(made.estimate.provenance.policies)["bounds"]
    assert "20 (6 don't know, 20 prefer not to say, some both)" in repr(made)
    assert said in repr(made.estimate)
    whole = ek.prevalence(survey, of, where=nw.col("image_shared") <= 1)
    assert "bounds" not in dict(whole.estimate.provenance.policies)


def test_items_that_are_not_there_are_said_all_at_once_with_what_is_near() -> None:
    frame = pd.DataFrame({"weight": 1.0, "image_shard": [1, 0, 1], "q2": [1, 0, 1]})
    survey = ek.Survey(frame, weights="weight", population="children of an invented place")
    of = ek.Indicator(code="OWN", numerator="${image_shared} = 1 or ${threatened} = 1 or ${q2} = 1")
    with pytest.raises(InputError, match=r"2 items that are not there: 'image_shared', perhaps 'image_shard'; 'threatened'") as caught:
        ek.prevalence(survey, of)
    assert '"threatened": "..."' in str(caught.value)
    with pytest.raises(InputError, match=r"items= for 'threatened'.*Did you mean 'q2'"):
        ek.prevalence(survey, of, items={"image_shared": "image_shard", "threatened": "q2_"})
    with pytest.raises(InputError, match="given as items= for 'threatened' is not a column") as caught:
        ek.prevalence(survey, of, items={"image_shared": "image_shard", "threatened": SECRET})
    assert SECRET not in str(caught.value)
