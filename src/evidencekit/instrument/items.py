"""The parts of an instrument: questions, lists of choices, groups. They know nothing of files or data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, get_args

from evidencekit.errors import InputError, one_of
from evidencekit.instrument.given import are_texts, in_order, mapped, pickled, texts_by_name
from evidencekit.missingness import Missing

__all__ = ["Choices", "Group", "Item", "Kind", "Option", "Part", "Role", "Texts", "walk"]

Kind = Literal[
    "select_one",
    "select_multiple",
    "rank",
    "integer",
    "decimal",
    "date",
    "time",
    "datetime",
    "text",
    "calculate",
    "note",
    "acknowledge",
    "place",
    "file",
    "metadata",
    "other",
]
Role = Literal["direct-identifier", "quasi-identifier", "sensitive", "free-text", "design", "consent", "privacy", "distress", "referral"]
Texts = str | Mapping[str, str]
"""A text, or one for each language. Under the empty language stands a text whose language the form does not say."""

_EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=True)
class Option:
    """One choice of a list.

    Parameters
    ----------
    code : str
        What stands in the data. A number is written as text.
    label : str or mapping of language to str
        What the respondent sees.
    missing : Missing, optional
        The kind of missing answer it stands for, such as ``Missing.REFUSED`` for "I prefer not to say".
    exclusive : bool
        In a question with several answers it stands alone: "none of these". Missing kinds always do.
    other : mapping of str to str
        Further columns of the list, for choice filters.
    """

    code: str
    label: Texts = ""
    missing: Missing | None = None
    exclusive: bool = False
    other: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        code = _code(self.code)
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "label", texts(self.label, "label="))
        object.__setattr__(self, "other", MappingProxyType(texts_by_name(self.other, "other= of an Option")))
        if self.missing is not None and not isinstance(self.missing, Missing):
            raise InputError("missing= of an Option is a kind of missing.", "Use ek.Missing.REFUSED and its like.")

    def __reduce__(self) -> tuple[Any, ...]:
        return pickled(self)

    @property
    def alone(self) -> bool:
        """Whether it cannot be chosen together with others."""
        return self.exclusive or self.missing is not None


@dataclass(frozen=True, slots=True, eq=True)
class Choices:
    """A list of choices with a name.

    Parameters
    ----------
    name : str
        What the form calls the list.
    options : mapping of code to label, or sequence of Option
        In the order they are shown. A label is a text, or a mapping of language to text.
    missing : mapping of code to Missing
        Which codes stand for a kind of missing answer, when `options` is a mapping.

    Raises
    ------
    InputError
        A code of `missing` that is not in the list, or something else than codes and labels.

    Examples
    --------
    >>> import evidencekit as ek
    >>> yes_no = ek.Choices("yes_no", {1: "Yes", 0: "No", 98: "I do not know", 99: "I prefer not to say"},
    ...                     missing={98: ek.Missing.DONT_KNOW, 99: ek.Missing.REFUSED})
    >>> yes_no
    Choices('yes_no', 4 options, 2 of them missing kinds)
    >>> yes_no.codes
    ('1', '0', '98', '99')
    """

    name: str
    options: Sequence[Option] | Mapping[Any, Texts]
    missing: Mapping[Any, Missing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError("A list of choices needs a name.")
        kinds = {_code(code): kind for code, kind in mapped(self.missing, f"missing= of the list {self.name!r}").items()}
        if isinstance(self.options, Mapping):
            made = tuple(Option(code, label, kinds.get(_code(code))) for code, label in self.options.items())
        else:
            made = in_order(self.options, f"options= of {self.name!r}", "Give a mapping of code to label, or Options.")
            if not all(isinstance(option, Option) for option in made):
                raise InputError(f"The options of {self.name!r} are a mapping of code to label, or Options.")
            made = tuple(_with_kind(option, kinds.get(option.code)) for option in made)
        if unknown := len(set(kinds) - {option.code for option in made}):
            raise InputError(f"{unknown} codes in missing= are not in the list {self.name!r}.", "Add them to its options.")
        object.__setattr__(self, "options", made)
        object.__setattr__(self, "missing", MappingProxyType({o.code: o.missing for o in made if o.missing is not None}))

    @property
    def listed(self) -> tuple[Option, ...]:
        """The options."""
        return tuple(option for option in self.options if isinstance(option, Option))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, each once."""
        return tuple(dict.fromkeys(option.code for option in self.listed))

    def __reduce__(self) -> tuple[Any, ...]:
        return pickled(self)

    def __repr__(self) -> str:
        kinds = f", {len(self.missing)} of them missing kinds" if self.missing else ""
        return f"Choices({self.name!r}, {len(self.listed)} options{kinds})"


@dataclass(frozen=True, slots=True, eq=True)
class Item:
    """One question, note or calculation of a form.

    Parameters
    ----------
    name : str
        The column of the answers.
    kind : str
        ``"select_one"``, ``"select_multiple"``, ``"rank"``, ``"integer"``, ``"decimal"``, ``"date"``, ``"time"``, ``"datetime"``,
        ``"text"``, ``"calculate"``, ``"note"``, ``"acknowledge"``, ``"place"`` (a position), ``"file"`` (a picture or a sound),
        ``"metadata"`` (what the device writes by itself: start, end, its number) or ``"other"``.
    label : str or mapping of language to str
        What is asked.
    choices : Choices, optional
        For selections.
    relevant, constraint, calculation : str
        Expressions as in XLSForm: when it is asked, which answers are taken, how it is worked out. See
        `evidencekit.instrument.expressions`.
    required : bool
        Whether it must be answered when it is asked.
    missing : mapping of code to Missing
        Codes that stand for a kind of missing answer; those of a list need not be repeated.
    role : str, optional
        What the answer is for those who protect it: ``"direct-identifier"``, ``"quasi-identifier"``, ``"sensitive"``, ``"free-text"`` or
        ``"design"``; or which protection the item is: ``"consent"``, ``"privacy"``, ``"distress"``, ``"referral"``.
    purpose : str
        Which indicator or step of the survey needs it. What nothing needs is not asked.
    other : mapping of str to str
        Further columns of an XLSForm, such as ``hint``, ``appearance``, ``choice_filter``; ``type`` where it is more than the kind says.

    Raises
    ------
    InputError
        A kind or role that is not known, a selection without choices, two kinds of missing under one code.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.Item("age", "integer", "How old are you?", constraint=". >= 12 and . <= 17", role="quasi-identifier", purpose="all")
    Item('age', 'integer', quasi-identifier)
    """

    name: str
    kind: Kind
    label: Texts = ""
    choices: Choices | None = None
    relevant: str = ""
    constraint: str = ""
    required: bool = False
    calculation: str = ""
    missing: Mapping[Any, Missing] = field(default_factory=dict)
    role: Role | None = None
    purpose: str = ""
    other: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError("An item needs a name: the column of its answers.")
        one_of("kind", self.kind, get_args(Kind))
        if self.role is not None:
            one_of("role", self.role, get_args(Role))
        if self.choices is not None and not isinstance(self.choices, Choices):
            raise InputError(f"choices= of item {self.name!r} takes Choices, not a {type(self.choices).__name__}.")
        are_texts(self, ("relevant", "constraint", "calculation", "purpose"), f"item {self.name!r}")
        object.__setattr__(self, "label", texts(self.label, f"The label of item {self.name!r}"))
        object.__setattr__(self, "other", MappingProxyType(texts_by_name(self.other, f"other= of item {self.name!r}")))
        object.__setattr__(self, "missing", MappingProxyType(_kinds(self)))

    @property
    def asked(self) -> bool:
        """Whether a person answers it."""
        return self.kind not in ("calculate", "note", "metadata", "other")

    def __reduce__(self) -> tuple[Any, ...]:
        return pickled(self)

    def __repr__(self) -> str:
        parts = [repr(self.name), repr(self.kind), *([self.role] if self.role else [])]
        return f"Item({', '.join(parts)})"


@dataclass(frozen=True, slots=True, eq=True)
class Group:
    """Items that belong together, or that repeat.

    Parameters
    ----------
    name : str
        What the form calls it.
    items : sequence of Item or Group
        What is in it.
    label : str or mapping of language to str
        What is shown above it.
    relevant : str
        When it is asked.
    repeat : bool
        Whether its items are asked several times, each time a row of a table of its own.
    count : str
        How many times, as an expression; empty when the interviewer says.
    other : mapping of str to str
        Further columns of an XLSForm.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.instrument.Group("device", [ek.Item("kind", "text")], repeat=True)
    Group('device', 1 item, repeated)
    """

    name: str
    items: Sequence[Item | Group]
    label: Texts = ""
    relevant: str = ""
    repeat: bool = False
    count: str = ""
    other: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise InputError("A group needs a name.")
        items = in_order(self.items, f"items= of group {self.name!r}", "Give a list of Items and Groups.")
        if not all(isinstance(item, (Item, Group)) for item in items):
            raise InputError(f"Group {self.name!r} holds Items and Groups.")
        are_texts(self, ("relevant", "count"), f"group {self.name!r}")
        object.__setattr__(self, "items", items)
        object.__setattr__(self, "label", texts(self.label, f"The label of group {self.name!r}"))
        object.__setattr__(self, "other", MappingProxyType(texts_by_name(self.other, f"other= of group {self.name!r}")))

    def __reduce__(self) -> tuple[Any, ...]:
        return pickled(self)

    def __repr__(self) -> str:
        count = len(self.items)
        return f"Group({self.name!r}, {count} item{'s' if count != 1 else ''}{', repeated' if self.repeat else ''})"


Part = Item | Group


def walk(parts: Sequence[Part], within: tuple[Group, ...] = ()) -> Iterator[tuple[Part, tuple[Group, ...]]]:
    """Every part of a form in its order, with the groups it is in, outermost first."""
    for part in parts:
        yield part, within
        if isinstance(part, Group):
            yield from walk(part.items, (*within, part))


def texts(value: Any, what: str) -> Mapping[str, str]:
    """A text, or one for each language, as a mapping; empty texts are left out."""
    given = {"": value} if isinstance(value, str) else value
    if not isinstance(given, Mapping) or not all(isinstance(k, str) and isinstance(v, str) for k, v in given.items()):
        raise InputError(f"{what} takes a text, or a mapping of language to text.")
    return MappingProxyType({language: text for language, text in given.items() if text})


def _code(code: Any) -> str:
    """A code as it stands in a file."""
    if isinstance(code, bool) or not isinstance(code, (str, int, float)):
        raise InputError(f"A code is a text or a number, not a {type(code).__name__}.")
    return str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)


def _with_kind(option: Option, kind: Missing | None) -> Option:
    return option if kind is None else Option(option.code, option.label, kind, option.exclusive, option.other)


def _kinds(item: Item) -> dict[str, Missing]:
    """The missing codes of an item and of its list."""
    made = dict(item.choices.missing) if item.choices else {}
    for code, kind in mapped(item.missing, f"missing= of item {item.name!r}").items():
        if not isinstance(kind, Missing):
            raise InputError(f"missing= of item {item.name!r} names a kind that is not one.", "Use ek.Missing.REFUSED and its like.")
        if made.get(_code(code), kind) is not kind:
            raise InputError(f"Item {item.name!r} has two kinds of missing under one code.", "Give each kind a code of its own.")
        made[_code(code)] = kind
    return made
