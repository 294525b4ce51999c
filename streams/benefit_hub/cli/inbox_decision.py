"""A decision over a proposal, as civil affairs publishes it: who decides what, when, after which hearing, about what."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct, to_builtins

from benefit_hub.cli.words import word
from benefit_hub.messages.departments import Outcome
from benefit_hub.messages.public import Proposal
from benefit_hub.policy.book import Book, Effect
from benefit_hub.values.errors import HubError
from benefit_hub.values.identity import identity_fault
from benefit_hub.values.ids import HOUSEHOLD, content_id
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import day_of_millis

DECISIONS = "civil-affairs.decision"


class Ruling(Struct, frozen=True, kw_only=True):
    """What an officer says about a proposal. Months as `2026-07`; amounts in fen, only where the decision sets one itself."""

    outcome: Outcome
    decided_on: date
    authority: str
    heard_on: date | None = None
    notice_served_on: date | None = None
    statement: str | None = None
    amount_fen: int | None = None
    from_month: str | None = None
    until_month: str | None = None


def decision_record(
    proposal: Proposal, ruling: Ruling, book: Book, numbers: Sequence[str], recorded_at_ms: int
) -> dict[str, Any]:
    """The decision as a record for its topic. The same ruling on the same proposal is the same record.

    `numbers` are the identity numbers of the people whom the decision names, needed where it moves people or is about
    somebody in no household. Raises HubError for a decision that would have no effect, with what is missing.
    """
    check_standing(proposal)
    check_days(ruling, day_of_millis(recorded_at_ms))
    check_hearing(proposal, ruling, book)
    check_people(proposal, numbers)
    covers = [to_builtins(name) for name in proposal.covers]
    household = proposal.household.startswith(HOUSEHOLD)
    said = {
        "valid_from": ruling.decided_on.isoformat(),
        "programme": proposal.programme,
        "outcome": ruling.outcome,
        "covers": covers,
        "amount_fen": ruling.amount_fen,
        "from_month": ruling.from_month,
        "until_month": ruling.until_month,
        "decided_on": ruling.decided_on.isoformat(),
        "authority": ruling.authority,
        "heard_on": day_text(ruling.heard_on),
        "statement": ruling.statement,
        "notice_served_on": day_text(ruling.notice_served_on),
        "shown": {"book": proposal.book, "before_fen": proposal.before_fen, "after_fen": proposal.after_fen},
        "household_ids": [proposal.household.removeprefix(HOUSEHOLD)] if household else [],
        "id_numbers": list(numbers),
    }
    return {"record_id": record_id(proposal, said), "revision": 1, "recorded_at": recorded_at_ms, **said}


def record_id(proposal: Proposal, said: Mapping[str, Any]) -> str:
    """Made of what is decided, so that a decision that was sent but not acknowledged can be sent again."""
    told = {name: value for name, value in said.items() if name != "id_numbers"}
    return f"inbox-{content_id(proposal.proposal_id, repr(sorted(told.items())))[:16]}"


def check_standing(proposal: Proposal) -> None:
    """Only what waits can be decided."""
    if proposal.state not in ("OPEN", "CHANGED"):
        raise HubError(f"建议{word(proposal.state)}：nothing waits for a decision any more; see `hub inbox list`")


def check_days(ruling: Ruling, recorded_on: date) -> None:
    """What has not happened yet cannot be recorded, and the hearing comes before the decision."""
    told = {
        "--decided-on": ruling.decided_on,
        "--heard-on": ruling.heard_on,
        "--notice-served-on": ruling.notice_served_on,
    }
    for option, day in told.items():
        if day is not None and day > recorded_on:
            raise HubError(f"{option} {day} lies ahead of {recorded_on}: leave it out until it has happened")
    if ruling.heard_on is not None and ruling.heard_on > ruling.decided_on:
        raise HubError(
            f"heard on {ruling.heard_on}, after the decision of {ruling.decided_on}: the hearing comes first"
        )


def hearing_rule(proposal: Proposal, decided_on: date, book: Book) -> Effect | None:
    """The rule by which a decision of that day needs a hearing before it, None where none does."""
    pack = book.pack(proposal.region)
    if pack is None or proposal.after_fen >= proposal.before_fen:
        return None
    rows = (pack.effect(proposal.programme, cause, "DECREASE", decided_on) for cause in proposal.causes)
    return next((row for row in rows if row.hearing), None)


def check_hearing(proposal: Proposal, ruling: Ruling, book: Book) -> None:
    """Nobody's benefit falls unheard where the law wants a hearing."""
    rule = hearing_rule(proposal, ruling.decided_on, book)
    if rule is None or ruling.heard_on is not None or ruling.outcome == "REJECT":
        return
    raise HubError(
        f"减发须先听取意见，没有听取意见日期不能登记（{yuan_text(proposal.before_fen)} → {yuan_text(proposal.after_fen)} 元；"
        f"适用于 {rule.decided_from} 起作出的决定；{rule.clause}）。请听取意见后，用 --heard-on YYYY-MM-DD 重新决定 "
        "(a decision that lowers a benefit needs the day of a hearing before it)"
    )


def check_people(proposal: Proposal, numbers: Sequence[str]) -> None:
    """A decision reaches people by their numbers, which the hub does not keep."""
    check_numbers(numbers)
    moves = any(name.kind == "membership" for name in proposal.covers)
    if not numbers and (moves or not proposal.household.startswith(HOUSEHOLD)):
        why = "it moves people between households" if moves else "it is about a person in no household"
        raise HubError(
            f"this decision needs the identity numbers of those whom it names, since {why}: write them into a file, one a "
            "line, and give it with --id-numbers FILE (- reads them from standard input)"
        )


def check_numbers(numbers: Sequence[str]) -> None:
    """Each can be somebody's."""
    for place, number in enumerate(numbers, 1):
        fault = identity_fault(number)
        if fault is not None:
            raise HubError(f"identity number {place} of the file: expected {fault}; correct the file")


def day_text(day: date | None) -> str | None:
    """A day as departments write it."""
    return None if day is None else day.isoformat()
