"""The departments of the story: a process of its own, which publishes through the publishers' library what it is told to.

    python -m benefit_hub.cli.demo_departments SETTINGS_FILE

A line on standard input is an order, `{"chapter": 0, "step": 1, "parts": ["opening", "records", "closing"]}`; the answer, when
the brokers have acknowledged everything, is a line `{"sent": [["public-security.death", 2, 17], ...]}`: topic, partition, offset.
It ends with its input.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benefit_hub.cli.demo_story import Happening, Step, Story, load_story, story_file
from benefit_hub.client import Publisher, Sending
from benefit_hub.runtime.hub import open_hub
from benefit_hub.runtime.settings import load_settings
from benefit_hub.values.months import millis_of_day


def main() -> None:
    """Follow orders until there are no more."""
    hub = open_hub(load_settings(Path(sys.argv[1])))
    story = load_story(story_file(hub.catalogue.assets))
    # unchecked, because the story has a bad record, which the hub is to refuse
    with Publisher(hub.catalogue, hub.settings, hub.bootstrap, checked=False) as publisher:
        for line in sys.stdin:
            order = json.loads(line)
            step = story.told.chapters[order["chapter"]].steps[order["step"]]
            sending = [each for part in order["parts"] for each in publish(publisher, story, step, part)]
            sys.stdout.write(json.dumps({"sent": [each.sent() for each in sending]}) + "\n")
            sys.stdout.flush()


def publish(publisher: Publisher, story: Story, step: Step, part: str) -> Iterator[Sending]:
    """Send one part of a step."""
    match part:
        case "opening":
            yield happen(publisher, story.opening(step), step.day)
        case "closing":
            closing = story.closing(step)
            if closing is not None:
                yield happen(publisher, closing, step.day)
        case _:
            for told in story.publications(step):
                at_ms = millis_of_day(told.day)
                yield publisher.publish(told.topic, told.body, event_id=told.event_id, story_received_at_ms=at_ms)


def happen(publisher: Publisher, told: Happening, day: date) -> Sending:
    """Send a control event, on its day in the story."""
    at_ms = millis_of_day(day)
    return publisher.control(told.event, event_id=told.event_id, at_ms=at_ms, story_received_at_ms=at_ms)


if __name__ == "__main__":
    main()
