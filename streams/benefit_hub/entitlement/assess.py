"""Assess a household: every programme of the household and of its members, in the declared order, with reasons.

One evaluation per month in which something changes. A programme reads the others' segments of the month, never their facts.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from msgspec import Struct

from benefit_hub.entitlement.counting import (
    Counting,
    Outcome,
    OwnKey,
    Ruling,
    Scales,
    count,
    count_reported,
)
from benefit_hub.entitlement.papers import Papers
from benefit_hub.entitlement.revising import count_heard
from benefit_hub.entitlement.rules import (
    INPUTS,
    NEEDS,
    NONE,
    RULES,
    Answer,
    Question,
    StatusOf,
    birthdays,
    ends_for_good,
    opens,
    with_decided_amount,
)
from benefit_hub.entitlement.world import Counted, World, turns
from benefit_hub.messages.departments import Residence
from benefit_hub.messages.internal import Fact, Held, Reasoning, RecordKey, Segment, Snapshot
from benefit_hub.policy.book import Book, Pack, Programme
from benefit_hub.values.ids import is_solo
from benefit_hub.values.months import Month, month_of
from benefit_hub.values.steps import value_at

Timeline = tuple[Segment, ...]
Answers = tuple[tuple[Month, Answer], ...]


class Unit(Struct, frozen=True, gc=False, kw_only=True):
    """One beneficiary and programme, assessed: what is owed by what counts, and what would be by all that is reported."""

    beneficiary: str
    programme: Programme
    counting: Counting
    rulings: tuple[Ruling, ...]
    timeline: Timeline
    reported: Timeline
    final: Answer | None


class Assessment(Struct, frozen=True, gc=False, kw_only=True):
    """All units of a household, the pack that was used, and the next day on which something happens by itself."""

    pack: Pack | None
    region: str
    units: tuple[Unit, ...]
    wakes: date | None


class Inputs(Struct, frozen=True, gc=False, kw_only=True):
    """What an assessment looks at. `today` is the day that is open, `date.min` before the first."""

    household: str
    members: Mapping[str, Snapshot]
    facts: Sequence[Fact]
    book: Book
    today: date


def assess(inputs: Inputs) -> Assessment:
    """Every programme of the household and of the members whom it holds, in the pack's order."""
    region = region_of(inputs)
    pack = inputs.book.pack(region) if region else None
    if pack is None:
        return Assessment(pack=None, region=region, units=(), wakes=None)
    papers = Papers(inputs.household, inputs.facts, inputs.members)
    units: list[Unit] = []
    days: list[date] = []
    for name in pack.order:
        programme = pack.programmes[name]
        for beneficiary in beneficiaries(inputs, programme):
            assessor = Assessor(inputs, papers, pack, programme, beneficiary, units)
            units.append(assessor.unit())
            days += assessor.days()
    ahead = [day for day in days if day > inputs.today]
    return Assessment(pack=pack, region=region, units=tuple(units), wakes=min(ahead, default=None))


def region_of(inputs: Inputs) -> str:
    """The place whose pack applies: the first registered residence received of the people here, the head's before others',
    those of members by decision before those of people who are only reported here."""
    homes = [
        (
            not any(each.household == inputs.household for each in snapshot.held),
            snapshot.role != "HEAD",
            fact.received_on,
            person,
            fact.record,
            fact.payload.region,
        )
        for person, snapshot in inputs.members.items()
        for fact in snapshot.records
        if isinstance(fact.payload, Residence) and not fact.retracted
    ]
    return min(homes)[-1] if homes else ""


def beneficiaries(inputs: Inputs, programme: Programme) -> list[str]:
    """Whom a programme is assessed for here: the household, unless it is of one by itself; or the persons whom it holds."""
    if programme.beneficiary == "HOUSEHOLD":
        return [] if is_solo(inputs.household) else [inputs.household]
    return [
        person
        for person, snapshot in sorted(inputs.members.items())
        if any(each.household == inputs.household for each in snapshot.held)
    ]


def status_lookup(units: Sequence[Unit], household: str) -> StatusOf:
    """The status that the household has of another programme in a month, among the segments assessed so far."""

    def status(name: str, month: int) -> str:
        for unit in units:
            if unit.programme.name == name and unit.beneficiary == household:
                standing: str = NONE
                for segment in unit.timeline:
                    if segment.since <= month:
                        standing = segment.status
                return standing
        return NONE

    return status


class Assessor:
    """The assessment of one unit."""

    def __init__(
        self, inputs: Inputs, papers: Papers, pack: Pack, programme: Programme, beneficiary: str, units: Sequence[Unit]
    ) -> None:
        self._inputs = inputs
        self._pack = pack
        self._programme = programme
        self._beneficiary = beneficiary
        self._units = units
        self._household = programme.beneficiary == "HOUSEHOLD"
        self._papers = papers
        self._rulings: tuple[Ruling, ...] = ()
        self._about = [inputs.household, *inputs.members] if self._household else [beneficiary]
        self._candidates = list(papers.about(self._about, INPUTS[programme.rule], programme.name))

    def unit(self) -> Unit:
        """Count, evaluate, and evaluate again as if all that waits were decided."""
        programme, pack, beneficiary = self._programme, self._pack, self._beneficiary
        if programme.entry == "APPLICATION" and not self._papers.asked_for(self._about, programme.name):
            return self._found(Counting(verdicts={}, waiting=(), unheard=()), (), ())
        members = self._inputs.members if self._household else {beneficiary: self._inputs.members[beneficiary]}
        held = {person: snapshot.held for person, snapshot in members.items()}
        said = {person: snapshot.reported for person, snapshot in members.items()} if self._household else held
        scales = self._scales(members, held)
        by_rulings = partial(count, programme.name, pack, self._candidates, scales)
        decisions = self._papers.decisions(programme.name, beneficiary)
        self._rulings, counting = count_heard(programme.name, pack, decisions, by_rulings, scales)
        answers = self._shown(World(self._inputs.household, members, held, counting.verdicts.values(), self._today))
        if not counting.waiting and said == held:
            return self._found(counting, answers, answers)
        verdicts = count_reported(programme.name, pack, counting, self._scales(members, said))
        reported = self._shown(World(self._inputs.household, members, said, verdicts.values(), self._today))
        return self._found(counting, answers, reported)

    @property
    def _today(self) -> date:
        return self._inputs.today

    def _found(self, counting: Counting, answers: Answers, reported: Answers) -> Unit:
        timeline = self._timeline(answers)
        return Unit(
            beneficiary=self._beneficiary,
            programme=self._programme,
            counting=counting,
            rulings=self._rulings,
            timeline=timeline,
            reported=timeline if reported is answers else self._timeline(reported),
            final=reported[-1][1] if reported and self._household else None,
        )

    def days(self) -> list[date]:
        """When something may happen by itself, by any revision that was ever said: waking for nothing costs little."""
        facts = [each.fact for each in self._candidates]
        ends = [fact.valid_to for fact in facts if fact.valid_to is not None]
        if self._programme.rule != "by_age":
            return ends
        homes = [fact.payload for fact in facts if isinstance(fact.payload, Residence)]
        return [*ends, *(turns(home, int(age)) for home in homes for age in self._programme.standards)]

    def _marks(self, world: World) -> list[Month]:
        """All months in which something may change for this unit."""
        programme, others = self._programme, list[Month]()
        standards = [self._pack.standards[name] for name in programme.standards.values()]
        for unit in self._units:
            if unit.beneficiary == self._inputs.household and unit.programme.name in programme.needs_status:
                others += [segment.since for segment in unit.timeline]
        days = birthdays(world, programme, self._beneficiary)
        return sorted({*world.marks(standards, others), *(month_of(day) for day in days)})

    def _shown(self, world: World) -> Answers:
        """What the rule says from the first month on in which there may be a status; of a household what it says at last."""
        first = opens(world, self._programme, self._beneficiary)
        if first is None and not self._household:
            return ()
        marks = self._marks(world)
        shown = [at for at in marks if first is not None and at >= first]
        return tuple(self._answers(world, shown or marks[-1:]))

    def _answers(self, world: World, marks: Sequence[Month]) -> Iterator[tuple[Month, Answer]]:
        """What the rule says in these months; an application is used up by the end of its award."""
        lapsed: frozenset[RecordKey] = frozenset()
        granted = False
        status_of = status_lookup(self._units, self._inputs.household)
        for at in marks:
            question = Question(
                world=world,
                pack=self._pack,
                programme=self._programme,
                subject=self._beneficiary,
                status_of=status_of,
                lapsed=lapsed,
            )
            answer = with_decided_amount(RULES[self._programme.rule](question, at), self._programme, world, at)
            yield at, answer
            ended = ends_for_good(answer, granted)
            granted = not ended and (granted or answer.status not in (NONE, "NOT_ELIGIBLE"))
            if ended:
                lapsed |= {each.fact.record_key for each in world.standing(self._beneficiary, "application", at)}

    def _scales(self, members: Mapping[str, Snapshot], held: Mapping[str, tuple[Held, ...]]) -> Scales:
        """How candidates are weighed: amounts by month, whatever the calendar has still to bring."""

        def evaluate(verdicts: Mapping[OwnKey, Counted]) -> Outcome:
            world = World(self._inputs.household, members, held, verdicts.values(), None)
            return tuple((at, (answer.fen, answer.empty)) for at, answer in self._answers(world, self._marks(world)))

        programme = self._programme
        return Scales(evaluate, "application" if programme.entry == "APPLICATION" else NEEDS[programme.rule])

    def _timeline(self, answers: Answers) -> Timeline:
        """Segments from the first month with a status on; a segment begins where anything that is shown changes."""
        segments: list[Segment] = []
        for at, answer in answers:
            segment = Segment(
                since=at, status=answer.status, amount=answer.fen, pay="PAY", reasoning=self._reasoning(answer)
            )
            if not segments and answer.status == NONE:
                continue
            if not segments or not same_segment(segments[-1], segment):
                segments.append(segment)
        return tuple(segments)

    def _reasoning(self, answer: Answer) -> Reasoning:
        programme, pack = self._programme, self._pack
        assumed = (
            programme.assumed or any(s.assumed for s in answer.standards) or any(c.assumed for c in answer.counted)
        )
        return Reasoning(
            rule=programme.rule,
            formula=answer.formula,
            inputs=answer.inputs,
            facts=tuple(sorted(each.fact.name for each in answer.counted)),
            clause="；".join([programme.clause, *(standard.clause for standard in answer.standards)]),
            source="; ".join([programme.source, *(standard.source for standard in answer.standards)]),
            assumed=assumed or pack.assumed,
        )


def same_segment(left: Segment, right: Segment) -> bool:
    """Whether two segments say the same, whenever they begin."""
    return (left.status, left.amount, left.pay, left.reasoning) == (
        right.status,
        right.amount,
        right.pay,
        right.reasoning,
    )


def amounts(timeline: Timeline) -> tuple[tuple[Month, int], ...]:
    """The payable fen by month."""
    return tuple((segment.since, segment.amount if segment.pay == "PAY" else 0) for segment in timeline)


def amount_at(timeline: Timeline, at: int) -> int:
    """The payable fen of a month."""
    return value_at(amounts(timeline), at, 0)
