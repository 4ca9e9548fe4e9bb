"""Traces of persons are found in several scripts, ordinary answers are not, and no text gets out."""

from __future__ import annotations

import pickle
import time
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import EAGER, frame_as

import evidencekit as ek
from evidencekit.disclosure.microdata import scan_text
from evidencekit.disclosure.microdata.traces import KINDS, Names, plain, traces_in
from evidencekit.errors import InputError, UnknownColumn

SCRIPTS = {"thai": 0x0E50, "khmer": 0x17E0, "burmese": 0x1040, "lao": 0x0ED0, "arabic": 0x0660, "devanagari": 0x0966, "wide": 0xFF10}
TRACES: dict[str, str] = {
    "call me at 012 345 678": "phone",
    "+855 12 345 678": "phone",
    "tel (02) 123-4567": "phone",
    "0812345678 after school": "phone",
    "his number was 555-0123": "phone",
    "write to blue.otter@example.org please": "e-mail",
    "it was @blue_otter99": "handle",
    "Telegram: blueotter": "handle",
    "LINE ID: otter.blue": "handle",
    "otter#1234 on the server": "handle",
    "see https://example.org/x?y=1": "url",
    "he sent www.example.com": "url",
    "on t.me/otterroom": "url",
    "example.com.kh was the page": "url",
    "at 11.5564, 104.9282 near the gate": "coordinates",
    "13.7563 100.5018": "coordinates",
    "11° 33' N": "coordinates",
    "7MJ4GV4G+2X": "coordinates",
    "born 2009-03-12": "date",
    "12/03/2009": "date",
    "3.4.09": "date",
    "on 12 March 2009": "date",
    "March 12, 2009": "date",
    "12 มีนาคม 2552": "date",
    "១២ មីនា ២០០៩": "date",
    "ngày 12 tháng 3 năm 2009": "date",
    "ຂ້ອຍເກີດ 12 ມີນາ 2009": "date",
    "my card is A1234567": "number",
    "1103700123456": "number",
}
PLAIN = [
    "by a game",
    "I was 15 and it was in 2020",
    "about 20 girls in grade 7",
    "they asked 3 times, then 4 times, in 2 weeks",
    "from 2019-2020",
    "1 500 000",
    "it cost 1,500,000 riel",
    "10.5 hours a day",
    "ខ្ញុំមិនដឹង",
    "ฉันไม่แน่ใจ",
    "a friend @ school",
    "50% of the time; e.g. at night",
    "no.",
    "",
]


@pytest.mark.parametrize("text", TRACES)
def test_traces_are_found(text: str) -> None:
    assert TRACES[text] in traces_in(text)


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_answers_are_left_alone(text: str) -> None:
    assert traces_in(text) == ()


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("text", "kind"), [("012 345 678", "phone"), ("110370012345", "number"), ("12/03/2552", "date"), ("11.5564, 104.9282", "coordinates")]
)
def test_digits_of_every_script_count(script: str, text: str, kind: str) -> None:
    written = "".join(chr(SCRIPTS[script] + int(sign)) if sign.isdigit() else sign for sign in text)
    assert kind in traces_in(f"x {written} y")
    assert kind in traces_in("\u200b".join(f"x {written} y")), "signs without width part nothing"


@given(digits=st.text("0123456789", min_size=8, max_size=13), script=st.sampled_from([*SCRIPTS.values()]))
def test_a_run_of_digits_is_a_number_in_every_script(digits: str, script: int) -> None:
    assert "number" in traces_in("".join(chr(script + int(sign)) for sign in digits))
    assert plain("".join(chr(script + int(sign)) for sign in digits)) == digits


def test_names_are_whole_words_where_words_are_parted_and_anywhere_else() -> None:
    names = Names(["Ann", "Blue Otter", "สมชาย", "สុខា"])
    assert names.found(plain("it was ANN."))
    assert names.found(plain("ann's brother")) is False  # a name with an ending is another word; lists should have it
    assert not names.found(plain("annoying planning"))
    assert names.found(plain("the  blue   otter of class 3".replace("  ", " ").replace("  ", " ")))
    assert not names.found(plain("a blue sea otter"))
    assert names.found(plain("พี่สมชายบอกว่า"))
    assert "name" not in traces_in("Ann")
    assert traces_in("Ann", names) == ("name",)
    assert repr(names) == "Names(...)"


@pytest.mark.parametrize("kind", EAGER)
def test_counts_and_rows_in_every_kind_of_frame(kind: str) -> None:
    frame = pd.DataFrame({"n": [1, 2, 3, 4], "how": ["game", "012 345 678", None, "012 345 678 or a@b.org"], "who": ["x"] * 4})
    found = scan_text(frame_as(kind, frame))
    assert found.columns == ("how", "who")
    assert found.rows("how", "phone") == [1, 3]
    assert found.rows("how") == [1, 3]
    assert found.count("how", "e-mail") == 1
    assert found.count("who") == 0
    assert found.answered["how"] == 3
    assert not found.clean


def test_categories_objects_and_missing_codes() -> None:
    frame = pd.DataFrame(
        {"c": pd.Categorical(["a", "0123456789"]), "o": pd.Series([3, "0123456789"], dtype=object), "m": ["x", "0999999999"]}
    )
    data = ek.Dataset(frame, missing={"m": {"0999999999": ek.Missing.REFUSED}})
    found = scan_text(data)
    assert (found.count("c"), found.count("o"), found.count("m")) == (1, 1, 0)


@given(text=st.text(st.sampled_from("0123456789 .,-+@#/:°abcเดอนมនា៉១២၃໔'()"), max_size=60))
def test_any_text_is_read_and_none_comes_out(text: str) -> None:
    secret = f"zq{text}qz"
    found = scan_text(pd.DataFrame({"t": [secret, "0123456789"]}), names=["zqvvx"])
    shown = f"{found!r}{found._repr_html_()}{found.to_frame()!r}{found.found!r}"
    assert "zq" not in shown
    assert set(traces_in(text)) <= set(KINDS)


def test_time_grows_with_the_length_of_a_text_and_a_trace_at_any_place_is_found() -> None:
    start = time.process_time()
    for at in range(400, 700, 7):
        assert traces_in(f"{'w ' * (at // 2)}blue.otter@example.org and 012 345 678") == ("phone", "e-mail")
    for text in ("1 " * 20_000, "a" * 50_000, "1-2/" * 10_000, "a.b." * 10_000, "12 ab " * 8_000, "@" * 30_000, "a@b" * 10_000):
        traces_in(text)
    assert time.process_time() - start < 20


BAD: dict[str, tuple[Any, str]] = {
    "a column of numbers": (lambda: scan_text(pd.DataFrame({"n": [1]}), columns=["n"]), "no texts"),
    "a name for a list": (lambda: scan_text(pd.DataFrame({"t": ["x"]}), names="s3cret"), "list of names"),
    "names that are numbers": (lambda: scan_text(pd.DataFrame({"t": ["x"]}), names=[7]), "takes texts"),
    "a kind that is none": (lambda: scan_text(pd.DataFrame({"t": ["x"]})).rows("t", "s3cret"), "kind of trace"),
    "a column that was not read": (lambda: scan_text(pd.DataFrame({"t": ["x"], "n": [1]})).rows("n"), "not scanned"),
    "a lazy frame": (lambda: scan_text(frame_as("polars-lazy", pd.DataFrame({"t": ["x"]}))), "lazy"),
    "no frame": (lambda: scan_text(["s3cret"]), "data frame"),
    "pickling": (lambda: pickle.dumps(scan_text(pd.DataFrame({"t": ["x"]}))), "not pickled"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told(case: str) -> None:
    work, words = BAD[case]
    with pytest.raises(InputError, match=words) as told:
        work()
    assert "s3cret" not in str(told.value)


def test_an_unknown_column_is_told() -> None:
    with pytest.raises(UnknownColumn):
        scan_text(pd.DataFrame({"t": ["x"]}), columns=["text"])
