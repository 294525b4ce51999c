"""What departments say of a population: every record is one that they could say, and the changes come in the standard mix."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice
from typing import Any

import pytest

from benefit_hub import intake
from benefit_hub.simulate.population import Change, Saying, Tick, changes, with_days
from benefit_hub.simulate.population.records import named
from benefit_hub.task import DictStore, Env, Incoming, Overlay
from benefit_hub.values.months import day_of_millis
from tests.checkout import catalogue
from tests.in_memory import demo_book, env_of
from tests.simulation.towns import BEGINS, changed, held, opened, town

pytestmark = pytest.mark.slow

Said = Saying | Change


def env() -> Env:
    """What intake knows."""
    return env_of(demo_book(), sources=catalogue().sources, pseudonym_key=b"k" * 32, story_time=True)


def refusals(said: Iterable[Said]) -> list[Any]:
    """What intake refuses of it."""
    batch = [
        Incoming(
            topic=one.topic,
            key=one.record["record_id"].encode(),
            value=one.record,
            raw=b"as it came",
            headers={"ce_id": b"event", "ce_source": one.topic.partition(".")[0].encode()},
            timestamp_ms=one.received_at,
        )
        for one in said
    ]
    receipts = [out.value for out in intake.step(Overlay(DictStore()), batch, env()) if out.topic == "receipts"]
    assert len(receipts) == len(batch)
    return [receipt for receipt in receipts if receipt.status == "REFUSED"]


def name_of(one: Said) -> tuple[Any, ...]:
    """A revision as decisions name it."""
    return tuple(named(Saying(one.topic, one.record, one.received_at)).values())


def test_intake_refuses_nothing() -> None:
    assert refusals(opened()) == []
    assert refusals(held()) == []
    assert refusals(changed()) == []


def test_topics_are_named_after_their_source_and_kind() -> None:
    every: list[Said] = [*opened(), *held(), *changed()]
    for one in {each.topic: each for each in every}.values():
        origin = catalogue().sources[one.topic]
        assert name_of(one)[:2] == (origin.source, origin.kind)


@pytest.mark.parametrize("said", [opened, held, changed])
def test_days_ascend(said: Any) -> None:
    received = [one.received_at for one in said()]
    assert received == sorted(received)


def test_the_opening_ends_on_the_day_before_the_changes_begin() -> None:
    assert day_of_millis(opened()[-1].received_at) == BEGINS - timedelta(days=1)
    assert day_of_millis(changed()[0].received_at) == BEGINS


def test_decisions_name_what_was_said_before_them() -> None:
    told: set[tuple[Any, ...]] = set()
    decisions = 0
    every: list[Said] = [*opened(), *changed()]
    for one in every:
        if one.topic == "civil-affairs.decision":
            decisions += 1
            assert one.record["covers"]
            missing = [cover for cover in one.record["covers"] if tuple(cover.values()) not in told]
            assert missing == [], one.record["record_id"]
            assert one.record["household_ids"] or one.record["id_numbers"]
        told.add(name_of(one))
    assert decisions > 400


def test_revisions_count_up_and_repetitions_repeat() -> None:
    """The opening may have been told otherwise (as a snapshot), so only what changes tell anew is looked at."""
    versions: dict[tuple[str, str], list[dict[str, Any]]] = {}
    corrected = repeated = 0
    for one in changed():
        known = versions.setdefault((one.topic, one.record["record_id"]), [])
        if one.mix == "duplicate":
            repeated += one.record in known
        elif one.mix == "correction":
            corrected += 1
            assert one.record["revision"] == (known[-1]["revision"] + 1 if known else 2)
            known.append(one.record)
        else:
            assert known == [], "a new record has a new id"
            assert one.record["revision"] == 1
            known.append(one.record)
    counts = Counter(one.mix for one in changed())
    assert (corrected, repeated) == (counts["correction"], counts["duplicate"])


def test_nobody_works_or_moves_after_his_death() -> None:
    dead: set[str] = set()
    deaths = 0
    for one in changed():
        number = one.record["id_number"]
        if one.topic.endswith(".death") and one.mix != "duplicate":
            deaths += 1
            (dead.discard if one.record["retracted"] else dead.add)(number)
        elif one.mix in ("wage", "residence", "medical", "certificate"):
            assert number not in dead
    assert deaths > 50


@pytest.mark.parametrize(
    ("name", "percent"),
    [
        ("wage", 35),
        ("residence", 15),
        ("medical", 15),
        ("certificate", 10),
        ("decision", 10),
        ("death", 3),
        ("correction", 7),
        ("duplicate", 5),
    ],
)
def test_the_mix_is_the_standard_mix(name: str, percent: int) -> None:
    counts = Counter(one.mix for one in changed())
    assert abs(100 * counts[name] / len(changed()) - percent) < 3


def test_a_class_without_its_topic_is_left_out_and_the_others_keep_their_proportions() -> None:
    topics = set(catalogue().sources) - {"health-insurance.medical-expense"}
    counts = Counter(one.mix for one in islice(changes(town(600), topics), 2_000))
    assert counts["medical"] == 0
    assert abs(counts["wage"] / counts.total() - 35 / 85) < 0.03


def test_changes_do_not_end() -> None:
    """Of three people all are dead some day; what was said is still said again."""
    assert len(list(islice(changes(town(3), catalogue().sources), 500))) == 500


def test_corrections_say_otherwise_or_take_back_or_confirm() -> None:
    again = [one.record for one in changed() if one.mix == "correction"]
    retracted = sum(record["retracted"] for record in again)
    assert len(again) / 20 < retracted < len(again) / 2


def test_a_few_awards_are_paid_otherwise_than_by_hand() -> None:
    """The standard for each, less verified income and four fifths of wages: worked out from the records alone."""
    people: Counter[str] = Counter()
    income: dict[str, Fraction] = {}
    urban: dict[str, bool] = {}
    home_of: dict[str, str] = {}
    for one in held():
        if one.topic == "civil-affairs.membership":
            home_of[one.record["id_number"]] = one.record["household_id"]
            people[one.record["household_id"]] += 1
    for one in held():
        home = home_of[one.record["id_number"]]
        if one.topic == "public-security.residence":
            urban[home] = one.record["area"] == "URBAN"
        elif one.topic in ("civil-affairs.verification-result", "human-resources.wage"):
            counts = Fraction(4, 5) if one.topic.endswith("wage") else Fraction(1)
            income[home] = income.get(home, Fraction(0)) + one.record["amount_fen"] * counts
    right = wrong = 0
    for one in held():
        record = one.record
        if one.topic == "civil-affairs.legacy-award" and record["programme"] == "dibao":
            home = record["household_id"]
            standard = Fraction(64_500) if urban[home] else Fraction(431_800, 12)
            due = int(people[home] * standard - income.get(home, Fraction(0)) + Fraction(1, 2))
            right += record["amount_fen"] == due
            wrong += record["amount_fen"] != due
    assert right > 120
    assert 0 < wrong < right / 15


def test_a_snapshot_pays_the_programmes_that_people_of_the_town_have_and_decides_nothing() -> None:
    awards = [one.record for one in held() if one.topic == "civil-affairs.legacy-award"]
    assert {record["programme"] for record in awards} == {
        "dibao",
        "margin",
        "living_subsidy",
        "care_subsidy",
        "old_age_allowance",
    }
    amounts = {(record["programme"], record["amount_fen"]) for record in awards if record["household_id"] is None}
    assert amounts == {
        ("living_subsidy", 6_000),
        ("care_subsidy", 7_000),
        ("care_subsidy", 5_000),
        ("old_age_allowance", 5_000),
        ("old_age_allowance", 10_000),
    }
    assert not any(one.topic in ("civil-affairs.application", "civil-affairs.decision") for one in held())


def test_each_day_opens_once_before_what_is_said_on_it_and_pay_runs_close_on_the_tenth() -> None:
    items = list(with_days(changed()[:1_000], opened=date(2026, 4, 30)))
    days = [item.event.day for item in items if isinstance(item, Tick) and item.event.type == "DAY_OPENED"]
    last = day_of_millis(changed()[999].received_at)
    assert days == [(date(2026, 5, 1) + timedelta(days=n)).isoformat() for n in range((last - BEGINS).days + 1)]
    runs = [
        (day_of_millis(item.received_at), item.event.month)
        for item in items
        if isinstance(item, Tick) and item.event.type == "PAY_RUN_CLOSED"
    ]
    assert runs[0] == (date(2026, 5, 10), "2026-05")
    assert all(day.day == 10 for day, _ in runs)
    now = BEGINS - timedelta(days=1)
    for item in items:
        if isinstance(item, Tick):
            now = max(now, day_of_millis(item.received_at))
        else:
            assert day_of_millis(item.received_at) == now
