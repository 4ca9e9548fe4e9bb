"""Parts as pictures: rows of dots or of bands, a forest with ranks, a line over rounds; words in every language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evidencekit.findings.languages import Catalogue, Figure, joined, percentage, said, say
from evidencekit.findings.phrases import percent
from evidencekit.findings.picturing.bands import Band
from evidencekit.findings.picturing.parts import Around, Part
from evidencekit.rendering.dots import DotRow, dot_chart
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.forests import ForestRow, forest_chart
from evidencekit.rendering.gradients import GradientRow, gradient_chart
from evidencekit.rendering.slopes import SlopeLine, SlopePoint, slope_chart

__all__ = ["KEY", "around", "bands_picture", "dots_of", "forest_of", "short", "slope_of", "titled"]

KEY = said("uncertain: read with caution")


def dots_of(parts: Sequence[Part], words: Around, speech: Catalogue) -> Picture:
    """A dot and a whisker for each part."""
    title, caption, alt = around(parts, words, speech)
    rows = [
        DotRow(say(p.label, speech), p.value, low=p.low, high=p.high, text=say(p.text, speech), state=p.state, strong=p.strong)
        for p in parts
    ]
    return titled(dot_chart(rows, title=title, caption=caption, key=say(KEY, speech), alt=alt), words, speech)


def bands_picture(
    parts: Sequence[Part], words: Around, speech: Catalogue, *, levels: Sequence[float], bands: Sequence[Sequence[Band]]
) -> Picture:
    """Bands of several levels for each part."""
    title, caption, alt = around(parts, words, speech)
    rows = [
        GradientRow(
            say(p.label, speech),
            p.value,
            bands=band if p.value is not None else (),
            text=say(p.text, speech),
            state=p.state,
            strong=p.strong,
        )
        for p, band in zip(parts, bands, strict=True)
    ]
    named = [say(said("{level} interval", {"level": percentage(f"{100 * level:.10g}")}), speech) for level in levels]
    return titled(gradient_chart(rows, levels=named, title=title, caption=caption, key=say(KEY, speech), alt=alt), words, speech)


def forest_of(parts: Sequence[Part], words: Around, speech: Catalogue, *, ordered: bool) -> Picture:
    """A point and a whisker for each part, with the ranks that it may have, hidden ones last; the largest first where `ordered`."""
    parts = sorted(parts, key=lambda p: (p.value is None, -(p.value or 0.0) if ordered else 0.0))
    title, caption, alt = around(parts, words, speech)
    rows = [
        ForestRow(
            say(p.label, speech),
            p.value,
            low=p.low,
            high=p.high,
            text=say(p.text, speech),
            more=() if p.value is None else (say(_ranks(p), speech),),
            state=p.state,
            strong=p.strong,
        )
        for p in parts
    ]
    columns = [say(said("share"), speech), say(said("rank"), speech)]
    return titled(forest_chart(rows, columns=columns, title=title, caption=caption, key=say(KEY, speech), alt=alt), words, speech)


def slope_of(parts: Sequence[Part], words: Around, speech: Catalogue, *, years: Sequence[float], label: str) -> Picture:
    """One line over rounds, a part each: its label is the round, `label` of whom."""
    title, caption, alt = around(parts, words, speech)
    points = [SlopePoint(p.value, low=p.low, high=p.high, text=say(short(p), speech), state=p.state) for p in parts]
    line = SlopeLine(say(label, speech), points, strong=True)
    names = [say(p.label, speech) for p in parts]
    return titled(
        slope_chart([line], rounds=years, names=names, title=title, caption=caption, key=say(KEY, speech), alt=alt), words, speech
    )


def around(parts: Sequence[Part], words: Around, speech: Catalogue) -> tuple[str, str, str]:
    """Title, caption, and all of it for a reader who cannot see it."""
    title, caption = say(words.title, speech), say(words.caption, speech)
    listed = joined((said("{part}, rank {ranks}", {"part": p.told, "ranks": _ranks(p)}) if p.ranks else p.told for p in parts), "; ")
    alt = say(said("{title}. {rows}. {caption}", {"title": title.rstrip(". "), "rows": listed, "caption": caption}), speech)
    return (title if "title" in words.shown else "", caption if "caption" in words.shown else "", alt)


def titled(made: Picture, words: Around, speech: Catalogue) -> Picture:
    """The picture with its title kept as its name, where none is drawn."""
    return made if "title" in words.shown else replace(made, title=say(words.title, speech))


def _ranks(part: Part) -> str:
    first, last = part.ranks or (0, 0)
    return Figure(first) if first == last else said("{first} to {last}", {"first": first, "last": last})


def short(part: Part) -> str:
    """A number without its interval, which the whisker shows."""
    if part.value is None:
        return part.text
    half = None if part.low is None or part.high is None else (part.high - part.low) / 2
    return percent(part.value, half)
