"""Tables and tests under many designs against the R on this machine, on the example data that come with its survey package.

By hand, since tests do not need R: ``python dev.py test -m outside tests/reference/tables/against_r.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from api_designs import BOYS, DOMAIN, HALVED, LINEAR, REPLICATED, WEIGHTED, results, survey_of
from outside import close

import evidencekit as ek

pytestmark = pytest.mark.outside
STATISTICS = {"F": "F", "Chisq": "chisq", "Wald": "wald", "adjWald": "adjusted-wald", "saddlepoint": "saddlepoint"}
TABLES = {"stype": ("sch.wide", "stype"), "comp.imp": ("sch.wide", "comp.imp"), "awards": ("stype", "awards"), "chol": ("race", "HI_CHOL")}
RANKS = {"wilcoxon": "wilcoxon", "vanderWaerden": "van-der-waerden", "median": "median", "KruskalWallis": "kruskal-wallis"}


def check_association(survey: ek.Survey, where: Any, want: dict[str, Any], label: str, theirs: str) -> None:
    how: Any = STATISTICS[theirs]
    made = ek.tables.association(survey, *TABLES[label], statistic=how, where=where)
    close(made.statistic, want["statistic"])
    if want["parameter"]:
        close(made.df, want["parameter"])
    # R stops raking replicates at 1e-10, which the small p magnifies, and the root of the saddlepoint at 1e-8.
    rtol = 1e-8 if survey.resampling is None else 1e-7
    np.testing.assert_allclose(made.p, want["p"], rtol=rtol, atol=1e-9 if theirs == "saddlepoint" else 0.0)


def check_rank(survey: ek.Survey, where: Any, want: dict[str, Any], by: str, theirs: str) -> None:
    how: Any = RANKS[theirs]
    made = ek.tables.ranktest(survey, "api00", by, test=how, where=where)
    assert made.estimate is not None
    if by == "sch.wide":
        close([made.statistic, *made.df, *made.estimate.points], [*want["statistic"], *want["parameter"], *want["est"]])
    else:
        close(made.statistic * made.df[0], want["parameter"])
    close(made.p, want["p"])


def check_t(survey: ek.Survey, where: Any, want: dict[str, Any], kind: str) -> None:
    by, paired = ("sch.wide", None) if kind == "by" else (None, "api99")
    made = ek.tables.ttest(survey, "api00", by=by, paired=paired, where=where)
    est = made.estimate
    assert est is not None
    close([made.statistic, *made.df, made.p, *est.points], [*want["statistic"], *want["parameter"], want["p"], *want["est"]])
    low, high = want["conf"]  # one limit may be near 0
    np.testing.assert_allclose([est.interval.low[0], est.interval.high[0]], [low, high], rtol=1e-8, atol=1e-8 * (high - low))


def check_kappa(survey: ek.Survey, where: Any, want: dict[str, Any]) -> None:
    est = ek.tables.kappa(survey, "comp.imp", "sch.wide", where=where)
    close(est.points, want["est"])
    if survey.resampling is None:
        close(est.se, want["se"])
    else:  # R takes the delta method; ours is kappa in every replicate
        np.testing.assert_allclose(est.se, want["se"], rtol=0.05)


def check_alpha(survey: ek.Survey, where: Any, want: dict[str, Any]) -> None:
    close(ek.tables.alpha(survey, ["ell", "meals", "mobility", "not.hsg"], where=where).points, want["alpha"])


def check_goodness(survey: ek.Survey, where: Any, want: dict[str, Any]) -> None:
    made = ek.tables.goodness(survey, "stype", {"E": 4421, "H": 755, "M": 1018}, where=where)
    if np.isnan(made.p):  # the design fixes the distribution; R shows the rounding
        assert made.statistic < 1e-9
        return
    close([made.statistic, *made.df, made.p], [*want["statistic"], want["parameter"][1], want["p"]])


def check_table(survey: ek.Survey, where: Any, want: dict[str, Any]) -> None:
    close(ek.tables.crosstab(survey, "sch.wide", "stype", where=where).weighted, want["table"])


def check_loglin(survey: ek.Survey, where: Any, want: dict[str, Any]) -> None:
    made = ek.tables.association(survey, "sch.wide", "stype", statistic="deviance-chisq")
    close([made.statistic, made.p], [want["dev"], want["dev_p"][0]])
    made = ek.tables.association(survey, "sch.wide", "stype", statistic="chisq")
    close([made.statistic, made.p], [want["score"], want["score_p"][0]], 1e-7)


def check_regression(survey: ek.Survey, where: Any, want: dict[str, Any], verb: str) -> None:
    left = "api00" if verb == "linear" else 'I(`sch.wide` == "Yes")'
    close(getattr(ek.models, verb)(survey, f"{left} ~ ell + meals + mobility").estimate.se, want["se"], 1e-8 if verb == "linear" else 1e-6)


def check_contrast(survey: ek.Survey, where: Any, want: dict[str, Any], kind: str) -> None:
    if kind == "by":
        est = ek.mean(survey, "api00", by="stype")
        est = ek.contrast(est, {"a": [1, -1, 0], "b": [1, 0, -1]})
    else:
        est = ek.contrast(ek.mean(survey, ["api00", "api99"]), [1, -1])
    close([*est.points, *est.se], [*want["est"], *want["se"]])


CHECKS: dict[str, Any] = {
    "chisq": check_association,
    "rank": check_rank,
    "ttest": check_t,
    "kappa": check_kappa,
    "alpha": check_alpha,
    "goodness": check_goodness,
    "table": check_table,
    "loglin": check_loglin,
    "regression": check_regression,
    "contrast": check_contrast,
}
DESIGNS = [*(name for name in LINEAR if name != "nh"), *REPLICATED, *WEIGHTED, *HALVED]
DOMAINS = [*(f"{name} domain" for name in [*LINEAR, *HALVED])]


@pytest.mark.parametrize("name", [*DESIGNS, *DOMAINS])
def test_every_number_is_that_of_r(name: str) -> None:
    survey, where = survey_of(name.removesuffix(" domain")), None
    if name.endswith("domain"):
        where = BOYS if name.startswith("nh") else DOMAIN
    wrong = []
    assert results(name)
    for what, want in results(name).items():
        kind, *more = what.split()
        try:
            CHECKS[kind](survey, where, want, *more)
        except Exception as error:  # every disagreement is told, not the first alone
            wrong.append(f"{what}: {error}")
    assert not wrong, "\n".join(wrong)


def test_all_stages_are_kept() -> None:
    """Of a second stage with a population of its own too: without it F is 12.125, and the standard error 0.5163."""
    two, one = survey_of("clus2"), survey_of("clus2_first")
    f = [ek.tables.association(survey, "sch.wide", "stype").statistic for survey in (two, one)]
    np.testing.assert_allclose(f, [11.873, 12.125], atol=5e-4)
    se = [ek.models.linear(survey, "api00 ~ ell + meals + mobility").estimate.se[3] for survey in (two, one)]
    np.testing.assert_allclose(se, [0.6103, 0.5163], atol=5e-5)
