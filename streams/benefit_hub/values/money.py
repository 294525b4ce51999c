"""Money: integer fen where it is paid, `Fraction` of a yuan where it is computed, never a float."""

import re
from fractions import Fraction
from math import gcd
from typing import NewType

Fen = NewType("Fen", int)

_YUAN = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")


def fen(yuan: str) -> Fen:
    """Read yuan such as `1035.00` or `70` exactly; raises ValueError for anything else."""
    if _YUAN.fullmatch(yuan) is None:
        raise ValueError(f"expected an amount in yuan like 1035.00, not {yuan!r}")
    return Fen(int(Fraction(yuan) * 100))


def yuan_text(amount: int) -> str:
    """Write fen as yuan with two decimals: 103500 is `1035.00`."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def signed_text(amount: int) -> str:
    """The same of a difference, which tells its sign: 103500 is `+1035.00`."""
    return f"+{yuan_text(amount)}" if amount > 0 else yuan_text(amount)


def half_up(yuan: Fraction) -> Fen:
    """Round a non-negative amount of yuan half up to the fen."""
    return half_up_ratio(yuan.numerator, yuan.denominator)


def half_up_ratio(yuan: int, parts: int) -> Fen:
    """The same of so many parts of a yuan, `parts` to the yuan."""
    return Fen((yuan * 200 + parts) // (parts * 2))


def ratio_text(value: int, parts: int) -> str:
    """Write value / parts in lowest terms, as a `Fraction` is written: `900`, `1799/2`."""
    common = gcd(value, parts)
    whole = parts // common
    return f"{value // common}" if whole == 1 else f"{value // common}/{whole}"
