"""One rule of a mapping, held against the source that it names and the field of the fact that it makes."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from benefit_hub.catalogue.mapping_files import RuleWritten, ValueWritten
from benefit_hub.catalogue.mapping_readings import CALLED, RuleFault, check_fits, check_source, how_read, says, unit_of
from benefit_hub.catalogue.mapping_sources import Source, SourceField
from benefit_hub.catalogue.mapping_targets import Target, TargetForm
from benefit_hub.task.mapping import Each, How, Otherwise, Rule, Several, UnitName, Whole

ITEM = "."
_MAKERS = ("from", "constant", "sum", "each", "several")
_READINGS = ("with", "first", "unit", "codes", "date", "month", "time", "inclusive")
_ALLOWED: Mapping[TargetForm, frozenset[str]] = {
    "TEXT": frozenset(("with", "first", "codes")),
    "WORD": frozenset(("codes",)),
    "FLAG": frozenset(("codes",)),
    "NUMBER": frozenset(("codes", "unit", "time")),
    "MOMENT": frozenset(("time",)),
    "DAY": frozenset(("date", "inclusive")),
    "WHOLE_DAY": frozenset(("date", "inclusive")),
    "MONTH": frozenset(("month",)),
}


def rule_of(written: ValueWritten, target: Target, source: Source) -> Rule:
    """The rule for a field of the fact; raises RuleFault."""
    maker = _maker(written)
    for key in _READINGS:
        if (
            says(written, key)
            and key not in _ALLOWED.get(target.form, frozenset())
            and maker not in ("each", "several")
        ):
            told = f"does not go with {target.name or 'an item'}, which is {CALLED[target.form]}"
            raise RuleFault((key,), told, "Remove it, or correct the field.")
    if maker == "constant":
        return _constant(written, target)
    if (target.form == "LIST") != (maker in ("each", "several")):
        told = f"{target.name or 'an item'} is {CALLED[target.form]}"
        raise RuleFault((maker,), told, "Say each or several for a list, and from for everything else.")
    if isinstance(written, RuleWritten) and target.form == "LIST":
        sources, how = _list(written, target, source)
    elif maker == "sum":
        sources, how = _sum(written, target, source)
    else:
        sources = tuple(written.from_ or ())
        how = how_read(written, target, [_found(source, name, ("from",)) for name in sources])
    return Rule(
        field=target.name,
        sources=sources,
        how=how,
        nothing=tuple(written.nothing),
        otherwise=_otherwise(written, target),
        default=written.default,
    )


def rules_of(
    written: Mapping[str, ValueWritten], fields: Mapping[str, Target], source: Source, *place: str | int
) -> tuple[Rule, ...]:
    """The rules for the fields of a record inside of a list; raises RuleFault for the first that does not fit."""
    missing = [name for name, field in fields.items() if field.needed and name not in written]
    if missing:
        raise RuleFault(place, f"{missing[0]} is missing", f"Add {missing[0]}: the fact has it.")
    rules: list[Rule] = []
    for name, each in written.items():
        if name not in fields:
            raise RuleFault((*place, name), "the fact has no such field", _meant(name, fields))
        try:
            rules.append(rule_of(each, fields[name], source))
        except RuleFault as fault:
            raise RuleFault((*place, name, *fault.place), fault.told, fault.action) from None
    return tuple(rules)


def sources_of(rules: Iterable[Rule]) -> Iterable[tuple[str, Rule]]:
    """Every path that the rules of a whole record read, and by which rule; inside of lists that of the list alone."""
    for rule in rules:
        yield from ((source, rule) for source in rule.sources)
        if isinstance(rule.how, Several):
            yield from ((source, rule) for group in rule.how.groups for source, _ in sources_of(group))


def _maker(written: ValueWritten) -> str:
    said = [key for key in _MAKERS if says(written, key)]
    if len(said) != 1:
        told = f"expected one of {', '.join(_MAKERS)}, there are {' and '.join(said) or 'none'}"
        raise RuleFault((said[-1],) if said else (), told, "Say where the value comes from, once.")
    if says(written, "otherwise") and not says(written, "codes"):
        raise RuleFault(("otherwise",), "there are no codes beside it", "Add codes, or say default instead.")
    return said[0]


def _meant(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = get_close_matches(name, names, n=1)
    return f"Did you mean {close[0]}?" if close else f"There are {', '.join(names)}."


def _found(source: Source, name: str, place: tuple[str | int, ...]) -> SourceField:
    field = source.find(name)
    if field is None:
        raise RuleFault(place, f"the schema has no field {name}", _meant(name, source.paths()))
    return field


def _constant(written: ValueWritten, target: Target) -> Rule:
    extra = sorted(written.model_fields_set - {"constant"})
    if extra:
        raise RuleFault((extra[0],), "beside a constant it means nothing", "Remove it.")
    if target.form == "PERSON":
        raise RuleFault(("constant",), "a person is not the same in every record", "Say from.")
    check_fits(written.constant, target, ("constant",))
    return Rule(field=target.name, default=written.constant, otherwise="DEFAULT")


def _otherwise(written: ValueWritten, target: Target) -> Otherwise:
    if written.optional and says(written, "default"):
        raise RuleFault(("default",), "beside optional it means nothing", "Keep one of them.")
    if written.optional and target.needed:
        raise RuleFault(("optional",), f"the fact needs {target.name}", "Remove it, or say default.")
    if says(written, "default"):
        check_fits(written.default, target, ("default",))
        return "DEFAULT"
    return "LEAVE_OUT" if written.optional else "REFUSE"


def _sum(written: ValueWritten, target: Target, source: Source) -> tuple[tuple[str, ...], How]:
    if target.form != "NUMBER" or target.numbers:
        raise RuleFault(("sum",), f"{target.name} is {CALLED[target.form]}", "Say from.")
    units: list[UnitName | None] = []
    for index, part in enumerate(written.sum or ()):
        check_source(_found(source, part.from_, ("sum", index, "from")), ("TEXT", "NUMBER"), "numbers, or their digits")
        units.append(unit_of(part.unit, target, ("sum", index, "unit")))
    return tuple(part.from_ for part in written.sum or ()), Whole(tuple(units))


def _list(written: RuleWritten, target: Target, source: Source) -> tuple[tuple[str, ...], How]:
    item = target.item or target
    if written.several is not None:
        groups = [rules_of(group, item.fields, source, "several", index) for index, group in enumerate(written.several)]
        for index, group in enumerate(groups):
            if not any(rule.sources for rule in group):
                raise RuleFault(("several", index), "nothing in it comes from the record", "Say from.")
        return (), Several(tuple(groups))
    name = str(written.each)
    field = _found(source, name, ("each",))
    inner = _split_item(field) if written.split is not None else _list_item(field)
    items = source.of_items(inner)
    if written.fields is not None:
        return (name,), Each(rules_of(written.fields, item.fields, items, "fields"), written.split or "")
    if item.form == "RECORD":
        raise RuleFault(("fields",), "missing", f"Say of what an item is made: {', '.join(item.fields)}.")
    single: dict[str, Any] = {"from_": [ITEM], "each": None, "split": None}
    value = written.model_copy(update=single)
    how = how_read(value, item, [inner])
    return (name,), Each((Rule(field="", sources=(ITEM,), how=how),), written.split or "")


def _split_item(field: SourceField) -> SourceField:
    if field.form != "TEXT":
        raise RuleFault(("split",), "only a text can be cut", "Remove it, or name another field.")
    return field


def _list_item(field: SourceField) -> SourceField:
    if field.item is None:
        raise RuleFault(("each",), "this is no list", "Say split with what stands between the items, or several.")
    return field.item
