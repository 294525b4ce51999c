"""The pseudonym key: made once by `hub init`, read by whoever makes pseudonyms, never rotated in place."""

import os
import secrets
from pathlib import Path

from benefit_hub.values.errors import CatalogueError, HubError

KEY_BYTES = 32


def make_key(file: Path) -> bytes:
    """Make a new key, readable by its owner alone. Raises HubError where one exists: a second key makes everybody a stranger."""
    key = secrets.token_bytes(KEY_BYTES)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise HubError(
            f"{file} exists: this hub has its pseudonym key, and a second one would turn every known person into a stranger; "
            "where `hub init` was cut short, go on with `hub init --declare`; to begin a new hub, choose another data folder"
        ) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(key.hex() + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    return key


def read_key(file: Path) -> bytes:
    """The key in this file. Raises CatalogueError where it is missing, damaged, or open to others than its owner."""
    if not file.exists():
        raise CatalogueError(
            f"{file}: no pseudonym key; run `hub init` once, or copy the key of the hub's first worker here"
        )
    if file.stat().st_mode & 0o077:
        raise CatalogueError(f"{file} can be read by others than its owner: chmod 600 {file}, and ask who has read it")
    try:
        key = bytes.fromhex(file.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise CatalogueError(
            f"{file} does not hold {KEY_BYTES} bytes in hex: copy the key of the hub's first worker here again"
        )
    return key
