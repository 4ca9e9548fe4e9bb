"""Which methods there are: the folders of ``evidencekit.methods``, and what other packages add by an entry point."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import Any

from evidencekit.errors import InputError
from evidencekit.planning.method import Method

__all__ = ["method_named", "method_names"]

GROUP = "evidencekit.methods"


def method_names() -> tuple[str, ...]:
    """The names of all methods, in order; none of them is loaded.

    Raises
    ------
    InputError
        Two have the same name.

    Examples
    --------
    >>> import evidencekit as ek
    >>> "household_one_child" in ek.method_names()
    True
    """
    return tuple(sorted(_found()))


def method_named(name: str) -> Method:
    """Load one method.

    Parameters
    ----------
    name : str
        One of `method_names`.

    Returns
    -------
    Method

    Raises
    ------
    InputError
        There is none of that name, or what stands there is no Method or cannot be loaded.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.method_named("household_one_child").card.respondents
    'children'
    """
    found = _found()
    if name not in found:
        near = get_close_matches(str(name), found, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(sorted(found))}."
        raise InputError("There is no method of that name.", hint)
    made = found[name]()
    if not isinstance(made, Method):
        raise InputError(f"The METHOD of {name} is no planning.Method.", "The template shows how it is made.")
    if made.name != name:
        raise InputError(f"The card of {name} calls its method otherwise.", "Entry point, folder and card have one name.")
    return made


def _found() -> dict[str, Callable[[], Any]]:
    """Where each method is loaded from."""
    folders = import_module(GROUP)
    found: dict[str, Callable[[], Any]] = {}
    for one in iter_modules(folders.__path__):
        if one.ispkg and not one.name.startswith("_"):
            found[one.name] = _folder(one.name)
    for entry in entry_points(group=GROUP):
        if entry.name in found:
            raise InputError(f"Two methods are called {entry.name!r}: one of them is {entry.value}.", "Rename yours, or take it out.")
        found[entry.name] = entry.load
    return found


def _folder(name: str) -> Callable[[], Any]:
    return lambda: getattr(import_module(f"{GROUP}.{name}"), "METHOD", None)
