"""Of what a certificate says of somebody, that which is paid most: level 1 is 70, level 2 is 50, level 3 nothing."""

from itertools import permutations

import pytest

from benefit_hub.messages.departments import Certificate, CertifiedCategory
from tests.facts import applies, decides, fact, home
from tests.in_memory import Hub

PHYSICAL_2, VISUAL_1 = CertifiedCategory("PHYSICAL", 2), CertifiedCategory("VISUAL", 1)
HEARING_3 = CertifiedCategory("HEARING", 3)


@pytest.mark.parametrize("categories", [*permutations([PHYSICAL_2, VISUAL_1, HEARING_3])])
def test_the_category_that_is_paid_most_counts_in_whatever_order_they_are_said(categories):
    payload = Certificate(categories=categories, status="VALID", issued_on="2026-03-01")
    said = {"source": "disabled-persons-federation", "on": "2026-03-01", "received": "2026-03-01"}
    held, asked = fact("p:ann", "c-ann", payload, **said), applies("p:ann", "care_subsidy", "2026-04-02")
    about = decides("care_subsidy", [held, asked], "2026-04-10", ["p:ann"])
    hub = Hub().hear(home("ann", received="2026-03-01"), held, asked, *about)
    assert hub.owed("p:ann", "care_subsidy", "2026-04") == ["70.00"]
