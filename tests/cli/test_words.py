"""Codes in Chinese are called as the published schemas call them, and so as the glossary does."""

import re

import pytest

from benefit_hub.catalogue.conventions import named_types
from benefit_hub.cli.inbox_endings import ENDINGS
from benefit_hub.cli.words import WORDS, whom, word
from tests.checkout import catalogue

ENUMS = ("benefits.adjustments", "receipts", "proposals", "tasks", "leads", "civil-affairs.decision")
SAID = {
    (topic, code): told
    for topic in ENUMS
    for _, node in named_types(catalogue().newest(topic).definition)
    if node["type"] == "enum"
    for code, told in re.findall(r"([A-Z_]{3,}) ([\u4e00-\u9fff]+)", node["doc"])
    if code not in ("UNKNOWN", "PAY_RUN_MARKER") and "Execution" not in node["name"]
}


@pytest.mark.parametrize(("topic", "code"), [pair for pair in SAID if pair[1] in WORDS])
def test_a_code_is_called_as_its_schema_calls_it(topic: str, code: str) -> None:
    assert WORDS[code] == SAID[topic, code]


def test_every_status_state_and_outcome_has_a_word() -> None:
    asked = {code for _, code in SAID}
    assert asked - WORDS.keys() == set()
    assert {"START", "STOP", "ARREARS_CANCELLED", "TRANSFER_OUT", "ACCEPTED", "DECIDED"} <= asked


def test_every_type_of_task_and_every_reason_of_a_lead_has_a_word() -> None:
    assert ENDINGS.keys() - WORDS.keys() == set()


def test_what_has_no_word_is_told_by_its_code() -> None:
    assert word("STOP") == "停发（STOP）"
    assert word("SOMETHING_NEW") == "SOMETHING_NEW"
    assert [whom(each) for each in ("p:ab", "h:H-1", "s:ab", "x")] == [
        "p:ab（人员假名）", "h:H-1（家庭编号）", "s:ab（单人户假名）", "x",
    ]  # fmt: skip
