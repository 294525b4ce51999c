"""What civil affairs (民政) says of people and their households: who belongs together, and who answers for whom."""

from typing import ClassVar, Literal

from benefit_hub.messages.departments.envelope import HOUSEHOLD, About, Payload

RelationKind = Literal["PARENT", "SUPPORTER", "GUARDIAN"]


class Membership(Payload, frozen=True, kw_only=True, tag="membership"):
    """A person is a member of a household (共同生活家庭成员); closed by `valid_to`, never left out."""

    household_id: str
    role: Literal["HEAD", "SPOUSE", "CHILD", "PARENT", "OTHER"]
    relation: str | None = None
    basis: str | None = None


class PublishedRelation(Payload, frozen=True, kw_only=True, tag="published-relation"):
    """Whom the person of the envelope depends upon: a parent, a legal supporter, a guardian (抚养、赡养、监护关系)."""

    about: ClassVar[About] = About(("id_number", "related_id_number"))

    relation: RelationKind
    related_id_number: str


class Relation(Payload, frozen=True, kw_only=True, tag="relation"):
    """`related` is the dependant's parent, supporter or guardian."""

    relation: RelationKind
    dependant: str
    related: str


class PublishedMarriage(Payload, frozen=True, kw_only=True, tag="published-marriage"):
    """The person of the envelope and another were married on `valid_from` (结婚登记)."""

    about: ClassVar[About] = About(("id_number", "spouse_id_number"))
    by_month: ClassVar[bool] = True

    spouse_id_number: str
    certificate_number: str | None = None


class Marriage(Payload, frozen=True, kw_only=True, tag="marriage"):
    """`person` and `spouse` are married."""

    person: str
    spouse: str
    certificate_number: str | None = None


class PublishedDivorce(Payload, frozen=True, kw_only=True, tag="published-divorce"):
    """The person of the envelope and another were divorced on `valid_from` (离婚登记、判决离婚)."""

    about: ClassVar[About] = About(("id_number", "spouse_id_number"))
    by_month: ClassVar[bool] = True
    happens: ClassVar[bool] = True

    spouse_id_number: str
    type: Literal["AGREEMENT", "JUDGMENT"]
    certificate_number: str | None = None


class Divorce(Payload, frozen=True, kw_only=True, tag="divorce"):
    """`person` and `spouse` are divorced."""

    person: str
    spouse: str
    type: Literal["AGREEMENT", "JUDGMENT"]
    certificate_number: str | None = None


class GuardianshipContent(Payload, frozen=True, kw_only=True, tag="guardianship-content"):
    """Who looks after somebody in law: a person, or an institution where no person is named (监护)."""

    type: Literal["STATUTORY", "APPOINTED", "TEMPORARY", "INSTITUTION"]
    status: Literal["IN_FORCE", "REVOKED"]
    institution: str | None = None


class PublishedGuardianship(GuardianshipContent, frozen=True, kw_only=True, tag="published-guardianship"):
    """The guardian of the person of the envelope, by number."""

    about: ClassVar[About] = About(("id_number", "guardian_id_number"))

    guardian_id_number: str | None = None


class Guardianship(GuardianshipContent, frozen=True, kw_only=True, tag="guardianship"):
    """`guardian` looks after `ward`."""

    ward: str
    guardian: str | None = None


class Cremation(Payload, frozen=True, kw_only=True, tag="cremation"):
    """Somebody was cremated on `valid_from` (火化)."""

    by_month: ClassVar[bool] = True
    happens: ClassVar[bool] = True

    facility: str
    died_on: str | None = None
    certificate_number: str | None = None


class Placement(Payload, frozen=True, kw_only=True, tag="placement"):
    """Where somebody is provided for under a programme (集中供养、分散供养；机构养育、社会散居)."""

    programme: str
    type: Literal["INSTITUTION", "HOME"]
    institution: str | None = None


class AbilityAssessment(Payload, frozen=True, kw_only=True, tag="ability_assessment"):
    """How far somebody can look after himself (生活自理能力、老年人能力评估); `failed` counts what he cannot of six."""

    purpose: Literal["TEKUN_CARE", "OLD_AGE", "DISABILITY_CARE"]
    grade: Literal["ABLE", "PARTLY", "LOST"]
    failed: int | None = None
    assessed_on: str
    assessor: str | None = None


class Relocation(Payload, frozen=True, kw_only=True, tag="relocation"):
    """A household was moved to another place to live (易地搬迁), and by what it belongs there."""

    about: ClassVar[About] = HOUSEHOLD

    household_id: str | None = None
    from_region: str
    to_region: str
    settled_on: str
    settlement: Literal["REGISTERED", "RESIDENCE_PERMIT", "CITIZEN_CARD"]


class Cohort(Payload, frozen=True, kw_only=True, tag="cohort"):
    """A household belongs to a group that a policy names, such as the poverty register (建档立卡), from `valid_from` on."""

    about: ClassVar[About] = HOUSEHOLD

    household_id: str | None = None
    cohort: str
