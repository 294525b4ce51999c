"""What departments say in a story, as sentences: one class per sentence, each makes drafts of department records.

`{death: A, on: 2026-03-15}` is what a policy officer writes; a `Draft` is what the department's system makes of it.
"""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from msgspec import Struct
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from benefit_hub.catalogue.documents import Written
from benefit_hub.catalogue.pack_terms import no_day
from benefit_hub.simulate.cast import Cast
from benefit_hub.values.money import fen
from benefit_hub.values.months import month, partial_date


class Draft(Struct, frozen=True, kw_only=True):
    """A department record to be: on which topic, about whom, true from when, and what its payload says.

    `revises` names the sentence whose record gets a new revision, instead of a record of its own; `names` are the fields that
    name the revision of another sentence.
    """

    topic: str
    label: str
    who: str
    on: str
    until: str | None = None
    household: str | None = None
    said: Mapping[str, Any] = {}
    revises: str | None = None
    names: Mapping[str, str] = {}


def day_text(value: object) -> object:
    """A day, whole or partial, as departments write it."""
    return value.isoformat() if isinstance(value, date) else value


def in_fen(value: object) -> object:
    """An amount in yuan as people write it, `1035.00` or `1035`, in fen."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("an amount in yuan like 1035.00")  # noqa: TRY004  pydantic reports ValueErrors
    return fen(str(value))


def _is_month(text: str) -> str:
    month(text)
    return text


def _is_day(text: str) -> str:
    try:
        partial_date(text)
    except ValueError:
        raise ValueError("a day such as 2026-06-05, or as much of it as is known: 2026-06, 2026 (应写日期)") from None
    return text


On = Annotated[str, BeforeValidator(day_text), AfterValidator(_is_day)]
Amount = Annotated[int, BeforeValidator(in_fen)]
MonthText = Annotated[str, BeforeValidator(no_day), AfterValidator(_is_month)]
Label = Annotated[str, StringConstraints(pattern=r"^\S+$")]
Name = Annotated[str, StringConstraints(min_length=1)]
Place = Literal["urban", "rural"]
Category = Literal["VISUAL", "HEARING", "SPEECH", "PHYSICAL", "INTELLECTUAL", "MENTAL"]
Role = Literal["head", "spouse", "child", "parent", "other"]


class Told(Written):
    """Something that a department says. `as` names it for later sentences, where its usual name would not be enough."""

    named: Name | None = Field(None, alias="as")
    number: Literal["right", "wrong check digit"] = "right"

    @property
    def together(self) -> str | None:
        """How all its records are called together, where each also has a name of its own."""
        return None

    @abstractmethod
    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """The records that come of it, said on a day."""


class Died(Told):
    """`{death: A, on: 2026-03-15, by: funeral-service}`: somebody died."""

    death: Label
    on: On
    by: Literal["public-security", "funeral-service"] = "public-security"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A record of one of the two sources."""
        return [Draft(topic=f"{self.by}.death", label=f"death of {self.death}", who=self.death, on=self.on)]


class Earned(Told):
    """`{wage: B, amount: 600.00, on: 2026-06-05}`: an employer reports a wage."""

    wage: Label
    amount: Amount
    on: On
    month: MonthText | None = None
    employer: Name = "E1"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A wage of the month that it is for."""
        said = {"pay_period": self.month or self.on[:7], "employer": self.employer, "amount_fen": self.amount}
        return [Draft(topic="human-resources.wage", label=f"wage of {self.wage}", who=self.wage, on=self.on, said=said)]


class Verified(Told):
    """`{income: B, amount: 700.00, on: 2026-03-01}`: what verification found, per month."""

    income: Label
    amount: Amount
    on: On
    item: Literal["WAGE", "BUSINESS", "PROPERTY", "TRANSFER", "OTHER", "DEPOSIT", "VEHICLE", "HOUSE"] = "OTHER"
    employer: Name | None = None

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A verification result."""
        said = {"item": self.item, "period": self.on[:7], "amount_fen": self.amount, "as_of": self.on}
        said |= {} if self.employer is None else {"employer": self.employer}
        topic, label = "civil-affairs.verification-result", f"income of {self.income}"
        return [Draft(topic=topic, label=label, who=self.income, on=self.on, said=said)]


class Certified(Told):
    """`{certificate: A, level: 2, on: 2026-04-10, valid to: 2026-08-31}`: a disability certificate, with its last day."""

    certificate: Label
    level: Literal[1, 2, 3, 4]
    on: On
    valid_to: date | None = Field(None, alias="valid to")
    category: Category = "PHYSICAL"
    status: Literal["VALID", "FROZEN", "CANCELLED"] = "VALID"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A certificate; each level is a record of its own."""
        categories = [{"category": self.category, "level": self.level}]
        said = {"categories": categories, "status": self.status, "issued_on": self.on, "previous": None}
        topic, label = "disabled-persons-federation.certificate", f"certificate of {self.certificate}"
        until = None if self.valid_to is None else (self.valid_to + timedelta(days=1)).isoformat()
        return [Draft(topic=topic, label=label, who=self.certificate, on=self.on, until=until, said=said)]


class Resides(Told):
    """`{residence: H0, place: rural, on: 2026-04-02}`: where somebody, or everybody of a household, is registered."""

    residence: Label
    place: Place
    on: On
    region: Name | None = None
    birth_date: On | None = Field(None, alias="birth date")

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A residence record for each person meant."""
        return [self._draft(cast, who) for who in cast.households.get(self.residence, (self.residence,))]

    def _draft(self, cast: Cast, who: str) -> Draft:
        person = cast.people[who]
        said = {
            "region": self.region or cast.region,
            "area": self.place.upper(),
            "register_number": f"R-{who}",
            "birth_date": self.birth_date or person.born.isoformat(),
            "sex": person.sex.upper(),
        }
        label = f"residence of {self.residence}"
        return Draft(topic="public-security.residence", label=label, who=who, on=self.on, said=said)


def membership(who: str, household: str, role: Role, on: str) -> Draft:
    """Somebody belongs to a household from a day on."""
    return Draft(
        topic="civil-affairs.membership",
        label=f"membership of {who} in {household}",
        who=who,
        on=on,
        household=household,
        said={"household_id": household, "role": role.upper(), "relation": None, "basis": None},
    )


def farewell(who: str, household: str, on: str) -> Draft:
    """The same membership, closed: `on` is the first day without it."""
    label = f"membership of {who} in {household}"
    return Draft(
        topic="civil-affairs.membership",
        label=f"end of {label}",
        who=who,
        on=on,
        until=on,
        household=household,
        revises=label,
    )


class Joins(Told):
    """`{joins: D, household: H0, role: child, on: 2026-07-01}`: a new member."""

    joins: Label
    household: Label
    role: Role
    on: On

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A membership."""
        return [membership(self.joins, self.household, self.role, self.on)]


class Leaves(Told):
    """`{leaves: C, household: H0, on: 2026-07-01}`: a member no more."""

    leaves: Label
    household: Label
    on: On

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A membership closed."""
        return [farewell(self.leaves, self.household, self.on)]


class Moves(Told):
    """`{move: C, from: H0, to: H1, role: child, on: 2026-05-04}`: out of one household into another."""

    move: Label
    source: Label = Field(alias="from")
    target: Label = Field(alias="to")
    role: Role
    on: On

    @property
    def together(self) -> str | None:
        """Both records."""
        return f"move of {self.move}"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """One membership closed and one opened."""
        both = farewell(self.move, self.source, self.on), membership(self.move, self.target, self.role, self.on)
        return list(both)


class Applies(Told):
    """`{apply: H0, for: dibao}`: a household or a person applies, on the day unless `on` says another.

    `by` hands it in for a household in which nobody lived when the case opened.
    """

    apply: Label
    programme: Label = Field(alias="for")
    on: On | None = None
    by: Label | None = None

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """An application; the head hands it in for a household."""
        household = self.apply if self.apply in cast.households else None
        head = next(iter(cast.households.get(self.apply, ())), self.apply)
        submitted = self.on or day.isoformat()
        said = {
            "programme": self.programme,
            "household_id": household,
            "submitted_on": submitted,
            "received_region": cast.region,
            "competent_region": cast.region,
            "channel": "TOWNSHIP",
            "officer_relative": False,
        }
        return [
            Draft(
                topic="civil-affairs.application",
                label=f"{self.programme} application of {self.apply}",
                who=self.by or head,
                on=submitted,
                household=household,
                said=said,
            )
        ]


class Awarded(Told):
    """`{award: H0, for: dibao, amount: 1000.00, since: 2025-01}`: what was paid when the hub went live, and since when.

    `until` is the first day on which it is paid no more; `payee` is paid for a household of which nobody knows anything.
    """

    award: Label
    programme: Label = Field(alias="for")
    amount: Amount
    since: MonthText
    until: On | None = None
    payee: Label | None = None

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """An award; the head is paid for a household."""
        people = cast.households.get(self.award, () if self.payee is None else (self.payee,))
        household = self.award if people else None
        said = {
            "programme": self.programme,
            "household_id": household,
            "amount_fen": self.amount,
            "status": self.programme.upper(),
            "paid_since": self.since,
        }
        return [
            Draft(
                topic="civil-affairs.legacy-award",
                label=f"{self.programme} award of {self.award}",
                who=people[0] if people else self.award,
                on=f"{self.since}-01",
                until=self.until,
                household=household,
                said=said,
            )
        ]


class Watched(Told):
    """`{watch list: A, income per head: 500.00, on: 2026-03-01}`: watched against a return to poverty."""

    watch_list: Label = Field(alias="watch list")
    on: On
    income_per_head: Amount | None = Field(None, alias="income per head")
    category: Literal["UNSTABLE", "MARGINAL", "SUDDEN"] = "UNSTABLE"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """An entry of the watch list."""
        said = {"category": self.category, "income_per_head_fen": self.income_per_head}
        topic, label = "rural-revitalisation.watch-list", f"watch list of {self.watch_list}"
        return [Draft(topic=topic, label=label, who=self.watch_list, on=self.on, said=said)]


TELLING: Mapping[str, type[Told]] = {
    "death": Died,
    "wage": Earned,
    "income": Verified,
    "certificate": Certified,
    "residence": Resides,
    "joins": Joins,
    "leaves": Leaves,
    "move": Moves,
    "apply": Applies,
    "award": Awarded,
    "watch list": Watched,
}
"""By the word with which each sentence opens."""
