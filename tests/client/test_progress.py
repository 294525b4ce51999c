"""How far groups are, where the one who should say it is another now."""

from types import SimpleNamespace

from kafka import TopicPartition
from kafka.errors import NotCoordinatorError

from benefit_hub.client import progress
from benefit_hub.client.progress import Progress
from benefit_hub.runtime.settings import Settings

FACTS = TopicPartition("facts.v1", 0)


class Admin:
    """A client that asks the coordinator that it found first, for ever; the first one made finds one that is none any more."""

    made: list["Admin"]

    def __init__(self, **_config):
        self.closed = False
        self.made.append(self)

    def list_group_offsets(self, groups):
        if self is self.made[0]:
            raise NotCoordinatorError
        return {group: {FACTS: SimpleNamespace(offset=3)} for group in groups}

    def list_partition_offsets(self, asked):
        return {place: SimpleNamespace(offset=5) for place in asked}

    def close(self):
        self.closed = True


def test_who_was_wrong_about_the_coordinator_is_not_asked_again(monkeypatch):
    monkeypatch.setattr(Admin, "made", [], raising=False)
    monkeypatch.setattr(progress, "KafkaAdminClient", Admin)
    with Progress(Settings(), "127.0.0.1:1", {"facts": 1}) as looking:
        assert looking.behind({"register": ["facts"]}) is None
        assert looking.behind({"register": ["facts"]}) == {"register": 2}
    assert [each.closed for each in Admin.made] == [True, True]
