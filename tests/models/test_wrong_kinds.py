"""Every parameter of every verb of models and tables, given what is not meant for it: only our errors come out."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import EvidencekitError

WRONG: tuple[Any, ...] = (None, 5, "zzz", [], float("nan"), {}, object(), -1, True, (None,))
NOUNS = ("AreaModel", "Benchmark", "Categorical", "InterviewerEffect", "ModeEffect", "Model", "Crosstab", "TableOne")
APART = ("satterthwaite", "sum_tail", "f_sum_tail")  # of arrays


@cache
def survey() -> ek.Survey:
    return ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")


@cache
def calls() -> dict[str, dict[str, Any]]:
    """A call of each verb that works."""
    s, model = survey(), ek.models.logit(survey(), "asked_for_image ~ sex + age")
    areas = ek.proportion(s, "asked_for_image", by="province")
    known = pd.DataFrame({"province": list(areas.cells.columns["province"]), "x": range(len(areas))})
    plain = {"survey": s, "formula": "internet_daily ~ sex"}
    pair = {"survey": s, "row": "sex", "column": "area"}
    return {
        **dict.fromkeys(("linear", "logit", "probit", "cloglog", "poisson", "log_binomial"), plain),
        "gamma": {"survey": s, "formula": "age ~ sex"},
        "adjusted": {"model": model, "by": "sex"},
        "balanced": {"model": model, "by": "sex", "adjust": "province"},
        "marginal_effects": {"model": model, "variables": "age"},
        "odds_ratios": {"model": model},
        "term_test": {"model": model, "term": "sex", "method": "wald"},
        "aic": {"model": model},
        "bic": {"model": model, "largest": model},
        "pseudo_r2": {"model": model, "kind": "cox-snell"},
        "decompose": {"survey": s, "formula": "asked_for_image ~ age", "group": "sex"},
        "proportional_odds": {"survey": s, "formula": "age_group ~ sex", "order": ["12-14", "15-17"]},
        "multinomial": {"survey": s, "formula": "age_group ~ sex"},
        "cumulative_incidence": {"survey": s, "time": "age", "event": "asked_for_image", "at": 15, "by": "sex"},
        "cox": {"survey": s, "terms": "sex", "time": "age", "event": "asked_for_image"},
        "fay_herriot": {"est": areas, "covariates": known, "formula": "1"},
        "association": pair,
        "crosstab": pair,
        "goodness": {"survey": s, "y": "sex", "expected": [0.5, 0.5]},
        "ttest": {"survey": s, "y": "hours_online"},
        "ranktest": {"survey": s, "y": "hours_online", "by": "sex"},
        "trend": {"survey": s, "y": "asked_for_image", "by": "age"},
        "kappa": {"survey": s, "first": "internet_daily", "second": "helpline_aware"},
        "alpha": {"survey": s, "items": ["internet_daily", "helpline_aware"]},
        "responses": {"survey": s, "choices": ["internet_daily", "helpline_aware"]},
        "table_one": {"survey": s, "rows": ["sex"], "by": "area"},
    }


def called(verb: Callable[..., Any], given: dict[str, Any]) -> None:
    kinds = inspect.signature(verb).parameters
    apart = inspect.Parameter.KEYWORD_ONLY
    verb(*[v for k, v in given.items() if kinds[k].kind != apart], **{k: v for k, v in given.items() if kinds[k].kind == apart})


def verb_named(name: str) -> Callable[..., Any]:
    return getattr(ek.models, name, None) or getattr(ek.tables, name)


NAMES = [name for room in (ek.models, ek.tables) for name in room.__all__ if name not in NOUNS + APART]
OTHERS = ("interviewer_effect", "mode_effect", "children", "negative_binomial")  # their own tests give them wrong kinds, or make their data


def test_every_verb_has_a_call() -> None:
    assert set(NAMES) == set(calls()) | set(OTHERS)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OTHERS])
def test_only_our_errors_come_out(name: str) -> None:
    verb, given = verb_named(name), calls()[name]
    called(verb, given)
    for parameter in inspect.signature(verb).parameters:
        for wrong in WRONG:
            try:
                called(verb, {**given, parameter: wrong})
            except EvidencekitError as error:
                assert str(error), (parameter, wrong)  # noqa: PT017
