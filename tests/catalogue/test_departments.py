"""Departments and classes of data that the catalogue connects, as others count them."""

import pytest

from benefit_hub.catalogue.topics import Topic
from benefit_hub.messages.departments import PAYLOADS
from tests.checkout import catalogue

CATALOGUE = catalogue()
TOPICS = {name: topic for name, topic in CATALOGUE.topics.items() if topic.category == "department"}

# The departments that speak in the words of the facts themselves, and what each says.
NATIVE = {
    "public-security": {
        "residence",
        "death",
        "identity_correction",
        "identity_merge",
        "custody",
        "vehicle",
        "missing",
        "contact_lost",
    },
    "funeral-service": {"death", "cremation"},
    "health-insurance": {"enrolment", "medical_expense", "serious_illness"},
    "human-resources": {"employment", "wage", "pension", "unemployment_benefit", "nursing_benefit", "job_offer"},
    "disabled-persons-federation": {"certificate"},
    "rural-revitalisation": {"watch_list"},
    "civil-affairs": {
        *("membership", "relation", "application", "authorisation", "verification_result", "decision", "publicity"),
        *("objection", "appeal", "marriage", "divorce", "placement", "guardianship", "ability_assessment"),
        *("temporary_aid", "relocation", "review", "report", "visit_result", "complaint", "payee", "payment_result"),
        *("recovery", "legacy_award", "data_challenge", "cohort"),
    },
}


@pytest.mark.parametrize("department", NATIVE)
def test_what_a_department_says(department: str) -> None:
    assert {topic.origin.kind for topic in TOPICS.values() if topic.owner == department and topic.origin} == NATIVE[
        department
    ]


def test_at_least_19_departments_and_28_classes() -> None:
    assert len({topic.owner for topic in TOPICS.values()}) >= 19
    assert len(TOPICS) >= 28
    assert len({topic.origin.kind for topic in TOPICS.values() if topic.origin}) >= 28


def test_every_kind_of_fact_is_said_by_somebody() -> None:
    assert {topic.origin.kind for topic in TOPICS.values() if topic.origin} == set(PAYLOADS)


@pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)
def test_every_class_says_whose_it_is_by_what_right_how_long_and_how_secret(topic: Topic) -> None:
    shared = topic.shared
    assert shared is not None
    assert topic.contact.endswith(f"@{topic.owner}.example")
    assert "《" in shared.legal_basis or "〔" in shared.legal_basis
    assert shared.use
    assert shared.validity
    assert shared.classification in ("个人信息", "敏感个人信息")
    assert shared.frequency


def test_what_two_departments_say_of_one_kind_has_two_sources() -> None:
    custody = {topic.origin.source for topic in TOPICS.values() if topic.origin and topic.origin.kind == "custody"}
    assert custody == {"public-security", "justice"}
