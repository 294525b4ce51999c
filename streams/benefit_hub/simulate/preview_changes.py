"""What is other in a changed policy, and, where it changes nothing for anybody, why: in the words of who made the change."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from benefit_hub.catalogue.pack_values import LEAP
from benefit_hub.entitlement.rules import RULES
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.policy.standards import Standard
from benefit_hub.simulate.preview import Preview
from benefit_hub.simulate.preview_lines import Window
from benefit_hub.simulate.proposed_law import ProposedLaw
from benefit_hub.values.money import half_up, yuan_text
from benefit_hub.values.months import Month, first_day, month_text

QUIET: Mapping[str, str] = {
    "title": "名称",
    "deadlines": "办理期限和提醒（只产生任务，不改变金额）",
    "materiality_fen": "materiality 多大的收入变化才提建议（不改变已认定的金额）",
    "death_verification_months": "死亡后核查的期限（不改变金额）",
}
"""What changes no amount by itself."""
CALLED: Mapping[str, str] = {
    "effects": "effects 何时生效、是否自动",
    "exclusions": "exclusions 哪些待遇不能同时享受",
    "means": "means 家庭经济状况的计算",
    "wage_deduction": "wage_deduction 就业成本的扣减",
    "order": "order 计算顺序",
    "death_sources": "death_sources 死亡日期以谁为准",
    "region": "region 适用地区",
    "assumed": "assumed 是否假定",
}


class Change(Struct, frozen=True, kw_only=True):
    """One thing that is other in a pack: in words, from which month on (None: in every month), by which programmes anybody
    meets it (None: by any of them), whether it can move an amount by itself, and what may be wrong with it."""

    pack: str
    text: str
    since: Month | None = None
    programmes: frozenset[str] | None = None
    moves: bool = True
    doubt: str = ""


def changes(law: ProposedLaw) -> list[Change]:
    """Everything that is other, pack by pack."""
    former = {each.name: each for each in law.before.packs}
    found: list[Change] = []
    for pack in (each for each in law.after.packs if each.name in law.changed):
        if pack.name not in former:
            found.append(Change(pack=pack.name, text="新的政策包，现行政策中没有"))
            continue
        old = former[pack.name]
        for name in sorted(old.standards.keys() | pack.standards.keys()):
            found += standard_changes(old, pack, name)
        for name in sorted(old.programmes.keys() | pack.programmes.keys()):
            found += programme_changes(old, pack, name)
        found += other_changes(old, pack)
    return found


def standard_changes(old: Pack, new: Pack, name: str) -> Iterator[Change]:
    """Each month from which a standard is another amount."""
    users = [each for each in new.programmes.values() if name in each.uses]
    about = f"标准 {name}（{'、'.join(each.title for each in users) or '没有待遇使用'}）"
    was, now = old.standards.get(name), new.standards.get(name)
    whom = frozenset(each.name for each in users)
    turns = sorted({each.since for standard in (was, now) if standard is not None for each in standard.values})
    last: tuple[Fraction | None, Fraction | None] | None = None
    said = False
    for at in turns:
        told = (None if was is None else was.per_month(at), None if now is None else now.per_month(at))
        if told[0] != told[1] and told != last:
            said = True
            text = f"{about}：{month_text(at)} 起 {per_unit(was, at)} → {per_unit(now, at)}"
            yield Change(pack=new.name, text=text, since=at, programmes=whom, doubt=doubt_of(now, at))
        last = told
    if was != now and not said:
        told_beside = "依据文字、性质（basis）或是否假定"
        yield Change(pack=new.name, text=f"{about}：{told_beside}", programmes=whom, moves=doubts(was) != doubts(now))


def doubt_of(standard: Standard | None, at: Month) -> str:
    """What may be wrong with the value of a standard that begins in a month, beside the one that stands before it."""
    before, after = (None, None) if standard is None else (standard.per_month(at - 1), standard.per_month(at))
    if before is None or after is None:
        return ""
    if after < before:
        return "低于此前的标准：按它发放的户（人）当月即减少，也不经听取意见。请再核对原文"
    return "比此前的标准高出一半以上，请核对是否多写了一位" if after > LEAP * before else ""


def doubts(standard: Standard | None) -> tuple[object, ...]:
    """By what a standard may not be payable."""
    return () if standard is None else (standard.basis, standard.assumed, *(each.known for each in standard.values))


def per_unit(standard: Standard | None, at: Month) -> str:
    """An amount as the pack says it, by its own unit."""
    value = None if standard is None else standard.per_month(at)
    if standard is None or value is None:
        return "无"
    return (
        f"{yuan_text(half_up(value * 12))} 元/年" if standard.unit == "YEAR" else f"{yuan_text(half_up(value))} 元/月"
    )


def programme_changes(old: Pack, new: Pack, name: str) -> Iterator[Change]:
    """What is other in a programme; one that is new, or no more."""
    was, now = old.programmes.get(name), new.programmes.get(name)
    title = (now or was or next(iter(new.programmes.values()))).title
    whom = frozenset({name})
    if was is None or now is None:
        told = "新增" if was is None else "取消"
        yield Change(pack=new.name, text=f"待遇 {name}（{title}）：{told}", programmes=whom)
    elif was != now:
        keys = [each for each in Programme.__struct_fields__ if getattr(was, each) != getattr(now, each)]
        turned = {*now.turns} ^ {*was.turns}
        quiet = {"title", "clause", "source", "deadlines", "study_aid"}.issuperset(keys)
        since = min(turned) if turned else None
        text = f"待遇 {name}（{title}）：{'、'.join(keys)}" + ("（不改变金额）" if quiet else "")
        yield Change(pack=new.name, text=text, since=since, programmes=whom, moves=not quiet)


def other_changes(old: Pack, new: Pack) -> Iterator[Change]:
    """What is other beside standards and programmes."""
    for key in Pack.__struct_fields__:
        if key not in ("name", "standards", "programmes") and getattr(old, key) != getattr(new, key):
            yield Change(pack=new.name, text=QUIET.get(key) or CALLED.get(key, key), moves=key not in QUIET)


def when(change: Change, window: Window) -> str:
    """From when something is other, and whether that is seen in the months looked at."""
    if not change.moves:
        return "—"
    if change.since is None:
        return "所有月份"
    told = f"{month_text(change.since)} 起"
    return f"{told}（晚于所看的月份）" if change.since > window.last else told


def why_nothing(looked: Preview, law: ProposedLaw) -> list[str]:
    """For each change by which nothing becomes other for anybody, why: sentences, in the order of the changes."""
    found: list[str] = []
    given = {name for _, name in looked.sums}
    for each in changes(law):
        if looked.lines and not each.moves:
            continue  # that is told beside the change
        reason = nothing_because(each, looked, given, law)
        if reason:
            found.append(f"{each.text}：{reason}")
    return list(dict.fromkeys(found))


def nothing_because(change: Change, looked: Preview, given: set[str], law: ProposedLaw) -> str:
    """Why one change moves nobody's amount; nothing where it may."""
    pack = next(each for each in law.after.packs if each.name == change.pack)
    if not looked.by_pack[change.pack]:
        others = "、".join(f"{name or '无政策包'} {count} 户" for name, count in looked.by_pack.most_common(3))
        return (
            f"这批人口中没有人适用 {change.pack}（地区代码 {pack.region or '全国'} 开头）；他们适用的是 {others or '—'}"
        )
    if not change.moves:
        return "只影响任务、文字或以后的建议，不改变金额"
    if change.since is not None and change.since > looked.window.last:
        seen = f"{month_text(looked.window.first)} 至 {month_text(looked.window.last)}"
        return f"晚于所看的月份（{seen}）；请加 --month {month_text(change.since)}"
    if change.programmes is not None and not change.programmes:
        return "没有任何待遇使用这个标准"
    if change.programmes is not None and not change.programmes & given:
        titles = "」「".join(
            pack.programmes[name].title for name in sorted(change.programmes) if name in pack.programmes
        )
        return f"这批人口在所看的月份里没有人享受「{titles}」"
    if any(change.programmes is None or each.programme in change.programmes for each in looked.lines):
        return ""
    return "享受的人不按它计算（例如另一个地区类别、等次、年龄段），或算出的金额相同"


def notes(looked: Preview, law: ProposedLaw) -> list[str]:
    """What has to be known before the figures are read: what they are compared with, and what changes nothing, and why."""
    former = {each.name for each in law.before.packs}
    found: list[str] = []
    for pack in law.after.packs:
        if pack.name in law.changed and pack.name not in former:
            found.append(f"{pack.name} 是新的政策包，现行政策中没有可比的：“现行”一栏为零，“改后”是全部支出")
        waiting = waiting_for_registration(pack, looked.window) if pack.name in law.changed else []
        if waiting:
            found.append(
                f"{pack.name} 的 effects 没有首次登记自动采用的行（cause: registration, direction: INCREASE, mode: AUTOMATIC）："
                f"户籍登记经决定之前，没有人享受「{'」「'.join(waiting)}」"
            )
    found += [f"{each.text}：{each.doubt}" for each in changes(law) if each.doubt]
    return [*found, *why_nothing(looked, law)]


def waiting_for_registration(pack: Pack, window: Window) -> list[str]:
    """The titles of the benefits of which nothing is paid before somebody has decided on a first registration."""
    on = first_day(window.first)
    needing = (each for each in pack.programmes.values() if RULES[each.rule].needs == "residence")
    return [each.title for each in needing if pack.effect(each.name, "registration", "INCREASE", on).mode == "PROPOSED"]
