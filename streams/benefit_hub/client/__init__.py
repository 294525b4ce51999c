"""The publishers' library: what a department's system, or an officer's decision, puts on its topic."""

from benefit_hub.client.answers import Answers
from benefit_hub.client.batch import Batch
from benefit_hub.client.letters import Event, Refused
from benefit_hub.client.publisher import Publisher
from benefit_hub.client.sealed import SpoolDamaged
from benefit_hub.client.sending import Sending, Sent
from benefit_hub.client.spool import Spool, SpoolFull

__all__ = [
    "Answers",
    "Batch",
    "Event",
    "Publisher",
    "Refused",
    "Sending",
    "Sent",
    "Spool",
    "SpoolDamaged",
    "SpoolFull",
]
