"""What the disabled persons' federation (残联) says of people."""

from typing import Literal

from msgspec import Struct

from benefit_hub.messages.departments.envelope import Payload


class CertifiedCategory(Struct, frozen=True, gc=False):
    """One category of disability and its level, 1 the most severe."""

    category: Literal["VISUAL", "HEARING", "SPEECH", "PHYSICAL", "INTELLECTUAL", "MENTAL"]
    level: Literal[1, 2, 3, 4]


class Certificate(Payload, frozen=True, kw_only=True, tag="certificate"):
    """A disability certificate (残疾人证); each change of level is a new record with its own `valid_from`."""

    categories: tuple[CertifiedCategory, ...]
    status: Literal["VALID", "FROZEN", "CANCELLED"]
    issued_on: str
    previous: str | None = None
