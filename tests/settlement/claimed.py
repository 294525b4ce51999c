"""Claims told in a line, and one task of settlement that takes them."""

from datetime import date
from typing import Any

from benefit_hub import settlement
from benefit_hub.messages.internal import Cause, Claims, ControlCopy, ControlEvent, Held, Pay, Reasoning, Segment
from benefit_hub.messages.public import Adjustment
from benefit_hub.settlement.account import ACCOUNTS, Account
from benefit_hub.settlement.ledger import Amounts
from benefit_hub.task import DictStore, Incoming, Out, Overlay
from benefit_hub.values.months import FIRST_MONTH, Month, month, month_text
from benefit_hub.values.steps import squeeze
from tests.in_memory import demo_book, env_of

PARTITION = 3
MEANS = {"n": "3", "I": "900", "p": "300", "S": "645", "area": "URBAN"}


def amounts(**by_month: int) -> Amounts:
    """A timeline of yuan: `amounts(m2026_04=1035)`."""
    return squeeze(((month(at[1:].replace("_", "-")), yuan * 100) for at, yuan in sorted(by_month.items())), 0)


def held(*rows: str) -> tuple[Held, ...]:
    """An assignment: `held("H0", "2026-07 H1")` is H0 from the beginning and H1 from July."""
    found = [Held(FIRST_MONTH, "h:" + rows[0], True)]
    for row in rows[1:]:
        since, household = row.split()
        found.append(Held(month(since), "h:" + household, True))
    return tuple(found)


def segments(yuan_by_month: dict[str, int], pay: Pay = "PAY", formula: str = "n*S-I") -> tuple[Segment, ...]:
    """Segments of these amounts."""
    why = Reasoning(
        rule="top_up", formula=formula, inputs=MEANS, facts=(), clause="第十八条", source="L0", assumed=False
    )
    return tuple(
        Segment(since=month(since), status="DIBAO" if yuan else "NONE", amount=yuan * 100, pay=pay, reasoning=why)
        for since, yuan in yuan_by_month.items()
    )


def cause(why: str, **said: Any) -> Cause:
    """Why something changed, received on 20 March 2026."""
    days = {"event_day": date(2026, 3, 15), "received_on": date(2026, 3, 20)}
    given: dict[str, Any] = {**days, "execution": "AUTOMATIC", "name": None, **said}
    return Cause(cause=why, **given)


def claims(household: str, yuan_by_month: dict[str, int], **said: Any) -> Claims:
    """What a household (`H0`) claims of one programme, for itself unless for a person."""
    programme = said.pop("programme", "dibao")
    person = said.pop("person", None)
    given: dict[str, Any] = {
        "beneficiary": person or "h:" + household,
        "household": "h:" + household,
        "number": 0,
        "held": (),
        "book": demo_book().digest(),
        "facts_hash": "",
        "region": "990101",
        "programmes": {programme: segments(yuan_by_month)} if yuan_by_month else {},
        "causes": {programme: (cause("application"),)},
    }
    return Claims(**{**given, **said})


def line(standing: Any) -> list[str]:
    """What stands, in yuan by month."""
    return [f"{month_text(at)}: {each.amount // 100 if each is not None else '-'}" for at, each in standing]


class Till:
    """One task of settlement, partition 3."""

    def __init__(self) -> None:
        self.store = DictStore()
        self.env = env_of(demo_book(), partition=PARTITION)
        self._sequence = -1

    def batch(self, *values: Any) -> list[Out]:
        """What comes of one batch."""
        state = Overlay(self.store)
        outs = settlement.step(state, [Incoming(topic="claims", value=each) for each in values], self.env)
        self.store.write(state.dirty)
        return outs

    def closing(self, month_paid: str) -> ControlCopy:
        """A pay run closes."""
        self._sequence += 1
        event = ControlEvent(type="PAY_RUN_CLOSED", month=month_paid)
        return ControlCopy(sequence=self._sequence, origin=0, event=event)

    def account(self, beneficiary: str) -> Account:
        """What is kept of a beneficiary."""
        return Overlay(self.store).get(ACCOUNTS, beneficiary) or Account(beneficiary=beneficiary)


def adjusted(outs: list[Out]) -> list[Adjustment]:
    """The adjustments, markers and all."""
    return [out.value for out in outs if isinstance(out.value, Adjustment)]


def told(outs: list[Out]) -> list[tuple[str, str, int, int, int, int]]:
    """Kind, first month to be paid, before, after, arrears and receivable in yuan."""
    return [
        (
            each.kind,
            each.payable_from,
            each.before_fen // 100,
            each.after_fen // 100,
            each.arrears_fen // 100,
            each.receivable_fen // 100,
        )
        for each in adjusted(outs)
    ]


def at(text: str) -> Month:
    """A month."""
    return month(text)
