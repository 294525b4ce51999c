"""What is kept of a subject when revisions come again, differently, or in another order."""

from itertools import permutations

import pytest
from msgspec import structs

from benefit_hub.register.subjects import Subject, take_fact
from tests.facts import wage

FIRST = wage("ann", 600, "2026-06-05", received="2026-06-08", event_id="e1")
AGAIN = structs.replace(FIRST, event_id="e2", received_at=FIRST.received_at + 86_400_000)
OTHER = wage("ann", 650, "2026-06-05", received="2026-06-10", event_id="e3")
REMAPPED = structs.replace(OTHER, mapping=2, event_id="e4")
NEXT = wage("ann", 700, "2026-06-05", received="2026-06-12", revision=2)
ELSEWHERE = wage("ann", 700, "2026-06-05", received="2026-06-12", source="taxation")


def taken(*facts):
    """The subject after these facts, and the receipts on the way."""
    known, receipts = Subject(subject="p:ann"), []
    for fact in facts:
        known, outs = take_fact(known, fact)
        receipts += [(out.value.status, out.value.event_id) for out in outs]
    return known, receipts


@pytest.mark.parametrize(
    ("facts", "receipts", "kept"),
    [
        ([FIRST], [], 1),
        ([FIRST, FIRST], [("REPEATED", "e1")], 1),
        ([FIRST, AGAIN], [("REPEATED", "e2")], 1),
        ([FIRST, OTHER], [("CONFLICT", "e3")], 1),
        ([OTHER, FIRST], [("CONFLICT", "e1")], 1),
        ([FIRST, REMAPPED], [("REPEATED", "e4")], 1),
        ([FIRST, NEXT], [], 2),
        ([FIRST, ELSEWHERE], [], 2),
        ([FIRST, OTHER, AGAIN, NEXT], [("CONFLICT", "e3"), ("CONFLICT", "e2")], 2),
    ],
)
def test_a_repetition_and_a_conflict_are_told(facts, receipts, kept):
    known, told = taken(*facts)
    assert told == receipts
    assert len(known.facts) == kept


@pytest.mark.parametrize("order", list(permutations([FIRST, AGAIN, OTHER])))
def test_the_greatest_content_stands_with_the_day_of_the_first_arrival(order):
    known, _ = taken(*order)
    (kept,) = known.facts
    assert kept.payload == OTHER.payload
    assert (kept.received_on.isoformat(), kept.event_id) == ("2026-06-08", "e1")
    assert known.conflicts == (FIRST.name,)


@pytest.mark.parametrize("order", list(permutations([FIRST, AGAIN, REMAPPED])))
def test_a_newer_mapping_stands_and_is_no_conflict(order):
    known, _ = taken(*order)
    (kept,) = known.facts
    assert (kept.mapping, kept.payload) == (2, OTHER.payload)
    assert kept.received_on.isoformat() == "2026-06-08"
    assert known.conflicts == ()


@pytest.mark.parametrize("order", list(permutations([FIRST, OTHER, REMAPPED])))
def test_arrival_decides_nothing_of_what_is_kept(order):
    known, plain = taken(*order)[0], taken(FIRST, OTHER, REMAPPED)[0]
    assert known.facts == plain.facts


def test_arrival_decides_nothing_of_what_is_asked():
    assert len({taken(*order)[0].conflicts for order in permutations([FIRST, OTHER, REMAPPED])}) == 1


def test_what_changed_is_fresh_and_what_did_not_is_not():
    known, _ = taken(FIRST)
    quiet = structs.replace(known, fresh=())
    assert take_fact(quiet, AGAIN)[0].fresh == ()
    assert take_fact(quiet, structs.replace(FIRST, received_at=1))[0].fresh == (FIRST.name,)
    assert take_fact(quiet, OTHER)[0].fresh != ()
    assert take_fact(quiet, NEXT)[0].fresh == (NEXT.name,)
