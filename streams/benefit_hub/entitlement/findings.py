"""What a person has to look at beside proposals: leads and tasks of a household, as the sets that should stand."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from msgspec import structs

from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.counted import named_month
from benefit_hub.entitlement.doubts import standards_missing
from benefit_hub.entitlement.elsewhere import handovers, leads_elsewhere
from benefit_hub.entitlement.endings import ended_beside
from benefit_hub.entitlement.household import Household
from benefit_hub.entitlement.items import lead, task
from benefit_hub.entitlement.proposing import speaks_for, undecided_memberships
from benefit_hub.entitlement.rules import RULES
from benefit_hub.entitlement.rules.rigid import fen_of, fits, gross, latest_expenses
from benefit_hub.entitlement.rules.rule import Answer
from benefit_hub.entitlement.world import ENTRIES, LOADED
from benefit_hub.messages.departments import (
    Certificate,
    Decision,
    Membership,
    RevisionName,
    TemporaryAid,
    VerificationResult,
    WatchList,
)
from benefit_hub.messages.internal import Fact, RecordKey, Snapshot
from benefit_hub.messages.public import HouseholdEntry, Lead, RecognisedStatus, TaskItem
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.policy.deaths import standing_death
from benefit_hub.task import Bootstrap
from benefit_hub.values.ids import household_subject
from benefit_hub.values.money import half_up, yuan_text
from benefit_hub.values.months import add_months, month_after, month_of, month_text, partial_date


def leads(known: Household, assessment: Assessment, today: date) -> dict[str, Lead]:
    """Help to apply: the household is on a watch list, somebody holds a certificate and has not applied, or what he had instead
    has ended."""
    pack = assessment.pack
    if pack is None:
        return {}
    found: list[Lead] = []
    taken = {(unit.programme.name, unit.beneficiary) for unit in assessment.units if applied(unit)}
    if assessment.found["watch_list"] and assessment.about(None, known.household):
        names = {name for name, _ in taken}
        for programme in sought_by("watch_list", pack):
            found += watch_leads(known, assessment, programme, today) if programme.name not in names else []
    holders = [who for who in assessment.found["certificate"] if who in assessment.reads and speaks_for(known, who)]
    for programme in sought_by("certificate", pack) if holders else ():
        for who in holders:
            if (programme.name, who) not in taken:
                found += certificate_leads(known, assessment, programme, who, today)
    if assessment.found["verification_result"] and assessment.about(None, known.household):
        found += expense_leads(known, assessment, taken, today)
    found += leads_elsewhere(known, assessment)
    for unit, programme in ended_beside([*assessment.units], assessment.statuses, pack):
        if speaks_for(known, unit.beneficiary):
            text = f"{unit.programme.title}已终止：请核查是否符合{programme.title}条件，并协助申请。"
            found.append(lead(known, assessment, unit.beneficiary, programme, "BENEFIT_ENDED", text, unit.beneficiary))
    return {lead.lead_id: lead for lead in found}


def sought_by(kind: str, pack: Pack) -> list[Programme]:
    """The programmes for which somebody is found by a kind of fact who may be helped to apply."""
    programmes = map(pack.programmes.__getitem__, pack.order)
    return [each for each in programmes if each.entry == "APPLICATION" and RULES[each.rule].found_by == kind]


def computes(unit: Unit) -> str | None:
    """The class of a household that the means of a unit's rule say."""
    return RULES[unit.programme.rule].computes


def applied(unit: Unit) -> bool:
    """Whether an application for the unit was reported, decided or not, or an award of it was loaded."""
    return bool(unit.counting.waiting) or any(each.fact.kind in ENTRIES for each in unit.counting.verdicts.values())


def reported_standing(snapshot: Snapshot, kind: str, today: date) -> list[Fact]:
    """The reported records of a kind about a person that are neither retracted nor ended."""
    return [
        fact
        for fact in snapshot.records
        if fact.kind == kind and not fact.retracted and (fact.valid_to is None or fact.valid_to > today)
        if newest(snapshot, fact)
    ]


def watch_leads(known: Household, assessment: Assessment, programme: Programme, today: date) -> list[Lead]:
    """A lead where somebody reported here is watched and, as far as an income per head is told, it is under the standard.

    People in no household that is known count in a household of one: they are led to apply as well.
    """
    pack = assessment.pack
    for person, snapshot in sorted(known.members.items()):
        here = snapshot.reported[-1].household == known.household
        if not here or reported_standing(snapshot, "death", today):
            continue
        for fact in reported_standing(snapshot, "watch_list", today):
            watched = fact.payload
            if isinstance(watched, WatchList) and pack is not None and under_standard(watched, pack, programme, fact):
                text = f"防止返贫监测对象家庭，尚未申请{programme.title}：请告知政策并协助申请，不直接纳入。"
                return [lead(known, assessment, None, programme, "WATCH_LIST", text, person)]
    return []


def expense_leads(known: Household, assessment: Assessment, taken: set[tuple[str, str]], today: date) -> Iterator[Lead]:
    """A lead where a household that applied for something else has neither that nor anything like it, and spends too much.

    The income of people who never applied is not looked at (《社会救助法》 40).
    """
    pack = assessment.pack
    final, margin = means_told([unit for unit in assessment.units if unit.beneficiary == known.household])
    means = None if final is None else final.means
    if pack is None or means is None or computed_class(final, margin) != "NONE":
        return
    spent = fen_of(
        fact
        for person in means.people
        for fact in latest_expenses(reported_standing(known.members[person], "verification_result", today))
    )
    percent = yuan_text(half_up(Fraction(spent) / gross(means)))  # whose class is NONE has an income
    for programme in sought_by("verification_result", pack):
        terms, limit = programme.expenses, pack.standards[programme.standards[means.area]].per_month(month_of(today))
        if terms is None or limit is None or (programme.name, known.household) in taken:
            continue
        if fits(terms, means, spent, limit):
            told = f"刚性支出每月 {yuan_text(spent)} 元，占家庭收入 {percent}%"
            text = f"{told}，可能符合{programme.title}条件：请告知政策并协助申请。"
            yield lead(known, assessment, None, programme, "EXPENSES", text, known.household)


def newest(snapshot: Snapshot, fact: Fact) -> bool:
    """Whether no greater revision of the same record is known."""
    return all(other.rank <= fact.rank for other in snapshot.records if other.record_key == fact.record_key)


def under_standard(watched: WatchList, pack: Pack, programme: Programme, fact: Fact) -> bool:
    """Whether an income per head is under the greatest of the programme's standards of the month of receipt, or not told."""
    if watched.income_per_head_fen is None:
        return True
    month = fact.received_on.year * 12 + fact.received_on.month - 1
    values = [pack.standards[name].per_month(month) for name in programme.standards.values()]
    return any(value is not None and watched.income_per_head_fen < value * 100 for value in values)


def certificate_leads(
    known: Household, assessment: Assessment, programme: Programme, who: str, today: date
) -> list[Lead]:
    """A lead where the standing certificate has a level that the programme pays."""
    snapshot = known.members[who]
    if reported_standing(snapshot, "death", today):
        return []
    for fact in reported_standing(snapshot, "certificate", today):
        held = fact.payload
        if not isinstance(held, Certificate) or held.status != "VALID":
            continue
        if any(str(each.level) in programme.standards for each in held.categories):
            text = f"残疾等级符合{programme.title}条件，尚未申请：请告知政策并协助申请。"
            return [lead(known, assessment, who, programme, "CERTIFICATE", text, who)]
    return []


def tasks(known: Household, assessment: Assessment, today: date) -> dict[str, TaskItem]:
    """What has to be done: verify after a death, hear before a decrease, serve the notice after it, name everybody in a
    decision, know a standard, be reminded of the end of a validity; and what it is time for by the calendar."""
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
        found += validity_ends(known, unit, today)
        found += papers_due(known, unit)
        found += notices(known, unit)
        found += standards_missing(unit.programme, unit.reported, unit.beneficiary, known.household)
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
    covered = covered_names(known)
    return [
        fact
        for fact in undecided_memberships(known, bootstrap)
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


def papers_due(known: Household, unit: Unit) -> list[TaskItem]:
    """Small help is given first, and its papers are completed afterwards (《社会救助法》 50)."""
    text = f"{unit.programme.title}已先行发放：请补齐手续并登记补齐日期。"
    return [
        task(known, "PAPERS_DUE", unit.beneficiary, None, (each.fact.name,), text)
        for each in unit.counting.verdicts.values()
        if isinstance(each.fact.payload, TemporaryAid) and not each.fact.retracted
        if each.fact.payload.prepaid and each.fact.payload.papers_on is None
    ]


def validity_ends(known: Household, unit: Unit, today: date) -> list[TaskItem]:
    """A status that is valid for some months ends soon: whoever still needs it applies again ([L5] 10)."""
    terms, last = unit.programme.expenses, unit.timeline[-1].reasoning.inputs if unit.timeline else {}
    if terms is None or "E" not in last or date.fromisoformat(last["valid_to"]) > today + timedelta(terms.remind_days):
        return []
    day = date.fromisoformat(last["valid_to"])
    text = f"{unit.programme.title}认定有效期至 {day}：请提醒仍有需要的家庭重新申请，材料未变化的不再提交。"
    return [task(known, "VALIDITY_ENDS", unit.beneficiary, day, (), text)]


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
