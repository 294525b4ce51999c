"""What a kind of fact can cause is what rules and packs have of it."""

import ast
from pathlib import Path

from benefit_hub import register
from benefit_hub.catalogue.kinds import BELONGING, kinds_of, titles
from benefit_hub.messages import departments
from benefit_hub.messages.departments import KINDS
from tests.checkout import catalogue

CATALOGUE = catalogue()
FOUND = {kind.name: kind for kind in kinds_of(CATALOGUE)}
REGISTER_MOVES_NOBODY_BY = {"decision", "death", "residence", "relation"}
"""Decisions let memberships count, of deaths and residences register only tells; a relation tells the dependant's record."""


def test_a_death_acts_by_itself_but_for_the_survivors_of_a_household() -> None:
    death = FOUND["death"].moves
    assert "重度残疾人护理补贴" in death["AUTOMATIC"]
    assert "最低生活保障" in death["DEPENDS"], "since July 2026 a decrease needs a hearing"


def test_a_wage_is_proposed_and_says_nothing_to_who_is_cared_for() -> None:
    moves = FOUND["wage"].moves
    assert set(moves) == {"PROPOSED"}
    assert "最低生活保障" in moves["PROPOSED"]
    assert "重度残疾人护理补贴" not in moves["PROPOSED"]


def test_what_no_rule_looks_at_moves_nothing() -> None:
    assert FOUND["contact_lost"].moves == {}
    assert not FOUND["contact_lost"].finds
    assert not FOUND["contact_lost"].warns


def test_a_car_is_no_stop_and_starts_a_verification() -> None:
    assert FOUND["vehicle"].moves == {}
    assert FOUND["vehicle"].warns


def test_somebody_is_found_by_the_watch_list() -> None:
    assert FOUND["watch_list"].finds
    assert FOUND["watch_list"].moves == {}


def test_every_programme_follows_who_belongs_where() -> None:
    for kind in BELONGING:
        assert {title for moved in FOUND[kind].moves.values() for title in moved} == titles(CATALOGUE)


def test_every_kind_by_which_register_tells_people_apart_is_named() -> None:
    types = {each.__name__: kind for each, kind in KINDS.items()}
    files = Path(register.__file__).parent.glob("*.py")
    imported = {
        types[name.name]
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == departments.__name__
        for name in node.names
        if name.name in types
    }
    assert imported - REGISTER_MOVES_NOBODY_BY == BELONGING


def test_needed_fields_are_those_of_the_kind_alone() -> None:
    assert FOUND["wage"].needed == ("pay_period", "employer", "amount_fen | year_to_date_fen")
    assert FOUND["death"].needed == ()


def test_every_kind_has_a_chinese_name() -> None:
    assert [kind.name for kind in FOUND.values() if not kind.title] == []
