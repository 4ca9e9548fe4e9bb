"""Register: every claim that may be made, by id, with its exact wordings; in a file that people can read."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from evidencekit.errors import InputError, how_many, in_our_words
from evidencekit.findings.register.entries import Entry, Quantity
from evidencekit.findings.register.kinds import written

__all__ = ["Register"]

SCHEMA = "evidencekit.register/1"
_SHOWN = 20
_SETTING = {"place", "time"}  # a claim without them has no line for them
_FIX = "Go back to the file that Register.save() wrote."


@dataclass(frozen=True, slots=True, repr=False)
class Register:
    """The claims that may be made.

    Parameters
    ----------
    entries : sequence of Entry
        In order; each id once.

    Raises
    ------
    InputError
        Something else is among them, or an id is there twice.

    Examples
    --------
    >>> from evidencekit.findings import Entry, Register
    >>> Register([Entry(id="c1", headline="About 1 in 8 girls in Lumora were asked.", expires="2027-06-30")])
    Register of 1 claim
      c1  About 1 in 8 girls in Lumora were asked.  (until 2027-06-30)
    """

    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no list of claims with ids of their own."""
        given: Any = self.entries
        if isinstance(given, (str, bytes, Entry, Mapping)) or not hasattr(given, "__iter__"):
            raise InputError(f"A Register takes a list of Entry, not a {type(given).__name__}.")
        entries = tuple(given)
        wrong = next((type(one).__name__ for one in entries if not isinstance(one, Entry)), None)
        if wrong is not None:
            raise InputError(f"A Register takes a list of Entry, and a {wrong} is among them.")
        twice = sum(times > 1 for times in Counter(one.id for one in entries).values())
        if twice:
            raise InputError(f"{how_many(twice, 'id is', 'ids are')} there more than once.", "Give each claim an id of its own.")
        object.__setattr__(self, "entries", entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def entry(self, id: str) -> Entry:
        """The claim with an id.

        Raises
        ------
        InputError
            There is none.
        """
        found = next((one for one in self.entries if one.id == id), None)
        if found is None:
            raise InputError("There is no claim with this id in the register.", f"It has {how_many(len(self), 'claim')}.")
        return found

    def with_(self, entry: Entry) -> Register:
        """A register with one more claim; the same one that is there already is not entered twice.

        Raises
        ------
        InputError
            Not an Entry, or another claim has its id.
        """
        return self if entry in self.entries else Register((*self.entries, entry))

    def to_json(self) -> str:
        """The register as JSON: the same claims, the same bytes."""
        claims = [_plain(one) for one in self.entries]
        return json.dumps({"schema": SCHEMA, "claims": claims}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Register:
        """A register from its JSON.

        Raises
        ------
        InputError
            It is no register, of another version, or a claim in it is none.
        """
        if not isinstance(text, str):
            raise InputError(f"from_json() takes a text, not a {type(text).__name__}.", "Register.read(path) reads a file.")
        record = in_our_words(lambda: json.loads(text), lambda _: InputError("This is no JSON.", _FIX))
        schema = record.get("schema") if isinstance(record, dict) else None
        if not isinstance(schema, str) or not schema.startswith("evidencekit.register/"):
            raise InputError("This is no claim register.", _FIX)
        if schema != SCHEMA:
            raise InputError("This register is of another version than this one can read.", "Read it with the version that wrote it.")
        claims: Any = record.get("claims")
        if set(record) != {"schema", "claims"} or not isinstance(claims, list):
            raise InputError("This register has lost a part, or has one more.", _FIX)
        return cls(tuple(_entry(i, one) for i, one in enumerate(claims)))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the register to a file.

        Raises
        ------
        InputError
            Not a path, or nothing can be written there.
        """
        return written(path, self.to_json(), what="A register")

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Register:
        """Read a register from a file.

        Raises
        ------
        InputError
            There is no file, or it is no register.
        """
        source = _path(path)
        text = in_our_words(
            lambda: source.read_bytes().decode("utf-8"),
            lambda trouble: InputError(f"The register {source.name!r} cannot be read ({type(trouble).__name__}).", "Check the path."),
        )
        return cls.from_json(text)

    def __repr__(self) -> str:
        lines = [f"Register of {how_many(len(self), 'claim')}"]
        for one in self.entries[:_SHOWN]:
            until = f"  (until {one.expires.isoformat()})" if one.expires else ""
            lines.append(f"  {one.id}  {one.headline if len(one.headline) <= 90 else one.headline[:87] + '...'}{until}")
        lines += [f"  ... and {len(self) - _SHOWN} more"] if len(self) > _SHOWN else []
        return "\n".join(lines)


def _plain(one: Entry) -> dict[str, Any]:
    """A claim as plain values; place and time only where they are known."""
    made = {**asdict(one), "wordings": list(one.wordings), "expires": None if one.expires is None else one.expires.isoformat()}
    return {name: value for name, value in made.items() if value or name not in _SETTING}


def _path(path: Any) -> Path:
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"A register is at a text or a path, not a {type(path).__name__}.")
    return Path(path)


def _entry(position: int, record: Any) -> Entry:
    """A claim of the file; trouble is told with its position, counted from 0."""

    def problem(trouble: Exception) -> InputError:
        return InputError(f"Claim {position} of the register cannot be read ({type(trouble).__name__}).", _FIX)

    def made() -> Entry:
        if set(record) | _SETTING != {field.name for field in fields(Entry)}:
            raise KeyError
        given: dict[str, Any] = {**record, "numbers": tuple(Quantity(**one) for one in record["numbers"])}
        return Entry(**given)

    return in_our_words(made, problem)
