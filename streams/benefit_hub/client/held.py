"""What the hub holds of a department's records: every revision that it took, and which one stands."""

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct

from benefit_hub.catalogue import Catalogue
from benefit_hub.messages.internal import Fact, RecordKey
from benefit_hub.register.assignment import greatest
from benefit_hub.register.late import too_late
from benefit_hub.register.subjects import Subject, take_fact
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.runtime.settings import Settings
from benefit_hub.runtime.whole_topic import whole


class HeldRevision(Struct, frozen=True, kw_only=True):
    """One revision of a record. Of several with one number and different contents (`conflict`) there is one line.

    `stands`: it is the latest word of the record; where it is `retracted`, the record counts as if it had never been.
    """

    kind: str
    record: str
    revision: int
    valid_from: date
    valid_to: date | None
    received_on: date
    event_id: str
    retracted: bool
    stands: bool
    conflict: bool
    too_late: bool


def held(facts: Iterable[Fact], source: str, horizon_months: int) -> list[HeldRevision]:
    """What register makes of these facts, of one source and no other, in the order of records and revisions."""
    subjects: dict[str, Subject] = {}
    late: list[Fact] = []
    for fact in facts:
        if fact.source != source:
            continue
        if too_late(fact, horizon_months):
            late.append(fact)
        else:
            known = subjects.get(fact.subject) or Subject(subject=fact.subject)
            subjects[fact.subject], _ = take_fact(known, fact)
    found: dict[tuple[RecordKey, int, bool], HeldRevision] = {}
    for known in subjects.values():
        last = greatest(known.facts)
        for fact in known.facts:
            key = (fact.record_key, fact.revision, False)
            if (
                key not in found or found[key].retracted
            ):  # for the person that a record leaves it is retracted, and only there
                stands, conflict = last[fact.record_key] is fact, fact.name in known.conflicts
                found[key] = _line(fact, stands=stands, conflict=conflict, late=False)
    for fact in late:
        found[fact.record_key, fact.revision, True] = _line(fact, stands=False, conflict=False, late=True)
    return [found[key] for key in sorted(found)]


def _line(fact: Fact, *, stands: bool, conflict: bool, late: bool) -> HeldRevision:
    return HeldRevision(
        kind=fact.kind,
        record=fact.record,
        revision=fact.revision,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        received_on=fact.received_on,
        event_id=fact.event_id,
        retracted=fact.retracted,
        stands=stands,
        conflict=conflict,
        too_late=late,
    )


def facts_of(catalogue: Catalogue, settings: Settings, bootstrap: str, source: str) -> Iterator[Fact]:
    """The committed facts of one source, up to the end of the topic as it is now. Raises HubError where brokers fall silent."""
    codecs = Codecs(catalogue)
    mark = source.encode()
    for message in whole(settings, bootstrap, "facts"):
        value = message.value()
        if value is not None and mark in value:
            fact = codecs.decode("facts", value)
            if isinstance(fact, Fact) and fact.source == source:
                yield fact
