"""Top-ups (分类施保): more than the gap for minors, the old, students, the severely disabled and the seriously ill."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from msgspec import structs

from benefit_hub.entitlement.rules.means import Means
from benefit_hub.entitlement.rules.rule import Answer, Question
from benefit_hub.entitlement.world import Counted, World, turns
from benefit_hub.messages.departments import Certificate, Residence, SchoolEnrolment
from benefit_hub.messages.internal import Fact
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.policy.terms import LABELLED_BY, Label
from benefit_hub.values.money import half_up
from benefit_hub.values.months import Month, month_after, month_of


def with_top_ups(question: Question, month: int, answer: Answer, means: Means) -> Answer:
    """The amount with what the labels of members add: T, a share of the standard for each; rounded once, as a whole."""
    terms = question.programme.top_ups
    if terms is None or not terms.labels:
        return answer
    counts: dict[str, int] = {}
    shown: list[Counted] = []
    ratios: dict[str, Fraction] = {each.name: Fraction(each.ratio) for each in terms.labels}
    for person in means.people:
        mine = [
            (each, by) for each in terms.labels if (by := labelled(question.world, each, person, month)) is not None
        ]
        if mine and terms.stack == "MAX":
            mine = [max(mine, key=lambda row: ratios[row[0].name])]
        for label, by in mine:
            counts[label.name] = counts.get(label.name, 0) + 1
            shown.append(by)
    if not counts:
        return answer
    more = sum(count * ratios[name] for name, count in counts.items()) * means.per_month
    return structs.replace(
        answer,
        fen=half_up(means.basic(answer.numbers) + more),
        formula=f"{answer.formula}+T",
        numbers={
            **answer.numbers,
            "T": str(more),
            **{f"T_{name}": f"{count}*{ratios[name]}" for name, count in sorted(counts.items())},
        },
        counted=tuple(dict.fromkeys((*answer.counted, *shown))),
        clauses=(*answer.clauses, terms.clause),
        sources=(*answer.sources, terms.source),
        assumed=answer.assumed or terms.assumed,
    )


def labelled(world: World, label: Label, person: str, month: int) -> Counted | None:
    """What shows that somebody has a label in a month; None where nothing does."""
    for each in world.standing(person, LABELLED_BY[label.name], month):
        fact = each.fact.payload
        match label.name:
            case "MINOR" | "OLD":
                fits = isinstance(fact, Residence) and of_age(world, label, fact, month)
            case "STUDENT":
                fits = isinstance(fact, SchoolEnrolment) and fact.full_time
            case "DISABLED":
                fits = isinstance(fact, Certificate) and fact.status == "VALID" and severe(label, fact)
            case _:
                fits = True
        if fits:
            return each
    return None


def of_age(world: World, label: Label, home: Residence, month: int) -> bool:
    """Whether somebody is young enough, through the month of the birthday, and old enough, from that month on."""
    last, first = (None if age is None else turns(home, age) for age in (label.under, label.since))
    young = last is None or month <= month_of(last) or not world.seen(last)
    return young and (first is None or (month >= month_of(first) and world.seen(first)))


def severe(label: Label, held: Certificate) -> bool:
    """Whether a certificate has one of the levels."""
    return any(each.level in label.levels for each in held.categories)


def label_days(programme: Programme, _pack: Pack, fact: Fact) -> Iterator[date]:
    """The birthdays on which somebody who is registered so gets or loses a label."""
    home, terms = fact.payload, programme.top_ups
    if terms is not None and isinstance(home, Residence):
        ages = (age for each in terms.labels for age in (each.under, each.since) if age is not None)
        yield from (turns(home, age) for age in ages)


def label_months(question: Question) -> Iterator[Month]:
    """The months in which labels come and go by age."""
    terms, world = question.programme.top_ups, question.world
    ages = [(each.under, each.since) for each in terms.labels] if terms is not None else []
    if not any(young or old for young, old in ages):
        return
    for person in world.people:
        for home in (each.fact.payload for each in world.all(person, "residence")):
            if isinstance(home, Residence):
                yield from (month_after(turns(home, young)) for young, _ in ages if young is not None)
                yield from (month_of(turns(home, old)) for _, old in ages if old is not None)
