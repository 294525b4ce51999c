"""Workers on a bad line to the broker: slow, cut, silent one way, losing the one message that matters."""

import logging
import time
from collections.abc import Iterator
from itertools import product
from random import Random

import pytest

from tests.kafka.cluster.length import SEED, SOAKING, limit_s
from tests.kafka.cluster.line import Line
from tests.kafka.cluster.proxy import END_TXN, WAYS, Loss, Way
from tests.kafka.cluster.words import check_endings, wait_until_caught_up
from tests.kafka.faults.stage import Stage, staged

log = logging.getLogger(__name__)

SLOTS = (0, 1)
NEAR = 2
"""The slot of a worker that is on no line at all."""
DELAY_S = 0.2
CHANGES = 60
CUT_EVERY_S = 1.0
CUTS = 15 if SOAKING else 5
SILENT_S = 8.0
"""Longer than the session of a member, and than a transaction may be open."""
LOST_WITHIN_S = 120.0
ALL_ALONG = {"per_second": 4, "at_most": 800}
"""A load that does not end before the last message is lost, however slow the machine is."""

PRODUCE, ADD_PARTITIONS_TO_TXN, ADD_OFFSETS_TO_TXN, TXN_OFFSET_COMMIT = 0, 24, 25, 28
OF_A_TRANSACTION = (ADD_PARTITIONS_TO_TXN, PRODUCE, ADD_OFFSETS_TO_TXN, TXN_OFFSET_COMMIT, END_TXN)
"""Everything a runner asks of the broker in a transaction, in order."""
PROCESSORS = ("intake", "register", "entitlement", "settlement")
UNKNOWN = list(product(WAYS, PROCESSORS)) if SOAKING else [("answer", "settlement")]
"""Which message of whose commit is lost, so that its outcome is unknown."""


@pytest.fixture(scope="module")
def stage(line: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One hub for all lines: what one test does to it, the others have to live with. Two workers are on the line."""
    log.info("HUB_SOAK_SEED=%s", SEED)
    folder = tmp_path_factory.mktemp("hub")
    with staged(line.near, "line.", folder, seed=f"line {SEED}", people=100) as found:
        found.environment["HUB_BOOTSTRAP"] = line.far
        for slot in SLOTS:
            found.start(slot)
        found.load.open_up()
        for slot in SLOTS:
            found.wait_at_work(slot)
        wait_until_caught_up(found)
        yield found


@pytest.fixture(autouse=True)
def perfect_again(line: Line, stage: Stage) -> Iterator[None]:  # noqa: ARG001  after the line is mended the hub can end
    """What one test does to the line is not for the next one."""
    yield
    mend(line)


def mend(line: Line) -> None:
    """A perfect line."""
    line.proxy.forgive()
    line.proxy.delay_s = 0
    line.proxy.bytes_per_s = 0
    line.proxy.open()


def check(line: Line, stage: Stage) -> None:
    """On a perfect line everything is worked off, and is as in memory."""
    mend(line)
    caught_up_s = wait_until_caught_up(stage)
    stage.check()
    check_endings(stage)
    log.info("caught up %.1f s after the line was mended; %d ended", caught_up_s, len(stage.last_words))


@pytest.mark.soak
@pytest.mark.timeout(limit_s(120))
def test_a_slow_line(line: Line, stage: Stage) -> None:
    """A fifth of a second each way: it all goes through, if not at once."""
    began = time.monotonic()
    line.proxy.delay_s = DELAY_S
    stage.load.burst(CHANGES)
    wait_until_caught_up(stage)
    log.info("%d changes over %.1f s each way took %.1f s", CHANGES, DELAY_S, time.monotonic() - began)
    check(line, stage)


@pytest.mark.timeout(limit_s(120))
def test_a_line_that_is_cut_every_second(line: Line, stage: Stage) -> None:
    chance = Random(f"cuts {SEED}")
    with stage.load.going_on(per_second=20):
        for _ in range(CUTS):
            time.sleep(chance.uniform(0.5, 1.5) * CUT_EVERY_S)
            line.proxy.cut()
    check(line, stage)


@pytest.mark.soak
@pytest.mark.timeout(limit_s(120))
@pytest.mark.parametrize("way", WAYS)
def test_a_line_that_is_silent_for_longer_than_a_session(line: Line, stage: Stage, way: Way) -> None:
    """Others take over; what the silent workers were committing arrives when it is too late, and is refused."""
    with stage.load.going_on(per_second=20):
        time.sleep(0.5)
        with line.proxy.silent(way):
            stage.environment.pop("HUB_BOOTSTRAP")
            stage.start(NEAR)
            stage.environment["HUB_BOOTSTRAP"] = line.far
            time.sleep(SILENT_S)
    check(line, stage)
    stage.leave(NEAR)


@pytest.mark.timeout(limit_s(120))
def test_each_message_of_a_transaction_is_lost_once(line: Line, stage: Stage) -> None:
    """The request and, worse, the answer: the broker has done it, and the client is never told."""
    with stage.load.going_on(**ALL_ALONG):
        for way in WAYS:
            for api in OF_A_TRANSACTION:
                losses = [line.proxy.lose(Loss(api, way, f"hub.{name}.".encode())) for name in PROCESSORS]
                for loss in losses:
                    stage.wait_for(
                        loss.happened.is_set, LOST_WITHIN_S, f"no {way} of {api} came by: {loss.containing!r}"
                    )
    check(line, stage)


@pytest.mark.timeout(limit_s(120))
@pytest.mark.parametrize(("way", "processor"), UNKNOWN)
def test_a_worker_dies_without_knowing_whether_it_has_committed(
    line: Line, stage: Stage, way: Way, processor: str
) -> None:
    """Its commit, or the answer to it, is lost, nobody can ask again, and it is killed; the next one asks what came of it."""
    loss = line.proxy.lose(Loss(END_TXN, way, f"hub.{processor}.".encode(), then_shut=True))
    with stage.load.going_on(**ALL_ALONG):
        stage.wait_for(loss.happened.is_set, LOST_WITHIN_S, f"{processor} does not commit")
        still_open = [name for slot in SLOTS for name in stage.open_transactions(slot) if name.encode() in loss.request]
    for slot in SLOTS:
        stage.kill(slot)
    assert len(still_open) == (way == "request"), "the broker has done what it was asked, and only that"
    line.proxy.open()
    for slot in SLOTS:
        stage.start(slot)
    check(line, stage)
