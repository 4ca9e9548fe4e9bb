"""What is said before it is in a language: a text in English that remembers the template, the numbers and the words it is made of.

All kinds are texts (`str`): where English is wanted they are used as they are, and where another language is, `say` makes it. Code that
knows nothing of languages goes on working, and what it puts together itself stays English.

=========  =====================================================================================
Message    a template with its slots: ``said("about {x} in {y}", {"x": 1, "y": 8})``
Figure     a number, which every language writes in its own way
Told       words that a person has typed, in several languages
=========  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Protocol, get_args

from evidencekit.errors import InputError, in_our_words, is_whole, one_of
from evidencekit.findings.languages.numerals import Digits, Kind, in_english, written
from evidencekit.findings.languages.templates import fill, one_sentence, slots_of, wordless

__all__ = ["Figure", "Message", "Said", "Speech", "Told", "joined", "percentage", "said", "say", "sentence"]

Slot = str | int | Decimal
_LARGEST = 10**300
_NO_NUMBER = 'percentage() takes the number before the sign, as a Decimal or a text such as "11.9".'


class Speech(Protocol):
    """What a language needs to be spoken: a Catalogue."""

    @property
    def language(self) -> str:
        """Its BCP 47 tag."""
        ...

    @property
    def messages(self) -> Mapping[str, str]:
        """English templates and what they are in it."""
        ...

    @property
    def digits(self) -> Digits:
        """Which digits it writes."""
        ...


class Said(str):
    """A text in English that can be said in other languages."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        """Texts do not change."""
        raise AttributeError(f"A text cannot be changed: {name}.")

    def say(self, speech: Speech) -> str:
        """The text in a language."""
        return str(self)


class Figure(Said):
    """A number in a text.

    Parameters
    ----------
    value : int or Decimal
        With as many decimals as are to be said; of a percentage the number before the sign.
    kind : {"number", "percent", "ordinal"}
        What it is.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from evidencekit.findings.languages.messages import Figure
    >>> Figure(1234), Figure(Decimal("11.9"), "percent")
    ('1,234', '11.9%')
    """

    __slots__ = ("kind", "value")
    value: int | Decimal
    kind: Kind

    def __new__(cls, value: int | Decimal, kind: Kind = "number") -> Figure:
        """Write it in English."""
        one_of("kind", kind, get_args(Kind))
        finite = isinstance(value, Decimal) and value.is_finite() and abs(value) < _LARGEST
        if not (finite or is_whole(value, least=-_LARGEST, most=_LARGEST)):
            raise InputError(f"A number to be said is an int or a finite Decimal, not a {type(value).__name__}.", 'As Decimal("11.9").')
        made = super().__new__(cls, in_english(value, kind))
        object.__setattr__(made, "value", value)
        object.__setattr__(made, "kind", kind)
        return made

    def __reduce__(self) -> Any:
        """Copies are made of the number."""
        return Figure, (self.value, self.kind)

    def say(self, speech: Speech) -> str:
        """The number as the language writes it."""
        return str(self) if speech.language == "en" else written(self.value, self.kind, speech.language, speech.digits)


class Told(Said):
    """Words that somebody has typed, in English and in other languages.

    Parameters
    ----------
    english : str
        In English.
    others : mapping
        By the tag of the language: ``{"vi": "trẻ em"}``. A language that is not there is refused: nothing typed is translated by itself.
    fix : str
        How to add one, for the message.
    """

    __slots__ = ("fix", "others")
    others: Mapping[str, str]
    fix: str

    def __new__(cls, english: str, others: Mapping[str, str], fix: str = "") -> Told:
        """Remember the other languages."""
        if not isinstance(others, Mapping) or not all(isinstance(one, str) for one in (english, fix, *others, *others.values())):
            raise InputError("Typed words are a text, and a mapping of tags to texts.", 'As Told("girls", {"vi": "trẻ em gái"}).')
        made = super().__new__(cls, english)
        object.__setattr__(made, "others", MappingProxyType(dict(others)))
        object.__setattr__(made, "fix", fix)
        return made

    def __reduce__(self) -> Any:
        """Copies are made of the words."""
        return Told, (str(self), dict(self.others), self.fix)

    def say(self, speech: Speech) -> str:
        """The words in the language."""
        if speech.language == "en":
            return str(self)
        if speech.language not in self.others:
            raise InputError(f"A sentence has words that are not given in {speech.language!r}.", self.fix.format(speech.language))
        return say(self.others[speech.language], speech)


class Message(Said):
    """A template with what stands in its slots; make one with `said`.

    Parameters
    ----------
    template : str
        In English.
    slots : mapping of str to str
        What stands in each of its slots.
    """

    __slots__ = ("slots", "template")
    template: str
    slots: Mapping[str, str]

    def __new__(cls, template: str, slots: Mapping[str, str]) -> Message:
        """Say it in English."""
        text = fill(template, slots)
        made = super().__new__(cls, _closed(text) if template.endswith(".") else text)
        object.__setattr__(made, "template", template)
        object.__setattr__(made, "slots", MappingProxyType(dict(slots)))
        return made

    def __reduce__(self) -> Any:
        """Copies are made of the parts."""
        return Message, (self.template, dict(self.slots))

    def say(self, speech: Speech) -> str:
        """The template of the language with its slots; English where the language has none and there is something to translate."""
        if speech.language == "en":
            return str(self)
        template = speech.messages.get(self.template, self.template if wordless(self.template) else "")
        if not template:
            return str(self)
        text = fill(template, {name: say(slot, speech) for name, slot in self.slots.items()})
        return one_sentence(text) if self.template.endswith(".") else text


def said(template: str, slots: Mapping[str, Slot] | None = None) -> Message:
    """Say something, in English now and in other languages later.

    Parameters
    ----------
    template : str
        In English, which is its key in the catalogues; ``{names}`` are slots. One that ends in a full stop is a sentence: its first letter
        is made large, and it has one end.
    slots : mapping, optional
        What stands in each: a whole number, a Decimal, another text that can be said in several languages, or a plain text, which is said
        as it is unless the catalogue has that very text.

    Returns
    -------
    Message

    Raises
    ------
    InputError
        The slots are not those of the template.

    Examples
    --------
    >>> from evidencekit.findings.languages.messages import said
    >>> said("about {x} in {y}", {"x": 1, "y": 2000})
    'about 1 in 2,000'
    """
    given = {} if slots is None else slots
    if not isinstance(template, str) or not isinstance(given, Mapping):
        raise InputError("said() takes a template and a mapping of its slots.", 'As said("about {x} in {y}", {"x": 1, "y": 8}).')
    if set(slots_of(template)) != set(given):
        raise InputError("The slots that are filled are not those of the template.", "Fill each of them, and no other.")
    return Message(template, {name: slot if isinstance(slot, str) else Figure(slot) for name, slot in given.items()})


def percentage(value: Decimal | str) -> Figure:
    """A percentage, from the number before its sign with the decimals it is said with.

    Parameters
    ----------
    value : Decimal or str
        11.90 for 11.90%.

    Returns
    -------
    Figure

    Examples
    --------
    >>> from evidencekit.findings.languages.messages import percentage
    >>> percentage("11.90")
    '11.90%'
    """
    exact = value if isinstance(value, Decimal) else in_our_words(lambda: Decimal(_text(value)), lambda _: InputError(_NO_NUMBER))
    return Figure(exact, "percent")


def joined(parts: Iterable[str], between: str = " ") -> Message:
    """Texts one after the other with a sign between them, which no language translates: a space, a comma, a semicolon.

    Parameters
    ----------
    parts : iterable of str
        The texts.
    between : str
        The sign; by default a space.

    Returns
    -------
    Message

    Examples
    --------
    >>> from evidencekit.findings.languages.messages import joined
    >>> joined(["one", "two"], ", ")
    'one, two'
    """
    if isinstance(parts, str | bytes) or not isinstance(parts, Iterable):
        raise InputError(f"joined() takes a list of texts, not a {type(parts).__name__}.")
    slots = {f"part{k}": _text(part) for k, part in enumerate(parts)}
    if slots_of(_text(between)):
        raise InputError("joined() takes a sign between the texts, without slots.", 'As joined(["one", "two"], ", ").')
    return Message(between.join(f"{{{name}}}" for name in slots), slots)


def sentence(text: str) -> Message:
    """A text as a sentence; one that is a sentence already stays as it is.

    Parameters
    ----------
    text : str
        Words without a stop, or a sentence.

    Returns
    -------
    Message

    Examples
    --------
    >>> from evidencekit.findings.languages.messages import sentence
    >>> sentence("between 9  and 15 in 100.")
    'Between 9 and 15 in 100.'
    """
    if isinstance(text, Message) and text.template.endswith("."):
        return text
    return said("{sentence}.", {"sentence": _text(text)})


def say(text: str, speech: Speech) -> str:
    """A text in a language: what can be said in it is, and a plain text where the catalogue has that very text.

    Parameters
    ----------
    text : str
        What `said` and its like made, or a plain text.
    speech : Catalogue
        The language.

    Returns
    -------
    str

    Examples
    --------
    >>> from evidencekit.findings.languages import ENGLISH, said, say
    >>> say(said("all others"), ENGLISH)
    'all others'
    """
    if not isinstance(getattr(speech, "messages", None), Mapping) or not isinstance(getattr(speech, "language", None), str):
        raise InputError(f"say() takes a Catalogue, not a {type(speech).__name__}.", "Take one from languages.catalogue(code).")
    return text.say(speech) if isinstance(text, Said) else speech.messages.get(_text(text), text)


def _text(given: str) -> str:
    """A text, refused where it is none."""
    if not isinstance(given, str):
        raise InputError(f"This takes a text, not a {type(given).__name__}.")
    return given


def _closed(text: str) -> str:
    """An English sentence: its first letter large, one full stop at its end."""
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:].rstrip('. ')}."
