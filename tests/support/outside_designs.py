"""The designs of R survey's numbers, as surveys of ours (see `outside`)."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
from outside import FOLDER, design

import evidencekit as ek

TYPES = {"E": 4421, "H": 755, "M": 1018}
WIDE = {"No": 1072, "Yes": 5122}
PEOPLE = {"stype": TYPES, "api99": 3914069.0}
LINEAR = ("strat", "clus1")
REPLICATED = ("r_jk1", "r_jkn_mse", "r_boot", "r_sdr")
WEIGHTED = ("w_ps", "w_rake", "w_greg", "w_logit", "w_trim")


@cache
def survey_of(name: str) -> ek.Survey:
    """A design by the name it has in the file."""
    if name.startswith("r_"):
        return _replicated(name)
    if name.startswith("w_"):
        return _weighted(name)
    files: dict[str, tuple[str, dict[str, Any]]] = {
        "strat": ("apistrat.csv", {"weights": "pw", "strata": "stype", "fpc": "fpc"}),
        "clus1": ("apiclus1.csv", {"weights": "pw", "psu": "dnum", "fpc": "fpc"}),
        "nh": ("nhanes.csv.gz", {"weights": "WTMEC2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU"}),
    }
    file, made = files[name]
    return ek.Survey(pd.read_csv(FOLDER / "data" / file), **made)


def _weighted(name: str) -> ek.Survey:
    base = survey_of("clus1")
    if name == "w_rake_rep":
        return ek.weighting.rake(ek.weighting.jackknife(base), {"stype": TYPES, "sch.wide": WIDE})
    if name == "w_ps":
        return ek.weighting.poststratify(base, "stype", TYPES)
    if name == "w_rake":
        return ek.weighting.rake(base, {"stype": TYPES, "sch.wide": WIDE})
    if name == "w_greg":
        return ek.weighting.calibrate(base, PEOPLE)
    if name == "w_logit":
        return ek.weighting.calibrate(base, PEOPLE, method="logit", bounds=(0.5, 2))
    return ek.weighting.trim(survey_of("w_greg"), lower=20, upper=45, share="equal", strict=False)


def _replicated(name: str) -> ek.Survey:
    """The design as it comes to an analyst: columns of replicate weights."""
    file = "apistrat.csv" if name in ("r_jkn_mse", "r_sdr") else "apiclus1.csv"
    frame = pd.read_csv(FOLDER / "data" / file)
    weights = pd.read_csv(FOLDER / "data" / f"repw_{name}.csv.gz").add_prefix("rep_")
    made: dict[str, Any] = design(name)["rep"]
    kind: Any = {"successive-difference": "SDR"}.get(made["type"], made["type"])
    columns = [str(c) for c in weights if c != "rep_w0"]
    rep = ek.Replicates(weights="rep_w0", columns=columns, kind=kind, scale=made["scale"], rscales=made["rscales"], mse=made["mse"])
    return ek.Survey(pd.concat([frame, weights], axis=1), design=rep)
