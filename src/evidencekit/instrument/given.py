"""What was passed, looked at before it is used: what kind of thing it is, where it is to be written. Messages tell types, never values."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from evidencekit.errors import InputError, in_our_words

__all__ = ["are_texts", "in_order", "instance", "mapped", "number", "pickled", "put", "target_of", "texts_by_name"]

T = TypeVar("T")


def instance(value: Any, kind: type[T], what: str, fix: str = "") -> T:
    """The value, if it is of a kind."""
    if not isinstance(value, kind):
        raise InputError(f"{what} takes {_article(kind.__name__)}, not {_article(type(value).__name__)}.", fix)
    return value


def mapped(value: Any, what: str, fix: str = "") -> dict[Any, Any]:
    """The mapping that was passed, as a dict of its own."""
    if not isinstance(value, Mapping):
        raise InputError(f"{what} takes a mapping, not {_article(type(value).__name__)}.", fix)
    return dict(value)


def texts_by_name(value: Any, what: str) -> dict[str, str]:
    """A mapping of texts to texts."""
    made = mapped(value, what)
    if not all(isinstance(part, str) for pair in made.items() for part in pair):
        raise InputError(f"{what} takes a mapping of text to text.")
    return made


def in_order(value: Any, what: str, fix: str = "") -> tuple[Any, ...]:
    """A sequence of things; one text is no sequence of its letters."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise InputError(f"{what} takes a sequence, not {_article(type(value).__name__)}.", fix)
    return tuple(value)


def are_texts(noun: Any, names: Sequence[str], what: str) -> None:
    """Raise unless these parameters of a noun are texts."""
    for name in names:
        if not isinstance(value := getattr(noun, name), str):
            raise InputError(f"{name}= of {what} is a text, not {_article(type(value).__name__)}.")


def number(value: Any, what: str, low: float, high: float) -> None:
    """Raise unless it is a number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise InputError(f"{what} is a number from {low:g} to {high:g}.")


def target_of(path: Any, verb: str) -> Path:
    """The path of a file to write."""
    if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
        raise InputError(f"{verb} takes the path of a file, not {_article(type(path).__name__)}.")
    return Path(path)


def put(target: Path, write: Callable[[], object]) -> Path:
    """Write a file; where the system refuses, our own error."""
    fix = "Check that its folder is there, and that no program holds the file open."
    in_our_words(write, lambda trouble: InputError(f"{target.name!r} cannot be written ({type(trouble).__name__}).", fix))
    return target


def pickled(noun: Any) -> tuple[Any, ...]:
    """What `__reduce__` of a noun with read-only mappings returns: they cannot be pickled themselves."""
    return _made, (type(noun), {part.name: _plain(getattr(noun, part.name)) for part in fields(noun) if part.init})


def _made(kind: type[Any], parameters: Mapping[str, Any]) -> Any:
    return kind(**parameters)


def _plain(value: Any) -> Any:
    return {key: _plain(inner) for key, inner in value.items()} if isinstance(value, Mapping) else value


def _article(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
