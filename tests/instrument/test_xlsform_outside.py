"""Forms of others, which are not ours to distribute: `outside.FOLDER` has the folder beside it."""

from __future__ import annotations

import xml.etree.ElementTree as tree
from datetime import date
from pathlib import Path

import numpy as np
import outside
import pytest
import xforms
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.instrument import Group
from evidencekit.instrument.expressions import Context, Expression, Texts, evaluate, parse
from evidencekit.instrument.items import walk

FOLDER = outside.FOLDER.parent / "xlsforms"
FORMS = (
    "correlaid_all_types.xlsx",
    "ipa_surveycto_backcheck.xlsx",
    "liberia_s3m_standardisation.xlsx",
    "pyxform_choice_filter.xlsx",
    "pyxform_repeat_date.xls",
    "unhcr_kobo_examples.xlsx",
)
REJECTED = {"ipa_surveycto_backcheck.xlsx"}  # two choices of one name, and labels that refer to questions that are not there
pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the forms are not here; EVIDENCEKIT_REFERENCE can name them"),
]
unclosed = pytest.mark.filterwarnings("ignore:Unknown extension is not supported:UserWarning")  # openpyxl 3.1.5, of pyxform


def accepted(file: Path) -> bool:
    try:
        convert(str(file), validate=False)
    except PyXFormError:
        return False
    return True


def test_all_six_are_there() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(FORMS)


@unclosed
@pytest.mark.parametrize("name", FORMS)
def test_each_is_read_and_written_to_a_form_that_pyxform_takes_where_it_took_the_original(name: str, tmp_path: Path) -> None:
    form = ek.Instrument.from_xlsform(FOLDER / name)
    file = form.to_xlsform(tmp_path / f"{Path(name).stem}.xlsx")
    again = ek.Instrument.from_xlsform(file)
    assert again == form
    assert again.remarks == ()
    assert accepted(FOLDER / name) == (name not in REJECTED)
    if name not in REJECTED:
        assert accepted(file)


@unclosed
@pytest.mark.parametrize("name", [name for name in FORMS if name not in REJECTED])
def test_pyxform_makes_the_same_questions_of_what_was_written(name: str, tmp_path: Path) -> None:
    def binds(path: Path) -> list[dict[str, str]]:
        root = tree.fromstring(convert(str(path), validate=False).xform)
        return sorted((dict(bind.attrib) for bind in root.iter(f"{xforms.X}bind")), key=lambda bind: bind["nodeset"])

    written = ek.Instrument.from_xlsform(FOLDER / name).to_xlsform(tmp_path / f"{Path(name).stem}.xlsx")
    assert binds(written) == binds(FOLDER / name)


def expressions(form: ek.Instrument, what: str) -> list[tuple[str, str]]:
    """Every expression of a kind with the name of its item."""
    found: list[tuple[str, str]] = []
    for part, _ in walk(form.items):
        text = part.relevant if what == "relevant" else "" if isinstance(part, Group) else part.constraint
        if text:
            found.append((part.name, text))
    return found


@pytest.mark.parametrize("what", ["relevant", "constraint"])
def test_nearly_all_expressions_parse_and_evaluate(what: str) -> None:
    total = excluded = worked = 0
    for name in FORMS:
        form = ek.Instrument.from_xlsform(FOLDER / name)
        answers = invented(form)
        for item, text in expressions(form, what):
            total += 1
            try:
                made = parse(text)
                if made.not_evaluable:
                    excluded += 1
                    continue
                worked += evaluated(made, answers, item)
            except InputError:
                pass
    assert total > 10, "the forms have expressions"
    assert worked / (total - excluded) >= 0.99, f"{worked} of {total - excluded} {what} ({excluded} not evaluable)"


def invented(form: ek.Instrument) -> dict[str, Texts]:
    """A table of 200 rows: for each question some codes of its list or some numbers, and blanks."""
    rng = np.random.default_rng(4)
    table: dict[str, Texts] = {}
    for item in form.questions:
        levels = item.choices.codes if item.choices else ("0", "1", "2.5", "45", "-888")
        table[item.name] = Texts(rng.integers(-1, len(levels), 200).astype(np.intp), tuple(levels))
    return table


def evaluated(made: Expression, answers: dict[str, Texts], item: str) -> bool:
    def answer(name: str) -> Texts:
        if name not in answers:
            raise InputError("There is no such question.")
        return answers[name]

    values = evaluate(made, Context(answer, here=item if item in answers else "", today=date(2026, 1, 1)))
    shape = values.at.shape if isinstance(values, Texts) else getattr(values, "x", getattr(values, "yes", None)).shape
    return shape in ((200,), ())
