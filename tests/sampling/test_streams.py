"""Numbers belong to units: whatever the order of rows, whoever computes them; and they are uniform."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
import pytest

from evidencekit.errors import InputError
from evidencekit.sampling.streams import Hashed, canonical, hashed

IDS = [str(k) for k in range(20_000)]


def test_the_rule_written_out() -> None:
    key = blake2b(b"7/areas", digest_size=32).digest()
    base = int.from_bytes(blake2b("Bắc".encode(), key=key, digest_size=8).digest(), "little")
    state, mask = (base + 3 * 0x9E3779B97F4A7C15) % 2**64, 2**64 - 1
    z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    z ^= z >> 31
    made = hashed(7, "areas", ["Bắc"])
    assert made(0)[0] == ((base >> 11) + 0.5) / 2**53
    assert made(3)[0] == ((z >> 11) + 0.5) / 2**53


def test_order_does_not_matter_and_streams_have_nothing_in_common() -> None:
    made = hashed(1, "a", IDS)
    np.testing.assert_array_equal(made(0)[::-1], hashed(1, "a", IDS[::-1])(0))
    others = [hashed(1, "b", IDS)(0), hashed(2, "a", IDS)(0), made(1), made(2)]
    for other in others:
        assert abs(np.corrcoef(made(0), other)[0, 1]) < 0.03


@pytest.mark.parametrize("round_", [0, 1, 2, 50])
def test_numbers_are_uniform(round_: int) -> None:
    u = hashed(3, "a", IDS)(round_)
    counts = np.bincount((u * 50).astype(int), minlength=50)
    assert 20 < ((counts - 400) ** 2 / 400).sum() < 90  # chi-square on 49 degrees of freedom
    assert ((u > 0) & (u < 1)).all()


def test_identifiers_are_the_same_text_on_every_kind_of_column() -> None:
    assert canonical(np.array([1, 20])) == canonical([1, np.int64(20)]) == canonical([1.0, 20.0]) == canonical(["1", "20"]) == ["1", "20"]
    assert canonical(["Ba\u0306\u0301c"]) == canonical(["Bắc"])


@pytest.mark.parametrize("bad", [[None], [1.5], [float("nan")], [True], [float("inf")], [(1, 2)]])
def test_what_is_no_identifier_is_refused_without_showing_it(bad: list[Any]) -> None:
    with pytest.raises(InputError, match="Identifiers are whole numbers or text"):
        canonical(bad)


@pytest.mark.parametrize(("seed", "stream"), [(-1, "a"), (1.0, "a"), (True, "a"), (1, 2)])
def test_seeds_and_streams_that_are_none(seed: Any, stream: Any) -> None:
    with pytest.raises(InputError):
        hashed(seed, stream, ["1"])


def test_the_smallest_and_the_largest_base_give_numbers_between_0_and_1() -> None:
    made = Hashed(np.array([0, 2**64 - 1], dtype=np.uint64))(0)
    assert made.tolist() == [2.0**-54, 1 - 2.0**-53]
