"""A card of a class with intervals has a floor of coverage; one without says none."""

from pathlib import Path

import pytest

import evidencekit as ek
from evidencekit.errors import InputError

METHODS = Path(__file__).resolve().parents[2] / "methods"


def _card(folder: Path, method: str, coverage: str) -> Path:
    """The card of a method with another floor."""
    text = (METHODS / method / "card.toml").read_text(encoding="utf-8")
    head, _, _ = text.partition("[conformance]")
    made = folder / method
    made.mkdir()
    (made / "card.toml").write_text(f"{head}[conformance]\ncoverage = {coverage}\n", encoding="utf-8")
    return made


@pytest.mark.parametrize("coverage", ['"none"', "1", "1.5", "0.0", "true", '"0.93"'])
def test_a_class_with_intervals_has_a_floor(tmp_path: Path, coverage: str) -> None:
    with pytest.raises(InputError, match="no floor of coverage"):
        ek.planning.read_card(_card(tmp_path, "venue_time_location", coverage))


@pytest.mark.parametrize("coverage", ["0.93", "1", '"no"', "false"])
def test_a_class_without_intervals_says_none(tmp_path: Path, coverage: str) -> None:
    with pytest.raises(InputError, match="class without intervals"):
        ek.planning.read_card(_card(tmp_path, "household_random_walk", coverage))


def test_both_are_read(tmp_path: Path) -> None:
    assert ek.planning.read_card(_card(tmp_path, "venue_time_location", "0.9")).coverage == 0.9
    assert ek.planning.read_card(_card(tmp_path, "household_random_walk", '"none"')).coverage is None


def test_a_plan_is_made_where_there_is_no_list_of_areas() -> None:
    """What a plan assumes of a number that is not known contradicts nothing that was answered."""
    context = ek.Context(access=ek.planning.Access(household_frame="none"), resources=ek.planning.Resources(currency="USD"))
    assert ek.method_named("household_random_walk").plan(context).sizing.psus >= 30
    assert ek.method_named("household_random_walk").plan(ek.Context()).sizing.psus >= 30


def test_an_undisturbed_truth_errs_by_chance_alone() -> None:
    truth = ek.planning.Truth(p=0.1, rho=0.02, girls_times=2, response_times=0.5, sensitivity=0.7, specificity=0.9)
    assert truth.reached_times < 1
    assert truth.undisturbed() == ek.planning.Truth(p=0.1, rho=0.02, girls_times=2, reached_times=1)
