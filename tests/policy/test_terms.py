"""At which kinds of facts the terms of a pack look: one of another kind brings nobody to be assessed anew."""

from typing import Any

import pytest

from benefit_hub.policy.terms import Grace, GraceTerm, MeansTerms

SAID: dict[str, Any] = {"clause": "…", "source": "…", "assumed": False}


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ({}, set()),
        ({"left_out": ("PRISON",)}, {"custody"}),
        ({"left_out": ("MISSING",)}, {"missing"}),
        ({"left_out": ("COMPULSORY_TREATMENT", "MISSING")}, {"custody", "missing"}),
        ({"refusals": 3}, {"job_offer"}),
        ({"pensions": True}, {"pension"}),
        ({"unemployment_benefits": True}, {"unemployment_benefit"}),
        ({"nursing_benefits": ("WORK_INJURY",)}, {"nursing_benefit"}),
        ({"pensions": True, "refusals": 1}, {"pension", "job_offer"}),
    ],
)
def test_means_look_at_who_is_left_out_who_refused_work_and_what_is_paid_that_counts(said, kinds):
    nothing = {"left_out": (), "pensions": False, "basic_pension_free_until": None, "refusals": 0}
    assert MeansTerms(**{**nothing, "wage_replaces_verified": True, **SAID, **said}).reads == kinds


@pytest.mark.parametrize(
    ("terms", "kinds"),
    [
        ([], set()),
        ([GraceTerm(months=6)], set()),
        ([GraceTerm(months=12, job_class="FLEXIBLE"), GraceTerm(months=6)], {"employment"}),
        ([GraceTerm(months=12, job_class="FLEXIBLE")], {"employment"}),
        ([GraceTerm(months=6, cohort="POVERTY_REGISTER")], {"cohort"}),
        ([GraceTerm(months=3, job_class="FLEXIBLE", cohort="POVERTY_REGISTER")], {"employment", "cohort"}),
    ],
)
def test_a_gradual_exit_looks_at_jobs_and_groups_only_where_a_term_is_for_some(terms, kinds):
    assert Grace(terms=tuple(terms), cap=6, **SAID).reads == kinds
