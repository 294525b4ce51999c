"""What may become of the files of a worker's store, and of its changelog."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from confluent_kafka import Producer
from rocksdict import Options, Rdict, WriteBatch

from benefit_hub.runtime.admin import administration
from tests.kafka.hub.live import LiveHub, wait_for
from tests.kafka.hub.raw import ANSWER_S


def cut_off(file: Path) -> None:
    """Half of a file is lost."""
    with file.open("r+b") as content:
        content.truncate(file.stat().st_size // 2)


def largest(folder: Path, pattern: str) -> Path:
    """The largest file of a store of this kind."""
    return max(folder.glob(pattern), key=lambda file: file.stat().st_size)


def put_in_place_of(store: Path, other: Path) -> None:
    """The files of another store, where those of a store were."""
    shutil.rmtree(store)
    shutil.copytree(other, store)


def swap_partitions(store: Path, one: int, other: int) -> None:
    """Two partitions of a store hold each what was the other's, marks and all."""
    families = {name: Options(raw_mode=True) for name in Rdict.list_cf(str(store), Options(raw_mode=True))}
    database = Rdict(str(store), Options(raw_mode=True), families)
    rows = {at: list(database.get_column_family(f"p{at}").items()) for at in (one, other)}
    assert all(rows.values()), "there is nothing to swap"
    batch = WriteBatch(raw_mode=True)
    for at, instead in ((one, other), (other, one)):
        batch.set_default_column_family(database.get_column_family_handle(f"p{at}"))
        for address, _ in rows[at]:
            batch.delete(address)
        for address, value in rows[instead]:
            batch.put(address, value)
    database.write(batch)
    database.close()


def refill(hub: LiveHub, logical: str, records: Iterable[Any]) -> None:
    """A topic begins anew with these records of kafka-python's, as after a loss and a restore from elsewhere."""
    name = hub.topic(logical)
    with administration(hub.opened.settings, hub.bootstrap) as admin:
        admin.delete([name])
        wait_for(lambda: not admin.there([name]), ANSWER_S, f"{name} does not go")
        admin.create_missing([hub.opened.catalogue.topics[logical]])
    producer = Producer({"bootstrap.servers": hub.bootstrap, "enable.idempotence": True})
    for record in records:
        producer.produce(name, record.value, record.key, record.partition)
    assert producer.flush(ANSWER_S) == 0
