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
from typing import Any

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_BLOCK = 64
"""SHA-256 takes so many bytes at a time."""
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
    begun_inner, begun_outer = _of_persons(key)  # a third of the time of a new HMAC each time
    inner, outer = begun_inner.copy(), begun_outer.copy()
    inner.update(number.encode())
    outer.update(inner.digest())
    person: str = outer.hexdigest()[:32]
    return "p:" + person


@lru_cache(maxsize=4)
def _of_persons(key: bytes) -> tuple[Any, Any]:
    """The two hashes of which the HMAC of every person consists (RFC 2104), up to the number."""
    block = (key if len(key) <= _BLOCK else sha256(key).digest()).ljust(_BLOCK, b"\0")
    return sha256(bytes(each ^ 0x36 for each in block) + b"person\0"), sha256(bytes(each ^ 0x5C for each in block))


def key_check(key: bytes) -> str:
    """The check value of a pseudonym key, by which workers see that they share one."""
    return hmac.new(key, b"check", sha256).hexdigest()[:16]
