"""A file of sealed frames that only grows: what the spool is written in.

    HUBSPOOL1, 16 bytes that name this file
    4 bytes of length, 4 of checksum of the length, 12 of nonce, AES-256-GCM; bound to the file and to its place in it
    ...

A process that is killed while it writes leaves a last frame that ends too early, and that can be told from damage: the length
of a frame has a checksum of its own.
"""

import logging
import os
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benefit_hub.values.errors import HubError

log = logging.getLogger(__name__)

_MAGIC = b"HUBSPOOL1"
_NAME_BYTES = 16
_BEGINS = len(_MAGIC) + _NAME_BYTES
_HEAD = struct.Struct(">II")
_NONCE_BYTES = 12
_TAG_BYTES = 16
_KEY_BYTES = 32
FRAME_BYTES = _HEAD.size + _NONCE_BYTES + _TAG_BYTES
"""What a frame takes beside what is in it."""


class SpoolDamaged(HubError):
    """The file cannot be read to its end. Nothing was changed."""


class SealedFile:
    """One file, open for reading and writing. `size` 0: nothing was ever written."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._cipher = AESGCM(key)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self.size = os.fstat(self._file).st_size
        self._name = os.pread(self._file, _BEGINS, 0)[len(_MAGIC) :]

    def frames(self) -> Iterator[tuple[int, bytes]]:
        """Place and content of every whole frame. Raises SpoolDamaged."""
        if self.size < _BEGINS:
            return
        if os.pread(self._file, len(_MAGIC), 0) != _MAGIC:
            raise SpoolDamaged(f"{self.path} does not begin as a spool does")
        at = _BEGINS
        while (length := self._length(at)) is not None and at + _HEAD.size + length <= self.size:
            yield at, self.read(at)
            at += _HEAD.size + length

    def unfinished(self) -> int | None:
        """Where a last frame begins that ends too early; None where the file ends as it should. Raises SpoolDamaged."""
        if 0 < self.size < _BEGINS:
            return 0
        at = _BEGINS
        while at < self.size:
            length = self._length(at)
            if length is None or at + _HEAD.size + length > self.size:
                return at
            at += _HEAD.size + length
        return None

    def read(self, at: int) -> bytes:
        """What is in the frame at this place. Raises SpoolDamaged."""
        body = os.pread(self._file, self._length(at) or 0, at + _HEAD.size)
        try:
            return self._cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], self._bound(at))
        except (InvalidTag, ValueError):
            raise SpoolDamaged(f"{self.path}: the frame at byte {at} is damaged, or the key is another") from None

    def append(self, plain: bytes, *, durable: bool) -> int:
        """Write a frame, on disk when this returns if it has to be `durable`; its place. Raises HubError: nothing is written."""
        try:
            if self.size == 0:
                self._begin()
            at = self.size
            nonce = secrets.token_bytes(_NONCE_BYTES)
            body = nonce + self._cipher.encrypt(nonce, plain, self._bound(at))
            frame = _HEAD.pack(len(body), _checksum(len(body), at)) + body
            written = 0
            while written < len(frame):
                written += os.pwrite(self._file, frame[written:], at + written)
            if durable:
                os.fsync(self._file)
        except OSError as trouble:
            os.ftruncate(self._file, self.size)
            raise HubError(f"{self.path} cannot be written: {trouble.strerror}; see to the disk") from trouble
        self.size = at + len(frame)
        return at

    def cut(self, at: int) -> bytes:
        """Take away what lies from this place on."""
        rest = os.pread(self._file, self.size - at, at)
        os.ftruncate(self._file, at)
        os.fsync(self._file)
        self.size = at
        return rest

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _begin(self) -> None:
        """A name that no other file has, so that frames of one are no frames of another."""
        self._name = secrets.token_bytes(_NAME_BYTES)
        os.pwrite(self._file, _MAGIC + self._name, 0)
        settle(self.path.parent)
        self.size = _BEGINS

    def _length(self, at: int) -> int | None:
        """How long a frame is; None where not even that was written."""
        head = os.pread(self._file, _HEAD.size, at)
        if len(head) < _HEAD.size:
            return None
        length, checksum = _HEAD.unpack(head)
        if checksum != _checksum(length, at):
            raise SpoolDamaged(f"{self.path}: the frame at byte {at} is damaged")
        return int(length)

    def _bound(self, at: int) -> bytes:
        return self._name + at.to_bytes(8, "big")


def _checksum(length: int, at: int) -> int:
    return crc32(length.to_bytes(4, "big") + at.to_bytes(8, "big"))


def settle(folder: Path) -> None:
    """What was created or renamed in a folder is on disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def own_key(file: Path) -> bytes:
    """The key in this file, made where there is none. Raises HubError where others can read it, or it holds no key."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
            opened.write(secrets.token_hex(_KEY_BYTES) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
    except FileExistsError:
        log.debug("%s is there", file)
    if file.stat().st_mode & 0o077:
        raise HubError(f"{file} can be read by others than its owner: chmod 600 {file}, and ask who has read it")
    try:
        key = bytes.fromhex(file.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise HubError(
            f"{file} does not hold {_KEY_BYTES} bytes in hex: bring back the key with which this spool was written"
        )
    return key
