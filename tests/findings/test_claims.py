"""Claims: no direction without support, order never reversed, rounds blocked where they are not alike."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError, Refused
from evidencekit.findings import Basis, Words, changed, compare, ranked, trending
from evidencekit.findings.claims.ranks import ordinal
from evidencekit.findings.register.mentions import mentions

WORDS = Words(did="were asked", people="children", groups={"g": {"a": "girls", "b": "boys"}})
COUNTRIES = tuple(
    "Cambodia,Ethiopia,Indonesia,Kenya,Malaysia,Mozambique,Namibia,Philippines,Tanzania,Thailand,Uganda,Vietnam".split(",")  # noqa: SIM905
)
P = (11.9, 4.6, 6.1, 14.5, 9.6, 14.5, 16.2, 27.1, 5.2, 15.6, 11.1, 4.9)
LOW = (9.9, 3.5, 4.6, 12.4, 7.6, 12.3, 13.6, 23.1, 4.0, 13.0, 9.1, 3.6)
HIGH = (14.1, 6.1, 7.9, 16.8, 12.0, 17.0, 18.9, 30.6, 6.7, 18.2, 13.3, 6.5)


def table(cases: tuple[int, ...], n: int = 400, seed: int = 0) -> ek.Released:
    """A released table of one share for groups a, b, ... with these many cases of n."""
    rows = [(chr(97 + k), int(i < c)) for k, c in enumerate(cases) for i in range(n)]
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rows, columns=["g", "y"]).assign(w=lambda f: rng.uniform(1, 2, len(f)))
    frame["psu"] = rng.permutation(len(frame)) % 60
    return ek.release(ek.proportion(ek.Survey(frame, weights="w", psu="psu", population="children"), "y", by="g"))


@lru_cache
def round_of(year: int, share: float, seed: int) -> ek.Released:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"y": (rng.random(2000) < share).astype(int), "psu": np.arange(2000) % 80, "w": rng.uniform(1, 2, 2000)})
    return ek.release(ek.proportion(ek.Survey(frame, weights="w", psu="psu", population="children"), "y"))


def basis(time: str, **other: str) -> Basis:
    return Basis(**{"harm": "asked", "age": "12-17", "mode": "home", "frame": "areas", "time": time, **other})


@settings(max_examples=40)
@given(st.integers(20, 380), st.integers(20, 380), st.integers(0, 5))
def test_order_is_never_reversed_and_no_direction_is_said_without_support(a: int, b: int, seed: int) -> None:
    safe = table((a, b), seed=seed)
    claim = compare(safe, [({"g": "a"}, {"g": "b"})], words=WORDS, margin=0.05)[0]
    p, gap = safe.estimate.points, ek.difference(safe.estimate, 0, 1)
    low, high = gap.interval.low[0], gap.interval.high[0]
    assert (claim.direction == "higher") == (low > 0)
    assert (claim.direction == "lower") == (high < 0)
    if claim.direction == "similar":
        assert -0.05 < low <= high < 0.05 or abs(p[0] - p[1]) < 0.05
    if claim.direction == "unclear":
        assert "we cannot tell" in claim.text.lower()
        assert not any(word in claim.text for word in ("larger share of girls than", "smaller share of girls than"))
    first, second = (q.value for q in claim.numbers[:2])
    assert (first, second) == (p[0], p[1])
    said = [m.key for m in mentions(claim.text) if m.kind != "word"]
    assert len(said) == 2
    other = compare(safe, [({"g": "b"}, {"g": "a"})], words=WORDS, margin=0.05)[0]
    assert {claim.direction, other.direction} in ({"higher", "lower"}, {"similar"}, {"unclear"})


@pytest.mark.parametrize(("cases", "way"), [((200, 40), "higher"), ((40, 200), "lower"), ((100, 102), "unclear")])
def test_both_shares_stand_out_of_one_number(cases: tuple[int, int], way: str) -> None:
    claim = compare(table(cases), [({"g": "a"}, {"g": "b"})], words=WORDS, times=True)[0]
    assert claim.direction == way
    assert claim.supported == (way != "unclear")
    assert claim.text.count(" in 100") == 2 or claim.text.count(" in 10") == 2
    assert any("times" in line for line in claim.details) == (way != "unclear"), "a ratio stands only beside a difference"
    assert "exploratory" in claim.caveats[0]
    assert ek.check_text(claim.text, ek.findings.Register([claim.entry()]), on="2026-11-01").ok


def test_many_pairs_are_held_to_more() -> None:
    safe = table((100, 128, 100, 100, 100, 100))
    alone = compare(safe, [(1, 0)], words=WORDS)[0]
    many = compare(safe, [(1, 0), (2, 3), (2, 4), (2, 5), (3, 4), (3, 5), (4, 5)], words=WORDS)[0]
    assert many.support["p adjusted"] == pytest.approx(7 * alone.support["p adjusted"])
    assert (alone.direction, many.direction) == ("higher", "unclear")


def test_similar_is_earned_by_a_margin() -> None:
    safe = table((800, 804), n=4000)
    assert compare(safe, [(0, 1)], words=WORDS)[0].direction == "unclear"
    assert compare(safe, [(0, 1)], words=WORDS, margin=0.03)[0].direction == "similar"


def test_published_countries_are_ranked_as_far_as_they_can_be() -> None:
    frame = pd.DataFrame({"country": COUNTRIES, "estimate": np.array(P) / 100, "low": np.array(LOW) / 100, "high": np.array(HIGH) / 100})
    est = ek.combining.reported(frame, by="country", level=0.95, inference="probability", source="a published table")
    safe = ek.release(est, profile="open")
    said = {c: ranked(safe, {"country": c}, words=WORDS, among="countries", plan="p") for c in ("Philippines", "Vietnam", "Namibia")}
    assert said["Philippines"].direction == "first"
    assert "the highest share of all 12 countries" in said["Philippines"].text
    assert said["Vietnam"].direction == "among the last", "that it is the lowest is not known"
    assert "among the 4 lowest of 12 countries" in said["Vietnam"].text
    assert "between the 2nd and the 7th highest of 12 countries" in said["Namibia"].text


def test_rounds_that_differ_are_blocked_and_say_no_number() -> None:
    rounds = [round_of(2020, 0.1, 1), round_of(2023, 0.2, 2)]
    told = changed(rounds, [basis("2020"), basis("2023")], words=WORDS)
    assert told.direction == "higher"
    assert "in 2023 than in 2020" in told.text
    for other in (basis("2023", mode="web"), basis("2023", age="13-17"), basis("2023", recall="lifetime"), basis("2023", frame="")):
        held = changed(rounds, [basis("2020"), other], words=WORDS)
        assert held.direction == "blocked"
        assert not held.numbers
        assert held.support["breaks"]
    assert changed(rounds, [basis("2020", frame=""), basis("2023", frame="")], words=WORDS).direction == "blocked", (
        "not stated is not alike"
    )


def test_a_trend_needs_three_rounds_and_a_line() -> None:
    years = [2017.0, 2020.0, 2023.0, 2026.0]
    bases = [basis(f"{year:.0f}") for year in years]
    rising = [round_of(int(y), 0.1 + 0.03 * k, 10 + k) for k, y in enumerate(years)]
    told = trending(rising, bases, words=WORDS, years=years, plan="p")
    assert told.direction == "rising"
    assert "rose over 4 rounds" in told.text
    assert "percentage point" in told.details[0]
    back = trending(rising[::-1], bases, words=WORDS, years=years)
    assert back.direction == "falling"
    assert "by -0.9 percentage points a year" in back.details[0]
    for wrong in (years[::-1], years[:3], [2017, 2017, 2023, 2026], None):
        with pytest.raises(InputError, match="years="):
            trending(rising, bases, words=WORDS, years=wrong)  # type: ignore[arg-type]
    flat = [round_of(int(y), 0.15, 20 + k) for k, y in enumerate(years)]
    assert trending(flat, bases, words=WORDS, years=years).direction == "unclear"
    turning = [round_of(int(y), share, 30 + k) for k, (y, share) in enumerate(zip(years, (0.1, 0.2, 0.3, 0.1), strict=True))]
    assert trending(turning, bases, words=WORDS, years=years).direction not in ("rising", "falling")
    with pytest.raises(InputError, match="three rounds"):
        trending(rising[:2], bases[:2], words=WORDS, years=years[:2])
    blocked = trending(rising, [*bases[:3], basis("2026", mode="web")], words=WORDS, years=years)
    assert blocked.direction == "blocked"


def test_what_cannot_be_claimed_is_refused() -> None:
    safe = table((100, 120))
    with pytest.raises(InputError, match="release"):
        compare(safe.estimate, [(0, 1)], words=WORDS)  # type: ignore[arg-type]
    for pairs in ([], "ab", [(0,)], [0, 1], [(0, 0)]):
        with pytest.raises(InputError):
            compare(safe, pairs, words=WORDS)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="words"):
        compare(safe, [(0, 1)], words="told")  # type: ignore[arg-type]
    with pytest.raises(Refused, match="protected"):
        compare(table((3, 120)), [(0, 1)], words=WORDS)
    with pytest.raises(InputError, match="three groups"):
        ranked(safe, 0, words=WORDS, among="groups")
    three = table((100, 120, 110))
    for among in ("", None, "12 provinces"):
        with pytest.raises(InputError, match="among="):
            ranked(three, 0, words=WORDS, among=among)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="plan="):
        compare(safe, [(0, 1)], words=WORDS, plan=None)  # type: ignore[arg-type]
    poll = pd.DataFrame({"y": [1, 0] * 200, "g": ["a"] * 200 + ["b"] * 200})
    shares = ek.proportion(ek.Survey(poll, design=ek.survey.NoDesign(inference="self-selected"), population="children"), "y", by="g")
    with pytest.raises(Refused, match="drawn"):
        compare(ek.release(shares, profile="open"), [(0, 1)], words=WORDS)
    same = round_of(2020, 0.1, 1)
    with pytest.raises(Refused, match="same survey"):
        changed([same, same], [basis("2020"), basis("2023")], words=WORDS)
    with pytest.raises(InputError, match="time"):
        changed([same, round_of(2023, 0.2, 2)], [basis("2020"), replace(basis("2020"))], words=WORDS)


def test_doubts_about_its_numbers_stand_beside_a_claim() -> None:
    """Once only findings had them."""
    why = "few sampling units"
    unsure = replace(table((60, 300), n=600), status=("uncertain", "shown"), reason=(why, ""))
    assert why in compare(unsure, [(0, 1)], words=WORDS, plan="p")[0].caveats
    three = replace(table((60, 300, 100), n=600), reason=(why, "", ""))
    assert why in ranked(three, 0, words=WORDS, among="groups").caveats
    rounds = [replace(round_of(2020, 0.1, 1), reason=(why,)), round_of(2023, 0.2, 2)]
    assert why in changed(rounds, [basis("2020"), basis("2023")], words=WORDS).caveats


def test_no_cell_is_chosen_in_silence() -> None:
    """Once the first cell of a table was taken where none was named."""
    two = [table((100, 120)), table((140, 120), seed=3)]
    with pytest.raises(InputError, match="cell="):
        changed(two, [basis("2020"), basis("2023")], words=WORDS)


def test_no_rise_is_said_of_what_is_unclear() -> None:
    """Once the slope of an unclear trend was called "the rise"."""
    years = [2017.0, 2020.0, 2023.0]
    told = trending([round_of(1, 0.15, 40 + k) for k in range(3)], [basis(f"{y:.0f}") for y in years], words=WORDS, years=years)
    assert told.direction == "unclear"
    assert not any(word in " ".join((told.text, *told.details)) for word in ("rise ", "rose", "fell", "rising", "falling"))


def test_a_blocked_claim_has_no_entry() -> None:
    held = changed([round_of(2020, 0.1, 1), round_of(2023, 0.2, 2)], [basis("2020"), basis("2023", mode="web")], words=WORDS)
    with pytest.raises(Refused, match="blocked"):
        held.entry()


def test_ordinals() -> None:
    assert [ordinal(k) for k in (1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
        "22nd",
        "101st",
        "111th",
    ]
