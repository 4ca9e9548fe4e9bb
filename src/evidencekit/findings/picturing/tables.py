"""Pictures of whole tables: areas as tiles, and the steps from harm to help as a cascade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil, floor
from typing import Any, cast

from evidencekit.combining import has_design, ratio_of
from evidencekit.disclosure import Released
from evidencekit.errors import InputError, Refused
from evidencekit.findings.languages import ENGLISH, Catalogue, Language, percentage, said, say, speaking
from evidencekit.findings.modelled import speaks
from evidencekit.findings.noting import audited_words
from evidencekit.findings.picturing.drawing import KEY, around, short, titled
from evidencekit.findings.picturing.parts import HIDDEN, Around, Part, levels_said, part_of, parts_of, rows_like, sentences
from evidencekit.findings.ranges import percent_words
from evidencekit.findings.register.kinds import is_list
from evidencekit.findings.register.linting import check_label
from evidencekit.findings.wording import Words
from evidencekit.rendering.cascades import CascadeStep
from evidencekit.rendering.cascades import cascade as cascade_of
from evidencekit.rendering.figure import WIDTH, Picture, as_wide_as
from evidencekit.rendering.tiles import Tile, tile_map

__all__ = ["Layout", "beside", "cascade", "tile_picture"]

Layout = Mapping[str, Sequence[Any]]
MOST_STEPS = 5


def tile_picture(
    released: Released,
    row: int,
    title: str,
    caveats: Sequence[str],
    *,
    layout: Layout | None,
    words: Words | None = None,
    bare: bool = False,
    speech: Catalogue = ENGLISH,
) -> Picture:
    """The same answer in every area as tiles, where a user's layout has them: level of the data to row, column and the code to write."""
    if not isinstance(layout, Mapping) or not layout:
        raise InputError(
            "A tile map needs to know where the areas stand.", 'layout={"North": (0, 1, "NO"), "South": (1, 1, "SO")}: row, column, code.'
        )
    rows, parts, cells = rows_like(released, row), parts_of(released, row, words), released.estimate.cells
    levels = [", ".join(str(cells.columns[c][i]) for c in cells.by) for i in rows]
    codes: dict[str, str] = {}
    places: dict[str, tuple[Any, Any]] = {}
    for level, spot in layout.items():
        if isinstance(spot, str) or not isinstance(spot, Sequence) or len(spot) not in (2, 3):
            raise InputError("A place in layout= is (row, column) or (row, column, code).", 'As {"North": (0, 1, "NO")}.')
        codes[str(level)] = str(spot[2]) if len(spot) == 3 else str(level)
        places[codes[str(level)]] = (spot[0], spot[1])
    if len(places) < len(layout):
        raise InputError("Two areas of layout= have the same code.", "Give each a code of its own.")
    caption = sentences([levels_said(released.estimate, parts), *caveats])
    around_it = Around(title, caption, shown=() if bare else ("title", "caption"))
    shown, below, alt = around(parts, around_it, speech)
    tiles = [
        Tile(
            codes.get(level, level),
            p.value,
            label=say(p.label, speech),
            low=p.low,
            high=p.high,
            text=say(short(p), speech),
            state=p.state,
        )
        for level, p in zip(levels, parts, strict=True)
    ]
    steps = [(top, say(words, speech)) for top, words in _steps(parts)]
    made = tile_map(tiles, layout=places, steps=steps, title=shown, caption=below, key=say(KEY, speech), alt=alt)
    return titled(made, around_it, speech)


def _steps(parts: Sequence[Part]) -> list[tuple[float, str]]:
    """Steps of the shading, none narrower than half the width of the middle interval; a single one where there are no intervals."""
    shown = [p.value for p in parts if p.value is not None]
    widths = sorted(p.high - p.low for p in parts if p.low is not None and p.high is not None)
    if not shown:
        return []
    low, high, least = min(shown), max(shown), widths[len(widths) // 2] / 2 if widths else 1.0
    for width in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5):
        first = floor(low / width + 1e-9)
        count = max(ceil(high / width - 1e-9) - first, 1)
        if width >= least and count <= MOST_STEPS:
            tops = [min((first + k) * width, 1.0) for k in range(count + 1)]
            return [(top, _step_words(tops, k)) for k, top in enumerate(tops[1:])]
    return [(1.0, _step_words([0.0, 1.0], 0))]


def _step_words(ends: Sequence[float], k: int) -> str:
    """What a step holds: its upper end belongs to the next one, that of the last to itself."""
    low, top = (percentage(f"{100 * end:.10g}") for end in ends[k : k + 2])
    if len(ends) == 2:
        return said("up to {top}", {"top": top})
    both = {"low": low, "top": top}
    return said("{low} to {top}", both) if k == len(ends) - 2 else said("{low} to under {top}", both)


def cascade(
    released: Released,
    steps: Mapping[str, str] | Sequence[str],
    *,
    first: str,
    title: str,
    bare: bool = False,
    language: Language = "en",
    width: float = WIDTH,
) -> Picture:
    """Draw how many of those who were harmed told somebody, looked for help, and found it: each step a part of the one before.

    Parameters
    ----------
    released : Released
        Shares of several yes-or-no questions among the same people: ``proportion(survey, ["told", "asked_for_help", "was_helped"],
        where=harmed, where_label="children who were harmed")``. A child who did not tell anybody has no in the later ones.
    steps : mapping or sequence of str
        The questions in their order: names of variables, or from them to what is written.
    first : str
        What everybody has in common, the first bar: ``"Children who were harmed"``.
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
        A question is not in the table once, shares grow, so that the steps are not nested, or what is typed holds a share or a word that
        alarms, blames or makes less of a child.

    References
    ----------
    Haber, Pillay, Porter and Bärnighausen (2016), Curr. Opin. HIV AIDS 11, 102-108.

    Examples
    --------
    >>> import narwhals.stable.v2 as nw, evidencekit as ek
    >>> data = ek.fictional.national_survey().data.to_frame()
    >>> data = data.assign(told=(data["told_someone"] == 1) * 1, told_officials=(data["reported"] == 1) * 1)  # not asked is no
    >>> survey = ek.Survey(data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> harmed = {"where": nw.col("any_contact_unwanted") == 1, "where_label": "who were sent unwanted messages"}
    >>> safe = ek.release(ek.proportion(survey, ["told", "told_officials"], **harmed))
    >>> steps = {"told": "Told somebody", "told_officials": "Reported it"}
    >>> print(ek.findings.cascade(safe, steps, first="Sent unwanted messages", title="From harm to help").alt)
    From harm to help. Sent unwanted messages: 100%; Told somebody: 63% (56 to 69); Reported it: 13% (8 to 18). 95% intervals. Each step
    is a part of the one before. Not audited against other tables. Reported it: 20% (13 to 27) of the step before.
    """
    if not isinstance(released, Released) or released.estimate.statistic != "proportion":
        raise InputError("cascade() takes released shares.", "Call ek.proportion() with a list of variables, then ek.release().")
    speech, named = speaking(language), _named(released, steps, first=first, title=title)
    parts = [part_of(released, _row(released, variable), label) for variable, label in named.items()]
    answers = {float(n) for one in named if (n := released.estimate.counts.n[_row(released, one)]) == n}
    if len(answers) > 1:
        raise InputError(
            "The steps rest on different numbers of answers, so that they are not of the same people.",
            "Whoever was not asked a later question has no in it: fill it with 0 before estimating.",
        )
    _check_steps(released, [_row(released, one) for one in named])
    caption = sentences([levels_said(released.estimate, parts), said("each step is a part of the one before"), *beside(released)])
    everybody = Part(label=first, value=1.0)
    words = Around(title, caption, shown=() if bare else ("title", "caption"))
    between = [say(one, speech) for one in _between(released, [_row(released, one) for one in named])]
    shown, below, alt = around([everybody, *parts], words, speech)
    alt = " ".join([alt, *(f"{say(p.label, speech)}: {one}." for p, one in zip(parts, between, strict=True) if one)])
    drawn = [CascadeStep(first, 1.0, text=say(short(everybody), speech))]
    for p, one in zip(parts, between, strict=True):
        numbers = {"low": p.low, "high": p.high}
        drawn.append(CascadeStep(say(p.label, speech), p.value, text=say(short(p), speech), before=one, state=p.state, **numbers))
    with as_wide_as(width):
        made = cascade_of(drawn, title=shown, caption=below, key=say(KEY, speech), alt=alt)
    return titled(made, words, speech)


def _named(released: Released, steps: object, *, first: object, title: object) -> dict[str, str]:
    """The steps with what is written beside each; what was typed is held to the rules for words."""
    check_label("title= of a cascade", title)
    check_label("first= of a cascade", first)
    if isinstance(steps, Mapping) and steps:
        return {one: check_label("A step of a cascade", told) for one, told in steps.items()}
    listed = cast(Sequence[Any], steps) if is_list(steps) else []
    if not listed or not all(isinstance(one, str) for one in listed):
        raise InputError("steps= of a cascade are names of variables, or from them to what is written.", 'As ["told", "was_helped"].')
    return {one: _label(released, one) for one in listed}


def _between(released: Released, rows: Sequence[int]) -> list[str]:
    """The share of the step before with its interval, for each step after the first; nothing where one of the two is hidden."""
    est, out = released.estimate, [""]
    for before, after in pairwise(rows):
        hidden = released.status[before] in HIDDEN or released.status[after] in HIDDEN
        if hidden or not est.points[before] > 0 or est.points[after] > est.points[before]:
            out.append("")
            continue
        ratio = ratio_of(est, after, before, level=est.interval.level)
        low, high = (float(x[0]) for x in (ratio.interval.low, ratio.interval.high))
        ends = (max(low, 0.0), min(high, 1.0)) if low == low and high == high and has_design(est.inference) else (None, None)
        out.append(said("{share} of the step before", {"share": percent_words(min(float(ratio.points[0]), 1.0), *ends)}))
    return out


def _check_steps(released: Released, rows: Sequence[int]) -> None:
    """Refuse steps that differ by few people: those are as few as a cell that would be hidden, and the picture counts them.

    A hidden step lies between its neighbours, so that it is known as closely as they differ: they count as following each other.
    """
    counts, least = released.estimate.counts, released.rules.protection.least
    shown = [float(counts.cases[row]) for row in rows if released.status[row] not in HIDDEN and counts.cases[row] == counts.cases[row]]
    everybody = [float(n) for row in rows if (n := counts.n[row]) == n][:1]
    for more, fewer in pairwise([*everybody, *shown]):
        if 0 <= more - fewer < least:
            raise Refused(
                f"Two steps of the cascade differ by fewer than {least:g} people, who could be counted.",
                "Leave one of the two steps out.",
            )


def beside(released: Released) -> tuple[str, ...]:
    """What must be said beside a whole table: whom it speaks for, and whether it was audited."""
    whom = () if speaks(released.estimate) else (said("describes those who answered, not a population"),)
    return (*whom, audited_words(released))


def _row(released: Released, variable: str) -> int:
    """The one row of a variable."""
    rows = [i for i, one in enumerate(released.estimate.cells.columns["variable"]) if one == variable]
    if len(rows) != 1:
        raise InputError(
            "A step of a cascade is one share of the table.",
            "Name a 0/1 variable that the table has, without by=; a question with codes 1 and 2 is made 0/1 first.",
        )
    return rows[0]


def _label(released: Released, variable: str) -> str:
    return str(dict(released.estimate.provenance.labels).get(variable, variable))
