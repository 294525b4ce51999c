"""Ledgers are opened with what was paid before the hub went live: due, and instructed, as the awards that were loaded say.

Nothing is said of that. What is said from then on are the differences to it: an award that stands as it is paid has none. Where
what was paid before the first own month is later said otherwise, the columns of those months follow without a word, since
nobody is told to pay for them.
"""

from collections.abc import Mapping

from msgspec import Struct, structs

from benefit_hub.messages.internal import Reasoning, Segment
from benefit_hub.settlement.account import Account, Standing, payable
from benefit_hub.settlement.ledger import Amounts, Ledger, total
from benefit_hub.task import Table
from benefit_hub.values.ids import is_person
from benefit_hub.values.months import Month
from benefit_hub.values.steps import merge, squeeze, value_at


class Unsaid(Struct, frozen=True):
    """An account of which there is something to say once loading has ended; the key is the beneficiary."""

    beneficiary: str


UNSAID: Table[Unsaid] = Table("unsaid", Unsaid)


def paid_by_others(account: Account) -> Mapping[str, Amounts]:
    """What was paid before, by programme, as the household says that holds the beneficiary last."""
    last = account.held[-1].household if is_person(account.beneficiary) and account.held else ""
    claims = account.claims.get(last) or next((account.claims[name] for name in sorted(account.claims)), None)
    return {} if claims is None else claims.paid


def opened(account: Account, own: Month) -> Account:
    """The account with a ledger for everything that was paid before; `own` is the first month for which the hub answers."""
    for name, paid in {**dict.fromkeys(account.paid, ()), **paid_by_others(account)}.items():
        before, ledger = account.paid.get(name, ()), account.ledgers.get(name)
        if paid == before:
            continue
        ledger = ledger or Ledger()
        changes = [(at, new - old) for at, old, new in merge(before, paid, (0, 0)) if at < own]
        more = squeeze([*changes, (own, 0)], 0)
        ledger = structs.replace(ledger, due=total(ledger.due, more), instructed=total(ledger.instructed, more))
        account = structs.replace(account, ledgers={**account.ledgers, name: ledger}, paid={**account.paid, name: paid})
    return account


def opened_anew(account: Account) -> Account:
    """The account as it is while loading goes on: nothing but what was paid."""
    paid = paid_by_others(account)
    ledgers = {name: Ledger(due=amounts, instructed=amounts) for name, amounts in paid.items()}
    return structs.replace(account, ledgers=ledgers, paid=dict(paid))


def as_paid(name: str, amounts: Amounts, claimed: Standing) -> Standing:
    """What stands of a programme by what was paid alone; the claim itself where it comes to the same."""
    if payable(claimed) == amounts:
        return claimed
    rows = ((at, paid_segment(name, at, fen, value_at(claimed, at, None))) for at, fen in amounts)
    return squeeze(rows, None)


def paid_segment(name: str, since: Month, fen: int, claimed: Segment | None) -> Segment | None:
    """So much was paid from a month on."""
    if not fen:
        return None
    why = Reasoning(
        rule="as_paid",
        formula="as paid",
        inputs={"paid_fen": str(fen)},
        facts=claimed.reasoning.facts if claimed is not None else (),
        clause=claimed.reasoning.clause if claimed is not None else "",
        source="",
        assumed=False,
    )
    status = claimed.status if claimed is not None and claimed.amount else name.upper()
    return Segment(since=since, status=status, amount=fen, pay="PAY", reasoning=why)
