"""The sentence of a share: how many, of whom, what; from typed words where there are some, else from the labels of the data."""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.combining.classes import of_a_population
from evidencekit.disclosure import Released
from evidencekit.findings.basis import Basis
from evidencekit.findings.headlines import Amount, headline, labelled
from evidencekit.findings.languages import ENGLISH, Catalogue, Message, Told, joined, said, say
from evidencekit.findings.noting import noted
from evidencekit.findings.wording import Words

__all__ = ["VENUE", "about", "doing", "doubts", "labelled_level", "sentence", "weighted", "what", "whom"]

VENUE = said("speaks for those who attend the venues of the frame, not for people who attend none of them")


def sentence(
    released: Released, row: int, amount: Amount, *, words: Words | None = None, basis: Basis | None = None, speech: Catalogue = ENGLISH
) -> Message:
    """The sentence with "about 1 in 5" or "an estimated 19% of" in it.

    Of those who answered, where they speak for nobody else. Place and time of the basis stand at its end where nothing in it says them in
    the language it is for.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.findings.phrases import Phrase
    >>> from evidencekit.findings.telling import sentence
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> words = ek.findings.Words(did="were sent unwanted messages", groups={"sex": {"girl": "girls aged 12-17"}})
    >>> sentence(safe, 1, Phrase(1, 5, word="about", tier=1), words=words, basis=ek.findings.Basis(place="Lumora"))
    'About 1 in 5 girls aged 12-17 were sent unwanted messages (Lumora).'
    """
    designed = of_a_population(released.estimate.inference)
    if words is None:
        core = labelled(amount, people=_labelled(released, row), what=what(released, row), designed=designed)
    else:
        recall = words.told("recall") if words.recall else ""
        core = headline(amount, people=whom(released, row, words), did=words.told("did"), recall=recall, designed=designed)
    population = _named(words, released.estimate.provenance.population)
    if weighted(released, row):
        whole = said("weighted to resemble {population}, {sentence}", {"population": population, "sentence": core}) if population else None
        core = whole or said("after weighting, {sentence}", {"sentence": core})
    text = say(core, speech).casefold()
    named = [_named(words, x) for x in (basis.place, basis.time)] if basis else []
    setting = [x for x in named if x and say(x, speech).casefold() not in text]
    if setting:
        return said("{sentence} ({setting}).", {"sentence": core, "setting": joined(setting, ", ")})
    return said("{sentence}.", {"sentence": core})


def about(released: Released, row: int, words: Words | None = None) -> Message:
    """What all shares of the table are of and of whom, its groups left out: the title of their picture.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.findings.telling import about
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> about(safe, 0, ek.findings.Words(did="were sent unwanted messages", people="children aged 12-17"))
    'Share of children aged 12-17 who were sent unwanted messages'
    """
    alike = weighted(released, row, words)
    if words is None:
        among = joined([x for x in (_labelled(released, row, groups=False), alike) if x], ", ")
        return said("{what}, among {whom}", {"what": what(released, row), "whom": among})
    slots = {"people": _people(released, words, []), "did": doing(words)}
    if of_a_population(released.estimate.inference):
        return said("Share of {people} who {did}", slots)
    return joined([x for x in (said("Share who {did}, of the {people} who answered", slots), alike) if x], ", ")


def doubts(released: Released, row: int) -> tuple[str, ...]:
    """What must be said of a number even where there is little room."""
    source = released.estimate
    out = [noted(released.reason[row])] if released.reason[row] else []
    if weighted(released, row):
        out.append(said("describes those who answered, weighted, not a population: others may differ in what weights cannot see"))
    elif not of_a_population(source.inference):
        out.append(said("describes those who answered, not a population"))
    out += [VENUE] if source.inference == "venue" else []
    return (*out, *([noted(source.flags[row])] if source.flags[row] else []))


def what(released: Released, row: int) -> str:
    """What the share is of, as the data label it."""
    source = released.estimate
    variable = str(source.cells.columns["variable"][row])
    category = source.cells.columns["category"][row]
    label = dict(source.provenance.labels).get(variable, variable)
    return label if category in (None, "") else f"{label}: {category}"


def weighted(released: Released, row: int, words: Words | None = None) -> str:
    """What weights were to make of those who answered, where nobody was drawn: then the share is not simply theirs."""
    source = released.estimate
    alike = source.inference != "self-selected-adjusted" and not source.counts.kish[row] > 1 + 1e-12
    if of_a_population(source.inference) or alike:
        return ""
    population = _named(words, source.provenance.population)
    return said("weighted to resemble {population}", {"population": population}) if population else said("after weighting")


def _labelled(released: Released, row: int, *, groups: bool = True) -> str:
    """Of whom the share is: the population, the subset, and with `groups` the labels of the cell."""
    source = released.estimate
    labels = _labels(released, row) if groups else []
    labels += [source.provenance.where] if source.provenance.where else []
    population = source.provenance.population
    if of_a_population(source.inference):
        return _bracketed(population or _unnamed(released), labels)
    about = [*([population] if population and not weighted(released, row) else []), *([", ".join(labels)] if labels else [])]
    return said("those who answered ({about})", {"about": "; ".join(about)}) if about else said("those who answered")


def whom(released: Released, row: int, words: Words) -> str:
    """Of whom the share is, by the words for its group, in every language they are in; what they leave out stands in brackets."""
    source = released.estimate
    cells = source.cells.columns
    group = next((c for c in source.cells.by if cells[c][row] in words.groups.get(c, {})), None)
    labels = _labels(released, row, besides=group, words=words)
    if group:
        return _bracketed(words.told_of(group, cells[group][row]), labels, words.named(source.provenance.where))
    return _people(released, words, labels)


def _people(released: Released, words: Words, labels: list[str]) -> str:
    """Whom a table is about, by its words in every language they are in, else by the name of its population."""
    source = released.estimate
    where, unnamed = words.named(source.provenance.where), words.named(source.provenance.population) or _unnamed(released)
    if not words.people and not any(one.people for one in words.others.values()):
        return _bracketed(unnamed, labels, where)
    told = words.told("people")
    others = {tag: text or _within(unnamed, tag) for tag, text in told.others.items()}
    return _bracketed(Told(words.people or unnamed, others, told.fix), labels, where)


def doing(words: Words) -> str:
    """What they did or lived through, with the time asked about."""
    return joined([words.told("did"), words.told("recall")]) if words.recall else words.told("did")


def _unnamed(released: Released) -> str:
    if released.estimate.inference == "venue":
        return said("people who attend the listed venues")
    return said("people in the population surveyed")


def _labels(released: Released, row: int, besides: str | None = None, words: Words | None = None) -> list[str]:
    cells, named = released.estimate.cells, dict(released.estimate.provenance.labels)
    return [labelled_level(str(named.get(c, c)), str(cells.columns[c][row]), words) for c in cells.by if c != besides]


def labelled_level(label: str, level: str, words: Words | None) -> str:
    """A level with its column, as the data label them, or in the languages that the words have names in."""
    pair = (_named(words, label), _named(words, level))
    told = next((one for one in pair if isinstance(one, Told)), None)
    if told is None:
        return f"{label}: {level}"
    others = {tag: ": ".join(_within(one, tag) for one in pair) for tag in told.others}
    return Told(f"{label}: {level}", others, told.fix)


def _named(words: Words | None, name: str) -> str:
    """A name of the data, in the languages that the words have it in."""
    return words.named(name) if words and name else name


def _within(text: str, tag: str) -> str:
    """A text in one other language, where it was typed in it."""
    return text.others.get(tag, str(text)) if isinstance(text, Told) else text


def _bracketed(told: str, labels: Sequence[str], where: str = "") -> str:
    """Whom, in every language they are told in, with labels of the data behind them; `where` only where they do not say it."""
    if isinstance(told, Told):
        others = {tag: _bracketed(text, [_within(one, tag) for one in labels], _within(where, tag)) for tag, text in told.others.items()}
        return Told(_bracketed(str(told), [str(one) for one in labels], str(where)), others, told.fix)
    shown = [*labels, *([where] if where and where.casefold() not in told.casefold() else [])]
    if not shown:
        return told
    if told.endswith(")"):
        return f"{told[:-1]}; {', '.join(shown)})"
    if any(isinstance(one, Message | Told) for one in (told, *shown)):
        return joined([told, joined([" (", joined(shown, ", "), ")"], "")], "")
    return f"{told} ({', '.join(shown)})"
