"""Publishes what departments say, and control events, as the contract asks.

    with Publisher(catalogue, settings, bootstrap, spool=Spool(folder)) as publisher:
        with publisher.batch() as batch:
            batch.publish("human-resources.wage", Event(Envelope(...), Wage(...)))
        answers = batch.receipts(within_s=30)

A record is checked before it leaves, by what intake will ask of it. The producer is idempotent: what it sends is on its
partition once and in order, and acknowledged by all replicas in sync. An event that is sent again has the same id.
"""

import time

from benefit_hub.catalogue import Catalogue
from benefit_hub.client.batch import Batch
from benefit_hub.client.connection import Connection
from benefit_hub.client.forwarding import Spooled
from benefit_hub.client.letters import Desk, Said
from benefit_hub.client.sending import Sending, Straight, Way
from benefit_hub.client.spool import Spool
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.settings import Settings


class Publisher(Connection):
    """A hand on the department topics and on control. Close it, or use it in `with`: what is on its way is sent then.

    `bootstrap` is `host:port,host:port`; the settings say how to log in there, and what stands before every topic's name. With a
    spool, records are kept on disk until the brokers have them; it is closed with the publisher. Unless `checked`, what is wrong
    with a record is left to the hub to say. Raises HubError where no broker answers and there is no spool.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        settings: Settings,
        bootstrap: str,
        *,
        spool: Spool | None = None,
        checked: bool = True,
    ) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self._bootstrap = bootstrap
        self._desk = Desk(catalogue, checked=checked)
        self._way: Way = Straight(settings, bootstrap) if spool is None else Spooled(settings, bootstrap, spool)

    @property
    def trouble(self) -> str | None:
        """Why nothing can be sent just now, while the spool keeps it; None while all is well."""
        return self._way.trouble

    @property
    def waiting(self) -> int:
        """How many records wait in the spool."""
        return self._way.waiting

    def publish(
        self,
        topic: str,
        record: Said,
        *,
        event_id: str | None = None,
        story_received_at_ms: int | None = None,
    ) -> Sending:
        """Send a department's record, typed or as the fields of its schema, of which those with a default may be left out.

        `topic` is the logical name (`public-security.death`). An event that is sent again keeps its `event_id`; left out, it
        is made of kind, record id and revision. `story_received_at_ms` is for hubs in story time only. Raises Refused, naming
        the field, for a record that the hub would not take, CatalogueError for a topic that is no department's.
        """
        letter = self._desk.letter(
            topic, record, at_ms=now_ms(), event_id=event_id, story_received_at_ms=story_received_at_ms
        )
        return self._way.send([letter])[0]

    def batch(self, name: str | None = None) -> Batch:
        """Records that go together at the end of a `with` block, or not at all where it raises. Without a name it gets one."""
        return Batch(self._catalogue, self._settings, self._bootstrap, self._desk, self._way, name)

    def control(
        self, event: ControlEvent, *, event_id: str, at_ms: int, story_received_at_ms: int | None = None
    ) -> Sending:
        """Send a control event: a day that opens, a pay run that closes. `at_ms` is when that happened."""
        letter = self._desk.control(event, event_id=event_id, at_ms=at_ms, story_received_at_ms=story_received_at_ms)
        return self._way.send([letter])[0]

    def close(self) -> None:
        """Send what is on its way, and let go of the brokers. Raises HubError where a record was lost that nobody asked about."""
        self._way.close()


def now_ms() -> int:
    """Now, by this machine's clock, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000
