"""Open items: what is said is the difference between the set that stood and the set that should stand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from benefit_hub.messages.public import ItemState, TaskItem
from benefit_hub.task import changed_items


def item(text: str, state: ItemState = "OPEN") -> TaskItem:
    """A task with some text."""
    return TaskItem(
        task_id="t1", state=state, type="T", subject="p:ann", household=None, due_on=None, facts=(), text_zh=text
    )


@pytest.mark.parametrize(
    ("stood", "wanted", "said"),
    [
        ({}, {"t1": item("a")}, "OPEN"),
        ({"t1": item("a")}, {"t1": item("a")}, None),
        ({"t1": item("a")}, {"t1": item("b")}, "CHANGED"),
        ({"t1": item("a", "CHANGED")}, {"t1": item("a")}, None),
        ({"t1": item("a", "CHANGED")}, {"t1": item("b")}, "CHANGED"),
        ({"t1": item("a")}, {}, "WITHDRAWN"),
        ({}, {}, None),
    ],
)
def test_what_is_said_of_an_item(stood, wanted, said):
    kept, outs = changed_items(stood, wanted)
    assert [(out.topic, out.key, out.value.state) for out in outs] == ([("tasks", "t1", said)] if said else [])
    assert {key: structs.replace(each, state="OPEN") for key, each in kept.items()} == wanted


def test_an_item_that_went_by_a_decision_is_decided():
    _, outs = changed_items({"t1": item("a"), "t2": item("b")}, {}, frozenset({"t2"}))
    assert {str(out.key): out.value.state for out in outs} == {"t1": "WITHDRAWN", "t2": "DECIDED"}


@settings(max_examples=40)
@given(*[st.dictionaries(st.sampled_from(["t1", "t2", "t3"]), st.sampled_from(["a", "b"]).map(item))] * 2)
def test_who_follows_what_is_said_knows_what_stands(stood, wanted):
    kept, outs = changed_items(stood, wanted)
    followed = dict(stood)
    for out in outs:
        if out.value.state in ("WITHDRAWN", "DECIDED"):
            del followed[str(out.key)]
        else:
            followed[str(out.key)] = out.value
    assert followed == kept
    assert changed_items(kept, wanted) == (kept, [])
