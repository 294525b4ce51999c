"""The named rules among which programmes choose, each a module: from what counts in a month to an amount, with its reason."""

from collections.abc import Mapping

from benefit_hub.entitlement.rules import (
    as_paid,
    by_ability,
    by_age,
    by_level,
    by_placement,
    flat,
    graded,
    granted,
    once,
    price_linked,
    recognised,
    recorded,
    rigid,
    single,
    top_up,
)
from benefit_hub.entitlement.rules.rule import Rule

RULES: Mapping[str, Rule] = {
    "top_up": top_up.RULE,
    "graded": graded.RULE,
    "recognised": recognised.RULE,
    "flat": flat.RULE,
    "granted": granted.RULE,
    "by_level": by_level.RULE,
    "by_age": by_age.RULE,
    "by_placement": by_placement.RULE,
    "by_ability": by_ability.RULE,
    "price_linked": price_linked.RULE,
    "single": single.RULE,
    "rigid": rigid.RULE,
    "recorded": recorded.RULE,
    "once": once.RULE,
    "as_paid": as_paid.RULE,
}
