"""What came of a case, in the words of the case: labels for people and households, yuan, months."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from benefit_hub.messages.departments import RevisionName
from benefit_hub.messages.public import (
    Adjustment,
    Explanation,
    HouseholdEntry,
    Lead,
    PersonEntry,
    Proposal,
    Receipt,
    TaskItem,
)
from benefit_hub.simulate.case_paid import arrears_of
from benefit_hub.simulate.case_reasons import HINDERING, Adjusted, Paid, Reasons
from benefit_hub.simulate.payer import Payments, paid
from benefit_hub.simulate.run import Simulation
from benefit_hub.task import Out
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import month_text

Line = dict[str, str]
ByMonth = dict[str, str]


class Seen(Struct, frozen=True, kw_only=True):
    """Everything that may be expected. `lists` hold what was said since the opening, as (whom it is about, words) by kind."""

    amounts: Mapping[str, ByMonth]
    pay_runs: Mapping[str, ByMonth]
    statuses: Mapping[str, ByMonth]
    lists: Mapping[str, list[tuple[str, Line]]]
    classes: Mapping[str, str]
    persons: Mapping[str, Line]


class Viewer:
    """Looks at a simulation with the eyes of a case. `sentences` names the sentence behind each event id.

    Where the hub goes live in the case, what it says before it has closed a month is what a payer begins with.
    """

    def __init__(
        self, simulation: Simulation, labels: Mapping[str, str], sentences: Mapping[str, str], *, goes_live: bool
    ) -> None:
        self._simulation = simulation
        self._labels = labels
        self._sentences = sentences
        self._goes_live = goes_live
        self._opening: dict[str, int] = {}

    def begin(self) -> None:
        """The opening is over: what was said so far is not what the case is about."""
        self._opening = {topic: len(outs) for topic, outs in self._simulation.outputs.items()}

    def seen(self) -> Seen:
        """What there is to see now."""
        return Seen(
            amounts=dict(self._amounts()),
            pay_runs=self._payments(),
            statuses=dict(self._statuses()),
            lists={
                "adjustments": list(self._adjustments()),
                "proposals": [self._proposal(each) for each in self._last_words("proposals")],
                "leads": [self._lead(each) for each in self._last_words("leads")],
                "tasks": [self._task(each) for each in self._last_words("tasks")],
                "receipts": list(self._receipts()),
                "reconciliation": list(self._reconciliation()),
            },
            classes=dict(self._classes()),
            persons=dict(self._persons()),
        )

    def reasons(self, records: Mapping[RevisionName, str]) -> Reasons:
        """Why everything is as it is now; `records` are the names that the case has for them."""
        standing = {
            self._who(account.beneficiary, programme): steps
            for account in self._simulation.accounts()
            for programme, steps in account.standing.items()
        }
        why = {each.explanation_id: each for each in self._simulation.said("benefits.explanations")}
        adjusted: dict[str, list[Adjusted]] = {}
        for each in (out.value for out in self._since("benefits.adjustments")):
            if each.kind != "PAY_RUN_MARKER":
                whose = adjusted.setdefault(self._who(each.beneficiary, each.programme), [])
                whose.append(Adjusted(each, why[each.explanation_id]))
        waiting: list[Proposal] = [
            each for each in self._simulation.standing("proposals").values() if state_of(each) == "open"
        ]
        proposed = {self._who(each.beneficiary, each.programme): each for each in waiting}
        hindered: dict[str, list[TaskItem]] = {}
        for task in self._simulation.standing("tasks").values():
            if state_of(task) == "open" and task.type in HINDERING:
                hindered.setdefault(self.label(task.subject), []).append(task)
        return Reasons(
            standing=standing,
            adjusted=adjusted,
            proposed=proposed,
            hindered=hindered,
            records=records,
            labels=self._labels,
            paid=self._sums(why),
        )

    def ran_by_itself(self, whose: str) -> date | None:
        """The day of what last adjusted a benefit (`H0 dibao`) without a decision since the opening."""
        ran = [each.why for each in self.reasons({}).adjusted.get(whose, ()) if each.value.execution == "AUTOMATIC"]
        return max((day for cause in ran[-1].reasons if (day := cause.received_on)), default=None) if ran else None

    def label(self, subject: str) -> str:
        """Whom a subject means; a household of one is called as its person."""
        return self._labels.get(subject, subject)

    def _who(self, beneficiary: str, programme: str) -> str:
        return f"{self.label(beneficiary)} {programme}"

    def _since(self, topic: str) -> list[Out]:
        return self._simulation.outputs.get(topic, [])[self._opening.get(topic, 0) :]

    def _last_words(self, topic: str) -> list[Any]:
        """The items spoken of since the opening, each as it was said last."""
        return list({str(out.key): out.value for out in self._since(topic)}.values())

    def _amounts(self) -> Iterator[tuple[str, ByMonth]]:
        for account in self._simulation.accounts():
            for programme, ledger in account.ledgers.items():
                if ledger.due:
                    due = {month_text(at): yuan_text(fen) for at, fen in ledger.due}
                    yield self._who(account.beneficiary, programme), due

    def _paid(self) -> Payments:
        said = self._simulation.outputs.get("benefits.entitlements", []) if self._goes_live else []
        opened = [out for out in said if out.value.paid_through is None]
        return paid(self._simulation.outputs.get("benefits.adjustments", []), opened)

    def _payments(self) -> dict[str, ByMonth]:
        return {
            self._who(*key): {month: yuan_text(fen) for month, fen in by_month.items()}
            for key, by_month in self._paid().items()
        }

    def _sums(self, why: Mapping[str, Explanation]) -> dict[str, dict[str, Paid]]:
        """The sums that were paid with arrears in them."""
        payments = self._paid()
        found: dict[str, dict[str, Paid]] = {}
        for key, runs in arrears_of(self._simulation.outputs.get("benefits.adjustments", []), why).items():
            for run, arrears in runs.items():
                if run in payments.get(key, {}):
                    found.setdefault(self._who(*key), {})[run] = Paid(payments[key][run], arrears)
        return found

    def _statuses(self) -> Iterator[tuple[str, ByMonth]]:
        for entitlement in self._simulation.standing("benefits.entitlements").values():
            months: ByMonth = {}
            for each in entitlement.months:
                if each.status != (list(months.values()) or ["NONE"])[-1]:
                    months[each.since] = each.status
            yield self._who(entitlement.beneficiary, entitlement.programme), months

    def _adjustments(self) -> Iterator[tuple[str, Line]]:
        told = {each.explanation_id: each.text_zh for each in self._simulation.said("benefits.explanations")}
        for out in self._since("benefits.adjustments"):
            each: Adjustment = out.value
            if each.kind != "PAY_RUN_MARKER":
                yield (
                    self._who(each.beneficiary, each.programme),
                    {
                        "": each.kind,
                        "from": each.payable_from,
                        "reaches back to": each.effective_month,
                        "before": yuan_text(each.before_fen),
                        "after": yuan_text(each.after_fen),
                        "arrears": yuan_text(each.arrears_fen),
                        "receivable": yuan_text(each.receivable_fen),
                        "execution": each.execution,
                        "cause": each.cause_class,
                        "overpayment": each.overpayment_class or "none",
                        "decided": str(each.decided_on),
                        "heard": str(each.heard_on),
                        "says": told.get(each.explanation_id, ""),
                    },
                )

    def _proposal(self, each: Proposal) -> tuple[str, Line]:
        return self._who(each.beneficiary, each.programme), {
            "": state_of(each),
            "from": each.effective_month,
            "before": yuan_text(each.before_fen),
            "after": yuan_text(each.after_fen),
            "due": str(each.due_on),
        }

    def _lead(self, each: Lead) -> tuple[str, Line]:
        return self._who(each.person or each.household, each.programme), {"": state_of(each), "reason": each.reason}

    def _task(self, each: TaskItem) -> tuple[str, Line]:
        return self.label(each.subject), {"": each.type, "due": str(each.due_on), "state": state_of(each)}

    def _receipts(self) -> Iterator[tuple[str, Line]]:
        for out in self._since("receipts"):
            each: Receipt = out.value
            if each.status != "ACCEPTED":
                name = self._sentences.get(each.event_id, each.event_id)
                yield name, {"": each.status, "code": each.code or "none", "field": each.field or "none"}

    def _reconciliation(self) -> Iterator[tuple[str, Line]]:
        for each in self._simulation.standing("reconciliation").values():
            if each is not None:
                amounts = {"paid": yuan_text(each.paid_fen), "computed": yuan_text(each.computed_fen)}
                words = {"": each.finding, **amounts, "stands": str(each.stands), "says": each.text_zh}
                yield self._who(each.beneficiary, each.programme), words

    def _classes(self) -> Iterator[tuple[str, str]]:
        for each in self._simulation.standing("register.households").values():
            entry: HouseholdEntry = each
            yield self.label(entry.household), entry.computed_class

    def _persons(self) -> Iterator[tuple[str, Line]]:
        for each in self._simulation.standing("register.persons").values():
            entry: PersonEntry = each
            yield (
                self.label(entry.person),
                {
                    "alive": str(entry.alive),
                    "died": str(entry.died_on),
                    "confirmed by": str(entry.death_confirmed_by),
                    "household": self.label(entry.household),
                },
            )


def state_of(item: Proposal | Lead | TaskItem) -> str:
    """The state of an item as a case says it: what changed is open still."""
    return "open" if item.state in ("OPEN", "CHANGED") else item.state
