"""`hub replay` beside a hub that works: equal after a kill, exactly who differs by another standard, a wrong record found; and
nothing of the live hub touched."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from confluent_kafka import Producer
from kafka import KafkaAdminClient

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.whole_topic import bounds, whole
from tests.cli.typed import Done, typed
from tests.kafka.hub.family import DECIDED, RECEIVED, Family, records_of
from tests.kafka.hub.live import Item, LiveHub, wait_for
from tests.kafka.hub.people import number_of
from tests.kafka.hub.raw import read
from tests.kafka.hub.test_story_by_chance import LAST_RUN, long_story
from tests.properties.test_promises import disordered
from tests.properties.told import Record

OPENED = date(2026, 4, 1)
H1, H2 = Family("H1", (number_of(1), number_of(2)), 50_000), Family("H2", (number_of(3),), 60_000)
RURAL = Family("H3", (number_of(4),), 10_000)
RAISED = 'standards.dibao_urban.values+={from: 2026-06, yuan: "680.00"}'


def touched(hub: LiveHub) -> dict[tuple[str, ...], int]:
    """How many records lie on each topic of a hub, and the positions of all its groups; the view is still reading."""
    admin = KafkaAdminClient(bootstrap_servers=hub.bootstrap)
    try:
        names = sorted(told["group_id"] for told in admin.list_groups() if told["group_id"].startswith(hub.prefix))
        positions = admin.list_group_offsets(dict.fromkeys(names))
    finally:
        admin.close()
    lying: dict[tuple[str, ...], int] = {
        (topic,): len(read(hub.bootstrap, topic, committed=False)) for topic in sorted(hub.topics())
    }
    at: dict[tuple[str, ...], int] = {
        (name, place.topic, str(place.partition)): told.offset
        for name in names
        if f"{hub.prefix}hub.view." not in name
        for place, told in positions[name].items()
    }
    return lying | at


def replay(hub: LiveHub, capsys: Any, *arguments: str) -> Done:
    """The command as it is typed."""
    return typed(capsys, "-s", hub.settings_file, "replay", *arguments)


def opens(day: date) -> Item:
    """A day opens."""
    return day, ControlEvent(type="DAY_OPENED", day=day.isoformat())


def test_after_a_kill_everything_is_equal_and_the_live_hub_is_as_it_was(
    make_hub: Callable[..., LiveHub], capsys: Any
) -> None:
    chance = Random(20260)
    hub, story = make_hub(sweep_budget=3, batch_records_max=40), long_story(chance)
    items = disordered(story, chance)
    sources = {each.topic.partition(".")[0] for each in items if isinstance(each, Record)}
    assert len(sources) >= 4, f"several departments: {sources}"
    hub.start_worker()
    doomed = hub.start_worker(HUB_FAULT="after_produce:settlement:6:stall")
    hub.publish(items[: len(items) // 2])
    wait_for(lambda: "HUB_FAULT" in doomed.said(), 60, "no transaction stands open")
    hub.publish(items[len(items) // 2 :])
    doomed.kill()
    hub.start_worker()
    hub.wait_quiet(90)
    hub.publish([LAST_RUN])
    hub.wait_for_marker("2026-12", 60)
    hub.wait_quiet(30)

    before = touched(hub)
    done = replay(hub, capsys, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert (said["different"], said["not_compared"]) == ([], [])
    paid = {(each["beneficiary"], each["programme"]) for each in hub.said("benefits.entitlements") if each["months"]}
    assert said["equal"] >= len(paid) > 10
    assert touched(hub).items() ^ before.items() == set()

    table = replay(hub, capsys)
    assert table.returncode == 0
    assert "一致：待遇核定和台账都与重放结果相同" in table.stdout


def granted() -> list[Item]:
    """Three families who applied and were granted dibao, two in town and one in the country, and a first of April."""
    told = [each for family in (H1, H2, RURAL) for each in records_of(family)]
    told = [
        replace(each, body={**each.body, "area": "RURAL"})
        if each.topic == "public-security.residence" and each.body["id_number"] == number_of(4)
        else each
        for each in told
    ]
    on = {day: [each for each in told if each.received == day] for day in (RECEIVED, DECIDED)}
    return [opens(RECEIVED), *on[RECEIVED], opens(DECIDED), *on[DECIDED], opens(OPENED)]


def test_a_raised_standard_names_exactly_who_differs_and_a_wrong_record_is_found(
    make_hub: Callable[..., LiveHub], capsys: Any
) -> None:
    hub = make_hub()
    hub.publish(granted())
    hub.start_worker()
    hub.wait_quiet(90)
    before = touched(hub)
    assert replay(hub, capsys).returncode == 0

    done = replay(hub, capsys, "--json", "--set", RAISED)
    assert done.returncode == 1, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert [
        (each["beneficiary"], each["programme"], each["where"], each["months"][0]["since"], each["difference_fen"])
        for each in said["different"]
    ] == [
        ("h:H1", "dibao", ["ENTITLEMENT", "LEDGER"], "2026-06", 7_000),  # 2 · (680 - 645)
        ("h:H2", "dibao", ["ENTITLEMENT", "LEDGER"], "2026-06", 3_500),
    ]
    first = said["different"][0]
    assert (first["months"][0]["live_fen"], first["months"][0]["replayed_fen"]) == (79_000, 86_000)
    assert (said["equal"], said["not_compared"]) == (1, [])  # the rural standard is as it was

    table = replay(hub, capsys, "--set", RAISED)
    assert "790.00" in table.stdout
    assert "860.00" in table.stdout
    assert "重放: 2 人 × 标准 680.00 元 − 家庭月收入 500.00 元 = 860.00 元" in table.stdout
    english = replay(hub, capsys, "--set", RAISED, "--lang", "en")
    assert "equal 1; different 2; not compared 0" in english.stdout
    assert touched(hub) == before
    assert not [number for number in map(number_of, range(1, 5)) if number in done.stdout + table.stdout]

    damage(hub)
    found = json.loads(replay(hub, capsys, "--json").stdout)
    (wrong,) = found["different"]
    assert (wrong["beneficiary"], wrong["where"], wrong["difference_fen"]) == ("h:H1", ["ENTITLEMENT"], 79_000 - 1)
    assert wrong["live"] == wrong["replayed"]
    assert "主题 benefits.entitlements 上的记录不对" in replay(hub, capsys).stdout


def damage(hub: LiveHub) -> None:
    """Somebody with a client of his own writes another amount over what H1 is entitled to."""
    topic = hub.topic("benefits.entitlements")
    (right,) = [each for each in read(hub.bootstrap, topic) if each.key == b"h:H1|dibao"]
    said = hub.contract.decode(right.value)
    said["months"] = [{**said["months"][0], "amount_fen": 1}]
    producer = Producer({"bootstrap.servers": hub.bootstrap})
    value = hub.contract.encode("benefits.entitlements", said)
    producer.produce(topic, value, right.key, partition=right.partition)
    assert producer.flush(30) == 0


def check_cut(hub: LiveHub) -> None:
    """What lies behind a cut is not read, though it is there."""
    ends = {number: end for number, (_, end) in bounds(hub.opened.settings, hub.bootstrap, "facts").items()}
    half = {number: end // 2 for number, end in ends.items()}
    heard = [(each.partition(), each.offset()) for each in whole(hub.opened.settings, hub.bootstrap, "facts", half)]
    lying = [(each.partition, each.offset) for each in read(hub.bootstrap, hub.topic("facts"))]
    assert sorted(heard) == sorted(place for place in lying if place[1] < half[place[0]])
    assert 0 < len(heard) < len(lying)


def test_where_no_worker_works_it_says_so_and_compares_nothing(make_hub: Callable[..., LiveHub], capsys: Any) -> None:
    hub = make_hub()
    hub.publish(granted())
    worker = hub.start_worker("--processors", "intake")
    wait_for(lambda: hub.behind("intake") == 0, 60, "intake works")
    worker.stop()
    check_cut(hub)
    done = replay(hub, capsys, "--wait", "1")
    assert done.returncode == 2
    assert "register has" in done.stderr
    assert "hub status" in done.stderr
