"""The registry of rules: what is computed and what is said of it are of the same rules."""

import pytest

from benefit_hub.catalogue import find_assets
from benefit_hub.entitlement.rules import RULES
from benefit_hub.policy.named_rules import NAMED_RULES

BY_NO_PACK = {"as_paid"}


def test_each_rule_that_packs_may_choose_is_computed() -> None:
    assert RULES.keys() - BY_NO_PACK == NAMED_RULES.keys()


@pytest.mark.parametrize("rule", NAMED_RULES)
def test_who_writes_a_pack_is_told_of_each_rule(rule: str) -> None:
    said = find_assets().root.joinpath("docs", "packs.md").read_text("utf-8")
    named = NAMED_RULES[rule]
    assert f"`{rule}` {named.title.zh}" in said, f"docs/packs.md: `{rule}` {named.title.zh}, {named.title.en}"
