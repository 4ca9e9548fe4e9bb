"""A diagnosis that was stopped goes on to the same bytes, and folders of something else are refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.planning import Truth
from evidencekit.planning.diagnosing import running

HOUSEHOLD = ek.method_named("household_one_child")
PLAN = HOUSEHOLD.plan(HOUSEHOLD.example())
SIMS = 800
SCRIPT = """
import signal, sys
import evidencekit as ek
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have told it to let the signal pass
household = ek.method_named("household_one_child")
ek.diagnose(household.plan(household.example()), sims=int(sys.argv[1]), seed=3, folder=sys.argv[2], jobs=int(sys.argv[3]))
"""


def batches(folder: Path) -> list[Path]:
    return sorted(folder.glob("truth-*.json")) if folder.exists() else []


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_ctrl_c_leaves_a_folder_that_goes_on_to_the_same_bytes(jobs: int, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    source = str(Path(ek.__file__).resolve().parents[1])
    command = [sys.executable, "-c", SCRIPT, str(SIMS), str(folder), str(jobs)]
    work = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": source}, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 120
    while len(batches(folder)) < 2 and time.monotonic() < until and work.poll() is None:
        time.sleep(0.005)
    work.send_signal(signal.SIGINT)
    _, said = work.communicate(timeout=60)
    assert work.returncode != 0
    assert "KeyboardInterrupt" in said
    done = {file: file.stat().st_mtime_ns for file in batches(folder)}
    assert 2 <= len(done) < SIMS / 50
    resumed = ek.diagnose(PLAN, sims=SIMS, seed=3, folder=folder)
    assert {file: file.stat().st_mtime_ns for file in done} == done, "what was done is not done again"
    assert resumed.to_json() == ek.diagnose(PLAN, sims=SIMS, seed=3).to_json()


def test_a_folder_holds_numbers_and_no_answers(tmp_path: Path) -> None:
    ek.diagnose(PLAN, sims=60, seed=3, folder=tmp_path)
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {
        "diagnosis.json",
        "truth-0001-simulations-0000000-0000050.json",
        "truth-0001-simulations-0000050-0000060.json",
    }
    record = json.loads((tmp_path / "truth-0001-simulations-0000000-0000050.json").read_text())
    assert {len(values) for values in record["body"]["numbers"].values()} == {50}


def test_more_simulations_go_on_from_those_that_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ek.diagnose(PLAN, sims=100, seed=3, folder=tmp_path)
    asked: list[Any] = []
    whole = running.carried_out
    monkeypatch.setattr(running, "carried_out", lambda trial, task: asked.append(task) or whole(trial, task))
    more = ek.diagnose(PLAN, sims=150, seed=3, folder=tmp_path)
    assert [task.start for task in asked] == [100]
    assert more.to_json() == ek.diagnose(PLAN, sims=150, seed=3).to_json()


@pytest.mark.parametrize("damage", ["{", "", "[]", '{"body": {}, "digest": ""}', "half", "changed"])
def test_a_damaged_batch_is_made_again(damage: str, tmp_path: Path) -> None:
    first = ek.diagnose(PLAN, sims=60, seed=3, folder=tmp_path).to_json()
    file = batches(tmp_path)[0]
    text = file.read_text()
    record = json.loads(text)
    record["body"]["numbers"]["estimate"][0] = 0.5
    file.write_text({"half": text[: len(text) // 2], "changed": json.dumps(record)}.get(damage, damage))
    assert ek.diagnose(PLAN, sims=60, seed=3, folder=tmp_path).to_json() == first
    assert file.read_text() == text


def test_a_batch_of_another_diagnosis_is_made_again(tmp_path: Path) -> None:
    """Copied by hand from the folder of another seed."""
    ek.diagnose(PLAN, sims=50, seed=4, folder=tmp_path / "other")
    first = ek.diagnose(PLAN, sims=50, seed=3, folder=tmp_path / "mine").to_json()
    batches(tmp_path / "mine")[0].write_bytes(batches(tmp_path / "other")[0].read_bytes())
    assert ek.diagnose(PLAN, sims=50, seed=3, folder=tmp_path / "mine").to_json() == first


@pytest.mark.parametrize(
    "how",
    [
        {"seed": 4},
        {"truth": Truth(p=0.2)},
        {"truth": [Truth.of(PLAN.context)] * 2},
        {"profile": "dhs-mics"},
        {"plan": HOUSEHOLD.plan(HOUSEHOLD.example().settled({"access.response": 0.7}))},
    ],
)
def test_a_folder_of_another_diagnosis_is_refused(how: dict[str, Any], tmp_path: Path) -> None:
    ek.diagnose(PLAN, sims=5, seed=3, folder=tmp_path)
    given: dict[str, Any] = {"plan": PLAN, "seed": 3} | how
    plan = given.pop("plan")
    with pytest.raises(InputError, match="holds another diagnosis"):
        ek.diagnose(plan, sims=5, folder=tmp_path, **given)


def test_folders_of_something_else_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(InputError, match="folder= is a file"):
        ek.diagnose(PLAN, sims=5, seed=3, folder=file)
    with pytest.raises(InputError, match="cannot be used"):
        ek.diagnose(PLAN, sims=5, seed=3, folder=file / "below")
    with pytest.raises(InputError, match="holds something else"):
        ek.diagnose(PLAN, sims=5, seed=3, folder=tmp_path)
    folder = tmp_path / "kept"
    ek.diagnose(PLAN, sims=5, seed=3, folder=str(folder))
    (folder / "diagnosis.json").write_text("{")
    with pytest.raises(InputError, match=r"diagnosis\.json in folder= cannot be read"):
        ek.diagnose(PLAN, sims=5, seed=3, folder=folder)
