"""Proposals: what is reported and would change what is owed, for a person to decide."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import islice

from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.due import DECISION_OVERDUE
from benefit_hub.entitlement.household import Household
from benefit_hub.entitlement.rules.grace import IN_GRACE
from benefit_hub.entitlement.rules.rule import NONE
from benefit_hub.entitlement.timelines import Timeline, amount_at, payable
from benefit_hub.messages.departments import Decision, Membership, RevisionName
from benefit_hub.messages.internal import Fact, Segment, Snapshot
from benefit_hub.messages.public import Proposal
from benefit_hub.policy.book import Pack
from benefit_hub.policy.wording import cause_text, formula_text
from benefit_hub.task import Bootstrap
from benefit_hub.values.ids import content_id, is_person
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import Month, add_months, month_text
from benefit_hub.values.steps import Steps, merge

BESIDE_INCOME = ("n", "S", "area", "left_out", "T", "refused")
"""The numbers of a household's amount that do not come from its income."""
ROLES = {"HEAD": "户主", "SPOUSE": "配偶", "CHILD": "子女", "PARENT": "父母", "OTHER": "其他成员"}
SHORT = 10
"""So much of a pseudonym is told where somebody is meant among the members of a household: `p:91f3bd1c`."""
SET_OTHERWISE = frozenset({"as paid", "decided"})
"""The formulas of amounts that come from no income at all."""


def proposals(known: Household, assessment: Assessment, book: str) -> dict[str, Proposal]:
    """A proposal for each unit of which what is reported differs enough from what counts."""
    if assessment.pack is None:
        return {}
    found: dict[str, Proposal] = {}
    for unit in assessment.units:
        month = first_difference(unit, assessment.pack.materiality_fen)
        if month is not None and speaks_for(known, unit.beneficiary):
            proposal = propose(known, assessment, assessment.pack, unit, month, book)
            found[proposal.proposal_id] = proposal
    return found


def speaks_for(known: Household, beneficiary: str) -> bool:
    """Whether this household asks for a beneficiary: itself, and of the households of a person the one that holds him last."""
    snapshot = known.members.get(beneficiary)
    return snapshot is None or snapshot.held[-1].household == known.household


def first_difference(unit: Unit, materiality_fen: int) -> Month | None:
    """The first month in which what is reported would change the amount, and not only by an income that hardly changed."""
    if unit.reported is unit.timeline:
        return None
    changes = (
        at
        for at, counted, reported in merge(segments(unit.timeline), segments(unit.reported), (None, None))
        if payable(counted) != payable(reported) and not hardly_changed(counted, reported, materiality_fen)
    )
    leaves = (
        at for at, now, then in merge(leaving(unit.timeline), leaving(unit.reported), (False, False)) if then > now
    )
    return min([*islice(changes, 1), *islice(leaves, 1)], default=None)


def segments(timeline: Timeline) -> Steps[Segment | None]:
    """What holds, by month."""
    return tuple((segment.since, segment) for segment in timeline)


def hardly_changed(counted: Segment | None, reported: Segment | None, materiality_fen: int) -> bool:
    """Whether nothing is other than the household's income, and that by less than what matters between reviews ([L2] 31).

    It is held against the income by which was decided last, so that small changes add up; an amount that comes from no income,
    against the amount.
    """
    if counted is None or reported is None or NONE in (counted.status, reported.status):
        return False
    if not SET_OTHERWISE.isdisjoint((counted.reasoning.formula, reported.reasoning.formula)):
        return abs(payable(counted) - payable(reported)) < materiality_fen
    before, after = counted.reasoning.inputs, reported.reasoning.inputs
    if "I" not in before or "I" not in after or any(before.get(key) != after.get(key) for key in BESIDE_INCOME):
        return False
    return abs(Fraction(before["I"]) - Fraction(after["I"])) * 100 < materiality_fen


def leaving(timeline: Timeline) -> tuple[tuple[Month, bool], ...]:
    """From when a gradual exit runs, in which the amount stays."""
    return tuple((segment.since, segment.reasoning.formula == IN_GRACE) for segment in timeline)


def propose(known: Household, assessment: Assessment, pack: Pack, unit: Unit, month: Month, book: str) -> Proposal:
    """The proposal of a unit, over all revisions that wait for a decision."""
    waiting = list(unit.counting.waiting)
    if not is_person(unit.beneficiary):
        waiting += undecided_memberships(known, assessment.bootstrap)
    if unit.left_open and unit.opening is not None:
        waiting += [each.fact for each in unit.opening.awards]
    before, after = amount_at(unit.timeline, month), amount_at(unit.reported, month)
    causes = tuple(sorted({fact.kind for fact in waiting}))
    due = due_on(assessment, pack, waiting)
    reasons = "、".join(cause_text(cause) + of_whom(known, cause, waiting) for cause in causes)
    moved = f"由每月 {yuan_text(before)} 元调整为 {yuan_text(after)} 元" if before != after else "渐退，金额暂时不变"
    text = (
        f"{unit.programme.title}：拟自 {month_text(month)} 起{moved}，"
        f"原因：{reasons}。{calculation(unit, month)}须经审核确认后执行" + (f"，{due} 前办结。" if due else "。")
    )
    return Proposal(
        proposal_id=proposal_id(known.household, unit),
        state="OPEN",
        beneficiary=unit.beneficiary,
        household=known.household,
        programme=unit.programme.name,
        effective_month=month_text(month),
        before_fen=before,
        after_fen=after,
        covers=tuple(sorted((fact.name for fact in waiting), key=str)),
        causes=causes,
        due_on=due,
        region=assessment.region,
        book=book,
        text_zh=text,
    )


def of_whom(known: Household, cause: str, waiting: Sequence[Fact]) -> str:
    """Whom the reports of a kind are about, by role and the beginning of the pseudonym, where it is several people."""
    people = {fact.subject for fact in waiting if fact.kind == cause and fact.subject in known.members}
    told = [
        f"{ROLES.get(known.members[each].role, '')} {each[:SHORT]}".strip()
        for each in sorted(people, key=lambda each: (known.members[each].role != "HEAD", each))
    ]
    return f"（{'、'.join(told)}）" if len(told) > 1 else ""


def proposal_id(household: str, unit: Unit) -> str:
    """Whose benefit; for a person also of which household, so that the farewell of one never hides what another proposes."""
    whose = (household, unit.beneficiary) if is_person(unit.beneficiary) else (unit.beneficiary,)
    return content_id("proposal", *whose, unit.programme.name)


def due_on(assessment: Assessment, pack: Pack, waiting: Sequence[Fact]) -> date | None:
    """By when it has to be decided: after a death, and upon an application where the place says within how many days."""
    names = {fact.name for fact in waiting}
    deaths = [add_months(fact.valid_from, pack.death_verification_months) for fact in waiting if fact.kind == "death"]
    upon_applications = [
        each.due_on
        for each in assessment.due
        if each.type == DECISION_OVERDUE and each.due_on is not None and names.issuperset(each.facts)
    ]
    return min([*deaths, *upon_applications], default=None)


def calculation(unit: Unit, month: Month) -> str:
    """How the amount that is proposed comes about, as a sentence that can be followed by hand."""
    then = next((segment for segment in reversed(unit.reported) if segment.since <= month), None)
    if then is None:
        return ""
    return f"计算：{formula_text(then.reasoning.formula, then.reasoning.inputs, then.amount)}。"


def undecided_memberships(known: Household, bootstrap: Bootstrap) -> list[Fact]:
    """The memberships of this household's people that no decision names yet and that were not loaded, newest revision of each."""
    found: dict[tuple[str, str, str], Fact] = {}
    for snapshot in known.members.values():
        decided = decided_names(snapshot)
        for fact in snapshot.records:
            if isinstance(fact.payload, Membership) and fact.name not in decided and not bootstrap.loaded(fact):
                other = found.get(fact.record_key)
                if other is None or fact.rank > other.rank:
                    found[fact.record_key] = fact
    return list(found.values())


def decided_names(snapshot: Snapshot) -> set[RevisionName]:
    """Every revision that a decision about this person names, whatever its outcome."""
    return {
        name
        for fact in snapshot.records
        if isinstance(fact.payload, Decision) and not fact.retracted
        for name in fact.payload.covers
    }


def closed_by_decision(known: Household) -> frozenset[str]:
    """The standing proposals of which a decision has named a revision, be it one by which somebody left this household."""
    if not known.proposals:
        return frozenset()
    named = known.decided.union(*(gone.decided for gone in known.gone.values()))
    return frozenset(each.proposal_id for each in known.proposals.values() if not named.isdisjoint(each.covers))
