"""What check_text reads of files: every part of a Word file, tables, lists, pages; and files that cannot be read."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml

from evidencekit.errors import InputError
from evidencekit.findings import Entry, Register, check_text

ON = "2026-06-30"
WELLS = Register([Entry(id="wells", headline="About 1 in 8 gardens have a well.", wordings=["12%", "27%"])])
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
BOXED = "<w:txbxContent><w:p><w:r><w:t>31% in a box</w:t></w:r></w:p></w:txbxContent>"
BOX = f"""<w:r {W} {MC}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{BOXED}</w:drawing></mc:Choice>
<mc:Fallback><w:pict>{BOXED}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"""
TRACKED = f"<w:del {W}><w:r><w:delText>91% struck</w:delText></w:r><w:r><w:t>92% struck</w:t></w:r></w:del>"
INSERTED = f"<w:ins {W}><w:r><w:t>32% put in</w:t></w:r></w:ins>"
PAGE_FIELD = f"<w:r {W}><w:instrText>PAGE 93%</w:instrText></w:r>"
NOTES = f'<w:footnotes {W}><w:footnote w:id="2"><w:p><w:r><w:t>33% in a note</w:t></w:r></w:p></w:footnote></w:footnotes>'


def word_file(path: Path) -> Path:
    """A Word file with a number in each of its parts."""
    made: Any = docx.Document()
    made.add_heading("1 in 8 gardens", 1)
    split = made.add_paragraph()
    for run in ("About ", "1", " in", " 8 gar", "dens have a well."):
        split.add_run(run)
    made.add_paragraph("27% of gardens have a well", style="List Number")
    table = made.add_table(rows=2, cols=2)
    for cell, said in zip((c for row in table.rows for c in row.cells), ("gardens", "with a well", "large", "28%"), strict=True):
        cell.text = said
    made.sections[0].header.paragraphs[0].text = "29% in the header"
    made.sections[0].footer.paragraphs[0].text = "30% in the footer"
    made.sections[0].footer.add_paragraph("7")
    for xml in (BOX, TRACKED, INSERTED, PAGE_FIELD):
        made.add_paragraph()._p.append(parse_xml(xml))
    picture = OxmlElement("wp:docPr")
    picture.set("descr", "34% of a grid is filled")
    made.add_paragraph().add_run()._r.append(picture)
    made.save(path)
    with zipfile.ZipFile(path) as held:
        parts = {name: held.read(name) for name in held.namelist()}
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml."
    listed = b'<Override PartName="/word/footnotes.xml" ContentType="' + kind + b'footnotes+xml"/>'
    listed += b'<Override PartName="/word/comments.xml" ContentType="' + kind + b'comments+xml"/>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", listed + b"</Types>")
    parts["word/footnotes.xml"] = NOTES.encode()
    parts["word/comments.xml"] = NOTES.replace("33%", "94%").encode()
    with zipfile.ZipFile(path, "w") as held:
        for name, raw in parts.items():
            held.writestr(name, raw)
    return path


def test_every_part_of_a_word_file_is_read(tmp_path: Path) -> None:
    report = check_text(word_file(tmp_path / "draft.docx"), WELLS, on=ON)
    assert {one.text: one.place for one in report.problems} == {
        "28%": "table 1, row 2, column 2",
        "29%": "header 1, paragraph 1",
        "30%": "footer 1, paragraph 1",
        "31%": "text box, paragraph 4",
        "32%": "paragraph 7",
        "33%": "footnote 2, paragraph 1",
        "34%": "words for a picture",
    }
    assert [one.text for one in report.found if one.verdict == "right"] == ["1 in 8", "About 1 in 8", "27%"]
    assert report.notes == ("comments were not read",)


def test_a_word_file_by_its_name_as_text(tmp_path: Path) -> None:
    path = word_file(tmp_path / "draft.docx")
    assert check_text(str(path), WELLS, on=ON).name == "draft.docx"


def test_a_file_is_not_written_to(tmp_path: Path) -> None:
    path = word_file(tmp_path / "draft.docx")
    before = path.read_bytes()
    check_text(path, WELLS, on=ON)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["draft.docx"]


MARKDOWN = """# 1. A heading

About 1 in
8 gardens have a well.[^1]

1. 41% of gardens
2. 42% of gardens
   - 43% of gardens

| gardens | with a well |
|---------|-------------|
| large   | 44%         |

<!-- 95% of what is not printed -->
See [the report](https://example.org/96%25/1in8).

[^1]: 45% of gardens.
"""


def test_markdown(tmp_path: Path) -> None:
    path = tmp_path / "draft.md"
    path.write_text(MARKDOWN, encoding="utf-8")
    report = check_text(path, WELLS, on=ON)
    assert [(one.text, one.place) for one in report.found] == [
        ("About 1 in 8", "line 3"),
        ("41%", "line 6"),
        ("42%", "line 7"),
        ("43%", "line 8"),
        ("44%", "line 12"),
        ("45%", "line 17"),
    ]
    assert check_text(MARKDOWN.replace("\n", "\r\n"), WELLS, on=ON).found == report.found


PAGE = """<!doctype html><html><head><title>46% of gardens</title><style>p{width:97%}</style><script>var a = "98%"</script></head><body>
<p>About <b>1 in&nbsp;8</b> gardens
have a well.</p><ul><li>47&#37; of gardens</ul>
<table><tr><th>gardens<th>with a well<tr><td>large<td>48%</table><img alt="49% of gardens" src="99%.png"><!-- 96% --></body></html>
"""


def test_html(tmp_path: Path) -> None:
    path = tmp_path / "draft.html"
    path.write_text(PAGE, encoding="utf-8")
    report = check_text(path, WELLS, on=ON)
    assert [one.text for one in report.found] == ["46%", "About 1 in 8", "47%", "48%", "49%"]
    assert report.found[1].verdict == "right"


def test_a_table_cell_is_read_with_its_heads() -> None:
    claims = Register([Entry(id=name, headline=f"27% of {name} have a well.") for name in ("gardens", "parks")])
    text = "| place | with a well |\n|---|---|\n| parks | 27% |\n| gardens | 27% |\n"
    assert [one.claims for one in check_text(text, claims, on=ON).found] == [("parks",), ("gardens",)]


@pytest.mark.parametrize("raw", ["<!--", "<a ", "<p>12%", "<table>", "&#"])
def test_odd_pages_end_soon(tmp_path: Path, raw: str) -> None:
    path = tmp_path / "draft.html"
    path.write_text(raw * 20_000, encoding="utf-8")
    begun = time.process_time()
    check_text(path, WELLS, on=ON)
    assert time.process_time() - begun < 20


# -- files that cannot be read


def refused(path: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        check_text(path, WELLS, on=ON)


def test_what_is_not_there_and_folders(tmp_path: Path) -> None:
    refused(tmp_path / "draft.docx", "There is no file")
    refused(str(tmp_path / "draft.docx"), "ends like the name of a file")
    refused("draft v2.docx", "ends like the name of a file")
    refused(tmp_path, "is a folder")
    refused(str(tmp_path), "is a folder")


@pytest.mark.parametrize("ending", [".doc", ".pdf", ".odt", ".pptx", ".xyz", ""])
def test_other_kinds_of_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"draft{ending}"
    path.write_bytes(b"12%")
    refused(path, "cannot be read|does not end like")
    refused(str(path), "cannot be read|does not end like")


def test_texts_in_other_encodings(tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_bytes("caf\xe9 12%".encode("latin-1"))
    refused(path, "not written in UTF-8")
    path.write_bytes(b"12%\x00\x01")
    refused(path, "is not text")
    path.write_bytes("12% of gardens".encode("utf-16"))
    assert check_text(path, WELLS, on=ON).count("right") == 1
    path.write_bytes(b"\xef\xbb\xbf12% of gardens")
    assert check_text(path, WELLS, on=ON).count("right") == 1
    path.write_bytes(b"")
    assert check_text(path, WELLS, on=ON).ok


def test_a_protected_word_file(tmp_path: Path) -> None:
    path = tmp_path / "draft.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    refused(path, "protected by a password")


@pytest.mark.parametrize("raw", [b"", b"no zip", b"PK\x03\x04 cut short"])
def test_a_broken_word_file(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "draft.docx"
    path.write_bytes(raw)
    refused(path, "cannot be read")


def changed(path: Path, name: str, raw: bytes) -> Path:
    """A Word file with one of its parts replaced."""
    word_file(path)
    with zipfile.ZipFile(path) as held:
        parts = {part: held.read(part) for part in held.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as held:
        for part, old in parts.items():
            held.writestr(part, raw if part == name else old)
    return path


def test_a_file_that_unpacks_to_too_much(tmp_path: Path) -> None:
    path = changed(tmp_path / "draft.docx", "word/document.xml", b"<a>" + b" " * (70 * 2**20) + b"</a>")
    assert path.stat().st_size < 2**20
    refused(path, "unpacks to more than 64 MB")


def test_entities_that_unfold(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "12% 12%"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    refused(changed(tmp_path / "draft.docx", "word/document.xml", bomb), "declares a document type")


@pytest.mark.parametrize("raw", [b"<a>", b"", b"\xff\xfe\x00", b"<w:p/>"])
def test_xml_that_is_none(tmp_path: Path, raw: bytes) -> None:
    refused(changed(tmp_path / "draft.docx", "word/document.xml", raw), "cannot be read")


def test_another_office_file_named_docx(tmp_path: Path) -> None:
    path = tmp_path / "draft.docx"
    with zipfile.ZipFile(path, "w") as held:
        held.writestr("[Content_Types].xml", "<Types/>")
    refused(path, "is no Word file")


def test_xml_nested_a_hundred_thousand_times(tmp_path: Path) -> None:
    raw = b"<a>" * 100_000 + b"</a>" * 100_000
    assert check_text(changed(tmp_path / "draft.docx", "word/document.xml", raw), WELLS, on=ON).count("right") == 0
