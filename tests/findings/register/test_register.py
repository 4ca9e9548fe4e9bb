"""Quantity, Entry and Register: what they refuse, and the file that is the same bytes each time."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from planted_claims import register

from evidencekit.errors import InputError
from evidencekit.findings import Entry, Quantity, Register

REGISTER = register()
NUMBER = Quantity(text="about 1 in 8", value=0.119, low=0.099, high=0.141)


def entry(**given: Any) -> Entry:
    return Entry(**{"id": "c1", "headline": "About 1 in 8 gardens have a well.", **given})


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"text": "many"}, "no number"),
        ({"text": ""}, "is empty"),
        ({"text": 8}, "not a int"),
        ({"value": float("nan")}, "finite"),
        ({"value": "0.1"}, "finite"),
        ({"value": True}, "finite"),
        ({"value": 11.9}, "from 0 to 1"),
        ({"high": None}, "one bound"),
        ({"low": 0.2}, "above its upper"),
        ({"unit": "percent"}, "unit='percent' is not known"),
        ({"role": 3}, "role= takes a text"),
    ],
)
def test_a_quantity_refuses(given: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        Quantity(**{"text": "about 1 in 8", "value": 0.119, "low": 0.099, "high": 0.141, **given})


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"headline": "Gardens have a well."}, "The headline holds no number"),
        ({"wordings": ["12%", "some gardens"]}, "Wording 2 of the 2 holds no number"),
        ({"wordings": ["In 2024, gardens of children aged 12-17."]}, "Wording 1 of the 1 holds no number"),
        ({"wordings": "12%"}, "takes a list"),
        ({"wordings": [12]}, "a int is among"),
        ({"numbers": [0.12]}, "takes a list of Quantity"),
        ({"id": "two words"}, "is one word"),
        ({"id": " "}, "is empty"),
        ({"id": None}, "not a NoneType"),
        ({"topic": "wells"}, "topic='wells' is not known"),
        ({"expires": "soon"}, "expires= is a date"),
        ({"expires": 2027}, "expires= is a date"),
    ],
)
def test_an_entry_refuses(given: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        entry(**given)


def test_an_entry_takes_dates_and_lists() -> None:
    made = entry(wordings=["12%"], numbers=[NUMBER], expires=datetime(2027, 1, 2, 3, 4))
    assert (made.expires, made.wordings) == (date(2027, 1, 2), ("12%",))
    assert made.allowed == ("About 1 in 8 gardens have a well.", "12%", "about 1 in 8")
    assert entry(expires="2027-01-02").expires == date(2027, 1, 2)


def test_ids_are_unique() -> None:
    with pytest.raises(InputError, match="1 id is there more than once"):
        Register([entry(), entry(wordings=["12%"])])
    grown = Register([entry()])
    assert grown.with_(entry()) is grown
    assert [one.id for one in grown.with_(entry(id="c2"))] == ["c1", "c2"]
    assert len(grown) == 1
    with pytest.raises(InputError, match="more than once"):
        grown.with_(entry(wordings=["12%"]))


@pytest.mark.parametrize("wrong", ["c1", entry(), {"c1": entry()}, ["c1"], 3, None])
def test_a_register_refuses(wrong: Any) -> None:
    with pytest.raises(InputError, match="A Register takes a list of Entry"):
        Register(wrong)


def test_the_same_claims_are_the_same_bytes(tmp_path: Path) -> None:
    path = REGISTER.save(tmp_path / "register.json")
    assert Register.read(path) == REGISTER
    assert Register.read(path).to_json().encode() == path.read_bytes()
    assert Register.from_json(REGISTER.to_json()) == REGISTER


def test_a_register_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    record = json.loads(REGISTER.to_json())
    broken = {
        "This is no JSON": "{",
        "no claim register": "[]",
        "of another version": json.dumps({**record, "schema": "evidencekit.register/9"}),
        "has lost a part": json.dumps({"schema": record["schema"]}),
        r"Claim 0 of the register cannot be read \(KeyError\)": json.dumps({**record, "claims": [{"id": "c1"}]}),
        r"Claim 1 of the register cannot be read": json.dumps({**record, "claims": [record["claims"][0], 3]}),
        r"Claim 0 of the register cannot be read \(TypeError\)": json.dumps(
            {**record, "claims": [{**record["claims"][0], "numbers": [{"secret": 1}]}]}
        ),
    }
    for match, text in broken.items():
        with pytest.raises(InputError, match=match):
            Register.from_json(text)
    with pytest.raises(InputError, match="cannot be read"):
        Register.read(tmp_path / "nowhere.json")
    with pytest.raises(InputError, match="cannot be written"):
        REGISTER.save(tmp_path)
    with pytest.raises(InputError, match="no claim with this id"):
        REGISTER.entry("nobody")


def test_a_long_register_is_one_screen() -> None:
    many = Register([entry(id=f"c{k}", headline="About 1 in 8 gardens have a well, " + "and so on " * 30) for k in range(60)])
    assert len(repr(many).splitlines()) == 22
    assert max(map(len, repr(many).splitlines())) < 130
