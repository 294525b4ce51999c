"""What every record of a department says, whatever its kind: the envelope, and whom the record is about."""

from typing import ClassVar

from msgspec import Struct


class Envelope(Struct, frozen=True, gc=False, kw_only=True):
    """Which record, which version of it, true when, known when, about whom.

    `previous_id_number` is somebody whom earlier versions were about and this one is not.
    """

    record_id: str
    revision: int
    retracted: bool = False
    valid_from: str
    valid_to: str | None = None
    recorded_at: int
    id_number: str | None = None
    previous_id_number: str | None = None


class About(Struct, frozen=True, gc=False):
    """Whom the records of a kind are about: there is one fact for each household and person that these fields name.

    Fields may be of the envelope or of the payload as it is published. Where `or_household`, a record with a `household_id`
    is about that household instead, and about it alone.
    """

    fields: tuple[str, ...]
    or_household: bool = False


PERSON = About(("id_number",))
HOUSEHOLD = About(("id_number",), or_household=True)
"""The household that is named, else the person for himself."""


class Payload(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What a record says beside its envelope.

    A kind declares, on the type that is published: whom its records are `about`; whether the month of `valid_from` has to be
    known because money hangs on it; of which fields exactly one is said. What has its default is left out of the bytes of a
    fact, so that a field added later changes nothing of what was said before.
    """

    about: ClassVar[About] = PERSON
    by_month: ClassVar[bool] = False
    either: ClassVar[tuple[str, ...]] = ()
    happens: ClassVar[bool] = False


class RevisionName(Struct, frozen=True, gc=False, order=True):
    """Names one revision of one department's record."""

    source: str
    kind: str
    record: str
    revision: int
