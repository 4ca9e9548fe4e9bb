"""A formula calculates with columns: it runs no other code, reads and writes nothing, prints nothing, and ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import EvidencekitError, InputError

SECRET = 7391.25


def survey() -> ek.Survey:
    seed = np.random.default_rng(5)
    frame = pd.DataFrame(
        {"y": seed.integers(0, 2, 60), "x": seed.normal(size=60), "z": seed.normal(size=60), "g": list("ab") * 30, "w": 1.0}
    )
    frame.loc[0, "x"] = SECRET
    frame["log"], frame["I x"] = seed.normal(size=60), seed.normal(size=60)
    frame.loc[1, "log"] = np.nan
    return ek.Survey(frame.assign(psu=range(60)), weights="w", psu="psu")


@pytest.mark.parametrize(
    "expression",
    [
        "I(x + __import__('os').system('touch {file}'))",
        "I(x + 0 * open('{file}', 'w').write('x'))",
        "x.to_csv('{file}')",
        "I(np.save('{file}', x))",
        "{{__import__('os').system('touch {file}') + x}}",
        "C(g, open('{file}', 'w'))",
        "C(g, levels=[open('{file}', 'w')])",
        "C(g, contr.treatment(base=open('{file}', 'w')))",
        "offset(I(x + 0 * open('{file}', 'w').write('x')))",
        "I(print(x))",
        "I(x + 0 * len(().__class__.__base__.__subclasses__()))",
        "I(x * exit())",
        "I([v for v in x])",
        "I((lambda: x)())",
        "I(x.mean())",
        "x[0]",
        "lag(x)",
        "hashed(x)",
        "I(x + np)",
        "I(x + 9 ** 9 ** 9 ** 9)",
        "I(x + (1 << 99999999999))",
        "I(x + len('a' * 10 ** 10))",
        "I([0] * 10 ** 10 + x)",
        "bs(x, df=10000000000)",
        "poly(x, 10000000000)",
    ],
)
@pytest.mark.parametrize("side", ["y ~ {0}", "{0} ~ z"])
def test_nothing_but_arithmetic_is_done(expression: str, side: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "made"
    for verb in (ek.models.linear, lambda s, f: ek.models.decompose(s, f, group="g")):
        with pytest.raises(EvidencekitError):
            verb(survey(), side.format(expression.format(file=file.as_posix())))
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr().out == ""


def test_nor_in_a_model_of_areas_or_of_times(tmp_path: Path) -> None:
    file = (tmp_path / "made").as_posix()
    s = survey()
    est = ek.mean(s, "y", by="g")
    known = pd.DataFrame({"g": ["a", "b"], "x": [1.0, 2.0]})
    with pytest.raises(InputError, match="calls a function"):
        ek.models.fay_herriot(est, known, formula=f"I(x + 0 * open('{file}', 'w').write('x'))")
    with pytest.raises(InputError, match="calls a function"):
        ek.models.cox(s, f"I(x + 0 * open('{file}', 'w').write('x'))", time="w", event="y")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("terms", ["(x + z + g)**50", "(x + z)^99999999", "*".join("xzg" * 9), "+".join(["x"] * 60_000)])
def test_a_formula_that_would_not_end_is_refused(terms: str) -> None:
    with pytest.raises(InputError, match=r"more products|letters"):
        ek.models.linear(survey(), f"y ~ {terms}")


@pytest.mark.parametrize(
    "terms",
    [
        "log(x**2) + I(x > 0)",
        "bs(x, df=4)",
        "np.sqrt(np.abs(x)) + C(g, contr.sum)",
        "C(g, Treatment('b'))",
        "poly(x, 2)",
        "I(-2 * x + z / 3)",
        "C(g, contr.treatment(base='b'))",
        "center(z) + np.log1p(np.abs(x))",
        "I((x > 0) & (z < 1))",
        "np.where(x > 0, z, 0)",
    ],
)
def test_what_models_need_is_let_through(terms: str) -> None:
    assert np.isfinite(ek.models.linear(survey(), f"y ~ {terms}").coefficients).all()


def test_a_function_is_not_the_column_of_its_name() -> None:
    """Once a row without an answer to a column called log was left out of every model with a logarithm."""
    s = survey()
    assert ek.models.linear(s, "y ~ log(x**2)").scope.n == 60
    assert ek.models.linear(s, "y ~ log").scope.n == 59
    with pytest.raises(InputError, match="name of a function"):
        ek.models.linear(s, "y ~ log(log**2)")


def test_a_sum_of_columns_in_braces_is_one_column() -> None:
    """Once it became two, the second of them named like a mistake."""
    made = ek.models.linear(survey(), "y ~ {x + z}")
    assert made.names == ("Intercept", "x + z")
    np.testing.assert_allclose(made.coefficients, ek.models.linear(survey(), "y ~ I(x + z)").coefficients)


def test_a_formula_without_terms_is_no_model() -> None:
    with pytest.raises(InputError, match="no terms"):
        ek.models.linear(survey(), "y ~ ")
