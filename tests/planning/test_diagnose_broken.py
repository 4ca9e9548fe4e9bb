"""Diagnosing what is broken: simulators and analyses that fail are named, and nothing is begun that cannot end."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.planning import Simulated, Truth
from evidencekit.planning.diagnosing import folders

HOUSEHOLD = ek.method_named("household_one_child")
EXAMPLE = HOUSEHOLD.example()
PLAN = HOUSEHOLD.plan(EXAMPLE)
Columns = dict[str, Any]


def diagnosed(**changed: Any) -> ek.planning.Diagnosis:
    return ek.diagnose(replace(HOUSEHOLD, **changed).plan(EXAMPLE), sims=3, seed=1)


def simulating(change: Callable[[Simulated], Any]) -> Callable[..., Any]:
    return lambda *given: change(HOUSEHOLD.simulator(*given))


def with_columns(change: Callable[[Columns], Columns]) -> Callable[[Simulated], Simulated]:
    return lambda one: replace(one, data={**one.data, **change(dict(one.data))})


SIMULATORS: dict[str, tuple[Callable[[Simulated], Any], str]] = {
    "nothing": (lambda _: None, r"gives no planning\.Simulated"),
    "columns alone": (lambda one: one.data, r"gives no planning\.Simulated"),
    "no data": (lambda one: replace(one, data=None), r"gives no planning\.Simulated"),
    "no truth": (lambda one: replace(one, truth=None), r"gives no planning\.Simulated"),
    "a truth that is no number": (lambda one: replace(one, truth={"prevalence": np.nan}), "is no finite number"),
    "a truth that is a text": (lambda one: replace(one, truth={"prevalence": "0.1"}), "is no finite number"),
    "an error": (lambda _: 1 / 0, r"The simulator of household_one_child fails \(ZeroDivisionError\)"),
    "a table as y": (with_columns(lambda data: {"y": data["y"][:, None]}), "is no list of values"),
    "one value as y": (with_columns(lambda _: {"y": 1}), "is no list of values"),
    "y that is shorter": (with_columns(lambda data: {"y": data["y"][:5]}), "not as long"),
    "no y": (lambda one: replace(one, data={"sex": one.data["sex"]}), "no column y"),
    "sex as text": (with_columns(lambda data: {"sex": np.where(data["sex"] == 1, "girl", "boy")}), "not 1 for girls and 0 for boys"),
    "sex as 1 and 2": (with_columns(lambda data: {"sex": data["sex"] + 1}), "not 1 for girls and 0 for boys"),
    "a column of numbers of simulations": (with_columns(lambda data: {"simulation": data["sex"]}), "has a column 'simulation'"),
    "weights below 0": (with_columns(lambda data: {"weight": -data["weight"]}), "weights= column 'weight' has"),
    "weights that are none": (with_columns(lambda data: {"weight": np.nan * data["weight"]}), "weights= column 'weight' has"),
    "y in text": (with_columns(lambda data: {"y": data["y"].astype(str)}), "several numbers for one simulation"),
}


@pytest.mark.parametrize("what", SIMULATORS)
def test_a_simulator_that_is_wrong_is_named(what: str) -> None:
    change, says = SIMULATORS[what]
    with pytest.raises(InputError, match=says):
        diagnosed(simulator=simulating(change))


ANALYSES: dict[str, tuple[Callable[..., Any], str]] = {
    "nothing": (lambda *_: None, "gives a NoneType, not an Estimate"),
    "an error": (lambda *_: 1 / 0, r"analysis of household_one_child fails \(ZeroDivisionError\)"),
    "one number whatever is asked": (lambda answers, _: HOUSEHOLD.analysis(answers, ()), "does not split its answers by what by= names"),
    "groups and no simulations": (lambda answers, _: HOUSEHOLD.analysis(answers, ("sex",)), "does not split its answers"),
}


@pytest.mark.parametrize("what", ANALYSES)
def test_an_analysis_that_is_wrong_is_named(what: str) -> None:
    analysis, says = ANALYSES[what]
    with pytest.raises(InputError, match=says):
        diagnosed(analysis=analysis)


def test_the_error_behind_says_where() -> None:
    with pytest.raises(InputError) as caught:
        diagnosed(simulator=simulating(lambda _: 1 / 0))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize("given", [{"sims": 10**12}, {"sims": 6_000_000, "truth": [Truth(p=0.1), Truth(p=0.2)]}, {"jobs": 10**9}])
def test_nothing_is_begun_that_cannot_end(given: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"10,000,000|up to 512"):
        ek.diagnose(PLAN, seed=1, **{"sims": 2, **given})


@pytest.mark.parametrize("progress", [0, 1, "yes", np.array([1, 2])])
def test_progress_is_true_false_or_none(progress: Any) -> None:
    with pytest.raises(InputError, match="progress= takes"):
        ek.diagnose(PLAN, seed=1, sims=2, progress=progress)


def kept(folder: Path) -> str:
    return ek.diagnose(PLAN, seed=1, sims=2, folder=folder).to_json()


def test_files_damaged_without_end_are_made_again_or_refused(tmp_path: Path) -> None:
    first = kept(tmp_path / "a")
    (batch,) = (tmp_path / "a").glob("truth-*")
    batch.write_bytes(b"[" * 100_000)
    assert kept(tmp_path / "a") == first
    (tmp_path / "a" / "diagnosis.json").write_bytes(b"[" * 100_000)
    with pytest.raises(InputError, match="cannot be trusted"):
        kept(tmp_path / "a")


def test_a_beginning_that_was_stopped_is_no_other_thing(tmp_path: Path) -> None:
    (tmp_path / ".diagnosis.json.4711").write_text("{")
    kept(tmp_path)
    assert (tmp_path / "diagnosis.json").exists()


@pytest.mark.parametrize("folder", ["a\0b", "x" * 400])
def test_a_folder_that_cannot_be(folder: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder= cannot be used"):
        kept(tmp_path / folder)


def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ek.diagnose(PLAN, seed=1, sims=60, folder=tmp_path / "whole").to_json()
    really, written = folders._put, []

    def full(file: Path, record: Any) -> None:
        written.append(file)
        if len(written) > 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        really(file, record)

    monkeypatch.setattr(folders, "_put", full)
    with pytest.raises(InputError, match="cannot be kept in folder"):
        ek.diagnose(PLAN, seed=1, sims=60, folder=tmp_path / "full")
    assert len(list((tmp_path / "full").glob("truth-*"))) == 1
    monkeypatch.undo()
    assert ek.diagnose(PLAN, seed=1, sims=60, folder=tmp_path / "full").to_json() == first


def test_grids_that_cannot_end() -> None:
    with pytest.raises(InputError, match="more than 10,000"):
        ek.planning.truths(EXAMPLE, {name: [0.5] * 200 for name in ("sensitivity", "specificity", "rho", "response_times")})
