"""Long releases show how far they are, where that is asked for, and Ctrl-C is heard while a solver works."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import numpy as np
import pytest
from scipy import optimize
from scipy.sparse import csr_array

import evidencekit as ek
from evidencekit.disclosure import Publication
from evidencekit.disclosure.ledger import systems
from evidencekit.disclosure.progress import heard
from evidencekit.disclosure.tables import cube, solving, witnesses

FICTION = ek.fictional.national_survey()
SURVEY = ek.Survey(FICTION.data, weights="weight", strata="stratum", psu="psu")


@pytest.mark.parametrize(("progress", "shown"), [(True, True), (False, False), (None, False)])
def test_progress_is_shown_where_it_is_asked_for(progress: bool | None, shown: bool, capfd: pytest.CaptureFixture[str]) -> None:
    """Here is no terminal, so None shows nothing."""
    est = ek.proportion(SURVEY, "image_shared", by=["province", "sex"])
    how = Publication(title="Images shared", universe="round 1")
    made = ek.release(est, ledger=ek.Ledger(), publication=how, progress=progress)
    said = capfd.readouterr().err
    assert ("audit" in said) == shown
    assert ("people in small cells" in said) == shown
    assert not any(level in said for level in est.cells.columns["province"])
    assert made.to_json() == ek.release(est, ledger=ek.Ledger(), publication=how, progress=False).to_json()


def test_the_tables_of_one_release_show_it_too(capfd: pytest.CaptureFixture[str]) -> None:
    ests = [ek.proportion(SURVEY, "image_shared", by=by) for by in ("province", ["province", "sex"])]
    ek.release(ests, progress=False)
    assert not capfd.readouterr().err
    ek.release(ests, progress=True)
    assert "audit" in capfd.readouterr().err


def test_ctrl_c_is_heard_while_a_solver_works() -> None:
    """Where a shell runs the tests in the background, it has told them to let SIGINT pass: here they are to hear it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    began = time.monotonic()
    stop = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
    try:
        stop.start()
        with pytest.raises(KeyboardInterrupt):
            heard(lambda: time.sleep(3))
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - began < 2


def test_what_goes_wrong_in_a_solver_is_told() -> None:
    def fails() -> int:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        heard(fails)
    assert heard(lambda: 7) == 7


@pytest.mark.parametrize("which", ["cover", "rounded", "ledger"])
def test_every_integer_programme_leaves_the_main_thread_free(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python hears Ctrl-C between its own steps in the main thread only, and a solver there is one step."""
    seen: list[bool] = []

    def solver(*args: Any, **options: Any) -> Any:
        seen.append(threading.current_thread() is threading.main_thread())
        return real(*args, **options)

    real = optimize.milp
    for home in (solving, witnesses, systems.optimize):
        monkeypatch.setattr(home, "milp", solver)
    if which == "cover":
        assert solving.least_whole(np.ones(2), csr_array(np.ones((1, 2))), seconds=np.inf, nodes=10).proven
    elif which == "rounded":
        system = cube([[3, 1], [4, 12]])
        assert witnesses.whole_extreme(system, system.values, system.values, np.zeros(len(system))) is not None
    else:
        both = systems.Row(np.arange(2), np.ones(2, dtype=np.int64), 7, 7)
        assert systems.CountSystem(2, [both], np.array([100, 100])).interval(np.array([1])) == (0, 7)
    assert seen
    assert not any(seen)
