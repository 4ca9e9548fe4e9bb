"""overlap: which harms come together, from a released table of combinations and one of totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evidencekit.disclosure import Released
from evidencekit.errors import InputError, Refused
from evidencekit.findings.languages import Language, say, speaking
from evidencekit.findings.picturing.drawing import KEY, around, short, titled
from evidencekit.findings.picturing.parts import Around, Part, levels_said, part_of, sentences
from evidencekit.findings.picturing.tables import beside
from evidencekit.findings.register.kinds import is_list
from evidencekit.findings.register.linting import check_label
from evidencekit.rendering.figure import WIDTH, Picture, as_wide_as
from evidencekit.rendering.overlaps import Overlap, OverlapSet, overlap_chart

__all__ = ["overlap"]

SAME = 1e-9  # shares of the same people add up to within this


def overlap(
    combinations: Released,
    totals: Released,
    *,
    sets: Mapping[str, str],
    made_of: Mapping[str, Sequence[str]],
    title: str,
    bare: bool = False,
    language: Language = "en",
    width: float = WIDTH,
) -> Picture:
    """Draw how often harms come together, after UpSet: a bar for each combination over dots that say which.

    Parameters
    ----------
    combinations : Released
        Shares of one variable with a category for each combination; everybody is in one of them.
    totals : Released
        Shares of the yes-or-no variables by themselves, of the same people.
    sets : mapping of str to str
        Those variables, and what is written beside them.
    made_of : mapping of str to sequence of str
        Each category of the combinations, and the variables that come together in it; none for those in none.
    title : str
        Above it.
    bare : bool
        Without title and caption.
    language : str or Catalogue
        Of the words around it. What is passed here is drawn as it was typed.
    width : float
        In points, of the sheet: 451 is the text of an A4 page.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        A variable or a category is not in its table once, a combination has a variable that is not among the sets, a category is left out,
        or the combinations of a set do not add up to its total.
    Refused
        A total is hidden, and the combinations that add up to it are shown.

    Notes
    -----
    The total of a set is shown only where all its combinations are, so that no hidden one follows from it.

    References
    ----------
    Lex, Gehlenborg, Strobelt, Vuillemot and Pfister (2014), IEEE Trans. Vis. Comput. Graph. 20, 1983-1992.

    Examples
    --------
    >>> import evidencekit as ek
    >>> data = ek.fictional.national_survey().data.to_frame()
    >>> both = data["knows_where_to_report"] + 2 * data["helpline_aware"]
    >>> data["known"] = both.map({0: "neither", 1: "place", 2: "helpline", 3: "place and helpline"})
    >>> survey = ek.Survey(data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> shares = ek.proportion(survey, "known"), ek.proportion(survey, ["knows_where_to_report", "helpline_aware"])
    >>> sets = {"knows_where_to_report": "Know where to report", "helpline_aware": "Know the helpline"}
    >>> place, line = sets
    >>> made_of = {"place and helpline": [place, line], "place": [place], "helpline": [line], "neither": []}
    >>> print(ek.findings.overlap(*ek.release(list(shares)), sets=sets, made_of=made_of, title="What children know").alt)
    What children know. place and helpline: 23% (20 to 27); place: 18% (16 to 21); helpline: 17% (14 to 20); neither: 42% (38 to 45);
    Know where to report: 41% (38 to 45); Know the helpline: 40% (37 to 44). 95% intervals. Not audited against other tables.
    """
    for given in (combinations, totals):
        if not isinstance(given, Released) or given.estimate.statistic != "proportion":
            raise InputError("overlap() takes two released tables of shares.", "Call ek.proportion(), then ek.release(), for each.")
    check_label("title= of an overlap", title)
    if not isinstance(sets, Mapping) or not isinstance(made_of, Mapping) or not all(map(is_list, made_of.values())):
        raise InputError(
            "sets= and made_of= of an overlap are mappings.", 'As sets={"asked": "Asked"}, made_of={"none": [], "asked only": ["asked"]}.'
        )
    for told in sets.values():
        check_label("A set of an overlap", told)
    if not sets or any(one not in sets for members in made_of.values() for one in members):
        raise InputError("made_of= names a variable that is not among sets=.", "Give every variable its words in sets=.")
    if any(one not in made_of for one in combinations.estimate.cells.columns["category"]):
        raise InputError("made_of= leaves categories of the combinations out, and everybody is in one.", "Give every category its members.")
    parts = {one: part_of(combinations, _row(combinations, "category", one), one) for one in made_of}
    whole = [
        _whole(part_of(totals, _row(totals, "variable", one), words), [parts[name] for name, members in made_of.items() if one in members])
        for one, words in sets.items()
    ]
    speech = speaking(language)
    caption = sentences([levels_said(combinations.estimate, [*parts.values(), *whole]), *beside(combinations)])
    words = Around(title, caption, shown=() if bare else ("title", "caption"))
    shown, below, alt = around([*parts.values(), *whole], words, speech)
    overlaps = [
        Overlap([sets[k] for k in made_of[one]], p.value, label=one, low=p.low, high=p.high, text=say(short(p), speech), state=p.state)
        for one, p in parts.items()
    ]
    listed = [OverlapSet(say(p.label, speech), p.value, low=p.low, high=p.high, text=say(short(p), speech), state=p.state) for p in whole]
    with as_wide_as(width):
        made = overlap_chart(overlaps, sets=listed, title=shown, caption=below, key=say(KEY, speech), alt=alt)
    return titled(made, words, speech)


def _row(released: Released, column: str, wanted: str) -> int:
    rows = [i for i, one in enumerate(released.estimate.cells.columns[column]) if one == wanted]
    if len(rows) != 1:
        raise InputError(f"A {column} of the picture is one share of its table.", "Name those that to_frame() has, without by=.")
    return rows[0]


def _whole(total: Part, members: Sequence[Part]) -> Part:
    """The total of a set as it may be shown: only where all its combinations are, so that it tells nothing that they do not."""
    values = [one.value for one in members if one.value is not None]
    if len(values) < len(members):
        return Part(label=total.label, status="protected")
    if total.value is None:
        raise Refused(
            "A total is hidden, and all its combinations are shown: they add up to it.",
            "Hide one of them too: ek.release([combinations, totals], hide=...).",
        )
    if abs(total.value - sum(values)) > SAME:
        raise InputError(
            "The combinations of a set do not add up to its total, so that the two tables are not of the same people.",
            "Estimate both from one survey, of those who answered all its questions, and look at made_of=.",
        )
    return total
