"""People who exist nowhere: identity numbers of region 99 with right check characters, worked out without our code."""

from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number_of(index: int, born: date = date(1980, 5, 17)) -> str:
    """The identity number of somebody; up to a million of them."""
    first = f"99{index // 1000:04d}{born:%Y%m%d}{index % 1000:03d}"
    return first + "10X98765432"[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first, strict=True)) % 11]


def noon(day: str) -> int:
    """Noon of a day in Asia/Shanghai, in milliseconds since 1970."""
    return ((date.fromisoformat(day) - date(1970, 1, 1)).days * 24 + 4) * 3_600_000
