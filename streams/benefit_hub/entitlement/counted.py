"""A revision as it counts: from which month, by which rule, for which cause."""

from datetime import date, timedelta
from typing import NamedTuple

from msgspec import Struct

from benefit_hub.entitlement.world import LOADED, Counted
from benefit_hub.messages.departments import Application, Decision, LegacyAward, RevisionName
from benefit_hub.messages.internal import Cause, Fact, HoldsFrom
from benefit_hub.policy.book import Effect, effective_month
from benefit_hub.policy.hearings import heard_before
from benefit_hub.values.months import Month, first_day, month, partial_date

OwnKey = tuple[str, str, str, str]


class Ruling(Struct, frozen=True, gc=False, kw_only=True):
    """A decision that stands: the greatest, not retracted revision of its record."""

    fact: Fact
    decision: Decision
    decided_on: date

    @property
    def heard(self) -> bool:
        """Whether the person was heard before the decision."""
        return heard_before(self.decision)


class Candidate(NamedTuple):
    """A revision that may come to count, with its keys, which are asked for again and again."""

    fact: Fact
    key: OwnKey
    name: RevisionName


def candidate(fact: Fact) -> Candidate:
    """A revision with its keys."""
    kind = fact.kind
    key = (fact.source, kind, fact.record, fact.subject)
    return Candidate(fact, key, RevisionName(fact.source, kind, fact.record, fact.revision))


def counted(each: Candidate, known: Counted | None, cause: str, effect: Effect, ruling: Ruling | None) -> Counted:
    """A revision as it counts. A correction keeps the month of its record; anything else leaves what stood until then."""
    fact, rule, day = each.fact, effect.month, decision_day(each.fact, ruling)
    of_record = rule == "MONTH_OF_RECORD" and known is not None
    since = None if ruling is None else named_month(ruling)
    named = stated = since is not None
    if of_record and known is not None:
        rule, day = known.rule, known.decided_on
        if since is None and (known.named or rule == "NEXT_MONTH_OF_DECISION"):
            since, named = known.since, known.named
    if since is None:
        since = effective_month(rule, event_day(fact, cause), day, submitted_on(fact))
    stays = stated or not of_record or (known is not None and known.cause.cause == LOADED)
    return Counted(
        fact=fact,
        since=since,
        rule=rule,
        decided_on=day,
        cause=cause_of(cause, each, ruling),
        row=effect,
        named=named,
        earlier=standing_before(known, since) if stays else None,
        ends=None if ruling is None else award_end(fact, ruling),
    )


def holds_from(each: Counted, row: Effect) -> HoldsFrom:
    """From which month a revision counts, and why from that one: by a row of the effect table."""
    happened = event_day(each.fact, each.cause.cause)
    if each.rule == "APPLICATION_MONTH":
        happened = submitted_on(each.fact) or happened
    by_rule = effective_month(each.rule, happened, each.decided_on, happened)
    corrects = row.month == "MONTH_OF_RECORD" and each.rule != row.month
    return HoldsFrom(
        since=each.since,
        rule=each.rule,
        way="NAMED" if each.named else "CORRECTED" if corrects else "TOGETHER" if each.since != by_rule else "RULE",
        happened=happened,
        decided=each.decided_on,
        clause=row.clause,
        source=row.source,
        assumed=row.assumed,
        unverified=not row.verified,
    )


def named_month(ruling: Ruling | None) -> Month | None:
    """The month that a decision names itself."""
    text = None if ruling is None else ruling.decision.from_month
    return None if text is None else month(text)


def award_end(fact: Fact, ruling: Ruling | None) -> Month | None:
    """The month after the last one for which a decision grants what was applied for."""
    text = None if ruling is None or fact.kind != "application" else ruling.decision.until_month
    return None if text is None else Month(month(text) + 1)


def event_day(fact: Fact, cause: str) -> date:
    """The day on which something happened: that on which a fact began, or if its end is told, its last day."""
    if fact.valid_to is not None and cause == f"{fact.kind}_end":
        return fact.valid_to - timedelta(days=1)
    return first_day(month(fact.payload.paid_since)) if isinstance(fact.payload, LegacyAward) else fact.valid_from


def standing_before(known: Counted | None, since: Month) -> Counted | None:
    """Of a record's revisions that count so far, the one that stands until a month."""
    while known is not None and known.since >= since:
        known = known.earlier
    return known


def stands_on(fact: Fact, day: date) -> bool:
    """Whether a fact is true on a day."""
    return not fact.retracted and fact.valid_from <= day and (fact.valid_to is None or day < fact.valid_to)


def only_ended(before: Fact, after: Fact) -> bool:
    """Whether a revision does no more than put an end to the one before it."""
    same = (after.payload, after.valid_from) == (before.payload, before.valid_from)
    return same and after.valid_to is not None and after.valid_to != before.valid_to


def decision_day(fact: Fact, ruling: Ruling | None) -> date:
    """The day of the decision, or for what nobody decided that of the receipt."""
    return fact.received_on if ruling is None else ruling.decided_on


def submitted_on(fact: Fact) -> date | None:
    """When an application was handed in."""
    return partial_date(fact.payload.submitted_on) if isinstance(fact.payload, Application) else None


def cause_of(cause: str, each: Candidate, ruling: Ruling | None) -> Cause:
    """Why a revision counts, for the adjustments that follow from it."""
    fact, name = each.fact, each.name
    if ruling is None:
        return Cause(
            cause=cause, name=name, event_day=fact.valid_from, received_on=fact.received_on, execution="AUTOMATIC"
        )
    decision = ruling.decision
    return Cause(
        cause=cause,
        name=name,
        event_day=fact.valid_from,
        received_on=fact.received_on,
        execution="DECIDED",
        outcome=decision.outcome,
        decision=ruling.fact.name,
        authority=decision.authority,
        decided_on=ruling.decided_on,
        heard_on=day_or_none(decision.heard_on),
        notice_served_on=day_or_none(decision.notice_served_on),
    )


def day_or_none(text: str | None) -> date | None:
    """A day that intake has checked."""
    return None if text is None else partial_date(text)
