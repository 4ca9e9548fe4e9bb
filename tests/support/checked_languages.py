"""A language as if people had checked it, and one that nobody speaks: what is not translated is seen at once."""

from __future__ import annotations

import re
from pathlib import Path

import evidencekit as ek
import messages

__all__ = ["checked", "greek", "signed", "spelled"]

LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "αβξδεφγηιψκλμνοπθρστυωςχυζΑΒΞΔΕΦΓΗΙΨΚΛΜΝΟΠΘΡΣΤΥΩΣΧΥΖ")


def signed(text: str, digits: str = "") -> str:
    """The text of a PO file without a mark of doubt, its header filled."""
    for field, value in (("X-Translated-By", "One"), ("X-Back-Translated-By", "Another"), ("X-Checked-On", "2026-11-27")):
        text = text.replace(f'"{field}: \\n"', f'"{field}: {value}\\n"')
    text = re.sub(r"^#, fuzzy(?:, )?(.*)$", lambda m: f"#, {m[1]}" if m[1] else "#", text, flags=re.MULTILINE)
    return text.replace('"X-Checked-On', f'"X-Digits: {digits}\\n"\n"X-Checked-On') if digits else text


def checked(code: str, folder: Path, digits: str = "") -> ek.findings.Catalogue:
    """A draft as if it had been checked."""
    path = folder / f"{code}.po"
    path.write_text(signed((messages.FOLDER / f"{code}.po").read_text(encoding="utf-8"), digits), encoding="utf-8")
    return ek.findings.Catalogue.read(path)


def spelled(text: str) -> str:
    """English in Greek letters, slots as they are."""
    return "".join(part if part.startswith("{") else part.translate(LETTERS) for part in re.split(r"(\{\w+\})", text))


def greek(folder: Path) -> ek.findings.Catalogue:
    """Every template in Greek letters: a Latin letter in what is said is something that was not translated."""
    held = messages.read(messages.FOLDER / "evidencekit.pot")
    for one in held:
        if one.id:
            one.string = spelled(one.id)
    held.locale = "el"
    path = folder / "el.po"
    text = messages.written(held, {}).replace('"Language-Team', '"Language: el\\n"\n"Language-Team', 1)
    path.write_text(signed(text), encoding="utf-8")
    return ek.findings.Catalogue.read(path)
