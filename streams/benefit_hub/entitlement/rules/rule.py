"""What a named rule is: it is asked a question about a month and answers with an amount, and how that came about.

Amounts are exact until they are rounded, once, half up to the fen. A rule knows neither where a fact came from nor who decided
upon it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from benefit_hub.entitlement.rules.means import Means
from benefit_hub.entitlement.shares import SharesOf
from benefit_hub.entitlement.world import Counted, World
from benefit_hub.messages.internal import Fact, RecordKey
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.policy.standards import Standard
from benefit_hub.task.indices import RegionValues
from benefit_hub.values.money import half_up
from benefit_hub.values.months import Month

NONE = "NONE"
NOT_ELIGIBLE = "NOT_ELIGIBLE"
NO_NUMBERS: Mapping[str, str] = {}

StatusOf = Callable[[str, int], str]


class Answer(Struct, frozen=True, gc=False, kw_only=True):
    """What a rule says of one month. `empty`: nobody is left who could be owed anything.

    `standards` are those used, `counted` the facts that went in, `means` what a household's amount comes from; `clauses`,
    `sources`, `assumed` and `verified` what it rests on beyond programme and standards. `until`: in this month it ends by itself.
    """

    status: str
    fen: int
    formula: str
    counted: tuple[Counted, ...]
    standards: tuple[Standard, ...]
    means: Means | None = None
    numbers: Mapping[str, str] = {}
    empty: bool = False
    until: Month | None = None
    clauses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    assumed: bool = False
    verified: bool = True

    @property
    def inputs(self) -> dict[str, str]:
        """Every number that went in, exact, as text."""
        return {**(self.means.inputs if self.means is not None else {}), **self.numbers}


class Question(Struct, frozen=True, gc=False, kw_only=True):
    """What a rule is asked: programme and pack, the subject, the status of others in a month, what they give, applications
    used up."""

    world: World
    pack: Pack
    programme: Programme
    subject: str
    status_of: StatusOf
    shares: SharesOf
    region_values: RegionValues
    lapsed: frozenset[RecordKey] = frozenset()


class Rule(Struct, frozen=True, kw_only=True):
    """One named rule, whole: a new rule is a module that makes one of these, and a line of the registry.

    - `answer`: what it says of a month;
    - `reads`: the kinds of facts at which it looks, `needs`: that without which it pays nothing at all, even to who need not
      apply;
    - `ends`: the formulas that end an award for good: whoever fits again later has to apply again ([L2] 28);
    - `days`: the days on which something happens by itself because of a revision that was ever said (waking for nothing costs
      little), `marks`: the months in which something may then change;
    - `first`: of who need not apply, the first day on which anything may be owed (none: never, by these facts); without it,
      ever;
    - `follows`: what holds in a month of which the rule says an answer, after what held before it;
    - `pays`: false where it only recognises, whatever a decision says;
    - `computes`: the class of a household that its means say, `found_by`: the kind of fact by which somebody is found who may
      be helped to apply.
    """

    answer: Callable[[Question, int], Answer]
    reads: frozenset[str]
    needs: str
    ends: frozenset[str] = frozenset()
    days: Callable[[Programme, Pack, Fact], Iterable[date]] | None = None
    marks: Callable[[Question], Iterable[Month]] | None = None
    first: Callable[[Programme, Iterable[Fact]], date | None] | None = None
    follows: Callable[[Question, Month, Answer, Answer | None], Answer] | None = None
    pays: bool = True
    computes: Literal["DIBAO", "MARGIN", "RIGID"] | None = None
    found_by: Literal["watch_list", "certificate", "verification_result"] | None = None


def nothing(
    why: str,
    numbers: Mapping[str, str] = NO_NUMBERS,
    counted: tuple[Counted, ...] = (),
    *,
    means: Means | None = None,
    empty: bool = False,
) -> Answer:
    """Nothing is owed, and why."""
    return Answer(
        status=NONE, fen=0, formula=why, numbers=numbers, counted=counted, standards=(), means=means, empty=empty
    )


def standard_of(question: Question, key: str, month: int) -> tuple[Standard, Fraction] | None:
    """The standard that a programme uses for an area, a level or an age, and its value per month."""
    name = question.programme.standards.get(key)
    if name is None:
        return None
    standard = question.pack.standards[name]
    value = standard.per_month(month)
    return None if value is None else (standard.at(month), value)


def whole(
    question: Question,
    found: tuple[Standard, Fraction],
    numbers: dict[str, str],
    counted: tuple[Counted, ...],
    formula: str,
) -> Answer:
    """The amount of one standard, whole."""
    status = question.programme.name.upper()
    return Answer(
        status=status, fen=half_up(found[1]), formula=formula, numbers=numbers, counted=counted, standards=(found[0],)
    )
