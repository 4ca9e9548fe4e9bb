"""DDI-Codebook 2.5: the codebook that archives and data libraries read.

Elements come in the order the schema asks for (DDI Alliance, codebook.xsd of 2.5): in ``var`` labl, security, qstn, invalrng, universe,
catgry, concept, varFormat, notes; in ``catgry`` catValu, labl, catStat. Texts in several languages are repeated with ``xml:lang``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from evidencekit.instrument.exports.entries import Entry
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.wording import in_numbers

__all__ = ["NAMESPACE", "ddi"]

NAMESPACE = "ddi:codebook:2_5"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def ddi(form: Instrument, entries: Sequence[Entry]) -> bytes:
    """The codebook as XML."""
    root = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5"})
    citation = ET.SubElement(ET.SubElement(root, "stdyDscr"), "citation")
    titles = ET.SubElement(citation, "titlStmt")
    _text(titles, "titl", form.title or form.name)
    _text(titles, "IDNo", form.name)
    if form.version:
        _text(ET.SubElement(citation, "verStmt"), "version", form.version)
    described = ET.SubElement(root, "dataDscr")
    ids = {id(entry): f"V{k + 1}" for k, entry in enumerate(entries)}
    _groups(described, entries, ids)
    for entry in entries:
        _variable(described, entry, ids[id(entry)])
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _groups(above: ET.Element, entries: Sequence[Entry], ids: Mapping[int, str]) -> None:
    """A varGrp for each group of the form, with the variables in it."""
    members: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        if entry.groups:
            members.setdefault(tuple(group.name for group in entry.groups), []).append(entry)
    for k, (names, inside) in enumerate(members.items()):
        group = inside[0].groups[-1]
        kind = "repetition" if group.repeat else "section"
        made = ET.SubElement(
            above,
            "varGrp",
            {"ID": f"G{k + 1}", "type": kind, "name": _clean(" / ".join(names)), "var": " ".join(ids[id(e)] for e in inside)},
        )
        _labels(made, "labl", {"": group.label} if isinstance(group.label, str) else group.label)


def _variable(above: ET.Element, entry: Entry, identifier: str) -> None:
    item = entry.item
    number = item.kind in ("integer", "decimal")
    var = ET.SubElement(above, "var", {"ID": identifier, "name": _clean(item.name), "intrvl": "contin" if number else "discrete"})
    _labels(var, "labl", entry.labels, {"level": "variable"})
    if item.role in ("direct-identifier", "quasi-identifier", "sensitive", "free-text"):
        _text(var, "security", item.role.replace("-", " "))
    if entry.labels and item.asked:
        _labels(ET.SubElement(var, "qstn"), "qstnLit", entry.labels)
    missing = [c for c in entry.categories if c.missing is not None]
    if missing:
        outside = ET.SubElement(var, "invalrng")
        for c in missing:
            ET.SubElement(outside, "item", {"VALUE": _clean(c.code)})
    if entry.universe:
        _text(var, "universe", entry.universe, {"clusion": "I"})
    for c in entry.categories:
        made = ET.SubElement(var, "catgry", {"missing": "Y", "missType": c.missing.value} if c.missing else {})
        _text(made, "catValu", c.code)
        _labels(made, "labl", c.labels, {"level": "category"})
        if c.count.isdigit():
            _text(made, "catStat", c.count, {"type": "freq"})
    if item.purpose:
        _text(var, "concept", item.purpose)
    dated = {"date": "date", "time": "time"}.get(item.kind, "other")
    ET.SubElement(var, "varFormat", {"type": "numeric" if in_numbers(item) else "character", "category": dated})
    if item.constraint:
        _text(var, "notes", f"Taken if: {item.constraint}")
    if item.calculation:
        _text(var, "notes", f"Worked out as: {item.calculation}")


def _labels(above: ET.Element, name: str, labels: Mapping[str, str], attributes: Mapping[str, str] | None = None) -> None:
    for language, text in labels.items():
        code = _language(language)
        _text(above, name, text, {**(attributes or {}), **({_LANG: code} if code else {})})


def _language(language: str) -> str:
    """The code of a language as forms write it: "French (fr)" or "fr"; empty where there is none."""
    found = re.search(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)\s*$", language) or re.fullmatch(
        r"([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)", language
    )
    return found.group(1) if found else ""


def _text(above: ET.Element, name: str, text: str, attributes: Mapping[str, str] | None = None) -> None:
    ET.SubElement(above, name, dict(attributes or {})).text = _clean(text)


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
