"""The data folder of one machine: who it is, where things lie in it, and which slot of it a worker holds."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from benefit_hub.values.errors import HubError

SLOTS = 64


class DataFolder:
    """Paths in the data folder; nothing is created before it is asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def key_file(self) -> Path:
        """The pseudonym key."""
        return self.root / "pseudonym.key"

    @property
    def view_file(self) -> Path:
        """The view of the outputs, SQLite."""
        return self.root / "view.sqlite"

    @property
    def kafka(self) -> Path:
        """Where a local Kafka that stays has its data."""
        return self.root / "kafka"

    def store(self, slot: int) -> Path:
        """The local stores of a slot, a folder for each processor."""
        return self.root / "stores" / str(slot)

    def identity(self) -> str:
        """Eight letters that tell this folder from every other: two machines never share a transactional id."""
        file = self.root / "folder.id"
        self.root.mkdir(parents=True, exist_ok=True)
        with FileLock(self.root / "folder.lock"):
            if not file.exists():
                file.write_text(secrets.token_hex(4), "ascii")
            return file.read_text("ascii").strip()

    def slots_used(self) -> list[int]:
        """The slots in which workers run, or ran."""
        return sorted(int(file.stem) for file in (self.root / "slots").glob("*.lock"))

    @contextmanager
    def slot(self, wanted: int | None) -> Iterator[int]:
        """Hold a slot for this block: the wanted one, else the first that no other worker holds.

        The lock ends with the process, however that ends. Raises HubError where there is none to be had.
        """
        numbers = range(SLOTS) if wanted is None else [wanted]
        held = next((held for number in numbers if (held := self._hold(number))), None)
        if held is None:
            which = "all slots are" if wanted is None else f"slot {wanted} is"
            raise HubError(
                f"{which} held by other workers on {self.root}: stop one, or give this worker a data folder of its own"
            )
        number, lock = held
        try:
            yield number
        finally:
            lock.release()

    def _hold(self, number: int) -> tuple[int, BaseFileLock] | None:
        """Take the lock of a slot; None where somebody has it."""
        folder = self.root / "slots"
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{number}.lock")
        with suppress(Timeout):
            lock.acquire(timeout=0)
        return (number, lock) if lock.is_locked else None
