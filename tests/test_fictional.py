"""The fictional survey: repeatable, shaped like a real one, and consistent for the truth it comes with."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

import evidencekit.fictional.national as fictional
from evidencekit.errors import InputError
from evidencekit.fictional import FictionalSurvey, national_population, national_survey
from evidencekit.frames import Dataset
from evidencekit.missingness import Missing

SEEDS = range(20)
EVERYONE = (
    "school",
    "internet_daily",
    "knows_where_to_report",
    "helpline_aware",
    "any_contact_unwanted",
    "asked_for_image",
    "hours_online",
)
SOME = ("image_shared", "knew_sender", "told_someone", "reported")  # not asked of all, or not answered by all


@pytest.fixture(scope="module")
def surveys() -> list[FictionalSurvey]:
    return [national_survey(seed=seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def survey(surveys: list[FictionalSurvey]) -> FictionalSurvey:
    return surveys[0]


def answers(frame: pd.DataFrame, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The variable (1 is yes) and who gave a substantive answer."""
    if name in EVERYONE:
        return frame[name].to_numpy(float), np.ones(len(frame), dtype=bool)
    return (frame[name] == 1).to_numpy(float), frame[name].isin([0, 1, 2]).to_numpy()


def estimate(frame: pd.DataFrame, name: str, inside: np.ndarray | None = None) -> tuple[float, float, float]:
    """Weighted mean of a domain, its standard error (linearised, with-replacement PSUs) and its design effect."""
    y, domain = answers(frame, name)
    domain = domain if inside is None else domain & inside
    w = frame["weight"].to_numpy() * domain
    mean = (w * y).sum() / w.sum()
    units = pd.Series(w * (y - mean) / w.sum()).groupby([frame["stratum"], frame["psu"]]).sum()
    strata = units.groupby(level=0)
    variance = (strata.var(ddof=1) * strata.size()).sum()
    simple = (w * (y - mean) ** 2).sum() / w.sum() / (domain.sum() - 1)
    return mean, variance**0.5, variance / simple


def test_the_same_seed_gives_the_same_survey():
    one, two = national_survey(seed=5), national_survey(seed=5)
    pd.testing.assert_frame_equal(one.frame, two.frame, check_exact=True)
    assert dict(one.truth) == dict(two.truth)
    assert not one.frame.equals(national_survey(seed=6).frame)


def test_the_country_does_not_depend_on_the_sample():
    small, large = national_survey(seed=5, interviews=400), national_survey(seed=5, interviews=3000)
    assert dict(small.truth) == dict(large.truth)
    assert len(small.frame) == pytest.approx(400, rel=0.12)
    assert len(large.frame) == pytest.approx(3000, rel=0.03)


def test_the_global_generator_is_left_alone():
    before = np.random.get_state()[1].copy()
    national_survey(seed=5, interviews=300)
    assert np.array_equal(before, np.random.get_state()[1])


@pytest.mark.parametrize("name", [*EVERYONE, *SOME])
def test_the_weighted_estimate_is_consistent(surveys: list[FictionalSurvey], name: str):
    errors = np.array([estimate(s.frame, name)[0] - s.truth[name] for s in surveys])
    assert abs(errors.mean()) < 3.5 * errors.std(ddof=1) / np.sqrt(errors.size)


@pytest.mark.parametrize("cell", [("sex", "girl"), ("age_group", "15-17"), ("area", "rural"), ("province", "Delta Lowlands")])
def test_domains_are_consistent(surveys: list[FictionalSurvey], cell: tuple[str, str]):
    errors = np.array(
        [
            estimate(s.frame, "any_contact_unwanted", (s.frame[cell[0]] == cell[1]).to_numpy())[0] - s.truth["any_contact_unwanted", *cell]
            for s in surveys
        ]
    )
    assert abs(errors.mean()) < 3.5 * errors.std(ddof=1) / np.sqrt(errors.size)


def test_leaving_out_the_weights_misleads(surveys: list[FictionalSurvey]):
    errors = [s.frame["knows_where_to_report"].mean() - s.truth["knows_where_to_report"] for s in surveys]
    assert np.mean(errors) > 0.012


def test_design_based_intervals_cover_and_simple_ones_would_not(surveys: list[FictionalSurvey]):
    results = [(s.truth[name], *estimate(s.frame, name)) for s in surveys for name in EVERYONE]
    truth, mean, se, deff = np.array(results).T
    assert (abs(mean - truth) < 1.974 * se).mean() > 0.9
    assert (abs(mean - truth) < 1.96 * se / np.sqrt(deff)).mean() < 0.9
    assert 1.4 < deff.mean() < 2.1


def test_weights_add_up_to_the_children(surveys: list[FictionalSurvey]):
    ratio = np.array([s.frame["weight"].sum() / s.truth["children"] for s in surveys])
    assert ratio == pytest.approx(1, abs=0.06)
    assert ratio.mean() == pytest.approx(1, abs=0.015)


def test_weights_are_unequal_within_reason(survey: FictionalSurvey):
    weight = survey.frame["weight"]
    assert weight.min() > 0
    assert 1.2 < 1 + weight.var(ddof=0) / weight.mean() ** 2 < 1.6
    assert weight.max() / weight.median() < 10


def test_psu_codes_are_used_again_in_every_stratum(surveys: list[FictionalSurvey]):
    for s in surveys:
        codes = s.frame.groupby("stratum")["psu"].unique()
        assert list(codes.index) == list(range(1, 13))
        assert all(sorted(c) == list(range(1, len(c) + 1)) and len(c) >= 2 for c in codes)
        assert 170 <= sum(map(len, codes)) <= 190
        assert s.frame.groupby(["stratum", "psu"]).size().max() <= 12


def test_strata_are_provinces_by_area(survey: FictionalSurvey):
    shown = survey.frame["stratum"].map(survey.value_labels["stratum"])
    assert (shown == survey.frame["province"] + ", " + survey.frame["area"]).all()


def test_no_area_is_drawn_twice():
    for seed in range(5):
        country = fictional._country(seed)
        chosen, number, inverse = fictional._areas(country, np.random.default_rng(seed), 4000)
        assert len(np.unique(chosen)) == len(chosen) == len(number)
        assert (inverse >= 1).all()


def test_the_smallest_sample_has_two_psus_a_stratum():
    for seed in range(5):
        assert national_survey(seed=seed, interviews=300).frame.groupby("stratum")["psu"].nunique().min() >= 2


def test_truth_is_the_population_value():
    children, truth = national_population(seed=3), national_survey(seed=3, interviews=300).truth
    assert truth["children"] == len(children) <= 200_000
    assert truth["hours_online_median"] == children["hours_online"].median()
    for name in (*EVERYONE, *SOME):
        y, asked = answers(children, name)
        value = pd.Series(np.where(asked, y, np.nan))
        assert truth[name] == pytest.approx(value.mean(), rel=1e-12)
        for by in ("sex", "age_group", "area", "province"):
            for level, expected in value.groupby(children[by]).mean().items():
                assert truth[name, by, str(level)] == pytest.approx(expected, rel=1e-12)


def test_truth_has_every_indicator_and_group(survey: FictionalSurvey):
    names = {"children", "hours_online_median", *EVERYONE, *SOME}
    cells = {(by, level) for by in ("sex", "age_group", "area", "province") for level in survey.frame[by].unique()}
    assert set(survey.truth) == names | {(name, *cell) for name in names for cell in cells}
    assert sum(survey.truth["children", "sex", sex] for sex in ("girl", "boy")) == survey.truth["children"]


def test_prevalence_is_in_the_range_real_surveys_find(surveys: list[FictionalSurvey]):
    for truth in (s.truth for s in surveys):
        assert 0.12 < truth["any_contact_unwanted"] < 0.20
        assert 0.08 < truth["asked_for_image"] < 0.10
        assert truth["any_contact_unwanted", "sex", "girl"] > truth["any_contact_unwanted", "sex", "boy"] + 0.04


def test_the_population_is_people_in_households_in_areas():
    children = national_population(seed=3)
    household = children.groupby("household")
    assert (household.size() == household["eligible_children"].first()).all()
    assert (household["area_number"].nunique() == 1).all()
    assert (children.groupby("area_number")["stratum"].nunique() == 1).all()
    assert children["area_number"].nunique() == 2400
    assert children.groupby("area_number")["household"].nunique().between(20, 120).all()


def test_values_are_those_the_labels_say(survey: FictionalSurvey):
    frame = survey.frame
    assert list(frame.columns) == list(survey.labels)
    assert set(survey.value_labels) <= set(frame.columns)
    for name, codes in survey.value_labels.items():
        assert set(frame[name].dropna().unique()) <= set(codes)
    assert set(frame["sex"]) == {"girl", "boy"}
    assert set(frame["area"]) == {"urban", "rural"}
    assert frame["age"].between(12, 17).all()
    assert ((frame["age"] >= 15) == (frame["age_group"] == "15-17")).all()
    assert frame["eligible_children"].between(1, 4).all()
    assert frame["hours_online"].between(0.1, 16).all()


def test_skips_are_followed(survey: FictionalSurvey):
    frame = survey.frame
    contact = frame["any_contact_unwanted"] == 1
    assert contact[frame["asked_for_image"] == 1].all()
    assert (frame["told_someone"].notna() == contact).all()
    assert (frame["reported"].notna() == (frame["told_someone"] == 1)).all()
    assert ((frame["knew_sender"] != 99) == contact).all()


def test_blanks_stand_only_where_they_mean_not_asked(survey: FictionalSurvey):
    frame = survey.frame
    assert set(frame.columns[frame.isna().any()]) == {"told_someone", "reported"}
    assert all(pd.api.types.is_integer_dtype(frame[name]) for name in survey.missing)


def test_kinds_of_missing_are_declared_in_the_words_of_missing(survey: FictionalSurvey):
    assert survey.missing["image_shared"] == {97: "don't know", 98: "prefer not to say"}
    assert survey.missing["knew_sender"] == {97: "don't know", 98: "prefer not to say", 99: "not asked"}
    assert all(isinstance(kind, Missing) for codes in survey.missing.values() for kind in codes.values())


def test_unanswered_items_are_few_and_unrelated_to_the_answer(surveys: list[FictionalSurvey]):
    frame = pd.concat([s.frame for s in surveys])
    assert (frame["image_shared"] == 97).mean() == pytest.approx(0.03, abs=0.005)
    assert (frame["image_shared"] == 98).mean() == pytest.approx(0.04, abs=0.005)
    blank = frame["image_shared"].isin([97, 98]).groupby(frame["any_contact_unwanted"]).mean()
    assert abs(blank[1] - blank[0]) < 0.01


def test_it_makes_a_dataset(survey: FictionalSurvey):
    data = survey.data
    assert isinstance(data, Dataset)
    assert data.frame is survey.frame
    assert (data.labels, data.value_labels, data.missing) == (survey.labels, survey.value_labels, survey.missing)
    assert data.to_frame()["knew_sender"].isin([1, 2]).sum() == data.to_frame()["knew_sender"].notna().sum()
    kinds = data.kinds("knew_sender")
    assert kinds[Missing.NOT_ASKED] == (survey.frame["any_contact_unwanted"] == 0).sum()
    assert set(kinds) == {Missing.DONT_KNOW, Missing.REFUSED, Missing.NOT_ASKED}


def test_labels_are_neutral(survey: FictionalSurvey):
    words = " ".join(survey.labels.values()).casefold()
    assert words.isascii()
    assert all(0 < len(label) <= 100 for label in survey.labels.values())
    avoided = ("victim", "abuse", "assault", "porn", "naked", "nude", "prostitut", "molest", "explicit", "sexting")
    assert not [word for word in avoided if word in words]


def test_it_says_it_is_invented(survey: FictionalSurvey):
    assert "invented" in survey.population
    assert "invented" in (fictional.__doc__ or "")


def test_repr_is_one_line_without_answers(survey: FictionalSurvey):
    units = len(survey.frame[["stratum", "psu"]].drop_duplicates())
    assert repr(survey) == f"FictionalSurvey({len(survey.frame):,} interviews, {units} PSUs, 12 strata, seed=0)"


def test_it_is_frozen(survey: FictionalSurvey):
    with pytest.raises(dataclasses.FrozenInstanceError):
        survey.seed = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        survey.truth["school"] = 1.0  # type: ignore[index]
    assert not hasattr(survey, "__dict__")


@pytest.mark.parametrize("interviews", [-1, 0, 299, 4001])
def test_sizes_that_cannot_be_drawn_are_refused(interviews: int):
    with pytest.raises(InputError, match="300 to 4,000"):
        national_survey(interviews=interviews)


def test_a_negative_seed_is_refused():
    with pytest.raises(InputError, match="seed"):
        national_survey(seed=-1)
    with pytest.raises(InputError, match="seed"):
        national_population(seed=-1)
