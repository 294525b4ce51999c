"""Deadlines as packs write them, and the calendar of working days, `policies/working-days.yaml`."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from benefit_hub.catalogue.assets import Assets
from benefit_hub.catalogue.documents import Text, Written, read_document, validated
from benefit_hub.catalogue.findings import Unfit
from benefit_hub.catalogue.pack_terms import Told
from benefit_hub.policy.deadlines import Deadline, Occasion, OfNoProgramme, WorkingDays

CALENDAR = "working-days.yaml"
"""No pack: on which days offices work."""


class DeadlineWritten(Written):
    """A row of `deadlines:` of a programme."""

    working_days: Annotated[int, Field(ge=1, le=250)] | None = None
    months: Annotated[int, Field(ge=1, le=60)] | None = None
    remind_months: Annotated[int, Field(ge=1, le=24)] | None = None
    remind_days: Annotated[int, Field(ge=1, le=365)] | None = None
    clause: Text
    source: Text
    assumed: bool = False


WANTS: Mapping[Occasion | OfNoProgramme, tuple[str, ...]] = {
    "CHALLENGE": ("working_days",),
    "DECISION": ("working_days",),
    "REASSESSMENT": ("working_days",),
    "REVIEW": ("months",),
    "CERTIFICATE": ("remind_months", "remind_days"),
    "AWARD": ("remind_months", "remind_days"),
}
"""Of which keys an occasion needs one; a review may be reminded of as well."""


def deadlines_of(
    written: Mapping[Occasion, DeadlineWritten] | Mapping[OfNoProgramme, DeadlineWritten], assumed: bool
) -> tuple[Deadline, ...]:
    """The deadlines that a programme says, or a pack."""
    return tuple(
        Deadline(
            occasion=occasion,
            working_days=each.working_days,
            months=each.months,
            remind_months=each.remind_months,
            remind_days=each.remind_days,
            clause=each.clause,
            source=each.source,
            assumed=assumed or each.assumed,
        )
        for occasion, each in written.items()
    )


def deadline_mistakes(
    written: Mapping[Occasion, DeadlineWritten] | Mapping[OfNoProgramme, DeadlineWritten], ability: str | None = None
) -> Iterator[Told]:
    """What does not fit of deadlines; `ability` by which assessments the programme goes."""
    if "REASSESSMENT" in written and ability is None:
        told = "the programme does not say by which assessments it goes"
        yield ("deadlines", "REASSESSMENT"), told, "Add ability, or remove it."
    for occasion, each in written.items():
        said = {key for key in ("working_days", "months", "remind_months", "remind_days") if getattr(each, key)}
        extra = {"remind_months", "remind_days"} if occasion == "REVIEW" else set()
        if len(said.intersection(WANTS[occasion])) != 1 or len(said & extra) > 1 or said - extra - {*WANTS[occasion]}:
            told = f"{occasion} says one of {', '.join(WANTS[occasion])}"
            yield ("deadlines", occasion), told, "Add or remove keys."


class DaysWritten(Written):
    """Days off in a row."""

    from_: Annotated[date, Field(alias="from")]
    through: date


class CalendarWritten(Written):
    """`policies/working-days.yaml`."""

    from_: Annotated[date, Field(alias="from")]
    through: date
    source: Text
    closed: list[DaysWritten]
    worked: list[date]


def read_working_days(assets: Assets) -> WorkingDays:
    """On which days offices work; nothing is known where there is no such file. Raises Unfit."""
    path = assets.policies / CALENDAR
    if not path.is_file():
        return WorkingDays()
    document = read_document(path, assets.shown(path))
    written = validated(CalendarWritten, document)
    off = {
        each.from_ + timedelta(days=at) for each in written.closed for at in range((each.through - each.from_).days + 1)
    }
    known = {*off, *written.worked}
    if off.intersection(written.worked) or any(not written.from_ <= day <= written.through for day in known):
        told = "a day is both off and worked, or not from the first day through the last"
        raise Unfit([document.finding(("worked",), told, "Correct the days.")])
    return WorkingDays(
        first=written.from_, through=written.through, off=frozenset(off), worked=frozenset(written.worked)
    )
