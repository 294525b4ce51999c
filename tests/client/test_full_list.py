"""A department's list read as intake would read it, and the tasks and sentences that come of differences."""

import json
from datetime import date
from typing import Any

import pytest

from benefit_hub.client.full_list import Reading, Unread
from benefit_hub.client.full_list_tasks import in_english, is_ours, task_of
from benefit_hub.client.letters import Desk
from benefit_hub.client.sides import Difference
from benefit_hub.messages.internal import Fact
from benefit_hub.messages.public import TaskItem
from benefit_hub.values.errors import HubError
from tests.checkout import catalogue
from tests.intake.records import ANN, KEY, body, env

CATALOGUE = catalogue()
WAGE = "human-resources.wage"
SOURCE = CATALOGUE.sources[WAGE]
DESK = Desk(CATALOGUE)


def listed(*lines: bytes | dict[str, Any]) -> list[Fact | Unread]:
    """What becomes of these lines."""
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines]
    return list(Reading(DESK, SOURCE, env(), date(2026, 6, 30)).read(raw))


def test_a_line_becomes_the_fact_that_it_would_have_become() -> None:
    (fact,) = listed(body(WAGE))
    assert isinstance(fact, Fact)
    assert fact.subject.startswith("p:")
    assert ANN not in str(fact)
    assert (fact.source, fact.kind, fact.record, fact.revision) == ("human-resources", "wage", "rec-1", 1)
    assert len(KEY) == 32


def test_a_line_may_be_wrapped_as_a_population_is_and_empty_lines_are_none() -> None:
    plain = listed(body(WAGE))
    assert listed({"received_at": 5, "record": body(WAGE)}, b"\n", b"  ") == plain
    assert listed(b"\xef\xbb\xbf" + json.dumps(body(WAGE)).encode()) == plain, "a mark at the beginning is none either"


def test_what_the_schema_gives_by_default_may_be_left_out() -> None:
    assert listed(body(WAGE, valid_to=..., retracted=..., previous_id_number=...)) == listed(body(WAGE))


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ({"id_number": ANN[:-1] + "8"}, "id_number", "check"),
        ({"valid_from": "2026-13-01"}, "valid_from", "date"),
        ({"amount_fen": "600"}, "amount_fen", "number"),
        ({"pay_period": "May"}, "pay_period", "YYYY-MM"),
    ],
    ids=["a wrong number", "no such day", "text for an amount", "no month"],
)
def test_a_line_that_would_be_refused_says_why_and_not_what_stood_there(
    wrong: dict[str, Any], field: str, told: str
) -> None:
    _, unread = listed(body(WAGE), body(WAGE, record_id="rec-2", **wrong))
    assert isinstance(unread, Unread)
    assert (unread.line, unread.record, unread.field) == (2, "rec-2", field)
    assert told in unread.text_en
    assert ANN[:-1] not in str(unread)
    assert unread.text_zh


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "line 2 is no JSON object"),
        (b"[1, 2]", "line 2 is no JSON object"),
        (b"\xff", "line 2 is no JSON object"),
        (json.dumps(body(WAGE, record_id=...)).encode(), "line 2: .*record_id.* cannot be told"),
    ],
)
def test_a_line_that_names_no_record_ends_it(line: bytes, told: str) -> None:
    with pytest.raises(HubError, match=told):
        listed(body(WAGE), line)


MISSING = Difference("MISSING", "rec-1", "p:wang", None, 3)
EXTRA = Difference("EXTRA", "rec-1", "p:wang", 2, None)
OTHER = Difference("DIFFERENT", "rec-1", "p:wang", 2, 3, ("REVISION", "SUBJECT"))


@pytest.mark.parametrize(
    ("difference", "kind", "revision", "chinese", "english"),
    [
        (
            MISSING,
            "full_list_missing",
            3,
            "工资收入：全量清单中没有记录 rec-1，本系统持有其第 3 版且仍有效。请与 data@human-resources.example 核实。",
            "record rec-1 is not in the list; the hub holds revision 3, and it stands",
        ),
        (
            EXTRA,
            "full_list_extra",
            2,
            "工资收入：全量清单中的记录 rec-1（第 2 版）本系统从未收到。请与 data@human-resources.example 核实。",
            "record rec-1 (revision 2) is in the list, and the hub never got it",
        ),
        (
            OTHER,
            "full_list_different",
            3,
            (
                "工资收入：记录 rec-1 在全量清单与本系统中不一致（清单为第 2 版，本系统为第 3 版；"
                "不同之处：版本、所涉人员或家庭）。请与 data@human-resources.example 核实。"
            ),
            "record rec-1: revision 2 in the list, 3 in the hub; other: revision, whom it is about",
        ),
    ],
    ids=["missing", "extra", "different"],
)
def test_a_difference_as_a_task(difference: Difference, kind: str, revision: int, chinese: str, english: str) -> None:
    task = task_of(difference, CATALOGUE.topic(WAGE), SOURCE)
    assert (task.type, task.subject, task.state) == (kind, "p:wang", "OPEN")
    assert [tuple(name) for name in map(_plain, task.facts)] == [("human-resources", "wage", "rec-1", revision)]
    assert task.text_zh == chinese
    assert in_english(difference) == english


def test_whatever_is_wrong_with_a_record_it_is_one_task() -> None:
    topic = CATALOGUE.topic(WAGE)
    assert len({task_of(each, topic, SOURCE).task_id for each in (MISSING, EXTRA, OTHER)}) == 1
    other = CATALOGUE.sources["public-security.death"]
    assert task_of(MISSING, topic, other).task_id != task_of(MISSING, topic, SOURCE).task_id


def test_only_tasks_of_its_own_lists_are_its_own() -> None:
    task = task_of(MISSING, CATALOGUE.topic(WAGE), SOURCE)
    assert is_ours(task, SOURCE)
    assert not is_ours(task, CATALOGUE.sources["public-security.death"])
    conflict = TaskItem(
        task_id="t",
        state="OPEN",
        type="conflict",
        subject="p:wang",
        household=None,
        due_on=None,
        facts=task.facts,
        text_zh="",
    )
    assert not is_ours(conflict, SOURCE)


def _plain(name: Any) -> tuple[Any, ...]:
    return (name.source, name.kind, name.record, name.revision)
