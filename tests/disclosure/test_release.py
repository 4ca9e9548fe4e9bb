"""What release hides, and that a hidden cell is gone everywhere."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

FEW = "fewer than 10 cases, or would give a hidden cell away"


def survey_with(cases: dict[str, tuple[int, int]], units: int = 10) -> ek.Survey:
    """A survey of domains with the given (cases, others), spread over ten sampling units."""
    rows = [(g, y) for g, (yes, no) in cases.items() for y in [1] * yes + [0] * no]
    frame = pd.DataFrame(rows, columns=["g", "y"])
    frame["psu"] = np.arange(len(frame)) % units
    frame["weight"] = 10.0 + np.arange(len(frame)) % 3
    return ek.Survey(frame, weights="weight", psu="psu")


def test_few_cases_are_hidden_and_a_second_cell_goes_too() -> None:
    safe = ek.release(ek.proportion(survey_with({"a": (4, 200), "b": (60, 200), "c": (30, 200)}), "y", by="g"))
    assert safe.status == ("protected", "shown", "protected")
    assert safe.reason == (FEW, "", FEW)


@pytest.mark.parametrize("cases", [(9, 60, 9), (1, 60, 10), (4, 60, 30), (9, 60, 8)])
def test_reasons_do_not_tell_more_than_sums(cases: tuple[int, int, int]) -> None:
    """Once a cell said that it was small, and another that it was not: 9 and 9 followed from their sum, and 1 beside 10 nearly."""
    safe = ek.release(ek.proportion(survey_with({g: (yes, 200) for g, yes in zip("abc", cases, strict=True)}), "y", by="g"))
    assert safe.status == ("protected", "shown", "protected")
    assert safe.flags[0] == safe.flags[2]
    assert safe.reason[0] == safe.reason[2] == FEW
    assert safe.cost == "of 3 cells: 2 protected"


def test_the_complement_counts() -> None:
    safe = ek.release(ek.proportion(survey_with({"a": (200, 4), "b": (60, 200), "c": (90, 200)}), "y", by="g"))
    assert safe.reason[0] == "fewer than 10 who are not cases, or would give a hidden cell away"


def test_nothing_of_a_hidden_cell_is_left() -> None:
    safe = ek.release(ek.proportion(survey_with({"a": (4, 200), "b": (60, 200), "c": (30, 200)}), "y", by="g"))
    table = safe.to_frame()
    gone = table.loc[table["status"] == "protected"]
    numbers = ["estimate", "se", "rse", "low", "high", "df", "n", "cases", "psus", "weighted_n", "n_eff", "deff"]
    assert gone[numbers].isna().all().all()
    assert table.loc[table["status"] == "shown", numbers].notna().all().all()
    assert "not audited" in repr(safe)
    assert "204" not in repr(safe)


def test_what_a_release_carries_holds_nothing_of_a_hidden_cell() -> None:
    """Once the whole Estimate, and a digest of its numbers, travelled with the release: a pickle or a record gave the cell away."""
    one = ek.release(ek.proportion(survey_with({"a": (4, 200), "b": (60, 200), "c": (30, 200)}), "y", by="g"))
    two = ek.release(ek.proportion(survey_with({"a": (5, 199), "b": (60, 200), "c": (30, 200)}), "y", by="g"))
    for safe in (one, two):
        carried = pickle.loads(pickle.dumps(safe)).estimate
        hidden = [i for i, s in enumerate(safe.status) if s == "protected"]
        assert hidden == [0, 2]
        assert np.isnan(carried.vcov[hidden]).all()
        assert np.isnan(carried.vcov[:, hidden]).all()
        for f in dataclasses.fields(carried.counts):
            assert np.isnan(getattr(carried.counts, f.name)[hidden]).all()
        for numbers in (carried.points, carried.df, carried.interval.low, carried.interval.high):
            assert np.isnan(numbers[hidden]).all()
            assert np.isfinite(numbers[1])
        assert carried.support is None
    assert one.estimate.provenance.data == two.estimate.provenance.data


def test_few_sampling_units_are_hidden() -> None:
    frame = survey_with({"a": (40, 40), "b": (60, 60), "c": (50, 50)}).data
    frame.loc[frame["g"] == "a", "psu"] = np.where(np.arange((frame["g"] == "a").sum()) % 2, 0, 1)
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="weight", psu="psu"), "y", by="g"))
    assert safe.reason[0] == "fewer than 3 sampling units, or would give a hidden cell away"


def test_imprecise_cells_are_flagged_not_hidden() -> None:
    safe = ek.release(ek.proportion(survey_with({"a": (12, 13), "b": (60, 200)}), "y", by="g"))
    assert safe.status[0] == "uncertain"
    assert safe.reason[0].startswith("too uncertain")


def test_bad_input() -> None:
    with pytest.raises(ek.errors.InputError, match="takes an Estimate"):
        ek.release("x")  # type: ignore[arg-type]


def by_verb(survey: ek.Survey, verb: str) -> ek.Estimate:
    """The same 0/1 column, through each verb that could show it."""
    made = {
        "proportion": lambda: ek.proportion(survey, "y", by="g"),
        "mean": lambda: ek.mean(survey, "y", by="g"),
        "total": lambda: ek.total(survey, "y", by="g", population_total=1e6),
        "ratio": lambda: ek.ratio(survey, "y", "one", by="g"),
        "ratio of two": lambda: ek.ratio(survey, "y", "x", by="g"),
        "variance": lambda: ek.variance(survey, "y", by="g"),
        "covariance": lambda: ek.variance(survey, ["y", "x"], by="g"),
    }
    return made[verb]()


VERBS = ("mean", "total", "ratio", "ratio of two", "variance", "covariance")


def with_more(cases: dict[str, tuple[int, int]], no: float = 0.0) -> ek.Survey:
    frame = survey_with(cases).data
    frame["one"] = 1.0
    frame["x"] = np.maximum(frame["y"], np.arange(len(frame)) % 2)
    return ek.Survey(frame.assign(y=frame["y"] + no, x=frame["x"] + no), weights="weight", psu="psu")


@pytest.mark.parametrize("no", [0.0, 1.0])
@pytest.mark.parametrize("verb", VERBS)
def test_a_column_of_two_values_is_protected_whatever_the_verb(verb: str, no: float) -> None:
    """Once only proportion() counted cases: mean() of the same column showed a cell of three children."""
    few = ek.release(by_verb(with_more({"a": (3, 200), "b": (60, 200), "c": (90, 200)}, no), verb))
    assert few.status[0] == "protected"
    assert few.reason[0].startswith("fewer than 10 cases")
    none = ek.release(by_verb(with_more({"a": (0, 200), "b": (60, 200), "c": (90, 200)}, no), verb))
    assert none.status[0] == "protected"
    enough = ek.release(by_verb(with_more({"a": (40, 200), "b": (60, 200), "c": (90, 200)}, no), verb))
    if verb != "covariance":
        assert "protected" not in enough.status


@pytest.mark.parametrize("verb", VERBS[:-1])
def test_the_complement_counts_whatever_the_verb(verb: str) -> None:
    assert ek.release(by_verb(with_more({"a": (200, 4), "b": (60, 200), "c": (90, 200)}), verb)).status[0] == "protected"


@pytest.mark.parametrize("no", [0, 1])
@pytest.mark.parametrize("verb", VERBS[:4])
def test_lazy_data_are_counted_as_well(verb: str, no: int) -> None:
    import polars as pl

    survey = with_more({"a": (3, 200), "b": (60, 200), "c": (90, 200)}, no)
    lazy = ek.Survey(pl.from_pandas(survey.data).lazy(), weights="weight", psu="psu")
    want, got = by_verb(survey, verb), by_verb(lazy, verb)
    np.testing.assert_array_equal(got.counts.cases, want.counts.cases)
    assert not np.isnan(got.counts.cases).any()
    assert ek.release(got).status == ek.release(want).status


def test_missing_answers_and_conditions_are_left_out_of_the_cases() -> None:
    frame = survey_with({"a": (30, 200), "b": (60, 200)}).data.assign(y=lambda f: f["y"].astype(float))
    frame.loc[frame.index[:5], "y"] = np.nan
    frame["keep"] = np.arange(len(frame)) % 3 != 0
    survey = ek.Survey(frame, weights="weight", psu="psu")
    for where in (None, "keep"):
        used = frame if where is None else frame[frame["keep"]]
        want = used.groupby("g")["y"].sum().to_numpy()
        np.testing.assert_array_equal(ek.mean(survey, "y", by="g", where=where).counts.cases, want)
    assert ek.mean(survey, "y").counts.cases[0] == frame["y"].sum()


def test_other_numbers_have_no_cases() -> None:
    survey = ek.Survey(survey_with({"a": (30, 200)}).data.assign(z=lambda f: np.arange(len(f)) % 3), weights="weight", psu="psu")
    assert np.isnan(ek.mean(survey, "z").counts.cases).all()
    assert np.isnan(ek.variance(survey, "z").counts.cases).all()
    late = survey.data.assign(z=np.where(np.arange(230) < 200, 0, np.arange(230)))
    assert np.isnan(ek.mean(ek.Survey(late, weights="weight", psu="psu"), "z").counts.cases).all()


def test_what_is_made_from_a_cell_is_protected_like_the_cell() -> None:
    survey = survey_with({"a": (195, 5), "b": (60, 240), "c": (90, 200)})
    est = ek.proportion(survey, "y", by="g")
    assert ek.release(ek.difference(est, {"g": "b"}, {"g": "a"})).status == ("protected",)
    assert ek.release(ek.difference(est, {"g": "b"}, {"g": "c"})).status == ("shown",)


def test_an_interval_without_width_is_not_shown_as_certain() -> None:
    frame = survey_with({"a": (100, 100), "b": (60, 200)}).data
    frame["z"] = np.where(frame["g"] == "a", 7.0, np.arange(len(frame)))
    safe = ek.release(ek.mean(ek.Survey(frame, weights="weight", psu="psu"), "z", by="g"))
    assert safe.status == ("uncertain", "shown")
    assert safe.reason[0] == "too uncertain: no interval"


def with_ages(n: int = 400) -> ek.Survey:
    frame = pd.DataFrame({"x": np.arange(n, dtype=float), "g": ["a"] * 14 + ["b"] * (n - 14), "psu": np.arange(n) % 9, "weight": 1000.0})
    return ek.Survey(frame, weights="weight", psu="psu")


def test_quantiles_near_the_ends_are_hidden() -> None:
    safe = ek.release(ek.quantile(with_ages(), "x", q=[0.001, 0.024, 0.025, 0.5, 0.975, 0.9999]))
    assert [s != "protected" for s in safe.status] == [False, False, True, True, True, False]
    assert safe.reason[0] == "fewer than 10 answers on one side"
    assert ek.release(ek.quantile(with_ages(), "x", q=0.95, by="g")).status == ("protected", "protected")


def test_points_of_one_distribution_cannot_be_subtracted() -> None:
    safe = ek.release(ek.cdf(with_ages(), "x", at=[96, 89, 93, 99, 99, 300]))
    assert safe.status == ("protected", "shown", "protected", "shown", "shown", "shown")
    assert safe.reason[0] == "fewer than 10 answers between this and another one shown"
    assert ek.release(ek.quantile(with_ages(), "x", q=[0.5, 0.51, 0.525])).status == ("shown", "protected", "shown")


def test_the_increments_are_those_within_a_group() -> None:
    survey = ek.Survey(with_ages().data.assign(g=lambda f: np.where(f.index % 2, "odd", "even")), weights="weight", psu="psu")
    safe = ek.release(ek.cdf(survey, "x", at=[99, 115, 150], by="g"))
    assert safe.estimate.cells.columns["at"][1] == 115
    assert [s == "protected" for s in safe.status] == [False, True, False] * 2


def test_a_released_table_says_what_was_decided_and_missing() -> None:
    survey = with_ages()
    survey.data.loc[3:5, "x"] = np.nan
    frame = survey.data.assign(stratum=np.where(survey.data["psu"] == 0, "one", "rest"))
    removed = ek.Survey(frame, weights="weight", strata="stratum", psu="psu", lonely="remove")
    safe = ek.release(ek.total(removed, "x", population_total=5000))
    for words in (
        "3 answers are missing, and counted as zero",
        "weights were scaled to a population of 5,000",
        "strata with a single sampling unit add nothing to the uncertainty, which may be larger than stated",
    ):
        assert words in safe.notes
        assert words in repr(safe)
        assert words in safe._repr_html_()
    assert "lonely" not in repr(safe)
    assert "left out" in ek.release(ek.mean(removed, "x")).notes[-1]


def test_every_policy_has_words() -> None:
    from evidencekit.disclosure import notes

    for what in ("lonely", "lonely_domain"):
        for how in ("certainty", "remove", "adjust", "average"):
            assert "single sampling unit" in notes._decision(what, how)
    assert notes._decision("population_total", "weights as they are").startswith("weights were taken")
    assert "1.5 was borrowed" in notes._decision("borrowed deff", "1.5")
    assert notes._decision("groups without answers", "2 left out") == "groups without answers: 2 left out"
    assert notes._decision("weights", "raked to sex") == "weights: raked to sex"


def test_numbers_of_people_are_never_below_zero() -> None:
    """Cases in one sampling unit have a symmetric interval that reaches below nobody."""
    frame = survey_with({"a": (240, 0), "b": (400, 400)}).data.assign(y=lambda f: f["y"] * ((f["psu"] == 0) | (f["g"] == "b")))
    est = ek.total(ek.Survey(frame, weights="weight", psu="psu"), "y", by="g")
    assert est.interval.low[0] < 0
    safe = ek.release(est)
    assert safe.status == ("uncertain", "shown")
    assert safe.estimate.interval.low[0] == 0
    assert safe.estimate.flags[0].endswith("lower limit cut at 0")
    assert "cut at 0" in repr(safe)
    assert safe.estimate.flags[1] == est.flags[1]
    assert est.interval.low[0] < 0
    amounts = ek.release(ek.total(ek.Survey(frame.assign(z=3 * frame["y"] + frame["psu"]), weights="weight", psu="psu"), "z"))
    assert "cut" not in "".join(amounts.estimate.flags)


def test_hidden_cells_whose_sum_is_small_take_another_with_them() -> None:
    """Two cells of 3 and 2 cases hide each other, and the total less what is shown says 5."""
    safe = ek.release(ek.proportion(survey_with({"a": (300, 400), "b": (3, 200), "c": (2, 200), "d": (90, 300)}), "y", by="g"))
    assert safe.status == ("shown", "protected", "protected", "protected")


@pytest.mark.parametrize("how", [{"level": 0.5}, {"interval": "wald"}, {"interval": "logit", "level": 0.8}])
def test_the_standards_are_applied_to_their_own_interval(how: dict[str, object]) -> None:
    """A narrower interval chosen by the analyst does not make a cell certain."""
    frame = survey_with({"a": (14, 170), "b": (90, 200)}).data
    frame["psu"] = frame.groupby("g").cumcount() * 12 // frame.groupby("g")["y"].transform("size")  # cases live together
    survey = ek.Survey(frame, weights="weight", psu="psu")
    plain = ek.release(ek.proportion(survey, "y", by="g", interval="nchs"))
    other = ek.release(ek.proportion(survey, "y", by="g", **how))  # type: ignore[arg-type]
    assert plain.status == other.status
    assert plain.reason == other.reason
    assert plain.status[0] == "uncertain"


def test_few_degrees_of_freedom_ask_for_a_review() -> None:
    safe = ek.release(ek.proportion(survey_with({"a": (100, 170), "b": (90, 200)}, 8), "y", by="g"))
    assert safe.status == ("uncertain", "uncertain")  # eight units, one stratum: seven degrees of freedom
    assert "fewer than 8 degrees of freedom" in safe.reason[0]


def many_needed() -> ek.disclosure.Profile:
    """The default rules for surveys far larger than this one."""
    rules = ek.disclosure.profile("child-survey")
    return dataclasses.replace(rules, protection=dataclasses.replace(rules.protection, denominator=5_000))


def test_notes_of_a_number_that_is_hidden_do_not_give_it_away() -> None:
    """Once the bounds of a share, and how many did not answer, were still said when the share was not."""
    data = ek.fictional.national_survey().data
    survey = ek.Survey(data, weights="weight", strata="stratum", psu="psu")
    shown = ek.prevalence(survey, ek.indicator("V06"), items={"internet_user": True})
    kept = ek.release(shown.estimate)
    assert {"bounds", "unanswered"} <= {what for what, _ in kept.estimate.provenance.policies}
    for hidden in (ek.release(shown.estimate, hide=[0]), ek.release(shown.estimate, profile=many_needed())):
        (words,) = (how for what, how in shown.estimate.provenance.policies if what == "bounds")
        assert hidden.status == ("protected",)
        assert words not in hidden.to_json()
        assert "unanswered" not in {what for what, _ in hidden.estimate.provenance.policies}
        assert not hidden.estimate.provenance.missing
        assert {"indicator", "recall"} <= {what for what, _ in hidden.estimate.provenance.policies}


def test_a_file_has_no_number_that_json_has_not() -> None:
    """A design effect of 0 makes an effective sample without end, which was written as Infinity."""
    frame = survey_with({"a": (40, 200), "b": (60, 200), "c": (30, 200)}).data.assign(weight=1.0)
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="weight", psu="psu"), "y", by="g"))
    assert np.isinf(safe.estimate.counts.n_eff).any()
    assert "Infinity" not in safe.to_json()


@pytest.mark.parametrize("made", ["by", "category", "one of two"])
def test_texts_and_identifiers_are_no_levels(made: str) -> None:
    """Every number of such a table is hidden, and once the table still showed what each child had written."""
    frame = survey_with({"a": (40, 40), "b": (30, 30)}).data
    frame["text"] = [f"a secret of number {i}" for i in range(len(frame))]
    survey = ek.Survey(frame, weights="weight", psu="psu")
    tables = {
        "by": lambda: ek.proportion(survey, "y", by="text"),
        "category": lambda: ek.proportion(survey, "text"),
        "one of two": lambda: ek.proportion(survey, "y", by=["g", "text"]),
    }
    with pytest.raises(ek.errors.Refused, match="are one person's") as told:
        ek.release(tables[made]())
    assert "secret" not in str(told.value)
