"""The demo's story comes out as it was worked out by hand, in memory; the demo asks the same of a real Kafka."""

from collections import Counter
from random import Random

import pytest
from kafka.partitioner.default import murmur2

from benefit_hub.cli.demo_expected import misfits
from benefit_hub.simulate.run import shuffled
from tests.stories.played import CATALOGUE, KEY, STORY, play, played

CHAPTERS = [chapter.title for chapter in STORY.told.chapters]


@pytest.mark.parametrize("number", range(len(CHAPTERS)), ids=CHAPTERS)
def test_a_chapter_comes_out_as_by_hand(number):
    one = played()[1][number]
    assert misfits(STORY, one.chapter, KEY, one.adjustments, one.paid) == []
    refused = Counter(each.code for each in one.receipts if each.status == "REFUSED")
    assert refused == one.chapter.refused
    leads = Counter(each.household.removeprefix("h:") for each in one.leads if each.state == "OPEN")
    assert leads == one.chapter.leads


@pytest.mark.parametrize("seed", range(3))
def test_it_comes_out_so_whoever_is_served_first(seed):
    random = Random(seed)
    _, chapters = play(shuffled(random.randrange))
    for one in chapters:
        assert misfits(STORY, one.chapter, KEY, one.adjustments, one.paid) == []


def test_every_adjustment_has_its_sentence():
    for one in played()[1]:
        for each in one.adjustments:
            if each.kind != "PAY_RUN_MARKER":
                assert "依据：" in one.explanations[each.adjustment_id].text_zh


def test_the_story_is_long_enough():
    told = sum(each.kind != "PAY_RUN_MARKER" for one in played()[1] for each in one.adjustments)
    assert told >= STORY.adjustments_at_least() >= 15


def test_a_wrong_expectation_is_seen():
    late_death = next(one for one in played()[1] if one.chapter.title == "迟报的死亡")
    (right,) = late_death.chapter.expect
    wrong = late_death.chapter.model_copy(update={"expect": [right.model_copy(update={"receivable": "889.99"})]})
    assert misfits(STORY, wrong, KEY, late_death.adjustments, late_death.paid) == [
        "张家 dibao: receivable 890.00, by hand 889.99"
    ]
    nothing = late_death.chapter.model_copy(update={"expect": []})
    assert misfits(STORY, nothing, KEY, late_death.adjustments, late_death.paid)
    assert misfits(STORY, late_death.chapter, KEY, [], late_death.paid) == ["张家 dibao: no adjustment"]


def test_the_refused_record_and_the_good_one_behind_it_share_a_partition():
    (step,) = next(chapter for chapter in STORY.told.chapters if chapter.refused).steps
    refused, good = STORY.publications(step)
    partitions = CATALOGUE.topics[refused.topic].partitions
    numbers = {(murmur2(each.body["record_id"].encode()) & 0x7FFFFFFF) % partitions for each in (refused, good)}
    assert refused.topic == good.topic
    assert len(numbers) == 1


def test_identity_numbers_exist_nowhere_and_are_all_different():
    numbers = [STORY.number(person) for person in STORY.people]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("99") for number in numbers)
