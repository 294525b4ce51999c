"""What stories are made of: records of departments on their way, people, and the days on which the hub received what was said."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.values.identity import check_character

START = date(2026, 1, 5)
END = date(2026, 11, 30)

Name = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """A department record on its way: which topic, what it says, when the hub received it."""

    topic: str
    body: dict[str, Any]
    received: date
    event_id: str


@dataclass
class Person:
    """Somebody in a story, and the memberships that were reported of him."""

    number: str
    born: date
    household: str
    role: str
    membership: str


@dataclass
class Story:
    """What is said, and which days and pay runs come by."""

    records: list[Record] = field(default_factory=list)
    controls: list[tuple[date, ControlEvent]] = field(default_factory=list)


SOURCES = {
    "public-security.residence": ("public-security", "residence"),
    "public-security.death": ("public-security", "death"),
    "funeral-service.death": ("funeral-service", "death"),
    "human-resources.wage": ("human-resources", "wage"),
    "disabled-persons-federation.certificate": ("disabled-persons-federation", "certificate"),
    "public-security.identity-correction": ("public-security", "identity_correction"),
    "public-security.identity-merge": ("public-security", "identity_merge"),
    "civil-affairs.membership": ("civil-affairs", "membership"),
    "civil-affairs.application": ("civil-affairs", "application"),
    "civil-affairs.verification-result": ("civil-affairs", "verification_result"),
    "civil-affairs.decision": ("civil-affairs", "decision"),
    "civil-affairs.placement": ("civil-affairs", "placement"),
    "civil-affairs.ability-assessment": ("civil-affairs", "ability_assessment"),
    "human-resources.nursing-benefit": ("human-resources", "nursing_benefit"),
    "human-resources.employment": ("human-resources", "employment"),
    "human-resources.pension": ("human-resources", "pension"),
    "human-resources.job-offer": ("human-resources", "job_offer"),
    "public-security.custody": ("public-security", "custody"),
    "public-security.missing": ("public-security", "missing"),
    "civil-affairs.temporary-aid": ("civil-affairs", "temporary_aid"),
    "civil-affairs.relocation": ("civil-affairs", "relocation"),
    "education.school-enrolment": ("education", "school_enrolment"),
    "health-insurance.serious-illness": ("health-insurance", "serious_illness"),
}


def identity_number(index: int, born: date) -> str:
    """A number with a right check digit, of a region that exists nowhere."""
    first = f"990101{born:%Y%m%d}{index % 1000:03d}"
    return first + check_character(first)


def millis(day: date) -> int:
    """Noon of a day in Asia/Shanghai, counted by hand: 04:00 UTC."""
    return ((day - date(1970, 1, 1)).days * 24 + 4) * 3_600_000
