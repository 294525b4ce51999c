"""What is owed by what counts: the worked scenarios of entry, place, people and other benefits."""

from typing import Any

import pytest
from msgspec import structs

from benefit_hub.messages.internal import Fact
from benefit_hub.policy.book import Book
from tests.entitlement.families import about_h0, accepted, dibao, family, h0, household, proposed, subsidised
from tests.facts import applies, card, death, decides, home, income, member, wage
from tests.in_memory import Hub, demo_book

MAY_TO_JULY = ("2026-05", "2026-06", "2026-07")


@pytest.mark.parametrize(
    ("incomes", "march", "april"),
    [
        # T01: 3 x 645 - 900
        ({"ann": 200, "ben": 700, "cyn": 0}, "0.00", "1035.00"),
        # T03: p = S exactly is not below it
        ({"ann": 1935, "ben": 0, "cyn": 0}, "0.00", "0.00"),
        ({"ann": 1934, "ben": 0, "cyn": 0}, "0.00", "1.00"),
        ({"ann": 0}, "0.00", "645.00"),
        ({"ann": 4000}, "0.00", "0.00"),
    ],
)
def test_entry_from_the_month_after_the_decision(incomes, march, april):
    facts = family(**incomes)
    assert dibao(Hub().hear(*facts), "2026-03", "2026-04") == ["0.00", "0.00"]
    assert dibao(Hub().hear(*facts, *accepted(facts)), "2026-03", "2026-04") == [march, april]


@pytest.mark.parametrize(
    ("facts", "owed"),
    [
        # T41: one more, 4 x 645 - 900, from the month after the decision
        (
            [member("dan", "H0", on="2026-05-03", received="2026-05-05", role="CHILD")],
            ["1035.00", "1680.00", "1680.00"],
        ),
        # T44 for three: 3 x 4318 / 12 - 900 = 179.50
        (
            [home("ann", area="RURAL", record="r2", on="2026-05-02", received="2026-05-03")],
            ["1035.00", "179.50", "179.50"],
        ),
        # the place is the head's, wherever others are registered
        ([home("ben", area="RURAL", record="r2", on="2026-05-02", received="2026-05-03")], ["1035.00"] * 3),
        # T98: the wage of May, known after that of June, does not stand in June's place: 600 x 0.8
        (
            [
                wage("ben", 600, "2026-05-20", record="w6"),
                wage("ben", 300, "2026-05-01", record="w5", received="2026-05-21"),
            ],
            ["1035.00", "555.00", "555.00"],
        ),
        # two employers: 480 + 80
        (
            [wage("ben", 600, "2026-05-20"), wage("ben", 100, "2026-05-20", record="w2", employer="E2")],
            ["1035.00", "475.00", "475.00"],
        ),
        # a new verification of the same kind stands in the old one's place: 200 + 400
        ([income("ben", 400, "2026-05-20", record="v2")], ["1035.00", "1335.00", "1335.00"]),
    ],
)
def test_what_a_decision_of_25_may_brings(facts, owed):
    people = list(dict.fromkeys(fact.subject for fact in facts))
    hub = h0().hear(*facts, *decides("dibao", facts, "2026-05-25", ["h:H0", *people], record="d2"))
    assert dibao(hub, *MAY_TO_JULY) == owed


def test_two_people_in_the_country_are_owed_a_twelfth_of_4318_each_rounded_once():
    """T44: 2 x 4318 / 12 = 719.666..."""
    facts = [fact for fact in family("H1", eva=0, fay=0) if fact.kind != "residence"]
    facts += [home("eva", area="RURAL", received="2026-03-01"), home("fay", received="2026-03-01")]
    assert dibao(Hub().hear(*facts, *accepted(facts)), "2026-04", of="H1") == ["719.67"]


def test_a_small_change_proposes_nothing_until_it_is_decided():
    """T17: 20 x 0.8 = 16, less than 50."""
    small = wage("ben", 20, "2026-06-05")
    hub = h0().hear(small)
    assert proposed(hub) == []
    assert dibao(hub.hear(*about_h0([small], "2026-06-20", record="d2")), "2026-07") == ["1019.00"]


# ------------------------------------------------------------------ benefits of a person


@pytest.mark.parametrize(
    ("programme", "level", "owed"),
    [
        ("care_subsidy", 1, ["0.00", "70.00"]),
        ("care_subsidy", 2, ["0.00", "50.00"]),
        ("care_subsidy", 3, ["0.00", "0.00"]),
        ("living_subsidy", 3, ["0.00", "60.00"]),
    ],
)
def test_the_subsidies_from_the_month_of_application(programme, level, owed):
    hub = h0().hear(*subsidised("ann", programme, level))
    assert hub.owed("p:ann", programme, "2026-03", "2026-04") == owed
    assert hub.owed("p:ben", programme, "2026-03", "2026-04") == ["0.00", "0.00"]


@pytest.mark.parametrize(
    ("facts", "owed"),
    [
        # T58: level 2 to 1 on 14 July, by itself from August
        ([card("ann", 1, "2026-07-14", record="c2")], ["50.00", "50.00", "70.00"]),
        ([card("ann", 3, "2026-07-14", record="c2")], ["50.00", "50.00", "0.00"]),
        ([death("ann", "2026-06-30")], ["50.00", "0.00", "0.00"]),
        ([death("ann", "2026-07-01")], ["50.00", "50.00", "0.00"]),
    ],
)
def test_what_ends_or_changes_a_persons_own_benefit_by_itself(facts, owed):
    hub = h0().hear(*subsidised("ann", "care_subsidy", 2), *facts)
    assert hub.owed("p:ann", "care_subsidy", "2026-06", "2026-07", "2026-08") == owed


def test_who_lives_with_nobody_has_benefits_of_his_own_and_no_dibao():
    hub = Hub().hear(home("eva"), *subsidised("eva", "care_subsidy", 1), *subsidised("eva", "living_subsidy", 1))
    assert hub.owed("p:eva", "care_subsidy", "2026-04") == ["70.00"]
    assert hub.owed("p:eva", "living_subsidy", "2026-04") == ["0.00"]


def test_the_living_subsidy_goes_with_the_households_dibao():
    """5000 x 0.8 + 200 is far above 3 x 645: dibao ends with May, and the subsidy with it."""
    hub = h0().hear(*subsidised("ann", "living_subsidy", 3))
    rich = wage("ben", 5000, "2026-05-05")
    hub.hear(rich, *about_h0([rich], "2026-05-20", record="d2"))
    assert dibao(hub, *MAY_TO_JULY) == ["1035.00", "0.00", "0.00"]
    assert hub.owed("p:ann", "living_subsidy", *MAY_TO_JULY) == ["60.00", "0.00", "0.00"]


def moves(who: str) -> list[Fact]:
    """Somebody leaves H0 for H1 on 10 June, decided on 20 June."""
    closing = member(who, "H0", revision=2, until="2026-06-10", received="2026-06-12")
    opening = member(who, "H1", record=f"m-{who}-2", on="2026-06-10", received="2026-06-12")
    about = ["h:H0", "h:H1", f"p:{who}"]
    return [closing, opening, *decides("dibao", [closing, opening], "2026-06-20", about, record="move")]


def test_a_move_counts_nobody_twice_and_nobody_never():
    """cyn goes from H0 to eva's H1: 2 x 645 - 900 = 390, and 2 x 645."""
    facts = moves("cyn")
    for order in (facts, facts[::-1], [facts[4], facts[0], facts[2], facts[1], facts[3]]):
        hub = h0().hear(*household("H1", eva=0)).hear(*order)
        assert dibao(hub, "2026-06", "2026-07") == ["1035.00", "390.00"]
        assert dibao(hub, "2026-06", "2026-07", of="H1") == ["645.00", "1290.00"]


def test_a_benefit_of_a_person_goes_along_without_an_adjustment():
    hub = h0().hear(*household("H1", eva=0)).hear(*subsidised("cyn", "care_subsidy", 1)).pay("2026-04", "2026-05")
    before = hub.adjustments("p:cyn")
    hub.hear(*moves("cyn")).pay("2026-06", "2026-07")
    assert hub.adjustments("p:cyn") == before == [("START", "2026-04", "0.00", "70.00")]


def failing(why: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(strict=True, reason=why)


def test_a_widow_whose_residence_is_not_known_is_somebody_who_is_left():
    facts = [fact for fact in family("H1", eva=0, fay=0) if (fact.subject, fact.kind) != ("p:fay", "residence")]
    hub = Hub().hear(*facts, *accepted(facts))
    assert dibao(hub, "2026-08", of="H1") == ["1290.00"]
    hub.hear(death("eva", "2026-08-15", received="2026-08-20"))
    assert dibao(hub, "2026-09", "2026-10", of="H1") == ["1290.00", "1290.00"]
    assert proposed(hub) != []


def test_who_is_the_head_waits_for_a_decision_like_everything_else():
    """ben is registered in the country, and somebody says that he is the head now."""
    country = home("ben", area="RURAL", record="r2", on="2026-04-01", received="2026-04-05")
    hub = h0().hear(country, *about_h0([country], "2026-04-10", record="d2"))
    assert dibao(hub, "2026-05") == ["1035.00"]
    hub.hear(
        member("ann", "H0", role="SPOUSE", revision=2, received="2026-05-03"),
        member("ben", "H0", role="HEAD", revision=2, received="2026-05-03"),
    )
    assert dibao(hub, "2026-05") == ["1035.00"]


def test_the_living_subsidy_needs_dibao_in_a_month_in_which_one_is_a_member():
    """dan lives alone until June, with an application that brings nothing; then he joins H0."""
    hub = h0().hear(home("dan", received="2026-03-05"), *subsidised("dan", "living_subsidy", 2))
    assert hub.owed("p:dan", "living_subsidy", "2026-04") == ["0.00"]
    joins = member("dan", "H0", on="2026-06-01", received="2026-06-02")
    hub.hear(joins, *decides("dibao", [joins], "2026-06-20", ["h:H0", "p:dan"], record="joins"))
    assert hub.owed("p:dan", "living_subsidy", "2026-04", "2026-06", "2026-07") == ["0.00", "0.00", "60.00"]


def test_a_member_who_is_taken_out_after_july_without_a_hearing_stays():
    closing = member("cyn", "H0", role="CHILD", revision=2, until="2026-08-10", received="2026-08-12")
    about = ["h:H0", "p:cyn"]
    hub = h0().hear(closing, *decides("dibao", [closing], "2026-08-20", about, record="out", heard_on=None))
    assert dibao(hub, "2026-09") == ["1035.00"]


def test_a_membership_until_the_end_of_time_ends_in_no_month():
    comes = [home("dan"), member("dan", "H0", on="2026-05-01", until="9999-12-31", received="2026-05-02")]
    hub = h0().hear(*comes, *decides("dibao", comes, "2026-05-20", ["h:H0", "p:dan"], record="in"))
    assert hub.adjustments("h:H0")[1:] == [("INCREASE", "2026-06", "1035.00", "1680.00")]


def two_places() -> Book:
    """The demonstration for the country as a whole, and a city 9902 with 700 in town."""
    pack = demo_book().packs[0]
    richer = structs.replace(
        pack.standards["dibao_urban"],
        values=tuple(structs.replace(value, yuan="700.00") for value in pack.standards["dibao_urban"].values),
    )
    city = structs.replace(pack, name="city", region="9902", standards={**pack.standards, "dibao_urban": richer})
    return structs.replace(demo_book(), packs=(pack, city))


def test_the_standard_is_that_of_the_place():
    facts = [fact for fact in family("H1", eva=0) if fact.kind != "residence"]
    here = [*facts, home("eva", region="990101", received="2026-03-01")]
    there = [*facts, home("eva", region="990201", received="2026-03-01")]
    assert dibao(Hub(two_places()).hear(*here, *accepted(here)), "2026-04", of="H1") == ["645.00"]
    assert dibao(Hub(two_places()).hear(*there, *accepted(there)), "2026-04", of="H1") == ["700.00"]


PLACE = (
    "the pack is that of the residence received first, whoever's it is, whether it still stands or was ever decided: "
)


@failing(PLACE + "who moved to another city with a decision stays under the law of the first")
def test_the_place_is_that_of_the_day():
    facts = family("H1", eva=0)
    moved = home("eva", region="990201", record="r2", on="2026-05-02", received="2026-05-03")
    hub = Hub(two_places()).hear(*facts, *accepted(facts), moved)
    hub.hear(*decides("dibao", [moved], "2026-05-20", ["h:H1", "p:eva"], record="place"))
    assert dibao(hub, "2026-05", "2026-06", of="H1") == ["645.00", "700.00"]


def test_the_place_of_somebody_who_is_only_reported_is_not_the_households():
    facts = family("H1", eva=0)
    hub = Hub(two_places()).hear(*facts, *accepted(facts))
    hub.hear(
        home("guy", region="990201", received="2026-02-01"), member("guy", "H1", role="HEAD", received="2026-05-03")
    )
    assert dibao(hub, "2026-04", "2026-06", of="H1") == ["645.00", "645.00"]


def test_a_household_in_a_place_without_a_pack_is_owed_nothing():
    facts: list[Any] = [fact for fact in family("H1", eva=0) if fact.kind != "residence"]
    facts.append(home("eva", region="520102", received="2026-03-01"))
    hub = Hub().hear(*facts, *accepted(facts))
    assert hub.said("benefits.adjustments") == []
    assert hub.items("proposals") == []


def test_an_award_that_ended_needs_a_new_application():
    """The income that ended it goes away again; nobody is taken in without applying."""
    rich = wage("ben", 5000, "2026-05-05")
    poor = wage("ben", 0, "2026-07-05", record="w2")
    hub = h0().hear(rich, *about_h0([rich], "2026-05-20", record="d2"))
    hub.hear(poor, *about_h0([poor], "2026-07-20", record="d3"))
    assert dibao(hub, "2026-05", "2026-06", "2026-08") == ["1035.00", "0.00", "0.00"]
    again = applies("h:H0", "dibao", "2026-08-02", record="a2")
    hub.hear(again, *about_h0([again], "2026-08-20", record="d4"))
    assert dibao(hub, "2026-08", "2026-09") == ["0.00", "1035.00"]


def test_an_award_that_ended_needs_a_new_application_also_where_there_were_two():
    second = applies("h:H0", "dibao", "2026-05-02", record="a2")
    rich, poor = wage("ben", 5000, "2026-06-05"), wage("ben", 0, "2026-07-05", record="w2")
    hub = h0().hear(second, *about_h0([second], "2026-05-10", record="d2"))
    hub.hear(rich, *about_h0([rich], "2026-06-20", record="d3"), poor, *about_h0([poor], "2026-07-20", record="d4"))
    assert dibao(hub, "2026-06", "2026-07", "2026-08") == ["1035.00", "0.00", "0.00"]


def test_the_place_of_the_dead_stays_the_widows():
    facts = [fact for fact in family("H1", eva=0, fay=0) if (fact.subject, fact.kind) != ("p:fay", "residence")]
    stranger = [home("dora", area="RURAL", received="2026-03-01"), member("dora", "H1", received="2026-05-01")]
    hub = Hub().hear(*facts, *accepted(facts), *stranger, death("eva", "2026-05-15"))
    assert dibao(hub, "2026-05", "2026-06", of="H1") == ["1290.00", "645.00"]


def test_a_head_who_is_registered_late_in_the_country_is_heard_before_a_decrease():
    """Both lived by fay's place in town; eva's own comes in August, valid since 2020, and the runs since April were paid."""
    facts = [fact for fact in family("H1", eva=0, fay=0) if (fact.subject, fact.kind) != ("p:eva", "residence")]
    hub = Hub().hear(*facts, *accepted(facts)).pay("2026-04", "2026-05", "2026-06", "2026-07")
    hub.hear(home("eva", area="RURAL", received="2026-08-20"))
    assert dibao(hub, "2026-04", "2026-09", of="H1") == ["1290.00", "1290.00"]
