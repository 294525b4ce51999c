"""What a department is shown of its records: every revision, which one stands, and nothing of anybody else's."""

from datetime import date

from msgspec import structs

from benefit_hub.client.held import held
from tests.facts import member, wage

W1 = wage("ann", 600, "2026-06-05", received="2026-06-08", revision=1, record="w1", event_id="e1")
W1B = wage("ann", 700, "2026-06-05", received="2026-06-10", revision=2, record="w1", event_id="e2")
GONE = structs.replace(W1B, revision=3, retracted=True, event_id="e3")
OTHER = structs.replace(W1, content="other", event_id="e4")
LATE = structs.replace(W1, record="w2", valid_from=date(2015, 1, 1), valid_to=date(2016, 1, 1))
OF_ANOTHER = member("ann", "H1", record="w1")


def states(*facts, source="human-resources"):
    return [
        (each.record, each.revision, each.stands, each.retracted, each.conflict, each.too_late)
        for each in held(facts, source, 60)
    ]


def test_the_latest_revision_stands_whatever_came_last():
    for facts in ((W1, W1B), (W1B, W1)):
        assert states(*facts) == [("w1", 1, False, False, False, False), ("w1", 2, True, False, False, False)]


def test_a_retraction_stands_as_the_last_word():
    assert states(W1B, GONE) == [("w1", 2, False, False, False, False), ("w1", 3, True, True, False, False)]


def test_two_contents_of_one_revision_are_one_line_in_conflict():
    assert states(W1, OTHER) == [("w1", 1, True, False, True, False)]
    assert states(W1, W1) == [("w1", 1, True, False, False, False)]


def test_what_came_too_late_is_told_and_does_not_stand():
    assert states(LATE, W1) == [("w1", 1, True, False, False, False), ("w2", 1, False, False, False, True)]


def test_only_what_the_source_itself_said_is_shown():
    """The same record id of another department is another record."""
    (own,) = held([W1, OF_ANOTHER], "human-resources", 60)
    assert (own.kind, own.event_id) == ("wage", "e1")
    assert states(W1, source="taxation") == []


def test_a_record_that_changed_person_stands_for_the_one_whom_it_is_about_now():
    left = structs.replace(W1B, retracted=True)
    found = structs.replace(W1B, subject="p:ben")
    for facts in ((W1, left, found), (found, left, W1)):
        assert states(*facts)[-1] == ("w1", 2, True, False, False, False)


def test_the_days_are_told_and_nobody_is_named():
    (line,) = held([W1], "human-resources", 60)
    assert (line.valid_from, line.valid_to, line.received_on) == (date(2026, 6, 5), None, date(2026, 6, 8))
    assert "ann" not in str(line)
