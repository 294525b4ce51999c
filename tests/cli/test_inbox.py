"""The inbox: what it shows, what it refuses, and the decision that it publishes."""

import json
import re
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from msgspec import structs, to_builtins
from typer.testing import CliRunner

from benefit_hub.cli import app, inbox
from benefit_hub.cli.inbox_decision import DECISIONS, Ruling, decision_record, hearing_rule
from benefit_hub.cli.inbox_endings import ENDINGS
from benefit_hub.client.full_list_tasks import TYPES
from benefit_hub.client.letters import Desk
from benefit_hub.entitlement.due import DueType
from benefit_hub.messages.departments import PublishedDecision, RevisionName
from benefit_hub.messages.public import Lead, Proposal, TaskItem
from benefit_hub.runtime.hub import Hub
from benefit_hub.runtime.keys import make_key
from benefit_hub.runtime.view import Record, ViewWriter
from benefit_hub.values.errors import HubError
from benefit_hub.values.identity import check_character
from benefit_hub.values.months import millis_of_day
from tests.cli.heard import Heard
from tests.intake.records import record as incoming
from tests.intake.records import take
from tests.stories.played import BOOK, CATALOGUE, CODECS

WAGE = Proposal(
    proposal_id="a1b2c3d4e5f60718293a4b5c6d7e8f90",
    state="OPEN",
    beneficiary="h:H-02",
    household="h:H-02",
    programme="dibao",
    effective_month="2026-07",
    before_fen=103_500,
    after_fen=55_500,
    covers=(RevisionName("human-resources", "wage", "GZ-1", 1),),
    causes=("wage",),
    due_on=None,
    region="990101",
    book=BOOK.digest(),
    text_zh="最低生活保障：拟自 2026-07 起由每月 1035.00 元调整为 555.00 元，原因：工资收入变化。须经审核确认后执行。",
)
DEATH = structs.replace(
    WAGE,
    proposal_id="b" * 32,
    beneficiary="h:H-03",
    household="h:H-03",
    covers=(RevisionName("public-security", "death", "SW-1", 1),),
    causes=("death",),
    due_on=date(2026, 11, 15),
)
DONE = structs.replace(WAGE, proposal_id="a1" + "c" * 30, state="DECIDED", household="h:H-04", beneficiary="h:H-04")
LEAD = Lead(
    lead_id="d" * 32, state="OPEN", household="h:H-11", person=None, programme="dibao", reason="WATCH_LIST",
    region="990101", text_zh="请告知政策并协助申请。",
)  # fmt: skip
TASK = TaskItem(
    task_id="e" * 32, state="OPEN", type="NOTICE_DUE", subject="h:H-09", household="h:H-09", due_on=date(2026, 8, 1),
    facts=(RevisionName("civil-affairs", "decision", "JD-1", 1),), text_zh="请送达书面通知。",
)  # fmt: skip
PACKAGE = Path(inbox.__file__).parents[1]
NUMBER = "99010119800101001" + check_character("99010119800101001")


@pytest.fixture
def heard(monkeypatch):
    made = Heard()
    monkeypatch.setattr(inbox, "Publisher", made)
    return made


@pytest.fixture
def hub(tmp_path, monkeypatch, heard):  # noqa: ARG001  nothing may really be published
    """`hub` on a data folder whose view holds some items; answers with exit code and output."""
    monkeypatch.setenv("HUB_STORY_TIME", "true")
    monkeypatch.setenv("HUB_BOOTSTRAP", "nowhere:1")
    monkeypatch.setenv("HUB_DATA", str(tmp_path))
    # Reading the catalogue would take the most of a test.
    monkeypatch.setattr(inbox, "open_hub", lambda settings: Hub(settings, CATALOGUE))
    records = [("proposals", WAGE), ("proposals", DEATH), ("proposals", DONE), ("leads", LEAD), ("tasks", TASK)]
    with closing(ViewWriter(tmp_path / "view.sqlite", CODECS)) as writer:
        writer.apply(
            Record(topic, 0, place, None, CODECS.encode(topic, value)) for place, (topic, value) in enumerate(records)
        )

    def run(*arguments, **given):
        return CliRunner().invoke(app, ["inbox", *arguments], **given)

    return run


def ruling(**changes):
    told = {"outcome": "ACCEPT", "decided_on": date(2026, 6, 20), "authority": "演示县民政局"}
    return Ruling(**{**told, **changes})


def record(proposal=WAGE, numbers=(), recorded_on=None, **changes):
    said = ruling(**changes)
    return decision_record(proposal, said, BOOK, numbers, millis_of_day(recorded_on or said.decided_on))


def test_the_list_holds_what_waits(hub):
    told = hub("list").stdout
    assert [line.split()[:3] for line in told.splitlines()[1:]] == [
        ["建议", "a1b2c3d4", "h:H-02"],
        ["建议", "bbbbbbbb", "h:H-03"],
        ["线索", "dddddddd", "h:H-11"],
        ["任务", "eeeeeeee", "h:H-09"],
    ]
    assert "h:H-04" in hub("list", "--all").stdout


def test_the_list_for_a_machine(hub):
    told = json.loads(hub("list", "--json").stdout)
    assert [each["proposal_id"] for each in told["proposals"]] == [WAGE.proposal_id, DEATH.proposal_id]
    assert told["leads"][0]["household"] == "h:H-11"
    assert told["tasks"][0]["due_on"] == "2026-08-01"


def test_a_proposal_is_shown_with_what_it_rests_on(hub):
    told = hub("show", "a1b2").stdout
    assert "每月 1035.00 元 → 555.00 元" in told
    assert "依据记录 human-resources wage GZ-1 第 1 版" in told
    assert "期限 2026-11-15" in hub("show", "bb").stdout


def test_a_task_is_shown_with_its_records_and_what_ends_it(hub):
    told = hub("show", "eeee").stdout
    assert "任务 待送达通知（NOTICE_DUE）  对象 h:H-09（家庭编号）" in told
    assert "依据记录 civil-affairs decision JD-1 第 1 版" in told
    assert "期限 2026-08-01" in told
    assert "hub inbox serve" in told
    assert json.loads(hub("show", "eeee", "--json").stdout)["task_id"] == TASK.task_id


def test_a_lead_is_shown_with_what_ends_it(hub):
    told = hub("show", "dddd").stdout
    assert "线索 防止返贫监测（WATCH_LIST）  对象 h:H-11（家庭编号）" in told
    assert "请告知政策并协助申请。" in told
    assert "已提出申请（civil-affairs.application）即消失" in told


def test_only_a_proposal_is_decided(hub, heard):
    failed = hub("accept", "eeee", "--decided-on", "2026-06-20", "--authority", "演示县民政局")
    assert str(failed.exception).startswith("eeee is no proposal (是任务，不是建议)")
    assert heard.records == []


SERVED = ("serve", "eeee", "--on", "2026-07-20")


def test_a_notice_is_served_by_the_decisions_next_revision(hub, heard, monkeypatch, tmp_path):
    first = record(heard_on=date(2026, 6, 18))
    facts = take(incoming(DECISIONS, {**first, "record_id": "JD-1"}, timestamp_ms=first["recorded_at"])).facts
    monkeypatch.setattr(inbox, "facts_of", lambda *_: iter(facts))
    make_key(tmp_path / "pseudonym.key")
    done = hub(*SERVED)
    assert done.exit_code == 0, done.exception
    assert "已登记 JD-1 第 2 版：书面通知送达 2026-07-20" in done.stdout
    ((topic, said, story_ms),) = heard.records
    assert (topic, story_ms) == (DECISIONS, millis_of_day(date(2026, 7, 20)))
    same = json.loads(json.dumps(said))
    changed = {name: value for name, value in same.items() if name in first and value != first[name]}
    assert changed == {
        "record_id": "JD-1", "revision": 2, "recorded_at": story_ms, "notice_served_on": "2026-07-20",
    }  # fmt: skip
    assert Desk(CATALOGUE).letter(DECISIONS, said, at_ms=story_ms).event_id == "decision/JD-1/2"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("serve", "a1b2", "--on", "2026-07-20"), "a1b2 is no task (是建议，不是任务)"),
        (("hear", "eeee", "--on", "2026-07-20"), "this task does not wait for that (任务类型不符): `hub inbox serve`"),
        (SERVED, "nothing is held of the decision civil-affairs JD-1"),
    ],
)
def test_what_cannot_be_served_or_heard(hub, heard, monkeypatch, arguments, why):
    monkeypatch.setattr(inbox, "facts_of", lambda *_: iter(()))
    failed = hub(*arguments)
    assert str(failed.exception).startswith(why)
    assert heard.records == []


def test_every_type_of_task_and_lead_has_words_for_what_ends_it():
    """The types as they are written where tasks and leads are made."""
    source = "".join(
        file.read_text("utf-8") for made in ("register", "entitlement") for file in (PACKAGE / made).glob("*.py")
    )
    tasks = set(re.findall(r"\b(?:task\(\s*known,\s*|type=)\"(\w+)\"", source))
    leads = set(re.findall(r"\blead\(.*?programme, \"(\w+)\"", source))
    assert len(tasks) > 8
    assert leads
    assert tasks | leads | {*TYPES.values(), *get_args(DueType)} == set(ENDINGS)


@pytest.mark.parametrize(
    ("beginning", "why"),
    [("ffff", "收件箱中没有：nothing in the inbox has"), ("a1", "编号不唯一：2 items of the inbox have")],
)
def test_an_id_that_names_none_or_several(hub, beginning, why):
    failed = hub("show", beginning)
    assert isinstance(failed.exception, HubError)
    assert str(failed.exception).startswith(why)


def test_accepting_publishes_a_decision_over_the_proposals_revisions(hub, heard):
    done = hub(
        "accept",
        "a1b2",
        "--decided-on",
        "2026-06-20",
        "--authority",
        "演示县民政局",
        "--notice-served-on",
        "2026-06-20",
    )
    assert done.exit_code == 0, done.output
    ((topic, body, received_ms),) = heard.records
    assert topic == "civil-affairs.decision"
    assert received_ms == body["recorded_at"] == millis_of_day(date(2026, 6, 20))
    assert body["covers"] == [{"source": "human-resources", "kind": "wage", "record": "GZ-1", "revision": 1}]
    assert (body["programme"], body["outcome"], body["decided_on"]) == ("dibao", "ACCEPT", "2026-06-20")
    assert (body["authority"], body["notice_served_on"], body["heard_on"]) == ("演示县民政局", "2026-06-20", None)
    assert body["household_ids"] == ["H-02"]
    assert body["shown"] == {"book": BOOK.digest(), "before_fen": 103_500, "after_fen": 55_500}


def test_the_decision_is_as_the_contract_says():
    body = CODECS.decode(DECISIONS, CODECS.encode(DECISIONS, record(heard_on=date(2026, 6, 18))))
    assert set(body) >= set(PublishedDecision.__struct_fields__)
    assert body["heard_on"] == "2026-06-18"
    assert CATALOGUE.sources[DECISIONS].kind == "decision"


def test_a_decision_that_is_sent_again_is_the_same_record():
    assert record()["record_id"] == record()["record_id"]
    assert record()["record_id"] != record(outcome="REJECT")["record_id"]
    assert record()["record_id"] != record(DEATH, heard_on=date(2026, 6, 18))["record_id"]


def test_since_july_2026_nothing_falls_unheard(hub, heard):
    early = hub("accept", "bb", "--decided-on", "2026-06-30", "--authority", "X")
    assert early.exit_code == 0, early.output
    late = hub("accept", "bb", "--decided-on", "2026-09-15", "--authority", "X")
    assert isinstance(late.exception, HubError)
    for words in ("减发须先听取意见", "2026-07-01", "555.00", "--heard-on", "第四十八条"):
        assert words in str(late.exception).replace("四十七、四十八条", "第四十八条")
    assert len(heard.records) == 1
    done = hub("accept", "bb", "--decided-on", "2026-09-15", "--authority", "X", "--heard-on", "2026-09-12")
    assert done.exit_code == 0, done.output
    assert heard.records[-1][1]["heard_on"] == "2026-09-12"


def test_the_rule_about_hearings_is_the_policys():
    assert hearing_rule(DEATH, date(2026, 6, 30), BOOK) is None
    rule = hearing_rule(DEATH, date(2026, 7, 1), BOOK)
    assert rule is not None
    assert rule.hearing
    assert hearing_rule(structs.replace(DEATH, after_fen=DEATH.before_fen + 1), date(2026, 7, 1), BOOK) is None


def test_rejecting_needs_no_hearing(hub, heard):
    done = hub("reject", "bb", "--decided-on", "2026-09-15", "--authority", "X", "--statement", "死亡登记有误")
    assert done.exit_code == 0, done.output
    assert heard.records[0][1]["outcome"] == "REJECT"
    assert heard.records[0][1]["statement"] == "死亡登记有误"


def test_modifying_sets_an_amount_and_months(hub, heard):
    options = ("--amount", "300.50", "--from-month", "2026-08", "--until-month", "2026-12")
    done = hub("modify", "a1b2", "--decided-on", "2026-06-20", "--authority", "X", *options)
    assert done.exit_code == 0, done.output
    body = heard.records[0][1]
    assert (body["outcome"], body["amount_fen"], body["from_month"], body["until_month"]) == (
        "MODIFY", 30_050, "2026-08", "2026-12",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ((), "nothing is modified"),
        (("--amount", "12,50"), "an amount in yuan"),
        (("--from-month", "August"), "a month like 2026-04"),
    ],
)
def test_what_cannot_be_modified_so(hub, heard, options, why):
    failed = hub("modify", "a1b2", "--decided-on", "2026-06-20", "--authority", "X", *options)
    assert isinstance(failed.exception, HubError)
    assert why in str(failed.exception)
    assert heard.records == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"heard_on": date(2026, 6, 21), "recorded_on": date(2026, 6, 22)}, "the hearing comes first"),
        ({"notice_served_on": date(2026, 6, 22)}, "--notice-served-on 2026-06-22 lies ahead"),
        ({"recorded_on": date(2026, 6, 19)}, "--decided-on 2026-06-20 lies ahead"),
    ],
)
def test_days_that_cannot_be(changes, why):
    with pytest.raises(HubError, match=why):
        record(**changes)


def test_what_is_decided_cannot_be_decided_again():
    with pytest.raises(HubError, match="建议已决定（DECIDED）"):
        record(DONE)


def test_a_decision_that_moves_people_needs_their_numbers(hub, heard, tmp_path):
    moved = structs.replace(
        WAGE, covers=(RevisionName("civil-affairs", "membership", "CY-1", 2),), causes=("membership",)
    )
    with pytest.raises(HubError, match="moves people between households"):
        record(moved)
    assert record(moved, [NUMBER])["id_numbers"] == [NUMBER]
    alone = structs.replace(WAGE, household="s:" + "0" * 32, beneficiary="p:" + "0" * 32)
    with pytest.raises(HubError, match="a person in no household"):
        record(alone)
    assert record(alone, [NUMBER])["household_ids"] == []
    file = tmp_path / "numbers.txt"
    file.write_text(f"{NUMBER.lower()}\n\n", "utf-8")
    options = ("--decided-on", "2026-06-20", "--authority", "X", "--id-numbers")
    assert hub("accept", "a1b2", *options, str(file)).exit_code == 0
    assert hub("accept", "a1b2", *options, "-", input=f"{NUMBER}\n").exit_code == 0
    assert [body["id_numbers"] for _, body, _ in heard.records] == [[NUMBER], [NUMBER]]
    failed = hub("accept", "a1b2", *options, str(tmp_path / "none.txt"))
    assert "cannot be read" in str(failed.exception)


def test_a_wrong_number_is_refused_without_repeating_it():
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
    with pytest.raises(HubError, match="identity number 1 of the file") as raised:
        record(numbers=[wrong])
    assert wrong not in str(raised.value)


def test_a_policy_book_that_is_not_installed(hub, heard, tmp_path):
    other = structs.replace(WAGE, proposal_id="9" * 32, book="0123456789abcdef")
    with closing(ViewWriter(tmp_path / "view.sqlite", CODECS)) as writer:
        writer.apply([Record("proposals", 0, 99, None, CODECS.encode("proposals", other))])
    failed = hub("accept", "99", "--decided-on", "2026-06-20", "--authority", "X")
    assert "0123456789abcdef" in str(failed.exception)
    assert heard.records == []


def test_every_item_has_a_line_of_its_own():
    rows = [inbox.row(item) for item in (WAGE, LEAD, TASK)]
    assert [row[0] for row in rows] == ["建议", "线索", "任务"]
    assert all(len(row) == 6 for row in rows)
    assert to_builtins(rows)
