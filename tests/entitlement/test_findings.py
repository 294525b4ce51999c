"""What a person is asked: proposals, leads and tasks, as the sets that stand."""

from typing import Any

import pytest

from tests.entitlement.families import about_h0, accepted, dibao, family, h0, household, proposed, subsidised, types
from tests.facts import applies, card, death, decides, fact, home, income, member, wage, watched
from tests.in_memory import Hub

WAGE = wage("ben", 600, "2026-06-05")


def states(hub: Hub, topic: str) -> list[str]:
    """What was said of the items of a topic, one after the other."""
    return [each.state for each in hub.said(topic)]


def test_a_wage_proposes_a_decrease_and_the_decision_closes_it():
    """T09: 600 x 0.8 = 480 of 1035."""
    hub = h0().hear(WAGE)
    (proposal,) = hub.items("proposals")
    assert proposed(hub) == [("dibao", "2026-07", 1035, 555)]
    assert (proposal.covers, proposal.causes, proposal.due_on) == ((WAGE.name,), ("wage",), None)
    assert "拟自 2026-07 起由每月 1035.00 元调整为 555.00 元，原因：工资收入变化" in proposal.text_zh
    assert "计算：3 人 × 标准 645.00 元 − 家庭月收入 1380.00 元 = 555.00 元（人均收入 460.00 元" in proposal.text_zh
    hub.hear(*about_h0([WAGE], "2026-06-20", record="d2"))
    assert states(hub, "proposals")[-2:] == ["OPEN", "DECIDED"]


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (wage("ben", 900, "2026-06-05", revision=2), ["OPEN", "CHANGED"]),
        (wage("ben", 600, "2026-06-05", revision=2, retracted=True), ["OPEN", "WITHDRAWN"]),
        (wage("ben", 10, "2026-06-05", revision=2), ["OPEN", "WITHDRAWN"]),
        (watched("cyn", "2026-06-06"), ["OPEN"]),
        (WAGE, ["OPEN"]),
    ],
)
def test_a_proposal_follows_what_is_reported(then, said):
    before = len(h0().said("proposals"))
    hub = h0().hear(WAGE, then) if then is WAGE else h0().hear(WAGE).hear(then)
    assert states(hub, "proposals")[before:] == said


def test_a_rejected_fact_proposes_nothing_more():
    hub = h0().hear(WAGE).hear(*about_h0([WAGE], "2026-06-20", record="d2", outcome="REJECT"))
    assert proposed(hub) == []
    assert states(hub, "proposals")[-1] == "DECIDED"


def test_a_death_after_july_proposes_with_three_months_to_verify():
    """T24b."""
    hub = h0().hear(death("ann", "2026-08-15", received="2026-08-20"))
    (proposal,) = hub.items("proposals")
    assert proposed(hub) == [("dibao", "2026-09", 1035, 590)]
    assert str(proposal.due_on) == "2026-11-15"


def test_an_application_proposes_entry_and_so_does_a_newcomer():
    hub = Hub().hear(*family(ann=200, ben=700, cyn=0))
    assert proposed(hub) == [("dibao", "2026-04", 0, 1035)]
    grown = h0().hear(member("dan", "H0", on="2026-07-03", received="2026-07-05", role="CHILD"))
    assert proposed(grown) == [("dibao", "2026-08", 1035, 1680)]


@pytest.mark.parametrize(
    ("facts", "leads"),
    [
        # T06: watched, poor as far as is told, nobody has applied
        ([watched("ann", "2026-03-02")], [("dibao", "WATCH_LIST")]),
        ([watched("ann", "2026-03-02", per_head_fen=64_499)], [("dibao", "WATCH_LIST")]),
        ([watched("ann", "2026-03-02", per_head_fen=64_500)], []),
        ([watched("ann", "2026-03-02"), applies("h:H0", "dibao", "2026-03-03")], []),
        ([watched("ann", "2026-03-02"), death("ann", "2026-03-10")], []),
        # T56: a level that is paid
        ([card("ann", 2, "2026-04-10")], [("care_subsidy", "CERTIFICATE")]),
        ([card("ann", 3, "2026-04-10")], []),
        ([card("ann", 2, "2026-04-10"), applies("p:ann", "care_subsidy", "2026-07-05")], []),
        ([card("ann", 2, "2026-04-10"), card("ann", 2, "2026-04-10", revision=2, retracted=True)], []),
        ([card("ann", 2, "2026-04-10"), card("ann", 2, "2026-04-10", revision=2, until="2026-04-20")], []),
    ],
)
def test_who_is_led_to_apply(facts, leads):
    member_of = member("ann", "H0", received="2026-03-01", role="HEAD")
    here = [home("ann", received="2026-03-01"), member_of, *decides("margin", [member_of], "2026-03-02", ["p:ann"])]
    hub = Hub().open("2026-05-01").hear(*here, *facts)
    assert [(each.programme, each.reason) for each in hub.items("leads")] == leads
    assert hub.said("benefits.adjustments") == []


def test_nobody_is_paid_without_having_applied():
    """T06: income is not even computed."""
    facts = [each for each in family(ann=0) if each.kind != "application"]
    hub = Hub().hear(*facts, *accepted(facts), watched("ann", "2026-03-02"))
    assert hub.said("benefits.adjustments") == []
    assert hub.said("register.households")[-1].computed_class == "NOT_COMPUTED"


@pytest.mark.parametrize(
    ("facts", "tasks"),
    [
        ([], []),
        # T24: by itself, and three months to verify
        ([death("ann", "2026-06-15")], ["VERIFY_AFTER_DEATH"]),
        ([death("ann", "2026-06-15"), death("ann", "2026-06-14", source="funeral-service")], ["VERIFY_AFTER_DEATH"]),
        ([death("ann", "2026-06-15"), death("ann", "2026-06-15", revision=2, retracted=True)], []),
        ([death("ann", "2026-06-15"), income("ben", 700, "2026-06-20", record="v2")], []),
        ([WAGE, *about_h0([WAGE], "2026-06-20", record="d2")], ["NOTICE_DUE"]),
        ([WAGE, *about_h0([WAGE], "2026-06-20", record="d2", notice_served_on="2026-06-25")], []),
        ([WAGE, *about_h0([WAGE], "2026-07-20", record="d2", heard_on=None)], ["HEARING_MISSING"]),
    ],
)
def test_what_is_to_be_done(facts, tasks):
    assert types(h0().hear(*facts)) == tasks


def test_a_verification_after_a_death_is_due_in_three_months():
    hub = h0().hear(death("ann", "2026-03-15", received="2026-03-20"))
    (task,) = hub.items("tasks")
    assert (task.type, str(task.due_on), task.household) == ("VERIFY_AFTER_DEATH", "2026-06-15", "h:H0")


@pytest.mark.parametrize(
    ("incomes", "computed"),
    [
        ({"ann": 200, "ben": 700, "cyn": 0}, "DIBAO"),
        # T03: p = S exactly; and p = 1.5 S exactly is no margin any more
        ({"ann": 1935, "ben": 0, "cyn": 0}, "MARGIN"),
        ({"ann": 2902, "ben": 0, "cyn": 0}, "MARGIN"),
        ({"ann": 1935, "ben": 0}, "NONE"),
        ({"ann": 5000}, "NONE"),
    ],
)
def test_the_computed_class_is_arithmetic_and_no_status(incomes, computed):
    facts = family(**incomes)
    entry = Hub().hear(*facts, *accepted(facts)).said("register.households")[-1]
    assert (entry.computed_class, entry.members, entry.area) == (computed, len(incomes), "URBAN")
    assert {each.status for each in entry.statuses} == {"DIBAO" if computed == "DIBAO" else "NOT_ELIGIBLE"}


def test_who_is_on_dibao_is_no_margin_household_beside_it():
    hub = h0()
    asked = applies("h:H0", "margin", "2026-04-02")
    hub.hear(asked, *decides("margin", [asked], "2026-04-10", ["h:H0"], record="dm"))
    statuses = {(each.programme, each.status) for each in hub.said("register.households")[-1].statuses}
    assert statuses == {("dibao", "DIBAO"), ("margin", "NOT_ELIGIBLE")}
    assert {each.programme for each in hub.said("benefits.adjustments")} == {"dibao"}


def moved(who: str) -> list[Any]:
    """Somebody goes from H0 to H1 as of July."""
    closing = member(who, "H0", revision=2, until="2026-06-10", received="2026-06-12")
    opening = member(who, "H1", record=f"m-{who}-2", on="2026-06-10", received="2026-06-12")
    return [closing, opening, *decides("dibao", [closing, opening], "2026-06-20", ["h:H0", "h:H1", f"p:{who}"])]


def test_who_moved_is_led_to_apply_by_one_household():
    hub = h0().hear(*household("H1", eva=0)).hear(*moved("cyn"), card("cyn", 1, "2026-08-01"))
    assert [each.household for each in hub.items("leads")] == ["h:H1"]


def test_who_moved_is_proposed_for_by_the_household_that_holds_her():
    hub = h0().hear(*household("H1", eva=0)).hear(*moved("cyn"))
    hub.hear(card("cyn", 1, "2026-08-01"), applies("p:cyn", "care_subsidy", "2026-08-02"))
    said = [each for each in hub.said("proposals") if each.beneficiary == "p:cyn"]
    assert {each.household for each in said} == {"h:H1"}


def test_a_decision_that_forgets_one_of_its_people_moves_the_others_and_asks_for_the_one():
    """cyn is taken out and eva comes in; eva is not among those whom it names: 2 x 645 - 900 = 390, and not 1035 again."""
    closing = member("cyn", "H0", role="CHILD", revision=2, until="2026-05-10", received="2026-05-12")
    coming = [
        home("eva", received="2026-05-12"),
        member("eva", "H0", role="OTHER", on="2026-05-10", received="2026-05-12"),
    ]
    both = [closing, coming[1]]
    said = {"record": "out", "notice_served_on": "2026-05-21"}
    hub = h0().hear(closing, *coming, *decides("dibao", both, "2026-05-20", ["h:H0", "p:cyn"], **said))
    assert dibao(hub, "2026-06") == ["390.00"]
    (asked,) = hub.items("tasks")
    assert (asked.type, asked.subject, asked.household) == ("DECISION_NAMES_NOT_ALL", "p:eva", "h:H0")
    (waits,) = hub.items("proposals")
    assert waits.covers == (coming[1].name,)
    whole = decides("dibao", both, "2026-05-20", ["h:H0", "p:cyn", "p:eva"], revision=2, received="2026-05-25", **said)
    assert types(hub.hear(*whole)) == []
    assert dibao(hub, "2026-06") == ["1035.00"]


def test_a_decision_that_forgot_somebody_and_is_taken_back_asks_for_nobody():
    coming = [
        home("eva", received="2026-05-12"),
        member("eva", "H0", role="OTHER", on="2026-05-10", received="2026-05-12"),
    ]
    hub = h0().hear(*coming, *decides("dibao", coming[1:], "2026-05-20", ["h:H0", "p:ann"], record="in"))
    assert types(hub) == ["DECISION_NAMES_NOT_ALL"]
    back = decides("dibao", coming[1:], "2026-05-20", ["h:H0", "p:ann"], record="in", revision=2, retracted=True)
    assert types(hub.hear(*back)) == []


def test_a_member_taken_out_by_decision_is_a_decrease_that_needs_its_notice():
    closing = member("cyn", "H0", role="CHILD", revision=2, until="2026-05-10", received="2026-05-12")
    hub = h0().hear(closing, *decides("dibao", [closing], "2026-05-20", ["h:H0", "p:cyn"], record="out"))
    assert dibao(hub, "2026-05", "2026-06") == ["1035.00", "390.00"]
    assert types(hub) == ["NOTICE_DUE"]


def test_a_persons_own_benefit_proposes_for_the_person():
    hub = h0().hear(card("ann", 2, "2026-03-01"), applies("p:ann", "care_subsidy", "2026-04-02"))
    assert proposed(hub) == [("care_subsidy", "2026-04", 0, 50)]
    assert proposed(h0().hear(*subsidised("ann", "care_subsidy", 2))) == []


def test_facts_that_nobody_pays_for_ask_nobody():
    hub = h0()
    before = len(hub.said("proposals"))
    hub.hear(fact("p:eva", "w9", WAGE.payload, source="human-resources"), watched("ann", "2026-06-06"))
    assert states(hub, "proposals")[before:] == []
    assert hub.items("leads") == []
