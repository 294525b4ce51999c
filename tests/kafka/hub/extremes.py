"""Values that nobody means, for every type that a schema may give a field."""

from datetime import date
from random import Random
from typing import Any

from tests.kafka.hub.people import number_of

SOMEBODY = number_of(99)
FULL_WIDTH = "".join(chr(ord(digit) + 0xFEE0) for digit in SOMEBODY[:17]) + SOMEBODY[17]
TEXTS = [
    "", " ", "\t\n", "\0", "a\0b", "\ufeff", "\u202etxet", "é́́", "👨‍👩‍👧", "𝟗𝟗𝟎", "\U0010ffff", "\uffff", "长" * 4_001,
    "x" * 30_000,
    "null", "None", "NaN", "Infinity", "-inf", "true", "[]", "{}", "'; drop table shown; --", "../../etc/passwd", "%s%n", "${x}",
    "0", "-0", "-1", "+5", "1e400", "0x10", "1,000", "1.005", "１２", "٣", "1/0", "0/5", "9" * 400, "-" + "9" * 17, ".5", "5.",
    "2026-02-30", "2026-13", "2026-00", "0000-00-00", "0000", "0001-01-01", "1879-12-31", "9999-12-31", "9999-12", "10000-01-01",
    "2026-1-1", "20260230", "20261301", "99991231", "00000101", "2026/06/31 00:00:00", "2026-06-30 24:00:00",
    "2026-06-30 23:59:60",
    "9999-12-31 23:59:59", "0001-01-01 00:00:00", "2026-06-30T00:00:00Z", "２０２６-０６-０１", "2026年2月30日",
    "202600", "2028-02-29",
    "2026-06-30", "2026-07-01", "2026-07-02", "1880-01-01", "2026", "253402300799000", "-1", "1779265200", "99999999999999999",
    SOMEBODY, SOMEBODY.lower(), f" {SOMEBODY}", f"{SOMEBODY} ", f"of {SOMEBODY}.", FULL_WIDTH, SOMEBODY[:17], SOMEBODY[:17] + "Y",
    f"{SOMEBODY[:6]} {SOMEBODY[6:14]} {SOMEBODY[14:]}", "000000000000000000", "99010119000230000X", "p:" + "0" * 32, "h:H1", "s:",
    "control:1", "control\0state", "H1", "UNKNOWN",
]  # fmt: skip
WHOLE = [0, 1, -1, 2, 99, 10**12, 10**12 + 1, 2**31 - 1, -(2**31)]
LONG = [*WHOLE, 2**53 + 1, 2**63 - 1, -(2**63), 253_370_764_800_000, 253_402_300_800_000, -62_135_596_800_001, 2**31]
DAYS = [date.min, date.max, date(2026, 2, 28), date(2026, 7, 1), 2**31 - 1, -(2**31), 0]


def extreme(kind: Any, chance: Random) -> Any:
    """Some value of an Avro type."""
    if isinstance(kind, list):
        return extreme(chance.choice(kind), chance)
    if isinstance(kind, str):
        return _plain(kind, chance)
    match kind["type"]:
        case "enum":
            return chance.choice(kind["symbols"])
        case "array":
            return [extreme(kind["items"], chance) for _ in range(chance.choice([0, 1, 2, 40]))]
        case "map":
            return {chance.choice(TEXTS): extreme(kind["values"], chance)}
        case "record":
            return {field["name"]: extreme(field["type"], chance) for field in kind["fields"]}
    return chance.choice(DAYS) if kind.get("logicalType") == "date" else extreme(kind["type"], chance)


def _plain(kind: str, chance: Random) -> Any:
    values: dict[str, list[Any]] = {
        "null": [None],
        "boolean": [True, False],
        "int": [each for each in WHOLE if abs(each) <= 2**31 - 1 or each == -(2**31)],
        "long": LONG,
        "string": TEXTS,
        "float": [0.0, float("nan"), float("inf"), -1e38],
        "double": [0.0, float("nan"), float("inf"), -1e308],
        "bytes": [b"", b"\xff\xfe", b"9" * 20_000],
    }
    return chance.choice(values[kind])
