"""The assessment of one beneficiary and programme: which facts count, what the rule says month by month, and what it would say.

One evaluation per month in which something changes. A programme reads the others' statuses of the month, never their facts.
"""

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, partial

from msgspec import Struct, structs

from benefit_hub.entitlement.by_rule import (
    NONE_LAPSED,
    Asked,
    ByRule,
    Known,
    earliest,
    first_move,
    first_news,
    not_known,
    unlapsed,
    until,
)
from benefit_hub.entitlement.counted import Candidate, Ruling
from benefit_hub.entitlement.counting import (
    NOT_WEIGHED,
    Counting,
    Outcome,
    Scales,
    Verdicts,
    Weighings,
    count,
    count_reported,
)
from benefit_hub.entitlement.doubts import answered
from benefit_hub.entitlement.inputs import Inputs
from benefit_hub.entitlement.opening import (
    AWARD,
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
from benefit_hub.entitlement.revising import History, count_heard
from benefit_hub.entitlement.rules import RULES
from benefit_hub.entitlement.rules.awards import ends_for_good, opens, with_decided_amount
from benefit_hub.entitlement.rules.beside import beside_others, share_of, turns_beside
from benefit_hub.entitlement.rules.rule import NONE, NOT_ELIGIBLE, Answer, Question, StatusOf
from benefit_hub.entitlement.shares import NO_STATUSES, NOTHING, Share, Statuses, shares_in
from benefit_hub.entitlement.timelines import Answers, Timeline, timeline_of
from benefit_hub.entitlement.world import ENTRIES, World
from benefit_hub.messages.internal import Held
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.values.months import Month, first_day
from benefit_hub.values.steps import Steps, squeeze, value_at

Assignments = Mapping[str, tuple[Held, ...]]
LOOKED_AT = {name: rule.reads | {AWARD} for name, rule in RULES.items()}
"""The kinds of facts that a rule looks at, and awards that were paid before the hub went live."""
NOT_ASKED_FOR = Counting(verdicts={}, waiting=(), unheard=())
NOTHING_BEFORE: Answer | None = None


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
    shares: Steps[Share] = ()

    @property
    def statuses(self) -> Statuses:
        """The statuses of all months."""
        shown = squeeze(((segment.since, segment.status) for segment in self.timeline), NONE)
        return Statuses(shown, self.opened, self.shares)


def not_asked_for(programme: Programme, beneficiary: str) -> Unit:
    """Nobody has asked for a programme: nothing counts, nothing is owed."""
    return Unit(
        beneficiary=beneficiary,
        programme=programme,
        counting=NOT_ASKED_FOR,
        rulings=(),
        timeline=(),
        reported=(),
        final=None,
    )


def status_lookup(statuses: Mapping[str, Statuses]) -> StatusOf:
    """The status that the household has of another programme in a month, among those assessed so far."""

    def status(name: str, month: int) -> str:
        return value_at(statuses.get(name, NO_STATUSES).shown, month, NONE)

    return status


def looked_at(pack: Pack, programme: Programme) -> frozenset[str]:
    """The kinds of facts by which a programme of a pack may come to another amount."""
    kinds = LOOKED_AT[programme.rule] | programme.also_reads | pack.paid_by_others(programme.name)
    return kinds | pack.means.reads if pack.means is not None and RULES[programme.rule].computes is not None else kinds


class Assessor:
    """The assessment of one unit."""

    def __init__(
        self,
        inputs: Inputs,
        papers: Papers,
        pack: Pack,
        programme: Programme,
        beneficiary: str,
        statuses: Mapping[str, Statuses],
    ) -> None:
        self._inputs = inputs
        self._papers = papers
        self._pack = pack
        self._programme = programme
        self._rule = RULES[programme.rule]
        self._looked_at = looked_at(pack, programme)
        self._beneficiary = beneficiary
        self._statuses = statuses
        self._status_of = status_lookup(statuses)
        self._shares = shares_in(statuses)
        self._household = programme.beneficiary == "HOUSEHOLD"
        self._about = [inputs.household, *inputs.members] if self._household else [beneficiary]
        self._members = inputs.members if self._household else {beneficiary: inputs.members[beneficiary]}
        self._rulings: tuple[Ruling, ...] = ()
        self._opening: Opening | None = None
        self._opened: Steps[str] = ()
        self._weighings: Weighings = NOT_WEIGHED
        self._turns: list[date] = []
        self._said_by_rule: dict[date | None, ByRule] = {}
        self._worlds: list[tuple[Assignments, Verdicts, World]] = []
        self._marked: dict[World, list[Month]] = {}
        self._shown_first: tuple[Asked, Answers] | None = None

    def unit(self) -> Unit:
        """Count, evaluate, and evaluate again as if all that waits were decided."""
        programme, pack, members = self._programme, self._pack, self._members
        candidates = list(self._papers.about(self._about, self._looked_at, programme.name))
        decisions = self._papers.decisions(programme.name, self._beneficiary)
        base: Verdicts = {}
        if self._inputs.bootstrap.closed_on is not None:
            base, candidates, decisions = self._open(candidates, decisions)
        held = {person: snapshot.held for person, snapshot in members.items()}
        said = {person: snapshot.reported for person, snapshot in members.items()} if self._household else held
        scales = self._scales(held)
        by_rulings = partial(count, programme.name, pack, candidates, scales, base, weighings=self._weighings)
        self._rulings, counting = count_heard(programme.name, pack, decisions, by_rulings, scales)
        now, answers = self._now(held, counting.verdicts)
        left_open = self._opening is not None and self._opening.left_open(counting.verdicts, self._rulings)
        if not counting.waiting and said == held and not left_open:
            return self._found(counting, answers, answers)
        verdicts = count_reported(programme.name, pack, counting, scales if said == held else self._scales(said))
        world = self._world(said, verdicts, self._inputs.today)
        known = until(earliest(first_news(counting.verdicts, verdicts), first_move(held, said)), now.at)
        reported = self._shown(self._asked(world, known), decided=left_open)
        return structs.replace(self._found(counting, answers, reported), left_open=left_open)

    def _open(
        self, candidates: list[Candidate], decisions: list[History]
    ) -> tuple[Verdicts, list[Candidate], list[History]]:
        """How the unit went live, where the hub was loaded with anything about it: the loaded facts that count. From then on
        only facts that came later are tried, and only decisions that speak of own months."""
        programme, bootstrap, name = self._programme, self._inputs.bootstrap, self._programme.name
        loaded = [each for each in candidates if bootstrap.loaded(each.fact)]
        live, past = parted(decisions, bootstrap)
        facts = [each.fact for each in loaded]
        award = awarded(facts, name, self._beneficiary)
        due = programme.entry == "AUTOMATIC" and entitled_by(facts, programme, bootstrap.own)
        if not award and not past and not due:
            return {}, candidates, decisions
        if award:
            base = accepted(facts, past, name, self._pack)
        else:
            counting = count(name, self._pack, loaded, self._scales(self._first_held), {}, past)
            base, self._weighings = counting.verdicts, counting.weighings
        self._opening = Opening(
            subject=self._beneficiary,
            programme=programme,
            own=bootstrap.own,
            materiality_fen=self._pack.materiality_fen,
            verdicts=base,
            awards=tuple(each for each in base.values() if each.fact.kind == AWARD and not each.fact.retracted),
            first=self._by_rule(base, bootstrap.closed_on).at(bootstrap.own),
        )
        if name in self._pack.read_by_others:
            world = self._world(self._first_held, base, self._inputs.today)
            asked = self._asked(world, unlapsed(self._by_rule(base, world.today)))
            self._shown_first = asked, self._shown(asked)
            self._opened = statuses(self._shown_first[1])
        return base, [each for each in candidates if not bootstrap.loaded(each.fact)], live

    @cached_property
    def _first_held(self) -> Assignments:
        """The assignments with which the hub went live."""
        return {who: each.held if each.opened is None else each.opened for who, each in self._members.items()}

    @cached_property
    def _same_statuses(self) -> bool:
        """Whether what the programme needs has the statuses of the time when the hub went live."""
        needed = (self._statuses.get(name, NO_STATUSES) for name in self._programme.needs_status)
        return all(each.shown == each.opened for each in needed)

    def _now(self, held: Assignments, verdicts: Verdicts) -> tuple[Asked, Answers]:
        """What the rule says of what counts, and what is shown of it: what it was as the hub went live where nothing is news."""
        world = self._world(held, verdicts, self._inputs.today)
        first = self._shown_first
        if first is not None and first[0].question.world is world and self._same_statuses:
            return first
        asked = self._asked(world, self._as_opened(world, held, verdicts))
        return asked, self._shown(asked)

    def _asked(self, world: World, known: Known) -> Asked:
        """What the rule says of a world, of which it is `known` for some months."""
        return Asked(self._question(world, self._status_of), self._answer, known)

    def _as_opened(self, world: World, held: Assignments, verdicts: Verdicts) -> Known:
        """What the rule says of verdicts where it is what it says of what was loaded."""
        loaded = self._loaded(world)
        if self._opening is None or loaded is None or not self._same_statuses:
            return not_known
        news = earliest(first_news(self._opening.verdicts, verdicts), first_move(self._first_held, held))
        return until(news, unlapsed(loaded))

    def _by_rule(self, verdicts: Verdicts, today: date | None) -> ByRule:
        """What the rule alone says of what was loaded, month by month, as far as the calendar has come."""
        seen = today if self._ends else None  # where nothing happens by itself, no day sees more than another
        if seen not in self._said_by_rule:
            world = self._world(self._first_held, verdicts, seen)
            question = self._question(world, opened_status(self._statuses))
            marks = sorted({*self._marks(world), self._inputs.bootstrap.own})
            self._said_by_rule[seen] = ByRule(marks, partial(self._answer, question), UNKNOWN)
        return self._said_by_rule[seen]

    def _loaded(self, world: World) -> ByRule | None:
        """The same as far as a world sees the calendar; None where the hub was loaded with nothing about this unit."""
        return None if self._opening is None else self._by_rule(self._opening.verdicts, world.today)

    def _found(self, counting: Counting, answers: Answers, reported: Answers) -> Unit:
        timeline, opening = timeline_of(answers, self._programme, self._pack), self._opening
        seen = self._programme.name in self._pack.read_by_others
        return Unit(
            shares=squeeze(((at, share_of(answer)) for at, answer in answers), NOTHING) if seen else (),
            opening=opening,
            opened=self._opened,
            paid=() if opening is None else opening.paid(counting.verdicts.values()),
            beneficiary=self._beneficiary,
            programme=self._programme,
            counting=counting,
            rulings=self._rulings,
            timeline=timeline,
            reported=timeline if reported is answers else timeline_of(reported, self._programme, self._pack),
            final=reported[-1][1] if reported and self._household else None,
        )

    @property
    def reads(self) -> frozenset[str]:
        """The kinds of facts that were looked at, but for those at which every assessment looks."""
        return self._looked_at

    def days(self) -> list[date]:
        """When something may happen by itself, by any revision that was ever said: waking for nothing costs little."""
        return [*self._ends, *self._turns]

    @cached_property
    def _ends(self) -> list[date]:
        programme, days = self._programme, self._rule.days
        ends = self._papers.ends(self._about, self._looked_at, programme.name)
        if days is None:
            return ends
        said = self._papers.about(self._about, self._looked_at, programme.name)
        return [*ends, *(day for each in said for day in days(programme, self._pack, each.fact))]

    def _world(self, held: Assignments, verdicts: Verdicts, today: date | None) -> World:
        """What stands by these verdicts; made once."""
        for of, by, world in self._worlds:
            if world.today == today and by == verdicts and of == held:
                return world
        world = World(self._inputs.household, self._members, held, verdicts.values(), today)
        self._worlds.append((held, verdicts, world))
        return world

    def _marks(self, world: World) -> list[Month]:
        """All months in which something may change by the rule."""
        if world not in self._marked:
            self._marked[world] = self._months_of(world)
        return self._marked[world]

    def _months_of(self, world: World) -> list[Month]:
        programme, others = self._programme, [*self._programme.turns]
        standards = [self._pack.standards[name] for name in programme.uses]
        for name in programme.needs_status:
            each = self._statuses.get(name, NO_STATUSES)
            others += [at for at, _ in (*each.shown, *each.opened)]
        question = self._question(world, self._status_of)
        if self._pack.beside(programme.name):
            others += turns_beside(question)
        marks = world.marks(standards, others)
        return marks if self._rule.marks is None else sorted({*marks, *self._rule.marks(question)})

    def _all_marks(self, world: World) -> list[Month]:
        """The same, and those in which something changes of what the hub was loaded with."""
        marks = self._marks(world)
        loaded = self._loaded(world)
        return marks if loaded is None else sorted({*marks, *loaded.marks})

    def _shown_marks(self, world: World) -> Sequence[Month]:
        """The same from the first month on in which there may be a status; of a household the last in any case."""
        first = opens(self._rule, self._question(world, self._status_of))
        if first is None and not self._household:
            return ()
        marks = self._all_marks(world)
        return [at for at in marks if first is not None and at >= first] or marks[-1:]

    def _shown(self, asked: Asked, *, decided: bool = False) -> Answers:
        """What is shown of a world. `decided`: as it would be if what going live left open were decided."""
        answers = tuple(self._answers(asked, self._shown_marks(asked.question.world), decided=decided))
        self._turns += [first_day(answer.until) for _, answer in answers if answer.until is not None]
        return answers

    def _question(self, world: World, status_of: StatusOf) -> Question:
        return Question(
            world=world,
            pack=self._pack,
            programme=self._programme,
            subject=self._beneficiary,
            status_of=status_of,
            shares=self._shares,
            region_values=self._inputs.region_values,
        )

    def _answer(self, question: Question, at: Month) -> Answer:
        """What the rule, or a decision that sets an amount, says of a month."""
        return beside_others(question, with_decided_amount(self._rule, answered(question, at), question, at), at)

    def _answers(
        self, asked: Asked, marks: Sequence[Month], *, decided: bool = False
    ) -> Iterator[tuple[Month, Answer]]:
        """What holds in these months; an application is used up by the end of its award."""
        question, world = asked.question, asked.question.world
        granted, loaded, before, lapsed = False, self._loaded(world), NOTHING_BEFORE, NONE_LAPSED
        follows, pending = self._rule.follows, [*marks]
        for at in pending:  # it grows while it is walked: where something ends by itself, another month begins
            answer = asked.at(at, lapsed)
            if follows is not None:
                answer = follows(question, at, answer, before)
            if self._opening is not None and loaded is not None:
                answer = self._opening.applied(answer, loaded.at(at), world, at, decided=decided)
            yield at, answer
            before = answer
            if answer.until is not None and answer.until > at and answer.until not in pending:
                insort(pending, answer.until)
            ended = ends_for_good(self._rule, answer, granted)
            granted = not ended and (granted or answer.status not in (NONE, NOT_ELIGIBLE))
            if ended:
                lapsed |= {each.fact.record_key for each in world.entries(self._beneficiary, at)}

    def _scales(self, held: Assignments) -> Scales:
        """How candidates are weighed: amounts by month, whatever the calendar has still to bring. What was weighed last tells
        the months before the news."""
        weighed: tuple[Verdicts, Asked] | None = None

        def evaluate(verdicts: Verdicts) -> Outcome:
            nonlocal weighed
            world = self._world(held, verdicts, None)
            if weighed is None:
                known = self._as_opened(world, held, verdicts)
            else:
                known = until(first_news(weighed[0], verdicts), weighed[1].said)
            asked = self._asked(world, known)
            weighed = verdicts, asked
            answers = self._answers(asked, self._all_marks(world))
            return tuple((at, (answer.fen, answer.empty)) for at, answer in answers)

        programme = self._programme
        return Scales(evaluate, ENTRIES if programme.entry == "APPLICATION" else (self._rule.needs, AWARD))
