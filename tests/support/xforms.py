"""An instrument from an XForm that pyxform made: what the device would show, read by other means than the library's own reader."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as tree
from dataclasses import dataclass, field
from typing import Any

import evidencekit as ek
from evidencekit.instrument import Choices, Group, Option

X, H, JR = "{http://www.w3.org/2002/xforms}", "{http://www.w3.org/1999/xhtml}", "{http://openrosa.org/javarosa}"
EK = "{urn:evidencekit:xlsform}"
TYPES = {"int": "integer", "decimal": "decimal", "date": "date", "time": "time", "dateTime": "datetime", "string": "text"}
CONTROLS = {"select1": "select_one", "select": "select_multiple", "rank": "rank", "trigger": "acknowledge"}
SHOWN = ("appearance", "rows")


@dataclass
class XForm:
    """The parts of an XForm by path."""

    root: tree.Element
    binds: dict[str, dict[str, str]] = field(default_factory=dict)
    controls: dict[str, tree.Element] = field(default_factory=dict)
    repeats: dict[str, tree.Element] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    lists: dict[str, Choices] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.binds = {bind.attrib["nodeset"]: bind.attrib for bind in self.root.iter(f"{X}bind")}
        body = self.root.find(f"{H}body")
        assert body is not None
        for element in body.iter():
            if "ref" in element.attrib and element.attrib["ref"].startswith("/"):
                self.controls[element.attrib["ref"]] = element
            if element.tag == f"{X}repeat":
                self.repeats[element.attrib["nodeset"]] = element
        for translation in self.root.iter(f"{X}translation"):
            for text in translation:
                self.texts.setdefault(text.attrib["id"], {})[translation.attrib["lang"]] = "".join(text[0].itertext())
        for instance in self.root.iter(f"{X}instance"):
            if "id" in instance.attrib:
                self.lists[instance.attrib["id"]] = self._list(instance)

    def _list(self, instance: tree.Element) -> Choices:
        made = []
        for item in instance.iter(f"{X}item"):
            cells = {cell.tag.removeprefix(X): cell.text or "" for cell in item}
            kind = ek.Missing(cells["ek_missing"]) if "ek_missing" in cells else None
            made.append(Option(cells["name"], self.texts[cells["itextId"]], kind, cells.get("ek_exclusive") == "yes"))
        return Choices(instance.attrib["id"], made)

    def text(self, reference: str) -> dict[str, str]:
        """What ``jr:itext('...')`` stands for."""
        found = re.fullmatch(r"jr:itext\('(.+)'\)", reference)
        assert found is not None
        return self.texts[found.group(1)]

    def said(self, control: tree.Element | None, tag: str) -> dict[str, str]:
        element = control.find(f"{X}{tag}") if control is not None else None
        return self.text(element.attrib["ref"]) if element is not None else {}


def instrument_of(xform: str, *, version: str) -> ek.Instrument:
    """The instrument that an XForm shows."""
    form = XForm(tree.fromstring(xform))
    model = form.root.find(f"{H}head/{X}model")
    assert model is not None
    data = model.find(f"{X}instance")[0]  # pyright: ignore
    assert data.attrib["version"] == version
    title = form.root.find(f"{H}head/{H}title")
    assert title is not None
    languages = tuple(translation.attrib["lang"] for translation in form.root.iter(f"{X}translation"))
    return ek.Instrument(data.attrib["id"], _parts(form, data, "/data"), title.text or "", version, languages)


def _parts(form: XForm, node: tree.Element, path: str) -> list[Any]:
    made: list[Any] = []
    seen: set[str] = set()
    for child in node:
        name = child.tag.removeprefix(X)
        place = f"{path}/{name}"
        if "meta" in name or place in seen:  # the second copy of a repeat is its first row
            continue
        seen.add(place)
        if len(child):
            made.append(_group(form, child, place, name))
        else:
            made.append(_item(form, place, name))
    return made


def _group(form: XForm, child: tree.Element, place: str, name: str) -> Group:
    control, repeat = form.controls[place], form.repeats.get(place)
    count = _plain(repeat.attrib.get(f"{JR}count", "")) if repeat is not None else ""
    relevant = _plain(form.binds.get(place, {}).get("relevant", ""))
    shown = {"appearance": control.attrib["appearance"]} if "appearance" in control.attrib else {}
    return Group(name, _parts(form, child, place), form.said(control, "label"), relevant, repeat is not None, count, shown)


def _item(form: XForm, place: str, name: str) -> ek.Item:
    bind, control = form.binds[place], form.controls.get(place)
    missing = {code: ek.Missing(kind) for code, kind in json.loads(bind.get(f"{EK}missing", "{}")).items()}
    constraint = _plain(bind.get("constraint", ""))
    if missing and constraint:  # the codes were added for the device
        constraint = re.sub(r"^\((.*)\)" + "".join(re.escape(f" or . = {code}") for code in missing) + "$", r"\1", constraint)
    itemset = control.find(f"{X}itemset") if control is not None else None
    listed = re.match(r"instance\('(.+?)'\)", itemset.attrib["nodeset"]) if itemset is not None else None
    other = {f"hint::{language}": text for language, text in form.said(control, "hint").items()}
    if f"{JR}constraintMsg" in bind:
        other |= {f"constraint_message::{language}": text for language, text in form.text(bind[f"{JR}constraintMsg"]).items()}
    if control is not None and "appearance" in control.attrib:
        other["appearance"] = control.attrib["appearance"]
    if control is not None and "rows" in control.attrib:
        other["parameters"] = f"rows={control.attrib['rows']}"
    return ek.Item(
        name,
        _kind(bind, control),  # pyright: ignore
        form.said(control, "label"),
        form.lists[listed.group(1)] if listed else None,
        _plain(bind.get("relevant", "")),
        constraint,
        bind.get("required") == "true()",
        _plain(bind.get("calculate", "")),
        missing,
        bind.get(f"{EK}role"),  # pyright: ignore
        bind.get(f"{EK}purpose", ""),
        other,
    )


def _kind(bind: dict[str, str], control: tree.Element | None) -> str:
    if f"{JR}preload" in bind:
        return "metadata"
    if control is None:
        return "calculate"
    tag = control.tag.rpartition("}")[2]
    if tag in CONTROLS:
        return CONTROLS[tag]
    return "note" if bind.get("readonly") == "true()" else TYPES[bind["type"]]


def _plain(expression: str) -> str:
    """An expression with ``${name}`` where pyxform put a path."""
    return re.sub(r" (?:\.\.|/data)(?:/[\w.-]+)*/([\w.-]+) ", r"${\1}", expression)
