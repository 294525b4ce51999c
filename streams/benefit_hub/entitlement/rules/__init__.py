"""The named rules among which programmes choose, each a module: from what counts in a month to an amount, with its reason."""

from collections.abc import Mapping

from benefit_hub.entitlement.rules import as_paid, by_age, by_level, flat, recognised, top_up
from benefit_hub.entitlement.rules.rule import Rule

RULES: Mapping[str, Rule] = {
    "top_up": top_up.RULE,
    "recognised": recognised.RULE,
    "flat": flat.RULE,
    "by_level": by_level.RULE,
    "by_age": by_age.RULE,
    "as_paid": as_paid.RULE,
}
