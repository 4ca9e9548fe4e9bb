"""Each check finds what was put there, and nothing else; the report holds no answer and no respondent."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from small_forms import DK, RF, small_form

import evidencekit as ek
from evidencekit.errors import InputError, UnknownColumn
from evidencekit.instrument import Attempts, BackChecks, Interviewers, Limits, Quality

FORM = small_form()
CALM = Interviewers(8, spread=0, speed=0)
AT = {"interviewer": "interviewer", "start": "start", "end": "end", "limits": Limits(permutations=2)}


@pytest.fixture(scope="module")
def calm() -> Any:
    return ek.instrument.fictional_answers(
        FORM, 800, seed=21, prevalence={"agrees": 0.97, "asked": 0.3}, clusters=ek.instrument.Clusters(80, 0), interviewers=CALM
    )


def quality(data: Any, **more: Any) -> Quality:
    return ek.instrument.fieldwork_quality(data, FORM, **{**AT, **more})


def test_nothing_stands_out_where_nothing_does(calm: Any) -> None:
    made = quality(calm)
    assert made.flags == ()
    assert repr(made).startswith("Quality(800 interviews, 8 interviewers, ")
    assert made.to_frame("durations")["interviews"].tolist() == [100] * 8


def test_fast_interviews_nights_and_overlaps(calm: Any) -> None:
    frame = calm.frame.copy()
    start, end = pd.to_datetime(frame["start"]), pd.to_datetime(frame["end"])
    mine = frame.index[frame["interviewer"] == "I02"]
    end[mine] = start[mine] + (end[mine] - start[mine]) * 0.6
    start[mine[0]] = start[mine[0]].replace(hour=23, minute=5)
    end[mine[0]] = start[mine[0]] + pd.Timedelta(minutes=9)
    theirs = frame.index[frame["interviewer"] == "I05"]
    start[theirs[1]] = start[theirs[0]] + pd.Timedelta(minutes=2)
    end[theirs[2]] = start[theirs[2]] - pd.Timedelta(minutes=1)
    frame["start"], frame["end"] = start, end
    made = quality(calm.with_frame(frame))
    text = "\n".join(made.flags)
    assert re.search(r"I02: interviews take [\d.]+ minutes at the median, those of all", text)
    assert "I02: once an interview starts between 21:00 and 6:00." in text
    assert "I05: once an interview starts before the one before it has ended." in text
    assert "I05: 1 end before or when they start." in text
    assert made.to_frame("nights").set_index("interviewer")["at_night"].sum() == 1
    assert {re.search(r"I\d\d", flag).group() for flag in made.flags} == {"I02", "I05"}  # type: ignore[union-attr]


def test_short_and_long_interviews_are_counted(calm: Any) -> None:
    frame = calm.frame.copy()
    start = pd.to_datetime(frame["start"])
    end = pd.to_datetime(frame["end"])
    rows = frame.index[frame["interviewer"] == "I01"][:3]
    end[rows] = start[rows] + pd.to_timedelta([20, 30, 10 * 3600], unit="s")
    table = quality(calm.with_frame(frame.assign(end=end))).to_frame("durations").set_index("interviewer")
    before = quality(calm).to_frame("durations").set_index("interviewer")
    assert table.loc["I01", "short"] - before.loc["I01", "short"] == 2
    assert table.loc["I01", "long"] - before.loc["I01", "long"] == 1


def test_times_as_text_as_dates_and_with_zones_are_the_same(calm: Any) -> None:
    frame = calm.frame.copy()
    one = quality(calm).to_frame("durations")
    as_dates = frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]))
    zoned = as_dates.assign(
        start=as_dates["start"].dt.tz_localize("Asia/Phnom_Penh"), end=as_dates["end"].dt.tz_localize("Asia/Phnom_Penh")
    )
    texts = frame.assign(start=frame["start"] + "+07:00", end=frame["end"] + "+07:00")
    for other in (as_dates, zoned, texts):
        made = quality(calm.with_frame(other))
        pd.testing.assert_frame_equal(made.to_frame("durations"), one)
        assert made.flags == ()


def test_refusals_and_dont_know_by_interviewer(calm: Any) -> None:
    frame = calm.frame.copy()
    mine = frame.index[(frame["interviewer"] == "I03") & frame["asked"].notna()]
    frame.loc[mine[:25], "asked"] = 99
    made = quality(calm.with_frame(frame))
    assert any("I03" in flag and "prefer not to say" in flag for flag in made.flags)
    table = made.to_frame("refusals").set_index("interviewer")
    rows = frame[frame["interviewer"] == "I03"]
    offers = {
        name: FORM.item(name).missing for name in frame.columns if name in {i.name for i in FORM.questions} and FORM.item(name).missing
    }
    places = sum(rows[name].notna().sum() for name, kinds in offers.items() if RF in kinds.values())
    events = sum((rows[name] == 99).sum() for name, kinds in offers.items() if RF in kinds.values())
    assert table.loc["I03", "refused"] == events
    assert table.loc["I03", "refused_rate"] == pytest.approx(events / places)
    dont_know = (rows["asked"] == 98).sum() + (rows["told"] == 98).sum() + (rows["hours"] == -98).sum() + (rows["used"] == "98").sum()
    assert table.loc["I03", "dont_know"] == dont_know


def test_straight_lining_over_the_battery_that_is_found(calm: Any) -> None:
    frame = calm.frame.copy()
    battery = [f"adult_{word}" for word in ("homework", "safety", "friends", "problems")]
    mine = frame.index[(frame["interviewer"] == "I04") & frame["age"].notna()][:30]
    frame.loc[mine, battery] = 2
    made = quality(calm.with_frame(frame))
    assert any("I04" in flag and "one answer throughout" in flag for flag in made.flags)
    answered = frame[battery].where(frame[battery] < 90)
    same = (answered.nunique(axis=1) == 1) & (answered.notna().sum(axis=1) >= 3)
    table = made.to_frame("straightlining").set_index("interviewer")
    assert table["one_answer"].tolist() == same.groupby(frame["interviewer"]).sum().tolist()
    with pytest.raises(UnknownColumn):
        quality(calm, batteries={"mine": ["gone", "adult_safety", "adult_friends"]})
    with pytest.raises(InputError, match="fewer than 3"):
        quality(calm, batteries={"mine": ["adult_safety", "adult_friends"]})


def test_heaped_numbers() -> None:
    form = ek.Instrument(
        "f", [ek.Item("minutes", "integer", constraint=". >= 0 and . <= 90"), ek.Item("age", "integer", constraint=". >= 12 and . <= 17")]
    )
    data = ek.instrument.fictional_answers(
        form, 1200, seed=2, interviewers=Interviewers(6, speed=0), missing=ek.instrument.MissingRates({})
    )
    made = ek.instrument.fieldwork_quality(data, form, interviewer="interviewer")
    assert made.to_frame("digits")["item"].tolist() == ["minutes"]  # ages 12 to 17 have no last digits to speak of
    assert made.flags == ()
    frame = data.frame.copy()
    mine = frame["interviewer"] == "I01"
    frame.loc[mine, "minutes"] = (frame.loc[mine, "minutes"] / 5).round() * 5
    flags = ek.instrument.fieldwork_quality(frame, form, interviewer="interviewer").flags
    assert any("I01" in flag and "end in 0 or 5" in flag for flag in flags)
    assert any("'minutes'" in flag and "Whipple" in flag for flag in flags)


def test_copied_interviews_are_found_with_who_made_them(calm: Any) -> None:
    frame = calm.frame.copy()
    columns = list(frame.columns[5:])
    mine = frame.index[frame["interviewer"] == "I06"]
    frame.loc[mine[:30], columns] = frame.loc[mine[60:90], columns].to_numpy()
    made = quality(calm.with_frame(frame))
    found = made.to_frame("duplicates").set_index("interviewer")
    assert any("I06" in flag and "nearly those of someone else" in flag for flag in made.flags)
    assert any("I06" in flag and "on one spot" in flag for flag in made.flags)
    assert found["near_duplicates"].idxmax() == "I06"
    assert found.loc["I06", "with_own"] >= 50
    assert {re.search(r"I\d\d", flag).group() for flag in made.flags} == {"I06"}  # type: ignore[union-attr]


def test_interviewer_effects_are_found() -> None:
    form = ek.Instrument(
        "f", [ek.Item("score", "integer", constraint=". >= 0 and . <= 100"), ek.Item("other", "integer", constraint=". >= 0 and . <= 9")]
    )
    data = ek.instrument.fictional_answers(
        form, 1000, seed=9, clusters=ek.instrument.Clusters(50, 0), interviewers=Interviewers(20, speed=0)
    )
    frame = data.frame.copy()
    frame["score"] = frame["score"] + 10 * frame["interviewer"].str[1:].astype(int)
    table = ek.instrument.fieldwork_quality(frame, form, interviewer="interviewer").to_frame("correlation")
    assert table["item"].tolist() == ["score", "other"]
    assert table["low"].iloc[0] > 0.3
    assert table["low"].iloc[1] < 0.02


def test_one_interviewer_is_one_flag_however_many_items_show_it() -> None:
    form = ek.Instrument("f", [ek.Item(f"score_{k}", "integer", constraint=". >= 0 and . <= 100") for k in range(7)])
    data = ek.instrument.fictional_answers(
        form, 1000, seed=9, clusters=ek.instrument.Clusters(50, 0), interviewers=Interviewers(10, speed=0)
    )
    frame = data.frame.copy()
    mine = frame["interviewer"] == "I04"
    for k in range(6):
        frame.loc[mine, f"score_{k}"] += 60
    flags = ek.instrument.fieldwork_quality(frame, form, interviewer="interviewer").checks["correlation"].flags
    assert len(flags) == 1
    assert flags[0].startswith("Interviewer I04: answers to 6 items are unlike the others' ('score_")
    assert "and 1 more" in flags[0]
    frame["score_6"] += 10 * frame["interviewer"].str[1:].astype(int)
    flags = ek.instrument.fieldwork_quality(frame, form, interviewer="interviewer").checks["correlation"].flags
    assert [flag[:14] for flag in flags] == ["Item 'score_6'", "Interviewer I0"]


def test_z_is_nought_where_nobody_has_a_short_gap(calm: Any) -> None:
    frame = calm.frame.copy()
    hours = pd.Series(pd.date_range("2026-01-05 08:00", periods=len(frame), freq="30min"))
    frame["start"], frame["end"] = hours, hours + pd.Timedelta(minutes=10)
    table = quality(calm.with_frame(frame)).to_frame("gaps")
    assert table["gaps"].min() >= 5
    assert table["z"].tolist() == [0.0] * len(table)


def test_columns_that_an_export_leaves_out_are_told_how_to_get(calm: Any) -> None:
    frame = calm.frame.drop(columns=["start", "end"])
    with pytest.raises(InputError, match=r"start= names 'start', which the device writes.*metadata=True"):
        quality(calm.with_frame(frame))


def test_back_checks_by_item_kind_and_interviewer(calm: Any) -> None:
    again = calm.frame.iloc[::4].copy()
    mine = again["interviewer"] == "I07"
    again.loc[mine, "age"] = 29 - again.loc[mine, "age"]
    again["hours"] = again["hours"] + 0.1
    checks = BackChecks(calm.with_frame(again), "key", {"should not change": ["age"]}, {"hours": 0.2})
    made = quality(calm, back_checks=checks)
    items = made.to_frame("backchecks_by_item").set_index("item")
    assert items.loc["age", "differ"] == again.loc[mine, "age"].notna().sum()
    assert items.loc["hours", "differ"] == (again["hours"].round(1) == -97.9).sum()  # a missing code is no number
    assert items.drop(index=["age", "hours"])["differ"].sum() == 0
    assert "comment" not in items.index
    kinds = made.to_frame("backchecks_by_kind").set_index("kind")
    assert kinds.loc["should not change", "items"] == 1
    assert any("I07" in flag and "asked again" in flag for flag in made.flags)
    twice = pd.concat([again, again.iloc[:1]])
    with pytest.raises(InputError, match="1 keys stand on more than one row"):
        quality(calm, back_checks=BackChecks(twice, "key"))
    with pytest.raises(InputError, match="No key of the back-checks"):
        quality(calm, back_checks=BackChecks(again.assign(key="x" + again["key"]), "key"))


def test_response_rates(calm: Any) -> None:
    frame = calm.frame.copy()
    frame["result"] = np.where(np.arange(len(frame)) % 5 == 0, 3, 1)
    mine = frame.index[frame["interviewer"] == "I08"]
    frame.loc[mine[:60], "result"] = 2
    frame.loc[mine[60:70], "result"] = 9
    made = quality(calm.with_frame(frame), attempts=Attempts("result", [1], [9]))
    table = made.to_frame("responses").set_index("interviewer")
    assert table.loc["I08", "attempts"] == 90
    assert any("I08" in flag and "attempts are complete" in flag for flag in made.flags)
    with pytest.raises(InputError, match="code of a complete interview"):
        quality(calm.with_frame(frame), attempts=Attempts("result", [7]))


def test_polars_in_polars_out_and_the_same_numbers(calm: Any) -> None:
    made = quality(pl.from_pandas(calm.frame.astype({"used": object})))
    table = made.to_frame("refusals")
    assert isinstance(table, pl.DataFrame)
    pd.testing.assert_frame_equal(table.to_pandas(), quality(calm).to_frame("refusals"), check_dtype=False)


def test_bad_input_is_refused_in_our_words(calm: Any) -> None:
    with pytest.raises(InputError, match="different on nearly every row"):
        quality(calm, interviewer="key")
    with pytest.raises(UnknownColumn):
        quality(calm, interviewer="nobody")
    with pytest.raises(InputError, match="no column that is an item"):
        quality(calm.frame[["key", "interviewer", "start", "end"]])
    with pytest.raises(InputError, match="holds no times"):
        quality(calm, start="age")
    with pytest.raises(InputError, match="lazy"):
        quality(pl.from_pandas(calm.frame.astype({"used": object})).lazy())
    with pytest.raises(InputError, match=r"saved as \.html"):
        quality(calm).save("quality.pdf")
    for wrong in (lambda: Limits(z=0), lambda: Limits(night=(25, 3)), lambda: Attempts("r", [1], [1])):
        with pytest.raises(InputError):
            wrong()


def test_the_report_stands_alone_and_has_its_pictures(calm: Any, tmp_path: Path) -> None:
    made = quality(calm)
    text = made.save(tmp_path / "quality.html").read_text(encoding="utf-8")
    assert text.count("<svg") == len(made.pictures()) >= 4
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", text)
    assert "Nothing stands out." in text
    assert "back_checks= was not given" in text
    for picture in made.pictures().values():
        assert len(picture.to_png()) > 1000


SECRET = "Zq7canary"


def test_no_answer_and_no_respondent_is_anywhere(calm: Any, tmp_path: Path) -> None:
    frame = calm.frame.copy()
    frame["key"] = [f"{SECRET}key{k}" for k in range(len(frame))]
    frame.loc[::3, "comment"] = f"{SECRET} comment"
    frame.loc[::7, "used"] = f"{SECRET}code"
    frame["spot"] = "61.234567 5.876543 0 4"
    frame["hours"] = frame["hours"].where(frame.index % 5 > 0, 73591.25)
    frame.loc[5, "start"] = f"{SECRET}time"
    frame["result"] = f"{SECRET}result"
    data = calm.with_frame(frame)
    made = quality(data, back_checks=BackChecks(data, "key"))
    tables = "".join(made.to_frame(name).to_string() for name in made.names)
    page = made.save(tmp_path / "q.html").read_text(encoding="utf-8")
    shown = "".join([repr(made), *made.flags, *made.notes, tables, re.sub(r'd="[^"]*"', "", page)])
    for secret in (SECRET, "61.2345", "5.8765", "73591"):
        assert secret not in shown
    for broken in (
        lambda: quality(data, interviewer="key"),
        lambda: quality(data, attempts=Attempts("result", ["1"])),
        lambda: quality(data, start="comment", end="comment", back_checks=BackChecks(data, "comment")),
        lambda: quality(data, back_checks=BackChecks(frame.assign(key="1"), "key")),
    ):
        with pytest.raises(InputError) as caught:
            broken()
        assert SECRET not in str(caught.value)
        cause = caught.value.__cause__
        assert cause is None or SECRET not in str(cause)
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(data)


def test_interviewers_with_few_interviews_show_no_rates(calm: Any) -> None:
    frame = calm.frame.copy()
    frame.loc[frame.index[:3], "interviewer"] = "I99"
    made = quality(calm.with_frame(frame))
    for name in ("refusals", "straightlining", "duplicates", "places", "durations"):
        row = made.to_frame(name).set_index("interviewer").loc["I99"]
        held = row.drop([c for c in row.index if c in ("interviews", "positions", "short", "long", "end_before_start")])
        assert held.isna().all(), name


def test_missing_kinds_of_the_data_count_where_the_form_has_none() -> None:
    form = ek.Instrument("f", [ek.Item("x", "integer"), ek.Item("y", "integer")])
    frame = pd.DataFrame({"who": ["a", "b"] * 20, "x": [1, 97] * 20, "y": [5] * 40})
    data = ek.Dataset(frame, missing={"x": {(97, 98): DK}})
    table = ek.instrument.fieldwork_quality(data, form, interviewer="who").to_frame("refusals")
    assert table["dont_know"].tolist() == [0, 20]
