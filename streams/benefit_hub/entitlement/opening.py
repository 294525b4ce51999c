"""How a unit went live: what was paid before, what the rule says of the facts that were loaded with it, and which of both holds.

A `legacy_award` is application and decision in one: somebody decided it long ago, knowing the facts of that time. So it accepts
every revision that was loaded with it, and months follow what is paid. From the first own month on a unit follows the rule where
both came to the same. Where they did not, the award stands as it is paid until facts that were not loaded change what the rule
says, or a decision names one of the facts that were: nothing moves by itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from msgspec import Struct, structs

from benefit_hub.entitlement.counted import Ruling, named_month
from benefit_hub.entitlement.counting import Verdicts
from benefit_hub.entitlement.doubts import UNPAYABLE
from benefit_hub.entitlement.revising import History
from benefit_hub.entitlement.rules import RULES
from benefit_hub.entitlement.rules.rule import NONE, Answer, nothing
from benefit_hub.entitlement.shares import NO_STATUSES, Statuses
from benefit_hub.entitlement.world import LOADED, Counted, World, is_application
from benefit_hub.messages.departments import Decision, LegacyAward
from benefit_hub.messages.internal import Cause, Fact, RecordKey
from benefit_hub.policy.book import Effect, Pack, Programme, effective_month
from benefit_hub.task import Bootstrap
from benefit_hub.values.months import Month, month, month_after, month_of, partial_date
from benefit_hub.values.steps import Steps, squeeze, value_at

AWARD = "legacy_award"
"""Why something counts that was loaded as an award; what it accepts is `LOADED`."""
INCOMES = ("wage", "verification_result")

NO_LAW = Pack(
    name="",
    title="",
    region="",
    order=(),
    programmes={},
    standards={},
    effects=(
        Effect(
            programme="*",
            cause="*",
            direction="*",
            mode="PROPOSED",
            month="NEXT_MONTH_OF_DECISION",
            clause="",
            source="",
            assumed=False,
        ),
    ),
    wage_deduction="0",
    materiality_fen=0,
    death_sources=(),
    death_verification_months=0,
    assumed=False,
)
"""For awards where no pack applies: nothing is computed, nothing happens without a decision."""


class Opening(Struct, frozen=True, kw_only=True, dict=True):
    """One unit as it went live.

    `verdicts` are the loaded facts that count, `awards` those among them that say what is paid; `first` is what the rule said
    by them of the first own month on the day on which loading ended.
    """

    subject: str
    programme: Programme
    own: Month
    materiality_fen: int
    verdicts: Verdicts
    awards: tuple[Counted, ...]
    first: Answer

    @cached_property
    def paid_fen(self) -> int:
        """What is paid by the awards as they were loaded, in the first own month."""
        return sum(amount_of(each) for each in self.awards if stands_in(each, self.own))

    @property
    def status(self) -> str:
        """The status of somebody who has this programme."""
        return self.programme.name.upper()

    @property
    def without_rule(self) -> bool:
        """Whether nothing can be computed: there is no rule, or only a figure that is nobody's standard."""
        return self.programme.rule == "as_paid" or self.first.formula == UNPAYABLE

    @cached_property
    def differs(self) -> bool:
        """Whether the rule said something else of the first own month than what is paid."""
        return not self.says(self.first, self.paid_fen)

    def says(self, answer: Answer, fen: int) -> bool:
        """Whether the rule says just what is paid: the same amount, and a status where there is an award."""
        recognised = answer.status == self.status if self.awards else answer.fen == 0
        return answer.fen == fen and recognised

    def stands(self, before: Answer, fen: int) -> bool:
        """Whether what is paid stands in an own month of which the rule says `before` by the loaded facts alone.

        Where the difference is not material the award gives way when a standard or the calendar changes what the rule says;
        where it is, only to the end of what the rule itself had granted.
        """
        if self.says(self.first, fen):
            return False
        granted = self.first.status == self.status
        if granted and self.awards and abs(self.first.fen - fen) < self.materiality_fen:
            return same(before, self.first)
        return not granted or before.status == self.status

    def applied(self, answer: Answer, before: Answer, world: World, at: Month, *, decided: bool) -> Answer:
        """What holds in a month of which the rule says `answer`, and `before` by the loaded facts alone.

        `decided`: as if the difference were decided as the rule says.
        """
        decisions = (each.fact.own_key for each in world.decisions(at))
        if not same(answer, before) or any(key not in self.verdicts for key in decisions):
            return answer  # facts, or a decision, that came later
        standing = world.standing(self.subject, AWARD, at)
        awards = [each for each in standing if is_application(each.fact, self.programme.name)]
        fen = sum(map(amount_of, awards))
        if at >= self.own and (decided or not self.stands(before, fen)):
            return answer
        return as_paid(answer, self.status, awards, fen)

    def left_open(self, verdicts: Verdicts, rulings: Iterable[Ruling]) -> bool:
        """Whether an award stands as it is paid though the rule says something else, and nobody has decided upon that."""
        if not self.awards or not self.differs or self.without_rule:
            return False
        if any(each.fact.kind == "decision" and key not in self.verdicts for key, each in verdicts.items()):
            return False
        names = {each.fact.name for each in self.awards}
        return names.isdisjoint(name for r in rulings if r.decision.outcome == "REJECT" for name in r.decision.covers)

    def paid(self, verdicts: Iterable[Counted]) -> Steps[int]:
        """What was paid by these verdicts before the first own month, and then as it was loaded, month by month."""
        awards = [each for newest in verdicts if newest.fact.kind == AWARD for each in newest.history()]
        mine = [
            each
            for each in awards
            if is_application(each.fact, self.programme.name)
            and each.fact.subject == self.subject
            and not each.fact.retracted
        ]
        ends = {at for each in mine for at in (each.until, each.ends) if at is not None}
        marks = {each.since for each in mine} | ends
        before = [
            (at, sum(amount_of(each) for each in mine if stands_in(each, at))) for at in sorted(marks) if at < self.own
        ]
        return squeeze([*before, (self.own, self.paid_fen)], 0)


UNKNOWN = nothing("no accepted application")
"""What the rule says of months before anything was known."""


def same(left: Answer, right: Answer) -> bool:
    """Whether the rule says the same twice."""
    return (left.status, left.fen, left.empty) == (right.status, right.fen, right.empty)


def amount_of(award: Counted) -> int:
    """What an award pays per month, in fen."""
    payload = award.fact.payload
    return payload.amount_fen if isinstance(payload, LegacyAward) else 0


def stands_in(award: Counted, at: int) -> bool:
    """Whether an award is paid in a month, by its own content."""
    return award.since <= at and all(end is None or at < end for end in (award.until, award.ends))


def as_paid(answer: Answer, status: str, awards: Sequence[Counted], fen: int) -> Answer:
    """The amount that is paid, and what the rule says instead."""
    numbers = {**answer.numbers, "paid_fen": str(fen), "computed_fen": str(answer.fen)}
    if not awards:
        return structs.replace(
            nothing("not awarded", numbers, answer.counted, means=answer.means), standards=answer.standards
        )
    return Answer(
        status=status,
        fen=fen,
        formula="as paid",
        numbers=numbers,
        means=answer.means,
        counted=tuple(awards),
        standards=(),
    )


def awarded(facts: Iterable[Fact], programme: str, subject: str) -> bool:
    """Whether among loaded facts there is an award of a programme for somebody, that was not taken back."""
    last: dict[RecordKey, Fact] = {}
    for fact in facts:
        if fact.kind == AWARD and fact.subject == subject and is_application(fact, programme):
            known = last.get(fact.record_key)
            if known is None or fact.rank > known.rank:
                last[fact.record_key] = fact
    return any(not fact.retracted for fact in last.values())


def entitled_by(facts: Iterable[Fact], programme: Programme, own: Month) -> bool:
    """Whether a programme that needs no application may have been due before the first own month was over."""
    first = RULES[programme.rule].first
    if first is None:
        return True
    day = first(programme, facts)
    return day is not None and month_of(day) <= own


def accepted(facts: Sequence[Fact], rulings: Sequence[Ruling], programme: str, pack: Pack) -> Verdicts:
    """Every loaded record as it was said last, each from the month from which it would hold if it was decided when it began.

    Of incomes only the last are known: in the months before, as far back as the award was paid, they are taken to have been
    the same.
    """
    first = min(month(each.payload.paid_since) for each in facts if isinstance(each.payload, LegacyAward))
    rejected = {name for each in rulings if each.decision.outcome == "REJECT" for name in each.decision.covers}
    decided = [each.fact for each in rulings if each.decision.outcome == "MODIFY"]
    greatest: Verdicts = {}
    for fact in (*facts, *decided):
        known = greatest.get(fact.own_key)
        if fact.name not in rejected and (known is None or fact.rank > known.fact.rank):
            counted = taken(fact, programme, pack)
            early = fact.kind in INCOMES and first < counted.since
            before = structs.replace(counted, since=first) if early else None
            greatest[fact.own_key] = structs.replace(counted, earlier=before)
    return greatest


def taken(fact: Fact, programme: str, pack: Pack) -> Counted:
    """A loaded revision as it counts."""
    cause = {"residence": "registration", "certificate": "certificate_issued"}.get(fact.kind, fact.kind)
    effect = pack.effects_of(programme, cause, fact.valid_from)[0]  # as of an increase
    payload = fact.payload
    if isinstance(payload, LegacyAward):
        since = month(payload.paid_since)
    elif isinstance(payload, Decision):
        since = month(payload.from_month) if payload.from_month else month_after(partial_date(payload.decided_on))
    else:
        since = effective_month(effect.month, fact.valid_from, fact.valid_from, None)
    return Counted(
        fact=fact,
        since=since,
        rule=effect.month,
        decided_on=fact.valid_from,
        cause=Cause(
            cause=AWARD if fact.kind == AWARD else LOADED,
            name=fact.name,
            event_day=fact.valid_from,
            received_on=fact.received_on,
            execution="AUTOMATIC",
        ),
        row=effect,
    )


def parted(decisions: Sequence[History], bootstrap: Bootstrap) -> tuple[list[History], list[Ruling]]:
    """Decisions that speak of own months or came later, and rulings that were part of what was paid before."""

    def over(ruling: Ruling | None) -> bool:
        if ruling is None or not bootstrap.loaded(ruling.fact):
            return False
        return (named_month(ruling) or month_after(ruling.decided_on)) < bootstrap.own

    live: list[History] = []
    past: list[Ruling] = []
    for each in decisions:
        if each.newest is not None and over(each.newest):
            past.append(each.newest)
        elif each.former is not None and over(each.former) and not each.gives:
            past.append(each.former)
        elif each.newest is not None or not bootstrap.loaded(each.last):
            live.append(structs.replace(each, former=None) if over(each.former) else each)
    return live, past


def unruled(pack: Pack, facts: Iterable[Fact], bootstrap: Bootstrap) -> list[tuple[Programme, str]]:
    """The loaded awards for which there is no rule: each as a programme that is only ever paid as it is, and for whom."""
    found: dict[tuple[str, str], Programme] = {}
    for fact in facts:
        award = fact.payload
        if isinstance(award, LegacyAward) and bootstrap.loaded(fact):
            kind = "PERSON" if award.household_id is None else "HOUSEHOLD"
            known = pack.programmes.get(award.programme)
            if known is None or known.beneficiary != kind:
                found[award.programme, fact.subject] = without_rule(award.programme, kind)
    return [(programme, subject) for (_, subject), programme in sorted(found.items(), key=lambda row: row[0])]


def without_rule(name: str, beneficiary: str) -> Programme:
    """A programme of which nothing is known but what is paid."""
    return Programme(
        name=name,
        title=name,
        beneficiary="PERSON" if beneficiary == "PERSON" else "HOUSEHOLD",
        rule="as_paid",
        entry="APPLICATION",
        standards={},
        clause="上线前已核定，政策包中没有对应规则",
        source="",
        assumed=False,
    )


def statuses(timeline: Iterable[tuple[Month, Answer]]) -> Steps[str]:
    """The statuses among answers."""
    return squeeze(((at, answer.status) for at, answer in timeline), NONE)


def opened_status(statuses: Mapping[str, Statuses]) -> Callable[[str, int], str]:
    """The status of a household's other programmes when the hub went live."""

    def status(name: str, at: int) -> str:
        return value_at(statuses.get(name, NO_STATUSES).opened, at, NONE)

    return status
