"""The profiles that ship with the library: files, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from evidencekit.disclosure.profiles.noun import Profile, profile_of
from evidencekit.errors import InputError, one_of

__all__ = ["profile", "profile_names", "profile_text"]


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
    return _found(name, version)[0]


def profile_text(name: str, *, version: str | None = None) -> str:
    """The TOML file of a profile of the library, to begin one's own with.

    Change its name, its version and what is to be different, and read it with ``Profile.from_toml``. What is checked there: nothing may be
    left out.

    Parameters
    ----------
    name : str
        As ``"child-survey"``; `profile_names` lists them.
    version : str, optional
        The newest by default.

    Returns
    -------
    str

    Raises
    ------
    InputError
        There is no such profile or version.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import evidencekit as ek
    >>> text = ek.disclosure.profile_text("child-survey").replace('name = "child-survey"', 'name = "ministry"')
    >>> text = text.replace("psus = 3", "psus = 5")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "ministry.toml")
    ...     _ = file.write_text(text, encoding="utf-8")
    ...     ours = ek.disclosure.Profile.from_toml(file)
    >>> ours.name, ours.protection.psus
    ('ministry', 5)
    """
    return _found(name, version)[1]


def profile_names() -> tuple[str, ...]:
    """The names of the profiles of the library.

    ``print(profile(name))`` says what each asks for. ``"dhs-mics"`` and ``"open"`` mark uncertain numbers and protect nobody: of a survey
    that asks about harm, release under another one.

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


def _found(name: str, version: str | None) -> tuple[Profile, str]:
    """A profile and the text of its file."""
    one_of("profile", name, profile_names())
    versions = sorted((v for known, v in _shelf() if known == name), key=_ordered)
    wanted = versions[-1] if version is None else version
    if wanted not in versions:
        raise InputError(f"Profile {name} has no such version.", f"It has {', '.join(versions)}.")
    return _shelf()[name, wanted]


@cache
def _shelf() -> Mapping[tuple[str, str], tuple[Profile, str]]:
    """The profiles and the texts of their files by name and version, in the order of their names."""
    folder = files("evidencekit.disclosure.profiles") / "files"
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".toml")}
    made = [(profile_of(texts[name]), texts[name]) for name in sorted(texts)]
    return MappingProxyType({(one.name, one.version): (one, text) for one, text in made})


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
