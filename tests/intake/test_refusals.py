"""What intake refuses: every reason with its field, and nothing of it stops the record behind it."""

from typing import Any

import pytest

from benefit_hub.task import Undecodable
from benefit_hub.values.identity import check_character
from benefit_hub.values.refusal import CODES, Refusal
from tests.intake.records import ANN, BEN, KINDS, NOON, body, record, take

WAGE, HOME, DEATH = "human-resources.wage", "public-security.residence", "public-security.death"
CARD, DECISION = "disabled-persons-federation.certificate", "civil-affairs.decision"
MEMBER, APPLICATION = "civil-affairs.membership", "civil-affairs.application"
CORRECTION, MERGE = "public-security.identity-correction", "public-security.identity-merge"
RELATION, MARRIAGE = "civil-affairs.relation", "civil-affairs.marriage"
CUSTODY, MISSING, CREMATION = "public-security.custody", "public-security.missing", "funeral-service.cremation"
EXPENSE, GUARDIAN = "health-insurance.medical-expense", "civil-affairs.guardianship"
CONSENT, REVIEW, REPORT = "civil-affairs.authorisation", "civil-affairs.review", "civil-affairs.report"
APPEAL, AWARD, PAYEE = "civil-affairs.appeal", "civil-affairs.legacy-award", "civil-affairs.payee"
MISPLACED, SHAPE = ("IDENTITY_MISPLACED",), ("WRONG_SHAPE",)
DAY_MS = 86_400_000
CARD_NUMBER = BEN[:17] + "X" + "43"
"""The twenty characters of a disability certificate are the holder's identity number, a category and a level."""


def undecodable(code: str) -> Undecodable:
    return Undecodable(Refusal(code, "", "Avro", "Send it again."))


REFUSED: list[Any] = [
    (WAGE, None, "NULL_VALUE", ""),
    (WAGE, undecodable("BROKEN_AVRO"), "BROKEN_AVRO", ""),
    (WAGE, undecodable("UNKNOWN_SCHEMA"), "UNKNOWN_SCHEMA", ""),
    (WAGE, undecodable("TOO_LARGE"), "TOO_LARGE", ""),
    (WAGE, {"amount_fen": "600.00"}, "WRONG_SHAPE", "amount_fen"),
    (WAGE, {"pay_period": ...}, "WRONG_SHAPE", "pay_period"),
    (WAGE, {"amount_fen": 10**12 + 1}, "WRONG_SHAPE", "amount_fen"),
    (WAGE, {"revision": -1}, "WRONG_SHAPE", "revision"),
    (WAGE, {"revision": "1"}, "WRONG_SHAPE", "revision"),
    (HOME, {"area": ANN}, "WRONG_SHAPE", "area"),
    (CARD, {"categories": [{"category": "PHYSICAL", "level": 7}]}, "WRONG_SHAPE", "categories[0].level"),
    (DECISION, {"covers": [{"source": "s", "kind": "k", "record": "r"}]}, "WRONG_SHAPE", "covers[0]"),
    (WAGE, {"amount_fen": -1}, "NEGATIVE_AMOUNT", "amount_fen"),
    (DECISION, {"amount_fen": -50000}, "NEGATIVE_AMOUNT", "amount_fen"),
    (
        DECISION,
        {"shown": {"book": "b", "before_fen": 0, "after_fen": -1}},
        "NEGATIVE_AMOUNT",
        "shown.after_fen",
    ),
    (WAGE, {"id_number": ANN[:17] + "8"}, "BAD_IDENTITY", "id_number"),
    (WAGE, {"id_number": ANN[:15]}, "BAD_IDENTITY", "id_number"),
    (WAGE, {"id_number": ""}, "BAD_IDENTITY", "id_number"),
    (WAGE, {"previous_id_number": ANN[:17] + "8"}, "BAD_IDENTITY", "previous_id_number"),
    (DECISION, {"id_numbers": [ANN, ANN[:17] + "8"]}, "BAD_IDENTITY", "id_numbers[1]"),
    (WAGE, {"valid_from": "2026-02-30"}, "BAD_DATE", "valid_from"),
    (WAGE, {"valid_from": "yesterday"}, "BAD_DATE", "valid_from"),
    (WAGE, {"valid_from": "1792-09-22"}, "BAD_DATE", "valid_from"),
    (WAGE, {"valid_to": "30/06/2026"}, "BAD_DATE", "valid_to"),
    (WAGE, {"pay_period": "May"}, "BAD_DATE", "pay_period"),
    (HOME, {"birth_date": "1946-13-01"}, "BAD_DATE", "birth_date"),
    (CARD, {"issued_on": "2026-04-31"}, "BAD_DATE", "issued_on"),
    (DECISION, {"from_month": "2026-7"}, "BAD_DATE", "from_month"),
    (DECISION, {"heard_on": "soon"}, "BAD_DATE", "heard_on"),
    (DECISION, {"decided_on": "2026"}, "BAD_DATE", "decided_on"),
    (DECISION, {"from_month": "0206-07"}, "BAD_DATE", "from_month"),
    (DECISION, {"until_month": "0026-12"}, "BAD_DATE", "until_month"),
    (WAGE, {"valid_from": "2099-01-01"}, "FUTURE_DATE", "valid_from"),
    (DEATH, {"valid_from": "2026"}, "BAD_DATE", "valid_from"),
    (WAGE, {"valid_from": "2026-07-02"}, "FUTURE_DATE", "valid_from"),
    (WAGE, {"recorded_at": NOON + 2 * DAY_MS}, "FUTURE_DATE", "recorded_at"),
    (HOME, {"birth_date": "2099-01-01"}, "FUTURE_DATE", "birth_date"),
    (DECISION, {"decided_on": "2099-01-01"}, "FUTURE_DATE", "decided_on"),
    (APPLICATION, {"submitted_on": "2026-07-02"}, "FUTURE_DATE", "submitted_on"),
    (WAGE, {"valid_to": "2026-05-31"}, "WRONG_ORDER", "valid_to"),
    (WAGE, {"employer": "工" * 1_000_000}, "TEXT_TOO_LONG", "employer"),
    (WAGE, {"record_id": "r" * 4_001}, "TEXT_TOO_LONG", "record_id"),
    (WAGE, {"employer": f"给{BEN}的工资"}, "IDENTITY_MISPLACED", "employer"),
    (WAGE, {"employer": BEN.lower()}, "IDENTITY_MISPLACED", "employer"),
    (WAGE, {"record_id": ANN}, "IDENTITY_MISPLACED", "record_id"),
    (WAGE, {"record_id": f"wage-{ANN}-2026-05"}, "IDENTITY_MISPLACED", "record_id"),
    (MEMBER, {"household_id": ANN}, "IDENTITY_MISPLACED", "household_id"),
    (
        DECISION,
        {"covers": [{"source": "s", "kind": "k", "record": ANN, "revision": 1}]},
        "IDENTITY_MISPLACED",
        "covers[0].record",
    ),
    (WAGE, {"id_number": None}, "MISSING_SUBJECT", "id_number"),
    (WAGE, {"id_number": ...}, "MISSING_SUBJECT", "id_number"),
    (DECISION, {"household_ids": [], "id_numbers": [], "id_number": ANN}, "MISSING_SUBJECT", "household_ids"),
    # days, months and numbers of the other kinds
    (CUSTODY, {"term_months": -1}, "WRONG_SHAPE", "term_months"),
    (CUSTODY, {"term_months": 2**63}, "WRONG_SHAPE", "term_months"),
    (CUSTODY, {"type": "HOLIDAY"}, "WRONG_SHAPE", "type"),
    (MISSING, {"declared_on": "2026-03"}, "BAD_DATE", "declared_on"),
    (MISSING, {"ended_on": "2026-07-02"}, "FUTURE_DATE", "ended_on"),
    (CREMATION, {"died_on": "May"}, "BAD_DATE", "died_on"),
    (CREMATION, {"valid_from": "2026"}, "BAD_DATE", "valid_from"),
    (MARRIAGE, {"valid_from": "2026"}, "BAD_DATE", "valid_from"),
    (MARRIAGE, {"spouse_id_number": ANN}, "SAME_PERSON", "spouse_id_number"),
    (EXPENSE, {"period": "2026-5"}, "BAD_DATE", "period"),
    (EXPENSE, {"self_paid_fen": -1}, "NEGATIVE_AMOUNT", "self_paid_fen"),
    (GUARDIAN, {"guardian_id_number": ANN}, "SAME_PERSON", "guardian_id_number"),
    (CONSENT, {"id_numbers": []}, "MISSING_SUBJECT", "id_numbers"),
    (CONSENT, {"id_numbers": [ANN, "H1"]}, "BAD_IDENTITY", "id_numbers[1]"),
    (CONSENT, {"scope": ["TAX", "DIARY"]}, "WRONG_SHAPE", "scope[1]"),
    (CONSENT, {"until": "2027"}, "BAD_DATE", "until"),
    (REVIEW, {"due_on": "next year"}, "BAD_DATE", "due_on"),
    (REVIEW, {"household_id": " "}, "MISSING_SUBJECT", "household_id"),
    (REPORT, {"changed_on": "2026-08"}, "FUTURE_DATE", "changed_on"),
    (REPORT, {"text": f"{BEN}打工"}, "IDENTITY_MISPLACED", "text"),
    (APPEAL, {"decision": {"source": "s", "kind": "k", "record": ANN, "revision": 1}}, *MISPLACED, "decision.record"),
    (APPEAL, {"decision": {"source": "s", "kind": "k", "record": "r", "revision": -1}}, *SHAPE, "decision.revision"),
    (AWARD, {"paid_since": "1879-12"}, "BAD_DATE", "paid_since"),
    (AWARD, {"paid_since": "2005"}, "BAD_DATE", "paid_since"),
    (PAYEE, {"payee_id_number": "A-1"}, "BAD_IDENTITY", "payee_id_number"),
    # one of two amounts
    (WAGE, {"amount_fen": ...}, "NOT_ONE", "amount_fen"),
    (WAGE, {"year_to_date_fen": 300000}, "NOT_ONE", "amount_fen"),
    # people named beside the envelope
    (CORRECTION, {"wrong_id_number": ANN[:17] + "8"}, "BAD_IDENTITY", "wrong_id_number"),
    (MERGE, {"merged_id_number": "H1"}, "BAD_IDENTITY", "merged_id_number"),
    (RELATION, {"related_id_number": ""}, "BAD_IDENTITY", "related_id_number"),
    (RELATION, {"related_id_number": None}, "WRONG_SHAPE", "related_id_number"),
    (RELATION, {"relation": "COUSIN"}, "WRONG_SHAPE", "relation"),
    (CORRECTION, {"id_number": None}, "MISSING_SUBJECT", "id_number"),
    (CORRECTION, {"wrong_id_number": ANN}, "SAME_PERSON", "wrong_id_number"),
    (MERGE, {"merged_id_number": ANN}, "SAME_PERSON", "merged_id_number"),
    (RELATION, {"related_id_number": ANN}, "SAME_PERSON", "related_id_number"),
    # microseconds, which are no day before the year 9999
    (WAGE, {"recorded_at": NOON * 1000}, "BAD_DATE", "recorded_at"),
    (WAGE, {"recorded_at": -NOON * 1000}, "BAD_DATE", "recorded_at"),
    # hidden in a longer number
    (CARD, {"record_id": CARD_NUMBER}, "IDENTITY_MISPLACED", "record_id"),
    (CARD, {"previous": CARD_NUMBER}, "IDENTITY_MISPLACED", "previous"),
    (WAGE, {"record_id": f"202605{ANN}"}, "IDENTITY_MISPLACED", "record_id"),
    # a household without a name would be everybody's
    (MEMBER, {"household_id": ""}, "MISSING_SUBJECT", "household_id"),
    (APPLICATION, {"household_id": ""}, "MISSING_SUBJECT", "household_id"),
    (DECISION, {"household_ids": [""]}, "MISSING_SUBJECT", "household_ids[0]"),
]


@pytest.mark.parametrize(("topic", "change", "code", "field"), REFUSED)
def test_a_refused_record_is_named_kept_and_does_not_stop_the_next(topic, change, code, field):
    value = body(topic, **change) if isinstance(change, dict) else change
    raw = None if change is None else b"\x00\x00\x00\x00\x07 bytes"
    bad = record(topic, value, offset=41, key="键".encode(), raw=raw)
    good = record(topic, body(topic), offset=42)
    taken = take(bad, good)
    refused, accepted = taken.receipts
    assert (refused.status, refused.code, refused.field or "") == ("REFUSED", code, field)
    assert (refused.source, refused.kind, refused.event_id) == (topic.split(".")[0], KINDS[topic], "event-7")
    assert refused.text_zh is not None
    assert refused.text_zh.endswith(CODES[code])
    assert str(refused.text_en).startswith(code + ":")
    (kept,) = taken.quarantined
    assert (kept.topic, kept.key, kept.value) == (f"quarantine.{topic.split('.')[0]}", "键".encode(), raw)
    assert kept.headers["ce_id"] == b"event-7"
    assert (kept.headers["hub.errors.code"], kept.headers["hub.errors.field"]) == (code, field)
    assert kept.headers["hub.errors.offset"] == "41"
    assert accepted.status == "ACCEPTED"
    assert taken.facts
    assert ANN[:17] not in taken.spoken()
    assert BEN[:17] not in taken.spoken()


@pytest.mark.parametrize(
    ("headers", "story", "code", "field"),
    [
        ({"ce_source": b"human-resources"}, False, "MISSING_HEADER", "ce_id"),
        ({"ce_id": b"e1"}, False, "MISSING_HEADER", "ce_source"),
        ({}, True, "MISSING_HEADER", "ce_source"),
        (
            {"ce_id": b"e1", "ce_source": b"s", "hub-story-received-at": str(NOON).encode()},
            False,
            "STORY_TIME_REFUSED",
            "hub-story-received-at",
        ),
        (
            {"ce_id": b"e1", "ce_source": b"s", "hub-story-received-at": b"-5"},
            True,
            "BAD_DATE",
            "hub-story-received-at",
        ),
        (
            {"ce_id": b"e1", "ce_source": b"s", "hub-story-received-at": "三月".encode()},
            True,
            "BAD_DATE",
            "hub-story-received-at",
        ),
        (
            {"ce_id": b"e1", "ce_source": b"s", "hub-story-received-at": b"9" * 20},
            True,
            "BAD_DATE",
            "hub-story-received-at",
        ),
        pytest.param(
            {"ce_id": b"e1", "ce_source": b"s", "hub-story-received-at": b"9" * 5000},
            True,
            "BAD_DATE",
            "hub-story-received-at",
        ),
        ({"ce_id": f"wage-{ANN}".encode(), "ce_source": b"s"}, False, "IDENTITY_MISPLACED", "ce_id"),
    ],
)
def test_a_record_with_wrong_headers_is_refused(headers, story, code, field):
    bad = record(WAGE, body(WAGE), headers=headers)
    taken = take(bad, record(WAGE, body(WAGE)), story_time=story)
    refused, accepted = taken.receipts
    assert (refused.status, refused.code, refused.field) == ("REFUSED", code, field)
    assert [out.value for out in taken.quarantined] == [bad.raw]
    assert accepted.status == "ACCEPTED"
    assert ANN not in taken.spoken()


def test_a_record_without_an_event_id_is_named_by_its_place():
    taken = take(record(WAGE, None, headers={}, partition=2, offset=9, raw=None))
    assert taken.receipts[0].event_id == f"{WAGE}/2/9"


@pytest.mark.parametrize(
    ("record_id", "named"),
    [("w-7", "w-7"), (ANN, ""), (f"wage-{ANN}", ""), ("w" * 65, ""), (7, "")],
)
def test_a_receipt_names_the_record_unless_that_could_be_a_person(record_id, named):
    taken = take(record(WAGE, body(WAGE, record_id=record_id, amount_fen=-1)))
    assert taken.receipts[0].record == named


@pytest.mark.parametrize("topic", KINDS)
@pytest.mark.parametrize("first", "07X")
def test_no_number_of_a_person_gets_out_wherever_a_department_writes_it(topic, first):
    """Every text of every kind, one after the other, holds a number: each is refused, and none is said again."""
    seventeen = "99010119810101" + (first * 3 if first != "X" else "555")
    number = seventeen + check_character(seventeen)
    for name, value in body(topic).items():
        if isinstance(value, str) and not name.endswith("id_number"):
            taken = take(record(topic, body(topic, **{name: number})))
            assert [each.status for each in taken.receipts] == ["REFUSED"], name
            assert seventeen not in taken.spoken(), name


def test_a_decision_over_memberships_names_the_people_since_it_reaches_nobody_else():
    membership = {"source": "civil-affairs", "kind": "membership", "record": "m1", "revision": 1}
    refused, accepted = take(
        record(DECISION, body(DECISION, covers=[membership], id_numbers=[])),
        record(DECISION, body(DECISION, covers=[membership], id_numbers=[ANN])),
    ).receipts
    assert (refused.status, refused.code, refused.field) == ("REFUSED", "MISSING_SUBJECT", "id_numbers")
    assert "named by household alone" in str(refused.text_en)
    assert "只写家庭编号" in str(refused.text_zh)
    assert accepted.status == "ACCEPTED"


def test_a_record_that_changes_person_leaves_the_one_before():
    before = take(record(DEATH, body(DEATH, id_number=ANN))).facts[0]
    after = take(record(DEATH, body(DEATH, revision=2, id_number=BEN, previous_id_number=ANN))).facts
    assert {fact.subject: fact.retracted for fact in after if fact.revision == 2}.get(before.subject) is True
    assert any(fact.subject != before.subject and not fact.retracted for fact in after)
