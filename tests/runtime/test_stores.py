"""The local store: rows of partitions apart, sorted, and written with their mark or not at all; and so is the store that the
simulation of the runner uses instead."""

import subprocess
import sys
from contextlib import closing
from textwrap import dedent

import msgspec
import pytest

from benefit_hub.runtime.changelog import STALE_MS, now_ms, rebuild_reason
from benefit_hub.runtime.stores import Mark, Memory, ProcessorStore, packed, unpacked
from benefit_hub.task import DictStore, Overlay, Table
from benefit_hub.values.errors import HubError
from tests.runner_simulation.store import Disk, FakeProcessorStore

NAMES = Table("names", str)
MARK = Mark(5, 3, 0)


@pytest.fixture(params=["RocksDB", "the simulation's"])
def opened(request, tmp_path):
    """Opens a store; the next time it is called, the same again."""
    if request.param == "RocksDB":
        return lambda: ProcessorStore(tmp_path / "register", Memory(8))
    disk: Disk = {}
    return lambda: FakeProcessorStore(disk)


@pytest.fixture
def store(opened):
    made = opened()
    yield made
    made.close()


def test_rows_and_mark_outlive_a_restart(opened):
    store = opened()
    store.open(0).write({b"a": b"1", b"b": b"2"}, MARK)
    store.open(3).write({b"a": b"9"}, Mark(8, 8, 8))
    store.close()
    again = opened()
    assert again.open(0).get(b"a") == b"1"
    assert again.open(0).mark == MARK
    assert again.open(3).get(b"a") == b"9"
    assert again.open(3).mark == Mark(8, 8, 8)
    assert again.open(1).mark is None
    again.close()


def test_removed_rows_are_gone_and_later_rows_win(store):
    task = store.open(0)
    task.write([(b"a", b"1"), (b"b", b"1"), (b"a", b"2"), (b"b", None)], MARK)
    assert (task.get(b"a"), task.get(b"b")) == (b"2", None)


def test_what_was_restored_and_settled_outlives_a_restart(opened):
    store = opened()
    store.open(0).restore([(b"a", b"1"), (b"b", b"1"), (b"a", None)], Mark(3, 1, 0))
    store.open(0).settle()
    store.open(0).write({b"c": b"1"}, MARK)
    store.open(1).restore({b"a": b"1"}, MARK)
    store.close()
    again = opened()
    assert [again.open(0).get(name) for name in (b"a", b"b", b"c")] == [None, b"1", b"1"]
    assert (again.open(0).mark, again.open(1).mark, again.open(1).get(b"a")) == (MARK, MARK, b"1")
    again.close()


def test_a_kill_takes_what_was_not_settled_with_its_mark(tmp_path):
    script = """
        import os, sys
        from pathlib import Path
        from benefit_hub.runtime.stores import Mark, Memory, ProcessorStore
        store = ProcessorStore(Path(sys.argv[1]), Memory(8))
        for number in (0, 1):
            store.open(number).belong_to("here")
            store.open(number).restore({b"a": b"1"}, Mark(3, 1, 0))
        store.open(0).settle()
        store.open(0).write({b"b": b"1"}, Mark(5, 3, 0))
        os._exit(9)
    """
    ended = subprocess.run([sys.executable, "-c", dedent(script), str(tmp_path / "register")], check=False)
    assert ended.returncode == 9
    with closing(ProcessorStore(tmp_path / "register", Memory(8))) as store:
        settled, loose = store.open(0), store.open(1)
        assert (settled.mark, settled.get(b"a"), settled.get(b"b"), settled.whose) == (MARK, b"1", b"1", "here")
        assert (loose.mark, loose.get(b"a")) == (None, None)


def test_a_scan_is_sorted_and_never_shows_the_mark(store):
    task = store.open(0)
    task.write(dict.fromkeys([b"c", b"a", b"b", b"aa"], b"x"), MARK)
    assert task.scan(b"", 10) == [b"a", b"aa", b"b", b"c"]
    assert task.scan(b"a", 2) == [b"aa", b"b"]
    assert task.scan(b"c", 2) == []


def test_it_behaves_as_the_store_in_memory(store):
    """The same rows through an overlay, from this store and from the one of the topology in memory."""
    kept, plain = store.open(0), DictStore()
    rows = {NAMES.address(f"k{number}"): NAMES.encode(str(number)) for number in range(30)}
    kept.write(rows, MARK)
    plain.write(rows)
    ours, theirs = Overlay(kept), Overlay(plain)
    for state in (ours, theirs):
        state.put(NAMES, "k05", "new")
        state.delete(NAMES, "k7")
    assert ours.keys(NAMES, "k1", 12) == theirs.keys(NAMES, "k1", 12)
    assert ours.dirty == theirs.dirty


def test_an_emptied_store_is_empty_and_its_neighbour_is_not(store):
    store.open(0).write({b"a": b"1"}, MARK)
    store.open(1).write({b"a": b"1"}, MARK)
    emptied = store.emptied(0)
    assert (emptied.get(b"a"), emptied.mark, emptied.scan(b"", 9)) == (None, None, [])
    assert store.open(1).get(b"a") == b"1"
    emptied.write({b"a": b"3"}, MARK)
    assert store.open(0).get(b"a") == b"3"


def test_whose_it_is_outlives_a_restart_and_goes_with_what_it_holds(opened):
    store = opened()
    assert store.open(0).whose == ""
    store.open(0).belong_to("changelog/0")
    store.open(0).write({b"a": b"1"}, MARK)
    store.close()
    with closing(opened()) as again:
        assert (again.open(0).whose, again.open(1).whose) == ("changelog/0", "")
        assert again.open(0).scan(b"", 9) == [b"a"]
        assert again.emptied(0).whose == ""


def test_a_store_that_somebody_holds_is_named(tmp_path):
    with closing(ProcessorStore(tmp_path / "register", Memory(8))), pytest.raises(HubError, match="cannot be opened"):
        ProcessorStore(tmp_path / "register", Memory(8))


@pytest.mark.parametrize(
    ("mark", "low", "end", "told"),
    [
        (None, 0, 10, "does not say"),
        (Mark(11, 5, now_ms()), 0, 10, "ends at 10"),
        (Mark(3, 5, now_ms()), 4, 10, "begins at 4"),
        (Mark(3, 5, now_ms() - STALE_MS - 1), 0, 10, "older than the tombstones"),
    ],
)
def test_a_store_that_cannot_be_trusted_is_rebuilt(mark, low, end, told):
    assert told in rebuild_reason(mark, low, end, now_ms())


@pytest.mark.parametrize("mark", [Mark(10, 5, now_ms()), Mark(3, 5, now_ms()), Mark(9, 5, 0), Mark(10, 5, 0)])
def test_a_store_that_is_complete_or_fresh_is_kept(mark):
    assert rebuild_reason(mark, 0, 10, now_ms()) == ""


def test_a_mark_of_one_input_is_written_as_before_there_were_loops():
    """The bytes are those that earlier releases left in stores and changelogs."""
    assert msgspec.msgpack.encode(Mark(5, packed((3,)), 0)) == b"\x93\x05\x03\x00"
    assert msgspec.msgpack.encode(packed((3,))) == b"\x03"
    assert msgspec.msgpack.decode(b"\x93\x05\x03\x00", type=Mark).positions == (3,)
    assert unpacked(3) == (3,)


def test_a_mark_of_an_input_and_a_loop_holds_both_positions():
    assert msgspec.msgpack.encode(Mark(5, packed((3, 7)), 0)) == b"\x93\x05\x92\x03\x07\x00"
    assert msgspec.msgpack.encode(packed((3, 7))) == b"\x92\x03\x07"
    assert msgspec.msgpack.decode(b"\x93\x05\x92\x03\x07\x00", type=Mark).positions == (3, 7)
    assert unpacked((3, 7)) == (3, 7)
