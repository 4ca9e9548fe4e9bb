"""The sentence of a share: how many, of whom, what; from typed words where there are some, else from the labels of the data."""

from __future__ import annotations

from evidencekit.combining import has_design
from evidencekit.disclosure import Released
from evidencekit.findings.basis import Basis
from evidencekit.findings.wording import Words

__all__ = ["VENUE", "among", "doubts", "sentence", "weighted", "what", "whom"]

VENUE = "speaks for those who attend the venues of the frame, not for people who attend none of them"


def sentence(released: Released, row: int, amount: str, *, words: Words | None = None, basis: Basis | None = None) -> str:
    """The sentence with "about 1 in 5" or "an estimated 19% of" in it, its first letter large.

    Of those who answered, where they speak for nobody else. Place and time of the basis stand at its end where nothing in it says them.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.findings.telling import sentence
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> words = ek.findings.Words(did="were sent unwanted messages", groups={"sex": {"girl": "girls aged 12-17"}})
    >>> sentence(safe, 1, "about 1 in 5", words=words, basis=ek.findings.Basis(place="Lumora"))
    'About 1 in 5 girls aged 12-17 were sent unwanted messages (Lumora).'
    """
    designed = has_design(released.estimate.inference)
    amount = amount if designed or amount.endswith(" of") else f"{amount} of"
    after = weighted(released, row)
    start = f"{after}, {amount}" if after else amount
    if words is None:
        said = f"{start} {_labelled(released, row)}: {what(released, row)}"
    else:
        told = whom(released, row, words)
        people = told if designed else f"the {told} who answered"
        said = " ".join(x for x in (start, people, words.did, words.recall) if x)
    setting = [x for x in (basis.place, basis.time) if x and x.casefold() not in said.casefold()] if basis else []
    said = f"{said} ({', '.join(setting)})" if setting else said
    return f"{said[0].upper()}{said[1:]}."


def among(released: Released, row: int) -> str:
    """Of whom all shares of the table are, its groups left out."""
    return ", ".join(x for x in (_labelled(released, row, groups=False), weighted(released, row)) if x)


def doubts(released: Released, row: int) -> tuple[str, ...]:
    """What must be said of a number even where there is little room."""
    source = released.estimate
    out = [released.reason[row]] if released.reason[row] else []
    if weighted(released, row):
        out.append("describes those who answered, weighted, not a population: others may differ in what weights cannot see")
    elif not has_design(source.inference):
        out.append("describes those who answered, not a population")
    out += [VENUE] if source.inference == "venue" else []
    return (*out, *([source.flags[row]] if source.flags[row] else []))


def what(released: Released, row: int) -> str:
    """What the share is of, as the data label it."""
    source = released.estimate
    variable = str(source.cells.columns["variable"][row])
    category = source.cells.columns["category"][row]
    label = dict(source.provenance.labels).get(variable, variable)
    return label if category in (None, "") else f"{label}: {category}"


def weighted(released: Released, row: int) -> str:
    """What weights were to make of those who answered, where nobody was drawn: then the share is not simply theirs."""
    source = released.estimate
    alike = source.inference != "self-selected-adjusted" and not source.counts.kish[row] > 1 + 1e-12
    if has_design(source.inference) or alike:
        return ""
    return f"weighted to resemble {source.provenance.population}" if source.provenance.population else "after weighting"


def _labelled(released: Released, row: int, *, groups: bool = True) -> str:
    """Of whom the share is: the population, the subset, and with `groups` the labels of the cell."""
    source = released.estimate
    labels = _labels(released, row) if groups else []
    labels += [source.provenance.where] if source.provenance.where else []
    population = source.provenance.population
    if not has_design(source.inference):
        population = f"those who answered{f' ({population})' if population and not weighted(released, row) else ''}"
    return _bracketed(population or _unnamed(released), labels)


def whom(released: Released, row: int, words: Words) -> str:
    """Of whom the share is, by the words for its group; what they leave out of the cell stands in brackets."""
    source = released.estimate
    cells = source.cells.columns
    group = next((c for c in source.cells.by if cells[c][row] in words.groups.get(c, {})), None)
    told = words.groups[group][cells[group][row]] if group else words.people or source.provenance.population or _unnamed(released)
    labels = _labels(released, row, besides=group)
    where = source.provenance.where
    return _bracketed(told, [*labels, *([where] if where and where.casefold() not in told.casefold() else [])])


def _unnamed(released: Released) -> str:
    return "people who attend the listed venues" if released.estimate.inference == "venue" else "people in the population surveyed"


def _labels(released: Released, row: int, besides: str | None = None) -> list[str]:
    cells, named = released.estimate.cells, dict(released.estimate.provenance.labels)
    return [f"{named.get(c, c)}: {cells.columns[c][row]}" for c in cells.by if c != besides]


def _bracketed(whom: str, labels: list[str]) -> str:
    if not labels:
        return whom
    return f"{whom[:-1]}; {', '.join(labels)})" if whom.endswith(")") else f"{whom} ({', '.join(labels)})"
