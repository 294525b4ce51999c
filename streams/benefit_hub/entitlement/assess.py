"""Assess a household: every programme of the household and of its members, in the declared order, with reasons."""

from datetime import date

from msgspec import Struct, structs

from benefit_hub.entitlement.assessor import Assessor, Unit, not_asked_for
from benefit_hub.entitlement.choosing import higher_alone
from benefit_hub.entitlement.inputs import Inputs, whom_for_what
from benefit_hub.entitlement.opening import NO_LAW
from benefit_hub.entitlement.papers import Papers
from benefit_hub.entitlement.shares import Statuses, key_of
from benefit_hub.policy.book import Pack
from benefit_hub.task import Bootstrap

FOUND_BY = frozenset({"certificate", "watch_list"})
"""The kinds by which somebody is found who may be helped to apply."""


class Assessment(Struct, frozen=True, gc=False, kw_only=True):
    """The units of a household that were assessed, the pack that was used, the next day on which something happens by itself.

    `only` are the beneficiaries who were assessed, None where all were. `reads` are by beneficiary the kinds of facts that were
    looked at; `statuses` by programme those of the household, by which its people may be entitled to others.
    """

    pack: Pack | None
    region: str
    units: tuple[Unit, ...] = ()
    wakes: date | None = None
    only: frozenset[str] | None = None
    reads: dict[str, tuple[str, ...]] = {}
    statuses: dict[str, Statuses] = {}
    bootstrap: Bootstrap = Bootstrap()

    def about(self, beneficiary: str | None, household: str) -> bool:
        """Whether somebody was assessed; nobody means the household."""
        return self.only is None or (beneficiary or household) in self.only


def assess(inputs: Inputs) -> Assessment:
    """Every programme of the household and of the members whom it holds, in the pack's order."""
    region = inputs.region
    pack = inputs.book.pack(region) if region else None
    asked = whom_for_what(inputs, pack)
    if pack is None and not asked:
        return Assessment(pack=None, region=region)
    pack, household = pack or NO_LAW, inputs.household
    whole = inputs.only is None or household in inputs.only
    people = (
        inputs.members if whole else {who: inputs.members[who] for who in inputs.only or () if who in inputs.members}
    )
    papers = Papers(household, inputs.facts, people)
    units: list[Unit] = []
    days = papers.ends(people, FOUND_BY, "")
    reads: dict[str, set[str]] = {}
    statuses, dependants = dict(inputs.statuses), set[str]()
    for programme, who in asked:
        if inputs.only is not None and who not in inputs.only:
            if pack.reads_others(programme) and papers.asked_for([who], programme):
                dependants.add(who)
            continue
        silent = programme.price is not None and not inputs.region_values
        if silent or (programme.beneficiary == "PERSON" and not papers.asked_for([who], programme)):
            units.append(not_asked_for(programme, who))
            reads.setdefault(who, set() if who == household else {"certificate"})
            continue
        assessor = Assessor(inputs, papers, pack, programme, who, statuses)
        unit = assessor.unit()
        units.append(unit)
        days += assessor.days()
        reads.setdefault(who, set() if who == household else {"certificate"}).update(assessor.reads)
        if who == household or programme.name in pack.read_by_others:
            statuses[key_of(programme.name, who)] = unit.statuses
    if dependants and statuses != inputs.statuses:
        return assess(structs.replace(inputs, only=dependants.union(inputs.only or ())))
    return Assessment(
        pack=pack,
        region=region,
        units=tuple(higher_alone(units, pack)),
        wakes=min((day for day in days if day > inputs.today), default=None),
        only=inputs.only,
        reads={who: tuple(sorted(kinds)) for who, kinds in reads.items()},
        statuses=statuses,
        bootstrap=inputs.bootstrap,
    )
