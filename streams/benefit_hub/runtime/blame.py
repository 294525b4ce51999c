"""When a processor stops its worker: which record it was, in words that hold no key and no content of it."""

import traceback
from collections.abc import Sequence
from pathlib import Path

from benefit_hub.runtime.assignment import Task
from benefit_hub.task import Incoming, Overlay
from benefit_hub.topology import Processor
from benefit_hub.values.errors import HubError, InvariantBroken


def stopped_at(processor: Processor, task: Task, records: Sequence[Incoming]) -> str:
    """Where a processor stopped: `register stopped at facts partition 2 offset 17`."""
    offsets: dict[str, list[int]] = {}
    for record in records:
        offsets.setdefault(record.topic, []).append(record.offset)
    spans = [f"{topic} partition {task.partition} {_span(each)}" for topic, each in offsets.items()]
    where = " and ".join(spans) or f"{task.logical} partition {task.partition} in a sweep"
    return f"{processor.name} stopped at {where}"


def _span(offsets: list[int]) -> str:
    first, last = offsets[0], offsets[-1]
    return f"offset {first}" if first == last else f"offsets {first} to {last}"


def blamed(processor: Processor, task: Task, records: Sequence[Incoming], trouble: Exception) -> HubError:
    """The error that ends the worker. The text of a HubError is ours and safe; of any other only its type and place are told."""
    place = stopped_at(processor, task, _guilty(processor, task, records))
    if isinstance(trouble, HubError):
        return InvariantBroken(f"{place}: {trouble}")
    frame = traceback.extract_tb(trouble.__traceback__)[-1]
    return InvariantBroken(
        f"{place}: {type(trouble).__name__} in {Path(frame.filename).name} line {frame.lineno} ({frame.name}). This is a "
        "defect of the program; the records wait, and nothing of this batch was written"
    )


def _guilty(processor: Processor, task: Task, records: Sequence[Incoming]) -> Sequence[Incoming]:
    """The one record at which a step fails, found by stepping alone through what is only kept in memory; else all of them."""
    overlay = Overlay(task.store)
    for record in records:
        try:
            processor.step(overlay, [record], task.env)
        except Exception:  # noqa: BLE001  whatever it is, it has been raised before and is reported
            return [record]
    return records
