"""read_plan: a plan of protection from a TOML file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from evidencekit.disclosure.microdata.ladders import All, Bands, Groups, Ladder, Rung
from evidencekit.disclosure.microdata.steps import Displace, DropColumns, Plan, Pram, Recode, SuppressLocally, TopBottom
from evidencekit.errors import InputError, in_our_words, one_of

__all__ = ["read_plan"]

_STEPS: Mapping[str, type[Any]] = {
    "recode": Recode,
    "top-bottom": TopBottom,
    "suppress": SuppressLocally,
    "pram": Pram,
    "drop": DropColumns,
    "displace": Displace,
}
_RUNGS: Mapping[str, Callable[[Any], Rung]] = {"bands": Bands, "groups": Groups, "all": All}
_OF_PLAN = ("name", "keys", "weights", "keep", "ladders", "steps")


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """Read a plan.

    Parameters
    ----------
    path : str or path
        A TOML file: ``name``, ``keys``, ``weights``, ``keep``; under ``[ladders]`` lists of rungs by name, each ``{bands = [12, 15, 18]}``,
        ``{groups = {"north" = "upland"}}`` or ``{all = "all"}``; and a ``[[steps]]`` for each step with ``do`` (``recode``,
        ``top-bottom``, ``suppress``, ``pram``, ``drop``, ``displace``) and its parameters; ``ladder`` is a name. There is no seed in it.

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        There is no file or no plan in it; a step or a parameter is not known, or one is missing.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from evidencekit.disclosure.microdata import read_plan
    >>> text = '''
    ... name = "research file"
    ... keys = ["province", "age", "sex"]
    ... [ladders]
    ... age = [{bands = [12, 14, 16, 18]}, {all = "12-17"}]
    ... [[steps]]
    ... do = "recode"
    ... column = "age"
    ... ladder = "age"
    ... [[steps]]
    ... do = "suppress"
    ... k = 5
    ... '''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "plan.toml")
    ...     _ = file.write_text(text, encoding="utf-8")
    ...     read_plan(file)
    Plan('research file', 2 steps, 3 keys)
    """
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"read_plan() takes the path of a file, not a {type(path).__name__}.")
    file = Path(path)
    read = in_our_words(
        lambda: tomllib.loads(file.read_text(encoding="utf-8")),
        lambda trouble: InputError(
            f"{file.name!r} cannot be read as TOML ({type(trouble).__name__}).", "Check that it is there, and its syntax."
        ),
    )
    _refuse_others(read, _OF_PLAN, "A plan")
    ladders = _mapping(read.get("ladders", {}), "[ladders]")
    made = {name: _ladder(rungs, name) for name, rungs in ladders.items()}
    steps = read.get("steps", [])
    if not isinstance(steps, list):
        raise InputError("Steps of a plan are written as [[steps]].")
    own = {part: read[part] for part in ("name", "keys", "weights", "keep") if part in read}
    return Plan([_step(_mapping(step, "[[steps]]"), made, k) for k, step in enumerate(steps, start=1)], **own)


def _ladder(rungs: Any, name: str) -> Ladder:
    if not isinstance(rungs, list):
        raise InputError(f"The ladder {name!r} is a list of rungs.", "For example [{bands = [12, 15, 18]}, {all = 'all'}].")
    made: list[Rung] = []
    for k, rung in enumerate(rungs, start=1):
        if not isinstance(rung, dict) or len(rung) != 1 or not set(rung) <= set(_RUNGS):
            raise InputError(f"Rung {k} of the ladder {name!r} is not one of bands, groups, all.")
        (kind, given), *_ = rung.items()
        made.append(_RUNGS[kind](given))
    return Ladder(made)


def _step(given: dict[str, Any], ladders: Mapping[str, Ladder], k: int) -> Any:
    if "do" not in given:
        raise InputError(f"Step {k} of the plan does not say what to do.", f"Write do = one of {', '.join(_STEPS)}.")
    one_of("do", given["do"], _STEPS)
    kind, rest = _STEPS[given["do"]], {name: value for name, value in given.items() if name != "do"}
    known = [part.name for part in fields(kind)]
    _refuse_others(rest, known, f"Step {k} of the plan")
    needed = [part.name for part in fields(kind) if part.default is MISSING and part.default_factory is MISSING and part.name not in rest]
    if needed:
        raise InputError(f"Step {k} of the plan ({given['do']}) needs {', '.join(needed)}.")
    if "ladder" in rest:
        if not isinstance(rest["ladder"], str) or rest["ladder"] not in ladders:
            raise InputError(f"Step {k} of the plan names a ladder that is not under [ladders].")
        rest["ladder"] = ladders[rest["ladder"]]
    return kind(**rest)


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{where} of a plan holds names with values.")
    return value


def _refuse_others(given: Mapping[str, Any], known: Any, what: str) -> None:
    if set(given) - set(known):
        raise InputError(f"{what} has parts that are not known: {len(set(given) - set(known))}.", f"Known are {', '.join(known)}.")
