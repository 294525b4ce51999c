"""What makes up a sum that was paid: the rate of its month, and arrears by the months for which they are."""

from collections.abc import Iterable, Iterator, Mapping

from benefit_hub.messages.public import Adjustment, Explanation
from benefit_hub.settlement.telling import Language
from benefit_hub.task import Out
from benefit_hub.values.money import yuan_text

Arrears = dict[tuple[str, str], dict[str, dict[str, int]]]
"""Fen by beneficiary and programme, by the month of the pay run, by the month for which they are; what was undone is negative."""


def arrears_of(adjustments: Iterable[Out], why: Mapping[str, Explanation]) -> Arrears:
    """The arrears in each pay run: those told since the run before it, in the order of the topic; `why` by explanation id."""
    waiting: dict[int | None, dict[tuple[str, str], dict[str, int]]] = {}
    found: Arrears = {}
    for out in adjustments:
        told: Adjustment = out.value
        waits = waiting.setdefault(out.partition, {})
        if told.kind == "PAY_RUN_MARKER":
            for key, months in waits.items():
                found.setdefault(key, {})[told.effective_month] = months
            waiting[out.partition] = {}
        elif told.arrears_fen:
            months = waits.setdefault((told.beneficiary, told.programme), {})
            for settled in why[told.explanation_id].settled:
                months[settled.month] = months.get(settled.month, 0) + settled.arrears_fen
    return found


def sum_line(run: str, total_fen: int, arrears: Mapping[str, int], language: Language) -> str:
    """`2026-10：1635.00 + 补发 2026-08、2026-09 各 255.00 = 2145.00`."""
    rate = total_fen - sum(arrears.values())
    parts = " ".join([yuan_text(rate), *_parts(arrears, language)])
    return f"{run}{'：' if language == 'zh' else ': '}{parts} = {yuan_text(total_fen)}"


def _parts(arrears: Mapping[str, int], language: Language) -> Iterator[str]:
    """Months of one amount together, each sum with its sign."""
    alike: dict[int, list[str]] = {}
    for at, fen in sorted(arrears.items()):
        if fen:
            alike.setdefault(fen, []).append(at)
    for fen, months in alike.items():
        sign, amount = "+" if fen > 0 else "−", yuan_text(abs(fen))
        if language == "zh":
            each = "各 " if len(months) > 1 else ""
            yield f"{sign} {'补发' if fen > 0 else '取消补发'} {'、'.join(months)} {each}{amount}"
        else:
            each = " each" if len(months) > 1 else ""
            yield f"{sign} arrears{'' if fen > 0 else ' undone'} of {', '.join(months)} {amount}{each}"
