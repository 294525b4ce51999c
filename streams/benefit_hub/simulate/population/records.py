"""What departments say of the population: the fields of each record, as they are published.

Record ids are made of the person's or household's key; none holds a number of a person.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from benefit_hub.simulate.population.households import Household
from benefit_hub.simulate.population.persons import Card, Person
from benefit_hub.values.months import millis_of_day

RESIDENCE = "public-security.residence"
DEATH = "public-security.death"
FUNERAL = "funeral-service.death"
WAGE = "human-resources.wage"
CERTIFICATE = "disabled-persons-federation.certificate"
MEMBERSHIP = "civil-affairs.membership"
APPLICATION = "civil-affairs.application"
VERIFICATION = "civil-affairs.verification-result"
DECISION = "civil-affairs.decision"
LEGACY_AWARD = "civil-affairs.legacy-award"
WATCH_LIST = "rural-revitalisation.watch-list"
MEDICAL = "health-insurance.medical-expense"

REGISTERED_SINCE = date(2010, 1, 1)
AUTHORITY = "县民政局"

Body = dict[str, Any]
Named = dict[str, Any]


class Saying(NamedTuple):
    """A record on its topic (by the logical name), and when the hub receives it, in milliseconds since 1970."""

    topic: str
    record: Body
    received_at: int


@lru_cache(maxsize=512)
def noon(day: date) -> int:
    """Noon of a day, in milliseconds."""
    return millis_of_day(day)


def first_version(
    topic: str,
    record_id: str,
    day: date,
    since: date,
    number: str | None,
    content: Mapping[str, Any],
    until: date | None = None,
) -> Saying:
    """A new record, recorded and received on a day; `content` is what the kind says, days as text."""
    record = {
        "record_id": record_id,
        "revision": 1,
        "retracted": False,
        "valid_from": since.isoformat(),
        "valid_to": None if until is None else until.isoformat(),
        "recorded_at": noon(day),
        "id_number": number,
        "previous_id_number": None,
        **content,
    }
    return Saying(topic, record, noon(day))


def revised(before: Saying, day: date, **changed: Any) -> Saying:
    """The next version of a record."""
    record = {**before.record, "revision": before.record["revision"] + 1, "recorded_at": noon(day), **changed}
    return Saying(before.topic, record, noon(day))


def named(one: Saying) -> Named:
    """How a decision names this version: the topic is its source and its kind."""
    source, _, kind = one.topic.partition(".")
    record = one.record
    return {
        "source": source,
        "kind": kind.replace("-", "_"),
        "record": record["record_id"],
        "revision": record["revision"],
    }


def residence(home: Household, person: Person, area: str, day: date, since: date, record_id: str = "") -> Saying:
    """Where somebody is registered."""
    content = {
        "region": home.region,
        "area": area,
        "register_number": f"HK-{home.name}-{since:%y%m%d}",
        "birth_date": person.born.isoformat(),
        "sex": person.sex,
    }
    return first_version(RESIDENCE, record_id or f"HJ-{person.key}", day, since, person.number, content)


def membership(home: Household, person: Person, day: date) -> Saying:
    """Who belongs to the household."""
    since = max(person.born, REGISTERED_SINCE)
    content = {"household_id": home.name, "role": person.role, "relation": None, "basis": None}
    return first_version(MEMBERSHIP, f"CY-{person.key}", day, since, person.number, content)


def verification(person: Person, day: date) -> Saying:
    """Other income, as verified."""
    content = {"item": "OTHER", "period": day.isoformat()[:7], "amount_fen": person.income, "as_of": day.isoformat()}
    return first_version(VERIFICATION, f"HD-{person.key}", day, day, person.number, content)


def wage(person: Person, day: date, paid: date, fen: int, employer: str, record_id: str = "") -> Saying:
    """What an employer paid on a day, for that month."""
    period = paid.isoformat()[:7]
    content = {"pay_period": period, "employer": employer, "amount_fen": fen}
    return first_version(WAGE, record_id or f"GZ-{person.key}-{period}", day, paid, person.number, content)


def certificate(
    person: Person, card: Card, day: date, status: str = "VALID", previous: str | None = None, since: date | None = None
) -> Saying:
    """A disability certificate; each change of level or status is a record of its own."""
    begins = since or card.issued
    content = {
        "categories": [{"category": category, "level": level} for category, level in card.categories],
        "status": status,
        "issued_on": card.issued.isoformat(),
        "previous": previous,
    }
    record_id = f"CJ-{person.key}-{card.issued if since is None else day:%y%m%d}"
    return first_version(CERTIFICATE, record_id, day, begins, person.number, content, card.until)


def application(programme: str, home: Household, person: Person, day: date, personal: bool) -> Saying:
    """Somebody applies, for the household or for himself."""
    content = {
        "programme": programme,
        "household_id": None if personal else home.name,
        "submitted_on": day.isoformat(),
        "received_region": home.region,
        "competent_region": home.region,
        "channel": "TOWNSHIP",
        "officer_relative": False,
    }
    record_id = f"SQ-{person.key if personal else home.name}-{programme}"
    return first_version(APPLICATION, record_id, day, day, person.number, content)


def watched(person: Person, day: date, per_head_fen: int | None) -> Saying:
    """Somebody is watched against a return to poverty."""
    content = {"category": "UNSTABLE", "income_per_head_fen": per_head_fen}
    return first_version(WATCH_LIST, f"JC-{person.key}", day, day, person.number, content)


def decision(
    record_id: str,
    programme: str,
    outcome: str,
    covers: Sequence[Named],
    day: date,
    about: Mapping[str, Sequence[str]],
    **content: Any,
) -> Saying:
    """Civil affairs decides; `about` are `household_ids` and `id_numbers`."""
    everything = {
        "programme": programme,
        "outcome": outcome,
        "covers": list(covers),
        "amount_fen": None,
        "grade": None,
        "from_month": None,
        "until_month": None,
        "next_review": None,
        "grace_months": None,
        "meeting_ref": None,
        "decided_on": day.isoformat(),
        "authority": AUTHORITY,
        "heard_on": None,
        "statement": None,
        "notice_served_on": None,
        "shown": None,
        "household_ids": list(about.get("household_ids", ())),
        "id_numbers": list(about.get("id_numbers", ())),
        **content,
    }
    return first_version(DECISION, record_id, day, day, None, everything)


def legacy_award(
    programme: str, home: Household, person: Person, day: date, since: date, fen: int, personal: bool
) -> Saying:
    """What is paid already."""
    content = {
        "programme": programme,
        "household_id": None if personal else home.name,
        "amount_fen": fen,
        "status": programme.upper(),
        "paid_since": since.isoformat()[:7],
    }
    record_id = f"CL-{person.key if personal else home.name}-{programme}"
    return first_version(LEGACY_AWARD, record_id, day, since, person.number, content)
