"""Batches go from the headers of a record into its receipts, and on with its facts; what cannot be repeated is refused."""

import pytest

from tests.intake.records import ANN, body, record, take

WAGE = "human-resources.wage"
CE = {"ce_id": b"e1", "ce_source": b"human-resources"}


def said(**headers):
    return CE | {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.mark.parametrize(
    ("headers", "batch", "size"),
    [
        ({}, None, None),
        ({"hub_batch": b""}, None, None),
        ({"hub_batch": b"2026-06"}, "2026-06", None),
        ({"hub_batch": "六月".encode(), "hub_batch_size": b"12"}, "六月", 12),
        ({"hub_batch_size": b"12"}, None, None),
    ],
)
def test_both_receipts_name_the_batch_and_so_does_the_fact_on_its_way(headers, batch, size):
    good, bad = body(WAGE), body(WAGE, amount_fen=-1)
    taken = take(record(WAGE, good, headers=said(**headers)), record(WAGE, bad, headers=said(**headers)))
    assert [(each.status, each.batch, each.batch_size) for each in taken.receipts] == [
        ("ACCEPTED", batch, size),
        ("REFUSED", batch, size),
    ]
    (carried,) = [out.headers for out in taken.outs if out.topic == "facts"]
    told = {} if batch is None else {"hub-batch": batch} | ({} if size is None else {"hub-batch-size": str(size)})
    assert carried == told


def test_the_batch_is_no_part_of_what_is_said():
    (plain,), (sent,) = (take(record(WAGE, body(WAGE), headers=said(**at))).facts for at in ({}, {"hub_batch": b"b"}))
    assert plain == sent


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"hub_batch": f"wages of {ANN}".encode()}, "IDENTITY_MISPLACED"),
        ({"hub_batch": b"x" * 101}, "TEXT_TOO_LONG"),
        ({"hub_batch": b"\xff\xfe"}, "WRONG_SHAPE"),
        ({"hub_batch": b"b", "hub_batch_size": b"many"}, "WRONG_SHAPE"),
        ({"hub_batch": b"b", "hub_batch_size": b"0"}, "WRONG_SHAPE"),
        ({"hub_batch": b"b", "hub_batch_size": b"-3"}, "WRONG_SHAPE"),
        ({"hub_batch": b"b", "hub_batch_size": "三".encode()}, "WRONG_SHAPE"),
        ({"hub_batch": b"b", "hub_batch_size": b"9" * 40}, "WRONG_SHAPE"),
    ],
)
def test_a_batch_that_cannot_be_repeated_is_refused_and_not_repeated(headers, code):
    taken = take(record(WAGE, body(WAGE), headers=said(**headers)), record(WAGE, body(WAGE)))
    refused, accepted = taken.receipts
    assert (refused.status, refused.code, refused.field, refused.batch) == ("REFUSED", code, "hub-batch", None)
    assert accepted.status == "ACCEPTED"
    assert ANN not in taken.spoken()
