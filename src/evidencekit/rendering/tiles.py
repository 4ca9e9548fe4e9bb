"""Tile maps: one square of the same size for each area, where the user's layout puts it; hidden ones are marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from operator import index

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.rows import HIDDEN, Number, State, check_numbers, check_shares, said
from evidencekit.rendering.shading import given_steps, round_steps
from evidencekit.rendering.tiling import Around, Placed, drawn

__all__ = ["Layout", "Tile", "tile_map"]

Layout = Mapping[str, tuple[int, int]] | Sequence[Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Tile:
    """One area of a tile map.

    Parameters
    ----------
    code : str
        What stands in the tile and in the layout: a short name.
    value : float, optional
        The share, from 0 to 1, or any other number where the map is given `number`. None in a hidden tile: nothing that is
        hidden is handed on.
    label : str
        The name in full, for the alternative text. By default the code.
    low, high : float, optional
        Its interval, for the alternative text: a tile has no room for it.
    text : str
        The number as it stands in the tile; in a hidden tile, why it is hidden. Made in English where it is empty.
    state : {"shown", "caution", "protected", "uncertain", "review"}
        "caution" has a hollow dot; "protected", "uncertain" and "review" are the kinds of hidden, each with a mark.

    Raises
    ------
    InputError
        When the numbers do not fit together, or a hidden tile has one.

    Examples
    --------
    >>> from evidencekit.rendering.tiles import Tile
    >>> Tile("NO", 0.14, label="North", low=0.11, high=0.18).said()
    '14% (11 to 18)'
    >>> Tile("SO", state="protected").said()
    'protected'
    """

    code: str
    value: float | None = None
    _: KW_ONLY
    label: str = ""
    low: float | None = None
    high: float | None = None
    text: str = ""
    state: State = "shown"

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit together, numbers in a hidden tile, and tiles without a code."""
        if not self.code.strip():
            raise InputError("A tile has no code.", "Pass the code that stands for the area in the layout.")
        check_numbers(self.state, self.value, self.low, self.high)

    def said(self, number: Number | None = None) -> str:
        """The number with its interval, or why it is hidden, in words."""
        if self.value is None:
            return self.text or HIDDEN[self.state][0]
        if not self.text or self.low is None or self.high is None:
            return self.text or said(self.value, self.low, self.high, number)
        return f"{self.text} ({said(self.low, None, None, number)} to {said(self.high, None, None, number)})"

    def short(self, number: Number | None = None) -> str:
        """The number as it stands in the tile, or why it is hidden."""
        return self.said() if self.value is None else self.text or said(self.value, None, None, number)


def tile_map(
    tiles: Sequence[Tile],
    *,
    layout: Layout,
    steps: Sequence[tuple[float, str]] = (),
    title: str = "",
    caption: str = "",
    key: str = "uncertain",
    number: Number | None = None,
    alt: str | None = None,
) -> page.Picture:
    """Draw areas as squares of one size with their numbers, shaded and hatched in at most five steps.

    Parameters
    ----------
    tiles : sequence of Tile
        The areas, in the order of the alternative text.
    layout : mapping or sequence of sequences
        Where they stand: ``{"NO": (0, 1), "SO": (1, 1)}``, row and column from the top left, or rows of codes in which ""
        is an empty place, such as those of a table: ``[["", "NO"], ["WE", "SO"]]``.
    steps : sequence of (float, str)
        Steps of the shading from the lowest: the upper limit, which is part of the next step (that of the last is part of
        it), and what the legend says; made in English where it is "". At most five. By default steps of a round width.
    title, caption : str
        Above and below: what is shown; of whom, when, by whom asked.
    key : str
        What a hollow dot means, said in the legend where there is one, and in the alternative text.
    number : callable, optional
        Writes a number, also of the legend. By default the numbers are shares, in percent.
    alt : str, optional
        The picture in words. By default the title, and every area with its number and interval.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        When two tiles stand in one place, an area is in the layout and not among the tiles or the other way round, steps do
        not hold the numbers, words do not fit into a tile, or no font has the letters of a text.

    References
    ----------
    McNeill and Hale (2017), Comput. Graph. Forum 36, 435-445.

    Examples
    --------
    >>> from evidencekit.rendering.tiles import Tile, tile_map
    >>> tiles = [Tile("NO", 0.14, low=0.11, high=0.18), Tile("WE", 0.09, low=0.06, high=0.13), Tile("SO", state="protected")]
    >>> tile_map(tiles, layout=[["", "NO"], ["WE", "SO"]], title="Asked, by region")
    Picture('Asked, by region')
    Asked, by region. NO: 14% (11 to 18); WE: 9% (6 to 13); SO: protected.
    """
    check_shares([end for tile in tiles for end in (tile.low, tile.value, tile.high) if end is not None], number)
    places = _placed(tiles, layout)
    values = [tile.value for tile in tiles if tile.value is not None]
    made = given_steps(steps, values, number) if steps else round_steps(values, number)
    listed = "; ".join(f"{tile.label or tile.code}: {tile.said(number)}{f', {key}' if tile.state == 'caution' else ''}" for tile in tiles)
    described = alt or ". ".join(filter(None, (title.rstrip(". "), f"{listed}.")))
    placed = [
        Placed(tile.code.strip(), tile.short(number), tile.value, tile.state, place) for tile, place in zip(tiles, places, strict=True)
    ]
    return page.picture(lambda: drawn(placed, made, Around(title, caption, key)), title or "Tile map", described)


def _placed(tiles: Sequence[Tile], layout: Layout) -> list[tuple[int, int]]:
    """Give every tile its row and column, from 0, and refuse what does not fit. Codes are levels of the data: positions are named."""
    if not tiles:
        raise InputError("The map has no tiles.", "Pass at least one Tile.")
    spots = _spots(layout)
    first: dict[str, int] = {}
    for k, tile in enumerate(tiles):
        if tile.code.strip() in first:
            raise InputError(f"tiles[{first[tile.code.strip()]}] and tiles[{k}] have the same code.", "Pass one tile for each area.")
        first[tile.code.strip()] = k
        if tile.code.strip() not in spots:
            raise InputError(f"The code of tiles[{k}] is not in the layout.", "Give the area a place, or leave its tile out.")
    for code, (row, column) in spots.items():
        if code not in first:
            raise InputError(
                f"The area at row {row}, column {column} of the layout has no tile.",
                "Pass a tile for every area, a hidden one for one that is not shown.",
            )
    top, left = min(row for row, _ in spots.values()), min(column for _, column in spots.values())
    places = (spots[tile.code.strip()] for tile in tiles)
    return [(row - top, column - left) for row, column in places]


def _spots(layout: Layout) -> dict[str, tuple[int, int]]:
    """Read a layout of either kind; rows and columns are those of a mapping, and are counted from 1 in rows of codes."""
    if isinstance(layout, str) or (not isinstance(layout, Mapping) and any(isinstance(row, str) for row in layout)):
        raise InputError(
            "layout= is a mapping of codes to rows and columns, or rows of codes; not a text.",
            "Split the text: [line.split(',') for line in text.splitlines()].",
        )
    if isinstance(layout, Mapping):
        named = [(code.strip(), _whole(place)) for code, place in layout.items()]
    else:
        named = [(code.strip(), (r, c)) for r, row in enumerate(layout, 1) for c, code in enumerate(row, 1) if code and code.strip()]
    spots: dict[str, tuple[int, int]] = {}
    taken: set[tuple[int, int]] = set()
    for code, place in named:
        if code in spots:
            was = spots[code]
            raise InputError(
                f"The area at row {was[0]}, column {was[1]} of the layout is also at row {place[0]}, column {place[1]}.",
                "Give every area one place.",
            )
        if place in taken:
            raise InputError(f"Two areas of the layout stand at row {place[0]}, column {place[1]}.", "Give every area a place of its own.")
        spots[code] = place
        taken.add(place)
    return spots


def _whole(place: tuple[int, int]) -> tuple[int, int]:
    """Read a row and a column."""
    try:
        row, column = place
        return index(row), index(column)
    except (TypeError, ValueError):
        raise InputError("A place in the layout is two whole numbers, row and column.", 'Pass such as {"NO": (0, 1)}.') from None
