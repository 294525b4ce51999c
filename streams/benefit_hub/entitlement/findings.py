"""What a person has to do beside proposals: the tasks of a household as a set, and its line of the register."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from msgspec import structs

from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.counted import named_month
from benefit_hub.entitlement.doubts import standards_missing
from benefit_hub.entitlement.due import standing
from benefit_hub.entitlement.elsewhere import handovers
from benefit_hub.entitlement.household import Household
from benefit_hub.entitlement.items import task
from benefit_hub.entitlement.proposing import speaks_for, undecided_memberships
from benefit_hub.entitlement.rules import RULES
from benefit_hub.entitlement.rules.rule import Answer
from benefit_hub.entitlement.world import LOADED
from benefit_hub.messages.departments import (
    Application,
    Decision,
    Membership,
    RevisionName,
    TemporaryAid,
    VerificationResult,
)
from benefit_hub.messages.internal import Fact, RecordKey
from benefit_hub.messages.public import HouseholdEntry, RecognisedStatus, TaskItem
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.policy.deaths import standing_death
from benefit_hub.task import Bootstrap
from benefit_hub.values.ids import household_subject, is_person
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import add_months, month_after, month_text, partial_date


def computes(unit: Unit) -> str | None:
    """The class of a household that the means of a unit's rule say."""
    return RULES[unit.programme.rule].computes


def tasks(known: Household, assessment: Assessment, today: date) -> dict[str, TaskItem]:
    """What has to be done: verify after a death, hear before a decrease, serve the notice after it, name everybody in a
    decision, know a standard, complete papers; and what it is time for by the calendar."""
    pack = assessment.pack
    if pack is None:
        return {}
    found: list[TaskItem] = []
    for fact in unnamed_members(known, assessment.bootstrap):
        if assessment.about(fact.subject, known.household):
            text = "决定的 covers 列有此人的成员记录，id_numbers 未列此人，该决定对此人不生效：请补列或另行决定。"
            found.append(task(known, "DECISION_NAMES_NOT_ALL", fact.subject, None, (fact.name,), text))
    for unit in assessment.units:
        for ruling in unit.counting.unheard:
            text = (
                f"{unit.programme.title}减发决定缺少听取意见日期，暂不执行："
                "请先听取意见并补录（社会救助法第四十七、四十八条）。"
            )
            found.append(task(known, "HEARING_MISSING", unit.beneficiary, None, (ruling.fact.name,), text))
        if computes(unit) == "DIBAO" and unit.timeline and unit.timeline[-1].reasoning.formula != "nobody left":
            found += verifications(known, unit, pack)
            found += handovers(known, unit, assessment.region)
        found += papers_due(known, unit)
        found += notices(known, unit)
        found += standards_missing(unit.programme, unit.reported, unit.beneficiary, known.household)
    found += astray(known, assessment, pack)
    found += [
        task(known, each.type, each.subject, each.due_on, each.facts, each.text)
        for each in assessment.due
        if each.shown(today)
    ]
    return {each.task_id: each for each in found}


def unnamed_members(known: Household, bootstrap: Bootstrap) -> list[Fact]:
    """The undecided memberships of this household that a decision covers which does not name the person by number.

    Such a decision reached the household, or others in it, and moves nobody whom it does not name.
    """
    undecided = undecided_memberships(known, bootstrap)
    covered = covered_names(known) if undecided else ()
    return [
        fact
        for fact in undecided
        if fact.name in covered
        and isinstance(fact.payload, Membership)
        and household_subject(fact.payload.household_id) == known.household
    ]


def covered_names(known: Household) -> set[RevisionName]:
    """Every revision that a decision known here names by its last word."""
    last: dict[RecordKey, Fact] = {}
    for _, fact, _ in known.decisions:
        other = last.get(fact.record_key)
        if other is None or fact.rank > other.rank:
            last[fact.record_key] = fact
    standing = (fact.payload for fact in last.values() if not fact.retracted)
    return {name for said in standing if isinstance(said, Decision) for name in said.covers}


def verifications(known: Household, unit: Unit, pack: Pack) -> list[TaskItem]:
    """After a member's death the household is verified within months, unless a decision or a later verification did it."""
    died = [
        each.fact
        for each in unit.counting.verdicts.values()
        if each.fact.kind == "death" and not each.fact.retracted and each.cause.cause != LOADED
    ]
    if not died:
        return []
    done = known.decided
    found = []
    for person in sorted(known.members):
        deaths = [fact for fact in died if fact.subject == person]
        chosen = standing_death([(fact.source, fact.valid_from) for fact in deaths], pack.death_sources)
        if chosen is None or done.intersection(fact.name for fact in deaths):
            continue
        fact = deaths[chosen]
        if not verified_since(known, fact.valid_from):
            due = add_months(fact.valid_from, pack.death_verification_months)
            text = f"低保家庭成员死亡，请在 {due} 前完成家庭情况核查并办结增发、减发或停发。"
            found.append(task(known, "VERIFY_AFTER_DEATH", known.household, due, (fact.name,), text))
    return found


def verified_since(known: Household, day: date) -> bool:
    """Whether a verification result is about a day from then on."""
    return any(
        isinstance(fact.payload, VerificationResult) and partial_date(fact.payload.as_of) >= day
        for snapshot in known.members.values()
        for fact in snapshot.records
    )


def notices(known: Household, unit: Unit) -> list[TaskItem]:
    """Every decision that lowered an amount needs a written notice with reasons."""
    lacking = [
        ruling
        for ruling in unit.rulings
        if ruling.decision.outcome != "REJECT" and ruling.decision.notice_served_on is None
        if ruling not in unit.counting.unheard
    ]
    if not lacking:
        return []
    found = []
    falls = {
        right.since: (left.amount - right.amount, right.amount)
        for left, right in zip(unit.timeline, unit.timeline[1:], strict=False)
        if right.amount < left.amount
    }
    counted = {(each.cause.decision, each.since) for each in unit.counting.verdicts.values()}
    for ruling in lacking:
        since = named_month(ruling) or month_after(ruling.decided_on)
        for month in sorted(falls):
            if month == since or (ruling.fact.name, month) in counted:
                fall, rest = falls[month]
                less = f"自 {month_text(month)} 起{'减发' if rest else '停发，少发'} {yuan_text(fall)} 元"
                text = f"{unit.programme.title}{less}：请送达书面通知并说明理由。"
                found.append(task(known, "NOTICE_DUE", unit.beneficiary, None, (ruling.fact.name,), text))
    return found


def astray(known: Household, assessment: Assessment, pack: Pack) -> Iterator[TaskItem]:
    """Who applied, and can have nothing by it however it is decided: for what households have, naming none, or the other way."""
    for fact in standing(list(assessment.astray)):
        said = fact.payload
        if isinstance(said, Application) and speaks_for(known, fact.subject):
            title = pack.programmes[said.programme].title
            if is_person(fact.subject):
                text = f"{title}按家庭申请，该申请未写明家庭：请先登记家庭成员（独自生活的登记为一人户），再按家庭提出申请。"
            else:
                text = f"{title}由本人申请，该申请写的是家庭：请由本人提出申请。"
            yield task(known, "APPLICATION_ASTRAY", fact.subject, None, (fact.name,), text)


def papers_due(known: Household, unit: Unit) -> list[TaskItem]:
    """Small help is given first, and its papers are completed afterwards (《社会救助法》 50)."""
    if unit.programme.rule != "recorded":
        return []
    text = f"{unit.programme.title}已先行发放：请补齐手续并登记补齐日期。"
    return [
        task(known, "PAPERS_DUE", unit.beneficiary, None, (each.fact.name,), text)
        for each in unit.counting.verdicts.values()
        if isinstance(each.fact.payload, TemporaryAid) and not each.fact.retracted
        if each.fact.payload.prepaid and each.fact.payload.papers_on is None
    ]


def household_entry(known: Household, assessment: Assessment, book: str) -> HouseholdEntry:
    """The line of the register of households: statuses that were decided, and the class that the numbers say.

    Where the household was not assessed the line stands as it was, by the book that is in force.
    """
    if known.entry is not None and not assessment.about(None, known.household):
        return structs.replace(known.entry, book=book)
    units = [unit for unit in assessment.units if unit.beneficiary == known.household]
    statuses = [
        RecognisedStatus(unit.programme.name, month_text(segment.since), segment.status)
        for unit in units
        for segment in unit.timeline
    ]
    final, margin = means_told(units)
    means = final.means if final else None
    return HouseholdEntry(
        household=known.household,
        region=assessment.region or None,
        area=means.area if means else None,
        members=len(means.people) if means else 0 if final else len(known.members),
        statuses=tuple(statuses),
        computed_class=computed_class(final, margin),
        book=book,
    )


def means_told(units: list[Unit]) -> tuple[Answer | None, Programme | None]:
    """What is said last of a household's means, by dibao or margin, of which it applied for one; and the rules of margin."""
    by_means = [unit for unit in units if computes(unit) in ("DIBAO", "MARGIN")]
    margin = next((unit.programme for unit in by_means if computes(unit) == "MARGIN"), None)
    if not any(computes(unit) == "DIBAO" for unit in by_means):
        return None, margin
    return next((unit.final for unit in by_means if unit.final is not None), None), margin


def computed_class(final: Answer | None, margin: Programme | None) -> str:
    """The class by arithmetic alone; income of people who did not apply is not computed."""
    if final is None:
        return "NOT_COMPUTED"
    if final.means is None:
        return "EMPTY"
    if final.means.under():
        return "DIBAO"
    factor = Fraction(margin.factor or "1") if margin else Fraction(1)
    return "MARGIN" if final.means.under(factor) else "NONE"
