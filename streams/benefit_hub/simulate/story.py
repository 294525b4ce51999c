"""From a case to what happens in it: moments in their order, each with the department records that it brings."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from msgspec import Struct

from benefit_hub.catalogue import Unfit
from benefit_hub.catalogue.documents import Document, Place
from benefit_hub.simulate.case_file import Case, Checks, Decides, NewPolicy, PayRun, Published, Revokes
from benefit_hub.simulate.cast import Cast
from benefit_hub.simulate.expected import Expected
from benefit_hub.simulate.opening import begins_on, cast_of, opening_lines
from benefit_hub.simulate.story_records import Line, Records, Revision
from benefit_hub.task import SourceTopic
from benefit_hub.values.months import add_months, first_day, millis_of_day, month_of, month_text


class Say(Struct, frozen=True):
    """Departments publish."""

    revisions: tuple[Revision, ...]


class OpenDay(Struct, frozen=True):
    """A day opens."""

    day: date


class ClosePayRun(Struct, frozen=True):
    """The pay run of a month closes."""

    month: str


class Publish(Struct, frozen=True):
    """A value of a region and a month is published."""

    sentence: Published


class OpenBootstrap(Struct, frozen=True):
    """Loading begins."""


class CloseBootstrap(Struct, frozen=True):
    """Loading ends: the hub answers from this month on."""

    month: str


class Activate(Struct, frozen=True):
    """The policy with these values, on top of those before, is activated; `place` is where the case says so."""

    values: Mapping[str, Any]
    place: Place


class Decide(Struct, frozen=True):
    """Civil affairs decides. `covers` are the revisions that the sentence names; else it depends on what the hub said."""

    sentence: Decides
    covers: tuple[Revision, ...]


class TakeBack(Struct, frozen=True):
    """Civil affairs takes a decision back."""

    sentence: Revokes


class Check(Struct, frozen=True):
    """What is expected by now is compared."""

    expected: Expected


class EndOpening(Struct, frozen=True):
    """What follows is what the case is about."""


Act = (
    Say
    | OpenDay
    | ClosePayRun
    | Publish
    | OpenBootstrap
    | CloseBootstrap
    | Activate
    | Decide
    | TakeBack
    | Check
    | EndOpening
)


class Moment(Struct, frozen=True):
    """When something happens, in milliseconds, and what."""

    at_ms: int
    act: Act


class Story(Struct, frozen=True, kw_only=True):
    """A case as moments."""

    cast: Cast
    moments: tuple[Moment, ...]


def tell(case: Case, document: Document, sources: Mapping[str, SourceTopic]) -> Story:
    """The story of a case; raises Unfit where its sentences do not fit together."""
    cast = cast_of(case)
    opening = opening_lines(case, cast)
    lines = [
        Line(index=index, at_ms=event.at_ms, sentence=event.what, said=event.said, when=when)
        for index, (event, (when,)) in enumerate(zip(case.events, document.data.get("events", ()), strict=True))
    ]
    if opening and lines and opening[-1].day > min(line.day for line in lines):
        told = "somebody receives a benefit from a day after the first event"
        raise Unfit(
            [document.finding(("events", 0), told, "Write application and acceptance as events, or set `begins`.")]
        )
    records = Records(cast, document, sources)
    records.tell([*opening, *lines])
    return Story(cast=cast, moments=tuple(_in_days(case, _rows(case, opening, lines, records))))


Row = tuple[date, int, Moment]


def _rows(case: Case, opening: list[Line], lines: list[Line], records: Records) -> list[Row]:
    """Moments with their day and, within the day, their rank: the opening, events, pay runs."""
    rows: list[Row] = []
    live = case.going_live
    if live is not None:
        rows.append((live.opens, -1, Moment(millis_of_day(live.opens), OpenBootstrap())))
    for day, group in groupby(opening, key=lambda line: line.day):
        rows += [(day, 0, moment) for moment in _opening_of(list(group), records)]
    opened = rows[-1][0] if rows else begins_on(case)
    rows.append((opened, 1, Moment(millis_of_day(opened), EndOpening())))
    rows += [(line.day, 2, Moment(line.at_ms, _act(line, records))) for line in lines]
    if live is not None:
        rows.append((live.closes, 3, Moment(millis_of_day(live.closes), CloseBootstrap(live.month))))
    last = max([day for day, _, _ in rows] + ([case.until] if case.until else []))
    rows += [(day, 4, moment) for day, moment in _pay_runs(case, last)]
    return sorted(rows, key=lambda row: row[:2]) if case.arrival == "in order" else rows


def _in_days(case: Case, rows: list[Row]) -> Iterator[Moment]:
    """The moments, with each day on which something happens opened first, and the last day of the case at the end."""
    newest = date.min
    for day, _, moment in rows:
        if day > newest:
            newest = day
            yield Moment(millis_of_day(day), OpenDay(day))
        yield moment
    if case.until is not None and case.until > newest:
        yield Moment(millis_of_day(case.until), OpenDay(case.until))


def _opening_of(lines: list[Line], records: Records) -> Iterator[Moment]:
    """All records of a day of the opening at once, then its decisions."""
    yield Moment(lines[0].at_ms, Say(tuple(each for line in lines for each in records.said.get(line.index, ()))))
    yield from (Moment(line.at_ms, _act(line, records)) for line in lines if isinstance(line.sentence, Decides))


def _pay_runs(case: Case, last: date) -> Iterator[tuple[date, Moment]]:
    """One pay run a month, where the case has them monthly."""
    if case.pay_day is None:
        return
    begins = begins_on(case) if case.going_live is None else case.going_live.closes
    day = first_day(month_of(begins)) + timedelta(days=case.pay_day - 1)
    while day <= last:
        if day >= begins:
            yield day, Moment(millis_of_day(day), ClosePayRun(month_text(month_of(day))))
        day = add_months(day, 1)


def _act(line: Line, records: Records) -> Act:
    """What a line does when its time comes."""
    match line.sentence:
        case Decides() as sentence:
            if sentence.whose is None and sentence.proposal is None:
                records.refuse(line, "it does not say whose benefit is decided", "Add `for: H0 dibao`.")
            return Decide(sentence, tuple(each for name in sentence.names for each in records.meant(line, name)))
        case Revokes() as sentence:
            return TakeBack(sentence)
        case PayRun(pay_run=month):
            return ClosePayRun(month)
        case Published() as sentence:
            return Publish(sentence)
        case NewPolicy(new_policy=values):
            return Activate(values, (*line.place, "new policy"))
        case Checks(expect=expected):
            return Check(expected)
        case _:
            return Say(records.said.get(line.index, ()))
