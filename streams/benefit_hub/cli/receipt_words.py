"""Receipts and refusals in words for a department's developer: which record, which field, what was expected, what to do."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from benefit_hub.catalogue.assets import VARIABLE
from benefit_hub.cli.words import WORDS
from benefit_hub.messages.public import Receipt

TOLD_AT_MOST = 50


def record_words(kind: str, record: str, revision: int) -> str:
    """Which record is meant, as far as that is known."""
    return (
        f"{kind} {record} 第 {revision} 版 (revision {revision})" if record else f"{kind}: no record id could be read"
    )


def reason_lines(english: str | None, chinese: str | None) -> Iterator[str]:
    """Why, and what to do, in both languages."""
    yield from (f"      {text}" for text in (english, chinese) if text)


def unanswered_lines(topic: str, root: Path) -> Iterator[str]:
    """Why a batch may stay without an answer, and what to do."""
    yield f"  no worker answered: none is at work (hub status), or none that knows {topic}, since it was started without"
    yield f"  {VARIABLE}={root}, or before your files were there. Start it again; nothing is lost, and hub receipts"
    yield "  shows the answer then."
    yield f"  没有工作进程答复：没有在运行的（hub status），或启动时没有读到 {topic}。"
    yield "  请重新启动；数据没有丢失，稍后用 hub receipts 查看。"


def receipt_lines(receipts: Iterable[Receipt], most: int = TOLD_AT_MOST) -> Iterator[str]:
    """A paragraph for each of the first receipts, and how many more there are."""
    told = list(receipts)
    for each in told[:most]:
        head = f"{each.status} {WORDS[each.status]}  {record_words(each.kind, each.record, each.revision)}"
        yield f"  {head}  event {each.event_id}"
        yield from reason_lines(each.text_en, each.text_zh)
    if len(told) > most:
        yield f"  … and {len(told) - most} more; --json lists all of them"
