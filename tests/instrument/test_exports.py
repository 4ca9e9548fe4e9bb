"""Exports of KoboToolbox, ODK and SurveyCTO, invented, in each of the ways they are written, give the same answers."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lesson_forms import USES, YES_NO, Group

import evidencekit as ek
from evidencekit.errors import InputError

read_export = ek.instrument.read_export
FORM = ek.Instrument(
    "round",
    [
        ek.Item("start", "metadata"),
        ek.Item("code", "text", {"English (en)": "Code of the child", "Français (fr)": "Code"}),
        Group(
            "about",
            [
                ek.Item("age", "integer", {"English (en)": "Age"}, required=True),
                ek.Item("online", "select_one", {"English (en)": "Online?", "Français (fr)": "En ligne ?"}, YES_NO, required=True),
                Group("use", [ek.Item("uses", "select_multiple", {"English (en)": "Uses"}, USES, relevant="${online} = 1")]),
            ],
        ),
        Group(
            "device",
            [ek.Item("sort", "text", {"English (en)": "Sort"}, required=True), ek.Item("hours", "decimal", {"English (en)": "Hours"})],
            repeat=True,
        ),
    ],
    version="2",
)
KOBO = pd.DataFrame(
    {
        "start": ["2025-01-01T10:00:00"] * 3,
        "code": ["007", "008", "NA"],
        "about/age": [14, 15, 16],
        "about/online": [1, 0, 98],
        "about/use/uses": ["chat game", None, None],
        "about/use/uses/chat": [1, None, None],
        "about/use/uses/game": [1, None, None],
        "about/use/uses/none": [0, None, None],
        "about/use/uses/99": [0, None, None],
        "_id": [11, 12, 13],
        "_uuid": ["u1", "u2", "u3"],
        "_submitted_by": ["user"] * 3,
        "__version__": ["2"] * 3,
        "_index": [1, 2, 3],
    }
)
KOBO_DEVICES = pd.DataFrame({"about/device/sort": ["phone", "tablet"], "about/device/hours": [1.5, 2.0]}).rename(
    columns=lambda name: name.removeprefix("about/")
)
KOBO_DEVICES = KOBO_DEVICES.assign(_index=[1, 2], _parent_table_name="round", _parent_index=[1, 3], _submission__uuid=["u1", "u3"])


def whole(frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers with blanks as a platform writes them: whole."""
    return frame.convert_dtypes()


def kobo_csv(folder: Path) -> Any:
    whole(KOBO).to_csv(folder / "round.csv", sep=";", index=False)
    whole(KOBO_DEVICES).to_csv(folder / "round-device.csv", sep=";", index=False)
    return read_export(folder / "round.csv", FORM)


def kobo_excel(folder: Path) -> Any:
    with pd.ExcelWriter(folder / "round.xlsx", engine="xlsxwriter") as book:
        KOBO.to_excel(book, sheet_name="round", index=False)
        KOBO_DEVICES.to_excel(book, sheet_name="device", index=False)
    return read_export(folder / "round.xlsx", FORM)


def kobo_dummies(folder: Path) -> Any:
    """Columns of 0 and 1 only, no names of groups."""
    main = KOBO.drop(columns="about/use/uses").rename(columns=lambda name: name.removeprefix("about/use/").removeprefix("about/"))
    whole(main).to_csv(folder / "r.csv", sep=";", index=False)
    whole(KOBO_DEVICES).to_csv(folder / "d.csv", index=False)
    return read_export(folder / "r.csv", FORM, repeats={"device": folder / "d.csv"})


def odk_csv(folder: Path) -> Any:
    main = KOBO.drop(columns=[name for name in KOBO if name.startswith("_") or name.startswith("about/use/uses/")])
    main = main.rename(columns=lambda name: name.replace("/", "-")).assign(
        KEY=["uuid:1", "uuid:2", "uuid:3"], SubmissionDate="x", FormVersion="2"
    )
    child = KOBO_DEVICES[["device/sort", "device/hours"]].rename(columns=lambda name: name.removeprefix("device/"))
    main.to_csv(folder / "round.csv", index=False)
    child.assign(PARENT_KEY=["uuid:1", "uuid:3"], KEY=["a", "b"]).to_csv(folder / "round-device.csv", index=False)
    return read_export(folder / "round.csv", FORM)


def surveycto_csv(folder: Path) -> Any:
    main = KOBO.drop(columns=[name for name in KOBO if name.startswith("_")])
    main = main.rename(columns=lambda name: name.removeprefix("about/use/").removeprefix("about/").replace("/", "_"))
    main = main.assign(KEY=["uuid:1", "uuid:2", "uuid:3"], instanceID="x", formdef_version=2, deviceid="d", duration=7)
    child = KOBO_DEVICES[["device/sort", "device/hours"]].rename(columns=lambda name: name.removeprefix("device/"))
    whole(main).to_csv(folder / "round_WIDE.csv", index=False)
    child.assign(**{"PARENT_KEY": ["uuid:1", "uuid:3"], "KEY": ["a", "b"], "SET-OF-device": "z"}).to_csv(folder / "device.csv", index=False)
    return read_export(folder / "round_WIDE.csv", FORM, repeats={"device": folder / "device.csv"})


def labelled(folder: Path) -> Any:
    """Answers as labels in one language, ticks called by labels."""
    said = {1: "Yes", 0: "No", 98: "I do not know"}
    main = KOBO.assign(**{"about/online": KOBO["about/online"].map(said)}).drop(columns="about/use/uses")
    heads = {f"about/use/uses/{option.code}": f"about/use/uses/{option.label['']}" for option in USES.listed}  # type: ignore[index]
    whole(main.rename(columns=heads)).to_csv(folder / "round.csv", sep=";", index=False)
    whole(KOBO_DEVICES).to_csv(folder / "round-device.csv", sep=";", index=False)
    return read_export(folder / "round.csv", FORM)


@pytest.mark.parametrize("dialect", [kobo_csv, kobo_excel, kobo_dummies, odk_csv, surveycto_csv, labelled])
def test_each_dialect_gives_the_same_answers(dialect: Any, tmp_path: Path) -> None:
    export = dialect(tmp_path)
    main = export.main.frame
    assert main["code"].tolist() == ["007", "008", "NA"]
    assert main["age"].tolist() == [14, 15, 16]
    assert main["online"].tolist() == [1, 0, 98]
    uses = main["uses"]
    assert uses[0] == "chat game"
    assert uses.isna().tolist() == [False, True, True]
    device = export.repeats["device"].frame
    assert device["sort"].tolist() == ["phone", "tablet"]
    assert device["hours"].tolist() == [1.5, 2.0]
    assert main["start"].astype("str").str.startswith("2025-01-01").all(), "the form asks the device for it"
    assert not {"_uuid", "_submitted_by", "deviceid", "instanceID", "_submission__uuid", "SubmissionDate"} & {*main, *device}
    assert export.main.labels["online"] == "Online?"
    assert export.main.value_labels["online"][98] == "I do not know"
    assert export.main.kinds("online") == {ek.Missing.DONT_KNOW: 1}
    report = ek.validate(export.main, FORM, repeats=export.repeats)
    assert report.ok, report
    assert report.outcome("repeat:device").checked == 2
    assert any(rule.rule.kind == "version" for rule in report.outcomes)


def test_notes_say_what_was_done(tmp_path: Path) -> None:
    assert "note: 'online' held labels, and was put back to codes" in repr(labelled(tmp_path))
    assert "note: 'uses' was made from its 4 columns of 0 and 1" in repr(kobo_dummies(tmp_path))
    export = kobo_csv(tmp_path)
    assert "note: 3 columns of the platform or outside the form were left out" in repr(export)
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(export)
    KOBO.assign(**{"about/use/uses/game": [0, None, None]}).to_csv(tmp_path / "x.csv", index=False)
    made = read_export(tmp_path / "x.csv", FORM)
    assert "note: 'uses' and its columns of 0 and 1 differ on 1 rows: the codes were kept" in repr(made)
    assert "note: no table was found for the repeat 'device'" in repr(made)


def test_metadata_when_asked_for(tmp_path: Path) -> None:
    KOBO.to_csv(tmp_path / "r.csv", index=False)
    made = read_export(tmp_path / "r.csv", FORM, metadata=True).main
    assert {"start", "_uuid", "_submitted_by"} <= set(made.columns)


def test_what_the_form_asks_of_the_device_stays_and_is_told_where_it_tells_somebody(tmp_path: Path) -> None:
    asked = [ek.Item("begun", "metadata", other={"type": "start"}), ek.Item("end", "metadata"), ek.Item("deviceid", "metadata")]
    form = ek.Instrument("f", [*asked, ek.Item("where", "metadata", other={"type": "start-geopoint"}), ek.Item("age", "integer")])
    frame = pd.DataFrame({"begun": ["2025-01-02T09:00:00Z"], "end": "2025-01-01T09:00:00Z", "deviceid": "d7", "where": "1 2", "age": 12})
    frame.assign(today="2025-01-02", username="u").to_csv(tmp_path / "f.csv", index=False)
    export = read_export(tmp_path / "f.csv", form)
    assert list(export.main.columns) == ["begun", "end", "deviceid", "where", "age"]
    assert "note: what the device wrote tells people, devices or places: 'deviceid', 'where'" in repr(export)
    assert "d7" not in repr(export)
    assert ek.validate(export.main, form).rows("order:end").tolist() == [0]
    with pytest.raises(InputError, match=r"by what a device writes: 'deviceid', 'where'"):
        ek.instrument.write_labelled(export.main, form, tmp_path / "f.sav")


def test_languages_and_decimal_commas(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("sort;hours;_parent_index\nphone;1,5;1\n", encoding="utf-8")
    KOBO.to_csv(tmp_path / "r.csv", index=False)
    made = read_export(tmp_path / "r.csv", FORM, repeats={"device": tmp_path / "d.csv"}, decimal=",", language="fr")
    assert made.repeats["device"].frame["hours"].tolist() == [1.5]
    assert made.main.labels["online"] == "En ligne ?"
    again = read_export(tmp_path / "r.csv", FORM, repeats={"device": tmp_path / "d.csv"})
    assert ek.validate(again.main, FORM, repeats=again.repeats).outcome("type:hours").failing == 1, "as it is, and found"


def test_not_asked_can_be_written(tmp_path: Path) -> None:
    KOBO.to_csv(tmp_path / "r.csv", index=False)
    made = read_export(tmp_path / "r.csv", FORM, not_asked=-8).main
    assert made.kinds("uses") == {ek.Missing.NOT_ASKED: 2}


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"Code of the child": ["a"], "Age": [3], "Online?": ["Yes"], "Uses": ["Chat"]}), "called by labels"),
        (pd.DataFrame({"x": [1], "y": [2]}), "None of the 4 items"),
        (KOBO[["code", "about/age", "about/online"]].assign(uses=["Chat Games", None, None]), "which cannot be told apart"),
    ],
)
def test_what_cannot_be_read_rightly_is_refused(frame: pd.DataFrame, words: str, tmp_path: Path) -> None:
    frame.to_csv(tmp_path / "r.csv", index=False)
    with pytest.raises(InputError, match=words):
        read_export(tmp_path / "r.csv", FORM)


def test_labels_that_are_not_all_known_stay_and_are_found(tmp_path: Path) -> None:
    KOBO.assign(**{"about/online": ["Yes", "No", "Perhaps"]}).to_csv(tmp_path / "r.csv", index=False)
    made = read_export(tmp_path / "r.csv", FORM)
    assert ek.validate(made.main, FORM).outcome("code:online").failing == 3


def test_paths_and_names(tmp_path: Path) -> None:
    KOBO.to_csv(tmp_path / "r.csv", index=False)
    with pytest.raises(InputError, match="not repeats of the form"):
        read_export(tmp_path / "r.csv", FORM, repeats={"devise": tmp_path / "r.csv"})
    KOBO.to_parquet(tmp_path / "r.parquet")
    with pytest.raises(InputError, match=r"read from \.csv and \.xlsx"):
        read_export(tmp_path / "r.parquet", FORM)
    kobo_excel(tmp_path)
    with pytest.raises(InputError, match="no sheet for the repeat"):
        read_export(tmp_path / "round.xlsx", FORM, repeats={"device": "gone"})


@pytest.mark.parametrize(("stray", "said"), [("Oui", "1 answer is"), ("Maybe", "1 answer is"), ("1", ""), (None, "")])
def test_labels_with_a_stray_answer_are_told(stray: str | None, said: str, tmp_path: Path) -> None:
    """One answer that is no label keeps the whole column from being put back: the note says so, and does not quote it."""
    labels = {1: {"English": "Yes", "French": "Oui"}, 0: {"English": "No", "French": "Non"}}
    form = ek.Instrument("f", [ek.Item("online", "select_one", "Online?", ek.Choices("yn", labels))])
    pd.DataFrame({"online": ["Yes", "No", "Yes", "No", stray]}).to_csv(tmp_path / "f.csv", index=False)
    text = repr(read_export(tmp_path / "f.csv", form))
    assert (f"'online' holds labels in 'English' and stays as it is: {said} none of them" in text) == bool(said)
    assert "Oui" not in text
    assert "Maybe" not in text
