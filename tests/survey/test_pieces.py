"""Products a few rows at a time are the products."""

from __future__ import annotations

import numpy as np
import pytest

from evidencekit.survey.adjustments.pieces import column_sums, crossproduct, scores


@pytest.mark.parametrize("p", [1, 7, 130])
@pytest.mark.parametrize("n", [0, 5, 3_001, 70_003])
def test_pieces_add_up(n: int, p: int) -> None:
    rng = np.random.default_rng(n + p)
    x, z, w = rng.normal(size=(n, p)), rng.normal(size=(n, 3)), rng.uniform(size=n)
    b = rng.normal(size=p)
    np.testing.assert_allclose(scores(x, b), x @ b, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(column_sums(x, w), w @ x, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(crossproduct(x, w, z), x.T @ (w[:, None] * z), rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(crossproduct(x, w, x), x.T @ (w[:, None] * x), rtol=1e-10, atol=1e-9)
