"""What civil affairs (民政) says of people and their households: who belongs together, and who answers for whom."""

from typing import ClassVar, Literal

from benefit_hub.messages.departments.envelope import About, Payload

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
