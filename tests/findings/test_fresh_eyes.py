"""What a newcomer found: statements that passed as right, and pictures that were not what they said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import InputError, Refused
from evidencekit.findings.claims.comparing import difference_line

WORDS = ek.findings.Words(
    did="were sent unwanted sexual messages",
    groups={"sex": {"girl": "girls aged 12-17 who are online", "boy": "boys aged 12-17 who are online"}},
    recall="in the past year",
)


@pytest.fixture(scope="module")
def by_sex() -> ek.Released:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    return ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))


@pytest.fixture(scope="module")
def register(by_sex: ek.Released) -> ek.findings.Register:
    finds = [ek.finding(by_sex, cell={"sex": sex}, words=WORDS) for sex in ("girl", "boy")]
    claim = ek.findings.compare(by_sex, [({"sex": "girl"}, {"sex": "boy"})], words=WORDS, plan="plan")[0]
    return ek.findings.Register([*(one.entry() for one in finds), claim.entry()])


@pytest.mark.parametrize(
    "draft",
    [
        "19% of boys aged 12-17 who are online were sent unwanted sexual messages in the past year.",
        "13% of girls aged 12-17 who are online were sent unwanted sexual messages.",
        "19 in 100 boys were sent unwanted sexual messages.",
        "Boys: 19%.",
        "Boys 19%, girls 13% were sent unwanted sexual messages.",
        "Almost 1 in 4 girls who are online were sent unwanted sexual messages.",
        "Nearly one in three girls who are online were sent unwanted sexual messages.",
    ],
)
def test_a_number_of_one_group_is_not_right_of_another(register: ek.findings.Register, draft: str) -> None:
    report = ek.check_text(draft, register)
    assert not report.ok
    assert not any(one.verdict == "right" for one in report.found)


@pytest.mark.parametrize(
    "draft",
    [
        "19% of girls aged 12-17 who are online were sent unwanted sexual messages in the past year.",
        "Girls 19%, boys 13%: sent unwanted sexual messages.",
    ],
)
def test_and_right_of_its_own(register: ek.findings.Register, draft: str) -> None:
    assert ek.check_text(draft, register).ok


def test_a_margin_in_points_is_refused(by_sex: ek.Released) -> None:
    for margin in (3, 1, 0, -0.1, True, "0.03"):
        with pytest.raises(InputError, match=r"margin="):
            ek.findings.compare(by_sex, [({"sex": "girl"}, {"sex": "boy"})], words=WORDS, margin=margin)  # type: ignore[arg-type]


def test_rounds_are_in_the_order_of_their_time(by_sex: ek.Released) -> None:
    rounds, times = [], ("2020", "2023", "2026")
    for seed in (1, 2, 3):
        survey = ek.Survey(ek.fictional.national_survey(seed=seed).data, weights="weight", strata="stratum", psu="psu")
        rounds.append(ek.release(ek.proportion(survey, "any_contact_unwanted")))
    words = ek.findings.Words(did="were sent unwanted messages", people="children aged 12-17")

    def bases(*years: str) -> list[ek.findings.Basis]:
        return [ek.findings.Basis(harm="messages", age="12-17", mode="at home", frame="areas", time=year) for year in years]

    with pytest.raises(InputError, match="order of their time"):
        ek.findings.changed(rounds[:2], bases("2026", "2023"), words=words)
    with pytest.raises(InputError, match="order of their time"):
        ek.findings.trending(rounds, bases(*reversed(times)), words=words, years=[2020, 2023, 2026])
    with pytest.raises(InputError, match="other years"):
        ek.findings.trending(rounds, bases(*times), words=words, years=[1990, 1991, 1992])
    assert ek.findings.trending(rounds, bases(*times), words=words, years=[2020.5, 2023.5, 2026.5]).direction == "unclear"


def released(data: dict[str, Any], variables: list[str]) -> ek.Released:
    frame = pd.DataFrame(data)
    frame["psu"], frame["w"] = np.arange(len(frame)) // 5, 1.0
    return ek.release(ek.proportion(ek.Survey(frame, weights="w", psu="psu", population="children"), variables))


def test_a_step_that_leaves_some_out_is_no_step_of_a_cascade() -> None:
    told = [1.0] * 250 + [0.0] * 150
    reported = [1.0] * 50 + [0.0] * 200 + [np.nan] * 150  # asked only of those who told somebody
    safe = released({"told": told, "reported": reported}, ["told", "reported"])
    with pytest.raises(InputError, match="different numbers of answers"):
        ek.findings.cascade(safe, ["told", "reported"], first="Children", title="Told and reported")


def test_an_overlap_leaves_nobody_out() -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"asked": rng.integers(0, 2, 600), "sent": rng.integers(0, 2, 600)})
    frame["which"] = (frame.asked + 2 * frame.sent).map({0: "none", 1: "asked", 2: "sent", 3: "asked+sent"})
    frame["psu"], frame["w"] = np.arange(600) // 6, 1.0
    survey = ek.Survey(frame, weights="w", psu="psu", population="children")
    tables = ek.release([ek.proportion(survey, "which"), ek.proportion(survey, ["asked", "sent"])])
    with pytest.raises(InputError, match="leaves categories"):
        ek.findings.overlap(*tables, sets={"asked": "Asked", "sent": "Sent"}, made_of={"none": []}, title="Nobody")


def test_an_uncertain_share_does_not_keep_the_rule_on_uncertainty() -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    both = ek.release(ek.proportion(survey, "any_contact_unwanted", by=["sex", "province"]))
    row = both.status.index("uncertain")
    find = ek.finding(both, cell=row, words=ek.findings.Words(did="were sent unwanted messages"))
    assert "M10" in [one.rule for one in find.check().open]


def test_words_are_kept_without_their_stops_and_refused_where_they_blame() -> None:
    assert ek.findings.Words(did="were sent messages.", people="girls aged 12-17.").did == "were sent messages"
    for blame in ("fell victim to grooming", "let themselves be tricked", "foolishly sent images", "engaged in sexting"):
        with pytest.raises(InputError, match="what was done"):
            ek.findings.Words(did=blame)


def test_three_short_findings_are_a_page(tmp_path: Any) -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    finds = []
    for variable, did in (("internet_daily", "were online every day"), ("any_contact_unwanted", "were sent messages")):
        words = ek.findings.Words(did=did, people="children aged 12-17", topic="solution")
        finds.append(ek.finding(ek.release(ek.proportion(survey, variable)), words=words))
    girls = ek.findings.Words(did="were online every day", groups={"sex": {"girl": "girls aged 12-17"}}, topic="solution")
    finds.append(ek.finding(ek.release(ek.proportion(survey, "internet_daily", by="sex")), cell={"sex": "girl"}, words=girls))
    for kind in ("html", "docx"):
        made = ek.brief(finds, tmp_path / f"three.{kind}", title="Online", content_note="About children online.", help="Helpline 000.")
        assert made.page.is_file()


def test_icons_count_within_the_interval() -> None:
    frame = pd.DataFrame({"w": 1.0, "psu": np.arange(60_000) % 400, "y": 0})
    frame.loc[np.random.default_rng(0).choice(60_000, 894, replace=False), "y"] = 1
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="w", psu="psu", population="children"), "y"))
    find = ek.finding(safe, words=ek.findings.Words(did="were harmed", people="children"))
    assert find.headline() == find.picture().title == "About 15 in 1,000 children were harmed."


@pytest.mark.parametrize(("level", "said"), [(0.995, "99.5% interval"), (0.9999, "99.99% interval"), (0.975, "97.5% interval")])
def test_a_level_is_said_as_it_is(level: float, said: str) -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    assert ek.finding(ek.release(ek.proportion(survey, "any_contact_unwanted", level=level))).interval_words().startswith(said)


def test_a_cascade_does_not_count_the_few_who_left() -> None:
    place = np.random.default_rng(0).permutation(1200)
    safe = released({"told": (place < 400) * 1, "asked": (place < 397) * 1}, ["told", "asked"])
    with pytest.raises(Refused, match="fewer than 10 people"):
        ek.findings.cascade(safe, ["told", "asked"], first="Children", title="Told and asked")


def test_a_table_of_those_who_answered_says_so_under_its_cascade() -> None:
    frame = pd.DataFrame({"told": [1] * 200 + [0] * 200, "asked": [1] * 100 + [0] * 300})
    poll = ek.Survey(frame, design=ek.NoDesign(inference="self-selected"))
    safe = ek.release(ek.proportion(poll, ["told", "asked"]))
    alt = ek.findings.cascade(safe, ["told", "asked"], first="All", title="Steps").alt
    assert "Describes those who answered, not a population" in alt
    assert "ot audited" in alt


def test_a_difference_of_shares_is_no_more_than_everybody(by_sex: ek.Released) -> None:
    gap = ek.difference(by_sex.estimate, {"sex": "girl"}, {"sex": "boy"})
    wide = replace(gap, interval=replace(gap.interval, low=np.array([-1.3]), high=np.array([1.4])))
    line, quantity = difference_line(wide)
    assert "-100 to 100" in line
    assert (quantity.low, quantity.high) == (-1.0, 1.0)


def test_a_blank_of_any_kind_is_no_answer(by_sex: ek.Released) -> None:
    find = ek.finding(by_sex, cell={"sex": "girl"}, words=WORDS)
    for said in (pd.Series(["1 in 5", pd.NA], dtype="string"), pd.Series(["1 in 5", None], dtype=object), pd.Series(["1 in 5", pd.NA])):
        made = ek.findings.recall.code(pd.DataFrame({"id": [1, 2], "number_said": said}), find, id="id", remembers=None)
        assert "pd.NA" not in repr(made)


@pytest.mark.parametrize("typed", ["1-5 in 0", "1 to 5 in 0", "1 in " + "9" * 4400 + " children."])
def test_odd_numbers_are_read_without_an_error(register: ek.findings.Register, typed: str) -> None:
    assert not any(one.verdict == "right" for one in ek.check_text(typed, register).found)


def test_a_brief_writes_over_no_file_that_is_not_its_own(by_sex: ek.Released, tmp_path: Any) -> None:
    words = ek.findings.Words(did="were online every day", people="children", topic="solution")
    find = ek.finding(by_sex, cell={"sex": "girl"}, words=words)
    note = {"title": "Online", "content_note": "About children online.", "help": "Helpline 000."}
    (tmp_path / "page.json").write_text("{}")
    with pytest.raises(InputError, match="no record of a brief"):
        ek.brief([find], tmp_path / "page.html", **note)
    (tmp_path / "page.json").unlink()
    for _ in range(2):
        ek.brief([find], tmp_path / "page.html", **note)


def test_words_hold_no_marks_that_turn_or_hide_letters() -> None:
    for people in ("children\u202e", "chil\u2066dren"):
        with pytest.raises(InputError, match="turns or hides"):
            ek.findings.Words(did="were harmed", people=people)
    with pytest.raises(InputError, match="people who offend"):
        ek.findings.Words(did="met pred\u200bators")


def _incidents() -> tuple[ek.Survey, pd.DataFrame]:
    frame = pd.DataFrame(ek.fictional.national_survey().data.frame)
    number = np.random.default_rng(3).poisson(0.4, len(frame))
    places = np.random.default_rng(4).choice(["home", "school"], number.sum())
    frame["id"] = np.arange(len(frame))
    survey = ek.Survey(frame, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    return survey, pd.DataFrame({"id": np.repeat(frame["id"], number), "place": places})


def test_a_share_of_incidents_or_choices_is_not_said_to_be_one_of_people() -> None:
    survey, incidents = _incidents()
    of_incidents = ek.tables.children(survey, incidents, "place", key="id", unit="incident", by="sex")
    of_choices = ek.tables.responses(survey, ["internet_daily", "school"], of="responses", by="sex")
    for est in (of_incidents, of_choices):
        safe = ek.release(est)
        said = ek.findings.Words(did="happened at home")
        named = ek.findings.Words(did="happened at home", people="incidents that children told of")
        for words in (None, said):
            with pytest.raises(InputError, match="shares of people"):
                ek.finding(safe, cell=0, words=words)
        assert "incidents that children told of" in ek.finding(safe, cell=0, words=named).headline()
        with pytest.raises(InputError, match="shares of records"):
            ek.findings.compare(safe, [(0, 2)], words=said)
        assert len(ek.findings.compare(safe, [(0, 2)], words=named)) == 1
        with pytest.raises(InputError, match="records or of choices"):
            ek.findings.headcount(safe, 0, words=named, population=1_000, source="census of 2024")
        with pytest.raises(InputError, match="records or of choices"):
            ek.headcount(est, coverage=1, population=1_000)


def test_shares_of_respondents_by_incident_are_people() -> None:
    survey, incidents = _incidents()
    safe = ek.release(ek.tables.children(survey, incidents, "place", key="id", unit="incident", what="respondents"))
    assert "children 12-17" in ek.finding(safe, cell=0).headline()
    safe = ek.release(ek.tables.responses(survey, ["internet_daily", "school"]))
    assert "children 12-17" in ek.finding(safe, cell=0).headline()


def test_a_share_made_by_a_model_of_areas_is_of_the_people_there_and_not_of_those_who_answered() -> None:
    frame = pd.DataFrame(ek.fictional.national_survey().data.frame)
    survey = ek.Survey(frame, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    direct = ek.proportion(survey, "internet_daily", by="province", where=nw.col("province") != "Far Isles", where_label="on the mainland")
    known = pd.DataFrame({"province": sorted(set(frame["province"])), "power": [0.9, 0.7, 0.8, 0.7, 0.8, 0.6]})
    safe = ek.release(ek.models.fay_herriot(direct, known, formula="1").estimate)
    for place, flag in (("Amber Coast", "drawn towards what other areas let expect"), ("Far Isles", "with no answers of this area in it")):
        find = ek.finding(safe, cell={"province": place})
        told, drawn = repr(find), find.picture("dots" if place == "Amber Coast" else "icons").alt
        assert "who answered" not in told + drawn
        assert "who took part" not in told + drawn
        assert "95% interval by the model: " in told
        assert flag in told
        assert "by the model" in drawn
