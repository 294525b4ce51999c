"""The story that the demo tells, read from `demo/story.yaml`, and the records that its steps stand for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from benefit_hub.catalogue.assets import Assets
from benefit_hub.catalogue.documents import Written, read_document, validated
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.values.errors import CatalogueError
from benefit_hub.values.identity import check_character, pseudonym
from benefit_hub.values.ids import household_subject
from benefit_hub.values.money import fen
from benefit_hub.values.months import millis_of_day, month_of, month_text

Area = Literal["URBAN", "RURAL"]
REGISTERED_SINCE = date(2010, 1, 1)
TOGETHER_SINCE = date(2015, 1, 1)


class Person(Written):
    """Somebody in the story; `income` is what verification finds, yuan per month."""

    name: str
    born: date
    sex: Literal["FEMALE", "MALE"]
    role: Literal["HEAD", "SPOUSE", "CHILD", "PARENT", "OTHER"] = "HEAD"
    area: Area = "URBAN"
    income: str | None = None


class HouseholdTold(Written):
    """A household as officers call it, and who lives there."""

    label: str
    area: Area
    members: dict[str, Person]


class RecordTold(Written):
    """One revision of one department's record about somebody. `misprinted`: the last character of the number is wrong."""

    topic: str
    record: str
    revision: int = 1
    of: str
    valid_from: date
    valid_to: date | None = None
    retracted: bool = False
    misprinted: bool = False
    content: dict[str, Any] = Field(default_factory=dict)


class DecisionTold(Written):
    """A decision of the day; `covers` names revisions as `source/kind/record/revision`."""

    record: str
    programme: str
    households: list[str] = Field(default_factory=list)
    persons: list[str] = Field(default_factory=list)
    covers: list[str]


class InboxTold(Written):
    """An officer accepts the standing proposal of a household; with `refused_unheard` first without the hearing, in vain."""

    household: str
    heard_on: date | None = None
    notice_served_on: date | None = None
    refused_unheard: bool = False


class Step(Written):
    """What happens on a day: the day opens, records arrive, then a pay run closes, then an officer decides."""

    day: date
    say: str
    apply: list[str] = Field(default_factory=list)
    decide: list[str] = Field(default_factory=list)
    register_only: list[str] = Field(default_factory=list, alias="register")
    residents: list[str] = Field(default_factory=list)
    records: list[RecordTold] = Field(default_factory=list)
    decisions: list[DecisionTold] = Field(default_factory=list)
    pay_run: str | None = None
    inbox: InboxTold | None = None


class Expected(Written):
    """What a chapter must come to for one beneficiary and programme, worked out by hand, in yuan."""

    who: str
    programme: str
    from_month: str = Field(alias="from")
    before: str
    after: str
    arrears: str = "0.00"
    receivable: str = "0.00"


class Chapter(Written):
    """A part of the story, and all that must come of it: nobody else's money may move."""

    title: str
    english: str
    steps: list[Step]
    expect: list[Expected]
    paid: dict[str, dict[str, str]] = Field(default_factory=dict)
    refused: dict[str, int] = Field(default_factory=dict)
    leads: dict[str, int] = Field(default_factory=dict)
    crash: bool = False


class Told(Written):
    """The file."""

    title: str
    english: str
    region: str
    authority: str
    households: dict[str, HouseholdTold]
    residents: dict[str, Person]
    chapters: list[Chapter]


@dataclass(frozen=True)
class Publication:
    """A record for a department topic, the day on which the hub receives it in the story, and whom it is about, by name."""

    topic: str
    body: Mapping[str, Any]
    event_id: str
    day: date
    about: str = ""


@dataclass(frozen=True)
class Happening:
    """A control event, and its day in the story."""

    event: ControlEvent
    event_id: str
    day: date


def story_file(assets: Assets) -> Path:
    """Where the story lies; raises CatalogueError where these assets have none."""
    file = assets.root / "demo" / "story.yaml"
    if not file.is_file():
        raise CatalogueError(f"{file}: no story here; unset HUB_ASSETS to take the one that came with the program")
    return file


def load_story(file: Path) -> "Story":
    """Read the story. Raises CatalogueError, naming line and key, where it cannot be understood."""
    return Story(validated(Told, read_document(file, file.name)))


class Story:
    """The story and its people. Who somebody is outside (a number) and inside (a pseudonym) is known here only."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.people: dict[str, Person] = {
            **{key: one for household in told.households.values() for key, one in household.members.items()},
            **told.residents,
        }

    def number(self, person: str) -> str:
        """The identity number: region, birth date, a serial that says man or woman, check digit."""
        one = self.people[person]
        serial = 2 * list(self.people).index(person) + (one.sex == "MALE")
        first_17 = f"{self.told.region}{one.born:%Y%m%d}{serial:03d}"
        return first_17 + check_character(first_17)

    def beneficiary(self, who: str, key: bytes) -> str:
        """How outputs name a household or a person of the story."""
        return household_subject(who) if who in self.told.households else pseudonym(key, self.number(who))

    def names(self, key: bytes) -> dict[str, str]:
        """How officers call those whom outputs name."""
        households = {household_subject(name): one.label for name, one in self.told.households.items()}
        return {**households, **{self.beneficiary(name, key): one.name for name, one in self.people.items()}}

    def adjustments_at_least(self) -> int:
        """How many adjustments the story has by hand: one at least for each change that is expected."""
        return sum(len(chapter.expect) for chapter in self.told.chapters)

    def opening(self, step: Step) -> Happening:
        """The day opens."""
        return Happening(ControlEvent(type="DAY_OPENED", day=step.day.isoformat()), f"day/{step.day}", step.day)

    def closing(self, step: Step) -> Happening | None:
        """The pay run that closes on that day."""
        if step.pay_run is None:
            return None
        return Happening(ControlEvent(type="PAY_RUN_CLOSED", month=step.pay_run), f"pay-run/{step.pay_run}", step.day)

    def publications(self, step: Step) -> list[Publication]:
        """The records of a step, in the order in which departments send them."""
        return [
            *(one for name in (*step.apply, *step.register_only) for one in self._registered(name, step)),
            *(self._residence(name, f"HJ-{name}", self.people[name].area, step) for name in step.residents),
            *(one for name in step.apply for one in self._applied(name, step)),
            *(self._record(told, step) for told in step.records),
            *(self._decision(self._entry(name), step) for name in step.decide),
            *(self._decision(told, step) for told in step.decisions),
        ]

    def _registered(self, household: str, step: Step) -> Iterator[Publication]:
        told = self.told.households[household]
        for place, (person, one) in enumerate(told.members.items(), 1):
            yield self._residence(person, f"HJ-{household[2:]}-{place}", told.area, step)
            record = RecordTold(
                topic="civil-affairs.membership",
                record=f"CY-{household[2:]}-{place}",
                of=person,
                valid_from=max(one.born, TOGETHER_SINCE),
                content={"household_id": household, "role": one.role},
            )
            yield self._record(record, step)

    def _residence(self, person: str, record: str, area: Area, step: Step) -> Publication:
        one = self.people[person]
        content = {
            "region": self.told.region,
            "area": area,
            "register_number": record.replace("HJ", "HK"),
            "birth_date": one.born,
            "sex": one.sex,
        }
        since = max(one.born, REGISTERED_SINCE)
        told = RecordTold(
            topic="public-security.residence", record=record, of=person, valid_from=since, content=content
        )
        return self._record(told, step)

    def _applied(self, household: str, step: Step) -> Iterator[Publication]:
        told = self.told.households[household]
        for place, (person, one) in enumerate(told.members.items(), 1):
            if one.income is not None:
                record = f"HD-{household[2:]}-{place}"
                period = month_text(month_of(step.day) - 1)
                content = {"item": "OTHER", "period": period, "amount_fen": fen(one.income), "as_of": step.day}
                yield self._record(
                    RecordTold(
                        topic="civil-affairs.verification-result",
                        record=record,
                        of=person,
                        valid_from=step.day,
                        content=content,
                    ),
                    step,
                )
        content = {
            "programme": "dibao",
            "household_id": household,
            "submitted_on": step.day,
            "received_region": self.told.region,
            "competent_region": self.told.region,
            "channel": "TOWNSHIP",
        }
        yield self._record(
            RecordTold(
                topic="civil-affairs.application",
                record=f"SQ-{household[2:]}",
                of=next(iter(told.members)),
                valid_from=step.day,
                content=content,
            ),
            step,
        )

    def _entry(self, household: str) -> DecisionTold:
        """The decision by which a household enters: it names memberships, verified incomes and the application."""
        number, members = household[2:], self.told.households[household].members
        covers = [f"civil-affairs/application/SQ-{number}/1"]
        for place, one in enumerate(members.values(), 1):
            covers.append(f"civil-affairs/membership/CY-{number}-{place}/1")
            if one.income is not None:
                covers.append(f"civil-affairs/verification_result/HD-{number}-{place}/1")
        return DecisionTold(
            record=f"JD-{number}", programme="dibao", households=[household], persons=list(members), covers=covers
        )

    def _decision(self, told: DecisionTold, step: Step) -> Publication:
        content = {
            "programme": told.programme,
            "outcome": "ACCEPT",
            "covers": [named(text) for text in told.covers],
            "decided_on": step.day,
            "authority": self.told.authority,
            "household_ids": told.households,
            "id_numbers": [self.number(person) for person in told.persons],
        }
        about = [self.told.households[name].label for name in told.households] or [
            self.people[name].name for name in told.persons
        ]
        fields = {"valid_from": step.day, **content}
        return publication("civil-affairs.decision", told.record, 1, step.day, fields, "、".join(about))

    def _record(self, told: RecordTold, step: Step) -> Publication:
        number = self.number(told.of)
        if told.misprinted:
            number = number[:-1] + ("0" if number[-1] != "0" else "1")
        envelope = {
            "valid_from": told.valid_from,
            "valid_to": told.valid_to,
            "retracted": told.retracted,
            "id_number": number,
        }
        about = self.people[told.of].name
        return publication(told.topic, told.record, told.revision, step.day, {**envelope, **told.content}, about)


def publication(
    topic: str, record: str, revision: int, day: date, fields: Mapping[str, Any], about: str
) -> Publication:
    """A record as it is published; days as text."""
    body = {"record_id": record, "revision": revision, "recorded_at": millis_of_day(day), **as_text(fields)}
    return Publication(topic=topic, body=body, event_id=f"{topic}/{record}/{revision}", day=day, about=about)


def as_text(value: Any) -> Any:
    """Days as departments write them."""
    if isinstance(value, Mapping):
        return {key: as_text(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_text(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def named(text: str) -> dict[str, Any]:
    """A revision as a decision names it, from `source/kind/record/revision`."""
    source, kind, record, revision = text.split("/")
    return {"source": source, "kind": kind, "record": record, "revision": int(revision)}
