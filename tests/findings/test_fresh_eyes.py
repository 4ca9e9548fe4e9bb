"""What a newcomer found: statements that passed as right, and pictures that were not what they said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import InputError

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
