"""Makes the lock of schema ids: `python -m benefit_hub.catalogue.lock` adds what is new and never changes what is there."""

import sys
from collections.abc import Mapping

from benefit_hub.catalogue.assets import Assets, find_assets
from benefit_hub.catalogue.findings import Unfit
from benefit_hub.catalogue.schemas import LOCK, Locked, SchemaFile, read_lock, read_schemas
from benefit_hub.catalogue.topics import read_topics
from benefit_hub.values.errors import CatalogueError

HEADER = """\
# Every schema that was ever published, with the id under which records of it travel. An id never changes and is never given
# again. Made by python -m benefit_hub.catalogue.lock, which only adds.
"""


def extended(lock: Mapping[str, Locked], schemas: list[SchemaFile], subjects: Mapping[str, str]) -> dict[str, Locked]:
    """The lock with new ids for schemas that it lacks. `subjects` gives a subject by full Avro name."""
    grown = dict(lock)
    free = max((line.id for line in lock.values()), default=0) + 1
    for schema in schemas:
        if schema.file not in grown and schema.name in subjects:
            grown[schema.file] = Locked(id=free, subject=subjects[schema.name], fingerprint=schema.fingerprint)
            free += 1
    return grown


def written(lock: Mapping[str, Locked]) -> str:
    """The text of the lock, in the order of ids."""
    lines = sorted(lock.items(), key=lambda item: item[1].id)
    return HEADER + "".join(
        f"{file}:\n  id: {line.id}\n  subject: {line.subject}\n  fingerprint: {line.fingerprint}\n"
        for file, line in lines
    )


def write_lock(assets: Assets) -> int:
    """Write the lock of these assets; returns how many schemas were added."""
    schemas, unread = read_schemas(assets)
    topics, unfit = read_topics(assets)
    if unread or unfit:
        raise Unfit([*unread, *unfit])
    path = assets.schemas / LOCK
    lock = read_lock(assets) if path.is_file() else {}
    subjects = {topic.schema: topic.subject for topic in topics.values() if topic.encoding == "avro"}
    grown = extended(lock, schemas, subjects)
    path.write_text(written(grown), "utf-8")
    return len(grown) - len(lock)


def relock(assets: Assets, subject: str) -> int:
    """Lock the only version of a subject's schema as it is now, under the id that it has; returns the id.

    For schemas with which nothing was ever sent. Raises CatalogueError where there is no such version, or a later one.
    """
    lock = read_lock(assets)
    files = [file for file, line in lock.items() if line.subject == subject]
    schemas, unread = read_schemas(assets)
    if unread:
        raise Unfit(unread)
    found = [schema for schema in schemas if schema.file in files]
    if len(files) != 1 or len(found) != 1:
        raise CatalogueError(
            f"{subject} has {len(files)} versions: only a first version with which nothing was ever sent can be changed. "
            "Put the change into a new version."
        )
    old = lock[found[0].file]
    lock[found[0].file] = Locked(id=old.id, subject=subject, fingerprint=found[0].fingerprint)
    (assets.schemas / LOCK).write_text(written(lock), "utf-8")
    return old.id


if __name__ == "__main__":
    sys.stdout.write(f"{write_lock(find_assets())} added\n")
