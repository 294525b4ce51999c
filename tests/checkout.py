"""The catalogue of the checkout, read once for all tests: it is never changed."""

from functools import cache

from benefit_hub.catalogue import Catalogue, load


@cache
def catalogue() -> Catalogue:
    """Everything in schemas, topics, mappings and policies, assumed law included."""
    return load(allow_assumed=True)
