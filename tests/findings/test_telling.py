"""Words, basis, action, checks, reconcile: what people fill in, and what is held against it."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.findings import Basis, Words, breaks, reconcile
from evidencekit.findings.basis import ASPECTS, NEEDED

FULL = Basis(harm="asked for an image", recall="past 12 months", age="12-17", denominator="internet users", mode="home", frame="areas")


@pytest.fixture(scope="module")
def safe() -> ek.Released:
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    return ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))


def test_a_sentence_is_told_in_words(safe: ek.Released) -> None:
    words = Words(did="were sent unwanted messages", groups={"sex": {"girl": "girls aged 12-17"}}, recall="in the past 12 months")
    find = ek.finding(safe, cell={"sex": "girl"}, words=words, basis=Basis(place="Lumora", time="2026"))
    assert find.headline() == "About 1 in 5 girls aged 12-17 were sent unwanted messages in the past 12 months (Lumora, 2026)."
    other = ek.finding(safe, cell={"sex": "boy"}, words=words)
    assert "(Sex of the child: boy)" in other.headline(), "a group without words of its own keeps its label"


@pytest.mark.parametrize(
    "slot",
    [
        "one in eight of 100 girls",
        "12% of girls",
        "were 3 times as likely",
        "faced an epidemic of abuse",
        "acted provocatively",
        "1 in 5 were asked",
    ],
)
def test_numbers_and_loaded_words_are_refused(slot: str) -> None:
    with pytest.raises(InputError):
        Words(did=slot)


@pytest.mark.parametrize(
    "slot", ["girls aged 12-17", "children under 18", "people aged 18 to 24", "pupils in 2026", "children of 15 years", "12-17 year olds"]
)
def test_ages_and_years_may_stand(slot: str) -> None:
    assert Words(did="were asked", people=slot, recall="in the past 12 months").people == slot


def test_words_are_copied_and_never_changed() -> None:
    groups = {"sex": {"girl": "girls"}}
    words = Words(did="were asked", groups=groups)
    groups["sex"]["girl"] = "boys"
    assert copy.deepcopy(words) == words
    assert words.groups["sex"]["girl"] == "girls"


def test_a_change_needs_what_makes_rounds_alike() -> None:
    assert breaks(FULL, FULL) == ()
    for name in NEEDED:
        blank = Basis(**{n: getattr(FULL, n) for n in ASPECTS if n != name})
        assert len(breaks(blank, blank)) == 1
        assert len(breaks(FULL, blank)) == 1


@given(st.lists(st.sampled_from(["", "a", "A", "b"]), min_size=18, max_size=18))
def test_breaks_are_symmetric_and_complete(values: list[str]) -> None:
    one, other = (Basis(**dict(zip(ASPECTS, part, strict=True))) for part in (values[:9], values[9:]))
    assert len(breaks(one, other)) == len(breaks(other, one))
    told = reconcile(one, other)
    assert {r.aspect for r in told.reasons} | set(told.alike) | set(told.unknown) == set(ASPECTS)
    assert {r.aspect for r in told.reasons} == {r.aspect for r in reconcile(other, one).reasons}


def test_two_numbers_are_reconciled(safe: ek.Released) -> None:
    longer = Basis(harm="asked for an image", recall="lifetime", age="12-17", denominator="internet users", mode="home", frame="areas")
    told = reconcile(FULL, longer)
    assert [r.aspect for r in told.reasons] == ["recall"]
    assert "no smaller" in repr(told)
    girl = ek.finding(safe, cell={"sex": "girl"}, basis=FULL)
    assert "could differ" in reconcile(girl, girl).sampling
    with pytest.raises(InputError, match="no basis"):
        reconcile(girl, ek.finding(safe, cell={"sex": "boy"}))
    with pytest.raises(InputError):
        reconcile(FULL, 0.12)  # type: ignore[arg-type]


def test_rules_are_kept_or_say_what_to_do(safe: ek.Released) -> None:
    bare = ek.finding(safe, cell={"sex": "girl"})
    assert {"M4", "A1", "A5"} <= {c.rule for c in bare.check().open}
    act = ek.Action(
        actor="the regulator",
        act="require a reporting button",
        deadline="2027-06",
        marker="share who know it",
        indicator="OWN2",
        evidence="low",
        threshold="under one in twenty",
    )
    words = Words(did="were sent unwanted messages", groups={"sex": {"girl": "girls aged 12-17"}}, recall="in the past 12 months")
    told = ek.finding(safe, cell={"sex": "girl"}, words=words, action=act, counterpart=bare)
    assert told.check().open == ()
    assert "Nothing keeps" in repr(told.check())


@pytest.mark.parametrize(
    ("part", "value", "rule"),
    [
        ("actor", "everybody", "A1"),
        ("act", "be made aware of the risk", "A2"),
        ("act", "messages are removed by providers", "A2"),
        ("deadline", "as soon as possible", "A5"),
        ("act", "publish the names of children who were harmed", "A7"),
        ("act", "confront those who offend", "A7"),
    ],
)
def test_an_action_nobody_can_be_held_to_is_named(safe: ek.Released, part: str, value: str, rule: str) -> None:
    parts = {"actor": "the regulator", "act": "require a button", "deadline": "2027", "marker": "share who know it", part: value}
    find = ek.finding(safe, cell={"sex": "girl"}, action=ek.Action(**parts))  # type: ignore[arg-type]
    assert rule in {c.rule for c in find.check().open}


def test_wrong_parts_are_named(safe: ek.Released) -> None:
    for name in ("words", "basis", "action", "counterpart"):
        with pytest.raises(InputError, match=f"{name}="):
            ek.finding(safe, cell={"sex": "girl"}, **{name: "text"})  # type: ignore[arg-type]
    for name in ("two words", " lumora", 5):
        with pytest.raises(InputError, match="one word"):
            ek.finding(safe, cell={"sex": "girl"}, id=name)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        ek.Action(actor="a", act="b", deadline="c", marker="d", evidence="certain")  # type: ignore[arg-type]


def test_its_entry_holds_its_own_words(safe: ek.Released) -> None:
    find = ek.finding(safe, cell={"sex": "girl"})
    entry = find.entry(expires="2027-01-31")
    register = ek.findings.Register([entry])
    for text in entry.allowed:
        assert ek.check_text(f"{text}", register, on="2026-12-01").ok, text
    assert not ek.check_text(find.headline(), register, on="2027-02-01").ok
    assert not ek.check_text(find.headline().replace("About 1 in 5", "More than 1 in 5"), register, on="2026-12-01").ok
