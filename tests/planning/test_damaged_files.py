"""Contexts and cards in files that are damaged, or are none: an error of ours, whatever stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.planning import Context

DAMAGED: dict[str, bytes] = {
    "lists without end": b"a=" + b"[" * 5000,
    "a number of 5,000 digits": b"[population]\nsize=" + b"9" * 5000,
    "not UTF-8": b"name='\xff'",
    "not TOML": b"a==",
    "twice": b"name='a'\nname='b'",
}


@pytest.mark.parametrize("what", DAMAGED)
@pytest.mark.parametrize("read", [Context.from_toml, ek.planning.read_card])
def test_damaged_files(what: str, read: Any, tmp_path: Path) -> None:
    (tmp_path / "card.toml").write_bytes(DAMAGED[what])
    with pytest.raises(InputError, match=r"cannot be read|is not TOML|without end"):
        read(tmp_path / "card.toml")


@pytest.mark.parametrize("path", [None, 3, b"x", [], "a\0b", "x" * 5000, ""])
@pytest.mark.parametrize("read", [Context.from_toml, ek.planning.read_card])
def test_paths_that_are_none(path: Any, read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"cannot be read|is read from a text or a path"):
        read(path)
