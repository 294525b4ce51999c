"""What a pack says of a programme beyond its amounts: as it is written, checked, and made into `policy.terms` values."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from benefit_hub.catalogue.documents import Written
from benefit_hub.policy.terms import Grace, GraceTerm

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Months = Annotated[int, Field(ge=1, le=60)]
Told = tuple[tuple[str | int, ...], str, str]
"""Where, below the programme, what is wrong, and what to do."""


class GraceTermWritten(Written):
    """A row of `terms:` of a gradual exit."""

    months: Months
    job_class: (
        Literal[
            "CIVIL_SERVANT",
            "PUBLIC_INSTITUTION",
            "ENTERPRISE",
            "MIGRANT_WORK",
            "FLEXIBLE",
            "PUBLIC_WELFARE_POST",
            "INDUSTRY_SUPPORT",
        ]
        | None
    ) = None
    cohort: Text | None = None


class GraceWritten(Written):
    """`grace:` of a programme."""

    terms: list[GraceTermWritten]
    cap: Months
    clause: Text
    source: Text
    assumed: bool = False


def grace_of(written: GraceWritten | None, assumed: bool) -> Grace | None:
    """The gradual exit that a programme says."""
    if written is None:
        return None
    return Grace(
        terms=tuple(
            GraceTerm(months=each.months, job_class=each.job_class, cohort=each.cohort) for each in written.terms
        ),
        cap=written.cap,
        clause=written.clause,
        source=written.source,
        assumed=assumed or written.assumed,
    )


def term_mistakes(rule: str, grace: GraceWritten | None) -> Iterator[Told]:
    """What does not fit of what a programme says beyond its amounts."""
    if grace is None:
        return
    if rule != "top_up":
        yield ("grace",), "only dibao, rule top_up, is left gradually", "Remove it."
    for index, term in enumerate(grace.terms):
        if term.months > grace.cap:
            yield (
                ("grace", "terms", index, "months"),
                f"more than the cap of {grace.cap}",
                "Lower it, or raise the cap.",
            )
