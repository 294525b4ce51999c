"""Money by hand."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.values.money import fen, half_up, ratio_text, signed_text, yuan_text


@pytest.mark.parametrize(
    ("yuan", "amount"),
    [("1035.00", 103500), ("70", 7000), ("0.5", 50), ("0.05", 5), ("-1.05", -105), ("0", 0), ("4318.00", 431800)],
)
def test_yuan_are_read_exactly(yuan, amount):
    assert fen(yuan) == amount


@pytest.mark.parametrize("yuan", ["1.005", "1,000", "1e3", "NaN", "", "¥5", ".5", "5.", "--5", "1035.00\n"])
def test_what_is_no_amount_is_not_read(yuan):
    with pytest.raises(ValueError, match="expected an amount in yuan"):
        fen(yuan)


@pytest.mark.parametrize(
    ("amount", "yuan"), [(103500, "1035.00"), (5, "0.05"), (0, "0.00"), (-5, "-0.05"), (-103501, "-1035.01")]
)
def test_fen_are_written_with_two_decimals(amount, yuan):
    assert yuan_text(amount) == yuan


@pytest.mark.parametrize(
    ("exact", "amount"),
    [
        (Fraction(2 * 4318, 12), 71967),
        (Fraction(4318, 12), 35983),
        (Fraction(645) * Fraction(36, 1000), 2322),
        (Fraction(1, 200), 1),
        (Fraction(1, 201), 0),
        (Fraction(3, 200), 2),
        (Fraction(0), 0),
    ],
)
def test_half_a_fen_goes_up(exact, amount):
    assert half_up(exact) == amount


@settings(max_examples=40)
@given(st.integers(0, 10**12))
def test_rounding_agrees_with_decimal(thousandths):
    cents = (Decimal(thousandths) / 10).quantize(Decimal(1), ROUND_HALF_UP)
    assert half_up(Fraction(thousandths, 1000)) == int(cents)


@settings(max_examples=40)
@given(st.integers(-(10**13), 10**13))
def test_what_was_written_reads_back(amount):
    assert fen(yuan_text(amount)) == amount


@pytest.mark.parametrize(
    ("value", "parts", "text"),
    [(90000, 100, "900"), (179900, 200, "1799/2"), (0, 500, "0"), (2, 3, "2/3"), (4, 6, "2/3"), (-3, 6, "-1/2")],
)
def test_a_ratio_is_written_in_lowest_terms(value, parts, text):
    assert ratio_text(value, parts) == text == str(Fraction(value, parts))


def test_a_difference_tells_its_sign() -> None:
    assert [signed_text(each) for each in (103_500, 1, 0, -5)] == ["+1035.00", "+0.01", "0.00", "-0.05"]
