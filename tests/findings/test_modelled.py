"""Numbers of a model as findings: adjusted shares, differences and ratios; small areas; shares up to an age."""

from __future__ import annotations

import copy
import json
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from checked_languages import checked
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError, Refused
from evidencekit.findings import Basis, Register, Words, compare, finding, languages
from evidencekit.findings.register.mentions import mentions

GIRL, BOY = {"sex": "girl"}, {"sex": "boy"}
HELD = {"age": "age", "internet_daily": "daily internet use"}
WORDS = Words(
    did="were asked online for a sexual image",
    groups={"sex": {"girl": "girls aged 12-17", "boy": "boys aged 12-17"}},
    recall="in the past 12 months",
    topic="help-seeking",
    held=HELD,
)
ON = "2026-11-01"


@lru_cache
def survey() -> ek.Survey:
    fiction = ek.fictional.national_survey()
    return ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")


@lru_cache
def model() -> ek.models.Model:
    return ek.models.logit(survey(), "asked_for_image ~ sex + age + internet_daily")


@lru_cache
def adjusted() -> ek.Released:
    return ek.release(ek.models.adjusted(model(), "sex"))


@lru_cache
def crude() -> ek.Released:
    return ek.release(ek.proportion(survey(), "asked_for_image", by="sex"))


def claims(released: ek.Released, words: Words = WORDS, **more: float) -> ek.findings.Claim:
    return compare(released, [(GIRL, BOY)], words=words, times=True, plan="plan of May 2026", **more)[0]


def test_an_adjusted_share_says_what_is_held_equal_and_what_it_is_not() -> None:
    find = finding(adjusted(), cell=GIRL, words=WORDS)
    assert find.headline() == (
        "In a model that holds age and daily internet use equal, about 1 in 9 girls aged 12-17 were asked online for a sexual image in the"
        " past 12 months."
    )
    said = find.caveats()[0]
    assert "age and daily internet use held equal" in said
    assert "not a share that anybody counted" in said
    assert "not a cause" in said
    low, high = (100 * float(x[1]) for x in (adjusted().estimate.interval.low, adjusted().estimate.interval.high))
    assert find.interval_words() == f"95% interval: between {int(low)} and {int(high) + 1} in 100"
    for kind in ("icons", "dots"):
        alt = find.picture(kind).alt
        assert "in a model that holds age and daily internet use equal" in f"{alt[0].lower()}{alt[1:]}"
        assert "not a share that anybody counted" in alt
    assert '"held": [' in find.to_json()
    assert '"held": [' not in finding(crude(), cell=GIRL, words=WORDS).to_json()


def test_the_crude_and_the_adjusted_comparison_stand_side_by_side() -> None:
    raw, held = claims(crude()), claims(adjusted())
    assert raw.direction == held.direction == "higher"
    assert raw.text.startswith("A larger share of girls aged 12-17 than of boys")
    assert held.text.startswith("In a model that holds age and daily internet use equal, a larger share of girls aged 12-17 than of boys")
    gap = ek.difference(ek.models.adjusted(model(), "sex"), GIRL, BOY)
    points = next(one for one in held.numbers if one.unit == "points")
    assert (points.value, points.low, points.high) == (gap.points[0], gap.interval.low[0], gap.interval.high[0])
    ratio = next(one for one in held.numbers if one.unit == "times")
    assert ratio.value == ek.ratio_of(ek.models.adjusted(model(), "sex"), GIRL, BOY).points[0]
    assert [line.startswith("By this model") for line in held.details] == [True, True]
    assert [line.startswith("By this model") for line in raw.details] == [False, False]
    assert len([m for m in mentions(held.text) if m.unit == "share"]) == 2, "a ratio never stands without the shares it is of"
    find = finding(crude(), cell=GIRL, words=WORDS, claims=[raw, held])
    assert "not a cause" in find.said_beside[1]
    assert "not a cause" not in find.said_beside[0]


def both() -> list[ek.findings.Finding]:
    held = [claims(crude()), claims(adjusted())]
    return [finding(crude(), cell=GIRL, words=WORDS, claims=held), finding(adjusted(), cell=BOY, words=WORDS)]


def test_our_own_sentences_are_right_by_their_register() -> None:
    finds = both()
    register = Register([*(one.entry() for one in finds), *(one.entry() for one in finds[0].claims)])
    text = "\n".join([*map(repr, finds), *(" ".join(one.lines()) for one in finds[0].claims)])
    report = ek.check_text(text, register, on=ON)
    assert report.ok, repr(report)


@pytest.mark.slow
def test_a_page_with_both_is_right_by_its_own_register(tmp_path: Path) -> None:
    made = ek.brief(both(), tmp_path / "page.html", title="Asked", content_note="About harm to children.", help="Helpline: call it.")
    register = Register.from_json(json.dumps(json.loads(made.record.read_text(encoding="utf-8"))["register"]))
    report = ek.check_text(made.page, register, on=ON)
    assert report.ok, repr(report)
    assert "In a model that holds age and daily internet use equal" in made.page.read_text(encoding="utf-8")


SHARE = "An estimated 11% of girls aged 12-17 were asked online for a sexual image in the past 12 months"


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (f"{SHARE}.", "the words do not say so"),
        ("About 1 in 9 girls were asked online for a sexual image.", "the words do not say so"),
        ("Girls are 1.6 times as likely to be asked for a sexual image.", ""),
        (f"In a model that holds age and daily internet use equal, {SHARE[0].lower()}{SHARE[1:]}, because they are girls.", "cause"),
        (f"With age held equal, {SHARE[0].lower()}{SHARE[1:]}, which is due to their sex.", "cause"),
        (f"With age and daily internet use held equal, {SHARE[0].lower()}{SHARE[1:]}.", None),
        ("Adjusted for age, the difference is 4 percentage points.", None),
        ("The difference is 4 percentage points.", "the words do not say so"),
    ],
)
def test_a_draft_that_says_an_adjusted_number_as_counted_is_told(draft: str, why: str | None) -> None:
    register = Register([finding(adjusted(), cell=GIRL, words=WORDS).entry(), claims(adjusted()).entry()])
    for held in (register, Register.from_json(register.to_json())):
        report = ek.check_text(draft, held, on=ON)
        assert report.ok == (why is None), repr(report)
        assert any((why or "") in one.why for one in report.found)


def test_a_counted_number_is_not_said_as_a_model_s() -> None:
    register = Register([finding(crude(), cell=GIRL, words=WORDS).entry()])
    assert ek.check_text(f"{SHARE}.", register, on=ON).ok
    told = ek.check_text(f"With age held equal, {SHARE[0].lower()}{SHARE[1:]}.", register, on=ON)
    assert not told.ok
    assert "as it was counted" in told.found[0].why


@lru_cache
def shares(a: int, b: int, seed: int) -> ek.Estimate:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"g": np.repeat(["a", "b"], 300), "y": [int(i < c) for c in (a, b) for i in range(300)]})
    frame = frame.assign(x=rng.normal(size=600), w=rng.uniform(1, 2, 600), psu=rng.permutation(600) % 40)
    return ek.models.adjusted(ek.models.logit(ek.Survey(frame, weights="w", psu="psu", population="children"), "y ~ g + x"), "g")


@settings(max_examples=8, deadline=None)
@given(st.integers(40, 260), st.integers(40, 260), st.integers(0, 5))
def test_direction_and_order_of_adjusted_shares_are_kept(a: int, b: int, seed: int) -> None:
    est, words = shares(a, b, seed), Words(did="were asked", groups={"g": {"a": "girls", "b": "boys"}}, held={"x": "income"})
    gap, safe = ek.difference(est, 0, 1), ek.release(est)
    claim = compare(safe, [(0, 1)], words=words, margin=0.05, times=True)[0]
    assert (claim.direction == "higher") == (gap.interval.low[0] > 0)
    assert (claim.direction == "lower") == (gap.interval.high[0] < 0)
    assert ("larger share of girls than" in claim.text) == (claim.direction == "higher")
    assert ("smaller share of girls than" in claim.text) == (claim.direction == "lower")
    assert tuple(one.value for one in claim.numbers[:2]) == tuple(est.points)
    assert claim.text.startswith("In a model that holds income equal, ")
    assert ek.check_text("\n".join([claim.text, *claim.details]), Register([claim.entry()]), on=ON).ok
    turned = compare(safe, [(1, 0)], words=words, margin=0.05)[0]
    assert {claim.direction, turned.direction} in ({"higher", "lower"}, {"similar"}, {"unclear"})


def test_what_is_held_equal_has_a_plain_name() -> None:
    labelled = finding(adjusted(), cell=GIRL)
    assert 'holds "Age in completed years" and "Goes online every day" equal' in labelled.headline()
    one = Words(did="were asked", held={"age": "age"})
    assert 'holds age and "Goes online every day" equal' in finding(adjusted(), cell=GIRL, words=one).headline()
    bare = ek.release(shares(60, 200, 0))
    with pytest.raises(InputError, match=r"'x' equal.*no label.*held="):
        finding(bare, cell=0, words=Words(did="were asked"))
    with pytest.raises(InputError, match="'z', and the model holds 'x' equal"):
        finding(bare, cell=0, words=Words(did="were asked", held={"z": "income"}))
    with pytest.raises(InputError, match="holds nothing equal"):
        finding(ek.release(ek.models.adjusted(ek.models.logit(survey(), "asked_for_image ~ sex"), "sex")), cell=0, words=WORDS)
    several = Words(did="were asked", held={"x": "income", "province": "province"})
    assert finding(bare, cell=0, words=several).headline().startswith("In a model that holds income equal, "), "Words serve several models"
    with pytest.raises(InputError, match="'internet_dayly'"):
        finding(adjusted(), cell=GIRL, words=Words(did="were asked", held={"age": "age", "internet_dayly": "daily internet use"}))
    for wrong in ({"x": "12% more"}, {"x": " "}, {1: "age"}, "age"):
        with pytest.raises(InputError, match="held="):
            Words(did="were asked", held=wrong)  # type: ignore[arg-type]  # what somebody might pass
    again = copy.deepcopy(WORDS)
    assert dict(again.held) == HELD


def test_three_things_held_equal_are_listed_and_balanced_groups_say_theirs() -> None:
    made = ek.models.balanced(ek.models.logit(survey(), "asked_for_image ~ sex"), "sex", adjust="age + province + internet_daily")
    words = Words(did="were asked", held={**HELD, "province": "province"})
    said = finding(ek.release(made), cell=GIRL, words=words).headline()
    assert said.startswith("In a model that holds age, province and daily internet use equal, ")


def test_a_difference_and_a_ratio_are_never_said_without_their_shares() -> None:
    est = ek.models.adjusted(model(), "sex")
    for made in (ek.difference(est, GIRL, BOY), ek.ratio_of(est, GIRL, BOY), ek.ratio_of(est, GIRL, BOY, scale="log")):
        with pytest.raises(InputError, match=r"findings\.compare\(released"):
            finding(ek.release(made), words=WORDS)
    with pytest.raises(InputError, match="ratios of shares"):
        finding(ek.release(ek.models.odds_ratios(model())), cell=0, words=WORDS)


def test_adjusted_shares_are_not_ranked_changed_or_multiplied_up() -> None:
    with pytest.raises(InputError, match="nobody's"):
        ek.findings.ranked(adjusted(), GIRL, words=WORDS, among="groups")
    with pytest.raises(InputError, match="nobody's"):
        ek.findings.changed([adjusted(), adjusted()], [Basis(time="2023"), Basis(time="2026")], words=WORDS)
    with pytest.raises(InputError):
        ek.findings.headcount(adjusted(), cell=GIRL, words=WORDS, population={"girl": 90_000}, source="census of 2024")


def test_no_message_holds_a_level() -> None:
    secret = "CANARY-7731"
    frame = pd.DataFrame(
        {"g": [secret, "b"] * 200, "y": [0, 1, 1, 1, 0, 0, 1, 1] * 50, "x": np.arange(400) % 7, "w": 1.0, "psu": np.arange(400) % 40}
    )
    plain = ek.Survey(frame, weights="w", psu="psu", population="children")
    safe = ek.release(ek.models.adjusted(ek.models.logit(plain, "y ~ g + x"), "g"))
    tries = [
        lambda: finding(safe, cell={"g": secret}, words=Words(did="were asked")),
        lambda: finding(safe, cell={"g": secret}, words=Words(did="were asked", held={"g": "sex"})),
        lambda: compare(safe, [({"g": secret}, {"g": secret})], words=Words(did="were asked", held={"x": "age"})),
        lambda: ek.findings.ranked(safe, {"g": secret}, words=Words(did="were asked"), among="groups"),
    ]
    for attempt in tries:
        with pytest.raises((InputError, Refused)) as told:
            attempt()
        assert secret not in str(told.value)


def test_every_draft_says_an_adjusted_share_with_what_is_held_equal(tmp_path: Path) -> None:
    for tag in (code for code in languages.LANGUAGES if code != "en"):
        speech = checked(tag, tmp_path)
        words = WORDS.also(
            speech,
            did="DID",
            groups={"sex": {"girl": "GIRLS", "boy": "BOYS"}},
            recall="RECALL",
            held={"age": "AGE", "internet_daily": "NET"},
        )
        find = finding(adjusted(), cell=GIRL, words=words, claims=[claims(adjusted(), words)])
        for text in (find.headline(language=speech), find.caveats(language=speech)[0], find.beside(language=speech)[0]):
            assert "AGE" in text, tag
            assert "NET" in text, tag
            assert "model" not in text or tag in ("id", "fil"), "nothing stays English"
    with pytest.raises(InputError, match="2 of the 2 columns of held= are missing"):
        WORDS.also("vi", did="DID", groups={"sex": {"girl": "G", "boy": "B"}}, recall="R")


def test_an_area_by_a_model_speaks_of_its_people_and_says_that_it_is_a_model_s() -> None:
    est = ek.proportion(survey(), "internet_daily", by="province")
    known = pd.DataFrame({"province": [*est.cells.columns["province"], "New Coast"], "power": [0.9, 0.7, 0.8, 0.7, 0.8, 0.6, 0.7]})
    safe = ek.release(ek.models.fay_herriot(est, known, formula="power").estimate)
    words = Words(did="go online every day", people="children aged 12-17", topic="solution")
    find = finding(safe, cell={"province": "Blue Hills"}, words=words)
    assert find.headline() == "By a model for small areas, about 3 in 5 children aged 12-17 (Province: Blue Hills) go online every day."
    assert "interval by the model: between" in find.interval_words()
    notes = " ".join(find.caveats())
    assert "what this area answered" in notes
    assert "those who answered, not a population" not in notes
    assert "log variance" not in notes
    other = finding(safe, cell={"province": "New Coast"}, words=words)
    assert "with no answers of this area in it" in " ".join(other.caveats())
    report = ek.check_text(repr(find), Register([find.entry()]), on=ON)
    assert report.ok, repr(report)
    assert "by a model for small areas" in find.picture("dots").alt
    with pytest.raises(Refused, match="model's of its areas"):
        compare(safe, [(0, 1)], words=words)


@lru_cache
def by_age(*at: int) -> ek.Released:
    rng = np.random.default_rng(1)
    now, first = rng.integers(18, 25, 400), rng.integers(8, 40, 400)
    frame = pd.DataFrame({"age": np.minimum(now, first), "told": (first <= now) * 1, "area": rng.integers(0, 40, 400), "w": 1.0})
    frame["sex"] = rng.choice(["f", "m"], 400)
    young = ek.Survey(frame, weights="w", psu="area", population="people aged 18-24")
    return ek.release(ek.models.cumulative_incidence(young, time="age", event="told", at=at or [12, 17], by="sex"))


def young(recall: str) -> Words:
    return Words(did="told somebody", groups={"sex": {"f": "women aged 18-24", "m": "men aged 18-24"}}, recall=recall)


def test_a_share_up_to_an_age_says_the_age_and_is_not_mixed_with_a_recall_period() -> None:
    cell = {"sex": "f", "at": 17}
    find = finding(by_age(), cell=cell, words=young("before age 18"))
    assert find.headline() == "About 2 in 5 women aged 18-24 told somebody before age 18."
    assert "not to be mixed with a share of the past 12 months" in find.caveats()[0]
    assert finding(by_age(), cell=cell, words=young("by age 17")).headline().endswith("by age 17.")
    for wrong in ("before age 17", "by age 18", "in the past 12 months", "", "as children"):
        with pytest.raises(InputError, match=r"recall=|told with that age"):
            finding(by_age(), cell=cell, words=young(wrong))
    with pytest.raises(InputError, match="told with that age"):
        finding(by_age(), cell=cell)
    with pytest.raises(InputError, match="recall= of the Basis"):
        finding(by_age(), cell=cell, words=young("by age 17"), basis=Basis(recall="past 12 months"))
    register = Register([find.entry()])
    assert ek.check_text(repr(find), register, on=ON).ok
    with pytest.raises(Refused, match="has no number"):
        finding(by_age(40), cell={"sex": "f"}, words=young("by age 40"))
    told = ek.check_text("About 38% of women aged 18-24 told somebody in the past 12 months.", register, on=ON)
    assert "all years up to an age" in told.found[0].why


def test_shares_up_to_an_age_are_compared_at_one_age() -> None:
    words = young("before age 18")
    claim = compare(by_age(), [({"sex": "f", "at": 17}, {"sex": "m", "at": 17})], words=words)[0]
    assert "before age 18" in claim.text
    assert "not to be mixed" in claim.caveats[0]
    assert ek.check_text(repr(claim), Register([claim.entry()]), on=ON).ok
    with pytest.raises(InputError, match="different answers"):
        compare(by_age(), [({"sex": "f", "at": 17}, {"sex": "f", "at": 12})], words=words)
    with pytest.raises(InputError, match="does not say the age"):
        compare(by_age(), [({"sex": "f", "at": 12}, {"sex": "m", "at": 12})], words=words)
