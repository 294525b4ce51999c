"""What a preview says beyond what is paid: who comes under a limit or over it, and what would have to be decided.

Nobody enters without applying, and what is proposed waits: none of this is a cost.
"""

from collections.abc import Iterator
from fractions import Fraction

from benefit_hub.entitlement import leading
from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.findings import means_told
from benefit_hub.entitlement.household import Household
from benefit_hub.entitlement.proposing import proposals
from benefit_hub.entitlement.rules import RULES
from benefit_hub.entitlement.rules.means import Means
from benefit_hub.messages.public import Lead, Proposal
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.policy.wording import cause_text
from benefit_hub.simulate.preview_lines import NOBODY, Effect, Line, Window, had
from benefit_hub.values.ids import is_person
from benefit_hub.values.money import half_up, signed_text, yuan_text
from benefit_hub.values.months import Month, month_text

CALLED = {"DIBAO": "低保标准", "MARGIN": "低保边缘标准"}


def open_lines(seen: Household, before: Assessment, after: Assessment, window: Window) -> Iterator[Line]:
    """Who may apply or may no longer, and what has to be decided or need not be any more, by the second law."""
    if before.pack is None or after.pack is None:
        return
    crossed = [*crossings(seen, before, after, window)]
    yield from crossed
    told = {(each.programme, each.beneficiary) for each in crossed}
    standing = [leading.leads(seen, each, window.seen_until) for each in (before, after)]
    turns: tuple[tuple[Effect, int, int], ...] = (("MAY_APPLY", 1, 0), ("NO_LONGER_UNDER", 0, 1))
    for effect, ones, others in turns:
        for key, each in standing[ones].items():
            if key not in standing[others] and (each.programme, each.person or seen.household) not in told:
                yield by_lead(seen, (before, after)[ones], each, effect, window)
    yield from undecided(seen, before, after, window)


class Limit:
    """How far a household's last known means are under what a programme says, month by month."""

    def __init__(self, found: Assessment, computes: str, window: Window) -> None:
        self.unit = next((each for each in found.units if RULES[each.programme.rule].computes == computes), None)
        means = means_told([each for each in found.units if not is_person(each.beneficiary)])[0]
        self.means = None if means is None else means.means
        months = window.months
        self.values = [limit_of(found.pack, self.unit, self.means, at) for at in months]
        self.under = [
            self.means is not None and each is not None and per_head(self.means) < each for each in self.values
        ]


def limit_of(pack: Pack | None, unit: Unit | None, means: Means | None, month: Month) -> Fraction | None:
    """Under how many yuan a month an income per head has to be for a programme; None where nothing says it."""
    if pack is None or unit is None or means is None:
        return None
    programme = unit.programme.at(month)
    name = programme.standards.get(means.area)
    value = None if name is None else pack.standards[name].per_month(month)
    return None if value is None else value * Fraction(programme.factor or "1")


def per_head(means: Means) -> Fraction:
    """The income per head, in yuan."""
    return Fraction(means.income, means.parts * len(means.people))


def crossings(seen: Household, before: Assessment, after: Assessment, window: Window) -> Iterator[Line]:
    """Households that are under a limit by one law and not by the other, and of which nothing that is paid says so already."""
    told = [Limit(each, "DIBAO", window) for each in (before, after)]
    edge = [Limit(each, "MARGIN", window) for each in (before, after)]
    for limits, inner in ((told, None), (edge, told)):
        old, new = limits
        if new.unit is None or old.unit is None:
            continue
        has = [had(seen, each.unit, window).status for each in (old, new)]
        inside = [
            [under and not (inner is not None and inner[law].under[at]) for at, under in enumerate(limits[law].under)]
            for law in (0, 1)
        ]
        enters = [at for at in range(window.count) if inside[1][at] and not inside[0][at] and not has[1][at]]
        leaves = [
            at for at in range(window.count) if inside[0][at] and not new.under[at] and (has[1][at] or not has[0][at])
        ]
        turns: tuple[tuple[Effect, list[int]], ...] = (("MAY_APPLY", enters), ("NO_LONGER_UNDER", leaves))
        for effect, months in turns:
            if months:
                yield crossing_line(seen, after, (old, new), effect, months, window)


def crossing_line(
    seen: Household, after: Assessment, limits: tuple[Limit, Limit], effect: Effect, months: list[int], window: Window
) -> Line:
    """The line of a household that comes to stand on the other side of a limit."""
    old, new = limits
    if new.unit is None or new.means is None:
        raise ValueError("who crosses a limit has means")
    programme, at = new.unit.programme, months[0]
    computes = RULES[programme.rule].computes or ""
    gains = [gap(new, month) if RULES[programme.rule].pays and effect == "MAY_APPLY" else 0 for month in months]
    head = yuan_text(half_up(per_head(new.means)))
    told = f"人均收入 {head} 元，{CALLED[computes]} {limit_text(old, at)} → {limit_text(new, at)} 元"
    return Line(
        effect=effect,
        region=after.region,
        programme=programme.name,
        title=programme.title,
        household=seen.household,
        beneficiary=seen.household,
        since=month_text(window.months[at]),
        until=month_text(window.months[months[-1]]),
        open_fen=gains[0],
        open_sum_fen=sum(gains),
        threshold="IN" if effect == "MAY_APPLY" else "OUT",
        why=f"{told}：{SAID[effect]}",
    )


SAID = {
    "MAY_APPLY": "进入标准以内。不申请不发放，请告知政策、协助申请",
    "NO_LONGER_UNDER": "超出标准。已认定身份的须核查，未申请的不再提醒",
}


def limit_text(limit: Limit, at: int) -> str:
    """A limit as it is read."""
    value = limit.values[at]
    return "—" if value is None else yuan_text(half_up(value))


def gap(limit: Limit, at: int) -> int:
    """What is missing to everybody's standard in a month, in fen."""
    value, means = limit.values[at], limit.means
    if value is None or means is None:
        return 0
    return half_up(max(Fraction(0), len(means.people) * value - Fraction(means.income, means.parts)))


def by_lead(seen: Household, found: Assessment, lead: Lead, effect: Effect, window: Window) -> Line:
    """Somebody would be helped to apply by one law only; what it would come to is not known before he applies."""
    programme: Programme | None = None if found.pack is None else found.pack.programmes.get(lead.programme)
    return Line(
        effect=effect,
        region=found.region,
        programme=lead.programme,
        title=lead.programme if programme is None else programme.title,
        household=seen.household,
        beneficiary=lead.person or seen.household,
        since=month_text(window.first),
        until=month_text(window.last),
        open_fen=None if effect == "MAY_APPLY" else 0,
        open_sum_fen=None if effect == "MAY_APPLY" else 0,
        why=lead.text_zh if effect == "MAY_APPLY" else f"按改后的规则不再提醒：{lead.text_zh}",
    )


def undecided(seen: Household, before: Assessment, after: Assessment, window: Window) -> Iterator[Line]:
    """What waits for a decision by one law and not, or with another difference, by the other."""
    stood, stands = (proposals(seen, each, NOBODY) for each in (before, after))
    units = [{(each.programme.name, each.beneficiary): each for each in found.units} for found in (before, after)]
    for key in dict.fromkeys((*stands, *stood)):
        said = stands.get(key) or stood[key]
        name = (said.programme, said.beneficiary)
        more = [
            on_top(seen, units[law].get(name), window) if key in each else [0] * window.count
            for law, each in enumerate((stood, stands))
        ]
        if more[0] != more[1] or (key in stands) != (key in stood):
            effect: Effect = "HAS_TO_BE_DECIDED" if key in stands else "NOTHING_TO_DECIDE"
            unit = units[1].get(name) or units[0][name]
            yield proposal_line(seen, after.region, unit, said, effect, more, window)


def on_top(seen: Household, unit: Unit | None, window: Window) -> list[int]:
    """What would come on top of what is paid, by month, if all that waits were decided as it is proposed."""
    if unit is None:
        return [0] * window.count
    paid, reported = had(seen, unit, window).fen, had(seen, unit, window, unit.reported).fen
    return [new - old for old, new in zip(paid, reported, strict=True)]


def proposal_line(
    seen: Household, region: str, unit: Unit, said: Proposal, effect: Effect, more: list[list[int]], window: Window
) -> Line:
    """The line of a proposal that is new, another, or gone."""
    differing = [at for at in range(window.count) if more[0][at] != more[1][at]] or [0]
    at = differing[0]
    about = "、".join(map(cause_text, said.causes))
    if effect == "HAS_TO_BE_DECIDED":
        told = f"每月 {signed_text(more[1][at])} 元（按现行为 {signed_text(more[0][at])} 元），决定之前照旧发放"
    else:
        told = f"按现行建议每月 {signed_text(more[0][at])} 元，改后不再需要这项决定"
    return Line(
        effect=effect,
        region=region,
        programme=unit.programme.name,
        title=unit.programme.title,
        household=seen.household,
        beneficiary=unit.beneficiary,
        since=month_text(window.months[at]),
        until=month_text(window.months[differing[-1]]),
        open_before_fen=more[0][at],
        open_before_sum_fen=sum(more[0]),
        open_fen=more[1][at],
        open_sum_fen=sum(more[1]),
        why=f"申报待审核（{about}）：{told}",
    )
