"""The lint, rule by rule: a form that breaks it, and one that nearly does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import sixty_items as forms

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.instrument import Group, Lint, LintFinding, Option, lint
from evidencekit.instrument.linting import RULES
from evidencekit.instrument.linting.looking import look
from evidencekit.instrument.xlsform import Remark

DK, REFUSED = ek.Missing.DONT_KNOW, ek.Missing.REFUSED
YES_NO = ek.Choices("yes_no", {1: "Yes", 0: "No", 98: "I do not know", 99: "I prefer not to say"}, missing={98: DK, 99: REFUSED})
AGREED = ek.Choices("agreed", {1: "Yes", 0: "No"})
CONSENT = ek.Item("consent", "select_one", "Do you agree?", AGREED, required=True, role="consent")
PRIVATE = ek.Item("alone", "select_one", "Are we alone?", AGREED, role="privacy")
DISTRESS = ek.Item("upset", "select_one", "Was the respondent upset?", AGREED, role="distress")
REFERRAL = ek.Item("help", "select_one", "Would you like help?", AGREED, role="referral")


def found(form: ek.Instrument, rule: str) -> list[LintFinding]:
    return [finding for finding in lint(form) if finding.rule == rule]


def whole(*items: Any, first: Sequence[Any] = (CONSENT,), last: Sequence[Any] = (), **more: Any) -> ek.Instrument:
    """A form that asks for consent, and then these items."""
    return ek.Instrument("form", [*first, Group("rest", items, relevant="${consent} = 1"), *last], **more)


def q(name: str, kind: Any = "select_one", label: Any = "Question?", choices: ek.Choices | None = YES_NO, **more: Any) -> ek.Item:
    chosen = choices if kind in ("select_one", "select_multiple", "rank") else None
    return ek.Item(name, kind, label, chosen, **{"purpose": "lesson", **more})


NONE = ek.Choices("l", [Option("1", "A"), Option("0", "None of these", exclusive=True)])
SENSITIVE = q("harm", required=True, role="sensitive")
N = "integer"
LIMITS = ". >= 0 and . <= 30"
TWO = ("English (en)", "French (fr)")

CASES: list[tuple[str, str, ek.Instrument, ek.Instrument]] = [
    # rule, what it is about, a form that breaks it, one that does not
    ("consent-first", "", ek.Instrument("f", [q("a")]), ek.Instrument("f", [ek.Item("n", "note", "Hello"), ek.Item("start", "metadata")])),
    ("consent-first", "c_assent", ek.Instrument("f", [q("c_assent")]), whole(q("a"))),
    ("consent-first", "age", whole(q("a"), first=[q("age"), CONSENT]), whole(q("a"), first=[q("area", role="design"), PRIVATE, CONSENT])),
    ("consent-closes", "b", whole(q("a"), last=[q("b")]), whole(q("a"), last=[q("b", relevant="${c} = 1"), ek.Item("c", "calculate",
     calculation="${consent}"), REFERRAL, ek.Item("n", "note", "Bye")])),
    ("way-out", "harm", whole(q("harm", choices=AGREED, required=True, role="sensitive")), whole(SENSITIVE)),
    ("way-out", "harm", whole(q("harm", N, required=True, role="sensitive", missing={98: DK})),
     whole(q("harm", choices=AGREED, role="sensitive"))),
    ("way-out", "harm", whole(q("harm", choices=AGREED, role="sensitive", other={"required": "${consent} = 1"})), whole(SENSITIVE)),
    ("privacy-check", "", whole(SENSITIVE), whole(q("a"))),
    ("privacy-check", "harm", whole(SENSITIVE, PRIVATE), whole(PRIVATE, SENSITIVE)),
    ("distress", "", whole(SENSITIVE), whole(SENSITIVE, DISTRESS)),
    ("referral", "", whole(SENSITIVE), whole(SENSITIVE, REFERRAL)),
    ("direct-identifier", "deviceid", whole(ek.Item("deviceid", "metadata")), whole(ek.Item("start", "metadata"))),
    ("direct-identifier", "d", whole(ek.Item("d", "metadata", other={"type": "phonenumber"})), whole(ek.Item("today", "metadata"))),
    ("direct-identifier", "who", whole(q("who", "text", role="direct-identifier")), whole(q("who", "text", role="free-text"))),
    ("direct-identifier", "gps", whole(q("gps", "place")), whole(q("area", role="design"))),
    ("direct-identifier", "full_name", whole(q("full_name", "text")), whole(q("school_name", "text"))),
    ("direct-identifier", "a", whole(q("a", "text", {"fr": "Quel est votre nom ?"})),
     whole(q("a", "text", {"fr": "Quel est le nombre ?"}))),
    ("direct-identifier", "a", whole(q("a", N, "What is your phone number?")), whole(q("a", N, "Hours on the phone?"))),
    ("date-of-birth", "dob", whole(q("dob", "date")), whole(q("visit", "date"))),
    ("date-of-birth", "a", whole(q("a", "date", {"es": "Fecha de nacimiento"})), whole(q("born", N, "Year of birth"))),
    ("free-text-role", "a", whole(q("a", "text")), whole(q("a", "text", role="free-text"))),
    ("no-purpose", "a", whole(q("a", purpose="")), whole(q("a"), DISTRESS, ek.Item("n", "note", "Hello"))),
    ("free-text-role", "a", whole(q("a", "text"), q("b", "text")), whole(q("a", "text", role="free-text"))),
    ("no-purpose", "a", whole(q("a", purpose=""), q("b", purpose="")), whole(q("a"))),
    ("no-roles", "", ek.Instrument("f", [q("a")]), ek.Instrument("f", [q("a", role="sensitive")])),
    ("unreadable-expression", "a", whole(q("a", relevant="${consent} = = 1")), whole(q("a", relevant="${consent} = 1"))),
    ("unreadable-expression", "a", whole(q("a", N, constraint="(. > 1")), whole(q("a", N, constraint="(. > 1)"))),
    ("unknown-function", "a", whole(q("a", relevant="selectd(${consent}, '1')")), whole(q("a", relevant="pulldata('x', 'y', 'z', 1) = 1"))),
    ("wrong-arguments", "a", whole(q("a", relevant="selected(${consent})")), whole(q("a", relevant="selected(${consent}, '1')"))),
    ("unknown-reference", "a", whole(q("a", relevant="${nowhere} = 1")), whole(q("a", relevant="${consent} = 1"))),
    ("unknown-reference", "a", whole(q("a", relevant="consent = 1")), whole(q("a", other={"choice_filter": "region = ${consent}"}))),
    ("unknown-reference", "a", whole(q("a", label="Hello ${nowhere}")), whole(q("a", label="You said ${consent}"))),
    ("unknown-reference", "b", whole(q("a"), q("b", relevant="${a_other} = ''")),
     whole(q("a", other={"type": "select_one yes_no or_other"}), q("b", relevant="${a_other} = ''"))),
    ("unknown-reference", "l", whole(q("a", choices=ek.Choices("l", {1: "As ${nowhere}"}))),
     whole(q("a", choices=ek.Choices("l", {1: "As ${consent}"})))),
    ("impossible-constraint", "a", whole(q("a", N, constraint=". > 12 and . < 10")), whole(q("a", N, constraint=". > 12 or . < 10"))),
    ("impossible-constraint", "a", whole(q("a", N, constraint=". > 12 and . < 13")),
     whole(q("a", "decimal", constraint=". > 12 and . < 13"))),
    ("impossible-constraint", "a", whole(q("a", "decimal", constraint=". > 12 and 12 >= .")),
     whole(q("a", N, constraint="(. > 12 and . < 10) or . = 7"))),
    ("impossible-constraint", "a", whole(q("a", N, constraint=". >= 18 and . <= 17")), whole(q("a", N, constraint=". >= 17 and . <= 17"))),
    ("twin-labels", "l", whole(q("a", choices=ek.Choices("l", {1: "A friend", 2: "a  friend"}))),
     whole(q("a", choices=ek.Choices("l", [Option("1", "A", other={"r": "1"}), Option("2", "A", other={"r": "2"})]),
             other={"choice_filter": "r = 1"}))),
    ("twin-labels", "l", whole(q("a", choices=ek.Choices("l", {1: {"en": "A", "fr": "B"}, 2: {"en": "C", "fr": "B"}}))),
     whole(q("a", choices=ek.Choices("l", {1: {"en": "A", "fr": "B"}, 2: {"en": "B", "fr": "A"}})))),
    ("unmarked-none", "l", whole(q("a", "select_multiple", choices=ek.Choices("l", {1: "A", 2: "None of these."}))),
     whole(q("a", choices=ek.Choices("l", {1: "A", 2: "None of these"})))),
    ("unmarked-none", "l", whole(q("a", "select_multiple", choices=ek.Choices("l", {1: {"fr": "A"}, 2: {"fr": "Aucun de ces lieux"}}))),
     whole(q("a", "select_multiple", choices=ek.Choices("l", {1: "A", 2: "None of my friends knows"})))),
    ("unheld-exclusive", "a", whole(q("a", "select_multiple", choices=NONE)),
     whole(q("a", "select_multiple", choices=NONE, constraint="not(selected(., '0')) or count-selected(.) = 1"))),
    ("unheld-exclusive", "a", whole(q("a", "select_multiple", choices=NONE, constraint="count-selected(.) < 3")),
     whole(q("a", "select_multiple", choices=NONE, constraint="count-selected(.) = 1"))),
    ("later-reference", "a", whole(q("a", relevant="${b} = 1"), q("b")), whole(q("b"), q("a", relevant="${b} = 1"))),
    ("later-reference", "g", whole(Group("g", [q("b")], relevant="${b} = 1")),
     whole(ek.Item("a", "calculate", calculation="${b}"), q("b"))),
    ("circular", "a", whole(q("a", relevant="${b} = 1"), q("b", relevant="${a} = 1")), whole(q("a"), q("b", relevant="${a} = 1"))),
    ("circular", "a", whole(q("a", relevant="${a} = 1")), whole(q("a", N, constraint="${a} > 1"))),
    ("circular", "s", whole(ek.Item("s", "calculate", calculation="${s} + 1")), whole(ek.Item("s", "calculate", calculation="${t} + 1"))),
    ("circular", "b", whole(Group("g", [q("b")], relevant="${b} = 1")), whole(q("a"), Group("g", [q("b")], relevant="${a} = 1"))),
    ("code-not-in-list", "b", whole(q("a"), q("b", relevant="${a} = 'yes'")), whole(q("a"), q("b", relevant="${a} = '1' or ${a} = 98.0"))),
    ("code-not-in-list", "b", whole(q("a"), q("b", relevant="selected(${a}, '2')")), whole(q("a"), q("b", relevant="${a} = ''"))),
    ("code-not-in-list", "a", whole(q("a", "select_multiple", constraint="not(selected(., '7'))")),
     whole(q("a", "select_multiple", constraint="not(selected(., '98') and count-selected(.) > 1)"))),
    ("code-not-in-list", "b", whole(q("a"), q("b", relevant="${a} = 'other'")),
     whole(q("a", other={"type": "select_one yes_no or_other"}), q("b", relevant="${a} = 'other'"))),
    ("missing-code-in-range", "a", whole(q("a", N, constraint=". >= 12 and . <= 24", missing={18: DK})),
     whole(q("a", N, constraint=". >= 12 and . <= 24", missing={98: DK}))),
    ("opens-without-answer", "b", whole(q("a"), q("b", relevant="${a} != 0")), whole(q("a"), q("b", relevant="${a} = 1"))),
    ("opens-without-answer", "b", whole(q("a"), q("b", relevant="not(selected(${a}, '0'))")), whole(q("a"), q("b", relevant="${a} = 98"))),
    ("opens-without-answer", "b", whole(q("a", N, missing={98: REFUSED}), q("b", relevant="${a} >= 15")),
     whole(q("a", N, missing={98: REFUSED}), q("b", relevant="${a} >= 15 and ${a} <= 17"))),
    ("opens-without-answer", "b", whole(q("a"), q("b", relevant="${a} != 98")),
     whole(q("a"), q("c"), q("b", relevant="${a} = 1 or ${c} = 1"))),
    ("opens-without-answer", "b", whole(q("a"), q("c"), q("b", relevant="${c} = 1 and ${a} != 1")),
     whole(q("a"), q("c"), q("b", relevant="${c} = 1 and ${a} != 1 and ${a} != '' and ${a} != 98 and ${a} != 99"))),
    ("opens-without-answer", "b", whole(q("a"), q("b", relevant="${a} != 1 and pulldata('a', 'b', 'c', ${a}) = 1")),
     whole(q("a"), q("b", relevant="${a} != 99 and pulldata('a', 'b', 'c', ${a}) = 1"))),
    ("no-list", "a", whole(q("a", choices=None)), whole(q("a", choices=None, other={"type": "select_one_from_file towns.csv"}))),
    ("unknown-type", "a", whole(ek.Item("a", "other", other={"type": "speech"})), whole(ek.Item("a", "other", other={"type": "hidden"}))),
    ("duplicate-code", "l", whole(q("a", choices=ek.Choices("l", [Option("1", "A"), Option("1", "B")]))),
     whole(q("a", choices=ek.Choices("l", [Option("1", "A", other={"r": "1"}), Option("1", "B", other={"r": "2"})]),
             other={"choice_filter": "r = 1"}))),
    ("joint-missing", "l", whole(q("a", choices=ek.Choices("l", {1: "A", 9: "Don't know / refused"}))),
     whole(q("a", choices=ek.Choices("l", {1: "A", 8: "Don't know", 9: "Refused"})))),
    ("joint-missing", "l", whole(q("a", choices=ek.Choices("l", [Option("9", "x", DK), Option("9", "y", REFUSED)]))), whole(q("a"))),
    ("unmarked-missing", "l", whole(q("a", choices=ek.Choices("l", {1: "A", 8: "Don't know"}))), whole(q("a"))),
    ("duplicate-name", "a", whole(q("a"), Group("g", [q("A")])), whole(q("a"), Group("g", [q("b")]))),
    ("unusable-name", "2nd answer", whole(q("2nd answer")), whole(q("second_answer"))),
    ("missing-translation", "a", whole(q("a", label={"English (en)": "A?"}), languages=TWO),
     whole(q("a", label={"English (en)": "A?", "French (fr)": "A ?"}), languages=TWO)),
    ("missing-translation", "a", whole(q("a", label={"English (en)": "A?", "French (fr)": "A ?"}, other={"hint::French (fr)": "Ah"}),
     languages=TWO), whole(q("a", label={"English (en)": "A?", "French (fr)": "A ?"}, other={"hint::French (fr)": "Ah",
                                                                                            "hint::English (en)": "Oh"}), languages=TWO)),
    ("missing-translation", "l", whole(q("a", choices=ek.Choices("l", {1: {"English (en)": "A"}})), languages=TWO),
     whole(q("a", label="A?", choices=ek.Choices("l", {1: "A"})))),
    ("no-label", "a", whole(q("a", label="")), whole(q("a", label="", other={"media::image": "a.jpg"}))),
    ("no-label", "l", whole(q("a", choices=ek.Choices("l", {1: "A", 2: ""}))),
     whole(q("a", choices=ek.Choices("l", [Option("1", other={"media::image": "a.jpg"})])))),
    ("placeholder", "n", whole(ek.Item("n", "note", "[REPLACE: a helpline]")),
     whole(ek.Item("n", "note", "Replace [the helpline] by yours"))),
    ("placeholder", "a", whole(q("a", label={"en": "A?", "fr": "[REMPLACER]"})), whole(q("a", label={"en": "A?", "fr": "À remplacer ?"}))),
    ("placeholder", "a", whole(q("a", other={"hint": "TODO"})), whole(q("a", other={"hint": "Todo a la vez"}))),
    ("placeholder", "l", whole(q("a", choices=ek.Choices("l", {1: "A", 2: "TBD"}))), whole(q("a"))),
    ("code-with-space", "l", whole(q("a", "select_multiple", choices=ek.Choices("l", {"at home": "A"}))),
     whole(q("a", choices=ek.Choices("l", {"at home": "A"})))),
    ("no-limits", "a", whole(q("a", N)), whole(q("a", N, constraint=LIMITS))),
    ("no-limits", "a", whole(q("a", "decimal")), whole(q("a", "decimal", other={"type": "range", "parameters": "start=0 end=9 step=1"}))),
    ("disabled-row", "a", whole(q("b"), remarks=[Remark("disabled-row", "a", "A row was not read.")]), whole(q("b"))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "item", "broken", "kept"), CASES, ids=[f"{case[0]}-{k}" for k, case in enumerate(CASES)])
def test_a_rule(rule: str, item: str, broken: ek.Instrument, kept: ek.Instrument) -> None:
    findings = [finding for finding in found(broken, rule) if finding.item == item]
    assert findings, f"{rule} says nothing of {item!r}"
    assert all(finding.what.endswith(".") and finding.remedy for finding in findings)
    assert not [finding for finding in found(kept, rule) if rule != "missing-translation" or finding.item == item]


def test_every_rule_has_a_case_and_says_why() -> None:
    spoken = {case[0] for case in CASES}
    for rule in RULES:
        assert rule.__doc__
        assert len(rule.__doc__) > 40
        assert any(list(rule(look(case[2]))) for case in CASES), rule.__name__
    broken = {finding.rule for case in CASES for finding in lint(case[2])}
    assert broken <= spoken, "no rule is without a case of its own"


def test_nothing_is_found_in_a_form_that_keeps_every_rule() -> None:
    found = lint(forms.sixty())
    assert tuple(found) == ()
    assert repr(found) == "Lint: 0 errors, 0 warnings"


def test_the_whole_form_loses_its_protection_one_by_one() -> None:
    form = forms.sixty()
    without = replace(form, items=[part for part in form.items if part.name != "consent"])
    assert {finding.rule for finding in lint(without).errors} >= {"consent-first", "unknown-reference"}
    without = replace(form, items=[part for part in form.items if part.name != "alone"])
    assert "privacy-check" in {finding.rule for finding in lint(without).errors}


def test_what_no_item_has_is_said_once() -> None:
    form = whole(*(q(f"a{k}", "text", purpose="") for k in range(9)))
    assert [finding.what for finding in found(form, "no-purpose")] == ["None of 9 items says what it is for."]
    assert [finding.what for finding in found(form, "free-text-role")] == ["None of the 9 items that take any text has a role."]


def test_severities_and_frame() -> None:
    made = lint(whole(q("a", "text"), q("b", relevant="${nowhere} = 1")))
    assert len(made) == len(made.errors) + len(made.warnings) == len(list(made))
    assert made[0] in made.errors
    assert {finding.rule for finding in made.errors} == {"unknown-reference"}
    frame = made.to_frame()
    assert list(frame.columns) == ["rule", "severity", "item", "what", "remedy"]
    assert len(frame) == len(made)
    assert len(Lint().to_frame()) == 0


def test_the_repr_is_one_screen_however_much_is_found() -> None:
    many = [LintFinding(f"rule-{k}", "warning", f"item-{k}", "x" * 300, "y") for k in range(90)]
    text = repr(Lint(tuple(many)))
    assert len(text.splitlines()) <= 20
    assert max(map(len, text.splitlines())) <= 140
    assert "and 72 more rules" in text


def test_many_answers_to_try_fall_back_to_what_stands_there() -> None:
    large = ek.Choices("large", {k: f"Place {k}" for k in range(300)})
    form = whole(q("a", choices=large), q("b", choices=large), q("c"), q("d", relevant="${a} = 1 and ${b} = 2 and ${c} != 1"))
    assert [finding.item for finding in found(form, "opens-without-answer")] == ["d"]


def test_a_form_in_a_long_line_of_conditions() -> None:
    items = [q("q0"), *(q(f"q{k}", relevant=f"${{q{k - 1}}} = 1") for k in range(1, 1500))]
    assert not found(whole(*items), "circular")


def test_only_forms() -> None:
    with pytest.raises(InputError, match="takes an Instrument"):
        lint("form")  # pyright: ignore
