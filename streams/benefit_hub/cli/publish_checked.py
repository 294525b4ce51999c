"""The records of a file, checked as intake will check them: letters to be sent, and what is wrong with the others."""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from benefit_hub.cli.publish_lines import Line
from benefit_hub.cli.receipt_words import TOLD_AT_MOST, reason_lines, record_words
from benefit_hub.client import Refused
from benefit_hub.client.letters import Desk, Letter
from benefit_hub.values.refusal import Refusal


class Fault(Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a line."""

    code: str
    field: str
    expected: str
    text_en: str
    text_zh: str


class Bad(Struct, frozen=True, kw_only=True):
    """A line that was not sent, and everything that is wrong with it."""

    line: int
    record: str
    revision: int
    faults: tuple[Fault, ...]


class Checked(Struct, frozen=True):
    """What can be sent, each event once, and what cannot."""

    letters: tuple[Letter, ...]
    bad: tuple[Bad, ...]


def bad_line(place: int, record: str, revision: int, refusal: Refusal) -> Bad:
    """A line that was not sent."""
    return Bad(
        line=place,
        record=record,
        revision=revision,
        faults=tuple(
            Fault(code=each.code, field=each.field, expected=each.expected, text_en=each.english, text_zh=each.chinese)
            for each in refusal.faults
        ),
    )


def check_lines(
    desk: Desk,
    topic: str,
    lines: Iterable[Line],
    *,
    at_ms: int,
    story_received_at_ms: int | None,
    done: Callable[[], None],
) -> Checked:
    """Check every line; `done` is called after each."""
    letters: dict[str, Letter] = {}
    bad: list[Bad] = []
    for line in lines:
        if isinstance(line.said, Refusal):
            bad.append(bad_line(line.place, "", 0, line.said))
        else:
            try:
                letter = desk.letter(topic, line.said, at_ms=at_ms, story_received_at_ms=story_received_at_ms)
                if letters.setdefault(letter.event_id, letter).value != letter.value:
                    bad.append(bad_line(line.place, *desk.named(topic, line.said), _CONFLICT))
            except Refused as refused:
                bad.append(bad_line(line.place, refused.record, refused.revision, refused.refusal))
        done()
    return Checked(tuple(letters.values()), tuple(bad))


_CONFLICT = Refusal(
    "CONFLICT",
    "revision",
    "one content of a revision in a file",
    "Send what is right with a revision number of its own.",
)


def bad_lines(kind: str, bad: Iterable[Bad], most: int = TOLD_AT_MOST) -> Iterator[str]:
    """A paragraph for each of the first lines that were not sent."""
    told = list(bad)
    for each in told[:most]:
        yield f"  line {each.line}  {record_words(kind, each.record, each.revision)}"
        for fault in each.faults:
            yield from reason_lines(fault.text_en, fault.text_zh)
    if len(told) > most:
        yield f"  … and {len(told) - most} more; --json lists all of them"
