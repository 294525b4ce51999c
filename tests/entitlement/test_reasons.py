"""Always a reason: what an adjustment is filed under, who decided it, and which facts and clause are named."""

from typing import Any

import pytest
from msgspec import structs

from benefit_hub.messages.internal import Fact
from benefit_hub.policy.book import Book
from benefit_hub.policy.standards import Dated
from benefit_hub.values.months import month
from tests.entitlement.families import about_h0, accepted, family, h0, household, subsidised
from tests.facts import applies, card, death, decides, home, income, member, wage
from tests.in_memory import Hub, demo_book

WAGE = wage("ben", 600, "2026-06-05")
BY_JULY = about_h0([WAGE], "2026-06-20", record="d2")
CORRECTED = wage("ben", 500, "2026-06-05", revision=2, received="2026-07-10")
TAKEN_BACK = wage("ben", 600, "2026-06-05", revision=2, received="2026-07-10", retracted=True)
CARE = subsidised("ann", "care_subsidy", 2)


def last(hub: Hub, who: str) -> tuple[Any, Any]:
    """The last adjustment of somebody, and its explanation."""
    adjustment = [each for each in hub.said("benefits.adjustments") if each.beneficiary == who][-1]
    found = {each.explanation_id: each for each in hub.said("benefits.explanations")}
    return adjustment, found[adjustment.explanation_id]


def named(explanation: Any) -> set[tuple[str, int]]:
    """The revisions that an explanation names as causes."""
    return {(name.record, name.revision) for name in explanation.cause_facts}


@pytest.mark.parametrize(
    ("who", "facts", "cause", "execution", "decided_on", "fact"),
    [
        ("h:H0", [], "application", "DECIDED", "2026-03-18", ("a-H0-dibao", 1)),
        ("h:H0", [WAGE, *BY_JULY], "wage", "DECIDED", "2026-06-20", ("w-ben", 1)),
        ("h:H0", [WAGE, *BY_JULY, CORRECTED], "correction", "AUTOMATIC", "None", ("w-ben", 2)),
        ("h:H0", [WAGE, *BY_JULY, TAKEN_BACK], "retraction", "AUTOMATIC", "None", ("w-ben", 2)),
        ("h:H0", [death("ann", "2026-05-15")], "death", "AUTOMATIC", "None", ("x-ann", 1)),
        ("p:ann", CARE, "application", "DECIDED", "2026-04-10", ("a-ann-care_subsidy", 1)),
        ("p:ann", [*CARE, death("ann", "2026-05-15")], "death", "AUTOMATIC", "None", ("x-ann", 1)),
    ],
)
def test_why_an_amount_changed(who, facts, cause, execution, decided_on, fact):
    hub = h0()
    for each in facts:
        hub.hear(each)
    adjustment, explanation = last(hub, who)
    assert (adjustment.cause_class, adjustment.execution, str(adjustment.decided_on)) == (cause, execution, decided_on)
    assert fact in named(explanation)
    assert "依据：" in explanation.text_zh


def moved(who: str) -> list[Fact]:
    """Somebody goes from H0 to H1 on 10 June, decided on 20 June."""
    closing = member(who, "H0", revision=2, until="2026-06-10", received="2026-06-12")
    opening = member(who, "H1", record=f"m-{who}-2", on="2026-06-10", received="2026-06-12")
    about = ["h:H0", "h:H1", f"p:{who}"]
    return [closing, opening, *decides("dibao", [closing, opening], "2026-06-20", about, record="move")]


def test_an_award_whose_decision_was_taken_back_says_so():
    """Everything paid is an overpayment, and the sentence reads that the application was granted on 18 March."""
    withdrawn = accepted(family(ann=200, ben=700, cyn=0), revision=2, retracted=True, received="2026-06-10")
    adjustment, explanation = last(h0().pay("2026-04", "2026-05").hear(*withdrawn), "h:H0")
    assert (adjustment.kind, adjustment.receivable_fen) == ("STOP", 207000)
    assert adjustment.cause_class != "application"
    assert ("d-H0", 2) in named(explanation)
    assert "依据：" in explanation.text_zh


def test_a_decrease_whose_decision_was_taken_back_says_so():
    back = about_h0([WAGE], "2026-06-20", record="d2", revision=2, retracted=True, received="2026-07-10")
    adjustment, explanation = last(h0().hear(WAGE, *BY_JULY).hear(*back), "h:H0")
    assert adjustment.kind == "INCREASE"
    assert adjustment.cause_class != "wage"
    assert ("d2", 2) in named(explanation)


def test_a_move_names_the_memberships_and_the_day_on_which_it_happened():
    _, explanation = last(h0().hear(*moved("cyn")), "h:H0")
    assert {("m-cyn", 2), ("m-cyn-2", 1)} & named(explanation)
    assert "（2026-06-10 发生，2026-06-12 收到）" in explanation.text_zh


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (4, 0, 2, 1, 3), (2, 3, 0, 1, 4)])
def test_a_subsidy_that_ends_with_a_move_says_so(order):
    hub = h0().hear(home("eva"), income("eva", 9000, "2026-03-02"), *subsidised("cyn", "living_subsidy", 2))
    facts = moved("cyn")
    adjustment, explanation = last(hub.hear(*(facts[at] for at in order)), "p:cyn")
    assert (adjustment.kind, adjustment.payable_from) == ("STOP", "2026-07")
    assert (adjustment.cause_class, adjustment.execution, str(adjustment.decided_on)) == (
        "membership",
        "DECIDED",
        "2026-06-20",
    )
    assert {("m-cyn", 2), ("m-cyn-2", 1)} & named(explanation)
    assert "（2026-06-10 发生，2026-06-12 收到）" in explanation.text_zh
    assert "依据：" in explanation.text_zh


def test_who_moves_and_is_granted_a_subsidy_with_it_has_it_by_the_application():
    """eva has dibao in H1; cyn moves there on 20 June, and is granted the subsidy of the application month by the same day."""
    hub = h0().hear(*household("H1", eva=0))
    held, asked = card("cyn", 2, "2026-03-01"), applies("p:cyn", "living_subsidy", "2026-06-12")
    grants = decides("living_subsidy", [held, asked], "2026-06-20", ["p:cyn"], record="grants")
    adjustment, explanation = last(hub.hear(held, asked, *grants, *moved("cyn")), "p:cyn")
    assert (adjustment.kind, adjustment.effective_month) == ("START", "2026-06")
    assert (adjustment.cause_class, adjustment.execution) == ("application", "DECIDED")
    assert ("a-cyn-living_subsidy", 1) in named(explanation)


def test_a_proposal_says_whose_reports_are_meant_where_several_people_have_some_of_one_kind() -> None:
    hub = h0().hear(wage("ann", 400, "2026-06-05"), wage("ben", 600, "2026-06-05"))
    (proposal,) = [each for each in hub.items("proposals") if each.state != "DECIDED"]
    assert "，原因：工资收入变化（户主 p:ann、配偶 p:ben）。" in proposal.text_zh
    (alone,) = [each for each in h0().hear(WAGE).items("proposals") if each.state != "DECIDED"]
    assert "，原因：工资收入变化。" in alone.text_zh, "nobody else is meant"


def settled() -> Book:
    """The demonstration as if nothing in it were assumed, with a standard that is lowered from June on."""
    pack = demo_book().packs[0]
    standard = structs.replace(pack.standards["dibao_urban"], assumed=False, basis="exact")
    lower = Dated(month("2026-06"), "600.00")
    standards = {**pack.standards, "dibao_urban": structs.replace(standard, values=(*standard.values, lower))}
    programmes = {name: structs.replace(each, assumed=False) for name, each in pack.programmes.items()}
    effects = tuple(structs.replace(each, assumed=False) for each in pack.effects)
    pack = structs.replace(pack, assumed=False, standards=standards, programmes=programmes, effects=effects)
    return structs.replace(demo_book(), packs=(pack,))


def test_a_lowered_standard_is_told_as_assumed_and_nothing_before_it():
    """3 x 645 - 900 = 1035 from April, 3 x 600 - 900 = 900 from June: nobody was heard, and no text says so."""
    facts = family(ann=200, ben=700, cyn=0)
    hub = Hub(settled()).hear(*facts, *accepted(facts)).pay("2026-04", "2026-05")
    first, then = [each for each in hub.said("benefits.adjustments") if each.kind in ("START", "DECREASE")]
    assert (first.after_fen, first.assumed) == (103500, False)
    assert (then.payable_from, then.after_fen, then.assumed) == ("2026-06", 90000, True)
    explanation = next(each for each in hub.said("benefits.explanations") if each.explanation_id == then.explanation_id)
    assert "未逐户听取意见（假定）" in explanation.text_zh
