"""Folders: a small file for each batch that is done, so that a diagnosis that was stopped goes on where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from evidencekit._version import __version__
from evidencekit.errors import EvidencekitError, InputError
from evidencekit.planning.diagnosing.batches import BATCH, NAMES, RELEASED, Numbers, Task, Trial, analysed, simulated
from evidencekit.planning.stacking import stacked

__all__ = ["Done", "Folder", "opened"]

SCHEMA = "evidencekit diagnosis 1"
ABOUT = "diagnosis.json"
Done = tuple[Numbers, float, str]


@dataclass(frozen=True, slots=True)
class Folder:
    """The batches of one diagnosis on disk; none where `path` is None."""

    path: Path | None
    mark: str = ""

    def read(self, task: Task) -> Done | None:
        """A batch that is done; None where there is none, or its file does not hold what was written."""
        if self.path is None:
            return None
        try:
            record = json.loads(self._file(task).read_text(encoding="utf-8"))
            body = record["body"]
            sound = record["digest"] == _digest([self.mark, list(task), body])
            numbers = {name: [_number(value) for value in body["numbers"][name]] for name in NAMES} if sound else {}
            return (numbers, _number(body["level"]), str(body["why"])) if sound else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def write(self, task: Task, done: Done) -> None:
        """Keep a batch, whole or not at all.

        Raises
        ------
        InputError
            It cannot be written: the disk is full, or the folder was taken away.
        """
        if self.path is None:
            return
        numbers, level, why = done
        plain = {name: [_plain(value) for value in values] for name, values in numbers.items()}
        body = {"numbers": plain, "level": _plain(level), "why": why}
        try:
            _put(self._file(task), {"body": body, "digest": _digest([self.mark, list(task), body])})
        except OSError as trouble:
            says = f"A batch that is done cannot be kept in folder= ({type(trouble).__name__}: {trouble.strerror})."
            raise InputError(says, "Make room and call it again: what was kept before is not done anew.") from None

    def _file(self, task: Task) -> Path:
        return Path(self.path or ".") / f"truth-{task.at + 1:04d}-simulations-{task.start:07d}-{task.stop:07d}.json"


def opened(folder: Any, trial: Trial) -> Folder:
    """The folder of a diagnosis: a new or empty one, or its own.

    Raises
    ------
    InputError
        It is a file or cannot be written, holds something else, or another diagnosis.
    """
    if folder is None:
        return Folder(None)
    if not isinstance(folder, (str, os.PathLike)):
        raise InputError(f"folder= takes a path, not a {type(folder).__name__}.")
    path, mark = Path(folder), _mark(trial)
    about = path / ABOUT
    try:
        if path.exists() and not path.is_dir():
            raise InputError("folder= is a file.", "Name a folder, new or empty, or the one of the diagnosis that was stopped.")
        path.mkdir(parents=True, exist_ok=True)
        if about.exists():
            _check(about.read_text(encoding="utf-8"), mark)
        elif any(not one.name.startswith(f".{ABOUT}.") for one in path.iterdir()):  # but a beginning that was stopped
            raise InputError("folder= holds something else than a diagnosis.", "Name a new or an empty folder.")
        else:
            _put(about, {"schema": SCHEMA, "mark": mark, "method": trial.method.name, "seed": trial.seed, "version": __version__})
    except InputError:
        raise
    except (OSError, ValueError) as trouble:  # a path that cannot be, too
        raise InputError(f"folder= cannot be used ({type(trouble).__name__}).", "Name a folder that may be written.") from None
    return Folder(path, mark)


def _check(text: str, mark: str) -> None:
    try:
        record = json.loads(text)
        known = record["schema"] == SCHEMA
        same = record["mark"] == mark
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{ABOUT} in folder= cannot be read.", "Name a new folder: what is in this one cannot be trusted.") from None
    if not known or not same:
        raise InputError(
            "folder= holds another diagnosis: of another plan, grid, seed, profile or version.",
            "Name a new folder, or pass what that one was begun with.",
        )


def _mark(trial: Trial) -> str:
    """A digest over all that the numbers depend on: also what the method makes of one simulation, should its code have changed."""
    return _digest(
        [
            *(SCHEMA, __version__, BATCH, RELEASED, trial.seed, trial.rules.stamp),
            *(trial.plan.card.name, trial.plan.card.version, trial.plan.context.to_toml(), repr(trial.plan.sizing)),
            [asdict(one) for one in trial.truths],
            list(_tried(trial)),
        ]
    )


def _tried(trial: Trial) -> Iterator[str]:
    """The whole numbers of one simulation as they are, and what the analysis makes of it to nine digits."""
    columns = stacked([simulated(trial, 0, 0)], [0])
    for name, values in columns.items():
        if np.issubdtype(values.dtype, np.integer):
            yield f"{name} {blake2b(np.ascontiguousarray(values, dtype='<i8').tobytes(), digest_size=8).hexdigest()}"
    try:
        est = analysed(trial.method, columns)
    except EvidencekitError as trouble:
        yield type(trouble).__name__
        return
    for values in (est.points, est.se, est.interval.low, est.interval.high):
        yield " ".join(f"{value:.9g}" for value in values)


def _digest(what: Any) -> str:
    return blake2b(json.dumps(what, sort_keys=True).encode(), digest_size=16).hexdigest()


def _put(file: Path, record: Any) -> None:
    """Write a file so that it is there whole or not at all, whenever the work is stopped."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.write_text(json.dumps(record, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(part, file)


def _plain(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
