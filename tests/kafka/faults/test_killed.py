"""Workers killed at random moments under load, again and again: the same money as in memory, once, and nobody sees a half.

The short version belongs to `make test`. `make soak` runs as long as one likes:

    HUB_SOAK_ROUNDS=30      so many kills, or
    HUB_SOAK_MINUTES=10     as many as fit
    HUB_SOAK_SEED=…         people, changes and choice of faults as they were before; without it a new one, which is printed
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import pytest

from benefit_hub.runtime.local_kafka import LocalKafka
from tests.kafka.faults.stage import Stage, staged
from tests.kafka.hub.live import wait_for

log = logging.getLogger(__name__)

ROUNDS = int(os.environ.get("HUB_SOAK_ROUNDS", "3"))
MINUTES = float(os.environ.get("HUB_SOAK_MINUTES", "0"))
SOAKING = "HUB_SOAK_ROUNDS" in os.environ or bool(MINUTES)
SEED = os.environ.get("HUB_SOAK_SEED") or (str(SystemRandom().randrange(10**6)) if SOAKING else "1")
ROUNDS_A_STAGE = 10
A_ROUND_S = 120
SLOTS = (0, 1)
SETTINGS: dict[str, Any] = {"sweep_budget": 20, "batch_records_max": 50, "transaction_timeout_ms": 8_000}
"""Many small transactions; and a session ends before a transaction does, so that who takes over finds it open."""
ALONE_S = 90.0
"""How long one worker may take to take over, and to work off what lies there."""


@dataclass
class Tally:
    """What the rounds came to: how many kills left transactions open, which, and how long others took to go on."""

    rounds: int = 0
    hits: int = 0
    open: Counter[str] = field(default_factory=Counter)
    producers: set[int] = field(default_factory=set)
    took_over_s: list[float] = field(default_factory=list)


def seeds() -> Iterator[tuple[str, int]]:
    """Seeds of stages, and how many rounds each: so many in all, or as long as it is to last."""
    began, played = time.monotonic(), 0
    while played < ROUNDS or time.monotonic() - began < 60 * MINUTES:
        number = min(ROUNDS_A_STAGE, ROUNDS - played) if played < ROUNDS else ROUNDS_A_STAGE
        yield f"{SEED}-{played}" if played else SEED, number
        played += number


def kill(stage: Stage, slot: int, tally: Tally) -> None:
    """A kill, and what it left open."""
    left = stage.kill(slot)
    tally.rounds += 1
    tally.hits += bool(left)
    tally.open.update(name.removeprefix(f"{stage.hub.prefix}hub.").split(".")[0] for name in left)
    tally.producers.update(left.values())
    log.info("round %d: slot %d killed; open transactions: %s", tally.rounds, slot, sorted(left) or "none")


def aim(stage: Stage, slot: int) -> bool:
    """Whether a worker has a transaction open just now; there is more to do where it has not."""
    if stage.open_transactions(slot):
        return True
    stage.load.burst(2)
    return False


def one_round(stage: Stage, chance: Random, tally: Tally) -> None:
    """A burst, a kill in its middle, blind or aimed; the slot comes back at once, or the other worker takes over first."""
    slot, aimed, taken_over = chance.choice(SLOTS), chance.random() < 0.7, chance.random() < 0.25
    stage.load.burst(60)
    time.sleep(chance.uniform(0.05, 0.6))
    if aimed:
        wait_for(lambda: aim(stage, slot), ALONE_S, f"slot {slot} opens no transaction")
    kill(stage, slot, tally)
    if taken_over:
        began = time.monotonic()
        stage.load.burst(20)
        wait_for(lambda: stage.behind() == 0, ALONE_S, "the other worker does not take over")
        tally.took_over_s.append(time.monotonic() - began)
    stage.start(slot)
    stage.wait_at_work(slot)


def play(stage: Stage, chance: Random, rounds: int) -> Tally:
    """So many rounds on one stage, and what is right and wrong after them."""
    tally = Tally()
    for slot in SLOTS:
        stage.start(slot)
    stage.load.open_up()
    for slot in SLOTS:
        stage.wait_at_work(slot)
    with stage.load.going_on():
        for _ in range(rounds):
            one_round(stage, chance, tally)
    told = stage.check()
    ended = stage.aborted_transactions()
    log.info("%s; %d transactions aborted, %d records of them", tally, len(ended), told.aborted)
    assert tally.producers <= {producer for producer, _ in ended}, "what a kill left open was aborted"
    assert told.aborted > 0
    return tally


@pytest.mark.timeout(900 + A_ROUND_S * ROUNDS + 120 * MINUTES)
def test_workers_killed_under_load_leave_nothing_half_done(kafka: LocalKafka, namespace: str, tmp_path: Path) -> None:
    log.info("HUB_SOAK_SEED=%s", SEED)
    tallies = []
    for number, (seed, rounds) in enumerate(seeds()):
        folder = tmp_path / str(number)
        folder.mkdir()
        with staged(kafka.bootstrap, f"{namespace}{number}.", folder, seed=seed, people=180, **SETTINGS) as stage:
            tallies.append(play(stage, Random(seed), rounds))
    kills, hits = sum(each.rounds for each in tallies), sum(each.hits for each in tallies)
    log.info("HUB_SOAK_SEED=%s: %d kills, %d of them in open transactions", SEED, kills, hits)
    assert hits, "no kill hit an open transaction: this proves nothing"
