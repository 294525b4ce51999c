"""Which revisions count for a programme, and from which month: the same set of facts gives the same answer in any order.

Candidates are tried in the order of their decision days. A revision that nobody decided is tried on the day of its receipt and
counts where the policy makes its cause and direction automatic; the revisions that an accepted decision names are tried
together on the day of the decision. Neither looks at arrival: the day of receipt is part of the fact.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Literal, NamedTuple

from msgspec import Struct, structs

from benefit_hub.entitlement.counted import (
    Candidate,
    OwnKey,
    Ruling,
    candidate,
    counted,
    decision_day,
    only_ended,
    stands_on,
)
from benefit_hub.entitlement.world import Counted
from benefit_hub.messages.departments import RevisionName
from benefit_hub.messages.internal import Fact
from benefit_hub.policy.book import DIRECTIONS, Direction, Effect, MonthRule, Pack
from benefit_hub.values.steps import Steps, merge

Verdicts = dict[OwnKey, Counted]
Outcome = Steps[tuple[int, bool]]
"""Per month the amount in fen, and whether nobody is left who could be owed anything."""

Evaluate = Callable[[Verdicts], Outcome]

Answer = tuple[tuple[MonthRule, bool], ...] | Literal["WAITS", "UNHEARD"]
"""What the policy says of candidates: they wait for a decision, or for a hearing, or count by month rules (assumed or not)."""
WAITS: Literal["WAITS"] = "WAITS"
UNHEARD: Literal["UNHEARD"] = "UNHEARD"


def alike(rows: Sequence[Effect]) -> bool:
    """Whether the policy says the same of a change in whatever direction it goes."""
    first = rows[0]
    for each in rows:
        if each.hearing or each.mode != first.mode or each.month != first.month or each.assumed != first.assumed:
            return False
    return True


class Scales:
    """Tells in which direction amounts go from some verdicts to others.

    `needs` are kinds of facts without any of which a programme pays nothing at all: where none counts yet, nothing can fall.
    Verdicts are never changed once they were weighed, so those of the last question need not be weighed again.
    """

    def __init__(self, evaluate: Evaluate, needs: Collection[str]) -> None:
        self._evaluate = evaluate
        self._needs = needs
        self._weighed: list[tuple[Verdicts, Outcome]] = []

    def may_fall(self, verdicts: Verdicts) -> bool:
        """Whether there is any amount that could fall."""
        return any(key[1] in self._needs for key in verdicts)

    def direction(self, before: Verdicts, after: Verdicts) -> Direction:
        """What becomes of the amounts of all months, those to come included."""
        if not self.may_fall(before):
            return "INCREASE"
        first, then = self._outcome(before), self._outcome(after)
        self._weighed = [(before, first), (after, then)]
        return direction_of(first, then)

    def _outcome(self, verdicts: Verdicts) -> Outcome:
        return next((found for known, found in self._weighed if known is verdicts), None) or self._evaluate(verdicts)


class Weighing(NamedTuple):
    """Verdicts before and after something came to count, where what it moves makes no difference but to the clause that is
    told: it is weighed for who tells it, and for nobody else."""

    scales: Scales
    before: Verdicts
    after: Verdicts
    rows: tuple[Effect, ...]

    def row(self) -> Effect:
        """The row of the effect table for the direction in which it moved amounts."""
        if len({(row.clause, row.source) for row in self.rows}) == 1:
            return self.rows[0]
        return self.rows[DIRECTIONS.index(self.scales.direction(self.before, self.after))]


Weighings = Mapping[OwnKey, Weighing]
NOT_WEIGHED: Weighings = {}


class Counting(Struct, frozen=True, gc=False, kw_only=True):
    """What counts (`verdicts`), what is reported and waits for a person (`waiting`), and decisions that lack the hearing.

    `weighings` are those that nothing depended on while it was counted.
    """

    verdicts: Verdicts
    waiting: tuple[Fact, ...]
    unheard: tuple[Ruling, ...]
    weighings: Weighings = {}

    def row(self, key: OwnKey) -> Effect:
        """The row of the effect table by which a revision counts."""
        weighing = self.weighings.get(key)
        return self.verdicts[key].row if weighing is None else weighing.row()


def count(
    programme: str,
    pack: Pack,
    candidates: Sequence[Candidate],
    scales: Scales,
    base: Verdicts,
    decided: Sequence[Ruling],
    weighings: Weighings = NOT_WEIGHED,
) -> Counting:
    """Try every candidate in order. `base` is what counts already, `weighings` of it: a decision that names any of it counts as
    such."""
    accepted = [ruling for ruling in decided if ruling.decision.outcome != "REJECT"]
    rejected = {name for ruling in decided if ruling.decision.outcome == "REJECT" for name in ruling.decision.covers}
    trial = Trial(programme, pack, scales, dict(base), rejected=frozenset(rejected), weighings=weighings)
    known = {each.fact.name for each in base.values()}
    by_name: dict[RevisionName, list[Candidate]] = {}
    for each in candidates:
        by_name.setdefault(each.name, []).append(each)
    steps: list[tuple[tuple[date, str, str, str, int], Sequence[Candidate], Ruling | None]] = []
    for name, same in by_name.items():
        # a record that changes person is one revision about two people: both count, or neither
        day = same[0].fact.received_on if len(same) == 1 else min(each.fact.received_on for each in same)
        steps.append(((day, name.source, name.kind, name.record, name.revision), same, None))
    for ruling in accepted:
        named = [each for name in ruling.decision.covers for each in by_name.get(name, ())]
        if ruling.decision.counts_itself or not known.isdisjoint(ruling.decision.covers):
            named.append(candidate(ruling.fact))
        key = (ruling.decided_on, *ruling.fact.record_key, ruling.fact.revision)
        steps.append((key, named, ruling))
    for _, together, decision in sorted(steps, key=itemgetter(0)):
        trial.attempt(together, decision)
    return Counting(
        verdicts=trial.verdicts,
        waiting=tuple(waiting_facts(candidates, trial.verdicts, rejected)),
        unheard=tuple(trial.unheard),
        weighings=trial.weighings,
    )


def waiting_facts(candidates: Sequence[Candidate], verdicts: Verdicts, rejected: set[RevisionName]) -> list[Fact]:
    """The greatest revision of each record that is newer than what counts and was not rejected, in order of receipt."""
    greatest: dict[OwnKey, Fact] = {}
    for fact, key, name in candidates:
        counts = verdicts.get(key)
        if (counts is None or fact.revision > counts.fact.revision) and name not in rejected:
            known = greatest.get(key)
            if known is None or fact.rank > known.rank:
                greatest[key] = fact
    return sorted(greatest.values(), key=lambda fact: (fact.received_on, *fact.record_key))


def is_newer(fact: Fact, known: Counted | None) -> bool:
    """Whether a revision is later than the one of its record that counts."""
    return known is None or fact.revision > known.fact.revision


def count_reported(programme: str, pack: Pack, counting: Counting, scales: Scales) -> Verdicts:
    """What would count if everything that waits were decided on the day of its receipt."""
    trial = Trial(programme, pack, scales, dict(counting.verdicts))
    for fact in counting.waiting:
        trial.attempt((candidate(fact),), None, everything=True)
    return trial.verdicts


Charge = tuple[Candidate, str, tuple[Effect, ...]]
"""A revision on trial: with its cause, and the rows of the effect table in each direction."""


class Trial:
    """The verdicts so far."""

    def __init__(
        self,
        programme: str,
        pack: Pack,
        scales: Scales,
        verdicts: Verdicts | None = None,
        *,
        rejected: frozenset[RevisionName] = frozenset(),
        weighings: Weighings = NOT_WEIGHED,
    ) -> None:
        self._programme = programme
        self._pack = pack
        self._scales = scales
        self.verdicts: Verdicts = verdicts or {}
        self.weighings = dict(weighings)
        self._may_fall = scales.may_fall(self.verdicts)
        self.unheard: list[Ruling] = []
        self._rejected = rejected
        self._deaths: list[Candidate] = []

    def attempt(self, candidates: Sequence[Candidate], ruling: Ruling | None, everything: bool = False) -> None:
        """Try revisions together: they count if a decision names them, or the policy lets them, or everything does.

        In which direction they move amounts is asked only where the policy's answer depends on it; where no more than the clause
        does, once that is told.
        """
        verdicts = self.verdicts
        newer = [
            each
            for each in candidates
            if (known := verdicts.get(each.key)) is None or each.fact.revision > known.fact.revision
        ]
        if not newer:
            return
        if len(newer) > 1:
            newer.sort(key=lambda each: each.fact.revision)
        charges = [self._charge(each, ruling) for each in newer]
        at, answer = self._direction(charges, ruling, everything or ruling is not None)
        if answer == WAITS:
            self._try_deaths_together(newer)
        elif answer == UNHEARD and ruling is not None:
            self.unheard.append(ruling)
        else:
            self._stand(self._with(charges, at or 0, ruling), charges, weighed=at is not None)

    def _stand(self, verdicts: Verdicts, charges: Sequence[Charge], *, weighed: bool) -> None:
        for each, _, rows in charges:
            self.weighings.pop(each.key, None)
            if not weighed:
                self.weighings[each.key] = Weighing(self._scales, self.verdicts, verdicts, rows)
        self.verdicts = verdicts
        self._may_fall = self._may_fall or self._scales.may_fall(verdicts)

    def _direction(self, charges: Sequence[Charge], ruling: Ruling | None, named: bool) -> tuple[int | None, Answer]:
        """In which of the `DIRECTIONS` amounts go, and what the policy says of it; None where it says the same of each."""
        answer = self._answer(charges, 0, ruling, named)
        if not self._may_fall:
            return 0, answer
        if all(alike(rows) for _, _, rows in charges):
            return None, answer
        answers = [answer, *(self._answer(charges, at, ruling, named) for at in range(1, len(DIRECTIONS)))]
        if answers[1:] == answers[:-1]:
            return None, answer
        at = DIRECTIONS.index(self._scales.direction(self.verdicts, self._with(charges, 0, ruling)))
        return at, answers[at]

    def _charge(self, each: Candidate, ruling: Ruling | None) -> Charge:
        cause = self._cause(each)
        return each, cause, self._pack.effects_of(self._programme, cause, decision_day(each.fact, ruling))

    def _answer(self, charges: Sequence[Charge], at: int, ruling: Ruling | None, named: bool) -> Answer:
        """What the policy says of revisions that move amounts in a direction: they wait, or from which months they count."""
        effects = [rows[at] for _, _, rows in charges]
        if not named:
            for effect in effects:
                if effect.mode != "AUTOMATIC":
                    return WAITS
        lowers = ruling is not None and DIRECTIONS[at] != "INCREASE" and any(effect.hearing for effect in effects)
        if lowers and ruling is not None and not ruling.heard:
            return UNHEARD
        return tuple((effect.month, effect.assumed) for effect in effects)

    def _try_deaths_together(self, newer: Sequence[Candidate]) -> None:
        """Deaths that wait to be heard of by survivors count when the last survivor dies: from then on nobody is left to hear."""
        if newer[0].key[1] != "death":
            return
        self._deaths = [each for each in (*self._deaths, *newer) if self._may_count(each)]
        if len(self._deaths) < 2:
            return
        charges, closes = [self._charge(each, None) for each in self._deaths], DIRECTIONS.index("CLOSE")
        together = self._with(charges, closes, None)
        last = max(together[each.key].since for each in self._deaths)
        for each in self._deaths:
            together[each.key] = structs.replace(together[each.key], since=last)
        if self._scales.direction(self.verdicts, together) != "CLOSE":
            return
        if all(rows[closes].mode == "AUTOMATIC" for _, _, rows in charges):
            self._stand(together, charges, weighed=True)

    def _may_count(self, each: Candidate) -> bool:
        fact = each.fact
        may = fact.kind == "death" and not fact.retracted and each.name not in self._rejected
        return may and is_newer(fact, self.verdicts.get(each.key))

    def _with(self, charges: Sequence[Charge], at: int, ruling: Ruling | None) -> Verdicts:
        verdicts = dict(self.verdicts)
        for each, cause, rows in charges:
            verdicts[each.key] = counted(each, verdicts.get(each.key), cause, rows[at], ruling)
        return verdicts

    def _cause(self, each: Candidate) -> str:
        """The cause by which the effect table knows a revision, given what counts so far."""
        fact, kind = each.fact, each.key[1]
        known = self.verdicts.get(each.key)
        if known is not None and not known.fact.retracted:
            if fact.retracted:
                return "retraction"
            return f"{kind}_end" if only_ended(known.fact, fact) else "correction"
        if kind == "certificate" and not any(stands_on(other, fact.valid_from) for other in self._others(each)):
            return "certificate_issued"
        if kind == "residence" and not any(not other.retracted for other in self._others(each)):
            return "registration"
        return kind

    def _others(self, each: Candidate) -> Iterator[Fact]:
        """What counts of the same kind about the same subject."""
        _, kind, _, subject = each.key
        return (known.fact for key, known in self.verdicts.items() if key[1] == kind and key[3] == subject)


def direction_of(before: Outcome, after: Outcome) -> Direction:
    """CLOSE where months fall only because nobody is left, DECREASE where any other month falls, else INCREASE."""
    fallen = [row[2][1] for row in merge(before, after, ((0, False), (0, False))) if row[2][0] < row[1][0]]
    if not fallen:
        return "INCREASE"
    return "CLOSE" if all(fallen) else "DECREASE"
