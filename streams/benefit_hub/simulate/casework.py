"""What is said of a case beside how people live: reviews of it, and what its people come to own."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, Tag

from benefit_hub.simulate.cast import REGION, Cast
from benefit_hub.simulate.circumstances import Circumstance, of_household
from benefit_hub.simulate.sentences import Draft, Label, Name, On, Told


class Reviewed(Told):
    """`{review: H0, for: dibao, due: 2026-05-01, done: 2026-04-20}`: a case is, or is to be, looked at again."""

    review: Label
    programme: Label = Field(alias="for")
    due: On
    done: On | None = None
    outcome: Literal["pending", "unchanged", "changed"] | None = None

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A review of civil affairs."""
        outcome = self.outcome or ("pending" if self.done is None else "unchanged")
        said = {"programme": self.programme, "due_on": self.due, "done_on": self.done, "outcome": outcome.upper()}
        return [of_household(cast, "civil-affairs.review", "review", self.review, day.isoformat(), said)]


class Objects(Told):
    """`{objection: H0, for: dibao, on: 2026-06-10}`: somebody objects to what was published or proposed."""

    objection: Label
    programme: Label = Field(alias="for")
    on: On

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """An objection of civil affairs."""
        said = {"programme": self.programme, "filed_on": self.on, "outcome": "PENDING"}
        return [of_household(cast, "civil-affairs.objection", "objection", self.objection, self.on, said)]


class Reports(Told):
    """`{report: A, matter: health, changed: 2026-06-08, on: 2026-06-10}`: somebody tells that something changed, and when."""

    report: Label
    matter: Literal["income", "assets", "members", "health", "residence", "other"]
    changed: On
    on: On
    by: Literal["household", "village", "other"] = "household"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A report to civil affairs."""
        said = {
            "by": self.by.upper(),
            "matter": self.matter.upper(),
            "reported_on": self.on,
            "changed_on": self.changed,
        }
        return [of_household(cast, "civil-affairs.report", "report", self.report, self.on, said)]


class Challenged(Told):
    """`{data challenge: B, about: wage of B, on: 2026-04-20}`: somebody says that a record of a department is wrong."""

    data_challenge: Label = Field(alias="data challenge")
    about: Name
    on: On
    outcome: Literal["pending", "corrected", "confirmed"] = "pending"
    answered: On | None = None

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A challenge at civil affairs."""
        said = {"filed_on": self.on, "answered_on": self.answered, "outcome": self.outcome.upper()}
        return [
            Draft(
                topic="civil-affairs.data-challenge",
                label=f"data challenge of {self.data_challenge}",
                who=self.data_challenge,
                on=self.on,
                said=said,
                names={"challenged": self.about},
            )
        ]


class Drives(Circumstance):
    """`{vehicle: A, on: 2026-05-06}`: somebody owns a vehicle, until the last day if there is one."""

    vehicle: Label
    type: Literal["car", "motorcycle", "tractor", "disability scooter", "other"] = "car"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A vehicle of public security."""
        said = {"vehicle": "V1", "type": self.type.upper().replace(" ", "_"), "use": "PRIVATE"}
        return self._draft("public-security.vehicle", "vehicle", self.vehicle, said)


class OwnsLand(Circumstance):
    """`{real estate: A, on: 2026-05-06}`: somebody owns a home, or another building."""

    real_estate: Label = Field(alias="real estate")
    use: Literal["residential", "commercial", "other"] = "residential"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A registration of natural resources."""
        said = {"estate": "R1", "use": self.use.upper(), "region": REGION}
        return self._draft("natural-resources.real-estate", "real estate", self.real_estate, said)


class HasCompany(Circumstance):
    """`{enterprise: A, on: 2026-05-06}`: somebody has a part in a company; `status` may be deregistered."""

    enterprise: Label
    status: Literal["operating", "suspended", "revoked", "deregistered"] = "operating"
    role: Name = "SHAREHOLDER"

    def drafts(self, cast: Cast, day: date) -> list[Draft]:
        """A registration of market regulation."""
        said = {"enterprise": "C1", "role": self.role, "status": self.status.upper()}
        return self._draft("market-regulation.enterprise", "enterprise", self.enterprise, said)


CASEWORK: Mapping[str, type[Told]] = {
    "review": Reviewed,
    "objection": Objects,
    "report": Reports,
    "data challenge": Challenged,
    "vehicle": Drives,
    "real estate": OwnsLand,
    "enterprise": HasCompany,
}
"""By the word with which each sentence opens."""

OfCasework = (
    Annotated[Reviewed, Tag("review")]
    | Annotated[Objects, Tag("objection")]
    | Annotated[Reports, Tag("report")]
    | Annotated[Challenged, Tag("data challenge")]
    | Annotated[Drives, Tag("vehicle")]
    | Annotated[OwnsLand, Tag("real estate")]
    | Annotated[HasCompany, Tag("enterprise")]
)
"""Any of them."""
