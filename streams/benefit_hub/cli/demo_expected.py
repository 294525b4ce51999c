"""What a chapter of the story must have come to, against what the adjustments say; and what a payer makes of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benefit_hub.cli.demo_story import Chapter, Expected, Story
from benefit_hub.messages.public import Adjustment
from benefit_hub.values.money import fen, yuan_text
from benefit_hub.values.months import month
from benefit_hub.values.steps import Steps, put_from, value_at

Unit = tuple[str, str]
"""Beneficiary and programme."""


@dataclass
class Payer:
    """Who pays by the adjustments alone: what stands per month, what comes on top once, and at each marker what is paid."""

    standing: dict[Unit, Steps[int]] = field(default_factory=dict)
    once: Counter[Unit] = field(default_factory=Counter)
    partition: dict[str, int] = field(default_factory=dict)
    paid: dict[str, Counter[str]] = field(default_factory=dict)
    """Per pay run and beneficiary, in fen."""

    def take(self, told: Adjustment) -> None:
        """One more adjustment, in the order of its partition."""
        if told.kind == "PAY_RUN_MARKER":
            self._close(told.effective_month, told.origin)
            return
        unit = (told.beneficiary, told.programme)
        self.partition[told.beneficiary] = told.origin
        self.standing[unit] = put_from(self.standing.get(unit, ()), month(told.payable_from), told.after_fen, 0)
        self.once[unit] += told.arrears_fen

    def _close(self, run: str, partition: int) -> None:
        """A pay run closes in one partition: everybody there is paid what stands, and arrears once."""
        paid = self.paid.setdefault(run, Counter())
        for unit, steps in self.standing.items():
            if self.partition[unit[0]] == partition:
                paid[unit[0]] += value_at(steps, month(run), 0) + self.once.pop(unit, 0)


def misfits(
    story: Story, chapter: Chapter, key: bytes, adjustments: Sequence[Adjustment], paid: Mapping[str, Mapping[str, int]]
) -> list[str]:
    """Where the adjustments of a chapter, and the pay runs that closed in it, are not as was worked out by hand."""
    told = [each for each in adjustments if each.kind != "PAY_RUN_MARKER"]
    names = story.names(key)
    expected = {(story.beneficiary(each.who, key), each.programme): each for each in chapter.expect}
    units = dict.fromkeys([*expected, *((each.beneficiary, each.programme) for each in told)])
    found: list[str] = []
    for unit in units:
        mine = [each for each in told if (each.beneficiary, each.programme) == unit]
        who = f"{names.get(unit[0], unit[0])} {unit[1]}"
        found += (f"{who}: {text}" for text in changes(expected.get(unit), mine))
    for run, amounts in chapter.paid.items():
        for who, yuan in amounts.items():
            got = paid.get(run, {}).get(story.beneficiary(who, key), 0)
            if got != fen(yuan):
                found.append(f"pay run {run}, {names[story.beneficiary(who, key)]}: {yuan_text(got)}, by hand {yuan}")
    return found


def changes(expected: Expected | None, mine: Sequence[Adjustment]) -> Iterator[str]:
    """How a chapter's adjustments of one beneficiary and programme, taken together, differ from what was expected."""
    if not mine:
        yield "no adjustment"
        return
    first, last = mine[0], mine[-1]
    arrears, receivable = sum(each.arrears_fen for each in mine), sum(each.receivable_fen for each in mine)
    if expected is None:
        if (first.before_fen, arrears, receivable) != (last.after_fen, 0, 0):
            yield f"{yuan_text(first.before_fen)} -> {yuan_text(last.after_fen)}, by hand nothing changes"
        return
    rows: Iterable[tuple[str, str, str]] = (
        ("from", last.payable_from, expected.from_month),
        ("before", yuan_text(first.before_fen), expected.before),
        ("after", yuan_text(last.after_fen), expected.after),
        ("arrears", yuan_text(arrears), expected.arrears),
        ("receivable", yuan_text(receivable), expected.receivable),
    )
    yield from (f"{name} {got}, by hand {by_hand}" for name, got, by_hand in rows if got != by_hand)
