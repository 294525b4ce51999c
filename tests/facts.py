"""Facts as departments' records arrive at register, told in a line each; people and households by short names."""

from datetime import date
from typing import Any

from benefit_hub.messages.departments import (
    Application,
    Certificate,
    CertifiedCategory,
    Death,
    Decision,
    FactPayload,
    IdentityCorrection,
    IdentityMerge,
    Membership,
    Relation,
    Residence,
    VerificationResult,
    Wage,
    WatchList,
)
from benefit_hub.messages.internal import Fact
from benefit_hub.values.ids import content_id


def noon(day: date) -> int:
    """Noon of a day in Asia/Shanghai, in milliseconds: 04:00 UTC."""
    return ((day - date(1970, 1, 1)).days * 24 + 4) * 3_600_000


def fact(subject: str, record: str, payload: FactPayload, **said: Any) -> Fact:
    """One revision about one subject. `on` and `until` are when it is true, `received` when the hub heard of it."""
    received = date.fromisoformat(said.get("received", "2026-01-05"))
    until = said.get("until")
    revision = said.get("revision", 1)
    source = said.get("source", "civil-affairs")
    return Fact(
        subject=subject,
        source=source,
        record=record,
        revision=revision,
        mapping=said.get("mapping", 1),
        recorded_at=said.get("recorded_at", noon(received)),
        content=said.get("content") or content_id(str((payload, said.get("on"), until, said.get("retracted")))),
        received_at=noon(received),
        received_on=received,
        retracted=said.get("retracted", False),
        valid_from=date.fromisoformat(said.get("on", "2020-01-01")),
        valid_to=None if until is None else date.fromisoformat(until),
        event_id=said.get("event_id", f"{source}/{record}/{revision}/{received}"),
        payload=payload,
    )


def home(who: str, *, area: Any = "URBAN", born: str = "1980-03-09", region: str = "990101", **said: Any) -> Fact:
    """Somebody is registered at a place."""
    payload = Residence(region=region, area=area, register_number="R", birth_date=born, sex="FEMALE")
    return fact(f"p:{who}", said.pop("record", f"r-{who}"), payload, source="public-security", **said)


def member(who: str, household: str, *, role: Any = "OTHER", **said: Any) -> Fact:
    """Somebody is a member of a household."""
    payload = Membership(household_id=household, role=role)
    return fact(f"p:{who}", said.pop("record", f"m-{who}"), payload, **said)


def applies(subject: str, programme: str, on: str, **said: Any) -> Fact:
    """A household (`h:…`) or a person (`p:…`) applies."""
    household = subject[2:] if subject.startswith("h:") else None
    payload = Application(
        programme=programme,
        household_id=household,
        submitted_on=on,
        received_region="990101",
        competent_region="990101",
        channel="TOWNSHIP",
    )
    return fact(subject, said.pop("record", f"a-{subject[2:]}-{programme}"), payload, on=on, received=on, **said)


def income(who: str, yuan: int, on: str, **said: Any) -> Fact:
    """Verification found a monthly income."""
    payload = VerificationResult(item="OTHER", period=on[:7], amount_fen=yuan * 100, as_of=on)
    return fact(f"p:{who}", said.pop("record", f"v-{who}"), payload, **{"on": on, "received": on, **said})


def wage(who: str, yuan: int, on: str, **said: Any) -> Fact:
    """An employer paid a wage."""
    payload = Wage(pay_period=on[:7], employer=said.pop("employer", "E1"), amount_fen=yuan * 100)
    record = said.pop("record", f"w-{who}")
    return fact(f"p:{who}", record, payload, **{"source": "human-resources", "on": on, "received": on, **said})


def death(who: str, on: str, **said: Any) -> Fact:
    """A source says that somebody died."""
    source = said.pop("source", "public-security")
    return fact(f"p:{who}", said.pop("record", f"x-{who}"), Death(), source=source, on=on, **{"received": on, **said})


def card(who: str, level: Any, on: str, **said: Any) -> Fact:
    """Somebody holds a disability certificate."""
    payload = Certificate(categories=(CertifiedCategory("PHYSICAL", level),), status="VALID", issued_on=on)
    source = "disabled-persons-federation"
    return fact(
        f"p:{who}", said.pop("record", f"c-{who}"), payload, **{"source": source, "on": on, "received": on, **said}
    )


def watched(who: str, on: str, **said: Any) -> Fact:
    """Somebody's household is watched against a return to poverty."""
    payload = WatchList(category="MARGINAL", income_per_head_fen=said.pop("per_head_fen", None))
    return fact(f"p:{who}", f"l-{who}", payload, source="rural-revitalisation", on=on, received=on, **said)


def same(alias: str, canonical: str, on: str, *, merged: bool = False, **said: Any) -> list[Fact]:
    """Public security corrects (or merges) a number: one fact for the wrong one, one for the right one."""
    record = said.pop("record", f"i-{alias}-{canonical}")
    payload: FactPayload = IdentityCorrection(alias=f"p:{alias}", canonical=f"p:{canonical}")
    if merged:
        payload = IdentityMerge(alias=f"p:{alias}", canonical=f"p:{canonical}")
    shared = {"source": "public-security", "on": on, "received": on, **said}
    return [fact(f"p:{who}", record, payload, **shared) for who in (alias, canonical)]


def related(dependant: str, other: str, relation: Any, on: str, **said: Any) -> list[Fact]:
    """Somebody has a parent, a supporter or a guardian: one fact for each of the two."""
    record = said.pop("record", f"k-{dependant}-{other}")
    payload = Relation(relation=relation, dependant=f"p:{dependant}", related=f"p:{other}")
    return [fact(f"p:{who}", record, payload, **{"on": on, "received": on, **said}) for who in (dependant, other)]


def decides(programme: str, covers: list[Fact], on: str, about: list[str], **said: Any) -> list[Fact]:
    """Civil affairs decides about households (`h:…`) and persons (`p:…`), one copy for each; heard before unless told."""
    record, revision = said.pop("record", f"d-{programme}-{on}"), said.pop("revision", 1)
    received, retracted = said.pop("received", on if len(on) == 10 else "2026-12-01"), said.pop("retracted", False)
    payload = Decision(
        programme=programme,
        outcome=said.pop("outcome", "ACCEPT"),
        covers=tuple(each.name for each in covers),
        decided_on=on,
        authority="县民政局",
        heard_on=said.pop("heard_on", on),
        household_ids=tuple(each[2:] for each in about if each.startswith("h:")),
        persons=tuple(each for each in about if each.startswith("p:")),
        **said,
    )
    shared = {"revision": revision, "received": received, "retracted": retracted, "on": received}
    return [fact(subject, record, payload, **shared) for subject in about]
