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
RETURNED = {getattr(ek, name).__annotations__.get("return") for name in PUBLIC if inspect.isfunction(getattr(ek, name))}
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def sections(made: Any) -> dict[str, str]:
    """The numpydoc sections of a docstring, by title."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}$", inspect.cleandoc(made.__doc__ or ""), flags=re.MULTILINE)
    return {title: body for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def described(body: str) -> set[str]:
    """The names on the unindented lines of a Parameters section: `by, where : ...`."""
    heads = [line.split(" :")[0] for line in body.splitlines() if line[:1].strip()]
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_documented(name: str) -> None:
    made = getattr(ek, name)
    has = sections(made)
    summary = inspect.cleandoc(made.__doc__ or "").split("\n\n")[0]
    assert summary.endswith("."), "the first paragraph is a sentence"
    if isinstance(made, type) and issubclass(made, (Exception, ek.Missing)):
        return  # raised or chosen, not made by the analyst
    signature = inspect.signature(made)
    assert described(has.get("Parameters", "")) == set(signature.parameters)
    assert "Examples" in has or name in RETURNED, "a noun that only verbs make is shown by their examples"
    assert "Returns" in has or isinstance(made, type)


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
