"""The named rules among which programmes choose: from the world of a month to an amount, and how it came about.

Each rule takes the world, the programme with its pack, the subject and the month, and answers with an `Answer`. Amounts are
exact until they are rounded, once, half up to the fen. Nothing here knows where a fact came from or who decided it.
"""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

from msgspec import Struct, structs

from benefit_hub.entitlement.wages import paid
from benefit_hub.entitlement.world import ENTRIES, Counted, World, turns
from benefit_hub.messages.departments import Certificate, CertifiedCategory, Residence, VerificationResult, Wage
from benefit_hub.messages.internal import RecordKey
from benefit_hub.policy.book import Pack, Programme, Standard
from benefit_hub.values.money import half_up, half_up_ratio, ratio_text
from benefit_hub.values.months import FIRST_MONTH, Month, month_of

INCOME_ITEMS = ("WAGE", "BUSINESS", "PROPERTY", "TRANSFER", "OTHER")
NONE = "NONE"
ONE = Fraction(1)
NO_NUMBERS: Mapping[str, str] = {}

StatusOf = Callable[[str, int], str]


class Means(Struct, frozen=True, gc=False, kw_only=True):
    """A household's people, income and standard in a month. Its income is `income` parts of a yuan, of `parts` to the yuan."""

    people: tuple[str, ...]
    area: str
    income: int
    parts: int
    standard: Standard
    per_month: Fraction
    counted: tuple[Counted, ...]

    def under(self, factor: Fraction = ONE) -> bool:
        """Whether the income per head is less than so many times the standard."""
        limit = self.per_month if factor is ONE else self.per_month * factor
        return self.income * limit.denominator < limit.numerator * len(self.people) * self.parts

    @property
    def gap_fen(self) -> int:
        """What is missing to everybody's standard: n·S - I, rounded half up to the fen."""
        whole, part = self.per_month.numerator, self.per_month.denominator
        return half_up_ratio(len(self.people) * whole * self.parts - self.income * part, part * self.parts)

    @property
    def inputs(self) -> dict[str, str]:
        """The numbers, exact, by their usual letters."""
        return {
            "n": str(len(self.people)),
            "I": ratio_text(self.income, self.parts),
            "p": ratio_text(self.income, self.parts * len(self.people)),
            "S": str(self.per_month),
            "area": self.area,
        }


class Answer(Struct, frozen=True, gc=False, kw_only=True):
    """What a rule says of one month. `empty`: nobody is left who could be owed anything.

    `standards` are those used, `counted` the facts that went in, `means` what a household's amount comes from.
    """

    status: str
    fen: int
    formula: str
    counted: tuple[Counted, ...]
    standards: tuple[Standard, ...]
    means: Means | None = None
    numbers: Mapping[str, str] = {}
    empty: bool = False

    @property
    def inputs(self) -> dict[str, str]:
        """Every number that went in, exact, as text."""
        return {**(self.means.inputs if self.means is not None else {}), **self.numbers}


class Question(Struct, frozen=True, gc=False, kw_only=True):
    """What a rule is asked: programme and pack, the subject, the status of others in a month, applications used up."""

    world: World
    pack: Pack
    programme: Programme
    subject: str
    status_of: StatusOf
    lapsed: frozenset[RecordKey] = frozenset()


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
    standard = None if name is None else question.pack.standards[name]
    value = None if standard is None else standard.per_month(month)
    return None if standard is None or value is None else (standard, value)


def incomes(world: World, share: Fraction, person: str, month: int) -> list[tuple[Counted, int]]:
    """A person's countable income of a month, fact by fact: how many fen, times the denominator of `share`.

    Verified items as found; a wage less the necessary cost of employment, of which `share` is left. Of each item, and of each
    employer, the latest stands. Records that were needed only to know an amount stand at the end, with nothing.
    """
    items: dict[tuple[str, str], tuple[Counted, int]] = {}
    needed: list[tuple[Counted, int]] = []
    verified, wages = world.standing(person, "verification_result", month), world.standing(person, "wage", month)
    if not verified and not wages:
        return []
    for each in sorted(verified, key=began):
        found = each.fact.payload
        if isinstance(found, VerificationResult) and found.item in INCOME_ITEMS:
            items[("verified", found.item)] = (each, found.amount_fen * share.denominator)
    for each in sorted(wages, key=began):
        wage = each.fact.payload
        if isinstance(wage, Wage):
            fen, before = paid(each, wage, world.all(person, "wage"), month)
            items[(each.fact.source, wage.employer)] = (each, fen * share.numerator)
            needed += [] if before is None else [(before, 0)]
    return [*(items[key] for key in sorted(items)), *needed]


def began(each: Counted) -> date:
    """Since when a fact is true."""
    return each.fact.valid_from


def means_of(question: Question, month: int) -> Means | None:
    """A household's means in a month; None where nobody is left, or nobody has a place there."""
    world, pack = question.world, question.pack
    everybody = world.everybody(month)
    people = world.living(month, pack.death_sources)
    if not people:
        return None
    # the place is that of the first of the living whose residence is known; of a dead member where nobody else's is
    placed = None
    for person in (*people, *everybody):
        placed = world.latest(person, "residence", month)
        if placed is not None:
            break
    home = None if placed is None else placed.fact.payload
    found = standard_of(question, home.area, month) if isinstance(home, Residence) else None
    if placed is None or not isinstance(home, Residence) or found is None:
        return None
    counted = [placed]
    total = 0
    for person in people:
        for each, amount in incomes(world, pack.wage_left, person, month):
            total += amount
            counted.append(each)
    return Means(
        people=tuple(people),
        area=home.area,
        income=total,
        parts=100 * pack.wage_left.denominator,
        standard=found[0],
        per_month=found[1],
        counted=tuple(counted),
    )


def top_up(question: Question, month: int) -> Answer:
    """Dibao by the actual gap: n·S - I where I/n < S strictly, else nothing ([L2] 23; 《社会救助法》 18)."""
    application = question.world.applied(question.subject, question.programme.name, month, question.lapsed)
    means = means_of(question, month)
    if means is None:
        return nothing("nobody left", counted=() if application is None else (application,), empty=True)
    if application is None:
        return nothing("no accepted application", counted=means.counted, means=means)
    poor = means.under()
    return Answer(
        status="DIBAO" if poor else "NOT_ELIGIBLE",
        fen=means.gap_fen if poor else 0,
        formula="n*S-I" if poor else "p >= S",
        counted=(application, *means.counted),
        standards=(means.standard,),
        means=means,
    )


def recognised(question: Question, month: int) -> Answer:
    """A status that is decided and pays nothing by itself, such as margin ([L2] 8)."""
    means = means_of(question, month)
    if means is None:
        return nothing("nobody left", empty=True)
    application = question.world.applied(question.subject, question.programme.name, month, question.lapsed)
    if application is None:
        return nothing("no accepted application", counted=means.counted, means=means)
    return Answer(
        status=question.programme.name.upper(),
        fen=0,
        formula="recognised",
        counted=(application, *means.counted),
        standards=(means.standard,),
        means=means,
        numbers={"factor": question.programme.factor or "1"},
    )


def personal(question: Question, month: int) -> Answer | tuple[Counted, ...]:
    """What every personal programme asks first: the person lives, and has applied where the programme needs it."""
    world, person = question.world, question.subject
    death = world.died(person, question.pack.death_sources)
    if death is not None and death[1] <= month:
        return nothing("died", counted=(death[0],), empty=True)
    if question.programme.entry == "AUTOMATIC":
        return ()
    application = world.applied(person, question.programme.name, month, question.lapsed)
    return nothing("no accepted application") if application is None else (application,)


def certificate_of(question: Question, month: int) -> tuple[Counted, Certificate] | None:
    """The valid disability certificate of a month."""
    found = question.world.latest(question.subject, "certificate", month)
    payload = found.fact.payload if found else None
    if found is None or not isinstance(payload, Certificate) or payload.status != "VALID":
        return None
    return found, payload


def flat(question: Question, month: int) -> Answer:
    """The same amount for everybody who holds a certificate and the status that the programme needs."""
    first = personal(question, month)
    if isinstance(first, Answer):
        return first
    held = certificate_of(question, month)
    found = standard_of(question, "ANY", month)
    if held is None or found is None:
        return nothing("no valid certificate", counted=first)
    member = question.world.is_member(question.subject, month)
    statuses = {name: question.status_of(name, month) if member else NONE for name in question.programme.needs_status}
    if not all(statuses[name] == name.upper() for name in statuses):
        return nothing("status missing", statuses, (*first, held[0]))
    inputs = {**statuses, "amount": str(found[1])}
    return answer(question, found, inputs, (*first, held[0]), "flat")


def by_level(question: Question, month: int) -> Answer:
    """An amount by the most severe level of the certificate."""
    first = personal(question, month)
    if isinstance(first, Answer):
        return first
    held = certificate_of(question, month)
    if held is None:
        return nothing("no valid certificate", counted=first)
    worst: CertifiedCategory | None = min(held[1].categories, key=lambda each: each.level, default=None)
    found = standard_of(question, str(worst.level), month) if worst else None
    if worst is None or found is None:
        return nothing("no level that is paid", {"level": str(worst.level if worst else "")}, (*first, held[0]))
    inputs = {"level": str(worst.level), "category": worst.category, "amount": str(found[1])}
    return answer(question, found, inputs, (*first, held[0]), "amount by level")


def by_age(question: Question, month: int) -> Answer:
    """An amount by the greatest age of the table that the person has reached, from the month of the birthday."""
    first = personal(question, month)
    if isinstance(first, Answer):
        return first
    registered = question.world.latest(question.subject, "residence", month)
    home = question.world.home(question.subject, month)
    if registered is None or home is None:
        return nothing("no registered residence")
    for age in question.programme.ages:
        day = turns(home, age)
        if question.world.seen(day) and month_of(day) <= month:
            found = standard_of(question, str(age), month)
            if found is not None:
                inputs = {"age": str(age), "reached": day.isoformat(), "amount": str(found[1])}
                return answer(question, found, inputs, (*first, registered), "amount by age")
    return nothing("too young", counted=(registered,))


def answer(
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


def as_paid(question: Question, month: int) -> Answer:
    """There is no rule: nothing is known but that somebody was awarded something."""
    award = question.world.applied(question.subject, question.programme.name, month, question.lapsed)
    if award is None:
        return nothing("no accepted application")
    status = question.programme.name.upper()
    return Answer(status=status, fen=0, formula="no rule", counted=(award,), standards=())


ENDED = frozenset({"p >= S", "no valid certificate", "no level that is paid", "nobody left"})
"""What ends an award for good: whoever fits again later has to apply again ([L2] 28)."""


def ends_for_good(answer: Answer, granted: bool) -> bool:
    """Whether an award ends here and uses its applications up: it does not begin again by itself."""
    return answer.formula in ENDED and (granted or answer.status == "NOT_ELIGIBLE")


def with_decided_amount(answer: Answer, programme: Programme, world: World, month: int) -> Answer:
    """The answer with the amount that a decision sets itself (MODIFY), where one stands in the month and there is a status.

    A programme that only recognises pays nothing, whatever a decision says.
    """
    decided = world.decided_amount(month)
    if decided is None or answer.status == NONE or programme.rule == "recognised":
        return answer
    counted, fen = decided
    return structs.replace(
        answer,
        status=programme.name.upper(),
        fen=fen,
        formula="decided",
        numbers={**answer.numbers, "decided_fen": str(fen)},
        counted=(*answer.counted, counted),
    )


def birthdays(world: World, programme: Programme, subject: str) -> list[date]:
    """The birthdays from which a programme by age pays a subject."""
    if programme.rule != "by_age":
        return []
    homes = (world.home(subject, each.since) for each in world.all(subject, "residence"))
    return [turns(home, age) for home in homes if home is not None for age in programme.ages]


def opens(world: World, programme: Programme, subject: str) -> Month | None:
    """A month before which a programme can give a subject no status; None where it gives none at all, as far as is seen."""
    months = [each.since for kind in ENTRIES for each in world.all(subject, kind)]
    if programme.entry == "APPLICATION":
        return min(months, default=None)
    if programme.rule != "by_age":
        return FIRST_MONTH
    homes = (each.fact.payload for each in world.all(subject, "residence"))
    days = (turns(home, age) for home in homes if isinstance(home, Residence) for age in programme.ages)
    return min([*months, *(month_of(day) for day in days if world.seen(day))], default=None)


RULES: Mapping[str, Callable[[Question, int], Answer]] = {
    "top_up": top_up,
    "recognised": recognised,
    "flat": flat,
    "by_level": by_level,
    "by_age": by_age,
    "as_paid": as_paid,
}

NEEDS: Mapping[str, str] = {
    "top_up": "residence",
    "recognised": "residence",
    "flat": "certificate",
    "by_level": "certificate",
    "by_age": "residence",
    "as_paid": "legacy_award",
}
"""The kind of fact without which a rule pays nothing at all, even to who need not apply."""

INPUTS: Mapping[str, frozenset[str]] = {
    "top_up": frozenset({"application", "residence", "death", "wage", "verification_result"}),
    "recognised": frozenset({"application", "residence", "death", "wage", "verification_result"}),
    "flat": frozenset({"application", "residence", "death", "certificate"}),
    "by_level": frozenset({"application", "residence", "death", "certificate"}),
    "by_age": frozenset({"residence", "death"}),
    "as_paid": frozenset({"application"}),
}
