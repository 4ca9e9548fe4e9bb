"""Ledger: everything that was released of a project, in a file that people can read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidencekit.disclosure.ledger.tables import PublishedTable
from evidencekit.disclosure.ledger.texts import digest_of, entries_from, text_of
from evidencekit.errors import InputError, how_many, in_our_words

__all__ = ["Ledger"]


@dataclass(frozen=True, slots=True, repr=False)
class Ledger:
    """What has been released, in the order of release.

    It holds what anyone could read in the releases, and whom each number is about; nothing of the data.

    Parameters
    ----------
    path : str, path or None
        Its file. Where there is one it is read; where there is none it is written by the first `with_`. None keeps it in memory.
    entries : tuple of PublishedTable
        What has been released; leave it out to read the file.

    Notes
    -----
    The file is replaced as a whole, so that one cut short is never left behind. Of two who write at the same time the second is refused.

    Examples
    --------
    >>> from evidencekit.disclosure.ledger import Ledger, PublishedTable, count
    >>> table = PublishedTable(title="By sex", universe="round 1", cells=[count({"sex": "girl"}, 962), count({"sex": "boy"}, 1034)])
    >>> Ledger().with_(table)
    Ledger of 1 table, 2 cells, in memory
      0  By sex  (round 1)
    """

    path: Path | None = None
    entries: tuple[PublishedTable, ...] = ()

    def __post_init__(self) -> None:
        given: Any = self.path
        if given is not None and not isinstance(given, (str, os.PathLike)):
            raise InputError(f"A ledger's path is a text or a path, not a {type(given).__name__}.")
        path = None if given is None else Path(given)
        entries = tuple(self.entries)
        if not all(isinstance(table, PublishedTable) for table in entries):
            raise InputError("The entries of a ledger are Tables.")
        if path is not None and not entries:
            entries = _read(path) or ()
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "entries", entries)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Ledger:
        """Read a ledger that must be there.

        Raises
        ------
        InputError
            There is no file, or it is no ledger, of another format, changed or cut short.
        """
        if not isinstance(path, (str, os.PathLike)) or _read(Path(path)) is None:
            raise InputError("There is no ledger at this path.", "Ledger(path) begins one.")
        return cls(Path(path))

    @property
    def digest(self) -> str:
        """A digest of all entries."""
        return digest_of(*self.entries)

    def with_(self, table: PublishedTable) -> Ledger:
        """A ledger with one more table; its file is written before it is returned.

        A table that is in it already, to the last number, is not entered twice: a script may be run again.

        Raises
        ------
        InputError
            Not a PublishedTable; somebody else is writing, or has written since this ledger was read; or the file cannot be written.
        """
        if not isinstance(table, PublishedTable):
            fix = "Pass the .entry of what ek.release(estimate, ledger=, publication=) returned."
            kind = f"A ledger takes a PublishedTable, not a {type(table).__name__}"
            what = "Nothing was audited against a ledger" if table is None else kind
            raise InputError(f"{what}.", fix)
        if digest_of(table) in map(digest_of, self.entries):
            return self
        more = (*self.entries, table)
        if self.path is not None:
            _write(self.path, before=self.digest, entries=more)
        return Ledger(self.path, more)

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        cells = sum(len(table.cells) for table in self.entries)
        place = "in memory" if self.path is None else f"in {self.path.name!r}"
        lines = [f"Ledger of {how_many(len(self.entries), 'table')}, {how_many(cells, 'cell')}, {place}"]
        first = max(0, len(self.entries) - 30)
        lines += [f"  ... {first} before"] if first else []
        lines += [f"  {i}  {table.title}  ({table.universe})" for i, table in enumerate(self.entries) if i >= first]
        return "\n".join(lines)


def _read(path: Path) -> tuple[PublishedTable, ...] | None:
    """The entries in a file; None where there is no file."""
    if not path.exists():
        return None
    text = in_our_words(
        lambda: path.read_bytes().decode("utf-8"),
        lambda trouble: InputError(
            f"The ledger {path.name!r} cannot be read ({type(trouble).__name__}).", "Go back to the file that was kept."
        ),
    )
    return entries_from(text)


def _write(path: Path, *, before: str, entries: tuple[PublishedTable, ...]) -> None:
    """Replace the file, unless it is no longer the one that this ledger was read from."""
    lock, fresh = path.with_name(path.name + ".lock"), path.with_name(path.name + ".new")
    _locked(path, lock)
    try:
        if digest_of(*(_read(path) or ())) != before:
            raise InputError(
                "The ledger's file was written by somebody else since this ledger was read.",
                "Read it again with Ledger.load(), audit the new table against it, and add the table then.",
            )
        in_our_words(
            lambda: _replaced(path, fresh, text_of(entries)),
            lambda trouble: InputError(f"The ledger {path.name!r} cannot be written ({type(trouble).__name__}).", "Check its folder."),
        )
    finally:
        lock.unlink(missing_ok=True)


def _locked(path: Path, lock: Path) -> None:
    def problem(trouble: Exception) -> InputError:
        if isinstance(trouble, FileExistsError):
            fix = f"Try again; if nobody is, a program ended halfway: delete {lock.name!r} beside it."
            return InputError(f"Somebody else is writing the ledger {path.name!r}.", fix)
        return InputError(f"The ledger {path.name!r} cannot be written ({type(trouble).__name__}).", "Check that its folder is there.")

    in_our_words(lambda: os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)), problem)


def _replaced(path: Path, fresh: Path, text: str) -> None:
    try:
        with fresh.open("wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
