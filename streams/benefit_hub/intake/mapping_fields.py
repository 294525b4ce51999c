"""How one field of a fact is made out of a department's record: where the values stand, and what if they do not.

A reader takes a record of the source (or an item of a list in it) and gives a value, `LEFT_OUT`, or a refusal whose field
is the department's own.
"""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import structs

from benefit_hub.intake import mapping_values
from benefit_hub.intake.mapping_values import LEFT_OUT, RESEND, LeftOut, Reading
from benefit_hub.task.mapping import Choice, Coded, Day, Each, Flag, Instant, Rule, Several, Text, Value, Whole
from benefit_hub.values.refusal import Refusal

Made = Value | list[Any] | Refusal | LeftOut
Reader = Callable[[Any], Made]
Present = Callable[[Any], Any]
"""The value of a source, None where it holds nothing."""

_ITEM = "."


def reader(rule: Rule) -> Reader:
    """Makes the field that a rule is about."""
    match rule.how:
        case Each() as how:
            return _list_reader(rule, how)
        case Several() as how:
            return _group_reader(rule, how)
        case Whole() as how if len(rule.sources) > 1:
            return _sum_reader(rule, how)
        case Text() as how if len(rule.sources) > 1:
            return _join_reader(rule, how)
    if not rule.sources:
        return lambda _: rule.default
    (source,) = rule.sources
    return _single_reader(rule, source, _reading(rule, source))


def _reading(rule: Rule, source: str) -> Reading:
    """How the value of a rule's only source is read."""
    match rule.how:
        case Text() as how:
            return mapping_values.text_reading(how)
        case Whole() as how:
            return mapping_values.whole_reading(how, source)
        case Flag():
            return mapping_values.flag_reading(source)
        case Choice() as how:
            return mapping_values.choice_reading(how, source)
        case Coded() as how:
            return mapping_values.code_reading(how, source)
        case Day() as how:
            return mapping_values.day_reading(how, source)
        case Instant() as how:
            return mapping_values.instant_reading(how, source)
    raise TypeError(f"{type(rule.how).__name__} is no reading of one value")


def _getter(source: str) -> Present:
    """The value at a path, None where some record on the way is not there."""
    if source == _ITEM:
        return lambda item: item
    names = source.split(".")
    if len(names) == 1:
        return lambda body: body.get(source)

    def get(body: Any) -> Any:
        for name in names:
            if body is None:
                return None
            body = body.get(name)
        return body

    return get


def _present(rule: Rule, source: str) -> Present:
    """The value of a source without blanks around it, None where it holds nothing."""
    get = _getter(source)
    nothing = frozenset(("", *rule.nothing))

    def read(body: Any) -> Any:
        raw = get(body)
        if isinstance(raw, str):
            raw = raw.strip()
            return None if raw in nothing else raw
        return None if raw is None or (rule.nothing and str(raw) in nothing) else raw

    return read


def _empty(rule: Rule, source: str) -> Made:
    """What a field of the fact is where its source holds nothing."""
    match rule.otherwise:
        case "LEAVE_OUT":
            return LEFT_OUT
        case "DEFAULT":
            return rule.default
    return Refusal("MISSING_VALUE", source, "a value", RESEND)


def _single_reader(rule: Rule, source: str, reading: Reading) -> Reader:
    """Almost every field is read so; the record at hand is asked directly, because each call is paid per field and record."""
    present, empty = _present(rule, source), _empty(rule, source)
    if source == _ITEM or "." in source or rule.nothing:

        def read_anywhere(body: Any) -> Made:
            raw = present(body)
            return empty if raw is None else reading(raw)

        return read_anywhere

    def read(body: Any) -> Made:
        raw = body.get(source)
        if raw.__class__ is str:
            raw = raw.strip()
        return empty if raw is None or raw == "" else reading(raw)

    return read


def _join_reader(rule: Rule, how: Text) -> Reader:
    reading = mapping_values.text_reading(how)
    parts = [(source, _present(rule, source)) for source in rule.sources]

    def read(body: Any) -> Made:
        texts: list[str] = []
        for source, present in parts:
            raw = present(body)
            if raw is None:
                return _empty(rule, source)
            texts.append(reading(raw))
        return how.separator.join(texts)

    return read


def _sum_reader(rule: Rule, how: Whole) -> Reader:
    """The sum of what there is; nothing only where no source holds anything."""
    parts = [
        (_present(rule, source), mapping_values.number_reading(unit, source))
        for source, unit in zip(rule.sources, how.units, strict=True)
    ]

    def read(body: Any) -> Made:
        total: int | None = None
        for present, reading in parts:
            raw = present(body)
            if raw is None:
                continue
            value = reading(raw)
            if isinstance(value, Refusal):
                return value
            total = value + (total or 0)
        return _empty(rule, rule.sources[0]) if total is None else total

    return read


def _list_reader(rule: Rule, how: Each) -> Reader:
    (source,) = rule.sources
    present, items_of = _present(rule, source), _items(how)
    make = _item_maker(how.rules)

    def read(body: Any) -> Made:
        raw = present(body)
        if raw is None:
            return _empty(rule, source)
        made: list[Any] = []
        for index, item in enumerate(items_of(raw)):
            value = make(item)
            if isinstance(value, Refusal):
                inner = "" if value.field in ("", _ITEM) else f".{value.field}"
                place = source if how.split else f"{source}[{index}]{inner}"
                return structs.replace(value, field=place)
            made.append(value)
        return made

    return read


def _items(how: Each) -> Callable[[Any], Sequence[Any]]:
    if not how.split:
        return list
    return lambda text: [part.strip() for part in str(text).split(how.split) if part.strip()]


def _item_maker(rules: Sequence[Rule]) -> Callable[[Any], Any]:
    """Makes an item of a list: a record of the rules' fields, or the value of the only rule, if its field has no name."""
    readers = [(rule.field, reader(rule)) for rule in rules]

    def make(item: Any) -> Any:
        made: dict[str, Any] = {}
        for field, read in readers:
            value = read(item)
            if isinstance(value, Refusal):
                return value
            if value is not LEFT_OUT:
                made[field] = value
        return made.get("", made)

    return make


def _group_reader(rule: Rule, how: Several) -> Reader:
    empty = _empty(rule, how.groups[0][0].sources[0])
    groups = [
        (_item_maker(rules), [_present(each, source) for each in rules for source in each.sources])
        for rules in how.groups
    ]

    def read(body: Any) -> Made:
        made: list[Any] = []
        for make, sources in groups:
            if all(present(body) is None for present in sources):
                continue
            value = make(body)
            if isinstance(value, Refusal):
                return value
            made.append(value)
        return made or empty

    return read
