"""What has to be done by a day, or because of what somebody has come to own: seen by the calendar, done by a person.

Nothing here moves money: a review that is missed, a car that was bought, an application that waits too long are tasks, and what
is paid stays as it is until somebody decides ([L2] 31; [L3] 3(4)).
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.papers import Papers
from benefit_hub.entitlement.rules.rule import NONE, NOT_ELIGIBLE
from benefit_hub.entitlement.world import ENTRIES, Counted
from benefit_hub.messages.departments import (
    AbilityAssessment,
    Application,
    DataChallenge,
    Enterprise,
    Report,
    Review,
    RevisionName,
    SelfEmployed,
    VerificationResult,
)
from benefit_hub.messages.internal import Fact
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.policy.deadlines import Deadline, WorkingDays
from benefit_hub.policy.named_rules import DIBAO
from benefit_hub.values.months import add_months, first_day, month_of, partial_date
from benefit_hub.values.steps import value_at

DAY = timedelta(days=1)
DueType = Literal[
    "DECISION_OVERDUE",
    "CALENDAR_MISSING",
    "REVIEW_DUE",
    "REVIEW_OVERDUE",
    "CERTIFICATE_ENDS",
    "AWARD_ENDS",
    "ASSET_WARNING",
    "REASSESSMENT_OVERDUE",
    "CHALLENGE_OVERDUE",
]
DECISION_OVERDUE: DueType = "DECISION_OVERDUE"
VERIFIED_AS = {
    "vehicle": "VEHICLE",
    "real_estate": "HOUSE",
    "financial_asset": "DEPOSIT",
    "enterprise": "BUSINESS",
    "self_employed": "BUSINESS",
}
"""By which item verification tells of an asset that a department has told of."""
LOOKED_AT = {"REVIEW": ("review",), "REASSESSMENT": ("report", "ability_assessment")}
"""The kinds of facts at which an occasion looks beside those that move money."""
OWNED = {
    "vehicle": "车辆登记",
    "real_estate": "不动产登记",
    "financial_asset": "金融资产",
    "enterprise": "企业登记",
    "self_employed": "个体工商户登记",
}


class Due(Struct, frozen=True, gc=False, kw_only=True):
    """Something that has to be done: shown from `since` on and before `until`, due on a day that may not be known."""

    type: DueType
    subject: str
    since: date
    until: date | None = None
    due_on: date | None
    facts: tuple[RevisionName, ...]
    text: str

    def shown(self, today: date) -> bool:
        """Whether it is time."""
        return self.since <= today and (self.until is None or today < self.until)

    @property
    def turns(self) -> Iterator[date]:
        """The days on which it comes and goes."""
        yield self.since
        if self.until is not None:
            yield self.until


def watched(pack: Pack, programme: Programme) -> frozenset[str]:
    """The kinds of facts at which this looks beside those that move money."""
    kinds = {kind for each in programme.deadlines for kind in LOOKED_AT.get(each.occasion, ())}
    return frozenset(kinds).union(assets_of(pack, programme))


def assets_of(pack: Pack, programme: Programme) -> tuple[str, ...]:
    """The kinds of facts that tell what somebody has come to own, where the place looks at them."""
    return pack.means.assets if pack.means is not None and programme.rule in DIBAO else ()


def dues(
    unit: Unit, pack: Pack, papers: Papers, about: Iterable[str], calendar: WorkingDays, today: date
) -> Iterator[Due]:
    """Everything that has to be done about a unit, whether it is time or not; `about` are the subjects of its facts."""
    now = month_of(today)
    shown = [value_at(tuple((each.since, each.status) for each in unit.timeline), now, NONE)]
    shown += [each.status for each in unit.timeline if each.since > now]
    runs = any(status not in (NONE, NOT_ELIGIBLE) for status in shown)
    subjects = [*about]
    for deadline in unit.programme.deadlines:
        match deadline.occasion:
            case "DECISION":
                yield from decisions_due(unit, deadline, calendar)
            case "REVIEW" if runs:
                said = papers.about(subjects, {"review"}, unit.programme.name)
                yield from reviews_due(unit, deadline, standing([each.fact for each in said]))
            case "REASSESSMENT" if runs:
                said = papers.about(subjects, {*LOOKED_AT["REASSESSMENT"]}, "")
                yield from reassessments_due(unit, deadline, standing([each.fact for each in said]), calendar)
            case "CERTIFICATE" | "AWARD" if runs:
                yield from ends_near(unit, deadline)
            case _:
                pass
    kinds = assets_of(pack, unit.programme)
    if kinds and runs:
        yield from assets(
            unit, [each.fact for each in papers.about(subjects, {*kinds, "verification_result"}, "")], today
        )


def decisions_due(unit: Unit, deadline: Deadline, calendar: WorkingDays) -> Iterator[Due]:
    """An application that waits is decided upon within so many working days of the day on which it was handed in."""
    for fact in unit.counting.waiting:
        if isinstance(fact.payload, Application) and not fact.retracted:
            handed_in = partial_date(fact.payload.submitted_on)
            words = f"{unit.programme.title}申请（{handed_in}）", "办结", "决定：请尽快审核确认"
            yield from overdue(DECISION_OVERDUE, unit.beneficiary, deadline, calendar, handed_in, fact, words)


def reassessments_due(unit: Unit, deadline: Deadline, said: list[Fact], calendar: WorkingDays) -> Iterator[Due]:
    """Whose health was told to have changed is assessed anew within so many working days of the report ([L4] 23)."""
    assessed = [
        partial_date(each.payload.assessed_on)
        for each in said
        if isinstance(each.payload, AbilityAssessment) and each.payload.purpose == unit.programme.ability
    ]
    for fact in said:
        if isinstance(fact.payload, Report) and fact.payload.matter == "HEALTH":
            changed, told = partial_date(fact.payload.changed_on), partial_date(fact.payload.reported_on)
            if not any(day >= changed for day in assessed):
                words = f"{unit.programme.title}健康状况变化报告（{told}）", "重新评估", "评估：请尽快评估生活自理能力"
                yield from overdue("REASSESSMENT_OVERDUE", unit.beneficiary, deadline, calendar, told, fact, words)


def challenges_due(pack: Pack, papers: Papers, calendar: WorkingDays) -> Iterator[Due]:
    """A department answers to who says that its record is wrong within so many working days ([L14] 26)."""
    subjects = papers.about_whom("data_challenge") if pack.deadlines else ()
    for fact in standing([each.fact for each in papers.about(subjects, {"data_challenge"}, "")]):
        said = fact.payload
        if isinstance(said, DataChallenge) and said.outcome == "PENDING":
            filed, record = partial_date(said.filed_on), said.challenged
            words = f"对 {record.source} 记录 {record.record} 的校核申请（{filed}）", "答复", "答复：请催告来源部门"
            for deadline in pack.deadlines:
                yield from overdue("CHALLENGE_OVERDUE", fact.subject, deadline, calendar, filed, fact, words)


def overdue(
    kind: DueType,
    subject: str,
    deadline: Deadline,
    calendar: WorkingDays,
    began: date,
    fact: Fact,
    words: tuple[str, str, str],
) -> Iterator[Due]:
    """What was to be done within so many working days of a day: an alarm when they are over, at once where no calendar tells.

    `words` are what waits, what was to be done with it, and what has not been done.
    """
    what, verb, lacking = words
    limit = f"{what}应在 {deadline.working_days} 个工作日内{verb}"
    due = calendar.after(began, deadline.working_days or 0)
    if due is not None:
        text = f"{limit}，已于 {due} 到期而未{lacking}（{deadline.clause}）。"
        yield Due(type=kind, subject=subject, since=due + DAY, due_on=due, facts=(fact.name,), text=text)
    elif calendar.first is None or began >= calendar.first:  # nobody asks for a calendar of long ago
        text = (
            f"{limit}：工作日历（policies/working-days.yaml）没有所需年份，无法计算期限，请补充（{deadline.clause}）。"
        )
        since = fact.received_on
        yield Due(type="CALENDAR_MISSING", subject=subject, since=since, due_on=None, facts=(fact.name,), text=text)


def reviews_due(unit: Unit, deadline: Deadline, said: list[Fact]) -> Iterator[Due]:
    """The next review: on the day that a review or the last decision names, else so many months after the last look at the case.

    Before it is due somebody is reminded, afterwards alarmed; nothing is stopped ([L2] 31).
    """
    reviews = [fact.payload for fact in said if isinstance(fact.payload, Review)]
    mine = [each for each in reviews if each.programme == unit.programme.name]
    done = [partial_date(each.done_on) for each in mine if each.done_on is not None]
    pending = [partial_date(each.due_on) for each in mine if each.done_on is None]
    entry = entry_of(unit)
    last = max([*done, *([] if entry is None else [entry.decided_on])], default=None)
    named = [
        (ruling.decided_on, partial_date(ruling.decision.next_review))
        for ruling in unit.rulings
        if ruling.decision.next_review is not None and (not done or ruling.decided_on >= max(done))
    ]
    facts = () if entry is None else (entry.fact.name,)
    if pending:
        due = min(pending)
    elif named:
        due = max(named)[1]
    elif last is not None:
        due = add_months(last, deadline.months or 0)
    else:
        return
    name = unit.programme.title
    if deadline.remind_days is not None or deadline.remind_months is not None:
        text = f"{name}定期核查应在 {due} 前完成（{deadline.clause}）。"
        yield errand("REVIEW_DUE", unit, reminded(deadline, due), due, facts, text, until=due + DAY)
    text = f"{name}定期核查已于 {due} 到期而未完成：请尽快核查；逾期不自动停发（{deadline.clause}）。"
    yield errand("REVIEW_OVERDUE", unit, due + DAY, due, facts, text)


def ends_near(unit: Unit, deadline: Deadline) -> Iterator[Due]:
    """What ends by the calendar: a certificate that counts, or what was granted for a time."""
    certificate = deadline.occasion == "CERTIFICATE"
    for each in unit.counting.verdicts.values():
        fact = each.fact
        if fact.retracted or (fact.kind != "certificate" if certificate else fact.kind not in ENTRIES):
            continue
        last = fact.valid_to - DAY if fact.valid_to is not None and fact.valid_to.year < 9999 else None
        if each.ends is not None and not certificate:
            last = first_day(each.ends) - DAY
        if unit.programme.expenses is not None:
            last = add_months(each.decided_on, unit.programme.expenses.valid_months)
        if last is None:
            continue
        what = "残疾人证" if certificate else f"{unit.programme.title}有效期"
        renew = "换领新证" if certificate else "提出新的申请"
        text = f"{what}将于 {last} 届满：请告知本人，需要继续享受的及时{renew}（{deadline.clause}）。"
        kind: DueType = "CERTIFICATE_ENDS" if certificate else "AWARD_ENDS"
        yield errand(kind, unit, reminded(deadline, last), last, (fact.name,), text, until=last + DAY)


def assets(unit: Unit, said: list[Fact], today: date) -> Iterator[Due]:
    """A warning for each thing that a member has come to own since the household was decided upon, until verification or a
    decision speaks of it, or it is gone. Only verification follows from it."""
    entry, means = entry_of(unit), None if unit.final is None else unit.final.means
    if entry is None or means is None:
        return
    decided = {name for ruling in unit.rulings for name in ruling.decision.covers}
    found = standing(said)
    for fact in found:
        owns = VERIFIED_AS.get(fact.kind)
        old = fact.received_on <= entry.decided_on or (fact.valid_to is not None and fact.valid_to <= today)
        if owns is None or old or closed(fact) or fact.name in decided or fact.subject not in means.people:
            continue
        if not any(verifies(each, fact, owns) for each in found):
            text = (
                f"家庭成员{OWNED[fact.kind]}（{fact.valid_from}）：请核查是否超过当地财产规定；"
                "核查期间照常发放，确认不再符合条件的由决定终止（国办发〔2023〕39号 三（四））。"
            )
            yield errand("ASSET_WARNING", unit, fact.received_on, None, (fact.name,), text, until=fact.valid_to)


def closed(fact: Fact) -> bool:
    """Whether a business is one no more."""
    return isinstance(fact.payload, Enterprise | SelfEmployed) and fact.payload.status in ("REVOKED", "DEREGISTERED")


def verifies(found: Fact, asset: Fact, item: str) -> bool:
    """Whether a verification is about such an asset of the same member, and no older than it."""
    said = found.payload
    if not isinstance(said, VerificationResult) or said.item != item or found.subject != asset.subject:
        return False
    return partial_date(said.as_of) >= asset.valid_from


def entry_of(unit: Unit) -> Counted | None:
    """The application or award by which a unit has its programme; of several that which was decided last."""
    entries = [
        each for each in unit.counting.verdicts.values() if each.fact.kind in ENTRIES and not each.fact.retracted
    ]
    return max(entries, key=lambda each: (each.decided_on, each.fact.record), default=None)


def standing(said: list[Fact]) -> list[Fact]:
    """Of each record the last word, but for those that were taken back."""
    last: dict[tuple[str, str, str, str], Fact] = {}
    for fact in said:
        known = last.get(fact.own_key)
        if known is None or fact.rank > known.rank:
            last[fact.own_key] = fact
    return sorted((fact for fact in last.values() if not fact.retracted), key=lambda fact: fact.own_key)


def reminded(deadline: Deadline, day: date) -> date:
    """From which day somebody is reminded of a day."""
    if deadline.remind_months is not None:
        return add_months(day, -deadline.remind_months)
    return day - timedelta(days=deadline.remind_days or 0)


def errand(
    kind: DueType,
    unit: Unit,
    since: date,
    due_on: date | None,
    facts: tuple[RevisionName, ...],
    text: str,
    until: date | None = None,
) -> Due:
    """Something to do about a unit."""
    return Due(type=kind, subject=unit.beneficiary, since=since, until=until, due_on=due_on, facts=facts, text=text)
