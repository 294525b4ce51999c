"""Which of several reported deaths gives the date."""

from datetime import date
from itertools import permutations

import pytest

from benefit_hub.policy.deaths import standing_death

RANKED = ("public-security", "funeral-service")


@pytest.mark.parametrize(
    ("deaths", "chosen"),
    [
        ([], None),
        ([("funeral-service", 15)], 0),
        ([("public-security", 15), ("funeral-service", 14)], 0),
        ([("public-security", 15), ("funeral-service", 31)], 0),
        ([("civil-affairs", 31), ("funeral-service", 14)], 1),
        ([("hospital", 14), ("civil-affairs", 31)], 1),
        ([("public-security", 14), ("public-security", 20)], 1),
    ],
)
def test_the_better_source_stands_and_among_equals_the_day_of_least_harm(deaths, chosen):
    told = [(source, date(2026, 3, day)) for source, day in deaths]
    found = standing_death(told, RANKED)
    assert found == chosen
    for order in permutations(told):
        again = standing_death(order, RANKED)
        assert (None if again is None else order[again]) == (None if found is None else told[found])
