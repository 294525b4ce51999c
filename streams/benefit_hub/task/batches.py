"""Batches: records that a publisher sends together, and of which it wants to be told together.

A batch is named in two headers, which travel from the department's record over the fact to the receipts. It is no part of what
is said, so no state holds it, and the same record in another batch is the same record.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct, structs

from benefit_hub.messages.public import Receipt
from benefit_hub.task.records import Out

BATCH = "hub-batch"
BATCH_SIZE = "hub-batch-size"
LARGEST_BATCH = 10_000_000


class Batch(Struct, frozen=True):
    """Which batch, and how many records it has where the publisher says so."""

    name: str
    size: int | None


def batch_of(headers: Mapping[str, bytes]) -> Batch | None:
    """The batch that these headers name; None where they name none. Raises ValueError where they cannot be read."""
    name = headers.get(BATCH)
    if not name:
        return None
    said = headers.get(BATCH_SIZE)
    if said is None:
        return Batch(name.decode(), None)
    if not said.isdigit() or len(said) > 9 or not 1 <= int(said) <= LARGEST_BATCH:
        raise ValueError(f"expected {BATCH_SIZE} from 1 to {LARGEST_BATCH}")
    return Batch(name.decode(), int(said))


def batch_headers(batch: Batch | None) -> dict[str, str]:
    """The headers that name a batch."""
    if batch is None:
        return {}
    return {BATCH: batch.name} | ({} if batch.size is None else {BATCH_SIZE: str(batch.size)})


def in_batch(outs: Sequence[Out], batch: Batch | None) -> list[Out]:
    """The same records, their receipts told of a batch."""
    if batch is None:
        return list(outs)
    return [
        structs.replace(out, value=structs.replace(out.value, batch=batch.name, batch_size=batch.size))
        if isinstance(out.value, Receipt)
        else out
        for out in outs
    ]
