"""Catalogues: drafts are offered to nobody, a checked file is used at once, and what is wrong with a file is said by message."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest
from checked_languages import checked, signed

import evidencekit as ek
import messages
from evidencekit.errors import EvidencekitWarning, InputError
from evidencekit.findings import Catalogue
from evidencekit.findings.languages import LANGUAGES, catalogue, offered
from evidencekit.findings.languages.templates import wrong_with

DRAFTS = [code for code in LANGUAGES if code != "en"]


def test_templates_and_drafts_are_up_to_date() -> None:
    assert list(messages.problems()) == []
    assert {path.stem for path in messages.FOLDER.glob("*.po")} == set(DRAFTS)


@pytest.mark.parametrize("code", DRAFTS)
def test_every_draft_has_every_template_with_its_slots_and_is_not_offered(code: str) -> None:
    held = messages.read(messages.FOLDER / f"{code}.po")
    for one in held:
        if one.id:
            assert one.string
            assert one.fuzzy, one.id
            assert wrong_with(one.id, one.string) == "", one.id
    draft = Catalogue.read(messages.FOLDER / f"{code}.po")
    assert f"{len(held)} messages are marked fuzzy" in repr(draft)
    found, note = catalogue(code)
    assert found.language == "en"
    assert note.startswith(f"in English, since {LANGUAGES[code]} is not checked yet")
    assert code not in offered()


@pytest.mark.parametrize("code", DRAFTS)
def test_a_checked_file_is_used_at_once(code: str, tmp_path: Path) -> None:
    made = checked(code, tmp_path)
    assert made.open == ()
    assert (made.translated_by, made.back_translated_by, made.checked_on) == ("One", "Another", "2026-11-27")
    assert catalogue(made) == (made, "")
    assert catalogue(made, digits="native")[0].digits == "native"
    assert checked(code, tmp_path, "native").digits == "native"
    path = tmp_path / f"{code}.po"
    path.write_text(path.read_text(encoding="utf-8").replace('"X-Checked-On', '"X-Times: one, two\\n"\n"X-Checked-On'), encoding="utf-8")
    assert Catalogue.read(path).times == ("one", "two")
    again = pickle.loads(pickle.dumps(made))
    assert dict(again.messages) == dict(made.messages)


@pytest.mark.parametrize("field", ["X-Translated-By", "X-Back-Translated-By", "X-Checked-On"])
def test_who_checked_is_asked_for(field: str, tmp_path: Path) -> None:
    text = signed((messages.FOLDER / "vi.po").read_text(encoding="utf-8"))
    lines = [f'"{field}: \\n"' if line.startswith(f'"{field}:') else line for line in text.splitlines()]
    (tmp_path / "vi.po").write_text("\n".join(lines), encoding="utf-8")
    made = Catalogue.read(tmp_path / "vi.po")
    assert len(made.open) == 1
    assert field in made.open[0]
    assert catalogue(made)[0].language == "en"


def test_nobody_checks_their_own_translation(tmp_path: Path) -> None:
    text = signed((messages.FOLDER / "vi.po").read_text(encoding="utf-8")).replace("By: Another", "By: one")
    (tmp_path / "vi.po").write_text(text, encoding="utf-8")
    assert "by the person who translated it" in Catalogue.read(tmp_path / "vi.po").open[0]


def test_one_message_that_is_not_checked_or_not_there_keeps_a_language_back(tmp_path: Path) -> None:
    text = signed((messages.FOLDER / "vi.po").read_text(encoding="utf-8"))
    one = 'msgid "all others"\n'
    doubtful = text.replace(one, "#, fuzzy\n" + one)
    empty = text.replace(one + 'msgstr "tất cả những người khác"', one + 'msgstr ""')
    gone = text.replace(one + 'msgstr "tất cả những người khác"', 'msgid "another note"\nmsgstr "một ghi chú khác"')
    for changed, said in ((doubtful, "1 message is marked fuzzy"), (empty, "1 message has no translation"), (gone, "1 message has no")):
        assert changed != text
        (tmp_path / "vi.po").write_text(changed, encoding="utf-8")
        assert Catalogue.read(tmp_path / "vi.po").open[0].startswith(said)


BROKEN = {
    "a slot is missing": ('msgstr "tới {x} trong {y}"', 'msgstr "tới {x}"', "slot {y} is missing"),
    "a slot is too much": ('msgstr "tới {x} trong {y}"', 'msgstr "tới {x} trong {y} {z}"', "slot {z} is too much"),
    "a number of its own": ('msgstr "tới {x} trong {y}"', 'msgstr "tới {x} trong {y} 3"', "holds a number"),
    "not a PO file": ('msgid "all others"', "msgid all others", "cannot be read as a PO file in line"),
    "another charset": ("charset=utf-8", "charset=latin-1", "does not say that it is written in UTF-8"),
    "no known language": ('"Language: vi\\n"', '"Language: xx-nowhere\\n"', "names no language"),
    "no language": ('"Language: vi\\n"\n', "", "names no language"),
    "English": ('"Language: vi\\n"', '"Language: en\\n"', "needs no catalogue"),
    "other digits": ('"X-Checked-On', '"X-Digits: roman\\n"\n"X-Checked-On', "digits='roman' is not known"),
    "plural forms": ('msgid "all others"\nmsgstr ', 'msgid "all others"\nmsgid_plural "all"\nmsgstr[0] ', "plural forms"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_with_a_file_is_said(case: str, tmp_path: Path) -> None:
    old, new, said = BROKEN[case]
    text = signed((messages.FOLDER / "vi.po").read_text(encoding="utf-8"))
    assert old in text
    path = tmp_path / "mine.po"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Catalogue.read(path)
    assert said in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.po"
    for raw in (b"\xff\xfe\x00", 'msgid ""\nmsgstr "Language: vi\\n"'.encode("utf-16"), b"", b"\x00" * 10, b"Hello", b'{"vi": 1}'):
        path.write_bytes(raw)
        with pytest.raises(InputError, match=r"mine\.po"):
            Catalogue.read(path)
    for given in (tmp_path, tmp_path / "nowhere.po", None, 5):
        with pytest.raises(InputError):
            Catalogue.read(given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("given", "near"), [("vn", "vi"), ("VI", "vi"), ("vi_VN", "vi"), ("Khmer", "km"), ("tl", "fil"), ("thia", "th")])
def test_an_unknown_language_is_refused_with_what_was_meant(given: str, near: str) -> None:
    with pytest.raises(InputError, match=f"Did you mean '{near}'") as caught:
        catalogue(given)
    assert "'km' (Khmer)" in str(caught.value)


@pytest.mark.parametrize("given", ["xx", "", None, 5, ["vi"]])
def test_what_is_no_language_is_refused(given: object) -> None:
    with pytest.raises(InputError, match="Codes: 'en' \\(English\\)"):
        catalogue(given)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="digits"):
        catalogue("en", digits="roman")  # type: ignore[arg-type]


def test_the_tool_keeps_what_is_translated_and_marks_what_changed(tmp_path: Path) -> None:
    for name in (messages.POT, "vi.po"):
        shutil.copy(messages.FOLDER / name, tmp_path / name)
    assert messages.merge(tmp_path) == []
    path = tmp_path / "vi.po"
    text = signed(path.read_text(encoding="utf-8"))
    path.write_text(text.replace('msgid "all others"', 'msgid "all other people"'), encoding="utf-8")
    assert messages.merge(tmp_path) == ["vi.po"]
    held = messages.read(path)
    assert held["all others"].fuzzy
    assert held["up to {x} in {y}"].string == "tới {x} trong {y}"
    assert not held["up to {x} in {y}"].fuzzy
    assert "all other people" not in messages.texts(held)
    assert Catalogue.read(path).translated_by == "One", "our fields of the header stay"


def test_a_draft_warns_and_gives_english(tmp_path: Path) -> None:
    frame = ek.fictional.national_survey()
    survey = ek.Survey(frame.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    find = ek.finding(ek.release(ek.proportion(survey, "any_contact_unwanted")))
    for call in (find.headline, find.interval_words, find.caveats, find.beside, find.picture):
        with pytest.warns(EvidencekitWarning, match="Vietnamese is not checked yet") as caught:
            found = call(language="vi")
        assert caught[0].filename == __file__
        assert str(found) == str(call()) or call == find.picture
        with pytest.raises(InputError, match="not known"):
            call(language="xx")


@pytest.mark.parametrize("context", ['msgctxt "a"\n', ""])
def test_a_message_that_stands_twice_is_refused(context: str, tmp_path: Path) -> None:
    """Under two contexts one of them was kept in silence."""
    path = tmp_path / "vi.po"
    text = (messages.FOLDER / "vi.po").read_text(encoding="utf-8")
    path.write_text(f'{text}\n{context}msgid "what was asked about"\nmsgstr "khác"\n', encoding="utf-8")
    with pytest.raises(InputError, match="a message twice"):
        Catalogue.read(path)
