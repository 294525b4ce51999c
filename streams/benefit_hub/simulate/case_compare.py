"""What a case expects against what came of it: the differences, in words."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from msgspec import Struct, structs

from benefit_hub.simulate.case_seen import ByMonth, Line, Seen
from benefit_hub.simulate.expected import Expected, Headed
from benefit_hub.values.money import yuan_text

AMOUNTS = {"before", "after", "arrears", "receivable", "paid", "computed"}
OF_MONEY = ("adjustments", "proposals")
TO_WRITE = {
    "BAD_DATE": "：日期写作 2026-07-20",
    "FUTURE_DATE": "：该日晚于收到的那一天，请改日期，或改本行的收到日",
}
"""What is written instead of what a department would be refused."""
HAPPENINGS = ("adjustments", "proposals", "leads", "tasks")


class Difference(Struct, frozen=True):
    """One thing that is not as expected, in words; of what goes by months (`2026-04`) the first that differs, or for which
    more is said than was expected. `of` says whose benefit it is (`H0 dibao`), `months` whose amounts are explained by
    `because`, in lines, and with `paid` what makes up the sums that were paid in them."""

    text: str
    since: str | None = None
    of: str = ""
    months: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    paid: bool = False


def differences(expected: Expected, seen: Seen) -> list[Difference]:
    """Everything that is not as expected; empty where all is."""
    return [
        *by_month("amounts", in_yuan(expected.amounts), seen.amounts, complete=True),
        *map(paid, by_month("pay runs", in_yuan(expected.pay_runs), seen.pay_runs, complete=True, listed_first=True)),
        *by_month("status", expected.status, seen.statuses, complete=False),
        *lines("adjustments", expected.adjustments, seen, ordered=True),
        *lines("proposals", expected.proposals, seen),
        *lines("leads", expected.leads, seen),
        *lines("tasks", expected.tasks, seen),
        *(refused(seen) if expected.receipts is None else lines("receipts", expected.receipts, seen)),
        *lines("reconciliation", expected.reconciliation, seen),
        *map(Difference, single("class", expected.computed_class, seen.classes)),
        *map(Difference, persons(expected, seen)),
        *(nothing(seen) if expected.nothing_happens else ()),
    ]


def in_yuan(expected: Mapping[str, Mapping[str, int]] | None) -> dict[str, ByMonth] | None:
    """Fen by month as the words of a case."""
    if expected is None:
        return None
    return {who: {at: yuan_text(fen) for at, fen in months.items()} for who, months in expected.items()}


def by_month(
    kind: str,
    expected: Mapping[str, Mapping[str, str]] | None,
    seen: Mapping[str, ByMonth],
    *,
    complete: bool,
    listed_first: bool = False,
) -> Iterator[Difference]:
    """Amounts or statuses by month; where they are complete, nobody else may have any. What is explained are the months in
    their order, or with `listed_first` those that were listed, if any."""
    if expected is None:
        return
    for who in sorted({*expected, *(seen if complete else ())}):
        wanted, got = expected.get(who, {}), seen.get(who, {})
        other = [
            at for at in {*wanted, *got} if at not in wanted or at not in got or plain(wanted[at]) != plain(got[at])
        ]
        if other:
            told = f"{kind} of {who}: expected {months_text(wanted)}; got {months_text(got)}"
            more = wanted.keys().isdisjoint(other)  # what is expected is so, and more is said later
            listed = sorted(set(other) & wanted.keys()) if listed_first else []
            yield Difference(told, since=min(other) if more else None, of=who, months=tuple(listed or sorted(other)))


def paid(difference: Difference) -> Difference:
    """A difference of pay runs: what was paid is a sum."""
    return structs.replace(difference, paid=True)


def months_text(months: Mapping[str, str]) -> str:
    """`2026-04: 1035.00, 2026-06: 590.00`."""
    return ", ".join(f"{at}: {said}" for at, said in sorted(months.items())) or "nothing"


def lines(kind: str, expected: Iterable[Headed] | None, seen: Seen, *, ordered: bool = False) -> Iterator[Difference]:
    """A complete list of lines against what was said; in the order of one beneficiary where that is `ordered`."""
    if expected is None:
        return
    wanted = [(each.of, words(each)) for each in expected]
    got = seen.lists[kind]
    for who in dict.fromkeys([who for who, _ in [*wanted, *got]]):
        left = [line for of, line in wanted if of == who]
        right = [line for of, line in got if of == who]
        since = more_since(left, right, ordered=ordered)
        if not ordered:
            left, right = unmatched(left, right)
        for one, other in zip_longest(left, right):
            for told in line_differences(f"{kind} of {who}", one, other):
                yield Difference(told, since, *about(kind, who, other or one or {}))


def more_since(wanted: list[Line], got: list[Line], *, ordered: bool) -> str | None:
    """The first month of the lines that are too many, where nothing else is wrong and each of them has one."""
    missing, more = unmatched(wanted, got)
    rest = [line for line in got if not any(line is each for each in more)]
    if missing or (ordered and not all(map(fits, wanted, rest))):
        return None
    return min(map(month_of_line, more), default="") or None


def month_of_line(line: Line) -> str:
    """The first month for which a line changes anything; empty where it says none."""
    return line.get("reaches back to") or line.get("from") or ""


def about(kind: str, who: str, line: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Whose benefit a line is about, where it is, and the months whose amounts made it so; proposals explain themselves."""
    months = (line[key] for key in ("reaches back to", "from") if line.get(key))
    return who if kind in OF_MONEY else "", tuple(dict.fromkeys(months)) if kind == "adjustments" else ()


def words(line: Headed) -> dict[str, Any]:
    """The words of an expected line by their keys: those that were written, and sums that are 0 unless written."""
    said: dict[str, Any] = {"": line.what}
    for name, field in type(line).model_fields.items():
        value = getattr(line, name)
        key = field.alias or name
        if name in ("of", "what") or value is None or value == []:
            continue
        said[key] = yuan_text(value) if key in AMOUNTS else value if key == "says" else str(value)
    return said


def unmatched(left: list[Line], right: list[Line]) -> tuple[list[Line], list[Line]]:
    """What remains of both after those that fit each other are taken away."""
    rest = list(right)
    missing = []
    for one in left:
        fitting = next((other for other in rest if fits(one, other)), None)
        if fitting is None:
            missing.append(one)
        else:
            rest = [other for other in rest if other is not fitting]
    return missing, rest


def fits(wanted: Mapping[str, Any], got: Line) -> bool:
    """Whether a line is as expected."""
    return not any(word_differences(wanted, got))


def line_differences(whose: str, wanted: Mapping[str, Any] | None, got: Line | None) -> Iterator[str]:
    """What is missing, what is too much, or what is otherwise in a line."""
    if wanted is None:
        yield f"{whose}: unexpected: {line_text(got or {})}"
    elif got is None:
        yield f"{whose}: expected, and missing: {line_text(wanted)}"
    else:
        told = "; ".join(word_differences(wanted, got))
        if told:
            yield f"{whose}: {told}"


def word_differences(wanted: Mapping[str, Any], got: Line) -> Iterator[str]:
    """Word by word."""
    for key, value in wanted.items():
        if key == "says":
            for part in value:
                if part not in got["says"]:
                    yield f"expected the reason to say {part}; it says {got['says'] or 'nothing'}"
        elif plain(value) != plain(got[key]):
            yield f"expected {key} {value}, got {got[key]}".replace("  ", " ")


def line_text(line: Mapping[str, Any]) -> str:
    """A line in one row; the explanation is left out."""
    return ", ".join(
        f"{key} {value}".strip() for key, value in line.items() if key != "says" and value not in ("none", "None")
    )


def single(kind: str, expected: Mapping[str, str], seen: Mapping[str, str]) -> Iterator[str]:
    """One word for each of those named."""
    for who, wanted in expected.items():
        got = seen.get(who, "none")
        if plain(wanted) != plain(got):
            yield f"{kind} of {who}: expected {wanted}, got {got}"


def persons(expected: Expected, seen: Seen) -> Iterator[str]:
    """What the register holds of people."""
    for who, each in expected.persons.items():
        wanted = {
            field.alias or name: str(getattr(each, name))
            for name, field in type(each).model_fields.items()
            if name in each.model_fields_set
        }
        got = seen.persons.get(who)
        yield from line_differences(f"register of {who}", wanted, got)


def nothing(seen: Seen) -> Iterator[Difference]:
    """Nothing may have been said since the opening."""
    for kind in HAPPENINGS:
        for who, line in seen.lists[kind]:
            told = f"expected that nothing happens; {kind} of {who}: {line_text(line)}"
            yield Difference(told, month_of_line(line) or None, *about(kind, who, line))


def refused(seen: Seen) -> Iterator[Difference]:
    """What a department was told is wrong, where a case says nothing of receipts: it would be as if never said."""
    for name, line in seen.lists["receipts"]:
        if line[""] == "REFUSED":
            told = f"未采用：{name} 被拒绝（{line['code']}，{line['field']}）{TO_WRITE.get(line['code'], '')}。"
            told += f"receipts of {name}: {line_text(line)}; where that is meant, expect it under `receipts`"
            yield Difference(told)


def plain(word: object) -> str:
    """A word without the marks of a code: `VERIFY_AFTER_DEATH` is `verify after death`."""
    return str(word).lower().replace("_", " ")
