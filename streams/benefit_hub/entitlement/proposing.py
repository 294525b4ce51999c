"""Proposals: what is reported and would change what is owed, for a person to decide."""

from itertools import islice

from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.household import Household
from benefit_hub.entitlement.rules.grace import IN_GRACE
from benefit_hub.entitlement.timelines import Timeline, amount_at, amounts
from benefit_hub.messages.departments import Decision, Membership, RevisionName
from benefit_hub.messages.internal import Fact, Snapshot
from benefit_hub.messages.public import Proposal
from benefit_hub.policy.book import Pack
from benefit_hub.policy.wording import cause_text, formula_text
from benefit_hub.task import Bootstrap
from benefit_hub.values.ids import content_id, is_person
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import Month, add_months, month_text
from benefit_hub.values.steps import merge


def proposals(known: Household, assessment: Assessment, book: str) -> dict[str, Proposal]:
    """A proposal for each unit whose reported and counted amounts differ by at least the policy's materiality."""
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
    """The first month in which what is reported would change the amount enough."""
    if unit.reported is unit.timeline:
        return None
    changes = (
        at
        for at, counted, reported in merge(amounts(unit.timeline), amounts(unit.reported), (0, 0))
        if abs(counted - reported) >= max(materiality_fen, 1)
    )
    leaves = (
        at for at, now, then in merge(leaving(unit.timeline), leaving(unit.reported), (False, False)) if then > now
    )
    return min([*islice(changes, 1), *islice(leaves, 1)], default=None)


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
    deaths = [fact.valid_from for fact in waiting if fact.kind == "death"]
    due = add_months(min(deaths), pack.death_verification_months) if deaths else None
    reasons = "、".join(cause_text(cause) for cause in causes)
    moved = f"由每月 {yuan_text(before)} 元调整为 {yuan_text(after)} 元" if before != after else "渐退，金额暂时不变"
    text = (
        f"{unit.programme.title}：拟自 {month_text(month)} 起{moved}，"
        f"原因：{reasons}。{calculation(unit, month)}须经审核确认后执行" + (f"，{due} 前办结。" if due else "。")
    )
    return Proposal(
        proposal_id=content_id("proposal", unit.beneficiary, unit.programme.name),
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
    """The standing proposals of which a decision has named a revision."""
    if not known.proposals:
        return frozenset()
    named = known.decided
    return frozenset(each.proposal_id for each in known.proposals.values() if not named.isdisjoint(each.covers))
