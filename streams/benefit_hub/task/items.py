"""Open items (proposals, leads, tasks) as differences: the set that should stand against the set that stands."""

from collections.abc import Mapping
from typing import TypeVar

from msgspec import structs

from benefit_hub.messages.public import ItemState, Lead, Proposal, TaskItem
from benefit_hub.task.records import Out

Item = Proposal | Lead | TaskItem
ItemT = TypeVar("ItemT", bound=Item)

_TOPICS: dict[type[Item], str] = {Proposal: "proposals", Lead: "leads", TaskItem: "tasks"}


def changed_items(
    standing: Mapping[str, ItemT], wanted: Mapping[str, ItemT], decided: frozenset[str] = frozenset()
) -> tuple[dict[str, ItemT], list[Out]]:
    """The items that stand from now on, and what has to be said of those that came, changed, or went (WITHDRAWN, DECIDED)."""
    if not standing and not wanted:
        return {}, []
    outs: list[Out] = []
    kept: dict[str, ItemT] = {}
    for item_id, item in wanted.items():
        before = standing.get(item_id)
        if before is not None and structs.replace(item, state=before.state) == before:
            kept[item_id] = before
            continue
        state: ItemState = "OPEN" if before is None else "CHANGED"
        kept[item_id] = structs.replace(item, state=state)
        outs.append(said(item_id, kept[item_id]))
    for item_id in sorted(standing.keys() - wanted.keys()):  # whatever was assessed when, they go in one order
        state = "DECIDED" if item_id in decided else "WITHDRAWN"
        outs.append(said(item_id, structs.replace(standing[item_id], state=state)))
    return kept, outs


def said(item_id: str, item: Item) -> Out:
    """An item as a record of its topic, compacted by its id."""
    return Out(topic=_TOPICS[type(item)], key=item_id, value=item)
