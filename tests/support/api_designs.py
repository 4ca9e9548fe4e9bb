"""The example data and numbers of the R survey package on this machine: read out by R into a folder of their own, never kept."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

FOLDER = Path(__file__).resolve().parents[1] / "reference"
TYPES = {"E": 4421, "H": 755, "M": 1018}
MARGINS = {"stype": TYPES, "sch.wide": {"No": 1072, "Yes": 5122}}
MORE: Any = {"stype": TYPES, "api99": 3914069.0}
DOMAIN = (nw.col("stype") != "H") & (nw.col("api99") > 450)
BOYS = nw.col("RIAGENDR") == 1
LINEAR: dict[str, tuple[str, dict[str, Any]]] = {
    "srs": ("apisrs", {"weights": "pw", "fpc": "fpc"}),
    "srs_wr": ("apisrs", {"weights": "pw"}),
    "strat": ("apistrat", {"weights": "pw", "strata": "stype", "fpc": "fpc"}),
    "strat_wr": ("apistrat", {"weights": "pw", "strata": "stype"}),
    "clus1": ("apiclus1", {"weights": "pw", "psu": "dnum", "fpc": "fpc"}),
    "clus1_wr": ("apiclus1", {"weights": "pw", "psu": "dnum"}),
    "clus2": ("apiclus2", {"psu": ("dnum", "snum"), "fpc": ("fpc1", "fpc2")}),
    "clus2_wr": ("apiclus2", {"weights": "pw", "psu": ("dnum", "snum")}),
    "clus2_first": ("apiclus2", {"weights": "pw", "psu": "dnum", "fpc": "fpc1"}),
    "nh": ("nhanes", {"weights": "WTMEC2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU"}),
}
REPLICATED = {
    "jk1": "apiclus1",
    "jk1_mse": "apiclus1",
    "jkn": "apistrat",
    "jk_clus2": "apiclus2",
    "boot": "apiclus1",
    "boot_strat": "apistrat",
    "rao_wu": "apistrat",
    "stages": "apiclus2",
}
HALVED = ("nh_brr", "nh_fay")
WEIGHTED: dict[str, tuple[str, Any]] = {
    "ps": ("clus1", lambda s: ek.weighting.poststratify(s, "stype", TYPES)),
    "rake": ("clus1", lambda s: ek.weighting.rake(s, MARGINS)),
    "greg": ("clus1", lambda s: ek.weighting.calibrate(s, MORE)),
    "raking": ("clus1", lambda s: ek.weighting.calibrate(s, MORE, method="raking")),
    "logit": ("clus1", lambda s: ek.weighting.calibrate(s, MORE, method="logit", bounds=(0.5, 2))),
    "ps_srs": ("srs", lambda s: ek.weighting.poststratify(s, "stype", TYPES)),
    "ps_clus2": ("clus2", lambda s: ek.weighting.poststratify(s, "stype", TYPES)),
    "rake_strat": ("strat", lambda s: ek.weighting.rake(s, MARGINS)),
    "greg_clus2": ("clus2", lambda s: ek.weighting.calibrate(s, {"stype": TYPES})),
    "ps_jk": ("jk1", lambda s: ek.weighting.poststratify(s, "stype", TYPES)),
    "rake_jk": ("jk1", lambda s: ek.weighting.rake(s, MARGINS)),
    "greg_jk": ("jk1", lambda s: ek.weighting.calibrate(s, MORE)),
    "trim": ("greg", lambda s: ek.weighting.trim(s, lower=20, upper=45, share="equal", strict=False)),
}


@cache
def _written() -> tempfile.TemporaryDirectory[str]:
    """A folder that R wrote its data and numbers into; it goes with the process."""
    found = shutil.which("Rscript")
    if found is None:
        pytest.skip("R is not here: Rscript, with its packages survey and jsonlite")
    if subprocess.run([found, "-e", "library(survey); library(jsonlite)"], capture_output=True, check=False).returncode:
        pytest.skip("R's packages survey and jsonlite are not here")
    out = tempfile.TemporaryDirectory(prefix="api_designs_")
    script = [str(FOLDER / "tables" / "api_designs.R"), out.name, str(FOLDER / "survey" / "json17.R")]
    subprocess.run([found, *script], check=True, capture_output=True)
    return out


def folder() -> Path:
    """Where R's data and numbers are."""
    return Path(_written().name)


@cache
def _results() -> dict[str, Any]:
    made = json.loads((folder() / "results.json").read_text(encoding="utf-8"))
    cases: dict[str, dict[str, Any]] = defaultdict(dict)
    for case in made["cases"]:
        cases[case["design"]][case["what"]] = case["result"]
    return {"scales": made["scales"], "cases": cases}


def results(name: str) -> dict[str, Any]:
    """R's numbers of a design, by what was asked."""
    return _results()["cases"][name]


@cache
def frame(file: str) -> pd.DataFrame:
    """A file of R's data."""
    return pd.read_csv(folder() / f"{file}.csv")


@cache
def survey_of(name: str) -> ek.Survey:
    """A design by its name in the R script."""
    if name in LINEAR:
        file, made = LINEAR[name]
        return ek.Survey(frame(file), **made)
    if name in WEIGHTED:
        base, weigh = WEIGHTED[name]
        return weigh(survey_of(base))
    weights, scales = pd.read_csv(folder() / f"weights_{name}.csv"), _results()["scales"][name]
    columns = [str(c) for c in weights if c != "rep_0"]
    rep = ek.Replicates(
        weights="rep_0",
        columns=columns,
        kind="other",
        scale=scales["scale"],
        rscales=np.ravel(scales["rscales"]).tolist(),
        mse=scales["mse"],
    )
    data = frame("pairs" if name in HALVED else REPLICATED[name])
    return ek.Survey(pd.concat([data, weights], axis=1), design=rep)
