"""A mapping, read and checked: how a department's own record becomes a record as the hub agreed it, field by field.

What people write is YAML below `mappings/` (docs/mappings.md). The catalogue checks it against the department's schema and
the kind of fact, and resolves it to these values; intake applies them. A field of the source is told by its path, with dots
between a record and its fields; inside a list the path begins at the item, and `.` is the item itself.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Value = str | int | bool | None
"""What a code, a constant or a default may be."""


UnitName = Literal["fen", "jiao", "yuan", "ten-thousand-yuan", "months", "years", "square-metres"]


class Unit(Struct, frozen=True):
    """What a number of a department counts in: the measure, and how many of ours one of it is. `chinese` is its name."""

    measure: str
    factor: int
    chinese: str


UNITS: Mapping[UnitName, Unit] = {
    "fen": Unit("fen", 1, "分"),
    "jiao": Unit("fen", 10, "角"),
    "yuan": Unit("fen", 100, "元"),
    "ten-thousand-yuan": Unit("fen", 1_000_000, "万元"),
    "months": Unit("months", 1, "个月"),
    "years": Unit("months", 12, "年"),
    "square-metres": Unit("dm2", 100, "平方米"),
}
"""Units by the name that a mapping uses. The measure is the end of the name of the fact field: `amount_fen`, `term_months`."""

LEAST: Mapping[str, tuple[str, str]] = {
    "fen": ("fen", "分"),
    "months": ("month", "月"),
    "dm2": ("hundredth of a square metre", " 0.01 平方米"),
}
"""Of what a number may hold no part, by measure, in English and in Chinese."""


class Text(Struct, frozen=True):
    """A text as it came, without blanks around it; several sources are joined.

    `first` keeps so many characters of it; `upper` is for identity numbers, whose last character is often sent as `x`.
    """

    separator: str = "/"
    first: int | None = None
    upper: bool = False


class Whole(Struct, frozen=True):
    """A whole number: the sum of its sources, each in its unit (None where it is a mere number).

    A source may be a number or its digits, with decimals where these come out even. `allowed` lists the numbers that the
    fact field may hold, where it is not any.
    """

    units: tuple[UnitName | None, ...] = (None,)
    allowed: tuple[int, ...] = ()


class Flag(Struct, frozen=True):
    """Yes or no, as Avro says it."""


class Choice(Struct, frozen=True):
    """One of the words that the fact field may hold, which the source uses too."""

    allowed: tuple[str, ...]


class Coded(Struct, frozen=True):
    """A code of the source and what it means to us. A code that is not in the table is refused, unless `known` is false:
    then it means `otherwise`."""

    table: tuple[tuple[str, Value], ...]
    known: bool = True
    otherwise: Value = None


class Day(Struct, frozen=True):
    """A day, or a month where `month_only`, written as `pattern` says.

    With `inclusive` the source says the last day (or month) on which something is true, and the fact the first on which it
    is no longer.
    """

    pattern: str
    month_only: bool = False
    inclusive: bool = False


class Instant(Struct, frozen=True):
    """A moment in milliseconds since 1970, from text in the time of Asia/Shanghai, or from seconds or milliseconds."""

    pattern: str


class Each(Struct, frozen=True):
    """A list: an item for each one of the source, which is a list, or a text cut at `split`.

    An item is a record of the fact if there are several `rules`, or the value of the only one, whose field is then ``.
    """

    rules: tuple["Rule", ...]
    split: str = ""


class Several(Struct, frozen=True):
    """A list out of repeated fields (`kind_1`, `level_1`, `kind_2` …): a group of rules for each item.

    A group whose sources all hold nothing is no item.
    """

    groups: tuple[tuple["Rule", ...], ...]


How = Text | Whole | Flag | Choice | Coded | Day | Instant | Each | Several
Otherwise = Literal["REFUSE", "LEAVE_OUT", "DEFAULT"]


class Rule(Struct, frozen=True, kw_only=True):
    """How one field of the fact is made from the source. Without sources it is always `default`, a constant.

    Where the sources hold nothing (null, blanks, or one of `nothing`), `otherwise` says what then.
    """

    field: str
    sources: tuple[str, ...] = ()
    how: How = Text()
    nothing: tuple[str, ...] = ()
    otherwise: Otherwise = "REFUSE"
    default: Value = None


class TopicMapping(Struct, frozen=True, cache_hash=True, kw_only=True):
    """The mapping of one topic: a rule for each field of the envelope and of the payload that the department fills.

    With `per_day` the fact's `valid_from` is added to its record id: of a row that is overwritten while the world changes,
    every first day is a record of its own. `defaults` are fields that records of older versions of the schema lack, with what
    stands for them.
    """

    topic: str
    version: int
    kind: str
    rules: tuple[Rule, ...]
    per_day: bool = False
    defaults: tuple[tuple[str, Value], ...] = ()
