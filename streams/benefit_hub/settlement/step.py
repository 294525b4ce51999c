"""Settlement's step: claims in by beneficiary, adjustments out, each once."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain

from msgspec import structs

from benefit_hub.messages.internal import Cause, Claims, ControlEvent, LedgerTransfer
from benefit_hub.messages.public import Adjustment, EntitledMonths, Entitlement
from benefit_hub.settlement.account import ACCOUNTS, Account, Standing, follow, payable, take_claims
from benefit_hub.settlement.exchange import give_back, go, leaves, take_ledgers, take_over, until, waits
from benefit_hub.settlement.explanation import Change, said
from benefit_hub.settlement.ledger import Amounts, Ledger, settle
from benefit_hub.settlement.opening import UNSAID, Unsaid, as_paid, opened, opened_anew
from benefit_hub.task import Controls, Env, Incoming, Out, State, drive, drive_on
from benefit_hub.values.errors import ContractViolation, InvariantBroken
from benefit_hub.values.ids import content_id, is_person
from benefit_hub.values.months import Month, month, month_text

MOVED = Cause(cause="membership", name=None, event_day=date.min, received_on=date.min, execution="AUTOMATIC")
"""What moved an amount where the household that lets go of a person is the last to speak: the move itself."""

IDENTITY = Cause(cause="identity", name=None, event_day=date.min, received_on=date.min, execution="AUTOMATIC")
"""What moved an amount from one number of a person to another: nobody is owed more or less by it."""


def step(state: State, batch: Sequence[Incoming], env: Env) -> list[Out]:
    """Take the claims; settle each touched beneficiary once against the ledger."""
    controls = Controls(state, env)
    return drive(Settlement(state, env, controls), controls, batch, None)


def resume(state: State, budget: int, env: Env) -> list[Out]:
    """Go on with what is said when loading has ended; what waits behind a control event goes on after it."""
    controls = Controls(state, env)
    return drive_on(Settlement(state, env, controls), controls, budget, None)


def pending(state: State, env: Env) -> bool:
    """Whether a control event is at work."""
    return Controls(state, env).now.acting is not None


class Settlement:
    """Settlement's work on one task."""

    def __init__(self, state: State, env: Env, controls: Controls) -> None:
        self._state = state
        self._env = env
        self._controls = controls
        self._touched: dict[str, Account] = {}

    def take(self, record: Incoming) -> list[Out]:
        """Put a claim, or the ledgers of another number, into its account."""
        said = record.value
        if not isinstance(said, Claims | LedgerTransfer):
            raise ContractViolation(f"{record.topic} carries {type(said).__name__}, which settlement does not know")
        who = said.beneficiary
        account = self._touched.get(who) or self._state.get(ACCOUNTS, who) or Account(beneficiary=who)
        self._touched[who] = take_claims(account, said) if isinstance(said, Claims) else take_ledgers(account, said)
        return []

    def flush(self) -> list[Out]:
        """Settle everybody touched."""
        outs = [out for account in self._touched.values() for out in self._exchange(account)]
        self._touched = {}
        return outs

    def act(self, event: ControlEvent) -> tuple[bool, list[Out]]:
        """A closed pay run makes its month past, moves no account, and leaves a marker among this partition's adjustments.

        The months before a hub went live were closed by others. What it would have said while it was loaded is said then.
        """
        bootstrap = self._controls.now.bootstrap
        if event.type == "BOOTSTRAP_CLOSED" and bootstrap.closed_on is not None:
            self._controls.paid(bootstrap.own - 1)
            return False, []
        if event.type != "PAY_RUN_CLOSED" or event.month is None or bootstrap.loading:
            return True, []
        closed, paid = month(event.month), self._controls.now.paid_through
        self._controls.paid(closed)
        first = paid + 1 if paid else closed
        return True, [self._marker(Month(at)) for at in range(first, closed + 1)]

    def sweep(self, event: ControlEvent, cursor: str, budget: int) -> tuple[str | None, list[Out]]:
        """Say what was not said while the hub was loaded."""
        if event.type != "BOOTSTRAP_CLOSED":
            raise InvariantBroken(f"settlement was asked to sweep for {event.type} after {cursor!r}")
        keys = self._state.keys(UNSAID, cursor, budget)
        outs: list[Out] = []
        for key in keys:
            self._state.delete(UNSAID, key)
            account = self._state.get(ACCOUNTS, key)
            outs += self._exchange(account) if account is not None else []
        return (keys[-1] if len(keys) == budget else None), outs

    def _open(self, account: Account) -> list[Out]:
        """While a hub is loaded: ledgers as others paid, and nothing said but what every subscriber begins with.

        An account of which something was said before waits as it is.
        """
        if account.sequence:
            self._state.put(UNSAID, account.beneficiary, Unsaid(account.beneficiary))
            self._state.put(ACCOUNTS, account.beneficiary, account)
            return []
        account = opened_anew(account)
        claimed = follow(account)
        standing = {name: as_paid(name, account.paid.get(name, ()), each) for name, each in claimed.items()}
        differs = any(standing[name] != each for name, each in claimed.items())
        if differs:
            self._state.put(UNSAID, account.beneficiary, Unsaid(account.beneficiary))
        else:
            self._state.delete(UNSAID, account.beneficiary)
        account = structs.replace(account, standing=standing, causes=account.causes if differs else {})
        self._state.put(ACCOUNTS, account.beneficiary, account)
        shown = ((name, each, account.ledgers.get(name, Ledger())) for name, each in standing.items() if each)
        return [self._entitled(account, name, each, ledger) for name, each, ledger in shown]

    def _exchange(self, account: Account) -> list[Out]:
        """Ledgers that belong elsewhere go there; then the account is settled, unless some are still on their way to it."""
        account, outs = give_back(account)
        if leaves(account):
            return [*outs, *self._lend(account)]
        account = take_over(account)
        if waits(account):
            self._state.put(ACCOUNTS, account.beneficiary, account)
            return outs
        bootstrap = self._controls.now.bootstrap
        if bootstrap.loading:
            return [*outs, *self._open(account)]
        account = opened(account, bootstrap.own)
        return [*outs, *self._settle(account, follow(account))]

    def _lend(self, account: Account) -> list[Out]:
        """End what this number is paid from the next pay run on, and let its ledgers go."""
        paid = self._controls.now.paid_through
        account = structs.replace(account, exchanged=True)
        due = {name: until(ledger.due, paid) for name, ledger in account.ledgers.items()}
        outs: list[Out] = []
        for name, amounts in due.items():
            account, said_now = self._say(account, name, (), amounts)
            outs += said_now
        account, transfer = go(account)
        self._state.put(ACCOUNTS, account.beneficiary, account)
        return [*outs, transfer]

    def _settle(self, account: Account, standing: Mapping[str, Standing]) -> list[Out]:
        """Every programme of one account."""
        outs: list[Out] = []
        for name, new in standing.items():
            account, said_now = self._say(account, name, new, payable(new))
            outs += said_now
        account = structs.replace(account, standing=dict(standing), causes={}, exchanged=False)
        self._state.put(ACCOUNTS, account.beneficiary, account)
        return outs

    def _say(self, account: Account, name: str, new: Standing, due: Amounts) -> tuple[Account, list[Out]]:
        """What is said of one programme when so much is due: adjustments where it is another amount than was said."""
        old = account.standing.get(name, ())
        former = account.ledgers.get(name, Ledger())
        ledger, settled = settle(former, due, self._controls.now.paid_through)
        account = structs.replace(account, ledgers={**account.ledgers, name: ledger})
        outs: list[Out] = []
        if not settled.nothing:
            rows = said(self._change(account, name, old, former.due, new), settled, account.sequence + 1)
            account = structs.replace(account, sequence=account.sequence + len(rows))
            for adjustment, explanation in rows:
                outs.append(self._out("benefits.adjustments", account.beneficiary, adjustment))
                outs.append(self._out("benefits.explanations", account.beneficiary, explanation))
        if new != old or not settled.nothing:
            outs.append(self._entitled(account, name, new, ledger))
        return account, outs

    def _change(self, account: Account, name: str, old: Standing, stood: Amounts, new: Standing) -> Change:
        causes = account.causes.get(name) or (MOVED,)
        return Change(
            beneficiary=account.beneficiary,
            household=self._holder(account),
            programme=name,
            title=self._title(account, name),
            old=old,
            stood=stood,
            new=new,
            causes=(IDENTITY, *causes) if account.exchanged else causes,
            book=account.spoken.book,
            engine=self._env.engine,
            origin=self._env.partition,
        )

    def _title(self, account: Account, name: str) -> str:
        """What a programme is called; a household that lets go of somebody knows no place, another's claims may."""
        book = self._env.book(account.spoken.book)
        regions = (account.spoken.region, *(each.region for each in account.claims.values()))
        packs = chain(map(book.pack, regions), book.packs)
        titles = (pack.programmes[name].title for pack in packs if pack and name in pack.programmes)
        return next(titles, name)

    def _holder(self, account: Account) -> str:
        held = is_person(account.beneficiary) and account.held
        return account.held[-1].household if held else account.spoken.household

    def _entitled(self, account: Account, name: str, standing: Standing, ledger: Ledger) -> Out:
        """The whole of what is owed of a programme, compacted."""
        paid = self._controls.now.paid_through
        value = Entitlement(
            beneficiary=account.beneficiary,
            household=self._holder(account),
            programme=name,
            region=account.spoken.region,
            months=tuple(
                EntitledMonths(month_text(at), each.amount if each else 0, each.status if each else "NONE")
                for at, each in standing
            ),
            outstanding_receivable_fen=ledger.outstanding,
            paid_through=month_text(paid) if paid else None,
            book=account.spoken.book,
        )
        return self._out("benefits.entitlements", f"{account.beneficiary}|{name}", value)

    def _out(self, topic: str, key: str, value: Adjustment | Entitlement | object) -> Out:
        """A record in the partition of the beneficiary's claims, so that a marker cuts off all before it."""
        return Out(topic=topic, key=key, value=value, partition=self._env.partition)

    def _marker(self, closed: Month) -> Out:
        """The cut-off of a pay run in this partition of the adjustments."""
        now = self._controls.now
        value = Adjustment(
            adjustment_id=content_id("marker", month_text(closed), self._env.partition),
            beneficiary="",
            household="",
            sequence=0,
            programme="",
            kind="PAY_RUN_MARKER",
            effective_month=month_text(closed),
            payable_from=month_text(closed + 1),
            before_fen=0,
            after_fen=0,
            settled=(),
            arrears_fen=0,
            receivable_fen=0,
            execution="AUTOMATIC",
            authority=None,
            decided_on=None,
            heard_on=None,
            cause_class="pay_run_closed",
            overpayment_class=None,
            book=now.book,
            engine=self._env.engine,
            explanation_id="",
            assumed=False,
            origin=self._env.partition,
        )
        return self._out("benefits.adjustments", f"marker:{month_text(closed)}", value)
