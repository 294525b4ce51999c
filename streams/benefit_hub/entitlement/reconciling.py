"""Where the hub would pay otherwise than others did: a line for each award that was loaded, and for who would have none."""

from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.household import Household
from benefit_hub.entitlement.items import task
from benefit_hub.entitlement.opening import Opening, stands_in
from benefit_hub.entitlement.proposing import speaks_for
from benefit_hub.messages.departments import Residence, RevisionName
from benefit_hub.messages.internal import Held
from benefit_hub.messages.public import Lead, Reconciliation, ReconciliationFinding, TaskItem
from benefit_hub.policy.wording import finding_text
from benefit_hub.task import Out
from benefit_hub.values.ids import content_id, is_person
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import month_text

LEFT_AS_PAID = ("as paid", "not awarded")
ASKED: dict[ReconciliationFinding, str] = {
    "NO_RULE": "AWARD_WITHOUT_RULE",
    "UNKNOWN_BENEFICIARY": "AWARD_FOR_UNKNOWN",
    "DOUBLE": "AWARD_TWICE",
    "EXCLUSIVE": "AWARDS_EXCLUSIVE",
    "DEAD": "AWARD_FOR_DEAD",
}
"""What has to be looked into, whatever the amounts are: the type of its task."""


def reconciled(known: Household, assessment: Assessment, book: str) -> dict[str, Reconciliation]:
    """The lines of a household and its people, by the key of their topic."""
    found = {}
    for unit in assessment.units:
        if unit.opening is not None and speaks_for(known, unit.beneficiary) and pays(unit.opening):
            line = line_of(known, assessment, unit, unit.opening, book)
            found[f"{line.beneficiary}|{line.programme}"] = line
    return found


def pays(opening: Opening) -> bool:
    """Whether anything was paid, or would have been."""
    return bool(paying(opening)) or opening.first.fen > 0


def paying(opening: Opening) -> list[RevisionName]:
    """The awards that are paid in the first own month."""
    return [each.fact.name for each in opening.awards if stands_in(each, opening.own)]


def line_of(known: Household, assessment: Assessment, unit: Unit, opening: Opening, book: str) -> Reconciliation:
    """One line."""
    finding = finding_of(known, assessment, unit, opening)
    left = not unit.timeline or unit.timeline[-1].reasoning.formula in LEFT_AS_PAID
    paid, computed = yuan_text(opening.paid_fen), yuan_text(opening.first.fen)
    text = f"{unit.programme.title}：上线前每月发放 {paid} 元，按装载的事实计算为 {computed} 元（{finding_text(finding)}）。"
    return Reconciliation(
        beneficiary=unit.beneficiary,
        household=known.household,
        programme=unit.programme.name,
        region=assessment.region,
        first_month=month_text(opening.own),
        paid_fen=opening.paid_fen,
        computed_fen=opening.first.fen,
        finding=finding,
        stands=opening.differs and left,
        awards=tuple(sorted(paying(opening), key=str)),
        book=book,
        text_zh=text,
    )


def finding_of(known: Household, assessment: Assessment, unit: Unit, opening: Opening) -> ReconciliationFinding:
    """What is to be said of a line first."""
    checks: tuple[tuple[ReconciliationFinding, bool], ...] = (
        ("NO_AWARD", not opening.awards),
        ("UNKNOWN_BENEFICIARY", unknown(known, unit.beneficiary)),
        ("NO_RULE", opening.without_rule),
        ("EXCLUSIVE", excluded(assessment, unit)),
        ("EQUAL", not opening.differs),
        ("DOUBLE", len(paying(opening)) > 1),
        ("DEAD", somebody_dead(known, unit, opening)),
        ("NOT_ELIGIBLE", opening.first.status != opening.status),
        ("COMPUTED_HIGHER", opening.first.fen > opening.paid_fen),
    )
    return next((finding for finding, fits in checks if fits), "COMPUTED_LOWER")


def unknown(known: Household, beneficiary: str) -> bool:
    """Whether nobody knows where the people live who are paid."""
    people = [known.members[beneficiary]] if is_person(beneficiary) else list(known.members.values())
    return not any(
        isinstance(fact.payload, Residence) and not fact.retracted for each in people for fact in each.records
    )


def excluded(assessment: Assessment, unit: Unit) -> bool:
    """Whether another award of the same beneficiary excludes this one by the pack."""
    pack = assessment.pack
    if pack is None:
        return False
    others = {
        other.programme.name
        for other in assessment.units
        if other.beneficiary == unit.beneficiary and other.opening is not None and paying(other.opening)
    }
    name = unit.programme.name
    if len(others) < 2:
        return False
    pairs = ({edge.first, edge.then} for edge in pack.exclusions if edge.rule == "NONE")
    return any(name in pair and pair <= others for pair in pairs)


def somebody_dead(known: Household, unit: Unit, opening: Opening) -> bool:
    """Whether somebody who was counted among those paid had died by what was loaded."""
    dead = {
        each.fact.subject
        for each in opening.verdicts.values()
        if each.fact.kind == "death" and not each.fact.retracted and each.since <= opening.own
    }
    if is_person(unit.beneficiary):
        return unit.beneficiary in dead
    here = (person for person, each in known.members.items() if belongs(each.opened or each.held, known, opening.own))
    return not dead.isdisjoint(here)


def belongs(held: tuple[Held, ...], known: Household, month: int) -> bool:
    """Whether somebody was a member of the household in a month."""
    standing = [each for each in held if each.since <= month]
    return bool(standing) and standing[-1].member and standing[-1].household == known.household


def changed_lines(before: dict[str, Reconciliation], now: dict[str, Reconciliation]) -> list[Out]:
    """What has to be said of lines that came, changed, or went."""
    gone = [Out(topic="reconciliation", key=key, value=None) for key in before if key not in now]
    news = [Out(topic="reconciliation", key=key, value=line) for key, line in now.items() if before.get(key) != line]
    return [*gone, *news]


def tasks(known: Household, lines: dict[str, Reconciliation]) -> dict[str, TaskItem]:
    """What a person has to look into, until a decision names the award."""
    if not lines:
        return {}
    done = known.decided
    found = [
        task(known, ASKED[line.finding], line.beneficiary, None, line.awards, line.text_zh)
        for line in lines.values()
        if line.finding in ASKED and (line.stands or line.finding == "EXCLUSIVE") and done.isdisjoint(line.awards)
    ]
    return {each.task_id: each for each in found}


def leads(known: Household, assessment: Assessment, lines: dict[str, Reconciliation]) -> dict[str, Lead]:
    """Help to those who would be entitled by the facts and are paid nothing: nobody enters by arithmetic."""
    found = [
        Lead(
            lead_id=content_id("lead", known.household, line.beneficiary, line.programme, line.finding),
            state="OPEN",
            household=known.household,
            person=line.beneficiary if is_person(line.beneficiary) else None,
            programme=line.programme,
            reason=line.finding,
            region=assessment.region,
            text_zh=f"{line.text_zh}请告知政策并协助申请，不直接纳入。",
        )
        for line in lines.values()
        if line.finding == "NO_AWARD" and line.stands
    ]
    return {each.lead_id: each for each in found}
