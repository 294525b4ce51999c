"""Ids from content, subjects, refusals."""

import pytest

from benefit_hub.values.ids import content_id, household_subject, is_person, is_solo, solo_household
from benefit_hub.values.refusal import CODES, Refusal


def test_an_id_is_the_same_for_the_same_and_keeps_the_borders_of_its_parts():
    assert content_id("a", 1) == content_id("a", "1")
    assert content_id("ab", "c") != content_id("a", "bc")
    assert content_id("a", "") != content_id("a")
    assert len(content_id("a")) == 32


def test_an_id_keeps_its_borders_whatever_the_parts_hold():
    assert content_id("a\0b") != content_id("a", "b")


def test_subjects_tell_what_they_are():
    household, alone = household_subject("H7"), solo_household("p:00ff")
    assert (household, alone) == ("h:H7", "s:00ff")
    assert [is_person(each) for each in ("p:00ff", household, alone)] == [True, False, False]
    assert [is_solo(each) for each in ("p:00ff", household, alone)] == [False, False, True]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_both_languages(code):
    refusal = Refusal(code, "payload.amount_fen", "an amount", "Send it again.")
    assert refusal.english == f"{code}: field payload.amount_fen: expected an amount. Send it again."
    assert refusal.chinese == f"字段 payload.amount_fen：{CODES[code]}"
    assert Refusal(code, "", "a record", "").chinese == CODES[code]
