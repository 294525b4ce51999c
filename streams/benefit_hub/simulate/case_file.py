"""A case as it is written: people in a line or two, dated events, and what is expected of them.

Every key is described in `docs/cases.md`. Amounts are read as text, never as floats.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from benefit_hub.catalogue.documents import Document, Written, read_document, validated
from benefit_hub.simulate.casework import CASEWORK, OfCasework
from benefit_hub.simulate.cast import REGION, Sex
from benefit_hub.simulate.circumstances import CIRCUMSTANCES, OfCircumstances
from benefit_hub.simulate.expected import Expected
from benefit_hub.simulate.sentences import (
    TELLING,
    Amount,
    Applies,
    Awarded,
    Category,
    Certified,
    Died,
    Earned,
    Joins,
    Label,
    Leaves,
    MonthText,
    Moves,
    Name,
    Place,
    Resides,
    Role,
    Verified,
    Watched,
)
from benefit_hub.values.months import day_of_millis, millis_of_day, month_of, month_text


class CaseLoader(yaml.CSafeLoader):
    """YAML with the few plain values that cases need: whole numbers, days, true and false. `on` is a word, 1035.00 is text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  a subclass has to declare it as PyYAML does


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
):
    CaseLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


class CertificateWritten(Written):
    """`certificate:` of a person: the level, since when, and its last day."""

    level: Literal[1, 2, 3, 4]
    since: date = date(2020, 1, 1)
    valid_to: date | None = Field(None, alias="valid to")
    category: Category = "PHYSICAL"


class PaidWritten(Written):
    """`paid:` of somebody in a hub that goes live: how much of a benefit others pay per month, and since when."""

    amount: Amount
    since: MonthText


class GoingLive(Written):
    """`going live:` the hub is loaded with what the case opens with, between two days, and answers from a month on."""

    opens: date
    closes: date
    month: MonthText

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.closes < self.opens:
            raise ValueError("it closes after it opens")
        return self


class PersonWritten(Written):
    """Somebody in a line: `{age: 45, income: 200.00}`. `receives` tells since which decision which benefit is received."""

    age: Annotated[int, Field(ge=0, le=120)] | None = None
    born: date | None = None
    sex: Sex = "female"
    role: Role | None = None
    income: Amount | None = None
    certificate: CertificateWritten | None = None
    receives: dict[Label, date] = Field(default_factory=dict)
    paid: dict[Label, PaidWritten] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _aged(self) -> Self:
        if (self.age is None) == (self.born is None):
            raise ValueError("either age or born")
        return self


class LonePersonWritten(PersonWritten):
    """Somebody in no household."""

    place: Place


class HouseholdWritten(Written):
    """A household; the first person is the head unless roles say otherwise. One of nobody is moved into later."""

    place: Place
    people: dict[Label, PersonWritten]
    receives: dict[Label, date] = Field(default_factory=dict)
    paid: dict[Label, PaidWritten] = Field(default_factory=dict)


class Retracts(Written):
    """`{retract: death of A}`: the record was wrong, as if it had never been."""

    retract: Name
    named: Name | None = Field(None, alias="as")


class Confirms(Written):
    """`{confirm: death of A}`: after a retraction, the record was right after all."""

    confirm: Name
    named: Name | None = Field(None, alias="as")


class Corrects(BaseModel):
    """`{correct: wage of B, amount: 500.00}`: a new revision; the other keys are those of the sentence that is corrected."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    correct: Name
    named: Name | None = Field(None, alias="as")


class Repeats(BaseModel):
    """`{again: death of A}`: the same event once more; with other keys, the same revision with other content."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    again: Name
    named: Name | None = Field(None, alias="as")


PROPOSAL = "proposal of "
EVERYTHING = "everything reported"


class Decides(Written):
    """`{accept: proposal of H0 dibao, heard: 2026-09-10}`, or `reject`, or `modify` with an amount.

    What is decided: the open proposal of somebody's benefit, `everything reported`, or the names of sentences.
    """

    accept: Name | list[Name] | None = None
    reject: Name | list[Name] | None = None
    modify: Name | list[Name] | None = None
    whose: Name | None = Field(None, alias="for")
    decided: date | None = None
    heard: date | None = None
    notice: date | None = None
    amount: Amount | None = None
    since: MonthText | None = Field(None, alias="from")
    until: MonthText | None = None
    by: Name = "县民政局"
    grace_months: Annotated[int | None, Field(ge=0, le=60)] = Field(None, alias="grace months")
    next_review: date | None = Field(None, alias="next review")
    named: Name | None = Field(None, alias="as")

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        if sum(each is not None for each in (self.accept, self.reject, self.modify)) != 1:
            raise ValueError("one of accept, reject, modify")
        if (self.amount is not None) != (self.modify is not None):
            raise ValueError("an amount with modify, and only there")
        return self

    @property
    def outcome(self) -> Literal["ACCEPT", "REJECT", "MODIFY"]:
        """The outcome as departments write it."""
        return "ACCEPT" if self.accept is not None else "REJECT" if self.reject is not None else "MODIFY"

    @property
    def _covers(self) -> Name | list[Name]:
        return self.accept or self.reject or self.modify or ""

    @property
    def proposal(self) -> str | None:
        """Whose open proposal is decided, where it is one."""
        covers = self._covers
        return covers.removeprefix(PROPOSAL) if isinstance(covers, str) and covers.startswith(PROPOSAL) else None

    @property
    def names(self) -> list[Name]:
        """The sentences that are decided, where they are named."""
        covers = self._covers
        if isinstance(covers, list):
            return covers
        return [] if covers == EVERYTHING or self.proposal is not None else [covers]


class NewPolicy(Written):
    """`{new policy: {standards.dibao_urban.values.last: [{from: 2026-07, yuan: 680.00}]}}`: other values are activated."""

    new_policy: dict[Name, Any] = Field(alias="new policy")


class Published(Written):
    """`{region value: CPI, month: 2026-06, percent: "3.6"}`: how much higher prices of a month are than a year before."""

    measure: Literal["CPI", "CPI_FOOD", "SCPI"] = Field(alias="region value")
    month: MonthText
    percent: Name
    region: str = "99"


class PayRun(Written):
    """`pay run`: that of the month closes; `{pay run: 2026-04}` names another month."""

    pay_run: MonthText = Field(alias="pay run")


class NewDay(Written):
    """`new day`: the calendar comes to this day, and nothing else happens."""

    new_day: None = Field(None, alias="new day")


class Revokes(Written):
    """`{revoke: the stop}`: the authority takes a decision back, by the name that `as` gave it."""

    revoke: Name
    heard: date | None = None


class Checks(Written):
    """`{expect: {...}}`: what is expected by then."""

    expect: Expected


def verb_of(value: Any) -> str:
    """The word that tells what kind of sentence this is."""
    return next((str(key) for key in value if key in VERBS), "") if isinstance(value, Mapping) else ""


VERBS = (
    *TELLING, *CIRCUMSTANCES, *CASEWORK, "retract", "confirm", "correct", "again", "accept", "reject", "modify", "revoke",
    "new policy", "region value", "pay run", "new day", "expect",
)  # fmt: skip

Sentence = Annotated[
    Annotated[Died, Tag("death")]
    | Annotated[Earned, Tag("wage")]
    | Annotated[Verified, Tag("income")]
    | Annotated[Certified, Tag("certificate")]
    | Annotated[Resides, Tag("residence")]
    | Annotated[Joins, Tag("joins")]
    | Annotated[Leaves, Tag("leaves")]
    | Annotated[Moves, Tag("move")]
    | Annotated[Applies, Tag("apply")]
    | Annotated[Awarded, Tag("award")]
    | Annotated[Watched, Tag("watch list")]
    | OfCircumstances
    | OfCasework
    | Annotated[Retracts, Tag("retract")]
    | Annotated[Confirms, Tag("confirm")]
    | Annotated[Corrects, Tag("correct")]
    | Annotated[Repeats, Tag("again")]
    | Annotated[Decides, Tag("accept")]
    | Annotated[Decides, Tag("reject")]
    | Annotated[Decides, Tag("modify")]
    | Annotated[Revokes, Tag("revoke")]
    | Annotated[NewPolicy, Tag("new policy")]
    | Annotated[Published, Tag("region value")]
    | Annotated[PayRun, Tag("pay run")]
    | Annotated[NewDay, Tag("new day")]
    | Annotated[Checks, Tag("expect")],
    Discriminator(
        verb_of,
        custom_error_type="no_sentence",
        custom_error_message="a sentence with one of: " + ", ".join(VERBS),
    ),
]


class Event(Written):
    """When the hub received something, in milliseconds, and what. `said` is the sentence as it is written."""

    at_ms: int
    what: Sentence
    said: Mapping[str, Any]

    @model_validator(mode="before")
    @classmethod
    def _dated(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or len(value) != 1:
            raise ValueError("one day and what happens on it, as in `2026-03-20: {death: A, on: 2026-03-15}`")
        ((when, what),) = value.items()
        at_ms = instant(when)
        if isinstance(what, str):
            what = {what: month_text(month_of(day_of_millis(at_ms))) if what == "pay run" else None}
        return {"at_ms": at_ms, "what": what, "said": what if isinstance(what, Mapping) else {}}

    @property
    def day(self) -> date:
        """The day in Asia/Shanghai."""
        return day_of_millis(self.at_ms)


def instant(when: Any) -> int:
    """A day at noon, or an exact instant such as 2026-06-30T16:30Z, in milliseconds since 1970."""
    if isinstance(when, date):
        return millis_of_day(when)
    try:
        exact = datetime.fromisoformat(str(when))
    except ValueError as error:
        raise ValueError(f"a day such as 2026-03-20, got {when!r}") from error
    if exact.tzinfo is None:
        raise ValueError("an instant with its zone, such as 2026-06-30T16:30Z")
    return (exact - datetime.fromisoformat("1970-01-01T00:00Z")) // timedelta(milliseconds=1)


def _pay_day(value: object) -> object:
    found = re.fullmatch(r"monthly on (\d{1,2})", value) if isinstance(value, str) else None
    if found is None or not 1 <= int(found[1]) <= 28:
        raise ValueError("the words `monthly on 10`, with a day from 1 to 28; single pay runs are events")
    return int(found[1])


class Case(Written):
    """A case: whose, what happens, what is expected, and from where the expectation comes."""

    title: Name
    source: Name | None = None
    assumed: Name | None = None
    policy: Name = "demo"
    left_open: Name | None = Field(None, alias="left open")
    region: Annotated[str, StringConstraints(pattern=r"^[0-9]{6,12}$")] = REGION
    override: dict[Name, Any] = Field(default_factory=dict)
    begins: date | None = None
    going_live: GoingLive | None = Field(None, alias="going live")
    households: dict[Label, HouseholdWritten] = Field(default_factory=dict)
    people: dict[Label, LonePersonWritten] = Field(default_factory=dict)
    pay_day: Annotated[int | None, BeforeValidator(_pay_day)] = Field(None, alias="pay runs")
    arrival: Literal["in order", "as written"] = "in order"
    events: list[Event] = Field(default_factory=list)
    until: date | None = None
    expect: Expected

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.source is None and self.assumed is None:
            raise ValueError("a source, or what is assumed (写明 source 出处，或 assumed 假定了什么)")
        if not self.households and not self.people:
            raise ValueError("households, or people who live alone")
        members = [person for household in self.households.values() for person in household.people.values()]
        everybody: list[HouseholdWritten | PersonWritten] = [*self.households.values(), *self.people.values(), *members]
        if self.going_live is None and any(each.paid for each in everybody):
            raise ValueError("`paid` says what was paid before `going live`; else say what somebody `receives`")
        if self.going_live is not None and (self.begins or any(each.receives for each in everybody)):
            raise ValueError("with `going live`, write what is `paid`, not what somebody `receives`, and no `begins`")
        days = [event.day for event in self.events]
        if self.arrival == "in order" and days != sorted(days):
            raise ValueError(
                "The events are not in order of their days; where they arrive so, say `arrival: as written`"
            )
        if self.arrival == "as written" and self.pay_day is not None:
            raise ValueError("With `arrival: as written`, write the pay runs among the events")
        return self


def read_case(path: Path, file: str) -> tuple[Case, Document]:
    """Read a case; raises Unfit with all that does not fit."""
    document = read_document(path, file, CaseLoader)
    return validated(Case, document), document
