"""Assess a household: every programme of the household and of its members, in the declared order, with reasons."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, structs

from benefit_hub.entitlement.assessor import Assessor, Unit, not_asked_for
from benefit_hub.entitlement.choosing import higher_alone
from benefit_hub.entitlement.due import Due, assets_of, challenges_due, dues, watched
from benefit_hub.entitlement.inputs import Inputs, beneficiaries, is_silent, whom_for_what
from benefit_hub.entitlement.opening import NO_LAW
from benefit_hub.entitlement.papers import Papers
from benefit_hub.entitlement.shares import NO_STATUSES, Statuses, key_of
from benefit_hub.messages.internal import Fact
from benefit_hub.policy.book import MonthRule, Pack, Programme
from benefit_hub.task import Bootstrap

FOUND_BY = frozenset({"certificate", "watch_list", "verification_result"})
"""The kinds by which somebody is found who may be helped to apply."""


class Assessment(Struct, frozen=True, gc=False, kw_only=True):
    """The units of a household that were assessed, the pack that was used, the next day on which something happens by itself.

    A person has units only of what was asked for, a household of all its programmes. `only` are the beneficiaries who were
    assessed, None where all were. `reads` are by beneficiary the kinds of facts that were looked at, `found` by kind the people
    about whom there are facts by which somebody is found; `statuses` by programme those of the household, by which its people
    may be entitled to others. `due` is what has to be done, at its time, `astray` are applications of who cannot have it.
    """

    pack: Pack | None
    region: str
    units: tuple[Unit, ...] = ()
    wakes: date | None = None
    only: frozenset[str] | None = None
    reads: dict[str, tuple[str, ...]] = {}
    found: dict[str, tuple[str, ...]] = {}
    statuses: dict[str, Statuses] = {}
    bootstrap: Bootstrap = Bootstrap()
    due: tuple[Due, ...] = ()
    astray: tuple[Fact, ...] = ()
    membership_month: MonthRule = "SAME_MONTH"

    def about(self, beneficiary: str | None, household: str) -> bool:
        """Whether somebody was assessed; nobody means the household."""
        return self.only is None or (beneficiary or household) in self.only


def assess(inputs: Inputs) -> Assessment:
    """Every programme of the household and of the members whom it holds, in the pack's order."""
    region, household = inputs.region, inputs.household
    law = inputs.book.pack(region) if region else None
    whole = inputs.only is None or household in inputs.only
    people = (
        inputs.members if whole else {who: inputs.members[who] for who in inputs.only or () if who in inputs.members}
    )
    papers = Papers(household, inputs.facts, people)
    here = beneficiaries(inputs)
    asked = whom_for_what(inputs, law, papers, here)
    if law is None and not asked:
        return Assessment(pack=None, region=region)
    pack = law or NO_LAW
    units: list[Unit] = []
    days = papers.ends(people, FOUND_BY, "")
    reads = kinds_shared(inputs, pack, asked, here)
    due: list[Due] = []
    statuses, dependants = dict(inputs.statuses), list[tuple[Programme, str]]()
    everybody = [household, *people]
    for programme, who in asked:
        silent = is_silent(inputs, programme)
        if inputs.only is not None and who not in inputs.only:
            if not silent and pack.reads_others(programme) and papers.asked_for([who], programme):
                dependants.append((programme, who))
            continue
        if silent or not papers.asked_for(everybody if who == household else [who], programme):
            units.append(not_asked_for(programme, who))
            statuses.pop(key_of(programme.name, who), None)
            continue
        assessor = Assessor(inputs, papers, pack, programme, who, statuses)
        unit = assessor.unit()
        units.append(unit)
        days += assessor.days()
        reads[who].update(assessor.reads)
        if programme.deadlines or assets_of(pack, programme):
            about = [household, *people] if who == household else [who]
            due += dues(unit, pack, papers, about, inputs.book.working_days, inputs.today)
            reads[who].update(watched(pack, programme))
        if who == household or programme.name in pack.read_by_others:
            statuses[key_of(programme.name, who)] = unit.statuses
    moved = whom_it_moves(pack, dependants, inputs.statuses, statuses)
    if moved:
        return assess(structs.replace(inputs, only=moved.union(inputs.only or ())))
    due += challenges_due(pack, papers, inputs.book.working_days)
    days += [day for each in due for day in each.turns]
    return Assessment(
        pack=pack,
        region=region,
        due=tuple(due),
        astray=papers.astray(pack),
        units=tuple(higher_alone(units, pack)),
        wakes=min((day for day in days if day > inputs.today), default=None),
        only=inputs.only,
        reads={who: tuple(sorted(kinds)) for who, kinds in reads.items()},
        found={kind: papers.about_whom(kind) for kind in FOUND_BY},
        statuses=statuses,
        bootstrap=inputs.bootstrap,
        membership_month=inputs.book.membership_month,
    )


def kinds_shared(
    inputs: Inputs, pack: Pack, asked: list[tuple[Programme, str]], here: Mapping[str, list[str]]
) -> dict[str, set[str]]:
    """By everybody who is assessed the kinds of facts that are looked at whatever is asked for."""
    whom = dict.fromkeys(who for kind in here if kind in pack.kinds for who in here[kind])
    whom.update(dict.fromkeys(who for _, who in asked))
    return {
        who: set() if who == inputs.household else {"certificate"}
        for who in whom
        if inputs.only is None or who in inputs.only
    }


def whom_it_moves(
    pack: Pack,
    dependants: list[tuple[Programme, str]],
    before: Mapping[str, Statuses],
    now: Mapping[str, Statuses],
) -> frozenset[str]:
    """Of those who were not assessed those whose programmes look at something that is other than before: at a status, or at
    what is given."""
    if not dependants or before == now:
        return frozenset()
    status, given = set[str](), set[str]()
    for key in before.keys() | now.keys():
        old, new = before.get(key, NO_STATUSES), now.get(key, NO_STATUSES)
        if old != new:
            name = key.partition(" ")[0]
            given.add(name)
            if (old.shown, old.opened) != (new.shown, new.opened):
                status.add(name)
    return frozenset(
        who
        for programme, who in dependants
        if not status.isdisjoint(programme.needs_status) or not given.isdisjoint(pack.reads_amounts(programme))
    )
