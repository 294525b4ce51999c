"""Benefits that go together or not: of two that somebody fits in one month, which goes first, and what becomes of the other."""

from functools import cached_property
from typing import Literal

from msgspec import Struct

Relation = Literal["NONE", "BOTH", "DIFFERENCE", "HIGHER"]
OnLoss = Literal["REVIEW", "STOP"]


class Exclusion(Struct, frozen=True, kw_only=True, dict=True):
    """What becomes of the benefit `then` while somebody has the benefit `first`.

    - `rule`: NONE, it is not paid, and its application is used up; BOTH, nothing; DIFFERENCE, what it is more than the first is
      paid; HIGHER, the higher of both is paid whole.
    - `on_loss`: when the first ends, REVIEW leads to a look at the other, STOP does not; neither begins again by itself.
    - `member_share`: of a household's benefit the person's equal share counts; a person's benefit takes that person out of the
      household's, and not the household.
    - `retro_limit_months`: what became known late takes nothing away further back than so many months before it was known.

    `first` is a programme, or what another department pays, as a kind of fact and its type: `nursing_benefit WORK_INJURY`.
    """

    first: str
    then: str
    rule: Relation
    on_loss: OnLoss
    member_share: bool = False
    retro_limit_months: int | None = None
    clause: str
    source: str
    assumed: bool
    verified: bool = True

    @cached_property
    def paid_by_others(self) -> tuple[str, str] | None:
        """The kind and type of what another department pays, where the first is that."""
        kind, _, type_ = self.first.partition(" ")
        return (kind, type_) if type_ else None

    def reaches(self, month: int, known_in: int) -> bool:
        """Whether it takes anything away in a month, where the first was known only later."""
        return self.retro_limit_months is None or month >= known_in - self.retro_limit_months
