"""Ledgers follow the person: that of a wrong or merged number is lent to the person whose number it is, and given back.

Lending ends what the number is told to be paid from the next pay run on (`TRANSFER_OUT`); the months before go over without a
word, since nothing changed for anybody. Columns are added and subtracted, so what one number was paid and what is owed for
both together settle as one account, and a merge that was wrong leaves each with its own again.
"""

from msgspec import structs

from benefit_hub.messages.internal import Columns, LedgerTransfer
from benefit_hub.settlement.account import Account, Borrowed
from benefit_hub.settlement.ledger import Amounts, Ledger, prove, total
from benefit_hub.task import Out
from benefit_hub.values.months import Month
from benefit_hub.values.steps import squeeze

TRANSFERS = "ledger-transfers"


def take_ledgers(account: Account, message: LedgerTransfer) -> Account:
    """The account with ledgers that were lent to it, or came home."""
    if message.returned:
        ledgers = {name: added(Ledger(), columns, 1) for name, columns in message.ledgers.items()}
        return structs.replace(account, ledgers=ledgers, away=None, returned=message.number, exchanged=bool(ledgers))
    lent = Borrowed(number=message.number, ledgers=message.ledgers)
    return structs.replace(account, borrowed={**account.borrowed, message.other: lent})


def give_back(account: Account) -> tuple[Account, list[Out]]:
    """Send home what no longer belongs to this person."""
    outs: list[Out] = []
    for alias in account.aliases:
        lent = account.borrowed.get(alias.person)
        if lent is None or alias.lent or lent.number > alias.number:
            continue
        if lent.taken:
            account = with_columns(account, lent.ledgers, -1)
        kept = {person: each for person, each in account.borrowed.items() if person != alias.person}
        account = structs.replace(account, borrowed=kept)
        outs.append(sent(alias.person, account, alias.number, lent.ledgers, returned=True))
    return account, outs


def take_over(account: Account) -> Account:
    """Make the ledgers of aliases part of the account's own, once its claims know of them."""
    for alias in account.aliases:
        lent = account.borrowed.get(alias.person)
        if lent is not None and alias.lent and not lent.taken and lent.number <= alias.number:
            taken = {**account.borrowed, alias.person: structs.replace(lent, taken=True)}
            account = with_columns(structs.replace(account, borrowed=taken), lent.ledgers, 1)
    return account


def waits(account: Account) -> bool:
    """Whether an account may not be settled yet: its ledgers, or those of an alias, are still on their way."""
    if account.away is not None or account.number < account.returned:
        return True
    lent = {alias.person for alias in account.aliases if alias.lent}
    taken = {person for person, each in account.borrowed.items() if each.taken}
    return lent != taken or set(account.borrowed) != taken


def leaves(account: Account) -> bool:
    """Whether the ledgers should go to the person whose number this is, and may.

    Ledgers that came home wait for the claims that know why: they may be wanted here again.
    """
    free = account.away is None and not account.borrowed and account.number >= account.returned
    return account.canonical is not None and free


def until(amounts: Amounts, paid_through: int) -> Amounts:
    """What is due for months that are paid, and nothing after them."""
    kept = [step for step in amounts if step[0] <= paid_through]
    return squeeze([*kept, (Month(paid_through + 1), 0)], 0)


def go(account: Account) -> tuple[Account, Out]:
    """Lend all ledgers to the person whose number this is; nothing is due here any more."""
    columns = {
        name: Columns(each.due, each.instructed, each.receivable, each.recovered)
        for name, each in account.ledgers.items()
        if each.due or each.instructed or each.receivable or each.recovered
    }
    to = account.canonical or ""
    out = sent(to, account, account.number, columns, returned=False)
    return structs.replace(account, away=to, ledgers={}, standing={}, causes={}, exchanged=False), out


def sent(to: str, account: Account, number: int, ledgers: dict[str, Columns], *, returned: bool) -> Out:
    """Ledgers on their way."""
    value = LedgerTransfer(beneficiary=to, other=account.beneficiary, number=number, returned=returned, ledgers=ledgers)
    return Out(topic=TRANSFERS, key=to, value=value)


def with_columns(account: Account, ledgers: dict[str, Columns], sign: int) -> Account:
    """The account with other ledgers added to its own, or taken out."""
    mine = {name: added(account.ledgers.get(name, Ledger()), columns, sign) for name, columns in ledgers.items()}
    return structs.replace(account, ledgers={**account.ledgers, **mine}, exchanged=account.exchanged or bool(mine))


def added(ledger: Ledger, columns: Columns, sign: int) -> Ledger:
    """A ledger with the columns of another added, or subtracted.

    What was cancelled of a receivable while it was lent is gone from the sum: it counts as instructed then, so that no
    receivable is less than nothing.
    """
    receivable = total(ledger.receivable, columns.receivable, sign)
    below = squeeze(((at, min(owed, 0)) for at, owed in receivable), 0)
    return prove(
        Ledger(
            due=total(ledger.due, columns.due, sign),
            instructed=total(total(ledger.instructed, columns.instructed, sign), below, -1),
            receivable=total(receivable, below, -1),
            recovered=total(ledger.recovered, columns.recovered, sign),
        )
    )
