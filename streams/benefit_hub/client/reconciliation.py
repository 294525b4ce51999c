"""What going live found, read from its topic: every line as it stands, and what they come to per programme."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from benefit_hub.client.reader import Reader
from benefit_hub.messages.public import Reconciliation
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.runtime.settings import Settings

TOPIC = "reconciliation"


class Total(Struct, frozen=True, kw_only=True):
    """What the lines of a programme come to, per month: awards and people without one, amounts in fen, findings by name.

    `differing` lines do not come to what was paid, `standing` ones of them are still paid so.
    """

    programme: str
    lines: int
    paid_fen: int
    computed_fen: int
    differing: int
    standing: int
    findings: dict[str, int]


def standing_lines(settings: Settings, bootstrap: str, codecs: Codecs) -> list[Reconciliation]:
    """Every line as it was said last, in the order of programme and beneficiary."""
    lines: dict[bytes, bytes | None] = {}
    with Reader(settings, bootstrap, [TOPIC]) as reader:
        for read in reader.new():
            lines[read.key or b""] = read.value
    found = [msgspec.convert(codecs.decode(TOPIC, raw), Reconciliation) for raw in lines.values() if raw is not None]
    return sorted(found, key=lambda line: (line.programme, line.beneficiary))


def totals(lines: Iterable[Reconciliation]) -> list[Total]:
    """The sums, programme by programme."""
    by_programme: dict[str, list[Reconciliation]] = {}
    for line in lines:
        by_programme.setdefault(line.programme, []).append(line)
    return [
        Total(
            programme=programme,
            lines=len(mine),
            paid_fen=sum(line.paid_fen for line in mine),
            computed_fen=sum(line.computed_fen for line in mine),
            differing=sum(line.paid_fen != line.computed_fen for line in mine),
            standing=sum(line.stands for line in mine),
            findings={
                name: sum(line.finding == name for line in mine) for name in sorted({each.finding for each in mine})
            },
        )
        for programme, mine in sorted(by_programme.items())
    ]
