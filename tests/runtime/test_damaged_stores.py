"""Local stores whose files were cut off, lost or overwritten: as they were at some mark, or refused; never something else."""

import shutil
from pathlib import Path
from random import Random

import pytest

from benefit_hub.runtime import stores
from benefit_hub.runtime.stores import MARK, Mark, Memory, ProcessorStore
from benefit_hub.task import Overlay, Table
from benefit_hub.values.errors import HubError

pytestmark = pytest.mark.slow

Rows = dict[bytes, bytes]
PARTITIONS = (0, 1)
WRITES = 120
LARGE = Table("large", bytes)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[tuple[int, int], Rows]]:
    """The files of a store as a kill leaves them, flushed twice before; and what it held at each of its marks."""
    path = tmp_path_factory.mktemp("killed")
    store, now, states = ProcessorStore(path / "open", Memory(8)), {each: Rows() for each in PARTITIONS}, {}
    for number in range(1, WRITES + 1):
        partition = number % 2
        task, rows = (
            store.open(partition),
            {b"t\0k%d" % (each % 40): b"v%d" % number for each in range(number, number + 5)},
        )
        now[partition].update(rows)
        task.write(rows, Mark(number, number, 0))
        states[partition, number] = dict(now[partition])
        if number in (WRITES // 3, WRITES // 2):
            task._family.flush()
    shutil.copytree(path / "open", path / "left")
    store.close()
    return path / "left", states


def found(path: Path) -> dict[int, tuple[Mark | None, Rows]]:
    """What a store holds, by partition."""
    store = ProcessorStore(path, Memory(8))
    try:
        tasks = {each: store.open(each) for each in PARTITIONS}
        addresses = {each: task.scan(b"", 10_000) for each, task in tasks.items()}
        return {
            each: (task.mark, {address: task.get(address) or b"" for address in addresses[each]})
            for each, task in tasks.items()
        }
    finally:
        tasks = {}
        store.close()


def judged(path: Path, states: dict[tuple[int, int], Rows]) -> str:
    """Whether a damaged store is as it was at its marks, or refused in words that help."""
    try:
        held = found(path)
    except HubError as refused:
        helps = f"the local store {path}" in str(refused) and "remove the folder" in str(refused)
        return "refused" if helps else str(refused)
    right = all(
        rows == ({} if mark is None else states[partition, mark.changelog]) for partition, (mark, rows) in held.items()
    )
    return "as it was" if right else f"something else: {held}"


@pytest.mark.parametrize("halves", ["gone", 0, 1, 2])
def test_a_file_that_is_cut_off_leaves_an_earlier_store_or_is_refused(killed, tmp_path, halves):
    left, states = killed
    outcomes = {}
    for file in (each for each in sorted(left.iterdir()) if not each.name.startswith(("LOG", "LOCK", "OPTIONS"))):
        shutil.copytree(left, tmp_path / file.name)
        damaged = tmp_path / file.name / file.name
        if halves == "gone":
            damaged.unlink()
        else:
            damaged.write_bytes(file.read_bytes()[: max(0, file.stat().st_size * halves // 2 - 1)])
        outcomes[file.name] = judged(tmp_path / file.name, states)
    assert set(outcomes.values()) == {"refused", "as it was"}, outcomes


def test_a_damaged_block_is_told_by_whoever_meets_it(tmp_path):
    """A scan that ended there as if nothing came after it would leave out people, and nobody would know."""
    store, chance = ProcessorStore(tmp_path / "register", Memory(8)), Random(1)
    store.open(0).write({LARGE.address(f"{key:04}"): chance.randbytes(200) for key in range(2_000)}, Mark(1, 1, 0))
    store.open(0)._family.flush()
    store.close()
    largest = max((tmp_path / "register").glob("*.sst"), key=lambda file: file.stat().st_size)
    content = bytearray(largest.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(64)
    largest.write_bytes(content)

    store = ProcessorStore(tmp_path / "register", Memory(8))
    task = store.open(0)
    with pytest.raises(HubError, match=r"register is damaged .* remove the folder"):
        Overlay(task).keys(LARGE, "", 2_000)
    told = 0
    for key in range(2_000):
        try:
            assert task.get(LARGE.address(f"{key:04}")) is not None
        except HubError:
            told += 1
    assert 0 < told < 2_000
    store.close()


def test_a_store_knows_whose_it_is(tmp_path):
    store = ProcessorStore(tmp_path / "register", Memory(8))
    assert store.open(0).whose == ""
    store.open(0).belong_to("changelog.register.v1/0")
    store.open(0).write({b"t\0k": b"1"}, Mark(1, 1, 0))
    assert (store.open(0).whose, store.open(0).scan(b"", 9)) == ("changelog.register.v1/0", [b"t\0k"])
    assert MARK not in store.open(0).scan(b"", 9)
    assert store.emptied(0).whose == ""
    store.close()


@pytest.mark.parametrize(("machine_went_down", "rows_left"), [(False, 80), (True, 0)])
def test_a_store_that_was_open_when_the_machine_went_down_is_made_again(
    killed, tmp_path, monkeypatch, machine_went_down, rows_left
):
    """A killed process leaves all that it wrote. A machine without power may lose an older file, and keep a newer one."""
    shutil.copytree(killed[0], tmp_path / "register")
    if machine_went_down:
        monkeypatch.setattr(stores, "this_boot", lambda: "the next one")
    held = found(tmp_path / "register")
    assert sum(len(rows) for _, rows in held.values()) == rows_left
    assert {mark is None for mark, _ in held.values()} == {machine_went_down}
    shutil.copytree(tmp_path / "register", tmp_path / "closed in order")
    monkeypatch.setattr(stores, "this_boot", lambda: "another one")
    assert found(tmp_path / "closed in order") == held
