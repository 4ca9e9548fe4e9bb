"""A number of people beyond a limit: the next of two digits, and never the limit itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.errors import Refused
from evidencekit.findings.claims.headcounts import _beyond

BEYOND = {27_000.0: (28_000, 26_000), 27_001.0: (28_000, 27_000), 100.0: (110, 90), 99.0: (100, 98), 10.0: (11, 9), 1.0: (2, None)}


@pytest.mark.parametrize(("limit", "around"), BEYOND.items())
def test_what_is_said_beyond_a_limit_is_never_the_limit_itself(limit: float, around: tuple[int, int | None]) -> None:
    """ "Fewer than 27,000" is not true of an interval that ends at 27,000."""
    assert _beyond(limit, down=False) == around[0]
    if around[1] is None:
        with pytest.raises(Refused, match="So few"):
            _beyond(limit, down=True)
    else:
        assert _beyond(limit, down=True) == around[1]


@given(st.floats(0.01, 1e9))
def test_the_number_beyond_a_limit_has_two_digits_and_is_the_next_one(limit: float) -> None:
    up = _beyond(limit, down=False)
    step = 10 ** max(len(str(int(limit))) - 2, 0)
    assert up > limit >= up - step
    assert up % step == 0
    if limit > 1:
        down = _beyond(limit, down=True)
        assert down < limit <= down + step
        assert down % step == 0
