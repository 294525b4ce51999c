"""Leads: who may be helped to apply, as the set that should stand. Nobody enters by a lead ([L2] 28)."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.elsewhere import leads_elsewhere
from benefit_hub.entitlement.endings import ended_beside, ended_elsewhere
from benefit_hub.entitlement.findings import computed_class, means_told
from benefit_hub.entitlement.household import Household
from benefit_hub.entitlement.items import lead
from benefit_hub.entitlement.proposing import speaks_for
from benefit_hub.entitlement.rules import RULES
from benefit_hub.entitlement.rules.rigid import fen_of, fits, gross, latest_expenses
from benefit_hub.entitlement.rules.rule import NONE, NOT_ELIGIBLE
from benefit_hub.entitlement.world import ENTRIES, turns
from benefit_hub.messages.departments import Certificate, Residence, SchoolEnrolment, WatchList
from benefit_hub.messages.internal import Fact, Snapshot
from benefit_hub.messages.public import Lead
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.values.money import half_up, yuan_text
from benefit_hub.values.months import month_of


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
    found += ended_leads(known, assessment, pack, today)
    found += study_leads(known, assessment, today)
    return {lead.lead_id: lead for lead in found}


def sought_by(kind: str, pack: Pack) -> list[Programme]:
    """The programmes for which somebody is found by a kind of fact who may be helped to apply."""
    programmes = map(pack.programmes.__getitem__, pack.order)
    return [each for each in programmes if each.entry == "APPLICATION" and RULES[each.rule].found_by == kind]


def applied(unit: Unit) -> bool:
    """Whether an application for the unit was reported, decided or not, or an award of it was loaded."""
    return bool(unit.counting.waiting) or any(kind in ENTRIES for _, kind, _, _ in unit.counting.verdicts)


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


def ended_leads(known: Household, assessment: Assessment, pack: Pack, today: date) -> Iterator[Lead]:
    """A lead where something has ended beside which another benefit was not paid, whoever paid it."""
    units = [*assessment.units]
    ended = [
        *(
            (unit, unit.programme.title, programme)
            for unit, programme in ended_beside(units, assessment.statuses, pack)
        ),
        *((unit, title, unit.programme) for unit, title in ended_elsewhere(units, pack, today)),
    ]
    for unit, title, programme in ended:
        if speaks_for(known, unit.beneficiary):
            text = f"{title}已终止：请核查是否符合{programme.title}条件，并协助申请。"
            yield lead(known, assessment, unit.beneficiary, programme, "BENEFIT_ENDED", text, unit.beneficiary)


def study_leads(known: Household, assessment: Assessment, today: date) -> Iterator[Lead]:
    """A lead where somebody had a benefit for children, has come of age and goes full time to a school for which there is aid."""
    for unit in assessment.units:
        programme, person = unit.programme, unit.beneficiary
        aid = programme.study_aid
        if aid is None or person not in known.members or not speaks_for(known, person):
            continue
        if all(each.status in (NONE, NOT_ELIGIBLE) for each in unit.timeline):
            continue
        snapshot = known.members[person]
        homes = (fact.payload for fact in reported_standing(snapshot, "residence", today))
        grown = any(isinstance(home, Residence) and turns(home, aid.from_age) <= today for home in homes)
        schools = (fact.payload for fact in reported_standing(snapshot, "school_enrolment", today))
        studies = any(
            isinstance(each, SchoolEnrolment) and each.full_time and each.stage in aid.stages for each in schools
        )
        if grown and studies and not reported_standing(snapshot, "death", today):
            text = f"已年满 {aid.from_age} 周岁并全日制就读：请告知{aid.title}并协助申请（{aid.clause}）。"
            yield lead(known, assessment, person, programme, "STUDY_AID", text, person)
