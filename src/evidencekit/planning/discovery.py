"""Which methods there are: the folders of ``evidencekit.methods``, and what other packages add by an entry point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules
from typing import Any

from evidencekit.errors import InputError
from evidencekit.planning.method import Method

__all__ = ["method_named", "method_names"]

GROUP = "evidencekit.methods"
_SHOWN = "methods/_template shows how a method is made."


def method_names() -> tuple[str, ...]:
    """The names of all methods, in order; none of them is loaded.

    Returns
    -------
    tuple of str

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
    place = found[name]
    try:
        made = place.load()
    except (Exception, SystemExit) as error:  # whatever its module does when it is imported; the error behind this one says where
        raise InputError(f"The method {name} ({place}) cannot be loaded: {type(error).__name__}: {error}", _SHOWN) from error
    if not isinstance(made, Method):
        raise InputError(f"What {place} gives for {name} is a {type(made).__name__}, not a planning.Method.", _SHOWN)
    if made.name != name:
        raise InputError(f"The card of {name} ({place}) calls its method otherwise.", "Entry point, folder and card have one name.")
    return made


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a method is loaded from."""

    says: str
    load: Callable[[], Any]

    def __str__(self) -> str:
        return self.says


def _found() -> dict[str, _Place]:
    """Where each method is loaded from."""
    folders = import_module(GROUP)
    found: dict[str, _Place] = {}
    for one in iter_modules(folders.__path__):
        if one.ispkg and not one.name.startswith("_"):
            found[one.name] = _Place(f"the folder methods/{one.name}", _folder(one.name))
    for entry in entry_points(group=GROUP):
        if entry.name in found:
            raise InputError(
                f"Two methods are called {entry.name!r}: {found[entry.name]} and {_entry(entry)}.", "Rename yours, or take it out."
            )
        found[entry.name] = _Place(_entry(entry), entry.load)
    return found


def _folder(name: str) -> Callable[[], Any]:
    return lambda: import_module(f"{GROUP}.{name}").METHOD


def _entry(entry: EntryPoint) -> str:
    package = f" of the package {entry.dist.name}" if entry.dist else ""
    return f"the entry point {entry.value}{package}"
