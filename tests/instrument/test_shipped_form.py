"""The form in examples/instruments: it protects, travels, and answers the catalogue's indicators."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyxform.xls2xform import convert

import evidencekit as ek
from evidencekit.instrument import Coded, Group, fictional_answers, lint
from evidencekit.instrument.indicators.compiling import compiled, items_for
from evidencekit.instrument.items import walk

PATH = Path(__file__).resolve().parents[2] / "examples" / "instruments" / "online_experiences.py"
SHIPPED: dict[str, Any] = runpy.run_path(str(PATH))
FORM: ek.Instrument = SHIPPED["form"]
HELP = {"English (en)": "A helpline", "Français (fr)": "Une ligne d'écoute"}
READY: ek.Instrument = SHIPPED["online_experiences"](HELP)
UNMAPPED = (
    *("V01", "V02", "V03", "V03a", "V04", "V04a", "V05", "V06", "V07", "V07a", "V08", "V09", "V10", "V11", "V11a", "V12", "V13", "V14"),
    *("H01", "H02", "H03", "H04", "H06", "H07", "C01", "C02", "C04", "Q02"),
)


@pytest.fixture(scope="module")
def survey() -> ek.Survey:
    shares = dict.fromkeys(SHIPPED["COUNTED"], 0.1)
    answers = fictional_answers(READY, 1500, seed=3, prevalence=shares)
    return ek.Survey(answers.with_frame(answers.frame.assign(weight=1.0)), weights="weight", psu="area")


def test_the_lint_finds_what_the_team_has_to_write_and_nothing_else() -> None:
    assert [(finding.severity, finding.rule, finding.item) for finding in lint(FORM)] == [("warning", "placeholder", "help_resources")]
    assert len(lint(READY)) == 0


def test_every_question_for_the_child_has_both_ways_out() -> None:
    kinds = {ek.Missing.DONT_KNOW, ek.Missing.REFUSED}
    for item in FORM.questions:
        if item.asked and item.role not in ("design", "consent", "privacy"):
            assert set(item.missing.values()) == kinds, item.name
            assert item.required, item.name
        if item.role == "sensitive":
            assert "${goes_on} = 1" in [group.relevant for group in FORM.groups_of(item.name)], item.name


def test_help_is_offered_to_those_who_do_not_take_part() -> None:
    open_ = [part.name for part, within in walk(FORM.items) if not part.relevant and not within and not isinstance(part, Group)]
    assert open_[-2:] == ["wants_help", "help_resources"]


def test_it_speaks_two_languages_and_travels(tmp_path: Path) -> None:
    assert FORM.languages == ("English (en)", "Français (fr)")
    file = READY.to_xlsform(tmp_path / "form.xlsx")
    assert ek.Instrument.from_xlsform(file) == READY
    assert convert(str(file), validate=False).warnings == []


@pytest.mark.outside
@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs java")
def test_odk_validate_takes_it(tmp_path: Path) -> None:
    assert convert(str(READY.to_xlsform(tmp_path / "form.xlsx")), validate=True).warnings == []


def test_invented_answers_keep_its_rules() -> None:
    answers = fictional_answers(READY, 400, seed=1)
    assert not answers.left_blank
    assert ek.validate(answers, READY).ok


@pytest.mark.parametrize("code", UNMAPPED)
def test_an_indicator_needs_no_mapping_and_each_of_its_items_says_so(code: str, survey: ek.Survey) -> None:
    indicator = ek.indicator(code)
    made = ek.prevalence(survey, indicator, form=READY)
    assert made.absent == ()
    assert 0 < made.estimate.points[0] < 1
    for name in indicator.item_names:
        item = READY.item(name)
        assert indicator.parts or item.role == "privacy" or name == "internet_user" or code in item.purpose.split(), name


def test_reasons_for_not_telling_are_said_by_a_mapping(survey: ek.Survey) -> None:
    codes = [code for code in SHIPPED["BARRIERS"].codes if code not in SHIPPED["BARRIERS"].missing]
    barrier = Coded("barriers", yes="ashamed", no=[code for code in codes if code != "ashamed"], several=True)
    assert ek.prevalence(survey, ek.indicator("H05"), form=READY, items={"barrier": barrier}).estimate.counts.n[0] > 0


def test_the_last_time_is_asked_about_where_v14_counts_something(survey: ek.Survey) -> None:
    indicator = ek.indicator("V14")
    made = compiled(indicator, items_for(survey, [indicator], None, READY))
    asked = ek.instrument.denominator(survey, READY, "told_anyone").mask
    assert asked.any()
    assert np.array_equal(asked, made.standing.yes)


def test_a_child_who_does_not_take_part_is_counted_nowhere(survey: ek.Survey) -> None:
    indicator = ek.indicator("V14")
    made = compiled(indicator, items_for(survey, [indicator], None, READY), "all")
    took_part = (survey.data.frame["assent"] == 1).to_numpy()
    assert not took_part.all()
    assert not (made.inside & ~took_part).any()
