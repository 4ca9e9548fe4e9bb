"""The profiles that ship with the library: files, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from evidencekit.disclosure.profiles.noun import Profile, profile_of
from evidencekit.errors import InputError, one_of

__all__ = ["profile", "profile_names"]


def profile(name: str, *, version: str | None = None) -> Profile:
    """A profile of the library.

    Parameters
    ----------
    name : str
        As ``"child-survey"``; `profile_names` lists them.
    version : str, optional
        As ``"1.0.0"``; the newest by default. Give it where a release is to follow the same rules next year.

    Returns
    -------
    Profile

    Raises
    ------
    InputError
        There is no such profile or version.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.profile("dhs-mics").precision[0].certain_from
    50
    """
    one_of("profile", name, profile_names())
    versions = sorted((v for known, v in _shelf() if known == name), key=_ordered)
    wanted = versions[-1] if version is None else version
    if wanted not in versions:
        raise InputError(f"Profile {name} has no such version.", f"It has {', '.join(versions)}.")
    return _shelf()[name, wanted]


def profile_names() -> tuple[str, ...]:
    """The names of the profiles of the library.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.profile_names()  # doctest: +NORMALIZE_WHITESPACE
    ('abs-rule-of-ten', 'child-survey', 'dhs-mics', 'nchs-counts-rates-2023', 'nchs-proportions-2017', 'ons', 'open')
    """
    return tuple(dict.fromkeys(name for name, _ in _shelf()))


@cache
def _shelf() -> Mapping[tuple[str, str], Profile]:
    """The profiles by name and version, in the order of their names."""
    folder = files("evidencekit.disclosure.profiles") / "files"
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".toml")}
    made = [profile_of(texts[name]) for name in sorted(texts)]
    return MappingProxyType({(one.name, one.version): one for one in made})


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
