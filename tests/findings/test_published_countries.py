"""Twelve published national shares, said: what a reader of that table would be told, country by country."""

from __future__ import annotations

import pytest

from evidencekit.combining import rounded_total
from evidencekit.findings.phrases import at_least, at_most, common_denominator, natural_frequency

# Percent with limits, the headline, and the two bounds that the limits support.
COUNTRIES = {
    "Cambodia": (11.9, 9.9, 14.1, (1, 8), (1, 12), (1, 7)),
    "Ethiopia": (4.6, 3.5, 6.1, (1, 20), (1, 30), (1, 15)),
    "Indonesia": (6.1, 4.6, 7.9, (1, 15), (1, 25), (1, 12)),
    "Kenya": (14.5, 12.4, 16.8, (1, 7), (1, 9), (1, 5)),
    "Malaysia": (9.6, 7.6, 12.0, (1, 10), (1, 15), (1, 8)),
    "Mozambique": (14.5, 12.3, 17.0, (1, 7), (1, 9), (1, 5)),
    "Namibia": (16.2, 13.6, 18.9, (1, 6), (1, 8), (1, 5)),
    "Philippines": (27.1, 23.1, 30.6, (27, 100), (1, 5), (1, 3)),
    "Tanzania": (5.2, 4.0, 6.7, (1, 20), (1, 25), (1, 12)),
    "Thailand": (15.6, 13.0, 18.2, (1, 6), (1, 8), (1, 5)),
    "Uganda": (11.1, 9.1, 13.3, (1, 9), (1, 12), (1, 7)),
    "Viet Nam": (4.9, 3.6, 6.5, (1, 20), (1, 30), (1, 15)),
}
# Children, with limits, as published; rounded.
CHILDREN = {
    "Cambodia": ((215_962, 179_843, 256_539), (220_000, 180_000, 260_000)),
    "Ethiopia": ((775_526, 581_437, 1_018_510), (800_000, 500_000, 1_100_000)),
    "Namibia": ((47_686, 40_172, 55_612), (48_000, 40_000, 56_000)),
    "Philippines": ((3_580_485, 3_043_351, 4_035_759), (3_600_000, 3_000_000, 4_100_000)),
}


@pytest.mark.parametrize("country", COUNTRIES)
def test_headline_and_bounds(country: str) -> None:
    p, low, high, about, least, most = COUNTRIES[country]
    p, low, high = p / 100, low / 100, high / 100
    said, below, above = natural_frequency(p, low, high), at_least(low), at_most(high)
    assert said is not None
    assert below is not None
    assert above is not None
    assert ((said.x, said.y), (below.x, below.y), (above.x, above.y)) == (about, least, most)
    assert said.text == f"about {about[0]} in {about[1]}"


def test_side_by_side_they_have_one_denominator() -> None:
    assert common_denominator([0.271, 0.049, 0.156]) == (100, (27, 5, 16))
    assert common_denominator([0.003, 0.0004]) == (10_000, (30, 4))
    assert common_denominator([0.046, 0.052, 0.049]) == (100, (5, 5, 5))


@pytest.mark.parametrize("country", CHILDREN)
def test_numbers_of_children(country: str) -> None:
    published, said = CHILDREN[country]
    assert rounded_total(*published) == said
