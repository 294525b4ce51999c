"""Whatever a department may send by its schema becomes facts, or a refusal that says why: never an error, never silence."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.messages.departments import DAY_FIELDS, MONTH_FIELDS, WHOLE_DAY_FIELDS, names_people
from benefit_hub.values.refusal import CODES
from tests.checkout import catalogue
from tests.contracts.records import records, schema_text
from tests.intake.records import ANN, BEN, NOON, body, record, take
from tests.intake.samples import KINDS

CATALOGUE = catalogue()
DAYS = WHOLE_DAY_FIELDS | DAY_FIELDS | {"valid_from", "valid_to"}
WRITTEN = {topic: records(schema_text(CATALOGUE.newest(topic).file)) for topic in KINDS}

a_person = st.sampled_from([ANN, BEN, "99010119800309002X"])
a_day = st.sampled_from(["2026-03-01", "2026-03", "2026", "1879-01-01", "2026-02-30", "9999-12-31", "0000-01-01"])
a_month = st.sampled_from(["2026-05", "2026-13", "1999-01", "9999-12"])


@st.composite
def sent(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A record by the schema of some topic, a part of its fields good ones or nearly so: dates, months, people, the sample's."""
    topic = draw(st.sampled_from(sorted(KINDS)))
    wild, good = draw(WRITTEN[topic]), body(topic)
    for name in wild:
        if draw(st.integers(0, 9)) > 0 and name in good:
            wild[name] = good[name]
        elif names_people(name) and isinstance(wild[name], str):
            wild[name] = draw(a_person | st.just(wild[name]))
        elif name in DAYS:
            wild[name] = draw(a_day | st.just(wild[name]))
        elif name in MONTH_FIELDS:
            wild[name] = draw(a_month | st.just(wild[name]))
    return topic, wild


def verdict(topic: str, value: Any, at_ms: int = NOON) -> str:
    """What became of a record, after checking that all that belongs to it is there."""
    taken = take(record(topic, value, timestamp_ms=at_ms))
    (receipt,) = taken.receipts
    if receipt.status == "ACCEPTED":
        assert taken.facts
        assert len({(fact.subject, fact.record) for fact in taken.facts}) == len(taken.facts)
        assert not taken.quarantined
        return "ACCEPTED"
    assert receipt.status == "REFUSED"
    assert receipt.code in CODES
    assert receipt.text_zh
    assert receipt.expected
    assert receipt.text_en
    assert len(taken.quarantined) == 1
    assert not taken.facts
    return receipt.code


def test_it_becomes_facts_or_a_refusal() -> None:
    """Of the mixed records some are taken and some are not, for several reasons: the property is about both."""
    seen: set[str] = set()

    @given(sent())
    @settings(max_examples=100)
    def look(said: tuple[str, dict[str, Any]]) -> None:
        seen.add(verdict(*said))

    look()
    assert "ACCEPTED" in seen
    assert len(seen) >= 4


@given(st.sampled_from(sorted(KINDS)), st.data())
@settings(max_examples=40)
def test_wild_records_too(topic: str, data: st.DataObject) -> None:
    verdict(topic, data.draw(WRITTEN[topic]))
