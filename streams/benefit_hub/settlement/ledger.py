"""The ledger of one beneficiary and programme: four columns by month, and what a change of what is due comes to.

`due` is what is owed, `instructed` what the payer was told to pay, `receivable` what of that was too much (gross),
`recovered` what came back of it. Always due = instructed - receivable. A month is past once its pay run has closed:
before, a change is a change; after, it is arrears or an overpayment.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec import Struct, structs

from benefit_hub.values.errors import InvariantBroken
from benefit_hub.values.months import Month
from benefit_hub.values.steps import Steps, merge, squeeze, value_at

Amounts = Steps[int]
Row = tuple[Month, int, int]
"""From a month on so much was due, and so much is."""


class Ledger(Struct, frozen=True, gc=False, kw_only=True):
    """The columns, in fen. `fresh` are arrears instructed since the pay run `fresh_since`: not paid yet, they can be undone."""

    due: Amounts = ()
    instructed: Amounts = ()
    receivable: Amounts = ()
    recovered: Amounts = ()
    fresh: dict[int, int] = {}
    fresh_since: int = 0

    @property
    def outstanding(self) -> int:
        """What is still to be looked at of what was paid too much; months with an open end hold none."""
        rows = merge(self.receivable, self.recovered, (0, 0))
        closed = [(at, received - back) for at, received, back in rows]
        spans = pairwise(closed)
        return sum((after - at) * amount for (at, amount), (after, _) in spans)


class ForwardStep(Struct, frozen=True, gc=False):
    """From a month not yet paid on, another amount per month."""

    since: Month
    before: int
    after: int


class PastMonth(Struct, frozen=True, gc=False):
    """A month already paid: by how much what is due for it changed, what of it stood `overpaid` and as `unpaid` arrears before,
    and as what the difference is settled. Always difference = arrears - receivable."""

    month: Month
    difference: int
    overpaid: int
    unpaid: int
    arrears: int
    receivable: int


class Settled(Struct, frozen=True, gc=False, kw_only=True):
    """What a new `due` comes to: steps ahead, and the months already paid; all in fen."""

    ahead: tuple[ForwardStep, ...]
    past: tuple[PastMonth, ...]

    @property
    def arrears(self) -> int:
        """What is paid once beside the amounts ahead; below zero where unpaid arrears are undone."""
        return sum(each.arrears for each in self.past)

    @property
    def receivable(self) -> int:
        """What was paid too much; below zero where that is cancelled."""
        return sum(each.receivable for each in self.past)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to say."""
        return not self.ahead


def settle(ledger: Ledger, due: Amounts, paid_through: int) -> tuple[Ledger, Settled]:
    """The ledger after `due` changed, and the change. Settling the same again gives nothing."""
    fresh = dict(ledger.fresh) if ledger.fresh_since == paid_through else {}
    rows = [*merge(ledger.due, due, (0, 0))]
    past = tuple(
        past_month(at, difference, value_at(ledger.receivable, at, 0), fresh.get(at, 0))
        for at, difference in past_differences(rows, paid_through)
    )
    fresh |= {each.month: each.unpaid + each.arrears for each in past}
    settled = Settled(ahead=tuple(steps_ahead(rows, paid_through, repeat=bool(past))), past=past)
    receivable = total(ledger.receivable, single({each.month: each.receivable for each in past}))
    instructed = splice(ledger.instructed, due, paid_through)
    after = structs.replace(
        ledger,
        due=due,
        instructed=total(instructed, single({each.month: each.arrears for each in past})),
        receivable=receivable,
        fresh={at: amount for at, amount in fresh.items() if amount},
        fresh_since=paid_through,
    )
    return prove(after), settled


def past_month(at: Month, difference: int, overpaid: int, unpaid: int) -> PastMonth:
    """What is owed more cancels what was overpaid and is arrears beyond it; what is owed less undoes unpaid arrears first."""
    if difference > 0:
        cancelled = min(overpaid, difference)
        return PastMonth(at, difference, overpaid, unpaid, difference - cancelled, -cancelled)
    undone = min(unpaid, -difference)
    return PastMonth(at, difference, overpaid, unpaid, -undone, -difference - undone)


def past_differences(rows: Sequence[Row], paid_through: int) -> list[tuple[Month, int]]:
    """Month by month, by how much what is due for paid months changed."""
    end = paid_through + 1
    bounds = [*(min(since, end) for since, _, _ in rows), end]
    found: list[tuple[Month, int]] = []
    for index, (_, before, after) in enumerate(rows):
        if before != after:
            found += [(Month(at), after - before) for at in range(bounds[index], bounds[index + 1])]
    return found


def steps_ahead(rows: Sequence[Row], paid_through: int, *, repeat: bool) -> list[ForwardStep]:
    """The months not yet paid from which the amount is another than was said; every later step is said again.

    `repeat`: months already paid changed, so something is said in any case, first of all the amount of the next month.
    """
    start = Month(paid_through + 1)
    standing = {start: (0, 0)} | {max(since, start): (before, after) for since, before, after in rows}
    found: list[ForwardStep] = []
    for since in sorted(standing):
        before, after = standing[since]
        if not found and (before != after or repeat):
            found.append(ForwardStep(since, before, after))
        elif found and after != found[-1].after:
            found.append(ForwardStep(since, found[-1].after, after))
    return found


def splice(instructed: Amounts, due: Amounts, paid_through: int) -> Amounts:
    """Paid months as they were instructed, the others as they are due."""
    start = Month(paid_through + 1)
    kept = {min(at, start): amount for at, amount in instructed}
    return tuple((kept | {start: 0} | {max(at, start): amount for at, amount in due}).items())


def total(column: Amounts, more: Amounts, sign: int = 1) -> Amounts:
    """The sum of two columns month by month, or their difference."""
    return squeeze(((at, amount + sign * other) for at, amount, other in merge(column, more, (0, 0))), 0)


def single(by_month: Mapping[Month, int]) -> Amounts:
    """A column of single months."""
    return tuple(sorted(({Month(at + 1): 0 for at in by_month} | {**by_month}).items()))


def prove(ledger: Ledger) -> Ledger:
    """The ledger, if its columns fit; otherwise the worker stops."""
    due_at, told_at, back_at = dict(ledger.due), dict(ledger.instructed), dict(ledger.receivable)
    due = told = back = 0
    for at in sorted(due_at.keys() | told_at.keys() | back_at.keys()):
        due, told, back = due_at.get(at, due), told_at.get(at, told), back_at.get(at, back)
        if due != told - back or back < 0:
            raise InvariantBroken(
                f"a ledger no longer fits in one month: due {due}, instructed {told}, receivable {back}"
            )
    return ledger
