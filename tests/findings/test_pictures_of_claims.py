"""Pictures of claims and tables: they show what is said, hide what is hidden, and suggest nothing that is not earned."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from baselines import assert_looks_like
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

import evidencekit as ek
from evidencekit.errors import InputError, Refused
from evidencekit.findings.picturing import Part
from evidencekit.findings.picturing.bands import bands_of
from evidencekit.findings.picturing.overlapping import _whole
from evidencekit.findings.picturing.tables import _steps
from evidencekit.rendering.figure import Picture

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


def share_of(cases: int) -> ek.Released:
    """A share of 600 children of a sample of its own."""
    frame = pd.DataFrame({"y": np.arange(600) < cases, "psu": np.random.default_rng(cases).permutation(600) // 6, "w": 1.0})
    return ek.release(ek.proportion(ek.Survey(frame.astype(float), weights="w", psu="psu", population="children"), "y"))


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
    rising = ek.findings.trending([share_of(k) for k in (60, 120, 180)], bases, words=WORDS, years=[2020, 2023, 2026], plan="plan")
    assert rising.direction == "rising"
    assert_looks_like(rising.picture(), "claim-trend")
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
    find = ek.finding(safe, cell=0, words=replace(WORDS, groups={}))
    for kind in ("dots", "gradient"):
        assert f"Delta Lowlands: {value}" not in find.picture(kind).alt


@pytest.mark.parametrize("method", ["logit", "beta", "wilson"])
def test_bands_are_the_intervals_of_their_levels(survey: ek.Survey, method: Any) -> None:
    safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex", interval=method))
    levels, bands = bands_of(safe, [0, 1])
    assert levels == (0.5, 0.8, 0.95)
    for k, level in enumerate(levels):
        alone = ek.proportion(survey, "any_contact_unwanted", by="sex", interval=method, level=level).interval
        for row in (0, 1):
            assert bands[row][k] == pytest.approx((alone.low[row], alone.high[row]), abs=1e-9)


def test_a_level_below_the_bands_has_its_own_band_alone(survey: ek.Survey) -> None:
    safe = ek.release(ek.proportion(survey, "any_contact_unwanted", level=0.5))
    assert bands_of(safe, [0])[0] == (0.5,)
    assert "50% intervals" in ek.finding(safe, words=WORDS).picture("gradient").alt


def test_a_gradient_looks_as_it_did(by_sex: ek.Released) -> None:
    assert_looks_like(ek.finding(by_sex, cell={"sex": "girl"}, words=WORDS).picture("gradient"), "finding-gradient")


def test_tiles_stand_where_the_layout_has_them(by_province: ek.Released) -> None:
    names = by_province.estimate.cells.columns["province"]
    layout = {name: (i // 3, i % 3, f"P{i}") for i, name in enumerate(names)}
    find = ek.finding(by_province, cell=0, words=replace(WORDS, groups={}))
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
    assert "Were helped: 42% (" in picture.alt
    assert "of the step before" in picture.alt
    assert_looks_like(picture, "cascade-of-a-table")
    with pytest.raises(InputError, match="larger than that of a step before"):
        ek.findings.cascade(safe, ["helped", "told"], first="All", title="The wrong way round")
    with pytest.raises(InputError, match="one share"):
        ek.findings.cascade(safe, ["told", "asked"], first="All", title="A question that is not there")


def test_a_total_is_shown_only_beside_all_its_combinations() -> None:
    total, one, other = (Part(label=str(value), value=value, low=value - 0.02, high=value + 0.02) for value in (0.3, 0.1, 0.2))
    gone = Part(label="b", status="protected")
    assert _whole(total, [one, other]) is total
    assert _whole(total, [one, gone]).value is None
    assert _whole(Part(label="t", status="protected"), [one, gone]).value is None
    with pytest.raises(Refused, match="add up to it"):
        _whole(Part(label="t", status="protected"), [one, other])
    with pytest.raises(InputError, match="same people"):
        _whole(replace(total, value=0.29), [one, other])


def test_a_hidden_combination_follows_from_nothing_that_is_drawn() -> None:
    combo = np.array(["none"] * 706 + ["a"] * 305 + ["b"] * 183 + ["a+b"] * 6)
    np.random.default_rng(3).shuffle(combo)
    frame = pd.DataFrame({"which": combo, "a": np.isin(combo, ["a", "a+b"]) * 1, "b": np.isin(combo, ["b", "a+b"]) * 1})
    frame["psu"], frame["w"] = np.arange(1200) % 60, 1.0
    survey = ek.Survey(frame, weights="w", psu="psu", population="children")
    combinations, totals = ek.release([ek.proportion(survey, "which"), ek.proportion(survey, ["a", "b"])])
    made_of = {"a+b": ["a", "b"], "a": ["a"], "b": ["b"], "none": []}
    alt = ek.findings.overlap(combinations, totals, sets={"a": "A", "b": "B"}, made_of=made_of, title="Together").alt
    assert all(f"{one}: protected" in alt for one in ("a+b", "A", "B"))


def test_tables_of_other_people_are_not_one_overlap() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"asked": rng.integers(0, 2, 600), "sent": rng.integers(0, 2, 600)})
    frame["which"] = (frame.asked + 2 * frame.sent).map({0: "none", 1: "asked", 2: "sent", 3: "asked+sent"})
    frame["psu"], frame["w"] = np.arange(600) // 6, 1.0
    made_of = {"asked+sent": ["asked", "sent"], "asked": ["asked"], "sent": ["sent"], "none": []}
    sets = {"asked": "Asked", "sent": "Sent"}
    one, half = (ek.Survey(x, weights="w", psu="psu", population="children") for x in (frame, frame[:300]))
    tables = ek.release(ek.proportion(one, "which")), ek.release(ek.proportion(half, ["asked", "sent"]))
    with pytest.raises(InputError, match="same people"):
        ek.findings.overlap(*tables, sets=sets, made_of=made_of, title="Half")
    turned = made_of | {"asked": ["sent"], "sent": ["asked"]}
    both = ek.release([ek.proportion(one, "which"), ek.proportion(one, ["asked", "sent"])])
    with pytest.raises(InputError, match="same people"):
        ek.findings.overlap(*both, sets=sets, made_of=turned, title="Turned")


def together(**how: Any) -> Picture:
    """What comes together among 600 children, told by their words."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"asked": rng.integers(0, 2, 600), "sent": rng.integers(0, 2, 600)})
    frame["which"] = (frame.asked + 2 * frame.sent).map({0: "none", 1: "asked", 2: "sent", 3: "asked+sent"})
    frame["psu"], frame["w"] = np.arange(600) // 6, 1.0
    survey = ek.Survey(frame, weights="w", psu="psu", population="children")
    combinations, totals = ek.release([ek.proportion(survey, "which"), ek.proportion(survey, ["asked", "sent"])])
    made_of = {"asked+sent": ["asked", "sent"], "asked": ["asked"], "sent": ["sent"], "none": []}
    given = {"sets": {"asked": "Asked for an image", "sent": "Sent a message"}, "title": "What comes together", **how}
    return ek.findings.overlap(combinations, totals, made_of=made_of, **given)


def test_an_overlap_says_what_comes_together() -> None:
    assert_looks_like(together(), "overlap-of-a-table")
    with pytest.raises(InputError, match="sets"):
        together(sets={"asked": "Asked"})


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


def test_a_bare_picture_has_neither_title_nor_caption(by_sex: ek.Released) -> None:
    """The page says them; the alternative text and the name of the picture are whole."""
    find = ek.finding(by_sex, cell={"sex": "girl"}, words=WORDS)
    claim = ek.findings.compare(by_sex, [({"sex": "girl"}, {"sex": "boy"})], words=WORDS, plan="plan")[0]
    layout = {"girl": (0, 0), "boy": (0, 1)}
    makes = {
        **{kind: partial(find.picture, kind) for kind in ("icons", "dots", "gradient")},
        "tiles": partial(find.picture, "tiles", layout=layout),
        "claim": claim.picture,
        "cascade": partial(ek.findings.cascade, steps_of({"told": [1] * 240 + [0] * 160}), ["told"], first="All", title="Help"),
    }
    for kind, make in makes.items():
        whole, bare = make(), make(bare=True)
        assert (bare.title, bare.alt) == (whole.title, whole.alt), kind
        words = " ".join(text.get_text() for text in bare.figure.findobj(Text)).replace("\n", " ")
        assert "interval" not in words.replace("interval", "", 3 if kind == "gradient" else 0), kind  # of a gradient, its key
        assert bare.title.split()[-1] not in words.split(), kind
        assert bare.figure.get_size_inches()[1] < whole.figure.get_size_inches()[1]


def test_only_tiles_have_a_layout(by_sex: ek.Released) -> None:
    find = ek.finding(by_sex, cell={"sex": "girl"}, words=WORDS)
    for kind in ("icons", "dots", "gradient"):
        with pytest.raises(InputError, match="layout= says where tiles stand"):
            find.picture(kind, layout={"girl": (0, 0), "boy": (0, 1)})


def test_a_cascade_and_an_overlap_are_as_wide_as_asked() -> None:
    made = ek.findings.cascade(steps_of({"told": [1] * 240 + [0] * 160}), ["told"], first="All", title="Help", width=280)
    both = together(width=300)
    assert [round(72 * one.figure.get_size_inches()[0]) for one in (made, both)] == [280, 300]
    with pytest.raises(InputError, match="points wide"):
        together(width=100)


def test_a_hidden_step_does_not_stand_between_two_that_are_alike() -> None:
    place = np.random.default_rng(0).permutation(1200)
    data = {"told": (place < 400) * 1, "asked": (place < 398) * 1, "helped": (place < 396) * 1}
    safe = steps_of(data)  # type: ignore[arg-type]
    for table in (safe, hidden(safe, 1)):
        with pytest.raises(Refused, match="differ by fewer"):
            ek.findings.cascade(table, list(data), first="Children", title="Steps that nearly all take")


def test_what_we_cannot_tell_suggests_nothing(rounds: Any, by_province: ek.Released) -> None:
    shown, bases = rounds
    change = ek.findings.changed(shown[:2], bases[:2], words=WORDS, plan="plan")
    assert change.direction == "unclear"
    assert_looks_like(change.picture(), "claim-unclear-change")
    rank = ek.findings.ranked(by_province, 0, words=WORDS, among="provinces", plan="plan")
    names, rows = [one.label for one in rank.parts], rank.picture().alt.partition("provinces. ")[2]
    assert sorted(names, key=rows.index) == names


def test_areas_without_intervals_have_one_shade() -> None:
    assert len(_steps([Part(label=str(k), value=p) for k, p in enumerate((0.49, 0.51, 0.52))])) == 1


def test_areas_with_numbers_for_names_have_their_places() -> None:
    place = np.arange(600)
    frame = pd.DataFrame({"area": place % 3 + 1, "y": (place // 3 % 5 == 0) * 1, "psu": place // 6, "w": 1.0})
    numbered = ek.Survey(frame, weights="w", psu="psu", population="children")
    find = ek.finding(ek.release(ek.proportion(numbered, "y", by="area")), cell=0, words=replace(WORDS, groups={}))
    assert find.picture("tiles", layout={k: (0, k) for k in (1, 2, 3)}).alt.count("20%") == 3
