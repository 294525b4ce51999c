"""A plan of what `hub topics apply` will do, kept in a file between the one who reads it and the one who applies it.

It holds for the brokers and the prefix for which it was made, and as long as nothing has moved there or in the catalogue: what
was read is what is done, or nothing is.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from benefit_hub.catalogue import Topic
from benefit_hub.runtime.admin import DELETED, MISSING, PARTITIONS, REPLICAS, TOPIC, Administration, Difference
from benefit_hub.values.errors import HubError

SHOWN_WITHIN_S = 20.0
"""Brokers learn of a change some time after the controller took it."""
LOOK_EVERY_S = 0.2
AGAIN = "make a new plan: hub topics plan --out FILE"
LEFT_ALONE: Mapping[str, str] = {
    PARTITIONS: "the number of partitions is never changed: keys would go to other partitions than the tasks that know them. "
    "Publish to a topic of a new version (.v2) with the number wanted, or correct `partitions` in the topic's file to what the "
    "brokers have",
    REPLICAS: "replicas are not added here: Kafka's own kafka-reassign-partitions.sh does it, and says how far it is. Until then "
    "the records are on fewer nodes than `replication_factor` in the settings says",
}
"""What is told and never changed, and what to do about it."""


class Plan(Struct, frozen=True, forbid_unknown_fields=True):
    """Differences, and where they were found: `cluster` is the id that the brokers have, `prefix` that of our topics."""

    cluster: str
    prefix: str
    differences: tuple[Difference, ...]


def make_plan(admin: Administration, topics: Iterable[Topic], delete: Iterable[str]) -> Plan:
    """What would have to change now; topics are deleted that are named in `delete` by their full names, and no others."""
    differences = [*admin.plan(topics), *admin.doomed(topics, delete)]
    return Plan(admin.cluster(), admin.prefix, tuple(differences))


def save_plan(plan: Plan, file: Path) -> None:
    """Write a plan as JSON, for people to read too."""
    file.write_bytes(msgspec.json.format(msgspec.json.encode(plan), indent=2) + b"\n")


def load_plan(file: Path) -> Plan:
    """Read a plan; raises HubError where there is none, or it is not as it was saved."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Plan)
    except OSError as trouble:
        raise HubError(f"{file}: {trouble.strerror}; {AGAIN}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as trouble:
        raise HubError(f"{file} is no plan: {trouble}; {AGAIN}") from None


def moved_on(saved: Plan, now: Plan) -> Iterator[str]:
    """Where brokers or catalogue have moved on since a plan was made; nothing where it still holds."""
    if saved.cluster != now.cluster:
        yield f"it was made for the brokers of cluster {saved.cluster}, and these are of {now.cluster}"
    if saved.prefix != now.prefix:
        yield f"it was made for topics that begin with '{saved.prefix}', and ours begin with '{now.prefix}'"
    then = {(each.topic, each.key): each for each in saved.differences}
    today = {(each.topic, each.key): each for each in now.differences}
    for place in sorted(then.keys() | today.keys()):
        if then.get(place) != today.get(place):
            yield f"{place[0]}  {place[1]}: {_told(then.get(place))} in the plan, {_told(today.get(place))} now"


def carry_out(admin: Administration, plan: Plan, topics: Sequence[Topic]) -> list[Difference]:
    """Create, change and delete what the plan says, in this order, and wait until it shows; what was done.

    Partitions and replicas stay as they are. Raises HubError for what the brokers refuse, or do not show in time.
    """
    done = [each for each in plan.differences if each.key not in LEFT_ALONE]
    deleted = {each.topic for each in done if each.new == DELETED}
    if any(each.old == MISSING for each in done):
        admin.create_missing(topics)
    if changed := [each for each in done if each.key != TOPIC]:
        admin.change(changed)
    if deleted:
        admin.delete(deleted)
    deadline = time.monotonic() + SHOWN_WITHIN_S
    while late := _not_shown(admin, done, topics):
        if time.monotonic() > deadline:
            told = ", ".join(sorted(late))
            raise HubError(f"the brokers took it, but do not show it yet: {told}; look again with hub topics plan")
        time.sleep(LOOK_EVERY_S)
    return done


def _not_shown(admin: Administration, done: Sequence[Difference], topics: Sequence[Topic]) -> set[str]:
    """The topics that do not look yet as they were made."""
    now = set(admin.plan(topics))
    deleted = {each.topic for each in done if each.new == DELETED}
    return {each.topic for each in done if each in now} | admin.there(deleted)


def _told(difference: Difference | None) -> str:
    return "nothing to do" if difference is None else f"{difference.old} -> {difference.new}"
