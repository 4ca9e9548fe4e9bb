"""check_text against planted statements and misquotes, wordings in random prose, and what may reach it from outside."""

from __future__ import annotations

import html
import time
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_claims import CHILDREN, MISQUOTES, ON, RIGHT, register

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.findings import Entry, Quantity, Register, TextReport, check_text

REGISTER = register()
SECRET = "Zyxwv"


def checked(text: str, claims: Register = REGISTER, on: Any = ON) -> TextReport:
    return check_text(text + "\n", claims, on=on)


def test_the_planted_document_is_large_enough() -> None:
    assert len(RIGHT) >= 40
    assert len(MISQUOTES) >= 40
    assert {verdict for _, _, verdict, _ in MISQUOTES} == {"reworded", "stale", "unknown"}


@pytest.mark.parametrize("statement", RIGHT)
def test_what_keeps_to_the_register_is_not_flagged(statement: str) -> None:
    assert checked(statement).problems == ()


@pytest.mark.parametrize(("statement", "said", "verdict", "claim"), MISQUOTES)
def test_planted_misquotes_are_found(statement: str, said: str, verdict: str, claim: str) -> None:
    found = [one for one in checked(statement).found if one.text == said]
    assert [one.verdict for one in found] == [verdict]
    assert found[0].claims == ((claim,) if claim else ())
    assert found[0].why


def test_one_document_of_all_of_them(tmp_path: Path) -> None:
    lines = [said for pair in zip(RIGHT, MISQUOTES, strict=False) for said in (pair[0], pair[1][0])]
    path = tmp_path / "draft.md"
    path.write_text("# Draft 1\n\n" + "\n\n".join(lines) + "\n", encoding="utf-8")
    report = check_text(path, REGISTER, on=ON)
    at = {f"line {3 + 2 * k}": k for k in range(len(lines))}
    flagged = {at[one.place] for one in report.problems}
    assert flagged == set(range(1, len(lines), 2))


def test_a_report_is_one_screen_and_quotes_little() -> None:
    report = checked(" ".join(said for said, *_ in MISQUOTES))
    assert len(repr(report).splitlines()) <= 24
    assert not report.ok
    assert max(len(one.around) for one in report.found) <= 140
    frame = report.to_frame()
    assert list(frame.columns) == ["verdict", "claims", "place", "at", "text", "around", "why"]
    assert len(frame) == len(report.found) == sum(report.count(v) for v in ("right", "reworded", "stale", "unknown"))
    assert report.to_frame("polars").shape == frame.shape
    assert "<table>" in report._repr_html_()


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "Nothing is said here."])
def test_nothing_to_find(text: str) -> None:
    report = check_text(text, REGISTER, on=ON)
    assert report.found == ()
    assert report.ok
    assert report.to_frame().shape == (0, 7)


@pytest.mark.parametrize("times", [1, 5, 12, 40])
def test_a_text_of_one_line_is_a_text(times: int) -> None:
    assert check_text("About 1 in 8 children were asked. " * times, REGISTER, on=ON).count("right") == times


# -- wordings in random prose

QUIET = [
    "the",
    "team",
    "wrote",
    "of",
    "it",
    "at",
    "length",
    "and",
    "then",
    "went",
    "home",
    "to",
    "think",
    "about",
    "what",
    "was",
    "said",
    "by",
    "others",
    "near",
    "a",
    "river",
]
prose = st.lists(st.sampled_from(QUIET), max_size=12).map(" ".join)
shares = st.tuples(st.integers(1, 9), st.sampled_from([10, 12, 15, 20, 25, 30, 40, 50, 100, 1000]))
ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def claim(x: int, y: int) -> Register:
    p = x / y
    number = Quantity(text=f"about {x} in {y:,}", value=p, low=p * 0.9, high=min(1.0, p * 1.1))
    return Register([Entry(id="c", headline=f"About {x} in {y:,} gardens have a well.", numbers=[number])])


def forms(x: int, y: int) -> list[str]:
    out = [f"{x} in {y}", f"{x}-in-{y}", f"{x} out of {y:,}", f"{ONES[x - 1]} in {y:,}", f"{x} in every {y}", f"roughly {x} in {y:,}"]
    return out + ([f"{x}%", f"{x} %", f"{x} per cent", f"about {ONES[x - 1]} percent"] if y == 100 else [])


@given(prose, shares, prose, st.data())
@settings(max_examples=200, deadline=None)
def test_an_allowed_wording_in_any_prose_is_right(before: str, share: tuple[int, int], after: str, data: st.DataObject) -> None:
    said = data.draw(st.sampled_from(forms(*share)))
    report = checked(f"{before} {said} {after}", claim(*share))
    assert [(one.verdict, one.claims) for one in report.found] == [("right", ("c",))]


@given(prose, shares, shares, prose)
@settings(max_examples=200, deadline=None)
def test_another_number_is_not_right(before: str, share: tuple[int, int], other: tuple[int, int], after: str) -> None:
    said = f"about {other[0]} in {other[1]:,}"
    verdicts = [one.verdict for one in checked(f"{before} {said} {after}", claim(*share)).found]
    assert len(verdicts) == 1
    assert (verdicts[0] == "right") == (share == other)


@given(
    shares,
    st.sampled_from(["more than", "at least", "fewer than", "at most", "nearly", "over", "up to", "under"]),
    st.floats(-0.3, 0.3),
    st.floats(0, 0.3),
)
@settings(max_examples=300, deadline=None)
def test_a_side_is_right_only_where_the_bounds_hold_it(share: tuple[int, int], side: str, off: float, width: float) -> None:
    x, y = share
    p = x / y
    low = min(max(p * (1 + off), 0.0), 1.0)
    high = min(low + p * width, 1.0)
    number = Quantity(text=f"about {x} in {y:,}", value=(low + high) / 2, low=low, high=high)
    one = Register([Entry(id="c", headline=f"About {x} in {y:,} gardens have a well.", numbers=[number])])
    true = {
        **dict.fromkeys(("more than", "over"), low > p + 1e-12),
        "at least": low >= p - 1e-12,
        **dict.fromkeys(("fewer than", "under"), high < p - 1e-12),
        "nearly": high < p - 1e-12 and (low + high) / 2 >= p - 0.1 * min(p, 1 - p),
        **dict.fromkeys(("at most", "up to"), high <= p + 1e-12),
    }
    report = checked(f"{side} {x} in {y:,} gardens have a well", one)
    assert [found.verdict for found in report.found] == ["right" if true[side] else "reworded"]


@given(st.integers(1, 400))
def test_a_claim_is_stale_from_the_day_after(days: int) -> None:
    last = date(2026, 6, 30)
    one = Register([Entry(id="c", headline="About 1 in 8 gardens have a well.", expires=last)])
    assert checked("1 in 8 gardens", one, on=last).ok
    assert checked("1 in 8 gardens", one, on=last + timedelta(days=days)).count("stale") == 1


@given(st.integers(1, 12), st.integers(2, 12))
def test_fractions_are_not_reduced(x: int, y: int) -> None:
    if x >= y or Fraction(x, y).denominator == y:
        return
    one = Register([Entry(id="c", headline=f"{x} in {y} gardens have a well.")])
    lowest = Fraction(x, y)
    assert not checked(f"{lowest.numerator} in {lowest.denominator} gardens have a well", one).ok


# -- several claims with one number


def several() -> Register:
    wells = Entry(
        id="wells", headline="About 1 in 8 gardens have a well.", numbers=[Quantity(text="about 1 in 8", value=0.12, low=0.1, high=0.14)]
    )
    ponds = Entry(
        id="ponds",
        headline="More than 1 in 8 parks have a pond.",
        numbers=[Quantity(text="more than 1 in 8", value=0.2, low=0.15, high=0.25)],
    )
    return Register([wells, ponds])


@pytest.mark.parametrize(
    ("text", "verdict", "claims"),
    [
        ("1 in 8 gardens have a well", "right", ("wells",)),
        ("more than 1 in 8 parks have a pond", "right", ("ponds",)),
        ("more than 1 in 8 gardens have a well", "reworded", ("wells",)),
        ("about 1 in 8 parks have a pond", "reworded", ("ponds",)),
        ("about 1 in 8 of these", "right", ("wells",)),
    ],
)
def test_the_words_around_a_number_tell_its_claim(text: str, verdict: str, claims: tuple[str, ...]) -> None:
    assert [(one.verdict, one.claims) for one in checked(text, several()).found] == [(verdict, claims)]


def test_a_report_says_what_its_claims_say() -> None:
    """An id is a hash, which nobody knows by heart: the headline of the claim stands beside it."""
    claim = Entry(id="c-1f2e3d4c", headline="27% of gardens have a well.")
    report = checked("More than 27% of gardens have a well.", Register([claim]))
    assert report.problems[0].headlines == (claim.headline,)
    for shown in (repr(report), html.unescape(report._repr_html_())):
        assert 'c-1f2e3d4c "27% of gardens have a well."' in shown
    assert checked("Nearly 83% of bicycles squeak.", Register([claim])).problems[0].headlines == ()


def test_where_words_do_not_tell_all_claims_are_named() -> None:
    two = Register([Entry(id=name, headline=f"About 1 in 8 {name} have a well.") for name in ("gardens", "parks")])
    assert [one.claims for one in checked("So it is with about 1 in 8.", two).found] == [("gardens", "parks")]


def test_a_renewed_claim_is_right_beside_the_expired_one() -> None:
    old = Entry(id="old", headline="About 1 in 8 gardens have a well.", expires="2025-01-01")
    assert [one.claims for one in checked("1 in 8 gardens have a well", Register([old, Entry(id="new", headline=old.headline)])).found] == [
        ("new",)
    ]


def test_a_number_is_numbers_word_is_looked_at() -> None:
    report = checked("About 1 in 8 shops are shut.")
    assert report.ok
    assert "look at it" in repr(report)


@pytest.mark.parametrize(
    "text",
    [
        "One girl every 33 minutes was asked for a private picture.",
        "A child is asked for a private picture every two seconds.",
        "Every 33 minutes a girl is asked.",
        "Every second, a child is asked for a picture.",
        "Every half an hour one child is asked.",
        "Two children a day are asked for a private picture.",
        "One report per minute reaches the line.",
        "One child per 33 minutes is asked.",
        "Three young girls every week were asked.",
    ],
)
def test_so_many_in_so_much_time_is_a_number(text: str) -> None:
    found = [one for one in checked(text).found]
    assert [one.verdict for one in found] == ["unknown"]


@pytest.mark.parametrize(
    "text",
    [
        "Children go online every day, and every other girl has a telephone.",
        "The survey is repeated every two years, and the lesson is given twice a week.",
        "Schools teach one lesson a week; the line is open every day of the year.",
        "Every second counts, and a child a teacher knows will tell.",
        "A girl each of us knows may tell a teacher a day later.",
    ],
)
def test_what_happens_often_is_no_rate_of_people(text: str) -> None:
    assert checked(text).found == ()


def test_a_rate_that_was_registered_is_right() -> None:
    one = Register([Entry(id="c", headline="One report every 33 minutes reached the line in 2026.")])
    assert checked("One report every thirty-three minutes reached the line.", one).ok
    assert not checked("One report every 30 minutes reached the line.", one).ok


@pytest.mark.parametrize("named", ["95% interval: 9 to 15", "95% CI 9-15", "95% confidence interval: 9 to 15", "CI: 9\u201315"])
def test_an_interval_in_brackets_belongs_to_its_number_over_a_long_phrase(named: str) -> None:
    asked = f"About 1 in 8 {CHILDREN} were asked for a private picture in the past 12 months"
    assert [one.verdict for one in checked(f"{asked} ({named}).").found] == ["right", "right"]
    assert [one.verdict for one in checked(f"{asked} ({named.replace('15', '25')}).").found] == ["right", "reworded"]


@pytest.mark.parametrize(("ends", "right"), [((0.87, 0.895), False), ((0.885, 0.8999), True), ((0.82, 0.83), False)])
def test_nearly_is_near_on_both_sides_of_a_share(ends: tuple[float, float], right: bool) -> None:
    """As for "about": a tenth of the rarer answer, else 82% would be nearly 9 in 10."""
    number = Quantity(text="about 9 in 10", value=sum(ends) / 2, low=ends[0], high=ends[1])
    one = Register([Entry(id="c", headline="About 9 in 10 gardens have a well.", numbers=[number])])
    assert checked("Nearly 9 in 10 gardens have a well.", one).ok == right


# -- what may reach it


@pytest.mark.slow
def test_a_large_text_takes_seconds() -> None:
    quiet = "The team wrote of what it had seen and heard in the villages, and of what might be done about it by others. " * 9
    text = (quiet + "About 12% of children were asked.\n\n") * 10_000
    begun = time.process_time()
    report = check_text(text, REGISTER, on=ON)
    assert len(text) > 9_500_000
    assert report.count("right") == 10_000
    assert time.process_time() - begun < 20


ODD = ["9" * 200_000, "1 in " * 40_000, "between 1 and " * 20_000, "one hundred and " * 20_000, "(" * 100_000]


@pytest.mark.parametrize("text", [*ODD, pytest.param("12%" * 50_000, marks=pytest.mark.slow)])
def test_odd_texts_end_soon(text: str) -> None:
    begun = time.process_time()
    check_text(text, REGISTER, on=ON)
    assert time.process_time() - begun < 20


@pytest.mark.parametrize("wrong", [None, 12, 0.12, b"12%", ["12%"], date(2026, 1, 1), REGISTER])
def test_a_wrong_type_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="takes a path or a text"):
        check_text(wrong, REGISTER, on=ON)


@pytest.mark.parametrize("wrong", [None, [], "c1", list(REGISTER)])
def test_a_wrong_register_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="takes a Register"):
        check_text("12%", wrong, on=ON)


@pytest.mark.parametrize("wrong", ["soon", 2026, "2026-13-01"])
def test_a_wrong_day_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="on= is a date"):
        check_text("12%", REGISTER, on=wrong)


def test_messages_quote_no_text(tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_bytes(f"{SECRET} 12%".encode("utf-16-le") + b"\xff")
    with pytest.raises(InputError) as told:
        check_text(path, REGISTER, on=ON)
    assert SECRET not in str(told.value)


def test_it_is_at_the_top() -> None:
    assert ek.check_text is check_text
    assert ek.findings.Register is Register
    assert CHILDREN in REGISTER.entry("asked").headline
