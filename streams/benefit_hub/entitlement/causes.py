"""Why an amount moved: what began to count or ceased to, each with the month from which it does; else what moved it by itself."""

from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import structs

from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.counted import holds_from
from benefit_hub.entitlement.household import Household, Sent
from benefit_hub.entitlement.rules.grace import IN_GRACE, OVER
from benefit_hub.entitlement.world import LOADED, Counted
from benefit_hub.messages.internal import Cause, HoldsFrom, MonthWay, Segment, Snapshot
from benefit_hub.policy.book import DIRECTIONS, Effect, MonthRule, Pack, effective_month
from benefit_hub.policy.named_rules import MOVED_BY, OPENED_BY
from benefit_hub.values.ids import is_person
from benefit_hub.values.months import Month, first_day, month, month_after, month_of, month_over


def causes_of(known: Household, unit: Unit) -> dict[str, Cause]:
    """Why a unit is as it is: what counts, by record, and the memberships that were decided: a person's own, after a move."""
    counted = unit.counting.verdicts.items()
    causes = {"|".join(key): each.cause for key, each in counted if each.cause.cause != LOADED}
    who = unit.beneficiary
    if not is_person(who):
        for moves in known.membership_causes.values():
            causes |= moves
    elif who in known.membership_causes and has_moved(known.members[who]):
        causes |= known.membership_causes[who]
    return causes


def has_moved(snapshot: Snapshot) -> bool:
    """Whether somebody is a member of more than one household, one after the other."""
    return len({each.household for each in snapshot.held if each.member}) > 1


def ceased(known: Household, cause: Cause) -> Cause:
    """Why something counts no more: the decision behind it was taken back, or else what had made it count."""
    for fact in known.every_fact():
        decision = cause.decision
        if (
            decision is not None
            and fact.retracted
            and fact.record_key == (decision.source, decision.kind, decision.record)
        ):
            return Cause(
                cause="decision_withdrawn",
                name=fact.name,
                event_day=fact.valid_from,
                received_on=fact.received_on,
                execution="AUTOMATIC",
            )
    return cause


def new_causes(
    known: Household,
    before: Sent | None,
    now: Sent,
    unit: Unit | None,
    programme: str,
    found: Assessment,
    today: date,
) -> tuple[Cause, ...]:
    """What began to count, or changed, or ceased, since the last claim, latest first; else what moved the amount by itself."""
    old = before.causes.get(programme, {}) if before else {}
    new = now.causes.get(programme, {})
    changed = [with_month(known, unit, found, key, cause) for key, cause in new.items() if old.get(key) != cause]
    changed += [ceased(known, cause) for key, cause in old.items() if key not in new]
    opened = None if unit is None or looked_at(old) else OPENED_BY.get(unit.programme.rule)
    if changed and opened is None:
        return tuple(sorted(since_the_move(changed) if before is None else changed, key=cause_order))
    by_itself = opened or itself(unit, today)
    name = "standard" if before is not None and before.book != now.book else by_itself
    cause = Cause(cause=name, name=None, event_day=today, received_on=today, execution="AUTOMATIC")
    if unit is None or found.pack is None or not unit.timeline or name != by_itself:
        return (cause,)
    if name.endswith("_end"):
        return (what_is_over(unit, name, found.pack, today) or cause,)
    return (structs.replace(cause, holds=age_reached(unit, name, found.pack, today)),)


def looked_at(old: Mapping[str, Cause]) -> bool:
    """Whether anything counted for a programme before; who is in a household is known without looking at any."""
    return any(each.cause != "membership" for each in old.values())


def since_the_move(changed: list[Cause]) -> list[Cause]:
    """What is new where somebody was never assessed: if he has moved here, nothing that was decided before that."""
    moves = [day_of(each) for each in changed if each.cause == "membership"]
    return [each for each in changed if not moves or day_of(each) >= max(moves)]


def turn(unit: Unit, today: date) -> tuple[Segment | None, Segment]:
    """What the calendar has come to, and what was before it. Later segments are known ahead: they come at their time."""
    begun = [number for number, each in enumerate(unit.timeline) if each.since <= month_after(today)]
    at = begun[-1] if begun else len(unit.timeline) - 1
    return (unit.timeline[at - 1] if at else None), unit.timeline[at]


def itself(unit: Unit | None, today: date) -> str:
    """What happens without a message: somebody reaches an age, a certificate ends, another programme changes."""
    if unit is None or not unit.timeline:
        return "other_programme"
    before, now = turn(unit, today)
    label = None if before is None else changed_label(before.reasoning.inputs, now.reasoning.inputs)
    if label is not None:
        return LABELS_BY_THEMSELVES[label]
    formula = OVER if before is not None and before.reasoning.formula == IN_GRACE else now.reasoning.formula
    return MOVED_BY.get(formula, "other_programme")


LABELS_BY_THEMSELVES = {
    "T_MINOR": "age",
    "T_OLD": "age",
    "T_STUDENT": "school_enrolment_end",
    "T_DISABLED": "certificate_end",
    "T_SERIOUSLY_ILL": "serious_illness_end",
}


def changed_label(before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
    """The label of a top-up that other members have than before."""
    return next((each for each in LABELS_BY_THEMSELVES if before.get(each) != after.get(each)), None)


def cause_order(cause: Cause) -> tuple[int, str, str]:
    """Latest decision or receipt first."""
    return (-day_of(cause).toordinal(), cause.cause, str(cause.name))


def day_of(cause: Cause) -> date:
    """The day of the decision, or for what nobody decided that of the receipt."""
    return cause.decided_on or cause.received_on


def with_month(known: Household, unit: Unit | None, found: Assessment, key: str, cause: Cause) -> Cause:
    """A cause with the month from which it counts."""
    if cause.cause == "membership":
        return structs.replace(
            cause, holds=membership_holds(known, cause, found, "*" if unit is None else unit.programme.name)
        )
    if unit is None:
        return cause
    own = next((own for own in unit.counting.verdicts if "|".join(own) == key), None)
    if own is None:
        return cause
    return structs.replace(cause, holds=holds_from(unit.counting.verdicts[own], unit.counting.row(own)))


def membership_holds(known: Household, cause: Cause, found: Assessment, programme: str) -> HoldsFrom | None:
    """From which month a decided membership begins or ends, as the register says it: by the rule of the book for memberships,
    or with its last day where that is still to come. The clause is that of the effect table, where it says the same."""
    record = next((each for each in known.every_fact() if each.name == cause.name), None)
    decision = next((said for _, fact, said in known.decisions if fact.name == cause.decision), None)
    if record is None or decision is None or cause.decided_on is None or found.pack is None:
        return None
    rule, ends = found.membership_month, month_over(record.valid_to)
    since = effective_month(rule, record.valid_from, cause.decided_on, None)
    named = None if decision.from_month is None else month(decision.from_month)
    begins, happened = named or since, record.valid_from
    way: MonthWay = "RULE" if named is None else "NAMED"
    if record.valid_to is not None and ends is not None and record.valid_to > cause.decided_on and ends > begins:
        way, begins, happened = "ENDED", ends, record.valid_to - timedelta(days=1)
    row = found.pack.effects_of(programme, "membership", cause.decided_on)[0]
    says = row.month == rule
    return HoldsFrom(
        since=begins,
        rule=rule,
        way=way,
        happened=happened,
        decided=cause.decided_on,
        clause=row.clause if says else "",
        source=row.source if says else "",
        assumed=row.assumed or found.pack.assumed,
        unverified=says and not row.verified,
    )


def age_reached(unit: Unit, name: str, pack: Pack, today: date) -> HoldsFrom | None:
    """From which month an age counts that the calculation names with its day, and the clause where the effect table has one."""
    _, now = turn(unit, today)
    reached = now.reasoning.inputs.get("reached")
    if name != "age" or reached is None:
        return None
    day = date.fromisoformat(reached)
    rules: dict[Month, MonthRule] = {month_of(day): "EVENT_MONTH", month_after(day): "NEXT_MONTH_OF_EVENT"}
    rule = rules.get(now.since)
    if rule is None:
        return None
    row = pack.effects_of(unit.programme.name, name, today)[DIRECTIONS.index("INCREASE" if now.amount else "CLOSE")]
    return holds_by_itself(now.since, rule, "RULE", day, today, row if row.mode == "AUTOMATIC" else None)


def what_is_over(unit: Unit, name: str, pack: Pack, today: date) -> Cause | None:
    """What ended by itself, with its last day, and the clause where the effect table says that it ends then."""
    kind, at = name.removesuffix("_end"), turn(unit, today)[1].since
    over = [each for each in unit.counting.verdicts.values() if at in (each.until, each.ends) and of_kind(each, kind)]
    if not over:
        return None
    ended = max(over, key=lambda each: (each.since, each.fact.name))
    last = first_day(at) - timedelta(days=1)
    if ended.until == at and ended.fact.valid_to is not None:
        last = ended.fact.valid_to - timedelta(days=1)
    row = pack.effects_of(unit.programme.name, name, today)[DIRECTIONS.index("CLOSE")]
    says = row if row.mode == "AUTOMATIC" and row.month == "NEXT_MONTH_OF_EVENT" else None
    return Cause(
        cause=name,
        name=ended.fact.name,
        event_day=last,
        received_on=ended.fact.received_on,
        execution="AUTOMATIC",
        holds=holds_by_itself(at, "NEXT_MONTH_OF_EVENT", "ENDED", last, today, says),
    )


def holds_by_itself(
    since: Month, rule: MonthRule, way: MonthWay, happened: date, today: date, row: Effect | None
) -> HoldsFrom:
    """From which month something counts that the calendar brings; `row` of the effect table, where that says so."""
    return HoldsFrom(
        since=since,
        rule=rule,
        way=way,
        happened=happened,
        decided=today,
        clause="" if row is None else row.clause,
        source="" if row is None else row.source,
        assumed=row is not None and row.assumed,
        unverified=row is not None and not row.verified,
    )


def of_kind(each: Counted, kind: str) -> bool:
    """Whether a revision is of a kind; an award is an application that was accepted before."""
    return each.fact.kind == kind or (kind, each.fact.kind) == ("application", "legacy_award")
