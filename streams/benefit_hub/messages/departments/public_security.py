"""What public security (公安) says of people: where they are registered, deaths, and under which numbers they go."""

from typing import ClassVar, Literal

from benefit_hub.messages.departments.envelope import About, Payload

Area = Literal["URBAN", "RURAL"]
Sex = Literal["FEMALE", "MALE"]


class Residence(Payload, frozen=True, kw_only=True, tag="residence"):
    """Where somebody is registered (户籍)."""

    region: str
    area: Area
    register_number: str
    birth_date: str
    sex: Sex


class Death(Payload, frozen=True, kw_only=True, tag="death"):
    """Somebody died on `valid_from` (死亡); the funeral service says it too."""

    by_month: ClassVar[bool] = True

    place: str | None = None
    certificate_number: str | None = None


class PublishedIdentityCorrection(Payload, frozen=True, kw_only=True, tag="published-identity_correction"):
    """A wrong identity number and the right one, which stands in the envelope (公民身份号码更正)."""

    about: ClassVar[About] = About(("id_number", "wrong_id_number"))

    wrong_id_number: str


class IdentityCorrection(Payload, frozen=True, kw_only=True, tag="identity_correction"):
    """What was said of `alias` is about `canonical`: the first was a wrong number."""

    alias: str
    canonical: str


class PublishedIdentityMerge(Payload, frozen=True, kw_only=True, tag="published-identity_merge"):
    """One human with two registered numbers; the one that stays stands in the envelope (重复户口合并)."""

    about: ClassVar[About] = About(("id_number", "merged_id_number"))

    merged_id_number: str


class IdentityMerge(Payload, frozen=True, kw_only=True, tag="identity_merge"):
    """`alias` and `canonical` are the same human: two registrations became one."""

    alias: str
    canonical: str
