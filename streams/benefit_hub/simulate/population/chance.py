"""Chance that repeats: numbers that follow from a name alone, the same on every machine and under every Python."""

from bisect import bisect_right
from collections.abc import Iterable
from fractions import Fraction
from hashlib import sha512
from itertools import accumulate
from math import lcm
from typing import Generic, TypeVar

T = TypeVar("T")

_BLOCK = 1 << 512
_SPARE = 1 << 40
"""So much of a block stays unused that no number of a draw is likelier than another by more than one part in it."""


class Odds(Generic[T]):
    """Several answers with their weights: positive whole numbers, or fractions, which are brought to one denominator."""

    def __init__(self, weights: Iterable[tuple[T, int | Fraction]]) -> None:
        rows = [(answer, Fraction(weight)) for answer, weight in weights]
        parts = lcm(*(weight.denominator for _, weight in rows))
        self.answers = tuple(answer for answer, _ in rows)
        self.bounds = tuple(accumulate(int(weight * parts) for _, weight in rows))


class Chance:
    """One stream of numbers, hashed from its name block by block."""

    __slots__ = ("_blocks", "_name", "_pool", "_room")

    def __init__(self, name: str) -> None:
        self._name = name.encode()
        self._blocks = 0
        self._pool = 0
        self._room = 0

    def below(self, n: int) -> int:
        """A number from 0 to n - 1."""
        if self._room < n * _SPARE:
            self._pool = int.from_bytes(sha512(b"%d/%b" % (self._blocks, self._name)).digest(), "big")
            self._blocks += 1
            self._room = _BLOCK
        self._room //= n
        self._pool, found = divmod(self._pool, n)
        return found

    def between(self, least: int, most: int) -> int:
        """A number from the least to the most, both among them."""
        return least + self.below(most - least + 1)

    def happens(self, share: Fraction) -> bool:
        """Yes, in this share of all draws."""
        return self.below(share.denominator) < share.numerator

    def pick(self, odds: Odds[T]) -> T:
        """One of several answers, by their weights."""
        return odds.answers[bisect_right(odds.bounds, self.below(odds.bounds[-1]))]
