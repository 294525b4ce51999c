"""`exclusions:` of a pack: which benefits go together, as they are written."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from benefit_hub.catalogue.documents import Document, Text, Written
from benefit_hub.catalogue.findings import Finding
from benefit_hub.policy.exclusions import Exclusion, OnLoss, Relation
from benefit_hub.policy.sentences import PAID_BY_OTHERS


class ExclusionWritten(Written):
    """A row of `exclusions:` of a pack."""

    first: Text
    then: Text
    rule: Relation
    on_loss: OnLoss
    member_share: bool = False
    retro_limit_months: Annotated[int, Field(ge=0, le=1200)] | None = None
    clause: Text
    source: Text
    assumed: bool = False
    verified: bool = True

    def exclusion(self, all_assumed: bool) -> Exclusion:
        """The row as a value; everything in a pack that is assumed is."""
        return Exclusion(
            first=self.first,
            then=self.then,
            rule=self.rule,
            on_loss=self.on_loss,
            member_share=self.member_share,
            retro_limit_months=self.retro_limit_months,
            clause=self.clause,
            source=self.source,
            assumed=all_assumed or self.assumed,
            verified=self.verified,
        )


def exclusion_mistakes(
    rows: Sequence[ExclusionWritten], order: Sequence[str], whose: Mapping[str, str], document: Document
) -> Iterator[Finding]:
    """What does not fit; `whose` tells of each programme whom it is for."""
    seen: set[frozenset[str]] = set()
    for index, row in enumerate(rows):
        place = ("exclusions", index)
        if row.then not in whose:
            yield document.finding(
                (*place, "then"), f"there is no programme {row.then}", "Name a programme of this pack."
            )
        elif row.first not in whose and row.first not in PAID_BY_OTHERS:
            told = f"there is no programme {row.first}, and nothing that others pay is called so"
            action = f"Name a programme of this pack, or one of {', '.join(sorted(PAID_BY_OTHERS))}."
            yield document.finding((*place, "first"), told, action)
        elif row.first in whose and row.first not in order[: order.index(row.then) if row.then in order else None]:
            told = f"{row.first} does not come before {row.then} in order"
            yield document.finding((*place, "first"), told, "Exchange both, or correct the order.")
        if frozenset((row.first, row.then)) in seen:
            yield document.finding(place, f"{row.first} and {row.then} stand here twice", "Keep one row.")
        seen.add(frozenset((row.first, row.then)))
        kinds = sorted(whose[name] for name in (row.first, row.then) if name in whose)
        if row.member_share and kinds != ["HOUSEHOLD", "PERSON"]:
            told = "that is for a household's benefit beside a person's"
            yield document.finding((*place, "member_share"), told, "Remove it.")
        if row.rule == "HIGHER" and "HOUSEHOLD" in kinds:
            yield document.finding((*place, "rule"), "HIGHER is for two benefits of a person", "Choose another rule.")
