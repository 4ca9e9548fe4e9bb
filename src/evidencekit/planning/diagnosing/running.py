"""Running: the batches of a diagnosis on however many workers there are, kept as they are done."""

from __future__ import annotations

from typing import Any

from evidencekit.disclosure.progress import stage
from evidencekit.errors import InputError, is_whole
from evidencekit.planning.diagnosing.batches import BATCH, NAMES, Numbers, Task, Trial, carried_out
from evidencekit.planning.diagnosing.folders import Done, Folder

__all__ = ["check_jobs", "collected", "run"]

MOST = 512  # workers of one machine; a cluster is told to joblib
AHEAD = 2  # batches for each worker between two looks at what is done


def check_jobs(jobs: Any) -> None:
    """Refuse what is no number of workers."""
    if jobs is not None and (not is_whole(jobs, most=MOST) or not jobs):
        raise InputError(f"jobs= takes a whole number of workers up to {MOST:,}, -1 for all cores, or None for what joblib is told.")


def run(trial: Trial, sims: int, *, jobs: int | None, folder: Folder, progress: bool | None) -> dict[Task, Done]:
    """Every batch, those of the folder as they are.

    Lists of batches go to ``joblib.Parallel`` one after the other, and not all of them as a generator, for which not every backend is made
    (Ray's is not). What one list gave is kept before the next begins.
    """
    import joblib

    tasks = [Task(at, start, min(start + BATCH, sims)) for at in range(len(trial.truths)) for start in range(0, sims, BATCH)]
    done = {task: kept for task in tasks if (kept := folder.read(task)) is not None}
    left = [task for task in tasks if task not in done]
    with stage("simulations", sims * len(trial.truths), progress) as told:
        told(sum(task.stop - task.start for task in done))
        if not left:
            return done
        work: Any = joblib.delayed(carried_out)
        workers: Any = joblib.effective_n_jobs  # None is right, and not in its types
        step = int(workers(jobs)) * AHEAD if workers(jobs) > 1 else 1
        with joblib.Parallel(n_jobs=jobs) as parallel:
            for k in range(0, len(left), step):
                some = left[k : k + step]
                made: Any = parallel(work(trial, task) for task in some)
                for task, one in zip(some, made, strict=True):
                    folder.write(task, one)
                    done[task] = one
                    told(task.stop - task.start)
    return done


def collected(done: dict[Task, Done], at: int) -> Done:
    """All batches of one truth as one: numbers in the order of simulations, the level, and the first reason of a failure."""
    mine = [done[task] for task in sorted(done) if task.at == at]
    numbers: Numbers = {name: [value for one in mine for value in one[0][name]] for name in NAMES}
    level = next((level for _, level, _ in mine if level == level), float("nan"))
    return numbers, level, next((why for _, _, why in mine if why), "")
