"""Which revisions count for a programme, and from which month: the same set of facts gives the same answer in any order.

Candidates are tried in the order of their decision days. A revision that nobody decided is tried on the day of its receipt and
counts where the policy makes its cause and direction automatic; the revisions that an accepted decision names are tried
together on the day of the decision. Neither looks at arrival: the day of receipt is part of the fact.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, structs

from benefit_hub.entitlement.world import Counted
from benefit_hub.messages.departments import Application, Decision, RevisionName
from benefit_hub.messages.internal import Cause, Fact
from benefit_hub.policy.book import Direction, Effect, MonthRule, Pack, effective_month
from benefit_hub.policy.hearings import heard_before
from benefit_hub.values.months import Month, month, partial_date
from benefit_hub.values.steps import Steps, merge

OwnKey = tuple[str, str, str, str]
Verdicts = dict[OwnKey, Counted]
Outcome = Steps[tuple[int, bool]]
"""Per month the amount in fen, and whether nobody is left who could be owed anything."""

Evaluate = Callable[[Mapping[OwnKey, Counted]], Outcome]

Answer = tuple[tuple[MonthRule, bool], ...] | Literal["WAITS", "UNHEARD"]
"""What the policy says of candidates: they wait for a decision, or for a hearing, or count by month rules (assumed or not)."""
WAITS: Literal["WAITS"] = "WAITS"
UNHEARD: Literal["UNHEARD"] = "UNHEARD"
DIRECTIONS: tuple[Direction, ...] = ("INCREASE", "DECREASE", "CLOSE")


class Ruling(Struct, frozen=True, kw_only=True):
    """A decision that stands: the greatest, not retracted revision of its record."""

    fact: Fact
    decision: Decision

    @property
    def decided_on(self) -> date:
        """The day of the decision."""
        return partial_date(self.decision.decided_on)

    @property
    def heard(self) -> bool:
        """Whether the person was heard before the decision."""
        return heard_before(self.decision)


class Counting(Struct, frozen=True, kw_only=True):
    """What counts (`verdicts`), what is reported and waits for a person (`waiting`), and decisions that lack the hearing."""

    verdicts: Verdicts
    waiting: tuple[Fact, ...]
    unheard: tuple[Ruling, ...]


class Scales:
    """Tells in which direction amounts go from some verdicts to others.

    `needs` is the kind of fact without which a programme pays nothing at all: where none counts yet, nothing can fall.
    Verdicts are never changed once they were weighed, so those of the last question need not be weighed again.
    """

    def __init__(self, evaluate: Evaluate, needs: str) -> None:
        self._evaluate = evaluate
        self._needs = needs
        self._weighed: list[tuple[Verdicts, Outcome]] = []

    def direction(self, before: Verdicts, after: Verdicts) -> Direction:
        """What becomes of the amounts of all months, those to come included."""
        if not any(each.fact.kind == self._needs for each in before.values()):
            return "INCREASE"
        first, then = self._outcome(before), self._outcome(after)
        self._weighed = [(before, first), (after, then)]
        return direction_of(first, then)

    def _outcome(self, verdicts: Verdicts) -> Outcome:
        return next((found for known, found in self._weighed if known is verdicts), None) or self._evaluate(verdicts)


def count(programme: str, pack: Pack, facts: Sequence[Fact], scales: Scales, decided: Sequence[Ruling]) -> Counting:
    """Try every candidate in order."""
    accepted = [ruling for ruling in decided if ruling.decision.outcome != "REJECT"]
    rejected = {name for ruling in decided if ruling.decision.outcome == "REJECT" for name in ruling.decision.covers}
    trial = Trial(programme, pack, scales, rejected=frozenset(rejected))
    by_name: dict[RevisionName, list[Fact]] = {}
    for fact in facts:
        by_name.setdefault(fact.name, []).append(fact)
    steps: list[tuple[tuple[date, str, str, str, int], tuple[Fact, ...], Ruling | None]] = [
        # a record that changes person is one revision about two people: both count, or neither
        ((min(fact.received_on for fact in same), *same[0].record_key, same[0].revision), tuple(same), None)
        for same in by_name.values()
    ]
    for ruling in accepted:
        named = tuple(fact for name in ruling.decision.covers for fact in by_name.get(name, ()))
        if ruling.decision.outcome == "MODIFY":
            named = (*named, ruling.fact)
        key = (ruling.decided_on, *ruling.fact.record_key, ruling.fact.revision)
        steps.append((key, named, ruling))
    for _, candidates, decision in sorted(steps, key=lambda step: step[0]):
        trial.attempt(candidates, decision)
    return Counting(
        verdicts=trial.verdicts,
        waiting=tuple(waiting_facts(facts, trial.verdicts, rejected)),
        unheard=tuple(trial.unheard),
    )


def waiting_facts(facts: Sequence[Fact], verdicts: Verdicts, rejected: set[RevisionName]) -> list[Fact]:
    """The greatest revision of each record that is newer than what counts and was not rejected, in order of receipt."""
    greatest: dict[OwnKey, Fact] = {}
    for fact in facts:
        known = greatest.get(fact.own_key)
        if fact.name not in rejected and (known is None or fact.rank > known.rank):
            greatest[fact.own_key] = fact
    newer = [
        fact for key, fact in greatest.items() if key not in verdicts or fact.revision > verdicts[key].fact.revision
    ]
    return sorted(newer, key=lambda fact: (fact.received_on, *fact.record_key))


def count_reported(programme: str, pack: Pack, counting: Counting, scales: Scales) -> Verdicts:
    """What would count if everything that waits were decided on the day of its receipt."""
    trial = Trial(programme, pack, scales, dict(counting.verdicts))
    for fact in counting.waiting:
        trial.attempt((fact,), None, everything=True)
    return trial.verdicts


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
    ) -> None:
        self._programme = programme
        self._pack = pack
        self._scales = scales
        self.verdicts: Verdicts = verdicts or {}
        self.unheard: list[Ruling] = []
        self._rejected = rejected
        self._deaths: list[Fact] = []

    def attempt(self, candidates: Sequence[Fact], ruling: Ruling | None, everything: bool = False) -> None:
        """Try revisions together: they count if a decision names them, or the policy lets them, or everything does.

        In which direction they move amounts is asked only where the policy's answer depends on it.
        """
        newer = [fact for fact in sorted(candidates, key=lambda each: each.revision) if self._is_newer(fact)]
        if not newer:
            return
        named = everything or ruling is not None
        answers = [self._answer(newer, direction, ruling, named) for direction in DIRECTIONS]
        answer, direction = answers[0], DIRECTIONS[0]
        if answers.count(answer) < len(answers):
            direction = self._scales.direction(self.verdicts, self._with(newer, direction, ruling))
            answer = answers[DIRECTIONS.index(direction)]
        if answer == WAITS:
            self._try_deaths_together(newer)
        elif answer == UNHEARD and ruling is not None:
            self.unheard.append(ruling)
        else:
            self.verdicts = self._with(newer, direction, ruling)

    def _answer(self, newer: Sequence[Fact], direction: Direction, ruling: Ruling | None, named: bool) -> Answer:
        """What the policy says of revisions that move amounts in a direction: they wait, or from which months they count."""
        effects = [self._effect(fact, direction, ruling) for fact in newer]
        if not named and any(effect.mode != "AUTOMATIC" for effect in effects):
            return WAITS
        lowers = direction != "INCREASE" and ruling is not None and any(effect.hearing for effect in effects)
        if lowers and ruling is not None and not ruling.heard:
            return UNHEARD
        return tuple((effect.month, effect.assumed) for effect in effects)

    def _try_deaths_together(self, newer: Sequence[Fact]) -> None:
        """Deaths that wait to be heard of by survivors count when the last survivor dies: from then on nobody is left to hear."""
        self._deaths = [fact for fact in (*self._deaths, *newer) if self._may_count(fact)]
        if len(self._deaths) < 2 or newer[0].kind != "death":
            return
        together = self._with(self._deaths, "CLOSE", None)
        last = max(together[fact.own_key].since for fact in self._deaths)
        for fact in self._deaths:
            together[fact.own_key] = structs.replace(together[fact.own_key], since=last)
        if self._scales.direction(self.verdicts, together) != "CLOSE":
            return
        if all(self._effect(fact, "CLOSE", None).mode == "AUTOMATIC" for fact in self._deaths):
            self.verdicts = together

    def _may_count(self, fact: Fact) -> bool:
        return fact.kind == "death" and not fact.retracted and fact.name not in self._rejected and self._is_newer(fact)

    def _is_newer(self, fact: Fact) -> bool:
        known = self.verdicts.get(fact.own_key)
        return known is None or fact.revision > known.fact.revision

    def _effect(self, fact: Fact, direction: Direction, ruling: Ruling | None) -> Effect:
        return self._pack.effect(self._programme, self._cause(fact), direction, decision_day(fact, ruling))

    def _with(self, facts: Sequence[Fact], direction: Direction, ruling: Ruling | None) -> Verdicts:
        verdicts = dict(self.verdicts)
        for fact in facts:
            known = verdicts.get(fact.own_key)
            verdicts[fact.own_key] = self._counted(fact, known, self._effect(fact, direction, ruling), ruling)
        return verdicts

    def _counted(self, fact: Fact, known: Counted | None, effect: Effect, ruling: Ruling | None) -> Counted:
        """A revision as it counts. A correction keeps the month of its record; anything else leaves what stood until then."""
        rule, day = effect.month, decision_day(fact, ruling)
        of_record = rule == "MONTH_OF_RECORD" and known is not None
        since, named = named_month(ruling), named_month(ruling) is not None
        if of_record and known is not None:
            rule, day = known.rule, known.decided_on
            if since is None and (known.named or rule == "NEXT_MONTH_OF_DECISION"):
                since, named = known.since, known.named
        if since is None:
            since = effective_month(rule, event_day(fact, self._cause(fact)), day, submitted_on(fact))
        stays = not of_record or named_month(ruling) is not None
        return Counted(
            fact=fact,
            since=since,
            rule=rule,
            decided_on=day,
            cause=cause_of(self._cause(fact), fact, ruling),
            assumed=effect.assumed,
            named=named,
            earlier=standing_before(known, since) if stays else None,
            ends=award_end(fact, ruling),
        )

    def _cause(self, fact: Fact) -> str:
        """The cause by which the effect table knows a revision, given what counts so far."""
        known = self.verdicts.get(fact.own_key)
        if known is not None and not known.fact.retracted:
            if fact.retracted:
                return "retraction"
            return f"{fact.kind}_end" if only_ended(known.fact, fact) else "correction"
        if fact.kind == "certificate" and not any(
            each.fact.kind == "certificate"
            and each.fact.subject == fact.subject
            and stands_on(each.fact, fact.valid_from)
            for each in self.verdicts.values()
        ):
            return "certificate_issued"
        if fact.kind == "residence" and not any(
            each.fact.kind == "residence" and each.fact.subject == fact.subject and not each.fact.retracted
            for each in self.verdicts.values()
        ):
            return "registration"
        return fact.kind


def named_month(ruling: Ruling | None) -> Month | None:
    """The month that a decision names itself."""
    text = None if ruling is None else ruling.decision.from_month
    return None if text is None else month(text)


def award_end(fact: Fact, ruling: Ruling | None) -> Month | None:
    """The month after the last one for which a decision grants what was applied for."""
    text = None if ruling is None or fact.kind != "application" else ruling.decision.until_month
    return None if text is None else Month(month(text) + 1)


def event_day(fact: Fact, cause: str) -> date:
    """The day on which something happened: that on which a fact began, or if its end is told, its last day."""
    if fact.valid_to is not None and cause == f"{fact.kind}_end":
        return fact.valid_to - timedelta(days=1)
    return fact.valid_from


def standing_before(known: Counted | None, since: Month) -> Counted | None:
    """Of a record's revisions that count so far, the one that stands until a month."""
    while known is not None and known.since >= since:
        known = known.earlier
    return known


def stands_on(fact: Fact, day: date) -> bool:
    """Whether a fact is true on a day."""
    return not fact.retracted and fact.valid_from <= day and (fact.valid_to is None or day < fact.valid_to)


def only_ended(before: Fact, after: Fact) -> bool:
    """Whether a revision does no more than put an end to the one before it."""
    same = (after.payload, after.valid_from) == (before.payload, before.valid_from)
    return same and after.valid_to is not None and after.valid_to != before.valid_to


def decision_day(fact: Fact, ruling: Ruling | None) -> date:
    """The day of the decision, or for what nobody decided that of the receipt."""
    return fact.received_on if ruling is None else ruling.decided_on


def submitted_on(fact: Fact) -> date | None:
    """When an application was handed in."""
    return partial_date(fact.payload.submitted_on) if isinstance(fact.payload, Application) else None


def cause_of(cause: str, fact: Fact, ruling: Ruling | None) -> Cause:
    """Why a revision counts, for the adjustments that follow from it."""
    if ruling is None:
        return Cause(
            cause=cause, name=fact.name, event_day=fact.valid_from, received_on=fact.received_on, execution="AUTOMATIC"
        )
    decision = ruling.decision
    return Cause(
        cause=cause,
        name=fact.name,
        event_day=fact.valid_from,
        received_on=fact.received_on,
        execution="DECIDED",
        outcome=decision.outcome,
        decision=ruling.fact.name,
        authority=decision.authority,
        decided_on=ruling.decided_on,
        heard_on=day_or_none(decision.heard_on),
        notice_served_on=day_or_none(decision.notice_served_on),
    )


def day_or_none(text: str | None) -> date | None:
    """A day that intake has checked."""
    return None if text is None else partial_date(text)


def direction_of(before: Outcome, after: Outcome) -> Direction:
    """CLOSE where months fall only because nobody is left, DECREASE where any other month falls, else INCREASE."""
    fallen = [row[2][1] for row in merge(before, after, ((0, False), (0, False))) if row[2][0] < row[1][0]]
    if not fallen:
        return "INCREASE"
    return "CLOSE" if all(fallen) else "DECREASE"
