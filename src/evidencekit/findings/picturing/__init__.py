"""The pictures of findings and claims: what is drawn follows from what may be shown, and every picture has its words."""

from evidencekit.findings.picturing.drawing import bands_picture, dots_of, forest_of, slope_of
from evidencekit.findings.picturing.overlapping import overlap
from evidencekit.findings.picturing.parts import Around, Part, levels_said, part_of, parts_of, sentences
from evidencekit.findings.picturing.shares import as_icons, dot_picture, icon_picture, interval_said, interval_told
from evidencekit.findings.picturing.tables import Layout, cascade, tile_picture

__all__ = [
    "Around",
    "Layout",
    "Part",
    "as_icons",
    "bands_picture",
    "cascade",
    "dot_picture",
    "dots_of",
    "forest_of",
    "icon_picture",
    "interval_said",
    "interval_told",
    "levels_said",
    "overlap",
    "part_of",
    "parts_of",
    "sentences",
    "slope_of",
    "tile_picture",
]
