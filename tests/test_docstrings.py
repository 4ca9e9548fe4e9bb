"""Docstrings of what is public say what goes in and what comes out, and their examples run."""

from __future__ import annotations

import doctest
import inspect
import pkgutil
import re
from importlib import import_module
from typing import Any, get_args

import pytest

import evidencekit as ek
from evidencekit.disclosure.microdata.steps import Step

MODULES = ["evidencekit", *(m.name for m in pkgutil.walk_packages(ek.__path__, "evidencekit."))]
PUBLIC = [name for name in ek.__all__ if callable(getattr(ek, name))]
ROOMS = (  # the packages whose names a user is told of: `ek.findings.compare`, `ek.disclosure.ledger.audit`
    *(
        "combining",
        "disclosure",
        "fictional",
        "findings",
        "instrument",
        "models",
        "planning",
        "reading",
        "sampling",
        "survey",
        "tables",
        "testing",
        "weighting",
    ),
    *(f"disclosure.{room}" for room in ("ledger", "microdata", "noise", "profiles", "tables")),
    *("findings.languages", "findings.recall", "rendering.documents"),
)


def of_room(room: str) -> dict[str, Any]:
    """The classes and functions of a package that are public, by their name."""
    made = import_module(f"evidencekit.{room}" if room else "evidencekit")
    listed = {f"{room}.{name}".lstrip("."): getattr(made, name) for name in made.__all__}
    return {name: one for name, one in listed.items() if inspect.isclass(one) or inspect.isfunction(one)}


NOUNS_AND_VERBS = {name: one for room in ("", *ROOMS) for name, one in of_room(room).items()}


def annotations_of(made: Any) -> list[str]:
    """What a function gives back; what a class is made of, and what its methods give back."""
    if inspect.isfunction(made):
        return [str(made.__annotations__.get("return", ""))]
    held = [one.fget if isinstance(one, property) else getattr(one, "__func__", one) for k, one in vars(made).items() if k[0] != "_"]
    parts = [str(part) for part in inspect.get_annotations(made).values()]
    return parts + [str(one.__annotations__.get("return", "")) for one in held if inspect.isfunction(one)]


RETURNED = {word for made in NOUNS_AND_VERBS.values() for one in annotations_of(made) for word in re.findall(r"\w+", one)}
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def sections(made: Any) -> dict[str, str]:
    """The numpydoc sections of a docstring, by title."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}$", inspect.cleandoc(made.__doc__ or ""), flags=re.MULTILINE)
    return {title: body for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def described(body: str) -> set[str]:
    """The names on the unindented lines of a Parameters section: `by, where : ...`."""
    heads = [line.split(" :")[0] for line in body.splitlines() if line[:1].strip()]
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


@pytest.mark.parametrize("name", NOUNS_AND_VERBS)
def test_public_names_are_documented(name: str) -> None:
    made = NOUNS_AND_VERBS[name]
    has = sections(made)
    summary = inspect.cleandoc(made.__doc__ or "").split("\n\n")[0]
    assert summary.endswith("."), "the first paragraph is a sentence"
    if isinstance(made, type) and issubclass(made, (Exception, ek.Missing)):
        return  # raised or chosen, not made by the analyst
    signature = inspect.signature(made)
    assert described(has.get("Parameters", "")) == set(signature.parameters)
    assert "Examples" in has or made.__name__ in RETURNED, "a noun that only verbs make is shown by their examples"
    assert "Returns" in has or isinstance(made, type)


def test_every_public_package_is_looked_at() -> None:
    """A package that an overview names, or that is one of `ek`'s own attributes, is among the rooms."""
    text = " ".join(inspect.cleandoc(import_module(f"evidencekit.{room}".rstrip(".")).__doc__ or "") for room in ("", *ROOMS))
    named = set(re.findall(r"(?:ek|evidencekit)\.(\w+)\.\w+", text))
    packages = {m.name for m in pkgutil.iter_modules(ek.__path__) if m.ispkg}
    rooms = {room.split(".")[0] for room in ROOMS}
    assert ((named | set(dir(ek))) & packages) <= rooms
    inside = {f"findings.{name}" for name in ek.findings.__all__ if inspect.ismodule(getattr(ek.findings, name))}
    assert inside <= set(ROOMS)


@pytest.mark.parametrize("kind", get_args(Step))
def test_steps_of_a_plan_say_what_they_take(kind: type) -> None:
    has = sections(kind)
    assert described(has.get("Parameters", "")) == set(inspect.signature(kind).parameters)
    assert "Examples" in has


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name: str) -> None:
    failed = doctest.testmod(import_module(name), optionflags=FLAGS).failed
    assert failed == 0


def test_the_package_lists_its_names_by_task() -> None:
    text = inspect.cleandoc(ek.__doc__ or "")
    assert not [name for name in PUBLIC if not re.search(rf"\b{name}\b", text)]
    assert len(text.splitlines()) <= 20
