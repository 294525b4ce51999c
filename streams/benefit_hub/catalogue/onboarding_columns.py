"""A column for each field of a fact, as a department may have it: what it is in Avro, how it is mapped, and a sample of both.

The samples are written here by hand, so that what the mapping makes of them is not taken from the mapping.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from benefit_hub.catalogue.conventions import named_types, term_and_explanation
from benefit_hub.catalogue.mapping_targets import Target
from benefit_hub.catalogue.whole import Catalogue
from benefit_hub.messages.departments import Payload

PERSONS = ("990101197901011018", "990101198803120020")
"""Invented people: no region has the code 990101."""

ENVELOPE_NAMES = {
    "record_id": "row_no",
    "revision": "row_version",
    "retracted": "deleted",
    "valid_from": "begins",
    "valid_to": "ends",
    "recorded_at": "updated",
    "id_number": "id_card",
}
_TERMS = {
    "record_id": "行号",
    "revision": "行版本",
    "retracted": "删除标志",
    "valid_from": "开始日期",
    "valid_to": "截止日期",
    "recorded_at": "更新时间",
    "id_number": "公民身份号码",
}
_UNITS = {"fen": ("yuan", "1234.50", 123450), "months": ("months", "18", 18), "dm2": ("square-metres", "89.45", 8945)}


class Column(Struct, frozen=True):
    """One field: of the schema, its rule in the mapping, what is sent in the example and what the fact then holds."""

    field: Mapping[str, Any]
    rule: Mapping[str, Any]
    sent: Any
    fact: Any

    @property
    def name(self) -> str:
        """The department's name of it."""
        return str(self.field["name"])


def columns(fields: Mapping[str, Target], payload: type[Payload], terms: Mapping[str, str]) -> dict[str, Column]:
    """A column for every field of a fact that a department may fill, by the field of the fact."""
    skipped = {"previous_id_number", *payload.either[1:]}
    skipped |= {"household_id"} if payload.about.or_household else set()
    skipped |= {"valid_to"} if payload.happens else set()
    needed = ("id_number", *payload.either[:1])
    return {
        name: _column(target, terms.get(name) or _TERMS.get(name) or "字段", needed=target.needed or name in needed)
        for name, target in fields.items()
        if name not in skipped and target.form != "RECORD"
    }


def unspeakable(fields: Mapping[str, Target]) -> bool:
    """Whether a fact of the kind has something that no mapping can make."""
    listed = [target.item.form for target in fields.values() if target.item is not None]
    return "PERSON" in listed or any(target.form == "RECORD" and target.needed for target in fields.values())


def terms_of(catalogue: Catalogue, kind: str) -> dict[str, str]:
    """The Chinese terms of a kind's fields, and of the record itself as ``: from a schema that speaks of this kind already."""
    terms: dict[str, str] = {}
    sources = sorted(
        (each for each in catalogue.sources.values() if each.kind == kind), key=lambda each: each.rules is None
    )
    for source in sources:
        definition = catalogue.newest(source.topic).definition
        told = {
            field["name"]: term_and_explanation(field["doc"])[0]
            for _, record in named_types(definition)
            for field in record.get("fields", ())
        }
        if source.rules is not None:
            told = {rule.field: told[path] for rule in source.rules.rules for path in rule.sources[:1] if path in told}
        terms |= {**told, "": term_and_explanation(definition["doc"])[0]}
    return terms


def _column(target: Target, term: str, *, needed: bool) -> Column:
    match target.form:
        case "LIST":
            return _list(target, term, needed=needed)
        case "WORD":
            codes = {str(number): word for number, word in enumerate(target.words, 1)}
            told = f"{term}: by code, {', '.join(f'{code} {word}' for code, word in codes.items())}"
            return _made(f"{target.name}_code", told, {"codes": codes}, ("1", target.words[0]), needed=needed)
        case "FLAG":
            own = ENVELOPE_NAMES.get(target.name, f"{target.name}_flag")
            codes_of_flag = {"0": False, "1": True}
            return _made(own, f"{term}: 1 where it is so, else 0", {"codes": codes_of_flag}, ("0", False), needed=True)
        case "NUMBER":
            return _number(target, term, needed=needed)
        case "PERSON":
            own = ENVELOPE_NAMES.get(target.name, target.name.replace("id_number", "id_card"))
            person = PERSONS[0 if target.name == "id_number" else 1]
            return _made(
                own, f"{term}: identity number, 18 characters by GB 11643", {}, (person, person), needed=needed
            )
        case "MOMENT" | "MONTH" | "DAY" | "WHOLE_DAY":
            return _date(target, term, needed=needed)
    return _text(target, term, needed=needed)


def _date(target: Target, term: str, *, needed: bool) -> Column:
    own = ENVELOPE_NAMES.get(target.name, target.name)
    told = f"{term}: day written yyyyMMdd"
    if target.form == "MOMENT":
        pattern = "yyyy-MM-dd HH:mm:ss"
        sample = ("2026-03-16 09:30:00", 1773624600000)
        return _made(own, f"{term}: local time of this version, {pattern}", {"time": pattern}, sample, needed=needed)
    if target.form == "MONTH":
        return _made(own, f"{term}: month written yyyyMM", {"month": "yyyyMM"}, ("202603", "2026-03"), needed=needed)
    if target.name == "valid_to":
        told, rule = f"{term}: last day on which it is so, yyyyMMdd", {"date": "yyyyMMdd", "inclusive": True}
        return _made(own, told, rule, (None, None), needed=needed)
    if target.name == "valid_from":
        told = f"{term}: first day on which it is so, yyyyMMdd"
    return _made(own, told, {"date": "yyyyMMdd"}, ("20260301", "2026-03-01"), needed=needed)


def _text(target: Target, term: str, *, needed: bool) -> Column:
    own = ENVELOPE_NAMES.get(target.name, target.name)
    if own == "row_no":
        return _made(
            own, f"{term}: your own number of the row, never that of a person", {}, ("R-1001", "R-1001"), needed=True
        )
    sample = "990101" if target.name.endswith("region") else "A-7"
    return _made(own, f"{term}: text as you keep it", {}, (sample, sample), needed=needed)


def _number(target: Target, term: str, *, needed: bool) -> Column:
    if not target.measure:
        own = ENVELOPE_NAMES.get(target.name, target.name)
        told = f"{term}: counts the versions of the row" if own == "row_version" else f"{term}: whole number"
        value = target.numbers[0] if target.numbers else 1
        return _made(own, told, {}, (value, value), needed=needed, kind="long")
    unit, sent, fact = _UNITS[target.measure]
    own = target.name.removesuffix(f"_{target.measure}")
    told = f"{term}: number in {unit.replace('-', ' ')}, in digits"
    return _made(own, told, {"unit": unit}, (sent, fact), needed=needed)


def _list(target: Target, term: str, *, needed: bool) -> Column:
    item = target.item or target
    if item.form != "RECORD":
        inner = _column(item, term, needed=True)
        own, reading = target.name, {key: value for key, value in inner.rule.items() if key != "from"}
        one = _made(
            own, f"{inner.field['doc']}; several parted by semicolons", {}, (inner.sent, [inner.fact]), needed=needed
        )
        rule = {
            "each": own,
            **{key: value for key, value in one.rule.items() if key != "from"},
            "split": ";",
            **reading,
        }
        return Column(one.field, rule, one.sent, one.fact)
    inside = {name: _column(each, term, needed=each.needed) for name, each in item.fields.items()}
    record = {
        "type": "record",
        "name": "".join(part.capitalize() for part in target.name.split("_")) + "Row",
        "doc": f"{term}: one of those that the row lists",
        "fields": [each.field for each in inside.values()],
    }
    field = {"name": target.name, "type": {"type": "array", "items": record}, "doc": f"{term}: all that apply"}
    rule = {"each": target.name, "fields": {name: each.rule for name, each in inside.items()}}
    sent = [{each.name: each.sent for each in inside.values()}]
    return Column(field, rule, sent, [{name: each.fact for name, each in inside.items()}])


def _made(
    own: str, told: str, rule: Mapping[str, Any], sample: tuple[Any, Any], *, needed: bool, kind: str = "string"
) -> Column:
    """A column that is a single value; `sample` is what is sent and what the fact then holds."""
    if needed:
        return Column({"name": own, "type": kind, "doc": told}, {"from": own, **rule}, *sample)
    field = {"name": own, "type": ["null", kind], "default": None, "doc": f"{told}; empty where it is not known"}
    return Column(field, {"from": own, **rule, "optional": True}, *sample)
