"""The world as one programme sees it: the facts that count for it, and from which month, asked month by month."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from msgspec import Struct, structs

from benefit_hub.messages.departments import Application, Decision, LegacyAward, Residence
from benefit_hub.messages.internal import Cause, Fact, Held, RecordKey, Snapshot
from benefit_hub.policy.book import Effect, MonthRule
from benefit_hub.policy.deaths import standing_death
from benefit_hub.policy.standards import Standard
from benefit_hub.values.months import Month, birthday, month, month_after, month_over, partial_date

NEVER = 1 << 30
ENTRIES = ("application", "legacy_award")
"""The kinds of facts by which somebody has a programme."""
LOADED = "loaded"
"""Why a revision counts that the hub was opened with."""
ROLES = ("HEAD", "SPOUSE", "PARENT", "CHILD", "OTHER")


class Counted(Struct, frozen=True, gc=False, kw_only=True):
    """A revision that counts for a programme: from which month, why, and by which month rule.

    A retracted revision counts by taking its record out; it stands in no month. Where a decision lets a revision hold only
    from a later month on, the one before it (`earlier`) stands until then, and `ends` there. `named`: a decision named the
    month itself. `row` is that of the effect table by which it counts; where that asks for the month of the record, `rule` and
    `decided_on` are those of the revision that is corrected.
    """

    fact: Fact
    since: Month
    rule: MonthRule
    decided_on: date
    cause: Cause
    row: Effect
    named: bool = False
    earlier: "Counted | None" = None
    ends: Month | None = None

    @property
    def assumed(self) -> bool:
        """Whether the month rule by which it counts is assumed."""
        return self.row.assumed

    def history(self) -> Iterator["Counted"]:
        """This revision, and those before it that stand until it holds."""
        yield self
        following = self
        while following.earlier is not None:
            yield structs.replace(following.earlier, ends=following.since)
            following = following.earlier

    @property
    def until(self) -> Month | None:
        """The month from which the fact is over by its own content, where it has an end: the one after its last day."""
        if isinstance(self.fact.payload, Decision):
            last = self.fact.payload.until_month
            return None if last is None else Month(month(last) + 1)
        over = month_over(self.fact.valid_to)
        return None if over is None else max(self.since, over)


Row = tuple[Month, int, Counted]
"""From which month something stands, and in which it is over."""


class World:
    """What stands in a month, for one household, one programme and one choice of counted facts.

    `held` maps each person to the assignment to go by (decided or reported). What the calendar brings (a birthday, the end of
    a validity) is seen up to `today`; None sees all of it. Asked many times once made, so what it is asked for is laid out
    when it is made.
    """

    def __init__(
        self,
        household: str,
        members: Mapping[str, Snapshot],
        held: Mapping[str, tuple[Held, ...]],
        counted: Iterable[Counted],
        today: date | None,
    ) -> None:
        self.household = household
        self._held = held
        self.today = today
        self._rows: dict[tuple[str, str], list[Row]] = {}
        self._deaths: dict[str, tuple[Counted, Month] | None] = {}
        ranked = sorted(members, key=lambda who: (ROLES.index(members[who].role), who))
        self._people = [(person, spans(held.get(person, ()), household)) for person in ranked]
        kinds: set[str] = set()
        for newest in counted:
            for each in newest.history() if newest.earlier is not None else (newest,):
                fact = each.fact
                if not fact.retracted:
                    kind = fact.kind
                    kinds.add(kind)
                    self._rows.setdefault((fact.subject, kind), []).append((each.since, self._over(each, kind), each))
        self._mortal = "death" in kinds
        self._decisions = (
            [row for (_, kind), rows in self._rows.items() if kind == "decision" for row in rows]
            if "decision" in kinds
            else []
        )
        self._amounts = [
            (since, over, each, each.fact.payload.amount_fen)
            for since, over, each in self._decisions
            if isinstance(each.fact.payload, Decision) and each.fact.payload.amount_fen is not None
        ]

    def _over(self, each: Counted, kind: str) -> int:
        """The first month in which a fact is over, as far as the calendar has come."""
        last, ends = each.fact.valid_to, NEVER if each.ends is None else each.ends
        until = None if last is None and kind != "decision" else each.until
        return ends if until is None or (last is not None and not self.seen(last)) else min(ends, until)

    @property
    def people(self) -> list[str]:
        """Everybody who has anything to do with the household, the head first."""
        return [who for who, _ in self._people]

    def seen(self, day: date) -> bool:
        """Whether the calendar has come so far."""
        return self.today is None or day <= self.today

    def all(self, subject: str, kind: str) -> Sequence[Counted]:
        """Everything of a kind that counts about a subject, in whatever month."""
        rows = self._rows.get((subject, kind))
        return () if rows is None else [each for _, _, each in rows]

    def standing(self, subject: str, kind: str, month: int) -> Sequence[Counted]:
        """What of a kind stands in a month."""
        rows = self._rows.get((subject, kind))
        return () if rows is None else [each for since, over, each in rows if since <= month < over]

    def latest(self, subject: str, kind: str, month: int) -> Counted | None:
        """Of what stands in a month, that with the latest `valid_from`."""
        return newest(self.standing(subject, kind, month))

    def is_member(self, person: str, month: int) -> bool:
        """Whether the household counts a person among its members in a month."""
        return person in self.everybody(month)

    def died(self, person: str, ranked: tuple[str, ...]) -> tuple[Counted, Month] | None:
        """The death that counts, and the month from which the person is counted no more.

        A second source that is decided later does not bring anybody back for the time between.
        """
        if person not in self._deaths:
            self._deaths[person] = self._died(person, ranked)
        return self._deaths[person]

    def _died(self, person: str, ranked: tuple[str, ...]) -> tuple[Counted, Month] | None:
        deaths = self.all(person, "death")
        index = standing_death([(each.fact.source, each.fact.valid_from) for each in deaths], ranked)
        if index is None:
            return None
        chosen = deaths[index]
        if chosen.rule != "NEXT_MONTH_OF_DECISION":
            return chosen, chosen.since
        return chosen, max(min(each.since for each in deaths), month_after(chosen.fact.valid_from))

    def everybody(self, month: int) -> list[str]:
        """The members of a month, alive or not, the head first; who comes first gives the household its place."""
        return [who for who, here in self._people for since, until in here if since <= month < until]

    def lives(self, person: str, month: int, ranked: tuple[str, ...]) -> bool:
        """Whether a person is counted among the living of a month."""
        death = self.died(person, ranked)
        return death is None or death[1] > month

    def living(self, month: int, ranked: tuple[str, ...]) -> list[str]:
        """The living members of a month, the head first."""
        everybody = self.everybody(month)
        return [who for who in everybody if self.lives(who, month, ranked)] if self._mortal else everybody

    def registered(self, person: str, month: int) -> tuple[Counted, Residence] | None:
        """Where a person is registered in a month, and what shows it."""
        found = self.latest(person, "residence", month)
        home = None if found is None else found.fact.payload
        return (found, home) if found is not None and isinstance(home, Residence) else None

    def home(self, person: str, month: int) -> Residence | None:
        """Where a person is registered in a month."""
        found = self.registered(person, month)
        return None if found is None else found[1]

    def applied(self, subject: str, programme: str, month: int, lapsed: frozenset[RecordKey]) -> Counted | None:
        """The accepted application by which a subject has a programme in a month, but for those that have lapsed.

        An award that was paid before the hub went live is one, too.
        """
        fitting = [
            each
            for each in self.entries(subject, month)
            if is_application(each.fact, programme) and each.fact.record_key not in lapsed
        ]
        return newest(fitting)

    def entries(self, subject: str, month: int) -> list[Counted]:
        """The applications and awards of a subject that stand in a month."""
        return [each for kind in ENTRIES for each in self.standing(subject, kind, month)]

    def decided_amount(self, month: int) -> tuple[Counted, int] | None:
        """The amount that the latest decision standing in a month sets itself, in fen."""
        if not self._amounts:
            return None
        found = [(each, fen) for since, over, each, fen in self._amounts if since <= month < over]
        return max(found, key=lambda row: (row[0].decided_on, row[0].fact.record), default=None)

    def decisions(self, month: int) -> list[Counted]:
        """The decisions that themselves count in a month: they set an amount, or settle what going live left open."""
        return [each for since, over, each in self._decisions if since <= month < over]

    def marks(self, standards: Iterable[Standard], others: Iterable[Month]) -> list[Month]:
        """All months in which something may change, from the first fact on; `others` by other programmes."""
        rows = [row for rows in self._rows.values() for row in rows]
        if not rows:
            return []
        found = {since for since, _, _ in rows}
        first = min(found)
        for _, over, each in rows:
            if over != NEVER or each.fact.valid_to is not None:
                found.update(at for at in (each.until, each.ends) if at is not None)
        found.update(each.since for held in self._held.values() for each in held if each.since > first)
        found.update(value.since for standard in standards for value in standard.values if value.since > first)
        found.update(at for at in others if at > first)
        return sorted(found)


def spans(held: Iterable[Held], household: str) -> list[tuple[int, int]]:
    """The months in which a household counts a person among its members, each span up to the month in which it ends."""
    found: list[tuple[int, int]] = []
    begins = NEVER
    for each in held:
        here = each.member and each.household == household
        if here and begins == NEVER:
            begins = each.since
        elif not here and begins != NEVER:
            found.append((begins, each.since))
            begins = NEVER
    return found if begins == NEVER else [*found, (begins, NEVER)]


def newest(found: Sequence[Counted]) -> Counted | None:
    """The latest of these, if there is any."""
    return found[0] if len(found) == 1 else max(found, key=recency) if found else None


def recency(each: Counted) -> tuple[date, int, str, str]:
    """Later things in the world stand before earlier ones."""
    return (each.fact.valid_from, each.since, each.fact.source, each.fact.record)


def is_application(fact: Fact, programme: str) -> bool:
    """Whether a fact is an application for a programme, or an award of it."""
    return isinstance(fact.payload, Application | LegacyAward) and fact.payload.programme == programme


def turns(home: Residence, age: int) -> date:
    """The day on which somebody reaches an age."""
    return _turns(home.birth_date, age)


@lru_cache(maxsize=1024)  # asked again and again while one household is assessed
def _turns(born: str, age: int) -> date:
    return birthday(partial_date(born), age)
