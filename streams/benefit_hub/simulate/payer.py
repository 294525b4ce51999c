"""What a payer pays: the adjustments read as a subscriber reads them, and nothing else."""

from collections.abc import Iterable

from msgspec import Struct

from benefit_hub.messages.public import Adjustment, Entitlement
from benefit_hub.task import Out
from benefit_hub.values.months import month
from benefit_hub.values.steps import Steps, put_from, value_at

Payments = dict[tuple[str, str], dict[str, int]]
"""Fen by beneficiary and programme, and by the month of the pay run."""


class _Account(Struct):
    rate: Steps[int] = ()
    arrears: int = 0


def paid(adjustments: Iterable[Out], opened: Iterable[Out] = ()) -> Payments:
    """Every pay run: for each beneficiary the rate of its month, and the arrears told since the run before it.

    Adjustments come in the order of their topic; a marker closes the run for the beneficiaries of its partition. `opened` are
    the entitlements with which a hub went live: what a payer begins with, because nothing is said of them.
    """
    books: dict[int | None, dict[tuple[str, str], _Account]] = {}
    for out in opened:
        base: Entitlement = out.value
        rate = tuple((month(each.since), each.amount_fen) for each in base.months)
        books.setdefault(out.partition, {})[base.beneficiary, base.programme] = _Account(rate=rate)
    payments: Payments = {}
    for out in adjustments:
        book = books.setdefault(out.partition, {})
        told: Adjustment = out.value
        if told.kind == "PAY_RUN_MARKER":
            for key, account in book.items():
                amount = value_at(account.rate, month(told.effective_month), 0) + account.arrears
                account.arrears = 0
                if amount:
                    payments.setdefault(key, {})[told.effective_month] = amount
        else:
            account = book.setdefault((told.beneficiary, told.programme), _Account())
            account.rate = put_from(account.rate, month(told.payable_from), told.after_fen, 0)
            account.arrears += told.arrears_fen
    return payments
