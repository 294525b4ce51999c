"""The spool: what was promised is there after any end, in order; nothing in it can be read; what is damaged is told."""

import logging
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from benefit_hub.client import Spool, SpoolDamaged, SpoolFull
from benefit_hub.client.letters import Letter
from benefit_hub.values.errors import HubError

NUMBER = b"990101197607150023"
ROOT = Path(__file__).parents[2]


def letter(number: int, size: int = 40) -> Letter:
    value = NUMBER + str(number).encode() + b"x" * size
    return Letter("human-resources.wage", b"w%d" % number, value, (("ce_id", b"e%d" % number),), f"e{number}")


def letters(*numbers: int) -> list[Letter]:
    return [letter(number) for number in numbers]


def waiting(spool: Spool) -> list[str]:
    return [each.event_id for _, each in spool.pending(1_000_000)]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "spool"


@pytest.fixture
def spool(folder):
    made = Spool(folder)
    yield made
    made.close()


def test_what_was_kept_waits_in_its_order_and_is_the_same(folder):
    spool = Spool(folder)
    assert spool.append(letters(1, 2)) == 0
    assert spool.append(letters(3)) == 2
    spool.close()
    again = Spool(folder)
    assert again.pending(10) == [(0, letter(1)), (1, letter(2)), (2, letter(3))]
    assert again.pending(2) == [(0, letter(1)), (1, letter(2))]
    assert (again.waiting, again.left_over) == (3, None)
    again.close()


def test_what_is_sent_waits_no_more_whoever_asks(folder):
    spool = Spool(folder)
    spool.append(letters(1, 2, 3))
    spool.append(letters(4))
    spool.sent(2)
    assert waiting(spool) == ["e3", "e4"]
    spool.close()
    again = Spool(folder)
    assert (waiting(again), again.waiting) == (["e3", "e4"], 2)
    again.sent(3)
    assert waiting(again) == ["e4"]
    again.close()


def test_it_is_emptied_when_all_is_sent_and_goes_on(folder):
    spool = Spool(folder)
    first = spool.append(letters(1, 2))
    spool.sent(first + 2)
    assert (spool.waiting, spool.size_bytes) == (0, 0)
    assert (folder / "letters.spool").stat().st_size == 0
    later = spool.append(letters(3))
    assert later == 2, "numbers go on"
    assert spool.pending(9) == [(2, letter(3))]
    spool.sent(3)
    assert spool.size_bytes == 0
    spool.close()


def test_while_it_never_empties_it_does_not_grow(folder):
    """Always ten wait; the file is written anew when most of it is sent."""
    spool = Spool(folder, limit_bytes=200_000)
    greatest, last = 0, 0
    for number in range(300):
        last = spool.append([letter(10 * number + each, 400) for each in range(10)]) + 10
        spool.sent(last - 10)
        greatest = max(greatest, spool.size_bytes)
    assert greatest < 120_000
    assert waiting(spool) == [f"e{number}" for number in range(2990, 3000)]
    spool.close()
    again = Spool(folder)
    assert waiting(again) == [f"e{number}" for number in range(2990, 3000)]
    again.close()


def test_nobody_reads_it_without_the_key(spool, folder):
    spool.append(letters(1, 2))
    spool.sent(1)
    for file in folder.iterdir():
        assert NUMBER not in file.read_bytes(), file
        assert b"wage" not in file.read_bytes(), file
        if file.name != "lock":
            assert file.stat().st_mode & 0o077 == 0, file
    assert folder.stat().st_mode & 0o077 == 0


def test_the_same_letter_never_looks_the_same(spool, folder):
    spool.append(letters(1))
    spool.append(letters(1))
    raw = (folder / "letters.spool").read_bytes()
    half = len(raw) // 2
    assert (
        len({raw[at : at + 24] for at in range(0, half, 24)} & {raw[at : at + 24] for at in range(half, len(raw))}) == 0
    )


def test_a_key_that_others_can_read_is_refused(folder):
    Spool(folder).close()
    (folder / "spool.key").chmod(0o644)
    with pytest.raises(HubError, match="chmod 600"):
        Spool(folder)


def test_the_key_may_lie_elsewhere(folder, tmp_path):
    key = tmp_path / "kept apart"
    spool = Spool(folder, key_file=key)
    spool.append(letters(1))
    spool.close()
    assert not (folder / "spool.key").exists()
    with pytest.raises(SpoolDamaged, match="key is another"):
        Spool(folder)
    again = Spool(folder, key_file=key)
    assert waiting(again) == ["e1"]
    again.close()


@pytest.mark.parametrize("content", ["", "not hex", "abcd"])
def test_a_key_file_without_a_key_is_refused(folder, content):
    Spool(folder).close()
    (folder / "spool.key").write_text(content)
    with pytest.raises(HubError, match="32 bytes in hex"):
        Spool(folder)


def test_one_process_at_a_time(spool, folder):
    with pytest.raises(HubError, match="another process holds this spool"):
        Spool(folder)
    assert spool.waiting == 0


def test_a_full_spool_says_so_and_keeps_what_it_has(folder):
    spool = Spool(folder, limit_bytes=3_000)
    spool.append([letter(1, 1_000)])
    before = spool.size_bytes
    with pytest.raises(SpoolFull, match=r"1 records wait here in \d+ of at most 3000 bytes, and 2 more have no room"):
        spool.append([letter(2, 1_000), letter(3, 1_000)])
    assert (waiting(spool), spool.size_bytes) == (["e1"], before)
    spool.append([letter(4, 500)])
    assert waiting(spool) == ["e1", "e4"]
    spool.close()


def test_a_full_disk_is_told_and_nothing_half_written_is_left(folder, monkeypatch):
    spool = Spool(folder)
    spool.append(letters(1))
    real = os.pwrite
    written: list[int] = []

    def little(file, data, at):
        if written:
            raise OSError(28, "No space left on device")
        written.append(real(file, data[:10], at))
        return written[0]

    monkeypatch.setattr("benefit_hub.client.sealed.os.pwrite", little)
    with pytest.raises(HubError, match="No space left on device; see to the disk"):
        spool.append(letters(2))
    monkeypatch.undo()
    spool.append(letters(3))
    spool.close()
    again = Spool(folder)
    assert (waiting(again), again.left_over) == (["e1", "e3"], None)
    again.close()


def written(folder: Path) -> Path:
    """Three frames: two letters, one letter, and what is sent."""
    spool = Spool(folder)
    spool.append(letters(1, 2))
    spool.append(letters(3))
    spool.sent(1)
    spool.close()
    return folder / "letters.spool"


def places(file: Path) -> list[int]:
    """Where frames begin and end, read by nothing but the description of the file."""
    raw, at, found = file.read_bytes(), 25, [25]
    while at < len(raw):
        at += 8 + int.from_bytes(raw[at : at + 4], "big")
        found.append(at)
    assert at == len(raw)
    return found


def test_every_end_that_comes_too_early_is_set_aside_and_told(folder, caplog):
    """Cut at every byte: whole frames wait, the rest is not lost, and somebody is told."""
    whole = written(folder).read_bytes()
    ends = places(folder / "letters.spool")
    waits = {25: [], ends[1]: ["e1", "e2"], ends[2]: ["e1", "e2", "e3"], ends[3]: ["e2", "e3"]}
    for length in range(1, len(whole), 7):
        (folder / "letters.spool").write_bytes(whole[:length])
        for aside in folder.glob("unfinished-*"):
            aside.unlink()
        with caplog.at_level(logging.WARNING):
            spool = Spool(folder)
        intact = max((end for end in [0, *ends] if end <= length), default=0)
        assert waiting(spool) == waits.get(intact, []), length
        rest = whole[intact:length] if length >= 25 else whole[:length]
        aside = [file.read_bytes() for file in folder.glob("unfinished-*")]
        assert aside == ([rest] if rest else []), length
        assert bool(spool.left_over) == bool(rest), length
        assert (folder / "letters.spool").stat().st_size == (intact if length >= 25 else 0)
        spool.append(letters(9))
        assert waiting(spool)[-1] == "e9"
        spool.close()
    assert "ended while it was writing" in caplog.text
    assert NUMBER.decode() not in caplog.text


@pytest.mark.parametrize("frame", [0, 1, 2])
@pytest.mark.parametrize("within", [0, 3, 5, 9, 25])
def test_a_byte_that_changed_anywhere_stops_it_and_changes_nothing(folder, frame, within):
    file = written(folder)
    raw = bytearray(file.read_bytes())
    raw[places(file)[frame] + within] ^= 0x40
    file.write_bytes(raw)
    with pytest.raises(SpoolDamaged, match="damaged") as trouble:
        Spool(folder)
    assert "records before it are not sent" in str(trouble.value)
    assert file.read_bytes() == raw
    assert not list(folder.glob("unfinished-*"))


def test_frames_in_another_order_or_from_another_file_are_damage(folder, tmp_path):
    file = written(folder)
    raw, (first, second, third, _) = file.read_bytes(), places(file)
    file.write_bytes(raw[:first] + raw[second:third] + raw[first:second] + raw[third:])
    with pytest.raises(SpoolDamaged):
        Spool(folder)
    file.write_bytes(raw)
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    (other / "spool.key").write_bytes((folder / "spool.key").read_bytes())
    (other / "spool.key").chmod(0o600)
    foreign = written(other).read_bytes()
    file.write_bytes(raw[:first] + foreign[first:second] + raw[second:])
    with pytest.raises(SpoolDamaged):
        Spool(folder)


def test_what_is_no_spool_is_not_touched(folder):
    Spool(folder).close()
    file = folder / "letters.spool"
    file.write_bytes(b"somebody's notes, which are longer than the head of a spool")
    with pytest.raises(SpoolDamaged, match="does not begin as a spool does"):
        Spool(folder)
    assert file.read_bytes().startswith(b"somebody's notes")


PROMISING = """
    import sys
    from pathlib import Path
    from benefit_hub.client import Spool
    from benefit_hub.client.letters import Letter
    spool = Spool(Path(sys.argv[1]))
    for number in range(1_000_000):
        spool.append([Letter("t", b"k", b"v" * 20_000, (), f"e{number}")])
        sys.stdout.write(f"e{number}\\n")
        sys.stdout.flush()
"""


@pytest.mark.slow
def test_whatever_was_promised_before_a_kill_is_there(folder):
    """Killed while it writes, three times in a row: every letter that was promised waits, in order, and at most one more each."""
    promised: list[str] = []
    unpromised = 0
    for _ in range(3):
        command = [sys.executable, "-c", textwrap.dedent(PROMISING), str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None
            first = process.stdout.readline().strip()
            time.sleep(0.3)
            process.send_signal(signal.SIGKILL)
            promised += [first, *process.stdout.read().split()]
        spool = Spool(folder)
        found = waiting(spool)
        spool.close()
        unpromised = len(found) - len(promised)
        assert 0 <= unpromised <= 1
        if unpromised:
            promised.append(found[-1])
        assert found == promised
    assert len(promised) > 30
