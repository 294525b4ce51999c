"""How what a case found came about, in lines for officers: those of `hub explain`, with the case's own names for records."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

from msgspec import Struct

from benefit_hub.entitlement.proposing import SHORT
from benefit_hub.messages.departments import RevisionName
from benefit_hub.messages.public import Adjustment, ExplainedAmount, Explanation, Proposal, TaskItem
from benefit_hub.settlement.account import Standing
from benefit_hub.settlement.explanation import explained
from benefit_hub.settlement.telling import Language, calculation, cause_lines, income_line, record_text
from benefit_hub.simulate.case_paid import sum_line
from benefit_hub.values.months import month
from benefit_hub.values.steps import value_at

MOST = 3
"""So many months are calculated for one difference: more would hide what is wrong."""

HINDERING = ("HEARING_MISSING", "DECISION_NAMES_NOT_ALL", "STANDARD_MISSING", "APPLICATION_ASTRAY")
"""Tasks by which a decision, or an application, does not do what was meant."""


class Adjusted(NamedTuple):
    """An adjustment, and why it was made."""

    value: Adjustment
    why: Explanation


class Paid(NamedTuple):
    """What a pay run paid, and the arrears in it by the months for which they are, in fen."""

    total_fen: int
    arrears: Mapping[str, int]


class Reasons(Struct, frozen=True, kw_only=True):
    """All that is known of the reasons, by whose they are (`H0 dibao`): what stands by month, adjustments since the opening in
    their order, open proposals; by whom they are about (`H0`) open tasks that keep a decision from counting; how the case calls
    each record and, by subject, everybody in it; and by pay run the sums in which there are arrears."""

    standing: Mapping[str, Standing]
    adjusted: Mapping[str, list[Adjusted]]
    proposed: Mapping[str, Proposal]
    hindered: Mapping[str, list[TaskItem]]
    records: Mapping[RevisionName, str]
    labels: Mapping[str, str]
    paid: Mapping[str, Mapping[str, Paid]]

    def lines(self, whose: str, of_months: Sequence[str], language: Language, *, paid: bool = False) -> list[str]:
        """How the amounts of these months came about, what makes up what was `paid` in them, and what waits; empty where nothing
        was said and nothing waits."""
        months = of_months[:MOST]
        runs = self.paid.get(whose, {}) if paid else {}
        amounts = [(at, explained(value_at(self.standing.get(whose, ()), month(at), None))) for at in months]
        found = [each for _, each in amounts if each is not None]
        return [
            *chain.from_iterable(dict.fromkeys(each for at in months for each in self._causes(whose, at, language))),
            *(line for at, each in amounts if each is not None for line in self._calculation(at, each, language)),
            *(sum_line(at, runs[at].total_fen, runs[at].arrears, language) for at in months if at in runs),
            *dict.fromkeys(basis(each, language) for each in found if each.clause),
            *self._waiting(whose, language),
        ]

    def _causes(self, whose: str, at: str, language: Language) -> Iterator[tuple[str, ...]]:
        """Why the amount of a month is what it is: the reasons of the last adjustment that reached it."""
        reaching = [each for each in self.adjusted.get(whose, ()) if each.why.effective_month <= at]
        for cause in reaching[-1].why.reasons if reaching else ():
            yield tuple(self._called(cause.fact, line) for line in cause_lines(cause, language))

    def _called(self, record: RevisionName | None, line: str) -> str:
        """A line with the case's own name for a record, so that two reports of one kind are told apart."""
        called = None if record is None else self.records.get(record)
        return line if record is None or called is None else line.replace(record_text(record), called)

    def _calculation(self, at: str, amount: ExplainedAmount, language: Language) -> Iterator[str]:
        """The calculation of a month, and each income in it."""
        yield f"{at}：{calculation(amount, 'zh')}" if language == "zh" else f"{at}: {calculation(amount, 'en')}"
        for income in amount.incomes:
            yield self._called(income.fact, f"    {income_line(income, language)}")

    def _waiting(self, whose: str, language: Language) -> Iterator[str]:
        """What would change it, and waits for a decision, or for what a decision lacks."""
        for task in self.hindered.get(whose.partition(" ")[0], ()):
            yield f"任务：{task.text_zh}" if language == "zh" else f"Task ({task.type}): {task.text_zh}"
        proposal = self.proposed.get(whose)
        if proposal is not None:
            told = proposal.text_zh
            for subject, label in self.labels.items():
                told = told.replace(subject[:SHORT], label)
            yield (
                f"待决定（proposal of {whose}）：{told}" if language == "zh" else f"Open (proposal of {whose}): {told}"
            )


def basis(amount: ExplainedAmount, language: Language) -> str:
    """The clause of an amount, and where it comes from."""
    return f"依据：{amount.clause}（{amount.source}）" if language == "zh" else f"By: {amount.clause} ({amount.source})"


def calendar_ends(last: date, language: Language) -> str:
    """That nothing happens by itself after the last day of a case: a birthday, an end, a review."""
    if language == "zh":
        return f"日历只走到 {last}：其后自动发生的事项（生日、到期等）尚未发生；要看到，写 until"
    return f"The calendar only comes to {last}: what happens by itself later, has not; write `until` to see it"
