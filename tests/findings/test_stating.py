"""Findings: what may be said follows from what was released."""

from __future__ import annotations

import json

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.findings.phrases import percent


@pytest.fixture(scope="module")
def safe() -> ek.Released:
    fiction = ek.fictional.national_survey()
    data = ek.Dataset(fiction.frame, labels=fiction.labels, value_labels=fiction.value_labels, missing=fiction.missing)
    survey = ek.Survey(data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    return ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))


def test_the_fraction_lies_in_the_interval_and_is_said(safe: ek.Released) -> None:
    find = ek.finding(safe, cell={"sex": "girl"})
    phrase = find.phrase
    assert phrase is not None
    low, high = safe.estimate.interval.low[1], safe.estimate.interval.high[1]
    assert low <= phrase.x / phrase.y <= high
    assert find.headline().startswith(f"About {phrase.x} in {phrase.y} children 12-17 (Sex of the child: girl)")
    assert "between" in find.interval_words()


def test_the_record_holds_every_number_and_where_it_came_from(safe: ek.Released) -> None:
    action = ek.Action(actor="a ministry", act="act", deadline="2027", marker="a share")
    record = json.loads(ek.finding(safe, cell={"sex": "boy"}, action=action).to_json())
    assert record["numbers"]["estimate"] == safe.estimate.points[0]
    assert record["provenance"]["version"] == ek.__version__
    assert record["action"]["actor"] == "a ministry"
    assert record["cell"]["sex"] == "boy"


@pytest.mark.parametrize("kind", ["icons", "dots"])
def test_pictures_have_alternative_text(safe: ek.Released, kind: str) -> None:
    picture = ek.finding(safe, cell={"sex": "girl"}).picture(kind)  # type: ignore[arg-type]
    assert picture.alt
    assert picture.to_svg().lstrip().startswith("<svg")


def test_what_is_not_released_is_refused(safe: ek.Released) -> None:
    with pytest.raises(ek.errors.InputError, match="release"):
        ek.finding(safe.estimate, cell=0)  # type: ignore[arg-type]
    with pytest.raises(ek.errors.InputError, match="actor"):
        ek.Action(actor=" ", act="x", deadline="x", marker="x")


def test_a_protected_cell_is_refused() -> None:
    frame = pd.DataFrame({"y": [1] * 3 + [0] * 77, "psu": list(range(8)) * 10, "w": 2.0})
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="w", psu="psu"), "y"))
    with pytest.raises(ek.errors.Refused, match="protected"):
        ek.finding(safe)


def test_self_selected_answers_are_never_a_population() -> None:
    frame = pd.DataFrame({"y": [1] * 30 + [0] * 70})
    poll = ek.Survey(frame, design=ek.survey.NoDesign(inference="self-selected"), population="children")
    assert ek.proportion(poll, "y").flags == ("no design: self-selected",)
    assert (
        ek.release(ek.proportion(poll, "y")).status == ("protected",)
        or "those who answered" in ek.finding(ek.release(ek.proportion(poll, "y"))).headline()
    )


def table_of(groups: dict[str, list[int]], **more: object) -> ek.Released:
    """A released table of answers "a", "b", ... (how many of each per group), spread over ten sampling units."""
    rows = [(g, chr(97 + k)) for g, counts in groups.items() for k, n in enumerate(counts) for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["g", "y"]).assign(psu=lambda f: np.random.default_rng(0).integers(0, 12, len(f)), w=100.0)
    data = ek.Dataset(frame, labels={"y": "Whom they told"})
    survey = ek.Survey(data, weights="w", psu="psu", population="children 12-17")
    return ek.release(ek.proportion(survey, "y", by="g", **more))  # type: ignore[arg-type]


MANY = {"north": [80, 60, 40], "south": [40, 90, 30]}


def test_dots_show_the_findings_answer_and_mark_its_row() -> None:
    """Once every category was drawn under a title that named one."""
    picture = ek.finding(table_of(MANY), cell={"g": "north", "category": "b"}).picture("dots")
    drawn = [t.get_text() for t in picture.figure.axes[0].texts]
    assert picture.title == "Whom they told: b, among children 12-17"
    assert [t for t in drawn if t in ("north", "south", "a", "b", "c")] == ["north", "south"]
    bold = [t.get_text() for t in picture.figure.axes[0].texts if t.get_fontweight() == "bold" and t.get_fontsize() < 16]
    assert bold[0] == "north"
    assert "south" not in bold
    assert "north (this finding): 33%" in picture.alt
    assert "south: 56%" in picture.alt


def test_dots_say_what_the_subset_is_and_what_a_number_is_of() -> None:
    frame = pd.DataFrame(
        {"y": (np.arange(400) ** 2 % 7 < 2).astype(int), "age": np.arange(400) % 4 + 13, "psu": np.arange(400) // 40, "w": 1.0}
    )
    survey = ek.Survey(ek.Dataset(frame, labels={"age": "Age"}), weights="w", psu="psu", population="children")
    older = ek.release(ek.proportion(survey, "y", by="age", where=nw.col("age") > 13, where_label="14 and over"))
    picture = ek.finding(older, cell={"age": 15}).picture("dots")
    assert picture.title == "y, among children (14 and over)"
    assert "Age: 15 (this finding)" in picture.alt


def test_an_uncertain_number_looks_and_reads_uncertain() -> None:
    safe = table_of({"north": [11, 17], "south": [150, 150]})
    assert safe.status[0] == "uncertain"
    find = ek.finding(safe, cell={"g": "north", "category": "a"})
    icons, dots = find.picture("icons"), find.picture("dots")
    icon_words = " ".join(t.get_text() for t in icons.figure.axes[0].texts)
    assert "Too uncertain: effective sample size under 30." in icon_words
    assert "Too uncertain: effective sample size under 30." in icons.alt
    assert "uncertain: read with caution" in [t.get_text() for t in dots.figure.axes[0].texts]
    assert "north (this finding, uncertain): 39% (" in dots.alt
    clear = ek.finding(safe, cell={"g": "south", "category": "a"}).picture("icons")
    assert "ncertain" not in clear.alt


def test_one_icon_picture_states_one_interval_in_one_denominator(safe: ek.Released) -> None:
    """Once the legend said "2 to 16" and the caption "between 3 and 15"."""
    find = ek.finding(safe, cell={"sex": "girl"})
    picture = find.picture("icons")
    texts = [t.get_text() for t in picture.figure.axes[0].texts]
    words = " ".join(texts)
    assert picture.title.startswith("About 19 in 100 children 12-17")
    for said in ("at least 16 in 100", "19 in 100: the estimate", "up to 23 in 100", "all others"):
        assert said in texts
    assert "95% interval: between 16 and 23 in 100." in words
    assert "95% interval: between 16 and 23 in 100." in picture.alt
    assert "19 of 100 icons are filled." in picture.alt
    assert "in 5" not in words + picture.alt
    assert find.interval_words() == "95% interval: between 16 and 23 in 100"


def test_missing_answers_are_said_to_be_the_whole_tables() -> None:
    frame = pd.DataFrame(
        {"y": [0.0, 1.0] * 100, "z": [0.0, 1.0] * 100, "g": ["a", "b", "b", "a"] * 50, "psu": np.arange(200) // 20, "w": 1.0}
    )
    frame.loc[:4, "y"] = np.nan
    frame.loc[:0, "z"] = np.nan
    survey = ek.Survey(frame, weights="w", psu="psu")
    split = ek.finding(ek.release(ek.proportion(survey, ["y", "z"], by="g")), cell={"variable": "y", "g": "a"})
    assert "5 answers are missing in the whole table, all groups together, and left out" in split.caveats()
    assert not any("1 answer" in c for c in split.caveats())
    whole = ek.finding(ek.release(ek.proportion(survey, "z")))
    assert "1 answer is missing, and left out" in whole.caveats()


def test_no_interval_of_a_probability_sample_is_not_put_down_to_how_it_was_drawn() -> None:
    even = pd.DataFrame({"y": [0, 1] * 100, "psu": np.arange(200) // 20, "w": 1.0})
    find = ek.finding(ek.release(ek.proportion(ek.Survey(even, weights="w", psu="psu"), "y")))
    assert find.interval_words() == "no interval: the sampling units do not show how uncertain this number is"
    assert "No interval." in find.picture("icons").alt


def test_policies_are_caveats_in_words() -> None:
    frame = pd.DataFrame({"y": [0, 1] * 100, "s": ["one"] * 20 + ["rest"] * 180, "psu": np.arange(200) // 20, "w": 1.0})
    survey = ek.Survey(frame, weights="w", strata="s", psu="psu", lonely="remove")
    find = ek.finding(ek.release(ek.proportion(survey, "y")))
    assert "strata with a single sampling unit add nothing to the uncertainty, which may be larger than stated" in find.caveats()
    assert "lonely: " not in repr(find)


def test_a_subset_without_a_name_is_refused() -> None:
    """Once the headline told its reader to "give where_label= to name it"."""
    with pytest.raises(ek.errors.InputError, match="where_label="):
        ek.finding(table_of(MANY, where=nw.col("g") != "west"), cell=0)
    named = ek.finding(table_of(MANY, where=nw.col("g") != "west", where_label="outside the west"), cell=0)
    assert "(g: north, outside the west)" in named.headline()


def test_a_finding_shows_its_action_and_has_a_page(safe: ek.Released) -> None:
    action = ek.Action(actor="a <ministry>", act="act", deadline="2027", marker="a share")
    find = ek.finding(safe, cell={"sex": "boy"}, action=action)
    assert repr(find).splitlines()[1] == "  action: a <ministry>: act, by 2027. Measure of progress: a share"
    page = find._repr_html_()
    assert "a &lt;ministry&gt;" in page
    assert find.interval_words() in page
    assert find.headline().replace("&", "&amp;") in page


def test_messages_tell_how_to_name_a_cell(safe: ek.Released) -> None:
    with pytest.raises(ek.errors.InputError, match=r"2 cells.*Choose one with cell=, for example cell=\{'sex': \.\.\.\}"):
        ek.finding(safe)
    with pytest.raises(ek.errors.InputError, match=r'Give a mapping, for example \{"sex": \.\.\.\}') as caught:
        ek.finding(safe, cell="girl")  # type: ignore[arg-type]
    assert "girl" not in str(caught.value)
    with pytest.raises(ek.errors.InputError, match="of type Estimate"):
        ek.finding(safe.estimate)  # type: ignore[arg-type]


def test_groups_are_said_with_their_columns_label_where_there_is_one(safe: ek.Released) -> None:
    assert "(Sex of the child: boy)" in ek.finding(safe, cell={"sex": "boy"}).headline()
    assert "(g: north)" in ek.finding(table_of(MANY), cell={"g": "north", "category": "a"}).headline()


@pytest.mark.parametrize(("yes", "n"), [(200, 9000), (1800, 9000), (30, 9000), (60, 9000)])
def test_words_and_picture_state_the_same_interval(yes: int, n: int) -> None:
    frame = pd.DataFrame({"y": np.random.default_rng(0).permutation([1] * yes + [0] * (n - yes)), "psu": np.arange(n) // 90, "w": 1.0})
    find = ek.finding(ek.release(ek.proportion(ek.Survey(frame, weights="w", psu="psu"), "y")))
    assert find.interval_words() in find.picture("icons").alt


def test_the_record_keeps_every_step_of_weighting_in_order() -> None:
    """Once steps of one name overwrote each other, and only the last was left."""
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.frame, weights="weight", strata="stratum", psu="psu")
    for upper in (900.0, 700.0):
        survey = ek.weighting.trim(ek.weighting.rake(survey, {"sex": {"girl": 0.5, "boy": 0.5}}), upper=upper)
    find = ek.finding(ek.release(ek.proportion(survey, "any_contact_unwanted")))
    record = json.loads(find.to_json())
    steps = [policy["how"] for policy in record["provenance"]["policies"] if policy["what"] == "weights"]
    assert steps == [a.words for a in survey.adjustments]
    assert len(steps) == 4
    assert record["schema"] == "evidencekit.finding/3"


def opt_in(population: str = "children 12-17", how: str = "self-selected", weights: str | None = None) -> ek.Survey:
    rng = np.random.default_rng(3)
    girl = rng.random(2000) < 0.8
    told = rng.random(2000) < np.where(girl, 0.16, 0.05)
    frame = pd.DataFrame({"sex": np.where(girl, "girl", "boy"), "y": told.astype(int), "w": np.where(girl, 1, 4)})
    design = ek.survey.NoDesign(inference=how, weights=weights)  # type: ignore[arg-type]
    return ek.Survey(ek.Dataset(frame, labels={"y": "Told someone"}), design=design, population=population)


def said(survey: ek.Survey, **more: object) -> ek.Finding:
    return ek.finding(ek.release(ek.proportion(survey, "y", **more)), cell={"sex": "girl"} if more else None)  # type: ignore[arg-type]


def test_a_weighted_share_is_not_said_to_be_that_of_those_who_answered() -> None:
    """Once "an estimated 12% of those who answered", where 14% of those who answered did."""
    poll = opt_in()
    raked = ek.weighting.rake(poll, {"sex": {"girl": 0.5, "boy": 0.5}})
    plain, weighted = said(poll), said(raked)
    answers = poll.data.frame["y"]
    assert plain.headline() == f"An estimated {percent(answers.mean(), None)} of those who answered (children 12-17): Told someone."
    share = ek.proportion(raked, "y").points[0]
    assert round(100 * share) != round(100 * answers.mean())
    number = percent(share, None)
    assert weighted.headline() == f"Weighted to resemble children 12-17, an estimated {number} of those who answered: Told someone."
    assert weighted.picture("dots").title == "Told someone, among those who answered, weighted to resemble children 12-17"
    assert weighted.picture("icons").title.startswith("Weighted to resemble children 12-17, about ")
    assert "describes those who answered, not a population" in plain.caveats()
    (caveat,) = [c for c in weighted.caveats() if "not a population" in c]
    assert caveat == "describes those who answered, weighted, not a population: others may differ in what weights cannot see"
    assert "Weighted" not in plain.headline() + said(poll, by="sex").headline()
    assert said(raked, by="sex").headline().startswith("Weighted to resemble children 12-17, an estimated")
    assert "of those who answered (sex: girl): Told someone." in said(raked, by="sex").headline()
    assert said(ek.weighting.rake(opt_in(""), {"sex": {"girl": 0.5, "boy": 0.5}})).headline().startswith("After weighting, an estimated")


@pytest.mark.parametrize("how", ["quota", "random-walk", "self-selected", "administrative"])
def test_weights_that_came_with_the_answers_count_as_well(how: str) -> None:
    assert said(opt_in(how=how, weights="w")).headline().startswith("Weighted to resemble children 12-17, an estimated")
    assert said(opt_in(how=how)).headline().startswith("An estimated")


def test_a_model_interval_is_called_one_wherever_it_is_said() -> None:
    reference = ek.Survey(pd.DataFrame({"sex": ["girl", "boy"] * 150, "w": 50.0, "psu": np.arange(300) // 10}), weights="w", psu="psu")
    made = ek.weighting.quasi_randomise(opt_in(), reference, ["sex"])
    est = ek.weighting.model_interval(made, lambda s: ek.proportion(s, "y"), seed=1, replicates=50)
    find = ek.finding(ek.release(est))
    assert find.headline().startswith("Weighted to resemble children 12-17, about ")
    assert find.headline().endswith("of those who answered: Told someone.")
    words = find.interval_words()
    assert words.startswith("95% model-based interval: between ")
    assert words.endswith(", if the covariates explain who took part")
    assert words in find.picture("icons").alt
    assert "95% model-based intervals, if the covariates explain who took part." in find.picture("dots").alt
    assert "95% interval" not in repr(find) + find.picture("icons").alt + find.picture("dots").alt


def test_a_difference_is_said_by_its_two_shares() -> None:
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    est = ek.proportion(survey, "any_contact_unwanted", by="sex")
    for made in (ek.difference(est, 0, 1), ek.contrast(est, [1, -1]), ek.ratio_of(est, 0, 1)):
        with pytest.raises(ek.errors.InputError, match="Make a finding of each share"):
            ek.finding(ek.release(made))
    with pytest.raises(ek.errors.InputError, match=r"Use proportion\(\)"):
        ek.finding(ek.release(ek.mean(survey, "age")))
