"""The view: each record once, however often it comes; the newest of what is replaced; what cannot be shown is parked."""

from datetime import date

import msgspec
import pytest

from benefit_hub.messages.departments import RevisionName
from benefit_hub.messages.public import Explanation, Proposal, Receipt
from benefit_hub.runtime.view import NoView, Record, View, ViewWriter
from benefit_hub.values.errors import ContractViolation

FACT = RevisionName("human-resources", "wage", "w1", 2)
PROPOSAL = Proposal(
    proposal_id="p1",
    state="OPEN",
    beneficiary="h:1",
    household="h:1",
    programme="dibao",
    effective_month="2026-05",
    before_fen=148000,
    after_fen=103500,
    covers=(FACT,),
    causes=("wage",),
    due_on=date(2026, 6, 1),
    region="990101",
    book="b",
    text_zh="工资上升",
)
EXPLANATION = Explanation(
    explanation_id="x1",
    adjustment_id="a1",
    beneficiary="h:1",
    programme="dibao",
    effective_month="2026-05",
    before=None,
    after=None,
    causes=("wage",),
    cause_facts=(FACT,),
    book="b",
    text_zh="工资上升",
)


def receipt(number):
    return Receipt(
        source="public-security", event_id=f"e{number}", kind="death", record="d", revision=1, status="REFUSED"
    )


class Builtins:
    """Records as the real codec gives them: builtins, here by way of JSON."""

    def decode(self, topic, raw):
        del topic
        if raw == b"broken":
            raise ContractViolation("no such schema")
        return msgspec.json.decode(raw)

    def encode(self, topic, value):
        del topic
        return msgspec.json.encode(value)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "view.sqlite"


@pytest.fixture
def writer(file):
    made = ViewWriter(file, Builtins())
    yield made
    made.close()


def said(topic, offset, value, key=b"k", partition=0):
    raw = value if isinstance(value, bytes) or value is None else msgspec.json.encode(value)
    return Record(topic, partition, offset, key, raw)


def test_records_come_back_as_they_were(writer, file):
    writer.apply([said("proposals", 0, PROPOSAL), said("benefits.explanations", 0, EXPLANATION)])
    assert View(file).proposals() == [PROPOSAL]
    assert View(file).explanation("x1") == EXPLANATION
    assert View(file).explanation("x2") is None


def test_a_replay_changes_nothing(writer, file):
    records = [said("receipts", number, receipt(number)) for number in range(3)]
    for _ in range(2):
        writer.apply(records)
    writer.apply([records[0], said("receipts", 5, receipt(5))])
    assert [one.event_id for one in View(file).receipts()] == ["e0", "e1", "e2", "e5"]
    assert writer.next_offset("receipts", 0) == 6
    assert View(file).positions() == {("receipts", 0): 6}


def test_the_newest_of_an_item_stands_and_closed_ones_are_not_open(writer, file):
    writer.apply([said("proposals", 0, PROPOSAL)])
    changed = msgspec.structs.replace(PROPOSAL, state="CHANGED", after_fen=100000)
    writer.apply([said("proposals", 1, changed)])
    assert View(file).proposals() == [changed]
    decided = msgspec.structs.replace(PROPOSAL, state="DECIDED")
    writer.apply([said("proposals", 2, decided)])
    assert View(file).proposals() == []
    assert View(file).proposals(all_states=True) == [decided]


def test_a_tombstone_removes(writer, file):
    writer.apply([said("proposals", 0, PROPOSAL, key=b"p1"), said("proposals", 1, None, key=b"p1")])
    assert View(file).proposals() == []


def test_what_is_asked_of_one_subject_is_of_that_subject(writer, file):
    other = msgspec.structs.replace(receipt(1), source="human-resources")
    writer.apply([said("receipts", 0, receipt(0)), said("receipts", 1, other)])
    assert [one.event_id for one in View(file).receipts("human-resources")] == ["e1"]


@pytest.mark.parametrize("raw", [b"broken", b"{}", b'{"source": 1}'])
def test_a_record_that_cannot_be_shown_is_parked_and_the_next_one_shown(writer, file, raw):
    writer.apply([said("receipts", 7, raw)])
    writer.apply([said("receipts", 8, receipt(8))])
    (parked,) = View(file).parked()
    assert (parked.topic, parked.partition, parked.offset) == ("receipts", 0, 7)
    assert parked.reason
    assert [one.event_id for one in View(file).receipts()] == ["e8"]


def test_offset_and_row_move_together(writer, file):
    class Stumbling(list[Record]):
        def __iter__(self):
            yield from list.__iter__(self)
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        writer.apply(Stumbling([said("receipts", 0, receipt(0))]))
    assert writer.next_offset("receipts", 0) == 0
    assert View(file).receipts() == []


def test_two_workers_write_to_one_view(writer, file):
    other = ViewWriter(file, Builtins())
    writer.apply([said("receipts", 0, receipt(0), partition=0)])
    other.apply([said("receipts", 0, receipt(1), partition=1)])
    other.close()
    assert [one.event_id for one in View(file).receipts()] == ["e0", "e1"]


def test_without_a_view_the_reader_says_what_makes_one(file):
    with pytest.raises(NoView, match="hub worker"):
        View(file).proposals()
    file.touch()
    with pytest.raises(NoView, match="hub worker"):
        View(file).tasks()


@pytest.mark.usefixtures("writer")
def test_every_kind_has_a_reader(file):
    view = View(file)
    assert [view.adjustments(), view.entitlements(), view.leads(), view.tasks(), view.persons(), view.households()] == [
        []
    ] * 6
