"""The state of a task against a plain sorted dict: whatever is set, removed and committed in between."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from benefit_hub.task import DictStore, Overlay, Table


class Row(Struct, frozen=True):
    """Something kept."""

    value: int


# Names and keys are chosen so that one table's rows lie right before another's.
TABLES = [Table("a", Row), Table("b", Row), Table("ab", Row)]
KEYS = st.sampled_from(["0", "1", "10", "11", "2", "户", "é", "z|y"])
PLACES = st.tuples(st.sampled_from([0, 1, 2]), KEYS)
COMMIT, PUT, DELETE = "commit", "put", "delete"
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just(PUT), PLACES, st.integers(0, 9)),
        st.tuples(st.just(DELETE), PLACES, st.just(0)),
        st.tuples(st.just(COMMIT), st.just((0, "")), st.just(0)),
    ),
    max_size=25,
)


def carried_out(steps: list[tuple[str, tuple[int, str], int]]) -> tuple[Overlay, dict[tuple[int, str], int]]:
    """State and model after the same operations."""
    store, model = DictStore(), dict[tuple[int, str], int]()
    state = Overlay(store)
    for name, (table, key), value in steps:
        if name == PUT:
            state.put(TABLES[table], key, Row(value))
            model[table, key] = value
        elif name == DELETE:
            state.delete(TABLES[table], key)
            model.pop((table, key), None)
        else:
            store.write(state.dirty)
            state = Overlay(store)
    return state, model


@settings(max_examples=40)
@given(STEPS, st.sampled_from(["", "0", "10", "1z", "户", "~"]), st.integers(1, 9))
def test_keys_are_those_of_a_sorted_dict_page_by_page(steps, after, limit):
    state, model = carried_out(steps)
    for number, table in enumerate(TABLES):
        expected = sorted((key for at, key in model if at == number and key > after), key=str.encode)
        assert state.keys(table, after, limit) == expected[:limit]


@settings(max_examples=40)
@given(STEPS)
def test_rows_are_what_was_last_set(steps):
    state, model = carried_out(steps)
    for number, table in enumerate(TABLES):
        for key in ("0", "1", "10", "11", "2", "户", "é", "z|y"):
            row = state.get(table, key)
            assert (None if row is None else row.value) == model.get((number, key))


@settings(max_examples=40)
@given(STEPS)
def test_a_commit_writes_what_changed_and_no_more_and_reads_the_same_after(steps):
    state, model = carried_out([step for step in steps if step[0] != COMMIT])
    store = DictStore()
    assert set(state.dirty) == {TABLES[table].address(key) for name, (table, key), _ in steps if name != COMMIT}
    store.write(state.dirty)
    assert {address: raw for address, raw in state.dirty.items() if raw is not None} == store.rows
    fresh = Overlay(store)
    assert not fresh.dirty
    for number, table in enumerate(TABLES):
        assert fresh.keys(table, "", 99) == sorted((key for at, key in model if at == number), key=str.encode)


def test_reading_changes_nothing():
    state = Overlay(DictStore())
    assert state.get(TABLES[0], "1") is None
    assert state.keys(TABLES[0], "", 10) == []
    assert state.dirty == {}


def test_pages_go_through_a_table_of_which_rows_are_removed_on_the_way():
    store = DictStore()
    first = Overlay(store)
    for number in range(10):
        first.put(TABLES[0], str(number), Row(number))
    store.write(first.dirty)
    state, seen, after = Overlay(store), list[str](), ""
    while page := state.keys(TABLES[0], after, 3):
        seen += page
        for key in page:
            state.delete(TABLES[0], key)
        after = ""
    assert seen == [str(number) for number in range(10)]
