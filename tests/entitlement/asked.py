"""A rule asked of a month, with no hub around it: the facts that count are given, and what the rule looks at beside them."""

from collections import Counter
from datetime import date
from typing import Any

from msgspec import structs

from benefit_hub.entitlement.opening import NO_LAW
from benefit_hub.entitlement.rules import RULES
from benefit_hub.entitlement.rules.rule import NONE, Answer, Question
from benefit_hub.entitlement.shares import Share
from benefit_hub.entitlement.world import Counted, World
from benefit_hub.messages.internal import Cause, Fact, Held, Snapshot
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.policy.standards import Dated
from benefit_hub.task.indices import RegionValue
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import FIRST_MONTH, Month, month, month_of
from tests.facts import applies
from tests.in_memory import demo_book

HOUSEHOLD = "h:H0"
Row = tuple[str, dict[str, str], dict[str, int]]
ON = "2026-01-05"
APPLIED = {"application": 1}


def gz_t(**changed: Any) -> Pack:
    """The demonstration pack, with some of it changed."""
    pack = demo_book().pack("990101")
    assert pack is not None
    return structs.replace(pack, **changed)


def with_standard(name: str, *values: tuple[str, str]) -> Pack:
    """The pack with other values of a standard: since which month, how many yuan."""
    pack = gz_t()
    dated = tuple(Dated(month(since), yuan) for since, yuan in values)
    return gz_t(standards={**pack.standards, name: structs.replace(pack.standards[name], values=dated)})


def counts(fact: Fact, since: str | None = None, *, decided: str | None = None) -> Counted:
    """A fact that counts, from the month in which it begins unless another is said."""
    day = fact.received_on if decided is None else date.fromisoformat(decided)
    why = Cause(cause=fact.kind, name=fact.name, event_day=fact.valid_from, received_on=day, execution="AUTOMATIC")
    begins = month_of(fact.valid_from) if since is None else month(since)
    return Counted(fact=fact, since=begins, rule="EVENT_MONTH", decided_on=day, cause=why, row=NO_LAW.effects[0])


def question(
    programme: str,
    *facts: Fact | Counted,
    people: tuple[str, ...] = ("ann",),
    of: str | None = None,
    pack: Pack | None = None,
    **changed: Any,
) -> Question:
    """A question about the household, or about one of it; `changed` are keys of the programme, but for these: `joined`, since
    which month somebody is a member who was not ever; `has`, statuses of the household; `given`, what others give, ever or
    from months on; `prices` as published."""
    joined, has, given, prices = (changed.pop(key, {}) for key in ("joined", "has", "given", "prices"))
    law = gz_t() if pack is None else pack
    said: Programme = structs.replace(law.programmes[programme], **changed)
    law = structs.replace(law, programmes={**law.programmes, programme: said})
    since = {who: joined.get(who) for who in people}
    held = {f"p:{who}": (Held(FIRST_MONTH if at is None else month(at), HOUSEHOLD, True),) for who, at in since.items()}
    members = {
        f"p:{who}": Snapshot(
            person=f"p:{who}",
            household=HOUSEHOLD,
            version=1,
            number=1,
            held=held[f"p:{who}"],
            reported=(),
            role="HEAD" if at == 0 else "OTHER",
            records=(),
        )
        for at, who in enumerate(people)
    }
    counted = [each if isinstance(each, Counted) else counts(each) for each in facts]
    shares = {
        key: ((FIRST_MONTH, said),) if isinstance(said, Share) else tuple((month(at), share) for at, share in said)
        for key, said in given.items()
    }
    return Question(
        world=World(HOUSEHOLD, members, held, counted, None),
        pack=law,
        programme=said,
        subject=HOUSEHOLD if of is None else f"p:{of}",
        status_of=lambda name, _: has.get(name, NONE),
        shares=lambda name, who: shares.get((name, who), ()),
        region_values=tuple(RegionValue(measure, "99", month(at), percent) for measure, at, percent in prices),
    )


def answer(asked: Question, at: str) -> Answer:
    """What the rule of the programme says of a month."""
    return RULES[asked.programme.rule].answer(asked, Month(month(at)))


def told(said: Answer) -> tuple[str, dict[str, str], dict[str, int]]:
    """An answer as a row: status, yuan and formula, the numbers, and how many records of each kind it names."""
    left = ", nobody is left" if said.empty else ""
    records = Counter(each.fact.kind for each in said.counted)
    return f"{said.status} {yuan_text(said.fen)} {said.formula}{left}", said.inputs, dict(records)


def asks(programme: str, who: str = "p:ann") -> Fact:
    return applies(who, programme, ON)


def check(asked: Question, at: str, expected: Row) -> None:
    assert told(answer(asked, at)) == expected
