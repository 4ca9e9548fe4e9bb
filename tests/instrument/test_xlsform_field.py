"""Forms as the field writes them: whatever has one meaning is read, what is left out is remarked on, the rest is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from workbooks import Sheets, workbook

import evidencekit as ek
from evidencekit.errors import EvidencekitError, InputError
from evidencekit.instrument import lint, propose_missing, with_missing
from evidencekit.instrument.items import walk
from evidencekit.instrument.xlsform.headings import CHOICES, SURVEY, heading

HEAD = ["type", "name", "label"]
LISTS = [["list_name", "name", "label"], ["yn", 1.0, "Yes"], ["yn", 0.0, "No"]]


def read(folder: Path, sheets: Sheets) -> ek.Instrument:
    form = ek.Instrument.from_xlsform(workbook(folder, sheets))
    assert ek.Instrument.from_xlsform(form.to_xlsform(folder / "again.xlsx")) == form, "what was read is kept when it is written again"
    return form


def survey(folder: Path, *rows: list[Any], head: list[str] = HEAD, **more: Any) -> ek.Instrument:
    return read(folder, {"survey": [head, *rows], "choices": LISTS, **more})


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("relevance", "relevant"), ("Relevant ", "relevant"), ("bind:relevant", "relevant"), ("bind::relevant", "relevant"),
        ("constraint message", "constraint_message"), ("bind:jr:constraintMsg", "constraint_message"),
        ("bind::jr:constraintMsg::fr", "constraint_message::fr"), ("constraint_message::French (fr)", "constraint_message::French (fr)"),
        ("read only", "read_only"), ("readonly", "read_only"), ("Repeat Count", "repeat_count"), ("jr:count", "repeat_count"),
        ("label:en", "label::en"), ("Label :: English (en)", "label::English (en)"), ("LABEL", "label"), ("caption", "label"),
        ("media:image", "media::image"), ("image::english", "media::image::english"), ("media::audio::fr", "media::audio::fr"),
        ("required message", "required_message"), ("calculate", "calculation"), ("body:accuracyThreshold", "body::accuracyThreshold"),
        ("control::appearance", "appearance"), ("bind::ek:role", "bind::ek:role"), ("bind:ek:role", "bind::ek:role"),
        ("My  own column", "My own column"), ("hint:fr", "hint::fr"), ("label::", "label"), ("command", "type"), ("", ""),
    ],
)  # fmt: skip
def test_spellings_of_headings(text: str, meant: str) -> None:
    assert heading(text, SURVEY) == meant
    assert heading(meant, SURVEY) == meant, "the one spelling stands for itself"


@pytest.mark.parametrize(
    ("text", "meant"), [("list name", "list_name"), ("value", "name"), ("Filter", "Filter"), ("image", "media::image")]
)
def test_spellings_of_headings_of_choices(text: str, meant: str) -> None:
    assert heading(text, CHOICES) == meant


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        ("integer", "integer", ""), ("int", "integer", ""), ("string", "text", ""), ("Text", "text", ""), ("dateTime", "datetime", ""),
        ("gps", "place", ""), ("geotrace", "place", "geotrace"), ("image", "file", "image"), ("file", "file", ""),
        ("barcode", "text", "barcode"), ("percentage", "integer", "percentage"), ("trigger", "acknowledge", ""),
        ("hidden", "other", "hidden"),
        ("deviceid", "metadata", "deviceid"), ("text audit", "metadata", "text audit"), ("start", "metadata", "start"),
        ("select_one yn", "select_one", ""), ("select one yn", "select_one", ""), ("select one from yn", "select_one", ""),
        ("select_multiple  yn", "select_multiple", ""), ("SELECT_ONE yn", "select_one", ""), ("select_one YN", "select_one", ""),
        ("rank yn", "rank", ""), ("select_one yn or_other", "select_one", "select_one yn or_other"),
        ("select_multiple yn or other", "select_multiple", "select_multiple yn or other"),
        ("select_one_from_file towns.csv", "select_one", "select_one_from_file towns.csv"),
        ("select_one ${before}", "select_one", "select_one ${before}"), ("range", "integer", "range"), ("speech", "other", "speech"),
    ],
)  # fmt: skip
def test_types(text: str, kind: str, kept: str, tmp_path: Path) -> None:
    form = survey(tmp_path, ["text", "first", "F"], [text, "it", "It"])
    item = form.item("it")
    assert item.kind == kind
    assert item.other.get("type", "") == kept
    from_list = kind in ("select_one", "select_multiple", "rank") and "file" not in text and "$" not in text
    assert (item.choices is not None) == from_list
    if item.choices:
        assert item.choices.codes == ("1", "0"), "numbers are codes without a point"


def test_groups_by_any_name(tmp_path: Path) -> None:
    form = survey(
        tmp_path,
        ["begin group", "a", "A", "${y} = 1"], ["begin_repeat", "b", "", "", "3"], ["BEGIN  GROUP", "c", "C"], ["text", "x", "X"],
        ["end_group", "c"], ["End Repeat"], ["end group"], ["text", "y", "Y"],
        head=[*HEAD, "relevance", "repeat_count"],
    )  # fmt: skip
    assert [group.name for group in form.groups_of("x")] == ["a", "b", "c"]
    a, b, _ = form.groups_of("x")
    assert (a.repeat, b.repeat, b.count, a.relevant, a.label[""]) == (False, True, "3", "${y} = 1", "A")
    assert form.groups_of("y") == ()


def test_several_languages_and_the_default_first(tmp_path: Path) -> None:
    head = ["type", "name", "label::English (en)", "Label:French (fr)", "hint::french (FR)"]
    lists = [["list name", "value", "label:English (en)", "label::FRENCH (fr)", "cf"], ["yn", "1", "Yes", "Oui", "x"]]
    form = read(
        tmp_path,
        {
            "Survey": [head, ["text", "a", "A?", "À ?", "Indice"], ["select_one yn", "b", "B?"]],
            "CHOICES": lists,
            "Settings": [["form_title", "id_string", "Default_Language", "style"], ["Title", "the_id", "French (fr)", "pages"]],
        },
    )
    assert form.languages == ("French (fr)", "English (en)")
    assert (form.name, form.title, dict(form.other)) == ("the_id", "Title", {"style": "pages"})
    assert form.item("a").label == {"English (en)": "A?", "French (fr)": "À ?"}
    assert form.item("a").other == {"hint::French (fr)": "Indice"}
    option = form.lists[0].listed[0]
    assert (option.label, option.other) == ({"English (en)": "Yes", "French (fr)": "Oui"}, {"cf": "x"})


def test_columns_of_surveycto(tmp_path: Path) -> None:
    head = [*HEAD, "relevance", "constraint", "constraint message", "read only", "disabled", "publishable", "required", "minimum_seconds"]
    form = survey(
        tmp_path,
        ["integer", "a", "A?", "${b} = 1", ". > 0", "Above 0", "yes", "no", "no", "yes", 5.0],
        ["integer", "old", "Old?", "", "", "", "", "yes"],
        ["calculate_here", "b", "", "", "", "", "", "", "", ""],
        head=head,
    )
    item = form.item("a")
    assert (item.relevant, item.constraint, item.required) == ("${b} = 1", ". > 0", True)
    kept = {"constraint_message": "Above 0", "read_only": "yes", "publishable": "no", "minimum_seconds": "5"}
    assert item.other == kept
    assert [(r.rule, r.item) for r in form.remarks] == [("disabled-row", "old")]


def test_duplicates_external_choices_and_lists_that_no_question_uses(tmp_path: Path) -> None:
    lists = [*LISTS, ["yn", 1.0, "Yes again"], [None, None, None], ["spare", "s", "S"], ["yn", None, "No code"], [None, "c", "No list"]]
    form = read(
        tmp_path,
        {
            "survey": [[*HEAD, "choice_filter"], ["select_one yn", "a", "A"], ["select_one_external town", "t", "Town", "area=${a}"]],
            "choices": lists,
            "external_choices": [["list_name", "name", "label", "area"], ["town", "x", "X", "1"]],
            "entities": [["list_name", "label"], ["people", "${a}"]],
        },
    )
    assert [option.code for option in form.item("a").choices.listed] == ["1", "0", "1"]  # pyright: ignore
    town = form.item("t")
    assert town.choices is not None
    assert town.choices.listed[0].other == {"area": "1"}
    assert town.other == {"choice_filter": "area=${a}", "type": "select_one_external town"}
    assert "spare" in form.other["sheet:choices"]
    assert "people" in form.other["sheet:entities"]
    assert [r.rule for r in form.remarks] == ["choice-without-code", "choice-without-list"]


def test_what_is_conditional_and_what_is_not_required(tmp_path: Path) -> None:
    rows = [["text", "a", "A", "TRUE()"], ["text", "b", "B", "no"], ["text", "c", "C", "${a} = 1"], ["text", "d", "D", True]]
    form = survey(tmp_path, *rows, head=[*HEAD, "required"])
    assert [item.required for item in form.questions] == [True, False, False, True]
    assert form.item("c").other == {"required": "${a} = 1"}


def test_rows_and_sheets_that_are_not_read_are_remarked_on(tmp_path: Path) -> None:
    form = survey(
        tmp_path,
        [None, "lonely", "No type"], [], ["note", None, "A note without a name"], ["begin group", "g", "G"], ["end group", "other", "more"],
        ["text", "a", "A", "", "beside"],
        **{"help": [["read me"]], "settings": [["form_id"], ["x"], ["y"]]},
    )  # fmt: skip
    rules = {remark.rule for remark in form.remarks}
    assert rules == {"row-without-type", "end-row", "no-heading", "extra-sheet", "settings-rows"}
    assert form.questions[0].name == "generated_note_name_4"


def test_two_columns_for_one_thing(tmp_path: Path) -> None:
    form = survey(tmp_path, ["text", "a", "A", "${b} = 1", "${b} = 2"], ["text", "b", "B"], head=[*HEAD, "relevant", "relevance"])
    assert form.item("a").relevant == "${b} = 1"
    assert [(r.rule, r.item) for r in form.remarks] == [("column-twice", "a")]


def test_headings_below_a_title_and_one_sheet_of_any_name(tmp_path: Path) -> None:
    form = read(tmp_path, {"Sheet1": [["Our form"], [], HEAD, ["text", "a", "A"]]})
    assert [item.name for item in form.questions] == ["a"]
    assert [r.rule for r in form.remarks] == ["above-headings"]


def test_an_unknown_list_is_kept_and_remarked_on(tmp_path: Path) -> None:
    form = survey(tmp_path, ["select_one nowhere", "a", "A"], ["select_one", "b", "B"])
    assert form.item("a").other == {"type": "select_one nowhere"}
    assert [(r.rule, r.item) for r in form.remarks] == [("unknown-list", "a"), ("unknown-list", "b")]
    assert [finding.item for finding in lint(form).errors if finding.rule == "no-list"] == ["a", "b"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["begin group", "g", "G"], ["text", "a", "A"]], "begins in row 2 .* does not end"),
        ([["text", "a", "A"], ["end group"]], "Row 3 .* ends a group, and none has begun"),
        ([["text", "a", "A"], ["end repeat"]], "ends a group, and none has begun"),
        ([["begin group", "g", "G"], ["text", "a", "A"], ["end repeat"]], "ends a repeat where a group began in row 2"),
        ([["text", None, "A"]], "Row 2 .* without a name"),
        ([["text", "a", "A"], ["text", "a", "A"]], "stand twice"),
        ([["Q", "a", "A"], ["SQ", "b", "B"]], "dialect"),
        ([], "no questions"),
        ([["begin group", f"g{k}", "G"] for k in range(60)] + [["text", "a", "A"]] + [["end group"]] * 60, "within more than 40"),
    ],
)
def test_what_has_no_meaning_is_refused(rows: list[list[Any]], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        survey(tmp_path, *rows)


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        ({"survy": [HEAD], "choices": LISTS}, "Rename 'survy' to 'survey'"),
        ({"questions": [HEAD], "choices": LISTS}, "no sheet 'survey'"),
        ({"survey": [["Variable", "Frage"], ["a", "b"]]}, "no row with the headings type and name"),
        ({"survey": [HEAD, ["select_one yn", "a", "A"]], "choices": [["list", "code"], ["yn", 1]]},
         "'choices' has no row with the headings"),
        ({"survey": [HEAD, ["text", "a", "A"]], "choices": [[*LISTS[0], "ek_missing"], ["yn", 1, "Y", "lost"]]}, "no kind of missing"),
        ({"survey": [[*HEAD, "bind::ek:missing"], ["text", "a", "A", "98"]]}, "does not hold missing codes"),
        ({"survey": [[*HEAD, "bind::ek:role"], ["text", "a", "A", "king"]]}, "Row 2"),
        ({"survey": [[]]}, "no row with the headings"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused(sheets: Sheets, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        ek.Instrument.from_xlsform(workbook(tmp_path, sheets))


@pytest.mark.parametrize("path", ["nowhere.xlsx", "form.docx", "https://example.org/form.xlsx", ".", 7, None])
def test_paths_that_are_no_form(path: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        ek.Instrument.from_xlsform(path)


@pytest.mark.parametrize("bytes_", [b"", b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, b"type,name\ntext,a\n"])
@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
def test_files_that_are_no_workbook(bytes_: bytes, suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"form.{suffix}"
    file.write_bytes(bytes_)
    with pytest.raises(InputError):
        ek.Instrument.from_xlsform(file)


TYPES = st.sampled_from(
    ["text", "integer", "select_one l", "select_multiple l", "select_one missing", "begin group", "begin repeat", "end group", "end repeat",
     "note", "calculate", "start", "rubbish", "", "select_one l or_other", "range", "end", "select_one_external l", "form_id"]
)  # fmt: skip
CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 99), st.floats(-2, 2), st.dates(),
    st.sampled_from(["a", "b", "l", "yes", "${a} = 1", ". > 1", "label", "name", "list_name", "98", '{"98": "refused"}', "REFUSED", "  "]),
    st.text(max_size=4),
)  # fmt: skip
HEADS = st.lists(
    st.sampled_from(["type", "name", "label", "label::fr", "label:en", "relevant", "relevance", "constraint", "required", "disabled",
                     "hint",
                     "bind::ek:missing", "bind::ek:role", "list_name", "list name", "value", "ek_missing", "ek_exclusive", "repeat_count",
                     "form_id", "default_language", "namespaces", "", "::", "media::image", "version"]),
    max_size=7,
)  # fmt: skip


@st.composite
def sheets(draw: st.DrawFn) -> Sheets:
    made: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(["survey", "Choices", "settings", "external_choices", "osm", "x"]), unique=True, min_size=1)):
        head = draw(HEADS)
        if draw(st.integers(0, 9)):  # mostly with what such a sheet needs
            head = [*({"survey": ["type", "name"], "x": []}.get(name, ["list_name", "name"])), *head]
        rows = draw(st.lists(st.lists(CELLS, max_size=len(head) + 1), max_size=5))
        made[name] = [head, *([draw(TYPES), *row] if name == "survey" else row for row in rows)]
    return made


@settings(max_examples=70, deadline=None)
@given(sheets())
@example({"survey": [["type", "name"], ["rubbish", False], ["form_id"]]})  # a setting among the types is not a known type
def test_random_sheets_are_read_or_refused_and_never_crash(tmp_path_factory: pytest.TempPathFactory, sheets: Sheets) -> None:
    folder = tmp_path_factory.mktemp("random")
    try:
        form = ek.Instrument.from_xlsform(workbook(folder, sheets))
    except EvidencekitError:
        return
    assert list(walk(form.items))
    again = ek.Instrument.from_xlsform(form.to_xlsform(folder / "again.xlsx"))
    assert again == form
    told = [finding.rule for finding in lint(form)]
    assert all(remark.rule in told or remark.rule == "unknown-list" for remark in form.remarks), "what was left out is told"
    with_missing(form, propose_missing(form))
