"""The forms: adults only, consent first, a way out of every question, and no number of the finding in the wrong place."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.findings.recall import Forms, forms
from evidencekit.findings.recall.nearest import nearest
from evidencekit.instrument.expressions import parse
from evidencekit.instrument.items import walk

CONTACT, HELP = "the trainer", "Helpline of Lumora (invented): 000, day and night."
STAFF = {"page", "number"}


def labels(item: ek.Item) -> list[str]:
    return [item.label] if isinstance(item.label, str) else list(item.label.values())


@pytest.fixture(scope="module")
def kit(find: ek.Finding) -> Forms:
    return forms(find, seed=1, contact=CONTACT, help=HELP)


def test_nobody_is_asked_who_is_not_grown_up_or_does_not_agree(kit: Forms) -> None:
    for form in (kit.reading, kit.follow_up):
        assert form.item("agrees").relevant == "${adult} = 'yes'"
        before = [item.name for item in form.questions if item.asked and not form.groups_of(item.name)]
        assert before == ["number", "adult", "agrees"]
        assert all(group.relevant == "${agrees} = 'yes'" for group, _ in walk(form.items) if isinstance(group, ek.instrument.Group))


def test_every_question_has_a_way_out(kit: Forms) -> None:
    for form in (kit.reading, kit.follow_up):
        for item in form.questions:
            assert not item.required
            if item.kind == "select_one" and item.name not in STAFF:
                assert ek.Missing.REFUSED in item.missing.values()
            if item.kind == "text" and item.name not in STAFF:
                assert "leave this blank" in item.other["hint"]
                assert item.role == "free-text"
    for name in ("remembers", "nearest", "asked_of_somebody", "seen_since"):
        assert "98" in (kit.follow_up.item(name).choices or pytest.fail("no choices")).codes


def test_forms_pass_the_lint_and_come_back_from_their_files(kit: Forms, tmp_path: Path) -> None:
    for form, path in zip((kit.reading, kit.follow_up), kit.save(tmp_path), strict=True):
        lint = ek.instrument.lint(form)
        # "I do not remember" is an answer here, and not a missing one.
        assert {one.rule for one in lint.findings} <= {"unmarked-missing"}
        assert ek.Instrument.from_xlsform(path) == form
        for part, _ in walk(form.items):
            if part.relevant:
                parse(part.relevant)


def test_no_number_is_shown_before_it_is_asked_for(kit: Forms) -> None:
    fractions = re.compile(r"\d+ in \d+|%|per ?cent\b")
    assert not any(fractions.search(text) for item in kit.reading.questions for text in labels(item))
    asked = [item.name for item in kit.follow_up.questions]
    assert asked.index("number_said") < asked.index("nearest")
    early = [item for item in kit.follow_up.questions if asked.index(item.name) < asked.index("nearest")]
    assert not any(fractions.search(text) for item in early for text in labels(item))


def test_what_is_right_stands_in_neither_form(kit: Forms, find: ek.Finding) -> None:
    low, high = (float(x[0]) for x in (find.released.estimate.interval.low, find.released.estimate.interval.high))
    shares = [int(x) / int(y.replace(",", "")) for x, _, y in (text.split() for text in kit.options)]
    assert [low <= share <= high for share in shares].count(True) == 1
    assert low <= shares[int(kit.inside) - 1] <= high
    assert kit.inside not in repr(kit).split()
    orders = {forms(find, seed=seed, contact=CONTACT, help=HELP).inside for seed in range(20)}
    assert orders == {"1", "2", "3"}
    assert forms(find, seed=1, contact=CONTACT, help=HELP).follow_up == kit.follow_up


@given(st.floats(0.002, 0.998), st.floats(0.02, 0.6), st.integers(0, 99))
def test_one_option_is_inside_and_two_are_clearly_outside(
    any_find: Callable[[float, float, float], ek.Finding], p: float, wide: float, seed: int
) -> None:
    odds = p / (1 - p)
    low, high = odds * (1 - wide), odds / (1 - wide)
    low, high = low / (1 + low), high / (1 + high)
    try:
        made = nearest(any_find(p, low, high), seed=seed)
    except InputError:
        assert p < 0.01 or p > 0.99  # nothing that can be said is beyond an end
        return
    assert len(set(made.options)) == 3
    for k, text in enumerate(made.options):
        x, _, y = text.replace(",", "").split()
        share = int(x) / int(y)
        assert (low <= share <= high) == (k == made.inside)


WRONG = {
    "contact=": {"contact": " "},
    "help=": {"help": ""},
    "holds a number": {"about": "the 1 in 8 girls"},
    "seed=": {"seed": -1},
}


@pytest.mark.parametrize("words", WRONG)
def test_what_makes_no_form_is_refused(words: str, find: ek.Finding) -> None:
    how = {"seed": 1, "contact": CONTACT, "help": HELP, **WRONG[words]}
    with pytest.raises(InputError, match=words):
        forms(find, **how)  # type: ignore[arg-type]


def test_a_finding_without_words_or_interval_is_refused(find: ek.Finding, any_find: Callable[[float, float, float], ek.Finding]) -> None:
    from dataclasses import replace

    bare = replace(find, words=None)
    with pytest.raises(InputError, match="about="):
        forms(bare, seed=1, contact=CONTACT, help=HELP)
    made = forms(bare, seed=1, contact=CONTACT, help=HELP, about="how many were")
    assert "how many were" in labels(made.follow_up.item("remembers"))[0]
    with pytest.raises(InputError, match="no interval"):
        forms(any_find(0.1, float("nan"), float("nan")), seed=1, contact=CONTACT, help=HELP)
    with pytest.raises(InputError, match="nobody or everybody"):
        forms(any_find(0.0, 0.0, 0.01), seed=1, contact=CONTACT, help=HELP)
    with pytest.raises(InputError, match="A Finding is needed"):
        forms("find", seed=1, contact=CONTACT, help=HELP)  # type: ignore[arg-type]
