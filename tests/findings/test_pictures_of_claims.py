"""Pictures of claims and tables: they show what is said, hide what is hidden, and suggest nothing that is not earned."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from baselines import assert_looks_like
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError, Refused
from evidencekit.findings.picturing import Part
from evidencekit.findings.picturing.bands import bands_of
from evidencekit.findings.picturing.overlapping import _check_hidden
from evidencekit.findings.picturing.tables import _steps

WORDS = ek.findings.Words(
    did="were sent unwanted sexual messages",
    people="children aged 12-17",
    groups={"sex": {"girl": "girls aged 12-17", "boy": "boys aged 12-17"}},
)


@pytest.fixture(scope="module")
def survey() -> ek.Survey:
    return ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu", population="children 12-17")


@pytest.fixture(scope="module")
def by_sex(survey: ek.Survey) -> ek.Released:
    return ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))


@pytest.fixture(scope="module")
def by_province(survey: ek.Survey) -> ek.Released:
    return ek.release(ek.proportion(survey, "any_contact_unwanted", by="province"))


@pytest.fixture(scope="module")
def rounds() -> tuple[list[ek.Released], list[ek.findings.Basis]]:
    shown, bases = [], []
    for seed, year in ((1, "2020"), (2, "2023"), (3, "2026")):
        fiction = ek.fictional.national_survey(seed=seed)
        survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
        shown.append(ek.release(ek.proportion(survey, "any_contact_unwanted")))
        bases.append(ek.findings.Basis(harm="unwanted messages", age="12-17", mode="at home", frame="areas", time=year))
    return shown, bases


def hidden(released: ek.Released, row: int) -> ek.Released:
    """The table with a cell that is protected."""
    status = tuple("protected" if i == row else one for i, one in enumerate(released.status))
    return replace(released, status=status)


def test_a_difference_shows_the_two_groups_it_speaks_of(by_sex: ek.Released) -> None:
    claim = ek.findings.compare(by_sex, [({"sex": "girl"}, {"sex": "boy"})], words=WORDS, plan="plan")[0]
    picture = claim.picture()
    for one in claim.details:
        assert one in picture.alt
    assert "girls aged 12-17: 19% (16 to 23); boys aged 12-17: 13% (10 to 16)" in picture.alt
    drawn = claim.record["drawn"]
    rows = [by_sex.estimate.cells.find({"sex": sex}) for sex in ("girl", "boy")]
    assert [one["value"] for one in drawn] == [by_sex.estimate.points[row] for row in rows]
    assert [one["low"] for one in drawn] == [by_sex.estimate.interval.low[row] for row in rows]
    assert [one["high"] for one in drawn] == [by_sex.estimate.interval.high[row] for row in rows]


def test_a_rank_shows_all_groups_with_theirs(by_province: ek.Released) -> None:
    claim = ek.findings.ranked(by_province, 0, words=WORDS, among="provinces", plan="plan")
    sets = ek.combining.rank_sets(by_province.estimate)
    assert [one.ranks for one in claim.parts] == list(zip(map(int, sets.first), map(int, sets.last), strict=True))
    assert claim.picture().alt.count("rank 1 to 6") == len(by_province)
    assert_looks_like(claim.picture(), "claim-rank")


def test_rounds_are_a_line_over_their_years(rounds: Any) -> None:
    shown, bases = rounds
    claim = ek.findings.trending(shown, bases, words=WORDS, years=[2020, 2023, 2026], plan="plan")
    assert claim.years == (2020, 2023, 2026)
    assert_looks_like(claim.picture(), "claim-trend")
    change = ek.findings.changed(shown[:2], bases[:2], words=WORDS, plan="plan")
    assert "2020: 15% (13 to 18); 2023: 16% (14 to 19)" in change.picture().alt
    assert "cannot tell" in change.picture().title


def test_a_blocked_claim_and_a_number_of_people_have_no_picture(rounds: Any, by_sex: ek.Released) -> None:
    shown, bases = rounds
    blocked = ek.findings.changed(shown[:2], [bases[0], replace(bases[1], mode="online")], words=WORDS)
    with pytest.raises(Refused, match="blocked"):
        blocked.picture()
    people = ek.findings.headcount(by_sex, {"sex": "girl"}, words=WORDS, population={"girl": 400_000}, source="census 2024")
    with pytest.raises(InputError, match="share"):
        people.picture()


def test_a_hidden_group_is_last_and_has_no_number(by_province: ek.Released) -> None:
    safe = hidden(by_province, 3)
    value = f"{100 * by_province.estimate.points[3]:.0f}%"
    claim = ek.findings.ranked(safe, 0, words=WORDS, among="provinces", plan="plan")
    part = claim.parts[3]
    assert (part.value, part.low, part.high, part.ranks) == (None, None, None, None)
    assert claim.picture().alt.split(";")[-1].strip().startswith("Delta Lowlands: protected")
    assert claim.record["drawn"][3] == {"label": "Delta Lowlands", "status": "protected"}
    find = ek.finding(safe, cell=0, words=WORDS)
    for kind in ("dots", "gradient"):
        assert f"Delta Lowlands: {value}" not in find.picture(kind).alt


def test_bands_are_within_each_other_and_the_last_is_the_interval(by_sex: ek.Released) -> None:
    part = Part(label="Girls", value=0.14, low=0.11, high=0.18, df=40.0)
    bands = bands_of(part)
    assert bands[-1] == (0.11, 0.18)
    assert all(a[0] >= b[0] and a[1] <= b[1] for a, b in pairwise(bands))
    assert_looks_like(ek.finding(by_sex, cell={"sex": "girl"}, words=WORDS).picture("gradient"), "finding-gradient")


def test_bands_of_a_logit_interval_are_the_intervals_of_their_levels(survey: ek.Survey) -> None:
    wide = ek.proportion(survey, "any_contact_unwanted", interval="logit")
    part = Part(label="all", value=wide.points[0], low=wide.interval.low[0], high=wide.interval.high[0], df=float(wide.df[0]))
    for level, band in zip((0.5, 0.8), bands_of(part), strict=False):
        narrow = ek.proportion(survey, "any_contact_unwanted", interval="logit", level=level)
        assert band == pytest.approx((narrow.interval.low[0], narrow.interval.high[0]), abs=1e-12)


def test_bands_need_a_wider_interval(survey: ek.Survey) -> None:
    safe = ek.release(ek.proportion(survey, "any_contact_unwanted", level=0.8))
    with pytest.raises(InputError, match="80 percent"):
        ek.finding(safe, words=WORDS).picture("gradient")


def test_tiles_stand_where_the_layout_has_them(by_province: ek.Released) -> None:
    names = by_province.estimate.cells.columns["province"]
    layout = {name: (i // 3, i % 3, f"P{i}") for i, name in enumerate(names)}
    find = ek.finding(by_province, cell=0, words=WORDS)
    assert_looks_like(find.picture("tiles", layout=layout), "finding-tiles")
    for wrong, why in ((None, "where the areas stand"), ({names[0]: 3}, "row, column"), ({names[0]: (0, 0), names[1]: (0, 0)}, "place")):
        with pytest.raises(InputError, match=why):
            find.picture("tiles", layout=wrong)  # type: ignore[arg-type]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0.01, 0.9), st.floats(0.005, 0.3)), min_size=1, max_size=12))
def test_a_step_of_the_shading_is_no_finer_than_the_intervals(cells: list[tuple[float, float]]) -> None:
    parts = [Part(label=str(k), value=p, low=max(p - w, 0.0), high=min(p + w, 1.0)) for k, (p, w) in enumerate(cells)]
    tops = [top for top, _ in _steps(parts)]
    if tops:
        widths = sorted(p.high - p.low for p in parts if p.high is not None and p.low is not None)
        assert max(p.value for p in parts if p.value is not None) <= tops[-1] + 1e-9
        assert all(b - a >= widths[len(widths) // 2] / 2 - 1e-9 for a, b in pairwise(tops) if b < 1)
        assert len(tops) <= 5


def test_a_hidden_area_does_not_move_the_shading(by_province: ek.Released) -> None:
    shown = [Part(label=str(k), value=p, low=p - 0.03, high=p + 0.03) for k, p in enumerate((0.1, 0.14, 0.2))]
    assert _steps(shown) == _steps([*shown, Part(label="x", status="protected")])


def steps_of(data: dict[str, list[int]]) -> ek.Released:
    frame = pd.DataFrame(data)
    frame["psu"], frame["w"] = np.arange(len(frame)) // 5, 1.0
    survey = ek.Survey(frame, weights="w", psu="psu", population="children who were harmed")
    return ek.release(ek.proportion(survey, list(data)))


def test_a_cascade_is_nested_shares() -> None:
    told = [1] * 240 + [0] * 160
    helped = [1] * 100 + [0] * 300
    safe = steps_of({"told": told, "helped": helped})
    names = {"told": "Told somebody", "helped": "Were helped"}
    picture = ek.findings.cascade(safe, names, first="Children who were harmed", title="From harm to help")
    assert "Told somebody: 60%" in picture.alt
    assert "each step is a part of the one before" in picture.alt.lower()
    assert_looks_like(picture, "cascade-of-a-table")
    with pytest.raises(InputError, match="larger than that of a step before"):
        ek.findings.cascade(safe, ["helped", "told"], first="All", title="The wrong way round")
    with pytest.raises(InputError, match="one share"):
        ek.findings.cascade(safe, ["told", "asked"], first="All", title="A question that is not there")


def test_what_is_shown_does_not_give_a_hidden_share_away() -> None:
    shown, gone = Part(label="x", value=0.1), Part(label="y", status="protected")
    member = [[True, True, False, False], [True, False, True, False]]  # both, the first only, the second only, none
    for parts, whole in (
        ([gone, shown, shown, shown], [shown, shown]),  # one is hidden: all together are everybody
        ([gone, gone, gone, shown], [shown, shown]),  # three unknowns, three sums
        ([gone, gone, gone, shown], [shown, gone]),  # the second only is what is left of everybody
        ([shown, shown, shown, shown], [gone, shown]),  # a total is the sum of what is shown
        ([shown, shown, gone, gone], [gone, gone]),
    ):
        with pytest.raises(Refused, match="give a hidden share away"):
            _check_hidden(parts, whole, member)
    _check_hidden([gone, gone, gone, gone], [shown, gone], member)
    _check_hidden([gone, gone, shown, gone], [gone, gone], member)
    _check_hidden([shown, shown, shown, shown], [shown, shown], member)


def test_an_overlap_says_what_comes_together() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"asked": rng.integers(0, 2, 600), "sent": rng.integers(0, 2, 600)})
    frame["which"] = (frame.asked + 2 * frame.sent).map({0: "none", 1: "asked", 2: "sent", 3: "asked+sent"})
    frame["psu"], frame["w"] = np.arange(600) // 6, 1.0
    survey = ek.Survey(frame, weights="w", psu="psu", population="children")
    combinations, totals = ek.release([ek.proportion(survey, "which"), ek.proportion(survey, ["asked", "sent"])])
    made_of = {"asked+sent": ["asked", "sent"], "asked": ["asked"], "sent": ["sent"], "none": []}
    sets = {"asked": "Asked for an image", "sent": "Sent a message"}
    picture = ek.findings.overlap(combinations, totals, sets=sets, made_of=made_of, title="What comes together")
    assert_looks_like(picture, "overlap-of-a-table")
    with pytest.raises(InputError, match="sets"):
        ek.findings.overlap(combinations, totals, sets={"asked": "Asked"}, made_of=made_of, title="A set without words")


def test_a_narrow_picture_is_narrow_and_its_letters_are_not(by_sex: ek.Released) -> None:
    find = ek.finding(by_sex, cell={"sex": "girl"}, words=WORDS)
    for kind in ("icons", "dots", "gradient"):
        figure = find.picture(kind, bare=True, width=280).figure
        assert 72 * figure.get_size_inches()[0] == pytest.approx(280)
        assert min(text.get_fontsize() for text in figure.findobj(lambda one: hasattr(one, "get_fontsize")) if text.get_text()) >= 12
    for wrong in (100, 900, float("nan")):
        with pytest.raises(InputError, match="points wide"):
            find.picture("dots", width=wrong)
    assert_looks_like(find.picture("icons", bare=True, width=280), "finding-icons-narrow")
