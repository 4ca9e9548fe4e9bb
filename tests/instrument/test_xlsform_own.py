"""Forms of our own: written, read again, and shown to pyxform and to ODK Validate."""

from __future__ import annotations

import shutil
import string
from pathlib import Path
from typing import Any

import pytest
import sixty_items as forms
import xforms
from hypothesis import given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.instrument import Group, Option

java = pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs java")


def again(form: ek.Instrument, folder: Path) -> ek.Instrument:
    return ek.Instrument.from_xlsform(form.to_xlsform(folder / "form.xlsx"))


def test_the_form_for_tests_has_sixty_items_in_two_languages() -> None:
    form = forms.sixty()
    assert len(form.questions) == 60
    assert form.languages == (forms.ENGLISH, forms.FRENCH)
    assert all(set(item.label) == set(form.languages) for item in form.questions if item.kind not in ("metadata", "calculate"))


def test_written_and_read_again_it_is_the_same_form(tmp_path: Path) -> None:
    form = forms.sixty()
    read = again(form, tmp_path)
    assert read == form
    assert read.fingerprint == form.fingerprint
    assert read.remarks == ()


def test_pyxform_makes_the_same_form_of_it_without_a_warning(tmp_path: Path) -> None:
    form = forms.sixty()
    made = convert(str(form.to_xlsform(tmp_path / "form.xlsx")), validate=False)
    assert made.warnings == []
    shown = xforms.instrument_of(made.xform, version="3")
    for mine, theirs in zip(form.questions, shown.questions, strict=True):
        assert theirs == mine, mine.name
    assert shown == form


@pytest.mark.outside
@java
def test_odk_validate_takes_it_without_a_warning(tmp_path: Path) -> None:
    assert convert(str(forms.sixty().to_xlsform(tmp_path / "form.xlsx")), validate=True).warnings == []


@pytest.mark.outside
@java
def test_odk_validate_does_look(tmp_path: Path) -> None:
    broken = ek.Instrument("broken", [ek.Item("a", "integer", "A?", constraint=". > (1")])
    with pytest.raises(Exception, match=r"(?i)odk validate"):
        convert(str(broken.to_xlsform(tmp_path / "form.xlsx")), validate=True)


def test_missing_codes_of_numbers_are_taken_by_the_device_and_are_not_part_of_the_constraint(tmp_path: Path) -> None:
    codes = {98: ek.Missing.DONT_KNOW, -99: ek.Missing.REFUSED}
    form = ek.Instrument("a", [ek.Item("age", "integer", "Age?", constraint=". > 1 or . = 0", missing=codes), ek.Item("b", "integer", "B?",
                               missing=codes)])  # fmt: skip
    file = form.to_xlsform(tmp_path / "form.xlsx")
    xform = convert(str(file), validate=False).xform
    assert 'constraint="(. &gt; 1 or . = 0) or . = 98 or . = -99"' in xform
    assert xform.count("constraint=") == 1, "where every number is taken there is nothing to add to"
    assert ek.Instrument.from_xlsform(file) == form


def test_a_constraint_that_was_changed_in_the_sheet_is_read_as_it_stands(tmp_path: Path) -> None:
    from evidencekit.instrument.xlsform.protections import without_codes

    kinds = {"98": ek.Missing.DONT_KNOW}
    assert without_codes("(. > 1) or . = 98", "integer", kinds) == ". > 1"
    for kept in ("(. > 1) or . = 97", ". > 1 or . = 98", "(. > 1)"):
        assert without_codes(kept, "integer", kinds) == kept
    assert without_codes("(. > 1) or . = 98", "text", kinds) == "(. > 1) or . = 98"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (ek.Instrument("a", [ek.Item("b", "other")]), "type of item 'b' cannot be told"),
        (ek.Instrument("a", [ek.Item("b", "metadata")]), "type of item 'b' cannot be told"),
        (ek.Instrument("a", [ek.Item("b", "text", other={"relevance": "1"})]), "has a parameter of its own"),
        (ek.Instrument("a", [ek.Item("b", "text", other={"constraint message": "1"})]), "calls 'constraint_message'"),
        (ek.Instrument("a", [ek.Item("b", "text", "x" * 40_000)]), "longer than a cell"),
        (ek.Instrument("a", [Group("g", [], other={"label::fr": "G"})]), "has a parameter of its own"),
        (ek.Instrument("a", [ek.Item("b", "text")], other={"version": "2"}), "has a parameter of its own"),
    ],
)
def test_what_cannot_be_written_is_refused(form: ek.Instrument, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        form.to_xlsform(tmp_path / "form.xlsx")
    assert not list(tmp_path.iterdir()), "and nothing is left behind"


@pytest.mark.parametrize("path", ["form.xls", "form", "nowhere/form.xlsx", 3])
def test_paths_that_cannot_be_written_to(path: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        forms.sixty().to_xlsform(tmp_path / path if isinstance(path, str) else path)


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        forms.sixty().to_xlsform(tmp_path / "form.xlsx")


WORDS = st.text(string.ascii_letters + "éខแđ'\u2019\"", min_size=1, max_size=8)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
LANGUAGES = st.sampled_from([(), ("English (en)",), ("Khmer (km)", "fr")])
KINDS = st.sampled_from(list(ek.Missing))


def labels(languages: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.dictionaries(st.sampled_from(languages), WORDS) if languages else st.one_of(st.just({}), WORDS)


@st.composite
def items(draw: st.DrawFn, name: str, languages: tuple[str, ...]) -> ek.Item:
    kind = draw(st.sampled_from(["select_one", "select_multiple", "rank", "integer", "decimal", "date", "text", "note", "calculate",
                                 "acknowledge", "place", "file", "time", "datetime"]))  # fmt: skip
    codes = draw(st.lists(st.integers(-99, 99), unique=True, min_size=1, max_size=4))
    columns = st.dictionaries(NAMES.map("f_".__add__), WORDS, max_size=3)
    said, kinds, alone = labels(languages), st.none() | KINDS, st.booleans()
    options = [Option(code, draw(said), draw(kinds), draw(alone), draw(columns)) for code in codes]
    needed = draw(st.sampled_from(["", "yes", "${a} = 2"]))
    return ek.Item(
        name,
        kind,
        draw(labels(languages)),
        ek.Choices(f"list of {name}", options) if kind in ("select_one", "select_multiple", "rank") else None,
        draw(st.sampled_from(["", "${a} = 1", "selected(${b}, \u2018x\u2019)"])),
        draw(st.sampled_from(["", ". > 1", "(. > 1) or (. < 3)", "(. = 1)"])),
        needed == "yes",
        draw(st.sampled_from(["", "1 + 1"])),
        draw(st.dictionaries(st.integers(100, 110), KINDS, max_size=3)),
        draw(st.sampled_from([None, "sensitive", "design"])),
        draw(st.one_of(st.just(""), WORDS)),
        draw(st.dictionaries(st.sampled_from(["hint", "appearance", "default", "media::image", "my column"]), WORDS))
        | ({"required": needed} if "$" in needed else {}),
    )  # fmt: skip


@st.composite
def instruments(draw: st.DrawFn) -> ek.Instrument:
    languages = draw(LANGUAGES)
    names = draw(st.lists(NAMES, unique=True, min_size=2, max_size=6))
    made = [draw(items(name, languages)) for name in names]
    cut = draw(st.integers(0, len(made) - 1))
    repeat = draw(st.booleans())
    group = Group("in_group", made[cut:], draw(labels(languages)), draw(st.sampled_from(["", "${a} = 1"])), repeat,
                  "${a}" if repeat else "", draw(st.dictionaries(st.just("appearance"), WORDS)))  # fmt: skip
    return ek.Instrument(
        draw(NAMES), [*made[:cut], group], draw(WORDS), draw(WORDS), languages, draw(st.dictionaries(st.just("style"), WORDS))
    )


@settings(max_examples=30, deadline=None)
@given(instruments())
def test_any_form_is_the_same_when_it_is_read_again(tmp_path_factory: pytest.TempPathFactory, form: ek.Instrument) -> None:
    read = again(form, tmp_path_factory.mktemp("form"))
    assert read == form
    assert read.remarks == ()
