"""Sizes as they are typed."""

import pytest

from benefit_hub.bench.sizes import Sizes
from benefit_hub.values.errors import HubError


def test_numbers_are_given_by_name():
    assert Sizes().with_numbers(["people=2000", "rounds=1"]) == Sizes(people=2_000, rounds=1)


@pytest.mark.parametrize("typed", ["people", "people=", "people=many", "people=0", "people=-1", "jobs=3", "nobody=3"])
def test_what_is_no_size_is_refused(typed):
    with pytest.raises(HubError, match=f"^{typed}: a size is NAME=NUMBER, with one of rounds, workers, "):
        Sizes().with_numbers([typed])
