"""A decision as civil affairs would publish it: what it covers, whom it is about, what the officer was shown."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from msgspec import to_builtins

from benefit_hub.messages.departments import RevisionName, Shown
from benefit_hub.messages.public import Proposal
from benefit_hub.simulate.case_file import Decides
from benefit_hub.simulate.cast import Cast
from benefit_hub.simulate.story_records import Revision

TOPIC = "civil-affairs.decision"
NEVER_DECIDED = ("decision", "watch_list")


def decision(
    sentence: Decides,
    at_ms: int,
    day: date,
    record: str,
    covers: Sequence[Revision],
    cast: Cast,
    shown: Proposal | None,
) -> Revision:
    """The decision of a sentence about these revisions, handed in on a day."""
    whose, _, programme = (sentence.proposal or sentence.whose or "").partition(" ")
    households = {each.household for each in covers if each.household is not None}
    people = {each.who for each in covers}
    (households if whose in cast.households else people).add(whose)
    decided = (sentence.decided or day).isoformat()
    said: dict[str, Any] = {
        "programme": programme,
        "outcome": sentence.outcome,
        "covers": [to_builtins(each.name) for each in covers],
        "amount_fen": sentence.amount,
        "from_month": sentence.since,
        "until_month": sentence.until,
        "grace_months": sentence.grace_months,
        "next_review": sentence.next_review.isoformat() if sentence.next_review else None,
        "decided_on": decided,
        "authority": sentence.by,
        "heard_on": sentence.heard.isoformat() if sentence.heard else None,
        "notice_served_on": sentence.notice.isoformat() if sentence.notice else None,
        "shown": to_builtins(Shown(shown.book, shown.before_fen, shown.after_fen)) if shown else None,
        "household_ids": sorted(households),
        "id_numbers": [cast.people[who].number for who in sorted(people)],
    }
    body = {
        "record_id": record,
        "revision": 1,
        "retracted": False,
        "valid_from": decided,
        "valid_to": None,
        "recorded_at": at_ms,
        "id_number": None,
        "previous_id_number": None,
        **said,
    }
    return Revision(
        label=sentence.named or f"decision of {day}",
        topic=TOPIC,
        name=RevisionName("civil-affairs", "decision", record, 1),
        body=body,
        event_id=record,
        at_ms=at_ms,
        who="",
        household=None,
    )


def everything_reported(published: Iterable[Revision], whose: str, programme: str, cast: Cast) -> list[Revision]:
    """All that was published about a person, or about a household and its people; of applications those for the programme."""
    told = list(published)
    people = {whose, *cast.households.get(whose, ()), *(each.who for each in told if each.household == whose)}
    return [
        each
        for each in told
        if each.who in people
        and each.name.kind not in NEVER_DECIDED
        and (each.name.kind != "application" or each.body["programme"] == programme)
    ]
