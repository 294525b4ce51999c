"""Values that are published of a region and a month, such as how much higher prices are than a year ago, in percent."""

import re

from msgspec import Struct

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.values.months import Month, month

PERCENT = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,4})?")


class RegionValue(Struct, frozen=True, gc=False, array_like=True):
    """One value, by measure, region (a prefix of administrative codes) and month, as it was published last."""

    measure: str
    region: str
    month: Month
    percent: str


RegionValues = tuple[RegionValue, ...]


def taken(known: RegionValues, event: ControlEvent) -> RegionValues:
    """The values with one more, in place of what was said before of the same; what is no value is not taken."""
    if event.type != "REGION_VALUE" or event.measure is None or event.month is None or event.value is None:
        return known
    if PERCENT.fullmatch(event.value) is None:
        return known
    new = RegionValue(event.measure, event.region or "", month(event.month), event.value)
    place = (new.measure, new.region, new.month)
    return (*(each for each in known if (each.measure, each.region, each.month) != place), new)


def percent_of(known: RegionValues, measure: str, region: str, at: int) -> str | None:
    """The value of a place in a month, as it was published: that of the smallest region around it."""
    found = [each for each in known if each.measure == measure and each.month == at and region.startswith(each.region)]
    best = max(found, key=lambda each: len(each.region), default=None)
    return None if best is None else best.percent
