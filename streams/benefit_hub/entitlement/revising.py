"""Decisions that were revised: what takes back what a decision gave needs a hearing of its own.

A decision is a record like any other: its greatest revision stands, and a retraction undoes it from the start. But where that
lowers what somebody is paid, it is a reduction like any other too ([L0] 47-48): until the person was heard about it, the
revision before stands, and a task asks for the hearing.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from msgspec import Struct, structs

from benefit_hub.entitlement.counted import Ruling
from benefit_hub.entitlement.counting import Counting, Scales
from benefit_hub.messages.departments import Decision
from benefit_hub.messages.internal import Fact, RecordKey
from benefit_hub.policy.book import Pack
from benefit_hub.policy.hearings import heard_again
from benefit_hub.values.ids import household_subject
from benefit_hub.values.months import partial_date

Count = Callable[[Sequence[Ruling]], Counting]


class History(Struct, frozen=True, gc=False, kw_only=True):
    """One decision about a beneficiary's programme: the revision that was said last, and the one before that gave something.

    `newest` is None where the last revision takes the decision back or no longer speaks of this beneficiary and programme.
    """

    last: Fact
    newest: Ruling | None
    former: Ruling | None

    @property
    def gives(self) -> bool:
        """Whether the last word still gives something."""
        return self.newest is not None and self.newest.decision.outcome != "REJECT"

    @property
    def day(self) -> date:
        """The day of the last word: of its decision, or where it takes a decision back of its receipt."""
        return self.newest.decided_on if self.newest is not None and self.gives else self.last.received_on

    @property
    def heard(self) -> bool:
        """Whether the person was heard about the last word: before it, and where it takes back, after what it takes back."""
        if self.newest is not None and self.gives:
            return self.newest.heard
        last, former = self.last.payload, self.former
        return isinstance(last, Decision) and former is not None and heard_again(former.decision, last, self.day)


def revisions_of(decisions: Iterable[Fact]) -> dict[tuple[str, str], list[list[Fact]]]:
    """The revisions of every decision, in their order and each once though several subjects carry it, by whom and what they
    were ever about: programme and beneficiary."""
    records: dict[RecordKey, dict[tuple[int, int, int, str], Fact]] = {}
    for fact in decisions:
        records.setdefault(fact.record_key, {})[fact.rank] = fact
    found: dict[tuple[str, str], list[list[Fact]]] = {}
    for revisions in records.values():
        said = [revisions[rank] for rank in sorted(revisions)]
        for about in dict.fromkeys(about for fact in said for about in subjects_of(fact)):
            found.setdefault(about, []).append(said)
    return found


def subjects_of(fact: Fact) -> list[tuple[str, str]]:
    """What a revision of a decision rules about: its programme, for each of its subjects; nothing where it is retracted."""
    decision = fact.payload
    if not isinstance(decision, Decision) or fact.retracted:
        return []
    about = (*map(household_subject, decision.household_ids), *decision.persons)
    return [(decision.programme, each) for each in about]


def histories(records: Iterable[Sequence[Fact]], programme: str, beneficiary: str) -> list[History]:
    """Every decision that was ever about a beneficiary's programme, from the revisions of each."""
    found = []
    for said in records:
        standing = [ruling_of(fact, programme, beneficiary) for fact in said]
        giving = [each for each in standing[:-1] if each is not None and each.decision.outcome != "REJECT"]
        found.append(History(last=said[-1], newest=standing[-1], former=giving[-1] if giving else None))
    return found


def ruling_of(fact: Fact, programme: str, beneficiary: str) -> Ruling | None:
    """A revision of a decision as a ruling about a beneficiary's programme; None where it is none."""
    decision = fact.payload
    rules = isinstance(decision, Decision) and (programme, beneficiary) in subjects_of(fact)
    return ruling(fact, decision) if rules and isinstance(decision, Decision) else None


def ruling(fact: Fact, decision: Decision) -> Ruling:
    """A revision of a decision as a ruling of its day."""
    return Ruling(fact=fact, decision=decision, decided_on=partial_date(decision.decided_on))


def count_heard(
    programme: str, pack: Pack, decisions: Sequence[History], count: Count, scales: Scales
) -> tuple[tuple[Ruling, ...], Counting]:
    """The rulings that stand and what counts by them: a last word that lowers unheard waits, and the one before stands."""
    stands = {each.last.record_key: each.former or each.newest for each in decisions}
    counting = count(rulings_of(stands))
    withheld: list[Ruling] = []
    for each in sorted(decisions, key=lambda history: (history.day, history.last.record_key)):
        if each.former is None:
            continue
        changed = {**stands, each.last.record_key: each.newest}
        then = count(rulings_of(changed))
        direction = scales.direction(counting.verdicts, then.verdicts)
        row = pack.effect(programme, "decision_withdrawn", direction, each.day)
        if direction != "INCREASE" and row.hearing and not each.heard and isinstance(each.last.payload, Decision):
            withheld.append(ruling(each.last, each.last.payload))
        else:
            stands, counting = changed, then
    return rulings_of(stands), structs.replace(counting, unheard=(*counting.unheard, *withheld))


def rulings_of(stands: dict[RecordKey, Ruling | None]) -> tuple[Ruling, ...]:
    """The rulings among what stands."""
    return tuple(each for each in stands.values() if each is not None)
