"""The catalogue of the checkout, read once for all tests: it is never changed."""

from functools import cache

from benefit_hub.catalogue import Catalogue, load
from benefit_hub.simulate.cases import Cases


@cache
def catalogue() -> Catalogue:
    """Everything in schemas, topics, mappings and policies, assumed law included."""
    return load(allow_assumed=True)


@cache
def cases() -> Cases:
    """What runs cases, with every pack that a case named before."""
    return Cases()
