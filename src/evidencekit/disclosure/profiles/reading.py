"""A TOML file as the parts of a profile, with the place named in whatever is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from difflib import get_close_matches
from typing import Any

from evidencekit.disclosure.profiles.parts import Geography, Method, Protection, Source, Symbols
from evidencekit.disclosure.profiles.precision import Answers, CountInterval, PrecisionRule, RelativeError, ShareInterval
from evidencekit.errors import InputError, one_of

__all__ = ["RULES", "TABLES", "made", "parts_of"]

RULES: dict[str, type[PrecisionRule]] = {
    "interval of a share": ShareInterval,
    "interval of a count": CountInterval,
    "relative standard error": RelativeError,
    "unweighted answers": Answers,
}
TABLES = {"protection": Protection, "geography": Geography, "method": Method, "symbols": Symbols}


def parts_of(text: str) -> dict[str, Any]:
    """The keys of a file, with its tables as nouns."""
    record, where = None, ""
    try:
        record = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:  # its message may quote the file
        at = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(wrong))
        where = f" ({at[1]})" if at else ""
    if record is None:
        raise InputError(f"The profile is not a TOML file{where}.", "Texts stand in quotes, and a table begins with its name in brackets.")
    for name, kind in TABLES.items():
        if name in record:
            record[name] = made(record[name], kind, f"[{name}]")
    if "precision" in record:
        record["precision"] = tuple(_rule(one) for one in _tables(record["precision"], "precision"))
    if "sources" in record:
        record["sources"] = tuple(made(one, Source, "[[sources]]") for one in _tables(record["sources"], "sources"))
    return record


def made(record: Any, kind: type[Any], where: str) -> Any:
    """One noun from a table, whose keys must all be known, and none that is needed missing."""
    parts = _known(record, kind, where)
    problem: InputError | None = None
    try:
        return kind(**parts)
    except InputError as wrong:
        problem = InputError(f"{where}: {wrong.what}", wrong.fix)
    raise problem


def _rule(record: Any) -> PrecisionRule:
    if not isinstance(record, Mapping) or "rule" not in record:
        raise InputError("[[precision]] has no rule.", f"Give rule =, one of: {', '.join(map(repr, RULES))}.")
    own = dict(record)
    kind = own.pop("rule")
    one_of("rule", kind, RULES)
    return made(own, RULES[kind], f"[[precision]] {kind!r}")


def _known(record: Any, kind: type[Any], where: str) -> dict[str, Any]:
    """The keys of a table. One that is like none of ours is not repeated: the file may not be a profile at all."""
    if not isinstance(record, Mapping):
        raise InputError(f"{where} is a table.", "Its keys stand below its name in brackets.")
    ours = {f.name: f.default is not MISSING or f.default_factory is not MISSING for f in fields(kind) if f.init}
    for key in record:
        if key not in ours:
            near = get_close_matches(key, ours, n=1, cutoff=0.6)
            said = (
                f"the key {key!r}, which is not one of its own. Did you mean {near[0]!r}?" if near else "a key that is not one of its own."
            )
            raise InputError(f"{where} has {said}", f"Its keys are {', '.join(ours)}.")
    if missing := [name for name, optional in ours.items() if not optional and name not in record]:
        raise InputError(
            f"{where} does not say {', '.join(missing)}.",
            "Nothing is allowed by silence: say it. disclosure.profile_text() has whole files to begin with.",
        )
    return dict(record)


def _tables(records: Any, name: str) -> list[Any]:
    if not isinstance(records, list):
        raise InputError(f"{name} is a list of tables.", f"Begin each with [[{name}]].")
    return records
