"""What would be otherwise: entitlements and ledgers of a live hub against those of its shadow, by beneficiary and programme.

Lists of adjustments are not compared: how many steps led to a sum depends on when records came.
"""

from collections.abc import Iterator
from typing import Literal, TypeVar

from msgspec import Struct

from benefit_hub.messages.public import ExplainedAmount
from benefit_hub.settlement.account import ACCOUNTS, Account
from benefit_hub.settlement.explanation import explained
from benefit_hub.simulate.run import ledger_by_month
from benefit_hub.simulate.shadow import NOTHING, Entitled, Side, Unit
from benefit_hub.values.months import Month, month_text
from benefit_hub.values.steps import Steps, merge, value_at

Where = Literal["ENTITLEMENT", "LEDGER"]
Ledgers = tuple[Steps[int], Steps[int]]
"""By month, in fen: what is due, and what was instructed less what is receivable."""
T = TypeVar("T")
Both = tuple[T, T]
"""The live side and the shadow."""


class Months(Struct, frozen=True):
    """From a month on, as long as nothing later is told: what each side says is owed, in fen, and the status."""

    since: str
    live_fen: int
    replayed_fen: int
    live_status: str
    replayed_status: str

    @property
    def difference_fen(self) -> int:
        """By how much the replay says more."""
        return self.replayed_fen - self.live_fen


class Finding(Struct, frozen=True, kw_only=True):
    """A beneficiary and programme of which both sides do not say the same, and from which month.

    `where` says what differs: the entitlement that others read, the ledger by which is paid, or both. `months` begins with the
    first month that differs; amounts are the entitlement's, or where only the ledger differs what is due by it. `live` and
    `replayed` are the computations of that month as each side keeps them; equal ones mean that the record alone is wrong.
    """

    beneficiary: str
    programme: str
    where: tuple[Where, ...]
    months: tuple[Months, ...]
    live: ExplainedAmount | None
    replayed: ExplainedAmount | None


class Compared(Struct):
    """The outcome: how many are equal, what differs, and of whom nothing can be said since the facts are not the same."""

    equal: int = 0
    findings: list[Finding] = []
    moved_on: list[Unit] = []


def compare(live: Side, shadow: Side) -> Iterator[Compared]:
    """Everybody of either side; gives what was found so far after each beneficiary."""
    found = Compared()
    whose: dict[str, set[str]] = {}
    for who, programme in (*live.entitled, *shadow.entitled):
        whose.setdefault(who, set()).add(programme)
    for who in sorted({*whose, *live.accounts, *shadow.accounts}):
        accounts = (account(live, who), account(shadow, who))
        ours, theirs = ledger_by_month((accounts[0],)), ledger_by_month((accounts[1],))
        programmes = sorted(whose.get(who, set()) | {name for _, name in (*ours, *theirs)})
        if programmes and not same_facts(live, shadow, *accounts):
            found.moved_on += [(who, name) for name in programmes]
            programmes = []
        for name in programmes:
            unit = (who, name)
            entitled = (live.entitled.get(unit, ()), shadow.entitled.get(unit, ()))
            ledgers = (ours.get(unit, ((), ())), theirs.get(unit, ((), ())))
            finding = differing(unit, entitled, ledgers, accounts)
            if finding is None:
                found.equal += 1
            else:
                found.findings.append(finding)
        yield found


def account(side: Side, who: str) -> Account:
    """The account of a beneficiary; an empty one where there is none."""
    raw = side.accounts.get(who)
    return Account(beneficiary=who) if raw is None else ACCOUNTS.decode(raw)


def same_facts(live: Side, shadow: Side, mine: Account, other: Account) -> bool:
    """Whether both sides know the same of all households that claim something for a beneficiary."""
    households = {mine.beneficiary, *mine.claims, *other.claims}
    return all(live.facts.get(each, "") == shadow.facts.get(each, "") for each in households)


def differing(unit: Unit, entitled: Both[Entitled], ledgers: Both[Ledgers], accounts: Both[Account]) -> Finding | None:
    """What differs of a beneficiary and programme, the live side first; None where nothing does."""
    where: list[Where] = []
    if entitled[0] != entitled[1]:
        where.append("ENTITLEMENT")
    if ledgers[0] != ledgers[1]:
        where.append("LEDGER")
    if not where:
        return None
    first, months = rows(*(entitled if "ENTITLEMENT" in where else owed(*ledgers)))
    live, replayed = (explained(value_at(each.standing.get(unit[1], ()), first, None)) for each in accounts)
    return Finding(
        beneficiary=unit[0], programme=unit[1], where=tuple(where), months=months, live=live, replayed=replayed
    )


def owed(live: Ledgers, shadow: Ledgers) -> Both[Entitled]:
    """The column of the ledgers that differs, as amounts without a status."""
    column = 0 if live[0] != shadow[0] else 1
    left, right = (tuple((at, (fen, NOTHING[1])) for at, fen in each[column]) for each in (live, shadow))
    return left, right


def rows(live: Entitled, shadow: Entitled) -> tuple[Month, tuple[Months, ...]]:
    """The first month in which two timelines differ, and both side by side from there on."""
    both = list(merge(live, shadow, (NOTHING, NOTHING)))
    first = next(number for number, (_, left, right) in enumerate(both) if left != right)
    told = (Months(month_text(at), left[0], right[0], left[1], right[1]) for at, left, right in both[first:])
    return both[first][0], tuple(told)
