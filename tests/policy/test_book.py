"""The policy book: which pack, which amount in which month, which row of the effect table, and from which month."""

from datetime import date
from fractions import Fraction

import pytest
from msgspec import structs

from benefit_hub.policy.book import Book, effective_month
from benefit_hub.policy.standards import Dated, Standard
from benefit_hub.values.months import month, month_text
from tests.in_memory import demo_book

DIBAO = Standard(
    name="dibao",
    unit="MONTH",
    basis="exact",
    values=(Dated(month("2026-01"), "645.00"), Dated(month("2026-07"), "680.00")),
    clause="…",
    source="…",
    assumed=False,
)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@pytest.mark.parametrize(
    ("unit", "at", "yuan"),
    [
        ("MONTH", "2025-12", None),
        ("MONTH", "2026-01", Fraction(645)),
        ("MONTH", "2026-06", Fraction(645)),
        ("MONTH", "2026-07", Fraction(680)),
        ("MONTH", "2036-07", Fraction(680)),
        ("YEAR", "2026-01", Fraction(215, 4)),
        ("YEAR", "2026-07", Fraction(170, 3)),
    ],
)
def test_a_standard_has_the_value_of_its_month_and_a_yearly_one_a_twelfth_without_rounding(unit, at, yuan):
    assert structs.replace(DIBAO, unit=unit).per_month(month(at)) == yuan


@pytest.mark.parametrize(
    ("at", "lowered"),
    [
        ("2025-12", False),
        ("2026-01", False),
        ("2026-07", True),
        ("2026-08", True),
        ("2026-09", False),
        ("2026-10", False),
    ],
)
def test_a_standard_is_lowered_until_its_next_value_is_no_less(at, lowered):
    values = [("2026-01", "645.00"), ("2026-07", "600.00"), ("2026-09", "600.00"), ("2026-10", "610.00")]
    dated = tuple(Dated(month(since), yuan) for since, yuan in values)
    assert structs.replace(DIBAO, values=dated).lowered(month(at)) is lowered


def test_the_rural_standard_of_the_demonstration_is_a_twelfth_of_4318():
    assert demo_book().packs[0].standards["dibao_rural"].per_month(month("2026-05")) == Fraction(4318, 12)


@pytest.mark.parametrize(
    ("region", "name"),
    [("520102", "nation"), ("990101", "province"), ("990203", "city"), ("9902", "city"), ("", "nation")],
)
def test_the_pack_of_a_place_is_the_one_with_the_longest_prefix(region, name):
    pack = demo_book().packs[0]
    packs = [("nation", ""), ("city", "9902"), ("province", "99")]
    book = Book(
        packs=tuple(structs.replace(pack, name=told, region=prefix) for told, prefix in packs),
        membership_month="NEXT_MONTH_OF_DECISION",
        horizon_months=60,
    )
    found = book.pack(region)
    assert found is not None
    assert found.name == name


def test_a_place_without_a_pack_has_none():
    assert demo_book().pack("520102") is None


def test_a_book_is_named_by_what_it_says():
    pack = demo_book().packs[0]
    days = demo_book().working_days
    same = Book(packs=(pack,), membership_month="NEXT_MONTH_OF_DECISION", horizon_months=60, working_days=days)
    assert demo_book().digest() == same.digest()
    for other in (
        structs.replace(same, packs=(structs.replace(pack, materiality_fen=1),)),
        structs.replace(same, horizon_months=61),
    ):
        assert demo_book().digest() != other.digest()


# The house rules: what runs by itself, by programme, cause, direction and day of decision.
@pytest.mark.parametrize(
    ("programme", "cause", "direction", "on", "mode", "rule", "hearing"),
    [
        ("dibao", "death", "DECREASE", "2026-06-30", "AUTOMATIC", "NEXT_MONTH_OF_EVENT", False),
        ("dibao", "death", "DECREASE", "2026-07-01", "PROPOSED", "NEXT_MONTH_OF_DECISION", True),
        ("dibao", "death", "INCREASE", "2026-07-01", "AUTOMATIC", "NEXT_MONTH_OF_EVENT", False),
        ("dibao", "death", "CLOSE", "2026-07-01", "AUTOMATIC", "NEXT_MONTH_OF_EVENT", False),
        ("care_subsidy", "death", "CLOSE", "2026-07-01", "AUTOMATIC", "NEXT_MONTH_OF_EVENT", False),
        ("dibao", "wage", "DECREASE", "2026-06-30", "PROPOSED", "NEXT_MONTH_OF_DECISION", False),
        ("dibao", "wage", "DECREASE", "2026-07-01", "PROPOSED", "NEXT_MONTH_OF_DECISION", True),
        ("dibao", "wage", "CLOSE", "2026-07-01", "PROPOSED", "NEXT_MONTH_OF_DECISION", True),
        ("dibao", "wage", "INCREASE", "2026-07-01", "PROPOSED", "NEXT_MONTH_OF_DECISION", False),
        ("dibao", "application", "INCREASE", "2026-03-18", "PROPOSED", "NEXT_MONTH_OF_DECISION", False),
        ("care_subsidy", "application", "INCREASE", "2026-07-20", "PROPOSED", "APPLICATION_MONTH", False),
        ("care_subsidy", "certificate", "DECREASE", "2026-08-20", "AUTOMATIC", "NEXT_MONTH_OF_EVENT", False),
        ("dibao", "correction", "INCREASE", "2026-08-20", "AUTOMATIC", "MONTH_OF_RECORD", False),
        ("dibao", "correction", "DECREASE", "2026-06-30", "PROPOSED", "MONTH_OF_RECORD", False),
        ("dibao", "retraction", "DECREASE", "2026-07-01", "PROPOSED", "MONTH_OF_RECORD", True),
        ("old_age_allowance", "registration", "INCREASE", "2026-01-05", "AUTOMATIC", "EVENT_MONTH", False),
    ],
)
def test_what_runs_by_itself(programme, cause, direction, on, mode, rule, hearing):
    row = demo_book().packs[0].effect(programme, cause, direction, date.fromisoformat(on))
    assert (row.mode, row.month, row.hearing) == (mode, rule, hearing)


@pytest.mark.parametrize(
    ("since", "until", "on", "fits"),
    [
        (None, None, "2026-07-01", True),
        ("2026-07-01", None, "2026-06-30", False),
        ("2026-07-01", None, "2026-07-01", True),
        (None, "2026-06-30", "2026-06-30", True),
        (None, "2026-06-30", "2026-07-01", False),
        ("2026-07-01", "2026-07-31", "2026-07-31", True),
    ],
)
def test_a_row_holds_from_its_first_day_of_decision_through_its_last(since, until, on, fits):
    of_any = next(each for each in demo_book().packs[0].effects if each.programme == "*")
    row = structs.replace(of_any, decided_from=day(since), decided_until=day(until))
    assert row.fits("dibao", row.cause, row.direction, date.fromisoformat(on)) is fits
    assert not row.fits("dibao", "another", row.direction, date.fromisoformat(on))


def test_a_table_that_does_not_say_is_an_error_and_no_guess():
    silent = structs.replace(demo_book().packs[0], effects=())
    with pytest.raises(LookupError, match="no effect for dibao, wage, DECREASE"):
        silent.effect("dibao", "wage", "DECREASE", date(2026, 6, 1))


@pytest.mark.parametrize(
    ("rule", "event", "decided", "submitted", "holds_from"),
    [
        ("SAME_MONTH", "2026-01-10", "2026-03-18", None, "2026-03"),
        ("NEXT_MONTH_OF_EVENT", "2026-03-15", "2026-05-20", None, "2026-04"),
        ("NEXT_MONTH_OF_EVENT", "2026-12-31", "2027-01-20", None, "2027-01"),
        ("NEXT_MONTH_OF_DECISION", "2026-03-02", "2026-03-18", None, "2026-04"),
        ("NEXT_MONTH_OF_DECISION", "2026-03-02", "2026-03-31", None, "2026-04"),
        ("NEXT_MONTH_OF_DECISION", "2026-03-02", "2026-12-01", None, "2027-01"),
        ("NEXT_MONTH_OF_DECISION", "2026-06-01", "2026-03-18", None, "2026-06"),
        ("APPLICATION_MONTH", "2026-04-10", "2026-07-20", "2026-07-05", "2026-07"),
        ("APPLICATION_MONTH", "2026-04-10", "2026-07-20", None, "2026-04"),
        ("EVENT_MONTH", "2026-03-31", "2026-05-20", None, "2026-03"),
        ("MONTH_OF_RECORD", "2026-03-31", "2026-05-20", None, "2026-03"),
    ],
)
def test_from_which_month_a_change_holds(rule, event, decided, submitted, holds_from):
    found = effective_month(rule, date.fromisoformat(event), date.fromisoformat(decided), day(submitted))
    assert month_text(found) == holds_from


@pytest.mark.parametrize(
    ("basis", "known", "assumed", "doubt"),
    [
        ("exact", True, False, None),
        ("average", True, False, "average"),
        ("floor", True, False, "floor"),
        ("exact", False, False, "outdated"),
        ("floor", False, False, "outdated"),
        ("average", True, True, None),
    ],
)
def test_nothing_is_paid_from_a_figure_that_is_nobodys_standard_unless_that_is_assumed(basis, known, assumed, doubt):
    values = (Dated(month("2026-01"), "645.00", known=known),)
    standard = structs.replace(DIBAO, basis=basis, assumed=assumed, values=values)
    assert standard.doubt(month("2026-03")) == doubt


def test_an_amount_is_in_doubt_from_the_month_in_which_it_was_raised_to_nobody_knows_what():
    values = (Dated(month("2026-01"), "645.00"), Dated(month("2026-07"), "645.00", known=False))
    standard = structs.replace(DIBAO, values=values)
    assert [standard.doubt(month(at)) for at in ("2025-12", "2026-06", "2026-07")] == [None, None, "outdated"]


def test_a_programme_has_the_version_of_its_month():
    now = demo_book().packs[0].programmes["margin"]
    before = structs.replace(now, factor="2", standards={"URBAN": "old"}, until=month("2026-07"))
    programme = structs.replace(now, earlier=(before,))
    assert [programme.at(month(at)).factor for at in ("2014-01", "2026-06", "2026-07")] == ["2", "2", "3/2"]
    assert programme.turns == (month("2026-07"),)
    assert programme.uses == ("dibao_rural", "dibao_urban", "old")


def test_a_new_law_concerns_a_programme_also_where_only_an_earlier_version_of_it_uses_the_standard():
    pack = demo_book().packs[0]
    margin = pack.programmes["margin"]
    before = structs.replace(margin, standards={"URBAN": "living", "RURAL": "living"}, until=month("2026-07"))
    old = structs.replace(pack, programmes={**pack.programmes, "margin": structs.replace(margin, earlier=(before,))})
    values = (Dated(month("2016-01"), "61.00"),)
    living = structs.replace(pack.standards["living"], values=values)
    new = structs.replace(old, standards={**old.standards, "living": living})
    assert new.changes(old) == frozenset({"living_subsidy", "margin"})


def test_a_value_rests_on_its_own_clause_and_those_before_on_theirs() -> None:
    raised = Dated(month("2026-07"), "680.00", clause="2026 notice")
    last = Dated(month("2027-04"), "700.00", source="2027")
    standard = structs.replace(DIBAO, values=(Dated(month("2026-01"), "645.00"), raised, last))
    told = [standard.at(month(each)) for each in ("2025-12", "2026-06", "2026-07", "2027-04")]
    assert [(each.clause, each.source) for each in told] == [
        (DIBAO.clause, DIBAO.source),
        (DIBAO.clause, DIBAO.source),
        ("2026 notice", DIBAO.source),
        ("2026 notice", "2027"),
    ]
