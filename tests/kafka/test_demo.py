"""`hub demo` as a newcomer runs it: it comes out right, fails loudly where it must, and leaves nothing running."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from benefit_hub.catalogue import find_assets
from benefit_hub.runtime.processes import ask
from tests.stories.played import STORY

DEMO = (sys.executable, "-m", "benefit_hub.cli", "demo", "--fast")
ENDS_WITHIN_S = 40

pytestmark = pytest.mark.timeout(400)


class Demo:
    """A demo that runs, with everything that it makes in a folder of the test."""

    def __init__(self, folder, **environment):
        self.folder = folder
        self.said = folder / "said.txt"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "KAFKA_"))}
        (folder / "tmp").mkdir()
        with self.said.open("wb") as output:
            self.process = subprocess.Popen(
                DEMO,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**clean, "TMPDIR": str(folder / "tmp"), "PYTHONUNBUFFERED": "1", **environment},
            )

    def text(self):
        return self.said.read_text("utf-8")

    def wait_for(self, words, within_s=200):
        deadline = time.monotonic() + within_s
        while words not in self.text():
            assert self.process.poll() is None, self.text()[-3000:]
            assert time.monotonic() < deadline, self.text()[-3000:]
            time.sleep(0.1)

    def ended(self, within_s=300):
        return self.process.wait(within_s)

    def leaves_nothing(self):
        """No process that was started for it runs any more, and its folders are gone."""
        deadline = time.monotonic() + ENDS_WITHIN_S
        while left := [*self.running(), *(str(path) for path in (self.folder / "tmp").glob("benefit-hub*"))]:
            assert time.monotonic() < deadline, left
            time.sleep(0.2)

    def running(self):
        told = ask(["ps", "-ww", "-eo", "pid,args"], within_s=10).out.splitlines()
        return [line for line in told if str(self.folder / "tmp") in line]


@pytest.fixture
def start(tmp_path):
    """Starts a demo; whatever a failing test leaves of it is killed."""
    started = []

    def begin(**environment):
        demo = Demo(tmp_path, **environment)
        started.append(demo)
        return demo

    yield begin
    for demo in started:
        if demo.process.poll() is None:
            demo.process.send_signal(signal.SIGINT)
            demo.ended(ENDS_WITHIN_S)


def test_the_whole_story_comes_out_right(start, kafka):
    demo = start(KAFKA_BOOTSTRAP=kafka.bootstrap)
    code = demo.ended()
    text = demo.text()
    assert code == 0, text[-4000:]
    assert "✗" not in text
    assert text.count("✓ 与手工计算一致") == len(STORY.told.chapters)
    assert text.count("✓ 同样的记录在内存中重走一遍：一致") == 2
    assert text.count("✓ demo/naive.py 从各部门的主题按月重算：一致") == 2
    assert text.count("  ● ") >= STORY.adjustments_at_least()
    for told in (
        "张家（h:H-01） 最低生活保障 减发：自 2026-06 起每月 1035.00 → 590.00 元",
        "2026-04 至 2026-05 多发 890.00 元，待审核，不自动追回",
        "张家 590.00 → 1480.00",
        "王家（h:H-02） 最低生活保障 减发：自 2026-07 起每月 1035.00 → 555.00 元",
        "郑家（h:H-09） 最低生活保障 减发：自 2026-05 起每月 1290.00 → 719.67 元",
        "CJ-ma-3 第 1 版 已拒绝（REFUSED）",
        "SW-liu 第 1 版 重复（REPEATED）",
        "减发须先听取意见，没有听取意见日期不能登记（555.00 → 110.00 元；适用于 2026-07-01 起作出的决定；",
    ):
        assert told in text
    crash = text[text.index("断电") :]
    assert re.search(r"事务 \S*hub\.settlement\.\S+ 未提交", crash)
    (lying,) = re.findall(r"读未提交的读者看到 (\d+) 条", crash)
    ((committed, again),) = re.findall(r"现在看到 (\d+) 条；读未提交的读者又看到 (\d+) 条", crash)
    assert int(lying) > 0
    assert committed == again == "2"
    demo.leaves_nothing()


def test_it_fails_loudly_where_an_amount_is_not_as_by_hand(start, kafka, tmp_path):
    assets = tmp_path / "assets"
    for folder in ("schemas", "topics", "mappings", "policies", "demo"):
        shutil.copytree(find_assets().root / folder, assets / folder)
    story = (assets / "demo" / "story.yaml").read_text("utf-8")
    first_chapter = story[: story.index("  - title: 户口由城转农")]
    assert 'after: "890.00"' in first_chapter
    (assets / "demo" / "story.yaml").write_text(first_chapter.replace('after: "890.00"', 'after: "890.01"'), "utf-8")
    demo = start(KAFKA_BOOTSTRAP=kafka.bootstrap, HUB_ASSETS=str(assets))
    assert demo.ended() == 1
    assert "✗ 陈家 dibao: after 890.00, by hand 890.01" in demo.text()
    assert "the demo did not come out as it must: 1 difference above" in demo.text()
    demo.leaves_nothing()


@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_it_is_ended_in_the_middle(start, kafka, ended_by):
    """SIGTERM is SIGINT here, so one of them ends a demo that has a broker of its own."""
    demo = start(**({"KAFKA_BOOTSTRAP": kafka.bootstrap} if ended_by == signal.SIGTERM else {}))
    demo.wait_for("户籍登记 24")
    assert len(demo.running()) > 3, "its workers, the subscriber and the broker run"
    demo.process.send_signal(ended_by)
    assert demo.ended(ENDS_WITHIN_S) == (-signal.SIGKILL if ended_by == signal.SIGKILL else 130)
    demo.leaves_nothing()
