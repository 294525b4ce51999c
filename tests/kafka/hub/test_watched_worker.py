"""A real worker, scraped as Prometheus does: before it begins, while it restores, at work, and when it has ended."""

import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import date

import pytest
from confluent_kafka import Producer
from prometheus_client.parser import text_string_to_metric_families

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.kafka_probe import free_ports
from benefit_hub.values.identity import pseudonym
from tests.kafka.hub.family import Family, records_of
from tests.kafka.hub.live import LiveHub, Worker, wait_for
from tests.kafka.hub.people import noon, number_of
from tests.kafka.hub.raw import cloud_event
from tests.kafka.slowness import within_s

FAMILIES = [Family(f"W{index}", (number_of(index),), 100 * index) for index in range(40)]
OPENED = (date(2026, 4, 1), ControlEvent(type="DAY_OPENED", day="2026-04-01"))
WITHIN_S = 120


class Probe:
    """Asks a worker as a load balancer and Prometheus do, and keeps all that it was told."""

    def __init__(self, port: int) -> None:
        self.told: list[str] = []
        self._url = f"http://127.0.0.1:{port}"

    def status(self, path: str) -> tuple[int, str]:
        """Status and text; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(self._url + path, timeout=30) as answer:  # noqa: S310  our own worker
                found = answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            found = refused.code, refused.read().decode()
        except OSError:
            found = 0, ""
        self.told.append(found[1])
        return found

    def value(self, name: str, **labels: str) -> float:
        """The sum of all samples of a metric that carry these labels."""
        families = text_string_to_metric_families(self.status("/metrics")[1])
        samples = [one for family in families for one in family.samples if one.name == name]
        return sum(one.value for one in samples if labels.items() <= one.labels.items())


def ready(probe: Probe, worker: Worker) -> bool:
    """Whether the worker is ready; fails where it has ended."""
    assert worker.running, worker.said()[-3000:]
    return probe.status("/readyz")[0] == 200


def say_nothing_readable(hub: LiveHub) -> None:
    """A record that is no record, with a person's number in it."""
    producer = Producer({"bootstrap.servers": hub.bootstrap})
    headers: dict[str, str | bytes | None] = {**cloud_event("bad-death", "public-security", noon("2026-03-06"))}
    producer.produce(hub.topic("public-security.death"), number_of(3).encode(), b"W-bad", headers=headers)
    assert producer.flush(30) == 0


def held(hub: LiveHub) -> Producer:
    """A transaction that somebody has left open on the changelog of register: whoever restores, waits behind it."""
    settings = {"transactional.id": f"{hub.prefix}left-open", "transaction.timeout.ms": 300_000}
    found = Producer({"bootstrap.servers": hub.bootstrap} | settings)
    found.init_transactions(30)
    found.begin_transaction()
    for partition in range(hub.opened.catalogue.topic("changelog.register").partitions):
        found.produce(hub.topic("changelog.register"), b"", b"\x01never", partition=partition)
    assert found.flush(30) == 0
    return found


@pytest.mark.timeout(600)
def test_a_worker_is_scraped_before_while_and_after_it_restores(make_hub: Callable[..., LiveHub]) -> None:
    (port,) = free_ports(1)
    hub, probe = make_hub(watch={"listen": f"127.0.0.1:{port}"}, slot=0, log_format="json"), Probe(port)
    hub.publish([*(record for family in FAMILIES for record in records_of(family)), OPENED])
    say_nothing_readable(hub)
    assert probe.status("/readyz") == (0, ""), "nobody has begun"

    first = hub.start_worker()
    wait_for(lambda: ready(probe, first), WITHIN_S, "it is ready")
    assert probe.status("/livez") == (200, "ok\n")
    hub.wait_quiet(WITHIN_S)
    assert probe.value("hub_records_total", processor="intake") > 4 * len(FAMILIES)
    assert probe.value("hub_refusals_total", source="public-security") == 1
    assert probe.value("hub_batch_seconds_count", processor="settlement") > 0
    assert probe.value("hub_commit_seconds_sum", processor="settlement") > 0
    assert probe.value("hub_store_bytes", processor="register") > 0
    wait_for(lambda: probe.value("hub_lag_records") == 0, 30, "no lag is seen")
    wait_for(lambda: probe.value("hub_control_acted", processor="settlement") >= 0, 30, "the day is seen in settlement")
    first.stop()
    assert first.process.returncode == 0, first.said()[-3000:]
    assert probe.status("/livez") == (0, "")

    shutil.rmtree(hub.data / "stores")
    left_open = held(hub)
    second = hub.start_worker()
    wait_for(lambda: "register restores" in probe.status("/readyz")[1], WITHIN_S, "it says that it restores")
    assert probe.status("/livez")[0] == 200
    assert probe.value("hub_ready") == 0
    assert probe.value("hub_partitions", processor="register", state="restoring") == 4
    wait_for(
        lambda: probe.value("hub_restored_rows_total", processor="register") > len(FAMILIES), 60, "rows are restored"
    )
    assert probe.value("hub_restore_rows_left", processor="register") > 0
    wait_for(lambda: "changelog.register.v1: restoring 4 partitions" in second.said(), 30, "the log says how far it is")
    begun = time.monotonic()
    second.stop()
    took_s = time.monotonic() - begun
    assert took_s < within_s(5), "a restore does not delay the end"
    assert second.process.returncode == 0

    third = hub.start_worker()
    wait_for(lambda: "register restores" in probe.status("/readyz")[1], WITHIN_S, "it restores again")
    left_open.abort_transaction(30)
    wait_for(lambda: ready(probe, third), WITHIN_S, "it is ready")
    assert probe.value("hub_partitions", state="restoring") == 0
    third.stop()

    whole = "\n".join([*probe.told, *(worker.said() for worker in hub.workers)])
    assert "hub_lag_seconds" in whole
    for family in FAMILIES:
        (number,) = family.numbers
        assert number not in whole
        assert pseudonym(hub.key, number).removeprefix("p:") not in whole
        assert f"h:{family.name}" not in whole, "nor a household"
