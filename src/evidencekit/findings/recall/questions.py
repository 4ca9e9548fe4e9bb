"""The questions of a recall test: worded neutrally, each with a way out, none about the reader's own life."""

from __future__ import annotations

from collections.abc import Mapping

from evidencekit.findings.recall.nearest import Nearest
from evidencekit.instrument import Choices, Group, Item
from evidencekit.missingness import Missing

__all__ = ["ADULT", "AGREED", "follow_up_items", "reading_items"]

ADULT, AGREED = "adult", "agrees"
_GONE, _REFUSED = "98", "99"  # "I do not remember", "I would rather not say"
_MISSING = {_REFUSED: Missing.REFUSED}
_OUT = {_GONE: "I do not remember", _REFUSED: "I would rather not say"}


def _choices(name: str, options: Mapping[str, str], *, remembers: bool = False) -> Choices:
    """A list that ends with a way out; what is not remembered is an answer of a test of memory, and a refusal is missing."""
    out = _OUT if remembers else {_REFUSED: _OUT[_REFUSED]}
    return Choices(name, {**options, **out}, missing=_MISSING)


def _ask(name: str, label: str, choices: Choices, purpose: str, relevant: str = "") -> Item:
    return Item(name, "select_one", label, choices=choices, relevant=relevant, purpose=purpose)


def _write(name: str, label: str, purpose: str, relevant: str) -> Item:
    """An open question; it may be left blank, and says so."""
    hint = {"hint": "You may leave this blank. Please write no names."}
    return Item(name, "text", label, relevant=relevant, role="free-text", purpose=purpose, other=hint)


def _before(days: str, contact: str) -> list[Item]:
    """Who it is by a number, whether they are grown up, whether they agree; in this order, and nothing else before."""
    yes_no = _choices("yes_no", {"yes": "Yes", "no": "No"})
    closed = [f"${{{name}}} = '{code}'" for name in (ADULT, AGREED) for code in ("no", _REFUSED)]
    about = (
        "We are trying out a page of information. It tests the page and not you: there are no good or bad answers about you. "
        f"{days} You can skip any question and stop at any time, and nobody outside the test is told what you answered. "
        f"Questions: {contact}"
    )
    return [
        Item("started", "metadata", other={"type": "start"}, role="design"),
        Item("number", "text", "Number on the card of the participant", role="design", purpose="to put both sittings together"),
        Item("about", "note", about),
        Item(ADULT, "select_one", "Are you 18 years old or older?", choices=yes_no, role="consent", purpose="adults only"),
        Item(AGREED, "select_one", "Would you like to take part?", choices=yes_no, relevant=f"${{{ADULT}}} = 'yes'", role="consent"),
        Item("ends_here", "note", "Thank you. There are no questions for you.", relevant=" or ".join(closed)),
    ]


def _after(help: str) -> Item:
    return Item("where_help_is", "note", f"Thank you. If the page made you think of something you would like to talk about: {help}")


def _asked(name: str, items: list[Item]) -> Group:
    """What only those are asked who are grown up and agreed."""
    return Group(name, items, relevant=f"${{{AGREED}}} = 'yes'")


def reading_items(days: str, contact: str, help: str) -> list[Item | Group]:
    """The first sitting: a page is handed out and read."""
    who = {"staff": "Staff of an organisation", "professional": "Other professional", "caregiver": "Parent or caregiver"}
    read = {"all": "Yes, all of it", "part": "Part of it", "no": "No"}
    items = [
        Item(
            "page",
            "select_one",
            "For staff: letter at the foot of the page that was handed out",
            choices=Choices("pages", {"A": "A", "B": "B"}),
            role="design",
            purpose="whether the page was the one assigned",
        ),
        _ask("group", "Which of these describes you best?", _choices("groups", {**who, "other": "None of these"}), "who took part"),
        Item("read_now", "note", "Please read the page you were given. Take the time you need, then hand it back."),
        _ask("has_read", "Have you read the page?", _choices("has_read", read), "whether the page was read"),
    ]
    return [*_before(f"You read a page now, and we ask you a few questions {days}.", contact), _asked("reading", items), _after(help)]


def follow_up_items(about: str, near: Nearest, contact: str, help: str) -> list[Item | Group]:
    """The second sitting: the number first, before anything that could bring it back."""
    fractions = {str(k): text for k, text in enumerate(near.options, start=1)}
    knows = "${remembers} = 'yes'"
    acts = "${asked_of_somebody} = 'yes'"
    remembered = _choices("remembered", {"yes": "Yes, or roughly"}, remembers=True)
    items = [
        _ask("remembers", f"The page gave a number: {about}. Do you remember the number?", remembered, "recall of the number"),
        _write("number_said", "Which number was it? Write it in your own way: a share, a percentage, so many in so many.", "recall", knows),
        _ask(
            "certain",
            "How certain are you of that number?",
            _choices("certain", {"very": "Very certain", "fairly": "Fairly certain", "not": "Not certain"}),
            "certainty of the recall",
            knows,
        ),
        _ask(
            "nearest",
            f"Whatever you answered before: which of these is nearest to what the page said of {about}?",
            _choices("nearest", fractions, remembers=True),
            "recall of the size",
        ),
        _ask(
            "asked_of_somebody",
            "Did the page say what should be done?",
            _choices("asked_of_somebody", {"yes": "Yes", "no": "No, nothing"}, remembers=True),
            "recall of the action",
        ),
        _write("what_to_do", "What did the page say should be done?", "recall of the action", acts),
        _write("by_whom", "Who should do it? Write the kind of office or group.", "recall of who should act", acts),
        _ask(
            "intends",
            "Do you intend to do anything in the next month because of the page?",
            _choices("intends", {"yes": "Yes", "no": "No", "open": "I have not decided"}),
            "intention",
        ),
        _ask(
            "seen_since",
            "Since you read the page, have you seen its number again or talked about it?",
            _choices("seen_since", {"yes": "Yes", "no": "No"}, remembers=True),
            "whether the versions mixed",
        ),
    ]
    return [*_before("You read a page a few days ago. We ask what you remember.", contact), _asked("follow_up", items), _after(help)]
