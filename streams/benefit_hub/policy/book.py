"""The policy book: every pack that is in force, each for the places that its region prefix names.

A pack is data (`policies/`, read and checked by the catalogue). The effect table says, for a programme, a cause and a
direction, whether something counts by itself or only once a person has decided, and from which month.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from math import lcm
from typing import Literal

import msgspec
from msgspec import Struct

from benefit_hub.policy.deadlines import Deadline, WorkingDays
from benefit_hub.policy.exclusions import Exclusion
from benefit_hub.policy.prices import PriceLink
from benefit_hub.policy.standards import Standard
from benefit_hub.policy.terms import Expense, ExpenseTerms, Grace, MeansTerms, StudyAid, TopUps
from benefit_hub.values.months import Month, month_after, month_of

Direction = Literal["INCREASE", "DECREASE", "CLOSE"]
DIRECTIONS: tuple[Direction, ...] = ("INCREASE", "DECREASE", "CLOSE")
Mode = Literal["AUTOMATIC", "PROPOSED"]
MonthRule = Literal[
    "SAME_MONTH",
    "NEXT_MONTH_OF_EVENT",
    "NEXT_MONTH_OF_DECISION",
    "APPLICATION_MONTH",
    "EVENT_MONTH",
    "MONTH_OF_RECORD",
]


class Programme(Struct, frozen=True, kw_only=True, dict=True):
    """A benefit: whom it is for, which named rule computes it, and what the rule needs.

    `rule` is one of `NAMED_RULES`; `standards` maps what it goes by (area, level, age, or `ANY`) to the name of a standard.
    `needs_status` names the programmes of which the beneficiary's household must have the status in the month. No pack
    chooses `as_paid`: it stands for awards of which the hub knows no more than that they are paid. `earlier` are the versions
    that it had before, each up to the month `until`; one without standards is no benefit in its months.

    Who was awarded it as a minor has it to the age of `minors_to`, and longer while he goes full time to a school of one of the
    stages `minors_stay_in`. It begins at `from_age`. `ends_with` are facts that end it, as kind and type: `custody PRISON`.
    `ability` is the purpose of the assessments by which it goes, `price` how it follows prices, `grades` under which share of
    the standard an income per head has to be for each grade, the poorest first; `shares` the share of the
    standard for each ground to apply alone (`3 MENTAL`, `SERIOUSLY_ILL`), with `round_up` in whole yuan; `expenses` how long
    who spends too much is recognised; `study_aid` is what those may apply for who have outgrown it. Who is registered late is
    paid by age for no month further back than `retro_limit_months` before that was known.
    """

    name: str
    title: str
    beneficiary: Literal["HOUSEHOLD", "PERSON"]
    rule: str
    entry: Literal["APPLICATION", "AUTOMATIC"]
    standards: Mapping[str, str]
    factor: str | None = None
    needs_status: tuple[str, ...] = ()
    clause: str
    source: str
    assumed: bool
    verified: bool = True
    grace: Grace | None = None
    top_ups: TopUps | None = None
    until: Month | None = None
    earlier: tuple["Programme", ...] = ()
    from_age: int | None = None
    minors_to: int | None = None
    minors_stay_in: tuple[str, ...] = ()
    ends_with: tuple[str, ...] = ()
    ability: str | None = None
    price: PriceLink | None = None
    grades: Mapping[str, str] | None = None
    shares: Mapping[str, str] | None = None
    round_up: bool = False
    expenses: ExpenseTerms | None = None
    study_aid: StudyAid | None = None
    deadlines: tuple[Deadline, ...] = ()
    retro_limit_months: int | None = None

    def at(self, month: int) -> "Programme":
        """The version of a month."""
        for each in self.earlier:
            if each.until is None or month < each.until:
                return each
        return self

    @cached_property
    def also_reads(self) -> frozenset[str]:
        """The kinds of facts at which some version looks beside those of its rule."""
        terms = [term for each in (self, *self.earlier) for term in (each.grace, each.top_ups) if term is not None]
        return frozenset[str]().union(*(term.reads for term in terms))

    @cached_property
    def turns(self) -> tuple[Month, ...]:
        """The months in which another version begins."""
        return tuple(each.until for each in self.earlier if each.until is not None)

    @cached_property
    def uses(self) -> tuple[str, ...]:
        """The names of the standards that some version uses."""
        return tuple(sorted({name for each in (self, *self.earlier) for name in each.standards.values()}))

    @property
    def follows(self) -> tuple[str, ...]:
        """The programmes whose receivers are paid by this one, and that in which somebody may be counted already."""
        if self.price is None:
            return ()
        return (*self.price.groups, *(() if self.price.once_with is None else (self.price.once_with,)))

    @cached_property
    def ages(self) -> tuple[int, ...]:
        """The ages of a programme by age, the greatest first."""
        return tuple(sorted(map(int, self.standards), reverse=True))


class Effect(Struct, frozen=True, kw_only=True):
    """One row of the effect table; `*` matches any. Valid for decision days in [decided_from, decided_until]."""

    programme: str
    cause: str
    direction: str
    decided_from: date | None = None
    decided_until: date | None = None
    mode: Mode
    month: MonthRule
    hearing: bool = False
    clause: str
    source: str
    assumed: bool
    verified: bool = True

    def fits(self, programme: str, cause: str, direction: str, decided_on: date) -> bool:
        """Whether this row speaks of such a change, decided on such a day."""
        return (
            self.programme in ("*", programme)
            and self.cause in ("*", cause)
            and self.direction in ("*", direction)
            and (self.decided_from is None or self.decided_from <= decided_on)
            and (self.decided_until is None or decided_on <= self.decided_until)
        )


class Pack(Struct, frozen=True, kw_only=True, dict=True):
    """The rules of one region, named by a prefix of its administrative code; `exclusions` say which benefits go together,
    `deadlines` what has to be done by a day that belongs to no benefit."""

    name: str
    title: str
    region: str
    order: tuple[str, ...]
    programmes: Mapping[str, Programme]
    standards: Mapping[str, Standard]
    effects: tuple[Effect, ...]
    wage_deduction: str
    materiality_fen: int
    death_sources: tuple[str, ...]
    death_verification_months: int
    assumed: bool
    exclusions: tuple[Exclusion, ...] = ()
    means: MeansTerms | None = None
    deadlines: tuple[Deadline, ...] = ()

    def effect(self, programme: str, cause: str, direction: str, decided_on: date) -> Effect:
        """The first row that fits; the catalogue refuses tables in which there might be none."""
        for row in self.effects:
            if row.fits(programme, cause, direction, decided_on):
                return row
        raise LookupError(f"pack {self.name}: no effect for {programme}, {cause}, {direction} on {decided_on}")

    def effects_of(self, programme: str, cause: str, decided_on: date) -> tuple[Effect, ...]:
        """The rows for a change in each of the `DIRECTIONS`."""
        period = bisect_right(self._turns, decided_on)
        known = self._found.get((programme, cause, period))
        if known is None:
            known = tuple(self.effect(programme, cause, direction, decided_on) for direction in DIRECTIONS)
            self._found[programme, cause, period] = known
        return known

    @cached_property
    def _turns(self) -> list[date]:
        """The days from which other rows are valid: between two of them nothing has to be looked up twice."""
        begin = {row.decided_from for row in self.effects if row.decided_from is not None}
        end = {row.decided_until + timedelta(days=1) for row in self.effects if row.decided_until is not None}
        return sorted(begin | end)

    @cached_property
    def _found(self) -> dict[tuple[str, str, int], tuple[Effect, ...]]:
        return {}

    def beside(self, programme: str) -> tuple[Exclusion, ...]:
        """What may take something away from a programme, in the order in which it goes first."""
        return self._beside.get(programme, ())

    def taking_out(self, programme: str) -> tuple[Exclusion, ...]:
        """What takes people out of a programme of the household's who have it themselves."""
        return self._taking_out.get(programme, ())

    def lowering(self, programme: str) -> tuple[Exclusion, ...]:
        """What lowers a programme's amount of a month: not what takes people out of it, nor that of which the higher is chosen
        once both are known."""
        return self._lowering.get(programme, ())

    @cached_property
    def _lowering(self) -> dict[str, tuple[Exclusion, ...]]:
        return {
            then: tuple(
                edge
                for edge in edges
                if edge.paid_by_others is not None or (edge.rule != "HIGHER" and edge not in self.taking_out(then))
            )
            for then, edges in self._beside.items()
        }

    @cached_property
    def _taking_out(self) -> dict[str, tuple[Exclusion, ...]]:
        own = {name for name, each in self.programmes.items() if each.beneficiary == "PERSON"}
        return {
            then: tuple(edge for edge in edges if edge.member_share and edge.rule == "NONE" and edge.first in own)
            for then, edges in self._beside.items()
        }

    @cached_property
    def _beside(self) -> dict[str, tuple[Exclusion, ...]]:
        found: dict[str, tuple[Exclusion, ...]] = {}
        ranks = {name: at for at, name in enumerate(self.order)}
        for edge in sorted(self.exclusions, key=lambda edge: ranks.get(edge.first, -1)):
            if edge.rule != "BOTH":
                found[edge.then] = (*found.get(edge.then, ()), edge)
        return found

    @cached_property
    def read_by_others(self) -> frozenset[str]:
        """The programmes whose months other programmes look at."""
        needed = {name for each in self.programmes.values() for name in each.needs_status}
        needed |= {name for each in self.programmes.values() for name in each.follows}
        return frozenset(needed | {edge.first for edges in self._beside.values() for edge in edges})

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of beneficiaries for whom there is a programme."""
        return frozenset(each.beneficiary for each in self.programmes.values())

    def reads_others(self, programme: Programme) -> bool:
        """Whether a programme looks at what the household gives to a person, or its people get beside it."""
        firsts = (self.programmes[name] for name in self.reads(programme.name))
        return any(first.beneficiary != programme.beneficiary for first in firsts)

    def reads(self, programme: str) -> frozenset[str]:
        """The programmes whose months a programme looks at."""
        return self._reads.get(programme, frozenset())

    @cached_property
    def _reads(self) -> dict[str, frozenset[str]]:
        return {name: self.reads_amounts(each).union(each.needs_status) for name, each in self.programmes.items()}

    def reads_amounts(self, programme: Programme) -> frozenset[str]:
        """Those of which it looks at what they give."""
        firsts = {edge.first for edge in self.beside(programme.name) if edge.rule != "HIGHER"}
        return frozenset(programme.follows) | (firsts & self.programmes.keys())

    def paid_by_others(self, programme: str) -> frozenset[str]:
        """The kinds of facts by which other departments tell what they pay that may take something away from a programme."""
        return frozenset(edge.paid_by_others[0] for edge in self.beside(programme) if edge.paid_by_others is not None)

    def changes(self, former: "Pack") -> frozenset[str] | None:
        """The programmes that are not as they were, nor the standards that they use; None where more than that is new."""
        if msgspec.structs.replace(self, programmes={}, standards={}) != msgspec.structs.replace(
            former, programmes={}, standards={}
        ):
            return None
        return frozenset(
            name
            for name in self.order
            if self.programmes[name] != former.programmes[name]
            or any(self.standards[used] != former.standards[used] for used in self.programmes[name].uses)
        )

    @property
    def whom(self) -> dict[str, str]:
        """Whom each programme is for."""
        return {name: each.beneficiary for name, each in self.programmes.items()}

    @cached_property
    def wage_left(self) -> Fraction:
        """The share of a wage that counts as income."""
        return 1 - Fraction(self.wage_deduction)

    @property
    def deductions(self) -> tuple[Expense, ...]:
        """What necessary expenses take off an income here."""
        return () if self.means is None else self.means.deductions

    @cached_property
    def fen_parts(self) -> int:
        """Into how many parts a fen is divided so that whatever counts of an income is a whole number of them."""
        return lcm(self.wage_left.denominator, *(Fraction(each.share).denominator for each in self.deductions))

    @cached_property
    def wage_parts(self) -> int:
        """How many parts of a fen of wage count as income."""
        return int(self.wage_left * self.fen_parts)


class Book(Struct, frozen=True, kw_only=True):
    """All packs in force together. `membership_month` is the month from which a decided move holds, for every programme.

    `horizon_months`: what was over for more months than that before it was received is not taken any more.
    """

    packs: tuple[Pack, ...]
    membership_month: MonthRule
    horizon_months: int
    working_days: WorkingDays = WorkingDays()

    def pack(self, region: str) -> Pack | None:
        """The pack for a place: the longest region prefix that fits."""
        fitting = [pack for pack in self.packs if region.startswith(pack.region)]
        return max(fitting, key=lambda pack: len(pack.region), default=None)

    def moves_people_as(self, former: "Book") -> bool:
        """Whether everybody belongs where they belonged by another book: no more than amounts and their rules are new."""
        packs = [*zip(self.packs, former.packs, strict=False)]
        return (
            self.membership_month == former.membership_month
            and len(self.packs) == len(former.packs)
            and all(new.changes(old) is not None and new.whom == old.whom for new, old in packs)
        )

    def digest(self) -> str:
        """The hash by which a book is activated and named in every adjustment."""
        return sha256(msgspec.msgpack.encode(self, order="sorted")).hexdigest()[:16]


def effective_month(rule: MonthRule, event: date, decided_on: date, submitted_on: date | None) -> Month:
    """From which month a change holds that happened on `event` and was decided on `decided_on`."""
    match rule:
        case "SAME_MONTH":
            return month_of(decided_on)
        case "NEXT_MONTH_OF_EVENT":
            return month_after(event)
        case "NEXT_MONTH_OF_DECISION":
            return max(month_after(decided_on), month_of(event))
        case "APPLICATION_MONTH":
            return month_of(submitted_on or event)
        case "EVENT_MONTH" | "MONTH_OF_RECORD":
            return month_of(event)
