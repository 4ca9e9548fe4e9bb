"""What is said of two shares tells them apart where they differ, and what is open in a checklist is said once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.findings import Basis, Words, changed, compare
from evidencekit.findings.claims.cells import said_together
from evidencekit.findings.phrases import percent

WORDS = Words(did="were asked", people="children", groups={"g": {"a": "girls", "b": "boys"}})
BASES = [Basis(harm="asked", age="12-17", mode="at home", frame="areas", time=year) for year in ("2023", "2026")]


def table(shares: tuple[float, ...], n: int = 6000, seed: int = 1) -> ek.Released:
    """A released table with groups a, b, ... of n people each."""
    rng = np.random.default_rng(seed)
    frame = pd.concat(
        pd.DataFrame({"g": chr(97 + k), "y": rng.permutation((np.arange(n) < round(p * n)).astype(int)), "psu": np.arange(n) // 10})
        for k, p in enumerate(shares)
    )
    survey = ek.Survey(frame.assign(w=1.0), weights="w", psu="psu", population="children")
    return ek.release(ek.proportion(survey, "y", by="g" if len(shares) > 1 else None))


@pytest.mark.parametrize(("margin", "direction"), [(None, "unclear"), (0.15, "similar")])
def test_shares_that_differ_are_never_said_alike(margin: float | None, direction: str) -> None:
    """19% and 21% were both "about 2 in 10"."""
    claim = compare(table((0.19, 0.21), n=800), [(0, 1)], words=WORDS, margin=margin)[0]
    assert claim.direction == direction
    assert "about 19 in 100, and about 21 in 100" in claim.text
    change = changed([table((0.19,), n=800), table((0.21,), n=900, seed=2)], BASES, words=WORDS, margin=margin)
    assert change.direction == direction
    assert "about 19 in 100 in 2023 and about 21 in 100 in 2026" in change.text


def test_a_supported_difference_is_told_apart() -> None:
    claim = compare(table((0.19, 0.21), n=12_000), [(0, 1)], words=WORDS)[0]
    assert claim.direction == "lower"
    assert "about 19 in 100, and about 21 in 100" in claim.text


@given(st.floats(0.15, 0.85), st.floats(-0.05, 0.05))
@settings(max_examples=60, deadline=None)
def test_any_two_shares_with_other_percentages_get_other_words(p: float, gap: float) -> None:
    q = p + gap
    safe = table((p, q), n=400)
    points, low, high = safe.estimate.points, safe.estimate.interval.low, safe.estimate.interval.high
    texts, _ = said_together([(safe, 0), (safe, 1)], distinct=False)
    shown = {percent(float(points[k]), float(high[k] - low[k]) / 2) for k in (0, 1)}
    assert len(set(texts)) >= len(shown)


def test_a_change_called_similar_says_its_margin() -> None:
    rounds = [table((0.5,)), table((0.5,), n=6200, seed=2)]
    claim = changed(rounds, BASES, words=WORDS, margin=0.05)
    assert claim.direction == "similar"
    assert claim.details[-1] == "They differ by less than 5 percentage points, the largest difference taken not to matter."
    assert len(changed(rounds, BASES, words=WORDS).details) == 1


def test_place_and_time_at_the_end_of_a_headline_are_not_counted_as_words() -> None:
    words = Words(did=" ".join(["asked"] * 12), people="girls aged 12-17")  # "About 1 in 5 girls aged 12-17" and 12 more: 19
    find = ek.finding(table((0.2,)), words=words, basis=Basis(place="Northern Lumora", time="March to May 2026"))
    assert len(find.headline().split()) > 20
    assert "M3" not in [one.rule for one in find.check().open]
    assert "M3" in [one.rule for one in replace(find, words=replace(words, did=" ".join(["asked"] * 14))).check().open]


def test_what_no_action_leaves_open_is_one_line() -> None:
    checks = ek.finding(table((0.2,)), words=WORDS).check()
    assert [one.rule for one in checks.open if one.rule.startswith("A")] == ["A1", "A2", "A3", "A4", "A5", "A6"]
    shown = repr(checks)
    assert shown.count("ek.Action(") == 1
    assert "A1 to A6" in shown


@pytest.mark.parametrize(
    ("grade", "said"),
    [
        ("high", "This works (evidence of high certainty)"),
        ("moderate", "This probably works (evidence of moderate certainty)"),
        ("low", "This may work (evidence of low certainty)"),
        ("very low", "It is not known whether this works: the evidence is very uncertain"),
        ("not graded", "Measure of progress: share of pupils who know it"),
    ],
)
def test_an_action_is_said_in_whole_sentences(grade: str, said: str) -> None:
    act = ek.Action(actor="schools", act="teach it", deadline="2027", marker="share of pupils who know it", evidence=grade)  # type: ignore[arg-type]
    assert act.line.startswith("schools: teach it, by 2027. Measure of progress: share of pupils who know it")
    assert act.line.endswith(said)
