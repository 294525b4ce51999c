"""How what a case found came about, in lines for officers: those of `hub explain`, with the case's own names for records."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from benefit_hub.messages.departments import RevisionName
from benefit_hub.messages.public import Adjustment, ExplainedAmount, ExplainedCause, Explanation, Proposal
from benefit_hub.settlement.account import Standing
from benefit_hub.settlement.explanation import explained
from benefit_hub.settlement.telling import Language, calculation, income_line, reason_en, reason_zh
from benefit_hub.values.months import month
from benefit_hub.values.steps import value_at

MOST = 3
"""So many months are calculated for one difference: more would hide what is wrong."""
SHORT = 10
"""So much of a pseudonym is said where a person is meant among others: `p:91f3bd1c`."""


class Adjusted(NamedTuple):
    """An adjustment, and why it was made."""

    value: Adjustment
    why: Explanation


class Reasons(Struct, frozen=True, kw_only=True):
    """All that is known of the reasons, by whose they are (`H0 dibao`): what stands by month, adjustments since the
    opening in their order, open proposals; and how the case calls each record and, by subject, everybody in it."""

    standing: Mapping[str, Standing]
    adjusted: Mapping[str, list[Adjusted]]
    proposed: Mapping[str, Proposal]
    records: Mapping[RevisionName, str]
    labels: Mapping[str, str]

    def lines(self, whose: str, of_months: Sequence[str], language: Language) -> list[str]:
        """How the amounts of these months came about, and what waits; empty where nothing was said and nothing waits."""
        months = of_months[:MOST]
        amounts = [(at, explained(value_at(self.standing.get(whose, ()), month(at), None))) for at in months]
        found = [each for _, each in amounts if each is not None]
        return [
            *dict.fromkeys(line for at in months for line in self._causes(whose, at, language)),
            *(line for at, each in amounts if each is not None for line in self._calculation(at, each, language)),
            *dict.fromkeys(basis(each, language) for each in found if each.clause),
            *self._waiting(whose, language),
        ]

    def _causes(self, whose: str, at: str, language: Language) -> Iterator[str]:
        """Why the amount of a month is what it is: the reasons of the last adjustment that reached it."""
        reaching = [each for each in self.adjusted.get(whose, ()) if each.why.effective_month <= at]
        for cause in reaching[-1].why.reasons if reaching else ():
            said, name = (reason_zh(cause), "原因：") if language == "zh" else (reason_en(cause), "Because of: ")
            yield f"{name}{said}{self._called(cause, language)}"

    def _called(self, cause: ExplainedCause, language: Language) -> str:
        """How the case calls what caused something, so that two reports of one kind are told apart."""
        called = None if cause.fact is None else self.records.get(cause.fact)
        return "" if called is None else f"（{called}）" if language == "zh" else f" ({called})"

    def _calculation(self, at: str, amount: ExplainedAmount, language: Language) -> Iterator[str]:
        """The calculation of a month, and each income in it."""
        yield f"{at}：{calculation(amount, 'zh')}" if language == "zh" else f"{at}: {calculation(amount, 'en')}"
        for income in amount.incomes:
            name = income.fact
            called = self.records.get(name, name.record)
            record = f"{name.source} {name.kind} {name.record} v{name.revision}"
            yield f"    {income_line(income, language).replace(record, called)}"

    def _waiting(self, whose: str, language: Language) -> Iterator[str]:
        """What would change it, and waits for a decision."""
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
