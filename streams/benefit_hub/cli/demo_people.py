"""`hub demo --people`: a population opens on the same hub, changes come in the standard mix, and all of it is reconciled."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from benefit_hub.cli.demo_heard import Heard
from benefit_hub.cli.demo_quiet import Quiet
from benefit_hub.cli.demo_reconcile import by_simulation
from benefit_hub.cli.demo_stage import Stage
from benefit_hub.client import Publisher, Sending
from benefit_hub.simulate.population import BEGINS, Change, Population, Saying, Tick, changes, opening, with_days
from benefit_hub.simulate.population.opening import OPENING_DAYS
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import day_of_millis

AT_ONCE = 500
"""So many records are sent before their acknowledgements are waited for."""
LOOK_EVERY_S = 0.25
LOOK_WHILE_SENDING_EVERY_S = 2.0
PATIENCE_S = 120.0
"""So long nothing may move before that is taken for a standstill."""
MONEY_IN = 10
"""Of so many changes at least one moves money."""
SHOWN_MOST = 20

Item = Saying | Change | Tick


class Wanted(NamedTuple):
    """How many people, how many changes after their opening, and the seed of both."""

    people: int
    changes: int
    seed: str


@dataclass
class Part:
    """What was published together, and how long the hub took to work it off."""

    records: int = 0
    control_offset: int = -1
    seconds: float = 0.0
    last_day: date | None = None

    @property
    def per_second(self) -> float:
        """Records in a second, from the first publication until nobody had anything left to do."""
        return self.records / self.seconds if self.seconds else 0.0


class People:
    """One population on the hub of a stage. `trouble` is everything that did not come out as it must."""

    def __init__(self, stage: Stage, console: Console, wanted: Wanted, after: date | None) -> None:
        """`after` is the day that is open already, on a hub that has told its story; the population begins after it."""
        self.trouble: list[str] = []
        self._stage = stage
        self._console = console
        self._wanted = wanted
        self._opened = after
        hub = stage.hub
        begins = BEGINS if after is None else after + timedelta(days=OPENING_DAYS + 1)
        book = hub.env().books[hub.env().first_book]
        self._town = Population(wanted.seed, wanted.people, book.packs[0], begins)
        self._quiet = Quiet(hub, stage.alive, subscriber=stage.subscriber is not None)
        self._heard = Heard(hub)

    def whole(self) -> None:
        """Opening, changes, what came of them, and whether it is right."""
        wanted, town = self._wanted, self._town
        self._console.print()
        self._console.rule(f"[bold]{wanted.people:,} 人，{wanted.changes:,} 条变动（种子 {wanted.seed}）[/bold]")
        self._console.print(
            "A population from a seed, sized as the source texts count people: it registers, applies, is decided on; then the "
            "standard mix of changes.",
            style="dim",
        )
        opened = self._part("开户", opening(town), sum(1 for _ in opening(town)))
        self._heard.listen()
        before = self._heard.moved
        told = islice(changes(town, self._stage.hub.catalogue.sources), wanted.changes)
        changed = self._part("变动", told, wanted.changes)
        self._heard.listen()
        for title, part in (("开户", opened), ("变动", changed)):
            self._console.print(
                f"  {title} {part.records:,} 条记录，{part.seconds:.0f} 秒，每秒 {part.per_second:.0f} 条",
                highlight=False,
            )
        self._console.print(f"  {town.count:,} 户 {town.people:,} 人")
        self._console.print(self._heard.table())
        self._check(self._heard.moved - before)

    def _check(self, moved: int) -> None:
        """Nothing refused, enough money moved, and the same in memory."""
        compared, differences = by_simulation(self._stage)
        self.trouble = faults(self._wanted.changes, moved, self._heard.why_refused(), differences)
        for line in self.trouble:
            self._console.print(f"  ✗ {line}", style="bold red", markup=False)
        if not self.trouble:
            self._console.print(f"  ✓ 变动引起的待遇调整 {moved:,} 项，没有拒收的记录", style="green")
            self._console.print(f"  ✓ 同样的记录在内存中重走一遍：一致（{compared}）", style="green")

    def _part(self, title: str, said: Iterable[Saying | Change], total: int) -> Part:
        """Publish, and wait until nobody has anything left to do."""
        part = Part()
        items: Iterator[Item] = with_days(said, self._opened)
        with self._bars() as bars:
            published = bars.add_task(f"{title} 已发布", total=total, told="")
            worked = bars.add_task("     已处理", total=total, told="")
            began = looked = time.monotonic()
            hub = self._stage.hub
            with Publisher(hub.catalogue, hub.settings, hub.bootstrap) as publisher:
                while batch := list(islice(items, AT_ONCE)):
                    self._send(publisher, batch, part)
                    bars.update(published, completed=part.records)
                    if time.monotonic() - looked > LOOK_WHILE_SENDING_EVERY_S:
                        self._look(bars, worked, part)
                        looked = time.monotonic()
            self._work_off(bars, worked, part)
            part.seconds = time.monotonic() - began
        self._quiet.wait(part.control_offset)
        self._opened = part.last_day
        return part

    def _bars(self) -> Progress:
        return Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[told]}"),
            console=self._console,
        )

    def _send(self, publisher: Publisher, batch: list[Item], part: Part) -> None:
        """Send some items, and wait until the brokers have them."""
        sendings: list[Sending] = []
        for one in batch:
            at = one.received_at
            if isinstance(one, Tick):
                sendings.append(publisher.control(one.event, event_id=one.event_id, at_ms=at, story_received_at_ms=at))
            else:
                sendings.append(publisher.publish(one.topic, one.record, story_received_at_ms=at))
                part.records += 1
        for sent in [sending.sent() for sending in sendings]:
            if sent.topic == "control":
                part.control_offset = max(part.control_offset, sent.offset)
        part.last_day = day_of_millis(batch[-1].received_at)

    def _look(self, bars: Progress, worked: TaskID, part: Part) -> dict[str, int] | None:
        """Show how far the hub is; how far each group is behind, None where that cannot be told just now."""
        self._stage.alive()
        self._heard.listen_to_adjustments()
        behind = self._quiet.each_behind()
        if behind is not None:
            done = max(0, part.records - max(behind.values()))
            bars.update(worked, completed=done, told=f"待遇调整 {self._heard.moved:,} 项")
        return behind

    def _work_off(self, bars: Progress, worked: TaskID, part: Part) -> None:
        """Wait until nobody is behind. Raises HubError where nothing moves any more."""
        last, since = None, time.monotonic()
        while (behind := self._look(bars, worked, part)) is None or any(behind.values()):
            if behind != last:
                last, since = behind, time.monotonic()
            elif time.monotonic() - since > PATIENCE_S:
                raise HubError(
                    f"for {PATIENCE_S:.0f} s nothing moved; left to do: {behind}. The logs of the workers may say why"
                )
            time.sleep(LOOK_EVERY_S)

    def close(self) -> None:
        """Let go of the brokers."""
        self._quiet.close()
        self._heard.close()


def faults(changes: int, moved: int, refused: str, differences: Sequence[str]) -> list[str]:
    """What did not come out as it must: `refused` are codes with their numbers, `differences` those from the simulation."""
    found = []
    if refused:
        found.append(f"records were refused, and all were valid: {refused}")
    if moved < changes // MONEY_IN:
        found.append(
            f"{moved} adjustments by the changes moved money, and there must be {changes // MONEY_IN} at least"
        )
    found += differences[:SHOWN_MOST]
    if len(differences) > SHOWN_MOST:
        found.append(f"and {len(differences) - SHOWN_MOST} more differences")
    return found
