"""What intake makes of good records: facts by subject, people by pseudonym, the day of receipt in Asia/Shanghai."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from benefit_hub.messages.departments import (
    Authorisation,
    Decision,
    Guardianship,
    IdentityCorrection,
    IdentityMerge,
    Payee,
    Relation,
)
from benefit_hub.values.identity import pseudonym
from tests.intake.records import ANN, BEN, KEY, KINDS, NOON, body, record, take

WAGE, DECISION = "human-resources.wage", "civil-affairs.decision"
APPLICATION, RELATION = "civil-affairs.application", "civil-affairs.relation"
CORRECTION, MERGE = "public-security.identity-correction", "public-security.identity-merge"
CAT = "99010119800309002X"
P_ANN, P_BEN, P_CAT = pseudonym(KEY, ANN), pseudonym(KEY, BEN), pseudonym(KEY, CAT)


@pytest.mark.parametrize("topic", KINDS)
def test_a_good_record_of_every_kind_is_accepted(topic):
    taken = take(record(topic, body(topic)))
    (receipt,) = taken.receipts
    assert (receipt.status, receipt.kind, receipt.record, receipt.revision) == ("ACCEPTED", KINDS[topic], "rec-1", 1)
    assert taken.facts
    assert {(fact.source, fact.kind, fact.record) for fact in taken.facts} == {
        (topic.split(".")[0], KINDS[topic], "rec-1")
    }
    assert [out.key for out in taken.outs if out.topic == "facts"] == [fact.subject for fact in taken.facts]
    assert ANN[:17] not in taken.spoken()
    assert BEN[:17] not in taken.spoken()


@pytest.mark.parametrize(
    ("topic", "change", "subjects"),
    [
        (WAGE, {}, [P_ANN]),
        ("civil-affairs.membership", {}, [P_ANN]),
        (APPLICATION, {"household_id": "H1"}, ["h:H1"]),
        (APPLICATION, {"household_id": None}, [P_ANN]),
        (DECISION, {}, ["h:H1", P_ANN, P_BEN]),
        (DECISION, {"id_numbers": [ANN, BEN, ANN]}, ["h:H1", P_ANN, P_BEN]),
        (CORRECTION, {}, [P_ANN, P_BEN]),
        (MERGE, {}, [P_ANN, P_BEN]),
        (RELATION, {}, [P_ANN, P_BEN]),
        (DECISION, {"id_numbers": []}, ["h:H1"]),
        (DECISION, {"household_ids": ["H1", "H2"], "id_numbers": [BEN]}, ["h:H1", "h:H2", P_BEN]),
    ],
)
def test_whom_a_record_is_about(topic, change, subjects):
    assert [fact.subject for fact in take(record(topic, body(topic, **change))).facts] == subjects


def test_a_decision_names_people_by_pseudonym_in_every_copy():
    facts = take(record(DECISION, body(DECISION))).facts
    assert len({fact.content for fact in facts}) == 1
    for fact in facts:
        assert isinstance(fact.payload, Decision)
        assert (fact.payload.household_ids, fact.payload.persons) == (("H1",), (P_ANN, P_BEN))


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        (CORRECTION, IdentityCorrection(alias=P_BEN, canonical=P_ANN)),
        (MERGE, IdentityMerge(alias=P_BEN, canonical=P_ANN)),
        (RELATION, Relation(relation="PARENT", dependant=P_ANN, related=P_BEN)),
    ],
)
def test_a_record_about_two_people_names_both_by_pseudonym_to_each(topic, said):
    facts = take(record(topic, body(topic))).facts
    assert [fact.payload for fact in facts] == [said, said]
    assert len({fact.content for fact in facts}) == 1


def test_who_is_named_beside_the_envelope_is_a_pseudonym_in_the_fact():
    guardianship, payee, consent = (
        take(record(topic, body(topic))).facts[0].payload
        for topic in ("civil-affairs.guardianship", "civil-affairs.payee", "civil-affairs.authorisation")
    )
    assert guardianship == Guardianship(type="APPOINTED", status="IN_FORCE", ward=P_ANN, guardian=P_BEN)
    assert payee == Payee(household_id="H1", bank="农商行", account="A-1", payee=P_BEN)
    assert isinstance(consent, Authorisation)
    assert consent.persons == (P_ANN, P_BEN)


@pytest.mark.parametrize(
    ("topic", "change"),
    [
        ("civil-affairs.review", {"due_on": "2031-05-01"}),
        ("civil-affairs.authorisation", {"until": None}),
        ("civil-affairs.publicity", {"until": "2026-08-01"}),
        ("civil-affairs.legacy-award", {"paid_since": "1997-09"}),
        ("civil-affairs.report", {"changed_on": "2026"}),
        ("civil-affairs.decision", {"next_review": "2027-06-20"}),
        (WAGE, {"amount_fen": 0, "year_to_date_fen": 300_000}),
        (WAGE, {"amount_fen": ..., "year_to_date_fen": 0}),
        (WAGE, {"amount_fen": 0, "year_to_date_fen": None}),
        (WAGE, {"year_to_date_fen": ...}),
    ],
)
def test_what_may_be_said_is_taken(topic, change):
    (receipt,) = take(record(topic, body(topic, **change))).receipts
    assert receipt.status == "ACCEPTED", receipt.text_en


def test_a_field_that_a_kind_has_got_since_changes_nothing_of_what_was_said():
    """A sender who does not know it says the same as one who leaves it out: no conflict."""
    old, new = take(
        record(WAGE, body(WAGE, year_to_date_fen=...)), record(WAGE, body(WAGE, year_to_date_fen=None))
    ).facts
    assert old.content == new.content
    assert b"year_to_date" not in msgspec.msgpack.encode(new)


def test_somebody_whom_a_relation_names_no_more_is_told_so():
    facts = take(record(RELATION, body(RELATION, revision=2, previous_id_number=CAT))).facts
    assert {fact.subject: fact.retracted for fact in facts} == {P_ANN: False, P_BEN: False, P_CAT: True}


def test_the_same_number_is_the_same_person_and_under_another_key_another():
    wage, residence = "human-resources.wage", "public-security.residence"
    here = take(record(wage, body(wage)), record(residence, body(residence))).facts
    there = take(record(wage, body(wage)), pseudonym_key=b"l" * 32).facts
    assert here[0].subject == here[1].subject == P_ANN
    assert there[0].subject not in (P_ANN, P_BEN)


@pytest.mark.parametrize(
    ("utc", "received_on"),
    [("2026-06-30T15:59", "2026-06-30"), ("2026-06-30T16:30", "2026-07-01"), ("2026-12-31T16:00", "2027-01-01")],
)
def test_the_day_of_receipt_is_that_in_shanghai(utc, received_on):
    at = int(datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp()) * 1000
    (fact,) = take(record(WAGE, body(WAGE), timestamp_ms=at)).facts
    assert (fact.received_at, fact.received_on) == (at, date.fromisoformat(received_on))


def test_in_story_time_the_story_says_when_a_record_came():
    story = {"ce_id": b"e1", "ce_source": b"human-resources", "hub-story-received-at": str(NOON).encode()}
    (fact,) = take(record(WAGE, body(WAGE), headers=story, timestamp_ms=NOON + 10**9), story_time=True).facts
    assert (fact.received_at, fact.received_on) == (NOON, date(2026, 6, 30))


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "since", "until"),
    [
        ("2026-03", None, date(2026, 3, 1), None),
        ("2026", "2026-06", date(2026, 1, 1), date(2026, 6, 1)),
        ("2026-06-01", "2099-12-31", date(2026, 6, 1), date(2099, 12, 31)),
        ("2026-06-01", "9999-12-31", date(2026, 6, 1), date(9999, 12, 31)),
        ("2026-07-01", None, date(2026, 7, 1), None),
        ("2026-06-01", "2026-06-01", date(2026, 6, 1), date(2026, 6, 1)),
    ],
)
def test_dates_may_be_partial_and_an_end_may_be_far_ahead(valid_from, valid_to, since, until):
    (fact,) = take(record(WAGE, body(WAGE, valid_from=valid_from, valid_to=valid_to))).facts
    assert (fact.valid_from, fact.valid_to) == (since, until)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"recorded_at": NOON - 1}, True),
        ({"amount_fen": 60001}, False),
        ({"valid_from": "2026-05-31"}, False),
        ({"valid_to": "2026-12-31"}, False),
        ({"retracted": True}, False),
        ({"id_number": BEN}, False),
    ],
)
def test_equal_revisions_are_told_from_conflicting_ones_by_what_they_say(change, same):
    first, again = take(
        record(WAGE, body(WAGE)), record(WAGE, body(WAGE, **change), headers={"ce_id": b"e2", "ce_source": b"s"})
    ).facts
    assert (first.content == again.content) is same
    assert (first.event_id, again.event_id) == ("event-7", "e2")


@pytest.mark.parametrize("name", ["20260630180001123456", "20260630190112251235"])
def test_an_id_made_of_the_time_of_day_names_nobody(name):
    headers = {"ce_id": name.encode(), "ce_source": b"human-resources"}
    taken = take(record(WAGE, body(WAGE, record_id=name), headers=headers))
    assert [each.status for each in taken.receipts] == ["ACCEPTED"]
