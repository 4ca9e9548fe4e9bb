"""A test says itself in a line, and in a page, whatever its degrees of freedom."""

from __future__ import annotations

import pytest

import evidencekit as ek


@pytest.mark.parametrize(
    ("df", "p", "said"),
    [
        ((), 0.2, "x: 3, p = 0.200"),
        ((1.0,), 0.0002, "x: 3 on 1 degree of freedom, p < 0.001"),
        ((2.0,), float("nan"), "x: 3 on 2 degrees of freedom, p is not known"),
        ((1.0, 168.0), 0.0126, "x: 3 on 1 and 168 degrees of freedom, p = 0.013"),
    ],
)
def test_it_is_said_in_a_line(df: tuple[float, ...], p: float, said: str) -> None:
    made = ek.Test(method="x", null="nothing <happens>", statistic=3.0, df=df, p=p, flags=("few degrees of freedom",))
    assert repr(made).splitlines() == [said, "null hypothesis: nothing <happens>", "note: few degrees of freedom"]
    page = made._repr_html_()
    assert page.startswith("<table><caption>x. Null hypothesis: nothing &lt;happens&gt;; few degrees of freedom</caption>")
    assert page.count("<td>") == 2


def test_goodness_of_fit_tells_the_scale_of_its_statistic() -> None:
    """On its own 568.9 on one degree of freedom with p = 0.042 is a riddle."""
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    made = ek.tables.goodness(survey, "sex", {"boy": 0.5, "girl": 0.5})
    (flag,) = made.flags
    scale = dict(made.provenance.policies)["scale of the chi-square"]
    assert f"divided by {float(scale):.4g}" in flag
    assert made.p == pytest.approx(ek.tables.sum_tail(made.statistic / float(scale), [1.0]), rel=1e-4)
