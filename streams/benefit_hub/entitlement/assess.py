"""Assess a household: every programme of the household and of its members, in the declared order, with reasons.

One evaluation per month in which something changes. A programme reads the others' segments of the month, never their facts.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from msgspec import Struct, structs

from benefit_hub.entitlement.counting import (
    Counting,
    Outcome,
    OwnKey,
    Ruling,
    Scales,
    Verdicts,
    count,
    count_reported,
)
from benefit_hub.entitlement.inputs import Inputs, region_of, whom_for_what
from benefit_hub.entitlement.opening import (
    AWARD,
    NO_LAW,
    UNKNOWN,
    Opening,
    accepted,
    awarded,
    entitled_by,
    opened_status,
    parted,
    statuses,
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
from benefit_hub.entitlement.world import ENTRIES, Counted, World, turns
from benefit_hub.messages.departments import Residence
from benefit_hub.messages.internal import Held, Reasoning, RecordKey, Segment, Snapshot
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.task import Bootstrap
from benefit_hub.values.months import Month, month_of
from benefit_hub.values.steps import Steps, value_at

Timeline = tuple[Segment, ...]
Answers = tuple[tuple[Month, Answer], ...]
NOT_KNOWN: Mapping[Month, Answer] = {}


class Unit(Struct, frozen=True, gc=False, kw_only=True):
    """One beneficiary and programme, assessed: what is owed by what counts, and what would be by all that is reported.

    `opening` is how it went live, `opened` the status that it had then, `paid` what others had paid, in fen; `left_open` tells
    that an award stands as it is paid though the rule says something else.
    """

    beneficiary: str
    programme: Programme
    counting: Counting
    rulings: tuple[Ruling, ...]
    timeline: Timeline
    reported: Timeline
    final: Answer | None
    opening: Opening | None = None
    opened: Steps[str] = ()
    paid: Steps[int] = ()
    left_open: bool = False


class Assessment(Struct, frozen=True, gc=False, kw_only=True):
    """All units of a household, the pack that was used, and the next day on which something happens by itself."""

    pack: Pack | None
    region: str
    units: tuple[Unit, ...]
    wakes: date | None
    bootstrap: Bootstrap = Bootstrap()


def assess(inputs: Inputs) -> Assessment:
    """Every programme of the household and of the members whom it holds, in the pack's order."""
    region = region_of(inputs)
    pack = inputs.book.pack(region) if region else None
    asked = whom_for_what(inputs, pack)
    if pack is None and not asked:
        return Assessment(pack=None, region=region, units=(), wakes=None)
    pack = pack or NO_LAW
    papers = Papers(inputs.household, inputs.facts, inputs.members)
    units: list[Unit] = []
    days: list[date] = []
    for programme, beneficiary in asked:
        assessor = Assessor(inputs, papers, pack, programme, beneficiary, units)
        units.append(assessor.unit())
        days += assessor.days()
    wakes = min((day for day in days if day > inputs.today), default=None)
    return Assessment(pack=pack, region=region, units=tuple(units), wakes=wakes, bootstrap=inputs.bootstrap)


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
        self._candidates = list(papers.about(self._about, {*INPUTS[programme.rule], AWARD}, programme.name))
        self._decisions = papers.decisions(programme.name, beneficiary)
        self._later = self._candidates
        self._opening: Opening | None = None
        self._opened: Steps[str] = ()

    def unit(self) -> Unit:
        """Count, evaluate, and evaluate again as if all that waits were decided."""
        programme, pack, beneficiary = self._programme, self._pack, self._beneficiary
        if programme.entry == "APPLICATION" and not self._papers.asked_for(self._about, programme.name):
            return self._found(Counting(verdicts={}, waiting=(), unheard=()), (), ())
        members = self._inputs.members if self._household else {beneficiary: self._inputs.members[beneficiary]}
        held = {person: snapshot.held for person, snapshot in members.items()}
        said = {person: snapshot.reported for person, snapshot in members.items()} if self._household else held
        base = {} if self._inputs.bootstrap.closed_on is None else self._open(members, self._inputs.bootstrap.closed_on)
        scales = self._scales(members, held)
        by_rulings = partial(count, programme.name, pack, self._later, scales, base)
        self._rulings, counting = count_heard(programme.name, pack, self._decisions, by_rulings, scales)
        world = World(self._inputs.household, members, held, counting.verdicts.values(), self._today)
        as_opened = not self._later and not self._rulings and self._same_people(members)
        answers = self._shown(world, as_opened=as_opened)
        left_open = self._opening is not None and self._opening.left_open(counting.verdicts, self._rulings)
        if not counting.waiting and said == held and not left_open:
            return self._found(counting, answers, answers)
        verdicts = count_reported(programme.name, pack, counting, self._scales(members, said))
        world = World(self._inputs.household, members, said, verdicts.values(), self._today)
        as_opened = as_opened and said == held
        found = self._found(counting, answers, self._shown(world, as_opened=as_opened, decided=left_open))
        return structs.replace(found, left_open=left_open)

    def _open(self, members: Mapping[str, Snapshot], closed_on: date) -> Verdicts:
        """How the unit went live, where the hub was loaded with anything about it: the loaded facts that count. From then on
        only facts that came later are tried, and only decisions that speak of own months."""
        programme, bootstrap, name = self._programme, self._inputs.bootstrap, self._programme.name
        loaded = [each for each in self._candidates if bootstrap.loaded(each.fact)]
        decisions, past = parted(self._decisions, bootstrap)
        facts = [each.fact for each in loaded]
        award = awarded(facts, name, self._beneficiary)
        if (
            not award
            and not past
            and not (programme.entry == "AUTOMATIC" and entitled_by(facts, programme, bootstrap.own))
        ):
            return {}
        held = {person: each.held if each.opened is None else each.opened for person, each in members.items()}
        if award:
            base = accepted(facts, past, name, self._pack)
        else:
            base = count(name, self._pack, loaded, self._scales(members, held), {}, past).verdicts
        status = opened_status(self._units, self._inputs.household)
        days: list[date | None] = [None, self._today, closed_on] if self.days() else [None]
        said = {
            day: self._by_rule(World(self._inputs.household, members, held, base.values(), day), status) for day in days
        }
        self._opening = Opening(
            subject=self._beneficiary,
            programme=programme,
            own=bootstrap.own,
            materiality_fen=self._pack.materiality_fen,
            verdicts=base,
            awards=tuple(each for each in base.values() if each.fact.kind == AWARD and not each.fact.retracted),
            whole=said[None],
            seen=said.get(self._today, said[None]),
            first=value_at(said.get(closed_on, said[None]), bootstrap.own, UNKNOWN),
        )
        self._later = [each for each in self._candidates if not bootstrap.loaded(each.fact)]
        self._decisions = decisions
        if any(name in each.needs_status for each in self._pack.programmes.values()):
            world = World(self._inputs.household, members, held, base.values(), self._today)
            self._opened = statuses(self._shown(world, as_opened=True))
        return base

    def _same_people(self, members: Mapping[str, Snapshot]) -> bool:
        """Whether everybody belongs where everybody belonged when the hub went live, and other programmes change nothing."""
        return not self._programme.needs_status and all(each.opened is None for each in members.values())

    def _by_rule(self, world: World, status: StatusOf) -> Answers:
        """What the rule alone says of what was loaded, month by month."""
        marks = sorted({*self._marks(world), self._inputs.bootstrap.own})
        return tuple((at, self._answer(world, at, frozenset(), status)) for at in marks)

    def _all_marks(self, world: World) -> list[Month]:
        """All months in which something may change, and those in which something changes of what the hub was loaded with."""
        if self._opening is None:
            return self._marks(world)
        return sorted({*self._marks(world), *(at for at, _ in self._opening.by(world))})

    @property
    def _today(self) -> date:
        return self._inputs.today

    def _found(self, counting: Counting, answers: Answers, reported: Answers) -> Unit:
        timeline, opening = self._timeline(answers), self._opening
        return Unit(
            opening=opening,
            opened=self._opened,
            paid=() if opening is None else opening.paid(counting.verdicts.values()),
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
        return [*ends, *(turns(home, age) for home in homes for age in self._programme.ages)]

    def _marks(self, world: World) -> list[Month]:
        """All months in which something may change for this unit."""
        programme, others = self._programme, list[Month]()
        standards = [self._pack.standards[name] for name in programme.standards.values()]
        for unit in self._units:
            if unit.beneficiary == self._inputs.household and unit.programme.name in programme.needs_status:
                others += [*(segment.since for segment in unit.timeline), *(at for at, _ in unit.opened)]
        days = birthdays(world, programme, self._beneficiary)
        return sorted({*world.marks(standards, others), *(month_of(day) for day in days)})

    def _shown(self, world: World, *, as_opened: bool = False, decided: bool = False) -> Answers:
        """What the rule says from the first month on in which there may be a status; of a household what it says at last.

        `as_opened`: nothing is news, so the rule says what it said of what was loaded; `decided`: as it would be if what going
        live left open were decided."""
        if self._opening is not None:
            known = dict(self._opening.seen) if as_opened else {}
            return tuple(self._answers(world, self._all_marks(world), decided=decided, known=known))
        first = opens(world, self._programme, self._beneficiary)
        if first is None and not self._household:
            return ()
        marks = self._marks(world)
        shown = [at for at in marks if first is not None and at >= first]
        return tuple(self._answers(world, shown or marks[-1:]))

    def _answer(self, world: World, at: Month, lapsed: frozenset[RecordKey], status_of: StatusOf) -> Answer:
        """What the rule, or a decision that sets an amount, says of a month."""
        question = Question(
            world=world,
            pack=self._pack,
            programme=self._programme,
            subject=self._beneficiary,
            status_of=status_of,
            lapsed=lapsed,
        )
        return with_decided_amount(RULES[self._programme.rule](question, at), self._programme, world, at)

    def _answers(
        self,
        world: World,
        marks: Sequence[Month],
        *,
        decided: bool = False,
        known: Mapping[Month, Answer] = NOT_KNOWN,
    ) -> Iterator[tuple[Month, Answer]]:
        """What holds in these months; an application is used up by the end of its award. `known`: what the rule says of some."""
        lapsed: frozenset[RecordKey] = frozenset()
        granted = False
        status_of = status_lookup(self._units, self._inputs.household)
        for at in marks:
            answer = None if lapsed else known.get(at)
            answer = answer or self._answer(world, at, lapsed, status_of)
            if self._opening is not None:
                answer = self._opening.applied(answer, world, at, decided=decided)
            yield at, answer
            ended = ends_for_good(answer, granted)
            granted = not ended and (granted or answer.status not in (NONE, "NOT_ELIGIBLE"))
            if ended:
                lapsed |= {
                    each.fact.record_key for kind in ENTRIES for each in world.standing(self._beneficiary, kind, at)
                }

    def _scales(self, members: Mapping[str, Snapshot], held: Mapping[str, tuple[Held, ...]]) -> Scales:
        """How candidates are weighed: amounts by month, whatever the calendar has still to bring."""

        def evaluate(verdicts: Mapping[OwnKey, Counted]) -> Outcome:
            world = World(self._inputs.household, members, held, verdicts.values(), None)
            return tuple(
                (at, (answer.fen, answer.empty)) for at, answer in self._answers(world, self._all_marks(world))
            )

        programme = self._programme
        return Scales(evaluate, ENTRIES if programme.entry == "APPLICATION" else (NEEDS[programme.rule], AWARD))

    def _timeline(self, answers: Answers) -> Timeline:
        """Segments from the first month with a status on; a segment begins where anything that is shown changes."""
        segments: list[Segment] = []
        for at, answer in answers:
            if not segments and answer.status == NONE:
                continue
            segment = Segment(
                since=at, status=answer.status, amount=answer.fen, pay="PAY", reasoning=self._reasoning(answer)
            )
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
