"""How the story is told: chapter by chapter, with what the subscriber got, what waits for people, and whether it is right."""

import time
from collections import Counter
from collections.abc import Sequence

import msgspec
from rich.console import Console

from benefit_hub.cli.demo_crash import FAULT, open_transaction, told, watch
from benefit_hub.cli.demo_expected import Payer, misfits
from benefit_hub.cli.demo_quiet import Quiet
from benefit_hub.cli.demo_reconcile import by_hand, by_simulation
from benefit_hub.cli.demo_stage import Stage
from benefit_hub.cli.demo_story import Chapter, InboxTold, Step
from benefit_hub.cli.demo_words import HEADS, WAITS, sent_lines, told_lines, waiting_lines
from benefit_hub.client import Sent
from benefit_hub.client.reader import Reader
from benefit_hub.messages.public import Adjustment, Lead, PersonEntry, Proposal, Receipt, TaskItem
from benefit_hub.runtime.admin import Administration
from benefit_hub.runtime.view import View
from benefit_hub.values.errors import HubError

KINDS: dict[str, type[msgspec.Struct]] = {
    "benefits.adjustments": Adjustment,
    "receipts": Receipt,
    "leads": Lead,
    "proposals": Proposal,
    "tasks": TaskItem,
    "register.persons": PersonEntry,
}
WORKERS = ("worker-1", "worker-2")


class Play:
    """One telling of the story. `trouble` is everything that did not come out as it must."""

    def __init__(self, stage: Stage, admin: Administration, console: Console, *, reading_s: float, pause: bool) -> None:
        self.trouble: list[str] = []
        self._stage = stage
        self._admin = admin
        self._console = console
        self._reading_s = reading_s
        self._pause = pause
        self._quiet = Quiet(stage.hub, stage.alive)
        self._outputs = Reader(stage.hub.settings, stage.hub.bootstrap, list(KINDS))
        self._payer = Payer()
        self._said: list[msgspec.Struct] = []
        self._names = stage.story.names(stage.key)
        self._expected = 0

    def whole(self) -> None:
        """Everything: the chapters, the reconciliation before the power cut and after it."""
        stage, story = self._stage, self._stage.story.told
        self._console.rule(f"[bold]{story.title}[/bold]")
        self._say(story.english, style="dim")
        for name in WORKERS:
            stage.start_worker(name)
        stage.start_departments()
        stage.start_subscriber()
        pids = "、".join(f"{worker.name}（{worker.pid}）" for worker in stage.workers)
        self._say(
            f"工作进程 {pids}；各部门是另一个进程，订阅方 demo/subscriber.py 又是一个，只懂公开约定。政策包为假定，仅供演示。",
            style="dim",
        )
        for number, chapter in enumerate(story.chapters):
            if chapter.crash:
                self.reconcile()
            self.chapter(number, chapter)
        self.reconcile()
        self._verdict()

    def chapter(self, number: int, chapter: Chapter) -> None:
        """One chapter, and whether it came out as by hand."""
        self._console.print()
        self._console.rule(
            f"[bold]{number + 1}/{len(self._stage.story.told.chapters)} {chapter.title}[/bold]", align="left"
        )
        self._say(chapter.english, style="dim")
        self._said = []
        for place, step in enumerate(chapter.steps):
            if chapter.crash and step.records:
                self.crash(number, place, step)
            else:
                self.step(number, place, step)
        self._expected += len(chapter.expect)
        self._compare(chapter)
        if self._pause:
            self._console.input("[dim]⏎[/dim]")
        else:
            time.sleep(self._reading_s)

    def step(self, chapter: int, place: int, step: Step) -> None:
        """One day: it opens, records come, a pay run closes, an officer decides."""
        self._say(f"[bold]{step.day}[/bold]  {step.say}")
        records = bool(self._stage.story.publications(step))
        if records:
            self._publish(chapter, place, step, ["opening", "records"])
        if step.pay_run is not None or not records:
            self._publish(chapter, place, step, ["closing"] if records else ["opening", "closing"])
        if step.inbox is not None:
            self.inbox(step, step.inbox)

    def _publish(self, chapter: int, place: int, step: Step, parts: Sequence[str]) -> None:
        """Have parts of a step published, wait until they have gone through, and tell what came of them."""
        sent = self._stage.publish(chapter, place, parts)
        if "records" in parts:
            self._tell_sent(step, [each for each in sent if each.topic != "control"])
        self._settle(max((each.offset for each in sent if each.topic == "control"), default=None))

    def _tell_sent(self, step: Step, sent: Sequence[Sent]) -> None:
        publications = self._stage.story.publications(step)
        for line in sent_lines(publications, sent, self._stage.hub.catalogue.topics):
            self._say(line, style="dim")

    def _settle(self, control_offset: int | None) -> None:
        """Wait until everything has come to rest and the subscriber has told it; show that, and what waits for people."""
        stage = self._stage
        self._quiet.wait(control_offset)
        for line in told_lines(stage.newly_told()):
            self._console.print(line, style="" if line.startswith(HEADS) else "dim", markup=False)
        new = [
            msgspec.convert(stage.hub.codecs.decode(each.topic, each.value), KINDS[each.topic])
            for each in self._outputs.new()
            if each.value
        ]
        for one in new:
            if isinstance(one, Adjustment):
                self._payer.take(one)
        self._said += new
        for line in waiting_lines(new, self._names):
            self._console.print(line, style="cyan", markup=False)

    def inbox(self, step: Step, given: InboxTold) -> None:
        """An officer looks at the proposal of a household, and accepts it."""
        view = View(self._stage.hub.folder.view_file)
        household = f"h:{given.household}"
        waiting: list[Proposal] = []

        def there() -> bool:
            waiting[:] = [each for each in view.proposals() if each.household == household]
            return bool(waiting)

        self._quiet.until(there, f"the proposal of {given.household} to be in the inbox")
        identity = waiting[0].proposal_id[:8]
        if not given.refused_unheard:
            self._hub("inbox", "show", identity)
        accept = [
            "inbox",
            "accept",
            identity,
            "--decided-on",
            str(step.day),
            "--authority",
            self._stage.story.told.authority,
        ]
        if given.notice_served_on:
            accept += ["--notice-served-on", str(given.notice_served_on)]
        if given.refused_unheard:
            code = self._hub(*accept, may_fail=True)
            if code == 0:
                self._fail("the inbox took a decision without a hearing")
        if given.heard_on:
            accept += ["--heard-on", str(given.heard_on)]
        self._hub(*accept)
        self._settle(None)

    def _hub(self, *arguments: str, may_fail: bool = False) -> int:
        """Run a command of the hub as an officer would, and show it."""
        self._say(f"  $ hub {' '.join(arguments)}", style="bold")
        code, text = self._stage.command(*arguments)
        for line in text.splitlines():
            self._console.print(f"      {line}", style="dim", markup=False)
        if code != 0 and not may_fail:
            raise HubError(f"hub {arguments[0]} {arguments[1]} ended with exit code {code}")
        return code

    def crash(self, chapter: int, place: int, step: Step) -> None:
        """The day on which the power fails: a worker dies with a transaction open, others take over."""
        stage = self._stage
        self._say(f"[bold]{step.day}[/bold]  {step.say}")
        stage.stop_workers()
        sent = stage.publish(chapter, place, ["records"])
        self._tell_sent(step, sent)
        self._say(
            f"  两个工作进程已停下，积压 {self._quiet.behind('intake')} 条。现在启动一个，让它在结算的事务中间停住。"
        )
        with_watched = watch(stage)
        try:
            victim = stage.start_worker("worker-3", FAULT)
            seen, transactions = open_transaction(self._quiet, with_watched, self._admin)
            self._say(f"  事务 {'、'.join(transactions)} 未提交：")
            self._say(f"    读未提交的读者看到 {len(seen)} 条：{'；'.join(told(stage, seen))}")
            self._say("    read_committed 的读者看到 0 条，订阅方什么也没有听到")
            stage.kill_worker(victim)
            self._say(f"  [bold red]kill -9 {victim.pid}[/bold red]；重新启动两个工作进程")
            for name in WORKERS:
                stage.start_worker(name)
            self._publish(chapter, place, step, ["opening"])
            committed, uncommitted = with_watched.new()
            self._say(
                f"  read_committed 的读者现在看到 {len(committed)} 条；读未提交的读者又看到 {len(uncommitted)} 条，"
                f"先前的 {len(seen)} 条已作废，谁也没有用过"
            )
        finally:
            with_watched.close()

    def _compare(self, chapter: Chapter) -> None:
        """What came of a chapter against what was worked out by hand."""
        adjustments = [one for one in self._said if isinstance(one, Adjustment)]
        found = misfits(self._stage.story, chapter, self._stage.key, adjustments, self._payer.paid)
        refused = Counter(one.code for one in self._said if isinstance(one, Receipt) and one.status == "REFUSED")
        if refused != chapter.refused:
            found.append(f"refused {dict(refused)}, by hand {chapter.refused}")
        # what is known of somebody may be half a story for a moment: a lead that its other half closes was none
        newest = {one.lead_id: one for one in self._said if isinstance(one, Lead)}
        leads = Counter(one.household.removeprefix("h:") for one in newest.values() if one.state in WAITS)
        if leads != chapter.leads:
            found.append(f"leads {dict(leads)}, by hand {chapter.leads}")
        for line in found:
            self._fail(line)
        if not found:
            paid = sum(map(len, chapter.paid.values()))
            told_paid = f"，{paid} 笔发放" if paid else ""
            self._say(f"  ✓ 与手工计算一致：{len(chapter.expect)} 项待遇变化{told_paid}，此外无人变动", style="green")

    def reconcile(self) -> None:
        """The whole of it, twice again: through the topology in memory, and by a program that shares nothing with us."""
        self._console.print()
        self._console.rule("[bold]对账[/bold]", align="left")
        self._say(
            "The same records in memory, and a month-by-month calculation that shares no code with the hub.",
            style="dim",
        )
        for what, (compared, differences) in (
            ("同样的记录在内存中重走一遍", by_simulation(self._stage)),
            ("demo/naive.py 从各部门的主题按月重算", by_hand(self._stage, self._expected)),
        ):
            for line in differences:
                self._fail(line)
            if not differences:
                self._say(f"  ✓ {what}：一致（{compared}）", style="green")

    def _verdict(self) -> None:
        told_number = sum(len(chapter.expect) for chapter in self._stage.story.told.chapters)
        self._console.print()
        if self.trouble:
            self._console.rule(f"[bold red]{len(self.trouble)} 处不一致[/bold red]")
        else:
            self._console.rule(f"[bold green]{told_number} 项待遇变化，每一项都有来由，每一分都对得上[/bold green]")

    def _fail(self, line: str) -> None:
        self.trouble.append(line)
        self._console.print(f"  ✗ {line}", style="bold red", markup=False)

    def _say(self, text: str, style: str = "") -> None:
        self._console.print(text, style=style)

    def close(self) -> None:
        """Let go of the brokers."""
        self._quiet.close()
        self._outputs.close()
