"""What departments say of how people live: where they are provided for, what they cannot do, what others pay them, school."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from msgspec import structs
from pydantic import Field, Tag

from benefit_hub.simulate.cast import REGION, Cast
from benefit_hub.simulate.sentences import Amount, Draft, Label, Name, On, Told


class Circumstance(Told):
    """Something that is so from `on` until its last day, `until`, if it has one."""

    on: On
    until: date | None = None

    def _draft(self, topic: str, what: str, who: str, said: Mapping[str, Any]) -> list[Draft]:
        over = None if self.until is None else (self.until + timedelta(days=1)).isoformat()
        return [Draft(topic=topic, label=f"{what} of {who}", who=who, on=self.on, until=over, said=said)]


class Employed(Circumstance):
    """`{employment: B, class: flexible, on: 2026-06-05}`: somebody works for an employer."""

    employment: Label
    job_class: Literal[
        "civil servant",
        "public institution",
        "enterprise",
        "migrant work",
        "flexible",
        "public welfare post",
        "industry support",
    ] = Field(alias="class")
    employer: Name = "E1"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """An employment of human resources."""
        said = {"employer": self.employer, "job_class": self.job_class.upper().replace(" ", "_")}
        return self._draft("human-resources.employment", "employment", self.employment, said)


class Pensioned(Circumstance):
    """`{pension: A, amount: 198.00, basic part: 143.00, on: 2025-03-01}`: paid a month for the age."""

    pension: Label
    amount: Amount
    basic_part: Amount = Field(0, alias="basic part")
    scheme: Literal["employee", "resident", "public institution"] = "resident"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A pension of human resources."""
        scheme = self.scheme.upper().replace(" ", "_")
        said = {"scheme": scheme, "amount_fen": self.amount, "basic_part_fen": self.basic_part}
        return self._draft("human-resources.pension", "pension", self.pension, said)


class Jobless(Circumstance):
    """`{unemployment benefit: A, amount: 1200.00, on: 2026-03-01}`: paid a month while out of work."""

    unemployment_benefit: Label = Field(alias="unemployment benefit")
    amount: Amount
    type: Literal["insurance", "subsidy"] = "insurance"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """An unemployment benefit of human resources."""
        said = {"type": self.type.upper(), "amount_fen": self.amount}
        what = "unemployment benefit"
        return self._draft("human-resources.unemployment-benefit", what, self.unemployment_benefit, said)


class Spent(Circumstance):
    """`{expense: A, for: medical, amount: 600.00, on: 2026-03-01}`: verification found a necessary expense, per month."""

    expense: Label
    purpose: Literal["medical", "education", "disability"] = Field(alias="for")
    amount: Amount

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A verification result."""
        item = f"{self.purpose.upper()}_EXPENSE"
        said = {"item": item, "period": self.on[:7], "amount_fen": self.amount, "as_of": self.on}
        what = f"{self.purpose} expense"
        return self._draft("civil-affairs.verification-result", what, self.expense, said)


class Offered(Told):
    """`{job offer: B, outcome: refused, on: 2026-05-06}`: somebody was offered suitable work, and what came of it."""

    job_offer: Label = Field(alias="job offer")
    outcome: Literal["pending", "accepted", "refused", "not taken on"]
    on: On
    suitable: bool = True
    good_reason: bool = Field(False, alias="good reason")

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """An offer of human resources."""
        said = {
            "offered_on": self.on,
            "suitable": self.suitable,
            "outcome": self.outcome.upper().replace(" ", "_"),
            "good_reason": self.good_reason,
            "reason": None,
        }
        label = f"job offer of {self.job_offer}"
        return [Draft(topic="human-resources.job-offer", label=label, who=self.job_offer, on=self.on, said=said)]


class Placed(Circumstance):
    """`{placement: A, for: orphan, type: institution, on: 2026-04-02}`: provided for in an institution, or at home."""

    placement: Label
    programme: Label = Field(alias="for")
    type: Literal["institution", "home"]

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A placement."""
        said = {"programme": self.programme, "type": self.type.upper(), "institution": None}
        return self._draft("civil-affairs.placement", "placement", self.placement, said)


class Assessed(Circumstance):
    """`{ability: A, grade: lost, purpose: tekun care, on: 2026-05-06}`: how far somebody can look after himself."""

    ability: Label
    grade: Literal["able", "partly", "lost"]
    purpose: Literal["tekun care", "old age", "disability care"] = "old age"
    failed: Annotated[int, Field(ge=0, le=6)] | None = None

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """An assessment of ability."""
        said = {
            "purpose": self.purpose.upper().replace(" ", "_"),
            "grade": self.grade.upper(),
            "failed": self.failed,
            "assessed_on": self.on,
            "assessor": None,
        }
        return self._draft("civil-affairs.ability-assessment", "ability", self.ability, said)


class Nursed(Circumstance):
    """`{nursing benefit: A, type: work injury, amount: 1800.00, on: 2026-05-08}`: paid a month for being cared for."""

    nursing_benefit: Label = Field(alias="nursing benefit")
    type: Literal["work injury", "duty disability", "retired cadre", "old age", "other"]
    amount: Amount

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A nursing benefit of human resources."""
        said = {"type": self.type.upper().replace(" ", "_"), "amount_fen": self.amount}
        return self._draft("human-resources.nursing-benefit", "nursing benefit", self.nursing_benefit, said)


class Held(Circumstance):
    """`{custody: A, type: prison, on: 2026-05-10}`: somebody is held."""

    custody: Label
    type: Literal["detention", "arrest", "prison", "compulsory treatment", "community correction", "other"]
    term_months: int | None = Field(None, alias="term months")

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A custody of public security."""
        said = {"type": self.type.upper().replace(" ", "_"), "term_months": self.term_months}
        return self._draft("public-security.custody", "custody", self.custody, said)


class DeclaredMissing(Circumstance):
    """`{missing: A, on: 2026-03-01}`: a court declares somebody missing; `until` is the last day before it ends that."""

    missing: Label
    type: Literal["missing", "dead"] = "missing"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A declaration."""
        said = {"type": self.type.upper(), "declared_on": self.on, "ended_on": None, "court": None}
        return self._draft("public-security.missing", "missing", self.missing, said)


class Enrolled(Circumstance):
    """`{school: C, stage: senior secondary, on: 2024-09-01, until: 2027-06-30}`: somebody goes to a school."""

    school: Label
    stage: Literal[
        "preschool",
        "primary",
        "junior secondary",
        "senior secondary",
        "vocational",
        "special",
        "junior college",
        "bachelor",
        "postgraduate",
    ]
    full_time: bool = Field(True, alias="full time")

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """An enrolment."""
        said = {"stage": self.stage.upper().replace(" ", "_"), "full_time": self.full_time, "school": "S1"}
        return self._draft("education.school-enrolment", "school", self.school, said)


class Ill(Circumstance):
    """`{serious illness: A, illness: N18, on: 2026-04-01}`: somebody is recognised as seriously ill."""

    serious_illness: Label = Field(alias="serious illness")
    illness: Name = "N18"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A recognised illness of health insurance."""
        said = {"illness": self.illness, "recognised_on": self.on, "recognised_by": None}
        return self._draft("health-insurance.serious-illness", "serious illness", self.serious_illness, said)


class Merged(Told):
    """`{merge: Y, into: X, on: 2026-06-15}`: two registered numbers are one human's, and X's stays."""

    merge: Label
    into: Label
    on: On

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A merge of identities, about the person whose number stays."""
        said = {"merged_id_number": cast.people[self.merge].number}
        label = f"merge of {self.merge}"
        return [Draft(topic="public-security.identity-merge", label=label, who=self.into, on=self.on, said=said)]


class Aided(Told):
    """`{temporary aid: H0, amount: 1000.00, on: 2026-05-06, prepaid: true}`: helped in an emergency or with great expenses.

    `region` is where the emergency was, `papers` when they were complete.
    """

    temporary_aid: Label = Field(alias="temporary aid")
    amount: Amount
    on: On
    type: Literal["emergency", "expenditure"] = "emergency"
    region: Name = REGION
    prepaid: bool = False
    papers: On | None = None

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A temporary aid of a household, by its head, or of a person."""
        said = {
            "type": self.type.upper(),
            "emergency_region": self.region,
            "amount_fen": self.amount,
            "granted_on": self.on,
            "prepaid": self.prepaid,
            "papers_on": self.papers,
            "meeting_ref": None,
        }
        return [of_household(cast, "civil-affairs.temporary-aid", "temporary aid", self.temporary_aid, self.on, said)]


class Relocated(Told):
    """`{relocation: H0, on: 2026-04-02}`: a household was moved to another place to live, and settled there on a day."""

    relocation: Label
    on: On
    origin: Name = Field(REGION, alias="from")
    target: Name = Field(REGION, alias="to")

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A relocation."""
        said = {
            "from_region": self.origin,
            "to_region": self.target,
            "settled_on": self.on,
            "settlement": "REGISTERED",
        }
        return [of_household(cast, "civil-affairs.relocation", "relocation", self.relocation, self.on, said)]


class Grouped(Circumstance):
    """`{cohort: H0, group: POVERTY_REGISTER, on: 2026-01-05}`: a household belongs to a group that a policy names."""

    cohort: Label
    group: Name

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A cohort of civil affairs, until its last day."""
        draft = of_household(cast, "civil-affairs.cohort", "cohort", self.cohort, self.on, {"cohort": self.group})
        over = None if self.until is None else (self.until + timedelta(days=1)).isoformat()
        return [structs.replace(draft, until=over)]


def of_household(cast: Cast, topic: str, what: str, whose: str, on: str, said: Mapping[str, Any]) -> Draft:
    """A record about a household, by its head, or about a person by himself."""
    people = cast.households.get(whose)
    household = whose if people else None
    return Draft(
        topic=topic,
        label=f"{what} of {whose}",
        who=people[0] if people else whose,
        on=on,
        household=household,
        said={"household_id": household, **said},
    )


CIRCUMSTANCES: Mapping[str, type[Told]] = {
    "employment": Employed,
    "pension": Pensioned,
    "unemployment benefit": Jobless,
    "expense": Spent,
    "job offer": Offered,
    "placement": Placed,
    "ability": Assessed,
    "nursing benefit": Nursed,
    "custody": Held,
    "missing": DeclaredMissing,
    "school": Enrolled,
    "serious illness": Ill,
    "merge": Merged,
    "temporary aid": Aided,
    "relocation": Relocated,
    "cohort": Grouped,
}
"""By the word with which each sentence opens."""

OfCircumstances = (
    Annotated[Employed, Tag("employment")]
    | Annotated[Pensioned, Tag("pension")]
    | Annotated[Jobless, Tag("unemployment benefit")]
    | Annotated[Spent, Tag("expense")]
    | Annotated[Offered, Tag("job offer")]
    | Annotated[Placed, Tag("placement")]
    | Annotated[Assessed, Tag("ability")]
    | Annotated[Nursed, Tag("nursing benefit")]
    | Annotated[Held, Tag("custody")]
    | Annotated[DeclaredMissing, Tag("missing")]
    | Annotated[Enrolled, Tag("school")]
    | Annotated[Ill, Tag("serious illness")]
    | Annotated[Merged, Tag("merge")]
    | Annotated[Aided, Tag("temporary aid")]
    | Annotated[Relocated, Tag("relocation")]
    | Annotated[Grouped, Tag("cohort")]
)
"""Any of them."""
