"""Numbers of people: never without their share, a dated population and an interval, and never more exact than that interval."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import outside

import evidencekit as ek
from evidencekit.combining import rounded_total
from evidencekit.disclosure import Method
from evidencekit.errors import InputError, Refused
from evidencekit.findings import Register, Words, headcount
from evidencekit.findings.register.mentions import mentions

TABLE = outside.FOLDER.parent / "pooling" / "dh_nature2026_table1.csv"
SECRET = "zanzibar-7731"
WORDS = Words(did="were asked for an image", people="children aged 12-17", recall="in the past 12 months")
GROUPS = Words(did="were asked", people="children", groups={"g": {"a": "girls", "b": "boys"}})
DATED: dict[str, Any] = {"source": "Statistics Office, projection for 2025"}
DAY = "2026-11-01"


def published(p: float, low: float, high: float, *, inference: str = "probability", **more: float) -> ek.Released:
    """A published share with its limits, as a released table of one country."""
    frame = pd.DataFrame({"country": ["here"], "estimate": [p], "low": [low], "high": [high], **{k: [v] for k, v in more.items()}})
    est = ek.combining.reported(frame, by="country", level=0.95, inference=inference, source="a table")
    return ek.release(est, profile="open")


def told(people: float, low: float, high: float, size: float) -> ek.findings.Claim:
    return headcount(published(people / size, low / size, high / size), words=WORDS, population={"here": size}, **DATED)


@lru_cache
def survey(missing: int = 0, **how: Any) -> ek.Survey:
    rng = np.random.default_rng(3)
    n = 2400
    frame = pd.DataFrame({"g": np.where(np.arange(n) % 2, "a", "b"), "psu": np.arange(n) % 60, "w": rng.uniform(200, 400, n)})
    frame["y"] = (rng.random(n) < np.where(frame["g"] == "a", 0.2, 0.1)).astype(float)
    frame.loc[frame.index[:missing], "y"] = np.nan
    frame["none"], frame["all"], frame["five"], frame["hours"] = 0, 1, 5 * frame["y"], rng.uniform(0, 3, n)
    return ek.Survey(frame, weights="w", psu="psu", population="children", **how)


def share(y: str = "y", *, by: str | None = "g", profile: str = "child-survey", **how: Any) -> ek.Released:
    return ek.release(ek.proportion(survey(), y, by=by), profile=profile, **how)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((215_962, 179_843, 256_539, 1_819_679), ("about 220,000", "180,000 to 260,000")),
        ((3_580_485, 3_043_351, 4_035_759, 13_200_000), ("about 3,600,000", "3,000,000 to 4,100,000")),
        ((47_686, 40_172, 55_612, 294_000), ("about 48,000", "40,000 to 56,000")),
        ((775_526, 581_437, 1_018_510, 16_680_781), ("about 800,000", "500,000 to 1,100,000")),
    ],
)
def test_published_numbers_of_children(numbers: tuple[float, float, float, float], said: tuple[str, str]) -> None:
    claim = told(*numbers)
    assert (claim.kind, claim.direction) == ("headcount", "about")
    assert (claim.numbers[0].text, claim.numbers[1].text) == said
    assert claim.numbers[0].unit == "people"
    assert f"{said[0][1:]} children" in claim.text
    assert f"(95% interval: {said[1]})" in claim.text
    assert f" of {numbers[3]:,} (a number taken as known; {DATED['source']})." in claim.text


@pytest.mark.outside
@pytest.mark.skipif(not TABLE.is_file(), reason="the published table is not here; EVIDENCEKIT_REFERENCE names the folder beside its own")
def test_the_twelve_published_countries() -> None:
    """From shares and populations as printed: limits differ from the published ones by the rounding of the shares, 0.05 points."""
    with TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    for row in rows:
        size = float(row["population_12_17"])
        p, low, high = (float(row[f"prev_all_{x}"]) / 100 for x in ("pct", "lo", "hi"))
        claim = headcount(published(p, low, high), words=WORDS, population={"here": size}, **DATED)
        number = claim.numbers[0]
        printed = [float(row[x]) for x in ("n_affected", "n_lo", "n_hi")]
        for ours, theirs in zip((number.value, number.low, number.high), printed, strict=True):
            assert ours == pytest.approx(theirs, abs=0.00051 * size)
        said = mentions(number.text)[0].low
        assert printed[1] <= said <= printed[2]
        assert abs(said - printed[0]) <= (printed[2] - printed[1]) / 8 + 0.0006 * size, (
            "a quarter of the half-width, and the shares' own rounding"
        )


numbers_of_people = st.tuples(st.floats(0.02, 0.97), st.floats(0.002, 0.9), st.floats(0.002, 0.9), st.integers(5_000, 90_000_000))


def made(drawn: tuple[float, float, float, int]) -> tuple[float, float, float]:
    p, down, up, size = drawn
    return p * size, p * (1 - down) * size, (p + (1 - p) * up) * size


def moved(value: float, low: float, high: float) -> float:
    """The most that rounding may move a number: a quarter of the half-width, or half of its third digit, or half a person."""
    return max((high - low) / 8, 0.005 * 10 ** np.floor(np.log10(value) + 1e-12), 0.5) + 1e-6 * value


@settings(max_examples=150)
@given(numbers_of_people)
def test_rounding_keeps_the_number_inside_and_the_interval_covered(drawn: tuple[float, float, float, int]) -> None:
    value, low, high = made(drawn)
    claim = told(value, low, high, drawn[3])
    if claim.direction == "more than":
        assert mentions(claim.text)[0].low < low + 1e-6
        return
    about, least, most = rounded_total(*(getattr(claim.numbers[0], x) for x in ("value", "low", "high")))
    assert least is not None
    assert most is not None
    assert claim.numbers[0].text == f"about {about:,}"
    assert least <= about <= most
    bite = 0.01 * (high - low) / 2 + 1e-6 * value  # what a limit may lose by the nearest step
    assert least <= low + bite
    assert most >= high - bite
    assert abs(about - value) <= moved(value, low, high)


@settings(max_examples=150)
@given(st.lists(numbers_of_people, min_size=2, max_size=4))
def test_order_is_reversed_only_where_nobody_could_tell(drawn: list[tuple[float, float, float, int]]) -> None:
    """Of two steps only where they differ by less than half the larger one."""
    found = sorted(made(one) for one in drawn)
    for (a, a_low, a_high), (b, b_low, b_high) in pairwise(found):
        first, second = rounded_total(a, a_low, a_high)[0], rounded_total(b, b_low, b_high)[0]
        assert first <= second or b - a <= max(moved(a, a_low, a_high), moved(b, b_low, b_high))


@settings(max_examples=150)
@given(st.integers(10_000, 99_000), st.integers(0, 999), st.integers(50, 5_000))
def test_order_is_never_reversed_where_numbers_are_as_certain(value: int, more: int, half: int) -> None:
    """Numbers of as many digits with limits as far away have one step."""
    first, second = (rounded_total(x, x - half, x + half)[0] for x in (value, value + more))
    assert first <= second


def test_a_draft_is_held_to_it() -> None:
    claim = told(215_962, 179_843, 256_539, 1_819_679)
    register = Register((claim.entry(),))

    def verdicts(text: str) -> list[str]:
        return [one.verdict for one in ek.check_text(text, register, on=DAY).found]

    for number in ("About 220,000", "220 thousand", "0.22 million", "Two hundred and twenty thousand", "Between 180,000 and 260,000"):
        assert verdicts(f"{number} children were asked for an image in the past 12 months.") == ["right"], number
    for number in ("About 250,000", "More than 220,000", "As many as 220,000", "215,962", "Up to 200,000"):
        assert verdicts(f"{number} children were asked for an image in the past 12 months.") == ["reworded"], number
    assert verdicts("500,000 children were asked for an image in the past 12 months.") == ["unknown"]
    assert verdicts("About 220,000 boys were asked for an image.") == ["reworded"]
    assert ek.check_text(" ".join((claim.text, *claim.details)), register, on=DAY).ok


def test_the_population_is_not_taken_for_those_concerned() -> None:
    register = Register((told(215_962, 179_843, 256_539, 1_819_679).entry(),))
    report = ek.check_text("1,819,679 children were asked for an image.", register, on=DAY)
    assert [one.verdict for one in report.found] == ["reworded"]
    assert "of all those" in report.found[0].why
    assert ek.check_text("About 1 in 8 of 1,819,679 children were asked for an image.", register, on=DAY).ok


def test_a_population_that_is_not_certain_makes_the_interval_wider() -> None:
    safe, size = share(by=None), 720_000
    known = headcount(safe, words=WORDS, population=size, **DATED)
    unsure = headcount(safe, words=WORDS, population=size, population_se=60_000, **DATED)
    p, v = float(safe.estimate.points[0]), float(safe.estimate.covariance.variances[0])
    assert known.support["se"] == pytest.approx(size * v**0.5)
    assert unsure.support["se"] ** 2 == pytest.approx(size**2 * v + p**2 * 60_000**2 + v * 60_000**2)
    assert unsure.numbers[0].value == pytest.approx(known.numbers[0].value)
    assert unsure.numbers[0].low < known.numbers[0].low  # type: ignore[operator]
    assert unsure.numbers[0].high > known.numbers[0].high  # type: ignore[operator]
    both = ek.headcount(ek.proportion(survey(), "y"), coverage=1, population=(size, 60_000)).estimate.interval
    assert (unsure.numbers[0].low, unsure.numbers[0].high) == pytest.approx((both.low[0], both.high[0])), "one library, one interval"
    assert "(standard error 60,000; " in unsure.text
    assert "taken as known" not in unsure.text
    tiny = headcount(safe, words=WORDS, population=size, population_se=1e-6, **DATED).numbers[0]
    assert (tiny.low, tiny.high) == pytest.approx((known.numbers[0].low, known.numbers[0].high))


@pytest.mark.slow
def test_coverage_where_the_population_is_not_certain() -> None:
    """1,500 samples of 60 units, each with its own estimate of the population: limits hold the true number as often as they say."""
    rng, size, p, se = np.random.default_rng(11), 800_000, 0.12, 48_000
    hits = {"told": 0, "rounded": 0, "share alone": 0}
    tries = 1500
    for _ in range(tries):
        psu = np.arange(900) % 60
        chance = rng.beta(p * 40, (1 - p) * 40, 60)[psu]
        frame = pd.DataFrame({"y": (rng.random(900) < chance).astype(int), "psu": psu, "w": 1000.0})
        safe = ek.release(ek.proportion(ek.Survey(frame, weights="w", psu="psu", population="children"), "y"))
        guess = float(rng.normal(size, se))
        claim = headcount(safe, words=WORDS, population=guess, population_se=se, **DATED)
        number = claim.numbers[0]
        _, least, most = rounded_total(number.value, number.low, number.high)
        low, high = (guess * float(x[0]) for x in (safe.estimate.interval.low, safe.estimate.interval.high))
        hits["told"] += number.low <= size * p <= number.high  # type: ignore[operator]
        hits["rounded"] += least <= size * p <= most  # type: ignore[operator]
        hits["share alone"] += low <= size * p <= high
    found = {name: count / tries for name, count in hits.items()}
    assert 0.935 <= found["told"] <= 0.97, found
    assert found["told"] - 0.005 <= found["rounded"], found
    assert found["share alone"] < found["told"] - 0.01, found


def test_nobody_is_fewer_than_the_upper_limit_and_everybody_more_than_the_lower_one() -> None:
    none = headcount(share("none", by=None, profile="open"), words=WORDS, population=720_000, **DATED)
    every = headcount(share("all", by=None, profile="open"), words=WORDS, population=720_000, **DATED)
    for claim, way, text in ((none, "fewer than", "Nobody who answered"), (every, "more than", "Everybody who answered")):
        number = claim.numbers[0]
        said = mentions(claim.text)[0].low
        assert claim.direction == way
        assert number.text.startswith(way)
        assert said > number.high if way == "fewer than" else said < number.low  # type: ignore[operator]
        assert claim.details[0].startswith(text)
        assert ek.check_text(claim.text, Register((claim.entry(),)), on=DAY).ok
        assert "about" not in claim.text.lower()


def test_a_total_stands_beside_its_share() -> None:
    for size in ("weights", 500_000):
        total = ek.release(ek.total(survey(), "y", by="g", population_total=size))
        claim = headcount(total, {"g": "a"}, words=GROUPS, share=share(), source="census of 2024")
        at = list(total.estimate.cells.columns["g"]).index("a")
        assert claim.numbers[0].value == total.estimate.points[at]
        assert "girls were asked" in claim.text
        assert "about 1 in 5 (weights add up to the population; census of 2024)" in claim.text
        assert any("weights were" in note for note in claim.caveats)
        assert {"about 1 in 5", "20%", "21%"} & {one.text for one in claim.numbers}
        assert ek.check_text(claim.text, Register((claim.entry(),)), on=DAY).ok


def test_missing_answers_of_a_total_are_told() -> None:
    less = survey(missing=30)
    total = ek.release(ek.total(less, "y", population_total="weights"))
    claim = headcount(total, words=WORDS, share=ek.release(ek.proportion(less, "y")), **DATED)
    assert any("30 answers are missing, and counted as zero" in note for note in claim.caveats)


def test_totals_that_are_not_numbers_of_people_are_refused() -> None:
    def total(y: str, **how: Any) -> ek.Released:
        return ek.release(ek.total(survey(), y, **how), profile="open")

    one = share(by=None)
    with pytest.raises(Refused, match="add up to the population"):
        headcount(total("y"), words=WORDS, share=one, **DATED)
    with pytest.raises(InputError, match="does not stand alone"):
        headcount(total("y", population_total="weights"), words=WORDS, **DATED)
    with pytest.raises(InputError, match="already"):
        headcount(total("y", population_total="weights"), words=WORDS, population=720_000, share=one, **DATED)
    with pytest.raises(InputError, match="year"):
        headcount(total("y", population_total="weights"), words=WORDS, share=one)
    fives = ek.release(ek.proportion(survey(), "five", category=5.0), profile="open")
    for size in ("weights", 720_000):
        with pytest.raises(InputError, match="not the number of people"):
            headcount(total("five", population_total=size), words=WORDS, share=fives, **DATED)
    with pytest.raises(InputError, match="not of the column"):
        headcount(total("hours", population_total="weights"), words=WORDS, share=one, **DATED)
    with pytest.raises(InputError, match="not of the column"):
        headcount(total("y", population_total="weights", where=nw.col("g") == "a", where_label="girls"), words=WORDS, share=one, **DATED)
    with pytest.raises(Refused, match="no interval"):
        headcount(total("none", population_total="weights"), words=WORDS, share=share("none", by=None, profile="open"), **DATED)


def test_a_group_needs_its_own_population() -> None:
    safe = share()
    claim = headcount(safe, {"g": "a"}, words=GROUPS, population={"a": 360_000, "b": 370_000}, **DATED)
    assert " of 360,000 " in claim.text
    assert "girls were asked" in claim.text
    for wrong, match in (
        (720_000, "everybody's"),
        ({"b": 1}, "does not name"),
        ({SECRET: 5}, "does not name"),
        ({"a": 97}, "smaller than"),
    ):
        with pytest.raises(InputError, match=match) as caught:
            headcount(safe, {"g": "a"}, words=GROUPS, population=wrong, **DATED)  # type: ignore[arg-type]
        assert SECRET not in str(caught.value)
        assert "97" not in str(caught.value)
    with pytest.raises(InputError, match="the table has none"):
        headcount(share(by=None), words=WORDS, population={"a": 360_000}, **DATED)
    with pytest.raises(InputError, match="Choose one with cell="):
        headcount(safe, words=GROUPS, population={"a": 360_000}, **DATED)
    with pytest.raises(InputError, match="fewer people"):
        headcount(published(0.1, 0.08, 0.12, n=100, cases=60), words=WORDS, population={"here": 400}, **DATED)


@pytest.mark.parametrize("wrong", [0, -5, 0.4, float("nan"), float("inf"), True, "many", (700_000, 5)])
def test_what_is_no_population_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="population="):
        headcount(share(by=None), words=WORDS, population=wrong, **DATED)


@pytest.mark.parametrize("wrong", [-1, 720_000, float("nan"), float("inf"), True, "large", (5, 5)])
def test_what_is_no_standard_error_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="population_se="):
        headcount(share(by=None), words=WORDS, population=720_000, population_se=wrong, **DATED)


@pytest.mark.parametrize("source", ["", "the census", "census of 2024, 12% missing", 2024, None, "office 12024"])
def test_a_population_has_a_dated_source(source: Any) -> None:
    with pytest.raises(InputError, match="source="):
        headcount(share(by=None), words=WORDS, population=720_000, source=source)


def test_nothing_is_said_that_may_not_be() -> None:
    how: dict[str, Any] = {"words": WORDS, "population": 720_000, **DATED}
    with pytest.raises(InputError, match="release"):
        headcount(ek.proportion(survey(), "y"), **how)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="takes shares"):
        headcount(ek.release(ek.mean(survey(), "hours"), profile="open"), **how)
    with pytest.raises(InputError, match="told in words"):
        headcount(share(by=None), **{**how, "words": None})  # type: ignore[arg-type]
    with pytest.raises(Refused, match="protected"):
        headcount(share("none", by=None), **how)
    with pytest.raises(InputError, match="no name"):
        headcount(ek.release(ek.proportion(survey(), "y", where=nw.col("g") == "a")), **how)
    with pytest.raises(InputError, match="multiplied up"):
        headcount(share(by=None), words=WORDS, **DATED)
    with pytest.raises(Refused, match="no interval"):
        headcount(published(0.1, np.nan, np.nan), words=WORDS, population={"here": 720_000}, **DATED)


@pytest.mark.parametrize(
    "inference", ["network", "quota", "random-walk", "self-selected", "self-selected-adjusted", "administrative", "model"]
)
def test_nobody_is_multiplied_up_who_was_not_drawn(inference: str) -> None:
    with pytest.raises(Refused, match="speak for a population"):
        headcount(published(0.1, 0.08, 0.12, inference=inference), words=WORDS, population={"here": 720_000}, **DATED)


def test_a_venue_sample_says_whom_it_speaks_for() -> None:
    claim = headcount(published(0.1, 0.08, 0.12, inference="venue"), words=WORDS, population={"here": 720_000}, **DATED)
    assert any("venues" in note for note in claim.caveats)


def test_a_protection_is_not_undone() -> None:
    rules = replace(ek.disclosure.profile("child-survey"), name="rounds", method=Method(kind="round", base=5))
    rounded = ek.release(ek.proportion(survey(), "y", by="g"), profile=rules)
    with pytest.raises(Refused, match="rounded counts"):
        headcount(rounded, {"g": "a"}, words=GROUPS, population={"a": 360_000}, **DATED)
    only = ek.disclosure.Publication(title="counts", universe="round 1", shows=["n", "cases"])
    with pytest.raises(Refused, match="audited to be shown without"):
        headcount(share(ledger=ek.Ledger(), publication=only), {"g": "a"}, words=GROUPS, population={"a": 360_000}, **DATED)


def test_of_a_published_table_it_is_made_of_what_readers_see() -> None:
    how = ek.disclosure.Publication(title="by sex", universe="round 1")
    safe = share(ledger=ek.Ledger(), publication=how)
    claim = headcount(safe, {"g": "a"}, words=GROUPS, population={"a": 360_000}, **DATED)
    shown = safe.published().set_index("g").loc["a"]
    number = claim.numbers[0]
    assert (number.value, number.low, number.high) == pytest.approx(
        tuple(3600 * shown[x] for x in ("percent", "percent_low", "percent_high"))
    )
    assert "se" not in claim.support, "its digits would tell more"


def test_a_finding_of_a_total_points_here_and_carries_it() -> None:
    total = ek.release(ek.total(survey(), "y", population_total="weights"))
    with pytest.raises(InputError, match=r"headcount\(") as caught:
        ek.finding(total)
    assert "claims=" in str(caught.value)
    claim = headcount(share(by=None), words=WORDS, population=720_000, **DATED)
    find = ek.finding(share(by=None), words=WORDS, claims=[claim])
    assert claim.text in repr(find)
    assert json.loads(find.to_json())["claims"][0]["kind"] == "headcount"


@pytest.mark.parametrize("se", [None, 30_000])
def test_a_brief_shows_it_and_its_numbers_can_be_traced(tmp_path: Path, se: float | None) -> None:
    words = Words(did="knew where to report", people="children aged 12-17", topic="help-seeking")
    claim = headcount(share(by=None), words=words, population=720_000, population_se=se, **DATED)
    find = ek.finding(share(by=None), words=words, claims=[claim], id="lumora-01")
    page = ek.brief([find], tmp_path / "brief.html", title="Online", content_note="About children online.", help="Helpline: day and night.")
    record = json.loads(page.record.read_text(encoding="utf-8"))
    assert claim.text in " ".join(record["said"][0])
    register = Register.from_json(json.dumps(record["register"]))
    entry = register.entry(claim.id)
    traced = {m.key for text in entry.allowed for m in mentions(text)}
    assert {m.key for text in (claim.text, *claim.details) for m in mentions(text)} <= traced
    held = {m.key for one in entry.numbers for m in mentions(one.text)}
    assert {m.key for m in mentions(claim.text) if m.kind not in ("word",)} <= held, "each number of the sentence has its bounds"
    assert ek.check_text(" ".join((claim.text, *claim.details)), register, on=DAY).ok
