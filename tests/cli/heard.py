"""What stands for the publisher in tests of commands: nothing is published, and what would be is kept."""

from benefit_hub.client.sending import Sent


class Heard:
    """Takes departments' records and control events."""

    def __init__(self):
        self.records = []
        self.events = []

    def __call__(self, *_):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def publish(self, topic, record, *, story_received_at_ms=None):
        self.records.append((topic, record, story_received_at_ms))
        return self

    def control(self, event, **_):
        self.events.append(event)
        return self

    def sent(self):
        return Sent("somewhere", 0, max(len(self.records) + len(self.events) - 1, 0))
