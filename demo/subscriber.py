"""A subscriber as a county office or a payer would write one: kafka-python, fastavro, the public contract, nothing else.

    python demo/subscriber.py --bootstrap HOST:PORT --assets DIR [--prefix TEXT] [--group NAME] [--names FILE] [--once]

Prints every adjustment once with its reason, and each pay run when its marker has come in every partition. What it relies on:
one beneficiary's adjustments are in one partition and numbered without gaps; from `payable_from` on `after_fen` is paid per
month; `arrears_fen` is paid once, with the next run; a marker cuts off a run. `--names` is JSON, beneficiary to name: outside
of this office nobody needs it.
"""

import argparse
import json
import signal
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import Any

import fastavro
import yaml
from kafka import KafkaConsumer, TopicPartition

ADJUSTMENTS = "benefits.adjustments.v1"
EXPLANATIONS = "benefits.explanations.v1"
KINDS = {
    "START": "开始发放",
    "INCREASE": "增发",
    "DECREASE": "减发",
    "HOLD": "暂停",
    "RELEASE": "恢复",
    "STOP": "停发",
    "ARREARS": "补发",
    "OVERPAYMENT": "多发",
    "ARREARS_CANCELLED": "撤销补发",
    "OVERPAYMENT_CANCELLED": "撤销多发",
    "TRANSFER_IN": "转入（号码更正）",
    "TRANSFER_OUT": "转出（号码更正）",
}

Row = dict[str, Any]
Unit = tuple[str, str]


def yuan(fen: int) -> str:
    """Fen as yuan."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def adjustment_lines(one: Row, why: Row, names: Mapping[str, str]) -> list[str]:
    """An adjustment in words: who, which benefit, from when, before and after, what is settled, why, by which clause."""
    who = one["beneficiary"]
    name = f"{names[who]}（{who[:12]}）" if who in names else who
    title, _, sentence = why["text_zh"].partition("：")
    amounts = f"自 {one['payable_from']} 起每月 {yuan(one['before_fen'])} → {yuan(one['after_fen'])} 元"
    parts = [part for part in sentence.replace("。）", "）").split("。")[1:] if part]
    if len(parts) > 1 and parts[-1].startswith("（"):  # remarks on what stands before them
        parts[-2:] = [parts[-2] + parts[-1]]
    return [f"  ● {name} {title} {KINDS[one['kind']]}：{amounts}", *(f"      {part}" for part in parts)]


class Payer:
    """What is paid, by the adjustments alone."""

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions
        self._steps: dict[Unit, dict[str, int]] = defaultdict(dict)
        self._once: Counter[Unit] = Counter()
        self._partition: dict[Unit, int] = {}
        self._last: Counter[str] = Counter()
        self._runs: dict[str, dict[int, Counter[str]]] = defaultdict(dict)
        self._before: Counter[str] = Counter()

    def complaint(self, one: Row) -> str | None:
        """What is wrong with the number of an adjustment; None for the one that follows the last."""
        who, number = one["beneficiary"], one["sequence"]
        if number <= self._last[who]:
            return f"  !! {who}: 第 {number} 号重复"
        return None if number == self._last[who] + 1 else f"  !! {who}: 第 {number} 号之前有缺号"

    def take(self, one: Row, partition: int) -> None:
        """One more adjustment; one that was taken before changes nothing."""
        who, unit = one["beneficiary"], (one["beneficiary"], one["programme"])
        if one["sequence"] <= self._last[who]:
            return
        self._last[who] = one["sequence"]
        steps = {month: fen for month, fen in self._steps[unit].items() if month < one["payable_from"]}
        self._steps[unit] = {**steps, one["payable_from"]: one["after_fen"]}
        self._once[unit] += one["arrears_fen"]
        self._partition[unit] = partition

    def close(self, month: str, partition: int) -> bool:
        """A marker: this partition's part of a run. Whether the run is whole now."""
        paid: Counter[str] = Counter()
        for unit, steps in self._steps.items():
            if self._partition[unit] == partition:
                standing = [fen for since, fen in sorted(steps.items()) if since <= month]
                paid[unit[0]] += (standing[-1] if standing else 0) + self._once.pop(unit, 0)
        self._runs[month][partition] = paid
        return len(self._runs[month]) == self._partitions

    def run_lines(self, month: str, names: Mapping[str, str]) -> list[str]:
        """A whole run in words: the sum, and who gets something else than in the run before."""
        paid: Counter[str] = sum(self._runs[month].values(), Counter())
        moved = [who for who in sorted({*paid, *self._before}) if paid[who] != self._before[who]]
        changes = "，".join(f"{names.get(who, who)} {yuan(self._before[who])} → {yuan(paid[who])}" for who in moved)
        total = f"  ■ {month} 发放：{sum(fen > 0 for fen in paid.values())} 户（人）共 {yuan(sum(paid.values()))} 元"
        self._before = paid
        return [total, *([f"      与上次不同：{changes}"] if changes else [])]


class Subscriber:
    """Puts adjustments and explanations together: an adjustment is told once its explanation has come, in order."""

    def __init__(self, partitions: int, names: Mapping[str, str]) -> None:
        self._names = names
        self._payer = Payer(partitions)
        self._waiting: dict[int, deque[Row]] = defaultdict(deque)
        self._why: dict[str, Row] = {}

    def take(self, topic: str, partition: int, row: Row) -> Iterator[str]:
        """A record, and the lines that can be told now."""
        if topic == EXPLANATIONS:
            self._why[row["explanation_id"]] = row
        else:
            self._waiting[partition].append(row)
        queue = self._waiting[partition]
        while queue and (queue[0]["kind"] == "PAY_RUN_MARKER" or queue[0]["explanation_id"] in self._why):
            one = queue.popleft()
            if one["kind"] == "PAY_RUN_MARKER":
                if self._payer.close(one["effective_month"], partition):
                    yield from self._payer.run_lines(one["effective_month"], self._names)
                continue
            if complaint := self._payer.complaint(one):
                yield complaint
            self._payer.take(one, partition)
            yield from adjustment_lines(one, self._why.pop(one["explanation_id"]), self._names)

    @property
    def told_all(self) -> bool:
        """Whether nothing waits for its explanation."""
        return not any(self._waiting.values())


def read_schemas(assets: Path) -> dict[int, Any]:
    """Every schema by the id under which its records travel."""
    lock = yaml.safe_load((assets / "schemas" / "ids.lock").read_text("utf-8"))
    return {
        line["id"]: fastavro.parse_schema(json.loads((assets / file).read_text("utf-8")), named_schemas={})
        for file, line in lock.items()
    }


def decoded(value: bytes, schemas: Mapping[int, Any]) -> Row:
    """A record in Confluent's wire format: a zero, four bytes of schema id, Avro."""
    row = fastavro.schemaless_reader(BytesIO(value[5:]), schemas[int.from_bytes(value[1:5], "big")], None)
    assert isinstance(row, dict)  # noqa: S101  every schema of ours is a record
    return row


class Stopped(Exception):
    """Somebody wants this to end."""


def stop(_signal: int, _frame: FrameType | None) -> None:
    """End at once: what was told is told, and nothing is kept."""
    raise Stopped


def follow(consumer: KafkaConsumer, places: list[TopicPartition], subscriber: Subscriber, given: Any) -> None:
    """Read, tell, and commit how far it was told; with `--once` until everything is told that is there."""
    schemas = read_schemas(Path(given.assets))
    ends = consumer.end_offsets(places)
    while not given.once or not subscriber.told_all or any(consumer.position(place) < ends[place] for place in places):
        batches = consumer.poll(timeout_ms=200)
        for place, batch in batches.items():
            for record in batch:
                topic = place.topic.removeprefix(given.prefix)
                for line in subscriber.take(topic, place.partition, decoded(record.value, schemas)):
                    sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        if given.group and subscriber.told_all:
            consumer.commit()


def main() -> int:
    """Subscribe from the beginning, and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--assets", required=True, help="folder with the published schemas")
    parser.add_argument("--prefix", default="", help="what stands before every topic's name")
    parser.add_argument("--group", default=None, help="commit under this name how far was told")
    parser.add_argument("--names", default=None, help="JSON file: beneficiary to name")
    parser.add_argument("--once", action="store_true", help="end when everything is told that is there")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    consumer = KafkaConsumer(
        bootstrap_servers=given.bootstrap.split(","),
        group_id=given.group,
        isolation_level="read_committed",
        enable_auto_commit=False,
    )
    names = json.loads(Path(given.names).read_text("utf-8")) if given.names else {}
    try:
        counts = {topic: consumer.partitions_for_topic(given.prefix + topic) for topic in (ADJUSTMENTS, EXPLANATIONS)}
        places = [TopicPartition(given.prefix + topic, each) for topic, found in counts.items() for each in found or ()]
        consumer.assign(places)
        consumer.seek_to_beginning()
        follow(consumer, places, Subscriber(len(counts[ADJUSTMENTS] or ()), names), given)
    except Stopped:
        return 0
    finally:
        consumer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
