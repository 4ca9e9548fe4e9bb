"""Kinds of missing proposed from labels: the phrases of several languages, and answers that only hold the word."""

from __future__ import annotations

import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.instrument import propose_missing, with_missing
from evidencekit.instrument.missing_words import kinds_in

DK, REFUSED, UNSTATED = ek.Missing.DONT_KNOW, ek.Missing.REFUSED, ek.Missing.UNSTATED


@pytest.mark.parametrize(
    "label",
    [
        "Don't know", "Don\u2019t Know", "DON'T KNOW", "I do not know", "Do not know (do not read out)", "98. Don't know",
        "-999 = Don't know",
        "<b>Don't know</b>", "DK", "Not sure", "Dont know", "Don't  know.", "Cannot remember", "Don't know / not sure",
        "Ne sait pas", "Je ne sais pas", "NSP", "No sabe", "No sé", "No lo sé", "Não sei", "Não sabe",
        "មិនដឹង", "ខ្ញុំមិនដឹងទេ", "ไม่ทราบ", "ไม่แน่ใจ", "Không biết", "Tôi không biết", "Hindi ko alam", "Hindi alam", "Tidak tahu",
        "Saya tidak tahu", "Tak pasti",
    ],
)  # fmt: skip
def test_dont_know(label: str) -> None:
    assert kinds_in(label) == {DK}


@pytest.mark.parametrize(
    "label",
    [
        "Refused", "Refuse", "Refused to answer", "REFUSAL", "Prefer not to say", "I prefer not to answer", "I'd rather not say",
        "Would rather not say", "I do not want to answer", "Declined to answer", "Prefer not to say [volunteered]",
        "Refus", "Refuse de répondre", "Je préfère ne pas répondre", "Préfère ne pas répondre", "Je ne souhaite pas répondre",
        "Prefiero no responder", "Prefiero no decirlo", "Se niega a responder", "Prefiro não responder", "Recusou-se a responder",
        "បដិសេធមិនឆ្លើយ", "មិនចង់ឆ្លើយ", "ไม่ต้องการตอบ", "ปฏิเสธที่จะตอบ", "ไม่ขอตอบ", "Từ chối trả lời", "Không muốn trả lời",
        "Tumangging sumagot", "Ayaw sumagot", "Menolak menjawab", "Tidak mau menjawab", "Enggan menjawab",
    ],
)  # fmt: skip
def test_refused(label: str) -> None:
    assert kinds_in(label) == {REFUSED}


@pytest.mark.parametrize(
    "label",
    [
        "The hospital refused", "Husband refused", "Refused by the hospital",
        "Refused entry at school", "I do not know the person",
        "Did not know where to go",
        "I did not know whom to tell", "They refused to answer my message", "Someone I don't know", "Person not known to the child", "No",
        "Unknown",
        "Not sure it was serious", "I refused and blocked them", "Know", "", "   ", "()", "A stranger / someone I do not know",
        "Unsure places",
        "Le centre a refusé de m'aider", "No sabía a quién decirlo", "Não sabia onde ir", "Không biết nói với ai", "ไม่รู้จักคนนั้น",
        "Tidak tahu harus ke mana", "Hindi ko alam kung saan pupunta", "I or a friend", "No / nothing", "Menolak ajakan", "មិនដឹងទៅណា",
    ],
)  # fmt: skip
def test_answers_that_hold_the_word(label: str) -> None:
    assert kinds_in(label) == frozenset()


@pytest.mark.parametrize(
    ("label", "kinds"),
    [
        ("Don't know / refused", {DK, REFUSED}), ("Don't know or prefer not to say", {DK, REFUSED}), ("DK/RF", {DK, REFUSED}),
        ("Don't know, refused", {DK, REFUSED}), ("NS/NR", {DK, UNSTATED}), ("No sabe / no responde", {DK, UNSTATED}),
        ("Ne sait pas / refus", {DK, REFUSED}), ("Không biết / từ chối trả lời", {DK, REFUSED}), ("ไม่ทราบ/ไม่ตอบ", {DK, UNSTATED}),
        ("Tidak tahu / menolak menjawab", {DK, REFUSED}), ("Don't know (refused)", {DK, REFUSED}), ("No answer", {UNSTATED}),
    ],
)  # fmt: skip
def test_joint_labels(label: str, kinds: set[ek.Missing]) -> None:
    assert kinds_in(label) == kinds


def form_with(**lists: dict[object, object]) -> ek.Instrument:
    items = [ek.Item(f"q_{name}", "select_one", "?", ek.Choices(name, options)) for name, options in lists.items()]  # pyright: ignore
    return ek.Instrument("form", [ek.instrument.Group("g", items)])


def test_a_proposal_names_lists_codes_and_joint_codes_and_is_not_applied() -> None:
    form = form_with(
        told={1: "Yes", 0: "No", -999: "Don't know", -888: "Refused"},
        why={1: "The hospital refused", 2: "Other", 99: "Don't know / refused"},
        sex={1: "Girl", 2: "Boy"},
        two={9: {"en": "Prefer not to say", "km": "មិនដឹង"}},
    )
    proposal = propose_missing(form)
    assert proposal == {"told": {"-999": DK, "-888": REFUSED}, "why": {"99": UNSTATED}, "two": {"9": UNSTATED}}
    assert proposal.joint == {"why": ("99",), "two": ("9",)}
    assert "99 unstated (joint)" in repr(proposal)
    assert not any(item.missing for item in form.questions), "the form is as it was"
    made = with_missing(form, proposal)
    assert made.item("q_told").missing == {"-999": DK, "-888": REFUSED}
    assert made.item("q_sex") == form.item("q_sex")
    assert propose_missing(made) == {}, "what has a kind is not proposed again"
    assert [item.name for item in made.questions] == [item.name for item in form.questions]


def test_own_kinds_are_taken_instead() -> None:
    form = form_with(told={1: "Yes", 9: "?"})
    assert with_missing(form, {"told": {9: REFUSED}}).item("q_told").missing == {"9": REFUSED}  # pyright: ignore


@pytest.mark.parametrize(
    ("proposal", "said"),
    [({"nowhere": {"1": DK}}, "not in the form"), ({"told": {"7": DK}}, "not in the list"), ({"told": {"1": "dk"}}, "kind of missing"),
     (7, "by list"), ({"told": 7}, "by list")],
)  # fmt: skip
def test_proposals_that_do_not_fit(proposal: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        with_missing(form_with(told={1: "Yes"}), proposal)  # pyright: ignore


def test_only_forms() -> None:
    for verb in (propose_missing, lambda form: with_missing(form, {})):
        with pytest.raises(InputError, match="takes an Instrument"):
            verb("form")  # pyright: ignore
