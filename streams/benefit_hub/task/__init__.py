"""What the four processors share: the state of one partition, records in and out, and the order of control events.

A task is one processor on one input partition. It reads and writes a `State`, takes `Incoming` records, returns `Out`
records, and knows nothing of Kafka: the runner, the simulation and a REPL all drive it the same way.
"""

from benefit_hub.task.bootstrap import Bootstrap
from benefit_hub.task.controls import Controls, ControlState
from benefit_hub.task.driver import Work, drive, drive_on
from benefit_hub.task.items import changed_items
from benefit_hub.task.records import Env, Incoming, Out, SourceTopic, Undecodable
from benefit_hub.task.state import DictStore, Overlay, State, Store, Table

__all__ = [
    "Bootstrap",
    "ControlState",
    "Controls",
    "DictStore",
    "Env",
    "Incoming",
    "Out",
    "Overlay",
    "SourceTopic",
    "State",
    "Store",
    "Table",
    "Undecodable",
    "Work",
    "changed_items",
    "drive",
    "drive_on",
]
