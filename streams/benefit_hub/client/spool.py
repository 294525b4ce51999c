"""Letters kept on disk, encrypted, until the brokers have them: records hold identity numbers.

Each frame of the file is what was appended at once, or says how many records from the beginning are sent. When all is sent the
file is emptied; when most of it is, what is left goes into a new one. What a killed process left unfinished was promised to
nobody: it is set aside and reported. Anything else that cannot be read stops with an error.
"""

import logging
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from threading import RLock
from typing import NamedTuple

import msgspec
from filelock import FileLock, Timeout

from benefit_hub.client.letters import Letter
from benefit_hub.client.sealed import FRAME_BYTES, SealedFile, SpoolDamaged, own_key, settle
from benefit_hub.values.errors import HubError

log = logging.getLogger(__name__)

LIMIT_BYTES = 256 * 1024 * 1024
MOSTLY_SENT_BYTES = 4 * 1024 * 1024
"""A file is written anew when more than this (a quarter of a small limit), and more than half of it, is sent."""


class SpoolFull(HubError):
    """There is no room for more; nothing of what was to be kept is."""


class Kept(msgspec.Struct, frozen=True, array_like=True, tag="kept"):
    """Letters that were appended at once."""

    letters: tuple[Letter, ...]


class Done(msgspec.Struct, frozen=True, array_like=True, tag="done"):
    """So many records from the beginning of the file are sent."""

    records: int


class Frame(NamedTuple):
    """Where a frame of letters lies, the place of its first record among those of the file, and how many it has."""

    at: int
    first: int
    records: int


_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(Kept | Done).decode


class Spool:
    """The letters that wait in a folder, for one process at a time.

    `key_file` is made at the first use, readable by its owner alone; better not in the folder whose copies others see.
    `left_over` tells of what a killed process left unfinished, and where it is now. Raises HubError where another process holds
    the folder, SpoolDamaged where the file is.
    """

    def __init__(self, folder: Path, *, key_file: Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        self.left_over: str | None = None
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._guard = RLock()
        self._frames: list[Frame] = []
        self._records = 0
        self._sent = 0
        self._before = 0  # records of this process that are in no file any more
        self._cached: tuple[int, tuple[Letter, ...]] | None = None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = FileLock(folder / "lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise HubError(
                f"{folder}: another process holds this spool; give each publisher a folder of its own"
            ) from None
        try:
            self._key = own_key(key_file or folder / "spool.key")
            self._file = SealedFile(folder / "letters.spool", self._key)
            self._open()
        except BaseException:
            self._lock.release()
            raise

    @property
    def waiting(self) -> int:
        """How many records are not sent yet."""
        return self._records - self._sent

    @property
    def size_bytes(self) -> int:
        """How large the file is."""
        return self._file.size

    def append(self, letters: Sequence[Letter]) -> int:
        """Keep these letters, all or none; on disk when this returns. The number of the first. Raises SpoolFull."""
        plain = _ENCODE(Kept(tuple(letters)))
        with self._guard:
            if self._file.size + len(plain) + FRAME_BYTES > self._limit_bytes:
                raise SpoolFull(
                    f"{self._folder}: {self.waiting} records wait here in {self._file.size} of at most {self._limit_bytes} "
                    f"bytes, and {len(letters)} more have no room: none of them was kept. Wait until the hub is back, or raise "
                    "the limit"
                )
            return self._before + self._keep(self._file.append(plain, durable=True), len(letters))

    def pending(self, most: int) -> list[tuple[int, Letter]]:
        """Up to so many of the letters that wait, the oldest first, with their numbers."""
        found: list[tuple[int, Letter]] = []
        with self._guard:
            for frame in self._frames:
                if len(found) >= most:
                    break
                skipped = max(0, self._sent - frame.first)
                some = self._letters(frame)[skipped : skipped + most - len(found)]
                found += enumerate(some, self._before + frame.first + skipped)
        return found

    def sent(self, upto: int) -> None:
        """All records before this number are sent. The file is emptied when that is all."""
        with self._guard:
            records = upto - self._before
            if records <= self._sent:
                return
            self._done(records)
            if self._sent == self._records:
                self._forget()
                self._file.cut(0)
                return
            self._file.append(_ENCODE(Done(records)), durable=False)
            enough = min(MOSTLY_SENT_BYTES, self._limit_bytes // 4)
            if self._frames[0].at > max(enough, self._file.size // 2):
                self._shorten()

    def close(self) -> None:
        """Let go of the folder; what waits stays."""
        self._file.close()
        self._lock.release()

    def _open(self) -> None:
        """Find out what is there."""
        try:
            for at, plain in self._file.frames():
                frame = _DECODE(plain)
                if isinstance(frame, Done):
                    self._done(frame.records)
                else:
                    self._keep(at, len(frame.letters))
            unfinished = self._file.unfinished()
        except SpoolDamaged as trouble:
            self._file.close()
            raise SpoolDamaged(
                f"{trouble}; {self.waiting} records before it are not sent. Bring back the right key, or a copy of the file; "
                "else move the file away, and publish again what was not answered by a receipt"
            ) from None
        if unfinished is not None:
            self._set_aside(unfinished)

    def _set_aside(self, at: int) -> None:
        """Put what a killed process left unfinished into a file of its own, and say so."""
        aside = self._folder / f"unfinished-{secrets.token_hex(4)}.spool"
        rest = self._file.cut(at)
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(rest)
        self.left_over = (
            f"{self._folder}: the process before this one ended while it was writing: {len(rest)} bytes, promised to "
            f"nobody, are in {aside.name} now. Publish again what it had not finished, then remove that file"
        )
        log.warning("%s", self.left_over)

    def _keep(self, at: int, records: int) -> int:
        self._frames.append(Frame(at, self._records, records))
        self._records += records
        return self._records - records

    def _done(self, records: int) -> None:
        self._sent = max(self._sent, records)
        self._frames = [each for each in self._frames if each.first + each.records > self._sent]

    def _letters(self, frame: Frame) -> tuple[Letter, ...]:
        if self._cached is None or self._cached[0] != frame.at:
            kept = _DECODE(self._file.read(frame.at))
            assert isinstance(kept, Kept)  # noqa: S101  for mypy: it is a frame of letters
            self._cached = (frame.at, kept.letters)
        return self._cached[1]

    def _forget(self) -> None:
        """The file is emptied, or another: numbers go on."""
        self._before += self._sent
        self._records = self._sent = 0
        self._frames = []
        self._cached = None

    def _shorten(self) -> None:
        """Put what waits into a new file, and that in the place of this one."""
        letters = tuple(letter for _, letter in self.pending(self.waiting))
        path = self._file.path
        new = SealedFile(path.with_suffix(".new"), self._key)
        try:
            new.cut(0)
            at = new.append(_ENCODE(Kept(letters)), durable=True)
            new.path = new.path.replace(path)
        except BaseException:
            new.close()
            raise
        settle(self._folder)
        self._file.close()
        self._file = new
        self._forget()
        self._keep(at, len(letters))
