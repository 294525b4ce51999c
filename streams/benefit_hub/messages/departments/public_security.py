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
    happens: ClassVar[bool] = True

    place: str | None = None
    certificate_number: str | None = None


class PublishedIdentityCorrection(Payload, frozen=True, kw_only=True, tag="published-identity_correction"):
    """A wrong identity number and the right one, which stands in the envelope (公民身份号码更正)."""

    about: ClassVar[About] = About(("id_number", "wrong_id_number"))
    happens: ClassVar[bool] = True

    wrong_id_number: str


class IdentityCorrection(Payload, frozen=True, kw_only=True, tag="identity_correction"):
    """What was said of `alias` is about `canonical`: the first was a wrong number."""

    alias: str
    canonical: str


class PublishedIdentityMerge(Payload, frozen=True, kw_only=True, tag="published-identity_merge"):
    """One human with two registered numbers; the one that stays stands in the envelope (重复户口合并)."""

    about: ClassVar[About] = About(("id_number", "merged_id_number"))
    happens: ClassVar[bool] = True

    merged_id_number: str


class IdentityMerge(Payload, frozen=True, kw_only=True, tag="identity_merge"):
    """`alias` and `canonical` are the same human: two registrations became one."""

    alias: str
    canonical: str


class Custody(Payload, frozen=True, kw_only=True, tag="custody"):
    """Somebody is held (羁押、服刑、强制戒毒); from public security and from justice."""

    type: Literal["DETENTION", "ARREST", "PRISON", "COMPULSORY_TREATMENT", "COMMUNITY_CORRECTION", "OTHER"]
    term_months: int | None = None


class Vehicle(Payload, frozen=True, kw_only=True, tag="vehicle"):
    """Somebody owns a vehicle or vessel (机动车、船舶), until `valid_to`; `vehicle` tells it from others, and is no plate."""

    vehicle: str
    type: Literal["CAR", "BUS", "TRUCK", "MOTORCYCLE", "TRACTOR", "DISABILITY_SCOOTER", "VESSEL", "OTHER"]
    use: Literal["PRIVATE", "COMMERCIAL"]
    value_fen: int | None = None


class Missing(Payload, frozen=True, kw_only=True, tag="missing"):
    """A court declared somebody missing or dead (宣告失踪、宣告死亡), and perhaps ended that later."""

    happens: ClassVar[bool] = True

    type: Literal["MISSING", "DEAD"]
    declared_on: str
    ended_on: str | None = None
    court: str | None = None


class ContactLost(Payload, frozen=True, kw_only=True, tag="contact_lost"):
    """Nobody can reach somebody since `valid_from` (失联), until he was found."""

    reported_on: str
    found_on: str | None = None
