"""One pack of all times from a pack for each: values, programmes and rows of effects, each with the time in which they hold.

The law changes on a first of a month. A standard belongs to the month that it is for, a programme's version likewise, a row of
the effect table to the day of the decision.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from benefit_hub.catalogue.documents import Document
from benefit_hub.catalogue.findings import Unfit
from benefit_hub.catalogue.packs import PackFile
from benefit_hub.policy.book import Effect, Pack, Programme
from benefit_hub.policy.standards import Dated, Standard
from benefit_hub.values.months import FIRST_MONTH, Month, month_of

Dates = Sequence[tuple[date | None, PackFile]]
"""The pack of each time, and the day on which it begins; the first has always been."""
JOINED = ("order", "programmes", "standards", "effects", "exclusions", "title")


def joined(dates: Dates, document: Document) -> PackFile:
    """One pack of all; raises Unfit where they differ in what may have no date."""
    first, last = dates[0][1], dates[-1][1]
    missing = tuple(sorted({key for _, file in dates for key in file.missing}))
    if len(dates) == 1:
        return first
    for _, file in dates[1:]:
        for key, was in _undated(first).items():
            if _undated(file)[key] != was:
                raise _differs(document, key)
    files = [file.pack for _, file in dates]
    starts = [FIRST_MONTH if since is None else month_of(since) for since, _ in dates]
    names = list(dict.fromkeys(name for pack in files for name in pack.order))
    order = next((pack.order for pack in files[::-1] if set(pack.order) == set(names)), None)
    if order is None:
        raise _differs(document, "order")
    pack = msgspec.structs.replace(
        last.pack,
        order=order,
        programmes={name: _programme(name, files, starts, document) for name in order},
        standards=_standards(files, starts, document),
        effects=_effects(dates),
        exclusions=tuple({(row.first, row.then): row for pack in files for row in pack.exclusions}.values()),
    )
    return msgspec.structs.replace(last, pack=pack, missing=missing)


def _undated(file: PackFile) -> dict[str, object]:
    """What has no date."""
    said: dict[str, object] = {key: getattr(file.pack, key) for key in file.pack.__struct_fields__ if key not in JOINED}
    return said | {"membership_month": file.membership_month, "horizon_months": file.horizon_months}


def _differs(document: Document, key: str) -> Unfit:
    told = "one version says something else than another, and it has no date"
    return Unfit([document.finding((key,), told, "Say it once, in a pack that holds at all times.")])


def _programme(name: str, packs: Sequence[Pack], starts: Sequence[Month], document: Document) -> Programme:
    """A programme with its earlier versions; without standards where a version of the law, or of the place, has it not."""
    some = next(pack.programmes[name] for pack in packs[::-1] if name in pack.programmes)
    none = msgspec.structs.replace(some, standards={}, factor=None)
    versions = [pack.programmes.get(name, none) for pack in packs]
    for each in versions:
        for key in ("beneficiary", "rule", "entry", "needs_status"):
            if getattr(each, key) != getattr(some, key):
                raise _differs(document, f"programmes.{name}.{key}")
    earlier = [
        msgspec.structs.replace(before, until=until)
        for before, after, until in zip(versions, versions[1:], starts[1:], strict=False)
        if before != after
    ]
    return msgspec.structs.replace(versions[-1], earlier=tuple(earlier))


def _standards(packs: Sequence[Pack], starts: Sequence[Month], document: Document) -> dict[str, Standard]:
    """Every standard with the values of each version in its own months; unknown in those of a version that lacks it."""
    found: dict[str, Standard] = {}
    for name in dict.fromkeys(name for pack in packs for name in pack.standards):
        each = [pack.standards.get(name) for pack in packs]
        last = next(standard for standard in each[::-1] if standard is not None)
        if all(standard == last for standard in each):
            found[name] = last
            continue
        values: list[Dated] = []
        for standard, since, until in zip(each, starts, [*starts[1:], None], strict=True):
            if standard is not None and msgspec.structs.replace(standard, values=()) != msgspec.structs.replace(
                last, values=()
            ):
                raise _differs(document, f"standards.{name}")
            values += _values_of(standard, since, until, values)
        found[name] = msgspec.structs.replace(last, values=tuple(values))
    return found


def _values_of(standard: Standard | None, since: Month, until: Month | None, before: Sequence[Dated]) -> list[Dated]:
    """The values of a version in its months."""
    if standard is None:
        return [Dated(since, before[-1].yuan, known=False)] if before else []
    begun = [each for each in standard.values if each.since <= since]
    later = [each for each in standard.values if each.since > since and (until is None or each.since < until)]
    standing = [msgspec.structs.replace(begun[-1], since=max(since, begun[-1].since))] if begun else []
    return [*standing, *later]


def _effects(dates: Dates) -> tuple[Effect, ...]:
    """The rows of each version for decision days in its time; as they are where the table is the same at all times."""
    tables = [file.pack.effects for _, file in dates]
    if all(table == tables[0] for table in tables):
        return tables[0]
    rows: list[Effect] = []
    ends = [since - timedelta(days=1) for since, _ in dates[1:] if since is not None]
    for (since, file), until in zip(dates, [*ends, None], strict=True):
        for row in file.pack.effects:
            begins = max((day for day in (row.decided_from, since) if day is not None), default=None)
            over = min((day for day in (row.decided_until, until) if day is not None), default=None)
            if begins is None or over is None or begins <= over:
                rows.append(msgspec.structs.replace(row, decided_from=begins, decided_until=over))
    return tuple(rows)
