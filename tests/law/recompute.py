"""Computes adjustments again by hand, from what their explanations publish: formulas as text, numbers as text, nothing of ours.

This is what an auditor with a pocket calculator does. It imports nothing of the product; a formula that is not in `FORMULAS`
fails, and is added here as its text reads, not as the product computes it.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

Told = Mapping[str, Any]
"""A published record as its reader has it."""

NOTHING_IS_PAID = (
    "nobody left",
    "no accepted application",
    "died",
    "no valid certificate",
    "no level that is paid",
    "status missing",
    "too young",
    "no registered residence",
    "not awarded",
    "no rule",
    "no payable standard",
    "recognised",
    "recorded",
    "no aid in the month",
    "not moved in the month",
    "recognised for expenses",
    "validity over",
    "another benefit",
    "ended by decision",
    "ended by its facts",
    "came of age",
    "prices under the trigger",
    "in no group that is paid",
    "no grade that is paid",
    "no ground to apply alone",
)


class CannotBeRecomputed(AssertionError):
    """An explanation lacks what is needed to compute its amount again, or contradicts itself."""


def half_up_to_fen(yuan: Fraction) -> int:
    """Rounded as the house rule says: the household's total, half up to 0.01 yuan."""
    return int((yuan * 100 + Fraction(1, 2)) // 1)


def gap(told: Told) -> int:
    """`n*S-I`: what is missing to everybody's standard, where the income per head is under it."""
    people, standard, income = (Fraction(told["inputs"][letter]) for letter in "nSI")
    if income != sum(Fraction(each["counts"]) for each in told["incomes"]):
        raise CannotBeRecomputed(f"I = {income} is not the sum of the incomes that are told: {told['incomes']}")
    if income >= people * standard:
        raise CannotBeRecomputed("the income per head is not under the standard")
    return half_up_to_fen(people * standard - income)


def gap_and_more(told: Told) -> int:
    """`n*S-I+T-R`: the gap, for so many people with a label a share of the standard each, less the own shares of some."""
    people, standard, income = (Fraction(told["inputs"][letter]) for letter in "nSI")
    more, less = (Fraction(told["inputs"].get(letter, "0")) for letter in "TR")
    if less != (people * standard - income) / people * int(told["inputs"].get("refused", "0")):
        raise CannotBeRecomputed(f"R = {less} is not the share of those who refused")
    labels = [said.split("*") for key, said in told["inputs"].items() if key.startswith("T_")]
    if more != sum(int(count) * Fraction(ratio) * standard for count, ratio in labels):
        raise CannotBeRecomputed(f"T = {more} is not what the labels come to: {labels}")
    gap(told)
    return half_up_to_fen(people * standard - income + more - less)


def grade(told: Told) -> int:
    """`n*G+T-R`: the amount of a grade for every head, where the income per head is under that share of the standard."""
    people, standard, income = (Fraction(told["inputs"][letter]) for letter in "nSI")
    if income != sum(Fraction(each["counts"]) for each in told["incomes"]):
        raise CannotBeRecomputed(f"I = {income} is not the sum of the incomes that are told: {told['incomes']}")
    if income >= people * standard * Fraction(told["inputs"]["under"]):
        raise CannotBeRecomputed(f"the income per head is not under {told['inputs']['under']} of the standard")
    basic = people * Fraction(told["inputs"]["G"])
    less = basic / people * int(told["inputs"].get("refused", "0"))
    labels = [said.split("*") for key, said in told["inputs"].items() if key.startswith("T_")]
    more = sum(int(count) * Fraction(ratio) * standard for count, ratio in labels)
    if (str(more), str(less)) != tuple(told["inputs"].get(letter, "0") for letter in "TR"):
        raise CannotBeRecomputed(f"T and R are not what labels and refusals come to: {more}, {less}")
    return half_up_to_fen(basic + more - less)


def not_poor(told: Told) -> int:
    """`p >= S`: the income per head reaches the standard."""
    people, standard, income = (Fraction(told["inputs"][letter]) for letter in "nSI")
    if income < people * standard:
        raise CannotBeRecomputed("the income per head is under the standard")
    return 0


def last_amount(told: Told) -> int:
    """`grace`: the last amount while the months are not over: the income per head reaches the standard, or the gap is less."""
    numbers = told["inputs"]
    first, last = (int(numbers[key][:4]) * 12 + int(numbers[key][5:]) for key in ("grace_from", "grace_to"))
    if last - first + 1 != int(numbers["grace_months"]):
        raise CannotBeRecomputed("the months of the gradual exit do not fit its length")
    if "gap_fen" not in numbers:
        return not_poor(told) + int(numbers["last_fen"])
    people, standard, income = int(numbers["n"]), Fraction(numbers["S"]), Fraction(numbers["I"])
    gap = half_up_to_fen(people * standard - income)
    if not 0 < gap <= int(numbers["gap_fen"]) < int(numbers["last_fen"]):
        raise CannotBeRecomputed("the gap is not less than the last amount")
    return int(numbers["last_fen"])


def by_amount(told: Told) -> int:
    """The amount of the standard itself, whole."""
    return half_up_to_fen(Fraction(told["inputs"]["amount"]))


def placed(told: Told) -> int:
    """The basic standard of the placement, and where there is one the standard of care."""
    basic, care = Fraction(told["inputs"]["basic"]), Fraction(told["inputs"].get("care", "0"))
    return half_up_to_fen(basic + care)


def less_the_share(told: Told) -> int:
    """The standard less an equal share of what the household already has, and not below zero."""
    standard, other, heads = (Fraction(told["inputs"][name]) for name in ("amount", "other", "heads"))
    return max(0, half_up_to_fen(standard - other / heads))


def risen(told: Told) -> int:
    """The standard times the rise in percent, not less than the floor, for every head."""
    heads, standard, percent, floor = (Fraction(told["inputs"][name]) for name in ("heads", "S", "percent", "floor"))
    return half_up_to_fen(heads * max(standard * percent / 100, floor))


def for_every_head(told: Told) -> int:
    """`heads*amount once`: the amount for every head."""
    return half_up_to_fen(Fraction(told["inputs"]["heads"]) * Fraction(told["inputs"]["amount"]))


def alone(told: Told) -> int:
    """`S*share`, or `ceil(S*share)`: a share of the standard, up to the next whole yuan where it says so."""
    exact = Fraction(told["inputs"]["S"]) * Fraction(told["inputs"]["share"])
    return -int(-exact // 1) * 100 if told["formula"].startswith("ceil") else half_up_to_fen(exact)


def lower(told: Told) -> int:
    """Nothing, because another of the same kind is not less."""
    if Fraction(told["inputs"]["other"]) < Fraction(told["inputs"]["amount"]):
        raise CannotBeRecomputed("the other is not higher")
    return 0


FORMULAS: dict[str, Callable[[Told], int]] = {
    "n*S-I": gap,
    "n*S-I+T": gap_and_more,
    "n*S-I-R": gap_and_more,
    "n*S-I+T-R": gap_and_more,
    "n*G": grade,
    "n*G+T": grade,
    "n*G-R": grade,
    "n*G+T-R": grade,
    "p >= S": not_poor,
    "grace": last_amount,
    "grace over": not_poor,
    "amount by level": by_amount,
    "amount by age": by_amount,
    "flat": by_amount,
    "amount by ability": by_amount,
    "amount by placement": placed,
    "amount by placement and care": placed,
    "heads*max(S*percent,floor)": risen,
    "heads*amount once": for_every_head,
    "S*share": alone,
    "ceil(S*share)": alone,
    "difference": less_the_share,
    "lower than another": lower,
    "decided": lambda told: int(told["inputs"]["decided_fen"]),
    "as paid": lambda told: int(told["inputs"]["paid_fen"]),
    **dict.fromkeys(NOTHING_IS_PAID, lambda _: 0),
}


def computed(told: Told | None) -> int:
    """The amount of one computation in fen; nothing told is nothing owed."""
    if told is None:
        return 0
    if told["formula"] not in FORMULAS:
        raise CannotBeRecomputed(
            f"a new formula, {told['formula']!r}: say in {__file__} how its text is computed by hand"
        )
    return FORMULAS[told["formula"]](told)


def paid(told: Told | None) -> int:
    """The same, as far as it is paid: what is on hold is not."""
    return 0 if told is None or told["pay"] == "HOLD" else computed(told)


def faults(adjustment: Told, why: Told) -> list[str]:
    """What of an adjustment does not come out again from its explanation."""
    rows = [{"since": why["effective_month"], "before": why["before"], "after": why["after"]}, *why["months"]]
    found = []
    for row in rows:
        for side in ("before", "after"):
            if row[side] is not None and computed(row[side]) != row[side]["amount_fen"]:
                told = row[side]["amount_fen"]
                found.append(f"{side} from {row['since']}: {told} was told, {computed(row[side])} comes out")
    last = rows[-1]
    found += [
        f"{side}: {adjustment[f'{side}_fen']} was told, {paid(last[side])} comes out"
        for side in ("before", "after")
        if paid(last[side]) != adjustment[f"{side}_fen"]
    ]
    arrears = receivable = 0
    for month in why["settled"]:
        row = [each for each in rows if each["since"] <= month["month"]][-1]
        difference = paid(row["after"]) - paid(row["before"])
        parts = settled(difference, month["overpaid_fen"], month["unpaid_fen"])
        if (month["difference_fen"], month["arrears_fen"], month["receivable_fen"]) != (difference, *parts):
            found.append(f"{month['month']}: told {dict(month)}, {difference} and {parts} come out")
        arrears, receivable = arrears + parts[0], receivable + parts[1]
    if (arrears, receivable) != (adjustment["arrears_fen"], adjustment["receivable_fen"]):
        found.append(f"arrears and receivable: {(arrears, receivable)} come out")
    if [each["month"] for each in why["settled"]] != [each["month"] for each in adjustment["settled"]]:
        found.append("other months are explained than were settled")
    return found + month_faults(adjustment, why)


def after(day: str) -> str:
    """The month after a day, or a month: `2026-12-31` gives `2027-01`."""
    year, month = int(day[:4]), int(day[5:7])
    return f"{year + month // 12:04}-{month % 12 + 1:02}"


MONTHS: dict[str, Callable[[Told], str]] = {
    "SAME_MONTH": lambda told: told["decided"][:7],
    "NEXT_MONTH_OF_EVENT": lambda told: after(told["happened"]),
    "NEXT_MONTH_OF_DECISION": lambda told: max(after(told["decided"]), told["happened"][:7]),
    "APPLICATION_MONTH": lambda told: told["happened"][:7],
    "EVENT_MONTH": lambda told: told["happened"][:7],
    "MONTH_OF_RECORD": lambda told: told["happened"][:7],
}
"""From which month something counts, by the rule that is named and the days that are told."""


def month_faults(adjustment: Told, why: Told) -> list[str]:
    """What of the months does not come out: that of a cause, or why the effective month is just that one.

    Either a cause counts from it on, or what is computed for it is another than for the month before. Which number somebody is
    paid under changes with the next pay run, whatever is owed.
    """
    found, causes = [], [each["month"] for each in why["reasons"] if each["month"] is not None]
    for each in causes:
        by_hand = {"RULE": MONTHS[each["rule"]](each), "ENDED": after(each["happened"])}.get(each["way"], each["since"])
        if by_hand != each["since"]:
            found.append(f"{each['rule']}, {each['way']}: {each['since']} was told, {by_hand} comes out")
        if each["way"] == "RULE" and each["clause"] and not each["source"]:
            found.append(f"{each['clause']}: no source")
    if adjustment["kind"] in ("TRANSFER_IN", "TRANSFER_OUT"):
        return found
    month, eve = why["effective_month"], why["eve"]
    if month in [each["since"] for each in causes]:
        return found
    if eve is None or after(eve["since"]) != month:
        return [*found, f"nothing tells why it is {month}: {[each['since'] for each in causes]}, {eve}"]
    if all(computing(eve[side]) == computing(why[side]) for side in ("before", "after")):
        found.append(f"nothing is computed otherwise for {month} than for {eve['since']}")
    return found


def computing(told: Told | None) -> Any:
    """A computation, whatever it comes to."""
    return told and [told[key] for key in ("rule", "formula", "inputs", "facts", "incomes", "pay")]


def settled(difference: int, overpaid: int, unpaid: int) -> tuple[int, int]:
    """Arrears and receivable of a paid month: more cancels what was overpaid, less undoes arrears that were not paid yet."""
    if difference > 0:
        return max(0, difference - overpaid), -min(overpaid, difference)
    return -min(unpaid, -difference), max(0, -difference - unpaid)
