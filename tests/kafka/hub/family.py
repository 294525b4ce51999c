"""A family that is poor enough, and everything that is said of it until it is granted dibao."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.kafka.hub.people import noon
from tests.properties.told import Record

RECEIVED, DECIDED = date(2026, 3, 2), date(2026, 3, 18)


@dataclass(frozen=True)
class Family:
    """A household of one or two, and what it earns in a month, in fen."""

    name: str
    numbers: tuple[str, ...]
    income_fen: int

    def owed(self, standard_fen: int) -> int:
        """Dibao by hand: what is missing to the standard of everybody."""
        return len(self.numbers) * standard_fen - self.income_fen


def records_of(family: Family) -> Iterator[Record]:
    """Where they live, who belongs to them, what they earn, that they applied, and that it was granted."""
    covers = []

    def say(topic: str, kind: str, record: str, number: str | None, on: date, **said: Any) -> Record:
        source = topic.partition(".")[0]
        covers.append({"source": source, "kind": kind, "record": record, "revision": 1})
        envelope = {
            "record_id": record,
            "revision": 1,
            "valid_from": said.pop("since", on.isoformat()),
            "recorded_at": noon(on.isoformat()),
            "id_number": number,
        }
        return Record(topic, envelope | said, on, f"{kind}-{record}")

    for at, number in enumerate(family.numbers):
        record = f"{family.name}-{at}"
        home = {
            "region": "990101",
            "area": "URBAN",
            "register_number": "R",
            "birth_date": "1980-05-17",
            "sex": "FEMALE",
        }
        yield say("public-security.residence", "residence", record, number, RECEIVED, since="2010-01-01", **home)
        role = {"household_id": family.name, "role": "HEAD" if at == 0 else "OTHER"}
        yield say("civil-affairs.membership", "membership", record, number, RECEIVED, since="2010-01-01", **role)
    found = {"item": "OTHER", "period": "2026-02", "amount_fen": family.income_fen, "as_of": RECEIVED.isoformat()}
    yield say(
        "civil-affairs.verification-result", "verification_result", family.name, family.numbers[0], RECEIVED, **found
    )
    applied = {
        "programme": "dibao",
        "household_id": family.name,
        "submitted_on": RECEIVED.isoformat(),
        "received_region": "990101",
        "competent_region": "990101",
        "channel": "TOWNSHIP",
    }
    yield say("civil-affairs.application", "application", family.name, family.numbers[0], RECEIVED, **applied)
    granted = {
        "programme": "dibao",
        "outcome": "ACCEPT",
        "covers": list(covers),
        "decided_on": DECIDED.isoformat(),
        "authority": "County",
        "household_ids": [family.name],
        "id_numbers": list(family.numbers),
    }
    yield say("civil-affairs.decision", "decision", family.name, None, DECIDED, **granted)
