"""The data folder: who it is, and who holds which slot."""

import subprocess
import sys
from contextlib import ExitStack

import pytest

from benefit_hub.runtime.folder import DataFolder
from benefit_hub.values.errors import HubError

HOLDER = """
import sys
from pathlib import Path
from benefit_hub.runtime.folder import DataFolder
with DataFolder(Path(sys.argv[1])).slot(None) as slot:
    print(slot, flush=True)
    sys.stdin.read()
"""


def test_a_folder_keeps_its_identity_and_differs_from_others(tmp_path):
    one, two = DataFolder(tmp_path / "one"), DataFolder(tmp_path / "two")
    assert one.identity() == one.identity()
    assert one.identity() != two.identity()


def test_workers_take_the_first_free_slot(tmp_path):
    folder = DataFolder(tmp_path)
    with ExitStack() as held:
        assert held.enter_context(folder.slot(None)) == 0
        assert held.enter_context(folder.slot(None)) == 1
        with pytest.raises(HubError, match="slot 1 is held"), folder.slot(1):
            pass
    with folder.slot(None) as free_again:
        assert free_again == 0


def test_the_slot_of_a_killed_worker_is_free(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "0\n"
        with DataFolder(tmp_path).slot(None) as second:
            assert second == 1
        holder.kill()
        holder.wait()
        with DataFolder(tmp_path).slot(None) as again:
            assert again == 0
