"""Identity numbers: the check of GB 11643, and pseudonyms. All numbers are of region 99, which exists nowhere."""

import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.values.identity import check_character, identity_fault, key_check, pseudonym

GOOD = "990101194607200017"
SEVENTEEN = st.text("0123456789", min_size=17, max_size=17)


def by_iso_7064(number: str) -> bool:
    """MOD 11-2 as the standard says it: the digits, weighted by powers of two from the right, are 1 modulo 11."""
    values = [10 if each == "X" else int(each) for each in number]
    return sum(value << (17 - index) for index, value in enumerate(values)) % 11 == 1


@settings(max_examples=40)
@given(SEVENTEEN)
def test_the_check_character_is_that_of_iso_7064(first):
    assert by_iso_7064(first + check_character(first))


SHAPE = "18 characters"
DATE = "birth date"
CHECK = "check character"


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (GOOD, None),
        ("99010119460720005X", None),
        ("99010119460720005x", SHAPE),
        (GOOD[:15], SHAPE),
        (GOOD + "0", SHAPE),
        ("", SHAPE),
        (" " + GOOD[:17], SHAPE),
        ("99010119460720O018", SHAPE),
        ("99010119461320001X", DATE),
        ("990101202502290010", DATE),
        ("990101000001010010", DATE),
        ("990101194607200018", CHECK),
        ("990101194607200107", CHECK),
        # the same digits in full width would be a second person, who is paid beside the first
        ("９９０１０１１９４６０７２０００１7", SHAPE),
    ],
)
def test_what_is_wrong_with_a_number(number, fault):
    found = identity_fault(number)
    assert found is None if fault is None else found is not None and fault in found


@pytest.mark.parametrize("at", range(18))
def test_no_single_wrong_digit_passes(at):
    for digit in set("0123456789") - {GOOD[at]}:
        assert identity_fault(GOOD[:at] + digit + GOOD[at + 1 :]) is not None


@pytest.mark.parametrize("at", range(17))
def test_no_two_neighbours_that_changed_places_pass(at):
    swapped = GOOD[:at] + GOOD[at + 1] + GOOD[at] + GOOD[at + 2 :]
    assert swapped == GOOD or identity_fault(swapped) is not None


@settings(max_examples=40)
@given(st.text(max_size=20))
def test_a_fault_never_repeats_the_number(number):
    fault = identity_fault(number)
    assert fault is None or len(number) < 6 or number not in fault


def test_a_pseudonym_is_a_keyed_hash_of_which_nobody_without_the_key_comes_back():
    key = b"k" * 32
    assert pseudonym(key, GOOD) == "p:" + hmac.digest(key, b"person\0" + GOOD.encode(), "sha256").hex()[:32]
    assert pseudonym(key, GOOD) == pseudonym(key, GOOD)
    assert pseudonym(key, GOOD) != pseudonym(b"l" * 32, GOOD)
    assert pseudonym(key, GOOD) != pseudonym(key, "99010119460720005X")


def test_the_check_value_tells_keys_apart_and_nothing_of_people():
    assert key_check(b"k" * 32) != key_check(b"l" * 32)
    assert key_check(b"k" * 32) not in pseudonym(b"k" * 32, "check")
