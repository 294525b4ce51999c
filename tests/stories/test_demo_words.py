"""What the demo shows of what happened: short where there is much, and each item as it stands at last."""

from msgspec import structs

from benefit_hub.cli.demo_words import NAMED_MOST, sent_lines, told_lines, waiting_lines
from benefit_hub.client import Sent
from benefit_hub.messages.public import Lead, PersonEntry, Receipt
from tests.stories.played import CATALOGUE, KEY, STORY, played

NAMES = STORY.names(KEY)
RECEIPT = Receipt(
    source="public-security", event_id="e", kind="death", record="SW-1", revision=1, status="REPEATED", text_zh="无变化。"
)  # fmt: skip
PERSON = PersonEntry(
    person=STORY.beneficiary("liu-defu", KEY), alive=False, died_on=None, death_confirmed_by=2, region=None, area=None,
    household="h:H-07", records=5,
)  # fmt: skip


def chapter(title):
    return next(one for one in played()[1] if one.chapter.title == title)


def test_a_record_is_named_with_its_place():
    (step,) = chapter("迟报的死亡").chapter.steps
    sent = [Sent("public-security.death", 2, 17)]
    assert sent_lines(STORY.publications(step), sent, CATALOGUE.topics) == [
        "    → 死亡登记（公安） 张建国 第 1 版  public-security.death 分区 2 位置 17"
    ]


def test_many_records_are_counted():
    step = chapter("先申请，后决定").chapter.steps[0]
    publications = STORY.publications(step)
    sent = [Sent(each.topic, 0, place) for place, each in enumerate(publications)]
    (line,) = sent_lines(publications, sent, CATALOGUE.topics)
    assert line.startswith(f"    → {len(publications)} 条记录：户籍登记 24，")


def test_the_reasons_of_many_adjustments_are_left_out_and_that_is_said():
    one = ["  ● 某人 增发", "      原因", "      依据"]
    assert list(told_lines(one * NAMED_MOST)) == one * NAMED_MOST
    many = list(told_lines([*one * (NAMED_MOST + 2), "  ■ 发放"]))
    assert many[: 3 * NAMED_MOST] == one * NAMED_MOST
    assert many[3 * NAMED_MOST :] == [
        "  ● 某人 增发", "  ● 某人 增发", "  ■ 发放", "      （其余 2 项的原因、计算和依据同样都有，此处从略）"
    ]  # fmt: skip


def test_what_waits_is_told_as_it_stands_at_last():
    (lead,) = (each for each in chapter("有困难而没有申请的人").leads if isinstance(each, Lead))
    assert waiting_lines([lead], NAMES) == [f"  ▷ 线索：黄家 {lead.text_zh}"]
    assert waiting_lines([lead, structs.replace(lead, state="WITHDRAWN")], NAMES) == []


def test_departments_hear_of_what_was_not_simply_taken():
    accepted = structs.replace(RECEIPT, status="ACCEPTED")
    assert waiting_lines([accepted, RECEIPT], NAMES) == [
        "  ▷ 回执：public-security SW-1 第 1 版 重复（REPEATED）：无变化。"
    ]
    assert waiting_lines([RECEIPT] * (NAMED_MOST + 1), NAMES) == [f"  ▷ 回执 {NAMED_MOST + 1} 件"]


def test_a_death_with_two_sources_is_told():
    assert waiting_lines([PERSON, structs.replace(PERSON, death_confirmed_by=1)], NAMES) == []
    assert waiting_lines([PERSON], NAMES) == ["  ▷ 登记：刘德福 的死亡有 2 个来源"]


def test_people_are_named_who_are_told_apart_by_their_pseudonyms():
    said = next(
        each
        for each in chapter("先申请，后决定").proposals
        if each.household == "h:H-06" and "（户主 p:" in each.text_zh
    )
    (line,) = waiting_lines([structs.replace(said, state="OPEN")], NAMES)
    assert "p:" not in line
    assert "家庭成员变动（户主 孙梅、子女 周强）" in line
