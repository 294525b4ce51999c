"""Opens schemas, topics and policies, and checks everything against everything."""

from benefit_hub.catalogue.assets import Assets, find_assets
from benefit_hub.catalogue.findings import Finding, Unfit
from benefit_hub.catalogue.opening import check, load, load_book
from benefit_hub.catalogue.schemas import Schema
from benefit_hub.catalogue.topics import Topic
from benefit_hub.catalogue.whole import Catalogue

__all__ = ["Assets", "Catalogue", "Finding", "Schema", "Topic", "Unfit", "check", "find_assets", "load", "load_book"]
