"""Plans where much is not known, and truths with nothing but chance in error."""

import evidencekit as ek


def test_a_plan_is_made_where_there_is_no_list_of_areas() -> None:
    """What a plan assumes of a number that is not known contradicts nothing that was answered."""
    context = ek.Context(access=ek.planning.Access(household_frame="none"), resources=ek.planning.Resources(currency="USD"))
    assert ek.method_named("household_random_walk").plan(context).sizing.psus >= 30
    assert ek.method_named("household_random_walk").plan(ek.Context()).sizing.psus >= 30


def test_an_undisturbed_truth_errs_by_chance_alone() -> None:
    truth = ek.planning.Truth(p=0.1, rho=0.02, girls_times=2, response_times=0.5, sensitivity=0.7, specificity=0.9)
    assert truth.reached_times < 1
    assert truth.undisturbed() == ek.planning.Truth(p=0.1, rho=0.02, girls_times=2, reached_times=1)
