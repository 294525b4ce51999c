"""Households whose case belongs elsewhere: with the dibao of a place to which they have moved, or with dibao instead of a lesser
status. Both are helped to apply ([L2] 28); nothing begins or ends by itself."""

from collections.abc import Iterator

from msgspec import structs

from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.household import Household
from benefit_hub.entitlement.items import lead, task
from benefit_hub.entitlement.rules import RULES
from benefit_hub.entitlement.rules.rule import NONE, NOT_ELIGIBLE
from benefit_hub.messages.departments import Application, Residence
from benefit_hub.messages.internal import Fact
from benefit_hub.messages.public import Lead, TaskItem
from benefit_hub.policy.book import Programme
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import partial_date

PROVINCE = 2
"""So many digits of an administrative code say the province (GB/T 2260)."""


def leads_elsewhere(known: Household, assessment: Assessment) -> Iterator[Lead]:
    """A lead where the household has moved to, and one to dibao for who has a lesser status and is under its standard."""
    mine = [unit for unit in assessment.units if unit.beneficiary == known.household]
    for programme, gap in poorer(mine):
        told = f"按现有数据人均收入低于低保标准，每月可能 {yuan_text(gap)} 元"
        text = f"{told}，尚未申请{programme.title}：请告知政策并协助申请，不直接纳入。"
        yield lead(known, assessment, None, programme, "UNDER_THE_STANDARD", text, known.household)
    for unit in mine:
        moved = (
            moved_to(unit, assessment.region)
            if RULES[unit.programme.rule].computes == "DIBAO" and unit.timeline
            else None
        )
        if moved is not None and not asked_since(unit, moved[1]):
            text = f"{unit.programme.title}家庭由外省迁入（{moved[1].valid_from}）：请主动联系，告知政策并协助申请。"
            there = lead(known, assessment, None, unit.programme, "MOVED_HERE", text, known.household)
            yield structs.replace(there, region=moved[0])


def handovers(known: Household, unit: Unit, region: str) -> list[TaskItem]:
    """A household on dibao is registered in another province: its case is ended here by decision, and handed over."""
    moved = moved_to(unit, region) if runs(unit) else None
    if moved is None:
        return []
    text = f"户籍已迁往外省（{moved[0]}）：请作出停发决定，并将救助档案移交迁入地。"
    return [task(known, "MOVED_AWAY", unit.beneficiary, None, (moved[1].name,), text)]


def moved_to(unit: Unit, region: str) -> tuple[str, Fact] | None:
    """The place in another province where a household is registered by all that is reported, and the record that says so."""
    means = None if unit.final is None else unit.final.means
    home = None if means is None else means.counted[0].fact
    if home is None or not isinstance(home.payload, Residence):
        return None
    there = home.payload.region
    return None if there[:PROVINCE] == region[:PROVINCE] else (there, home)


def runs(unit: Unit) -> bool:
    """Whether somebody has, or is going to have, a programme."""
    return bool(unit.timeline) and unit.timeline[-1].status not in (NONE, NOT_ELIGIBLE)


def asked_since(unit: Unit, home: Fact) -> bool:
    """Whether the household has applied again since it is registered there."""
    every = [*unit.counting.waiting, *(each.fact for each in unit.counting.verdicts.values())]
    said = (fact.payload for fact in every if not fact.retracted)
    return any(isinstance(each, Application) and partial_date(each.submitted_on) >= home.valid_from for each in said)


def poorer(units: list[Unit]) -> Iterator[tuple[Programme, int]]:
    """Dibao for a household that has a lesser status, asks for no dibao, and is under its standard: with what is missing to it,
    in fen."""
    lesser = [unit for unit in units if RULES[unit.programme.rule].computes == "MARGIN" and runs(unit)]
    for margin in lesser:
        means = None if margin.final is None else margin.final.means
        for unit in units if means is not None and means.under() else ():
            dibao = RULES[unit.programme.rule].computes == "DIBAO" and unit.programme.entry == "APPLICATION"
            if dibao and means is not None and not runs(unit) and not unit.counting.waiting:
                yield unit.programme, means.gap_fen
