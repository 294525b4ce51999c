"""How one value of a fact is read, held against the field of the source: the readings of `intake` by what people wrote."""

from collections.abc import Mapping

from benefit_hub.catalogue.mapping_files import ValueWritten
from benefit_hub.catalogue.mapping_sources import SourceField
from benefit_hub.catalogue.mapping_targets import Target, TargetForm
from benefit_hub.intake.mapping_values import COUNTED, pattern_of
from benefit_hub.task.mapping import UNITS, Choice, Coded, Day, Flag, How, Instant, Text, UnitName, Value, Whole
from benefit_hub.values.months import month, partial_date

CALLED: Mapping[TargetForm, str] = {
    "TEXT": "a text",
    "WORD": "one of a few words",
    "FLAG": "yes or no",
    "NUMBER": "a number",
    "MOMENT": "an instant",
    "DAY": "a day",
    "WHOLE_DAY": "a day",
    "MONTH": "a month",
    "PERSON": "an identity number",
    "LIST": "a list",
    "RECORD": "a record",
}


class RuleFault(Exception):
    """What is wrong with a rule: under which of its keys, what, and what to do."""

    def __init__(self, place: tuple[str | int, ...], told: str, action: str) -> None:
        super().__init__(told)
        self.place = place
        self.told = told
        self.action = action


def says(written: ValueWritten, key: str) -> bool:
    name = f"{key}_" if key in ("from", "with") else key
    return name in written.model_fields_set


def check_fits(value: Value, target: Target, place: tuple[str | int, ...]) -> None:
    """Whether the fact may hold a value that is written in the mapping."""
    if value is None and not target.needed:
        return
    match target.form:
        case "TEXT":
            fits, expected = isinstance(value, str), "a text"
        case "WORD":
            fits, expected = value in target.words, f"one of {', '.join(target.words)}"
        case "FLAG":
            fits, expected = isinstance(value, bool), "true or false"
        case "NUMBER":
            fits = type(value) is int and (not target.numbers or value in target.numbers)
            expected = f"one of {', '.join(map(str, target.numbers))}" if target.numbers else "a whole number"
        case "DAY" | "WHOLE_DAY" | "MONTH":
            fits, expected = (
                _is_date(value, target.form),
                "a month YYYY-MM" if target.form == "MONTH" else "a date YYYY-MM-DD",
            )
        case _:
            fits, expected = False, "nothing that could be written here"
    if not fits:
        raise RuleFault(place, f"expected {expected} for {target.name or 'an item'}", "Correct the value.")


def _is_date(value: Value, form: TargetForm) -> bool:
    try:
        month(str(value)) if form == "MONTH" else partial_date(str(value))
    except ValueError:
        return False
    return True


def how_read(written: ValueWritten, target: Target, fields: list[SourceField]) -> How:
    """The reading of a value with `from`; raises RuleFault."""
    if len(fields) > 1 and (target.form != "TEXT" or says(written, "codes")):
        raise RuleFault(("from",), "only texts can be joined", "Name one field, or say sum for numbers.")
    field = fields[0]
    if any(each.form in ("LIST", "RECORD", "OTHER") for each in fields):
        raise RuleFault(("from",), "this is not a single value", "Name a field in it, or say each for a list.")
    if written.codes is not None:
        return _coded(written.codes, written, target, field)
    match target.form:
        case "TEXT":
            for each in fields:
                check_source(each, ("TEXT", "NUMBER", "ENUM"), "a text or a number")
            return Text(separator=written.with_, first=written.first)
        case "WORD" | "FLAG":
            return _same(target, field)
        case "NUMBER" if written.time is None:
            check_source(field, ("TEXT", "NUMBER"), "a number, or its digits")
            return Whole((unit_of(written.unit, target, ("unit",)),), target.numbers)
        case "NUMBER" | "MOMENT":
            return _instant(written, target, field)
        case "PERSON":
            check_source(field, ("TEXT",), "text")
            return Text(upper=True)
    return _day(written, target, field)


def _same(target: Target, field: SourceField) -> How:
    """What needs no table, because the source says it in our own words."""
    if target.form == "FLAG" and field.form == "FLAG":
        return Flag()
    if field.form == "ENUM" and set(field.symbols) <= set(target.words):
        return Choice(target.words)
    meant = ", ".join(target.words) or "true, false"
    raise RuleFault(("codes",), "missing", f"Add codes: which means what of {meant}.")


def check_source(field: SourceField, forms: tuple[str, ...], called: str) -> None:
    if field.form not in forms:
        raise RuleFault(("from",), f"expected {called}", "Name another field, or add codes.")


def unit_of(unit: UnitName | None, target: Target, place: tuple[str | int, ...]) -> UnitName | None:
    known = [name for name, each in UNITS.items() if each.measure == target.measure]
    if not target.measure:
        if unit is not None:
            raise RuleFault(place, f"{target.name} is a mere number", "Remove it.")
        return None
    if unit is None:
        raise RuleFault(place, "missing", f"Say in what it is counted: {', '.join(known)}.")
    if unit not in known:
        raise RuleFault(place, f"{unit} does not fit {target.name}", f"Say one of {', '.join(known)}.")
    return unit


def _coded(codes: Mapping[str, Value], written: ValueWritten, target: Target, field: SourceField) -> How:
    if field.form in ("DAY", "MOMENT"):
        raise RuleFault(("codes",), "a date is no code", "Say date, month or time.")
    for code, value in codes.items():
        check_fits(value, target, ("codes", code))
        if code.strip() != code:
            raise RuleFault(("codes", code), "blanks around a code are taken away before", "Write it without.")
        if not _may_be(code, field):
            raise RuleFault(("codes", code), "the field never holds it", "Write the code as the department sends it.")
    open_ended = says(written, "otherwise")
    if open_ended:
        check_fits(written.otherwise, target, ("otherwise",))
    left = sorted(set(field.symbols) - set(codes))
    if left and not open_ended:
        raise RuleFault(("codes",), f"the schema has {left[0]} too", f"Say what {left[0]} means, or say otherwise.")
    return Coded(tuple(codes.items()), known=not open_ended, otherwise=written.otherwise)


def _may_be(code: str, field: SourceField) -> bool:
    match field.form:
        case "ENUM":
            return code in field.symbols
        case "FLAG":
            return code in ("true", "false")
        case "NUMBER":
            return code.removeprefix("-").isdecimal() and str(int(code)) == code
    return True


def _instant(written: ValueWritten, target: Target, field: SourceField) -> How:
    if field.form == "MOMENT" and written.time in (None, "millis"):
        return Instant("millis")
    if written.time is None:
        raise RuleFault(("time",), "missing", "Say how it is written, such as yyyy-MM-dd HH:mm:ss, seconds or millis.")
    check_source(field, ("TEXT", "NUMBER"), "a text or a number")
    if written.time not in COUNTED and "dd" not in _pattern(written.time, "time"):
        raise RuleFault(("time",), f"no day in it, and {target.name} needs one", "Write the whole pattern.")
    return Instant(written.time)


def _day(written: ValueWritten, target: Target, field: SourceField) -> How:
    key, said = ("month", written.month) if target.form == "MONTH" else ("date", written.date)
    implied = {"DAY": "day", "MOMENT": "millis"}.get(field.form)
    if implied is not None:
        if said not in (None, implied):
            raise RuleFault((key,), f"the schema says that it is {implied}", "Remove it.")
        return Day(implied, target.form == "MONTH", written.inclusive)
    if said is None:
        raise RuleFault((key,), "missing", "Say how it is written, such as yyyyMMdd or yyyy-MM-dd.")
    check_source(field, ("TEXT", "NUMBER"), "a text or a number")
    if said not in COUNTED and target.form == "WHOLE_DAY" and "dd" not in _pattern(said, key):
        raise RuleFault((key,), f"no day in it, and {target.name} needs one", "Take a field that says the day.")
    if said not in COUNTED:
        _pattern(said, key)
    if written.inclusive and target.name != "valid_to":
        raise RuleFault(("inclusive",), "only an end can be the last day", "Remove it.")
    return Day(said, target.form == "MONTH", written.inclusive)


def _pattern(text: str, key: str) -> Mapping[str, int]:
    try:
        return pattern_of(text).groupindex
    except ValueError as error:
        action = "Write it with yyyy, MM, dd, HH, mm, ss; or say seconds or millis."
        raise RuleFault((key,), str(error), action) from None
