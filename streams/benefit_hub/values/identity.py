"""Identity numbers and the pseudonyms that stand for them.

A number of GB 11643-1999 has 17 digits and a check character by ISO 7064 MOD 11-2. Inside the hub a person is a keyed
HMAC of the number, so that nobody without the key can go back, and the same number always gives the same person.
"""

import hmac
import re
from datetime import date
from functools import lru_cache
from hashlib import sha256
from operator import mul

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_ZEROS = ord("0") * sum(_WEIGHTS)
"""What seventeen digits that are all 0 weigh as ASCII."""


def check_character(first_17: str) -> str:
    """The check character of the first 17 digits, which are ASCII."""
    return _CHECKS[(sum(map(mul, _WEIGHTS, first_17.encode("ascii"))) - _ZEROS) % 11]


def identity_fault(number: str) -> str | None:
    """What is wrong with an identity number, in words that do not repeat it; None where nothing is."""
    if _SHAPE.fullmatch(number) is None:
        return "18 characters: 17 digits and a check character (0-9 or X)"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "characters 7 to 14 as a birth date YYYYMMDD"
    if check_character(number[:17]) != number[17]:
        return "a check character that fits the 17 digits before it (ISO 7064 MOD 11-2)"
    return None


def pseudonym(key: bytes, number: str) -> str:
    """The person behind an identity number: `p:` and 128 bits of HMAC-SHA256 in hex."""
    digest = _of_persons(key).copy()  # half the time of beginning with the key each time
    digest.update(number.encode())
    return "p:" + digest.hexdigest()[:32]


@lru_cache(maxsize=4)
def _of_persons(key: bytes) -> hmac.HMAC:
    """The HMAC of every person, up to the number."""
    return hmac.new(key, b"person\0", sha256)


def key_check(key: bytes) -> str:
    """The check value of a pseudonym key, by which workers see that they share one."""
    return hmac.new(key, b"check", sha256).hexdigest()[:16]
