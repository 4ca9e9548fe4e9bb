"""The file of a ledger: readable, whole, the same bytes, and nothing of the data in it."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidencekit.disclosure.ledger import AllBut, Band, Ledger, PublishedTable, count, hidden, percent, rounded
from evidencekit.errors import InputError

TABLE = PublishedTable(
    title="Told someone, by sex",
    universe="round 1",
    where={"age": Band(12, 18), "province": AllBut(["abroad", None])},
    cells=[
        (count({"sex": "girl"}, 62), percent({"sex": "girl", "told": 1}, 40.3, of={"sex": "girl"}, step=0.1, weight_ratio=1.5)),
        (rounded({"sex": "boy"}, 60, how="random"), hidden({"sex": "boy", "told": 1}, below=10)),
        (),
    ],
    beside=[count({"told": None}, 3), rounded({}, 120)],
    unchecked=("a mean",),
)
OTHER = PublishedTable(title="បន្ទាប់", universe="round 1", cells=[count({"sex": "girl"}, 12)])


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    ledger = Ledger(path).with_(TABLE).with_(OTHER)
    assert len(ledger) == 2
    for again in (Ledger(path), Ledger(str(path)), Ledger.load(path), pickle.loads(pickle.dumps(ledger))):
        assert again.entries == (TABLE, OTHER)
        assert again.digest == ledger.digest
    first = path.read_bytes()
    path.unlink()
    Ledger(path).with_(TABLE).with_(OTHER)
    assert path.read_bytes() == first
    assert "បន្ទាប់" in first.decode("utf-8")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ledger.json"]
    assert len(first.decode().splitlines()) < 40, "a line a cell"


def test_with_gives_a_new_ledger() -> None:
    empty = Ledger()
    one = empty.with_(TABLE)
    assert (len(empty), len(one)) == (0, 1)
    assert empty.digest != one.digest


def test_of_two_writers_the_second_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    one, two = Ledger(path), Ledger(path)
    one.with_(TABLE)
    with pytest.raises(InputError, match="written by somebody else"):
        two.with_(OTHER)
    assert Ledger(path).entries == (TABLE,)
    (tmp_path / "ledger.json.lock").touch()
    with pytest.raises(InputError, match="Somebody else is writing"):
        Ledger(path).with_(OTHER)
    (tmp_path / "ledger.json.lock").unlink()
    assert len(Ledger(path).with_(OTHER)) == 2


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.json"
    ledger = Ledger(path).with_(TABLE)
    kept = path.read_bytes()

    def full(*_: Any) -> None:
        raise OSError("no space: SECRET")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match="cannot be written") as told:
        ledger.with_(OTHER)
    assert "SECRET" not in str(told.value)
    assert path.read_bytes() == kept
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ledger.json"]


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        Ledger(tmp_path / "no" / "ledger.json").with_(TABLE)
    with pytest.raises(InputError, match="no ledger at this path"):
        Ledger.load(tmp_path / "ledger.json")
    with pytest.raises(InputError, match="cannot be read"):
        Ledger(tmp_path)


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    Ledger(path).with_(TABLE)
    good = path.read_text(encoding="utf-8")
    bad = {
        "cut short": (good[:300], "cut short"),
        "empty": ("", "cut short"),
        "list": ("[]", "not a ledger"),
        "later format": (good.replace('"evidencekit_ledger": 1', '"evidencekit_ledger": 2'), "later version"),
        "true": (good.replace('"evidencekit_ledger": 1', '"evidencekit_ledger": true'), "later version"),
        "a number": (good.replace('"value": 62', '"value": 63'), "changed after"),
        "more": (good.replace('"entries"', '"more": 1, "entries"'), "lacks parts"),
    }
    for text, said in bad.values():
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=said):
            Ledger(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        Ledger(path)


@pytest.mark.parametrize("change", ["value", "level", "kind", "unknown", "missing", "nan", "order"])
def test_an_entry_that_was_forged_with_its_hash(tmp_path: Path, change: str) -> None:
    from evidencekit.disclosure.ledger.texts import _check

    path = tmp_path / "ledger.json"
    Ledger(path).with_(OTHER).with_(TABLE)
    found = json.loads(path.read_text(encoding="utf-8"))
    cell = found["entries"][1]["cells"][0][0]
    {
        "value": lambda: cell.update(value=-1),
        "level": lambda: cell["group"].update(sex=[]),
        "kind": lambda: cell.update(shows="secret"),
        "unknown": lambda: cell.update(secret="secret"),
        "missing": lambda: cell.pop("value"),
        "nan": lambda: cell.update(value=1e999),
        "order": lambda: cell.update(group={"z": ["a"], "b": ["b"]}),
    }[change]()
    found["check"] = _check(found["entries"])
    path.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(InputError, match="Entry 1 of the ledger") as told:
        Ledger(path)
    assert "secret" not in str(told.value)


def test_bad_input() -> None:
    with pytest.raises(InputError, match="takes a PublishedTable"):
        Ledger().with_({"title": "x"})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="text or a path"):
        Ledger(3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="are Tables"):
        Ledger(None, ("x",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: count({"sex": "SECRET"}, -1), "below 0"),
        (lambda: count({"sex": "SECRET"}, 1.5), "whole number"),
        (lambda: count({"sex": "SECRET"}, float("nan")), "whole number"),
        (lambda: count({"sex": "SECRET"}, "SECRET"), "whole number"),
        (lambda: count({"sex": []}, 1), "names no level of variable 'sex'"),
        (lambda: count({"sex": float("nan")}, 1), "A level is"),
        (lambda: count({"sex": {"SECRET": 1}}, 1), "something of type dict"),
        (lambda: count("SECRET", 1), "is a mapping"),
        (lambda: count({3: "SECRET"}, 1), "name is no text"),
        (lambda: rounded({}, 7, base=5), "multiple of its base"),
        (lambda: rounded({}, 5, base=1), "multiple of its base"),
        (lambda: rounded({}, 5, how="up"), "not known"),
        (lambda: percent({}, 101, of={}), "between 0 and 100"),
        (lambda: percent({}, 12.34, of={}, step=0.1), "multiple of its step"),
        (lambda: percent({}, 12, of={}, weight_ratio=0.5), "1 or more"),
        (lambda: percent({}, "SECRET", of={}), "finite number"),
        (lambda: hidden({}, below=0), "1 or more"),
        (lambda: Band(5, 5), "holds nobody"),
        (lambda: Band("SECRET", 5), "are numbers"),
        (lambda: Band(None, None), "holds everyone"),
        (lambda: AllBut(()), "leaves nobody out"),
        (lambda: AllBut("SECRET"), "are a sequence"),
        (lambda: PublishedTable(title="", universe="u", cells=[count({}, 1)]), "title="),
        (lambda: PublishedTable(title="t", universe="u", cells=[]), "without cells"),
        (lambda: PublishedTable(title="t", universe="u", cells=count({}, 1)), "sequence of cells"),
        (lambda: PublishedTable(title="t", universe="u", cells=["SECRET"]), "sequence of numbers"),
        (lambda: PublishedTable(title="t", universe="u", cells=[["SECRET"]]), "no Number"),
        (lambda: PublishedTable(title="t", universe="u", cells=[count({"age": 12}, 1)], where={"age": (13, 14)}), "Cell 0 is about nobody"),
        (
            lambda: PublishedTable(title="t", universe="u", cells=[count({"age": 12}, 1)], where={"age": Band(13, 15)}),
            "Cell 0 is about nobody",
        ),
    ],
)
def test_numbers_that_cannot_be(make: Any, said: str) -> None:
    with pytest.raises(InputError, match=said) as told:
        make()
    assert "SECRET" not in str(told.value)


def test_levels_are_written_one_way() -> None:
    assert count({"told": True, "age": np.int64(12)}, np.int64(4)) == count({"age": 12.0, "told": [1, 1]}, 4)
    assert count({"b": ["y", "x", None, 2]}, 1).group.parts == (("b", (None, 2, "x", "y")),)
