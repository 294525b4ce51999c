"""What the docs of the schemas promise of days, months and numbers of people is what intake asks of the fields."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benefit_hub.catalogue import find_assets
from benefit_hub.catalogue.conventions import named_types
from benefit_hub.messages.departments import (
    AHEAD_FIELDS,
    DAY_FIELDS,
    FACT_FORMS,
    MONTH_FIELDS,
    PAYLOADS,
    WHOLE_DAY_FIELDS,
    Envelope,
    kind_of,
    names_people,
    people_fields,
)
from tests.checkout import catalogue

CATALOGUE = catalogue()
NATIVE = [name for name, source in CATALOGUE.sources.items() if source.rules is None]
OF_ENVELOPE = set(Envelope.__struct_fields__)


def texts(topic: str) -> Iterator[tuple[str, str]]:
    """Name and doc of every text field beside the envelope, those inside of others too."""
    definition: dict[str, Any] = json.loads(Path(find_assets().root, CATALOGUE.newest(topic).file).read_text("utf-8"))
    for _, record in named_types(definition):
        for field in record.get("fields", ()):
            if field["name"] not in OF_ENVELOPE and field["type"] in ("string", ["null", "string"]):
                yield field["name"], field["doc"]


@pytest.mark.parametrize("topic", NATIVE)
def test_a_field_is_checked_as_its_doc_says(topic: str) -> None:
    for name, doc in texts(topic):
        assert ("YYYY-MM-DD" in doc) is (name in WHOLE_DAY_FIELDS | DAY_FIELDS), name
        assert ("YYYY-MM" in doc and "YYYY-MM-DD" not in doc) is (name in MONTH_FIELDS), name
        assert "where no more is known" not in doc or name in DAY_FIELDS, name
        assert ("may lie ahead" in doc or name == "next_review") is (name in AHEAD_FIELDS), name
        assert ("18 characters" in doc) is names_people(name), name


def test_every_kind_is_published_under_one_name() -> None:
    assert {source.kind for source in CATALOGUE.sources.values()} == set(PAYLOADS)
    for kind, published in PAYLOADS.items():
        fact = FACT_FORMS[published].fact if published in FACT_FORMS else published
        assert kind_of(fact) == kind


@pytest.mark.parametrize("published", FACT_FORMS)
def test_a_fact_says_all_that_was_published_and_no_number(published: Any) -> None:
    fact, people = FACT_FORMS[published].fact, people_fields(published)
    said = {name for name in published.__struct_fields__ if not names_people(name)}
    assert set(fact.__struct_fields__) == said | set(people.values())
    assert {name for name in published.__struct_fields__ if names_people(name)} <= set(people)
    assert not any(names_people(name) for name in fact.__struct_fields__)


@pytest.mark.parametrize("published", PAYLOADS.values())
def test_a_payload_that_names_people_has_a_form_without_numbers(published: Any) -> None:
    assert any(map(names_people, published.__struct_fields__)) <= (published in FACT_FORMS)


@pytest.mark.parametrize("kind", PAYLOADS)
def test_whom_a_kind_is_about_are_fields_that_it_has(kind: str) -> None:
    published = PAYLOADS[kind]
    assert set(published.about.fields) <= OF_ENVELOPE | set(published.__struct_fields__)
    assert not published.about.or_household or "household_id" in published.__struct_fields__
    assert set(published.either) <= set(published.__struct_fields__)
