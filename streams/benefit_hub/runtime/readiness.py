"""Whether a worker may begin: it must hold the pseudonym key that was declared, and the policy book that was activated last.

Both are on the control topic. Workers that disagreed about either would pay different people, or by different law.
"""

from collections.abc import Collection

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.runtime.settings import Settings
from benefit_hub.runtime.whole_topic import whole
from benefit_hub.values.errors import CatalogueError, HubError
from benefit_hub.values.identity import key_check


def control_events(settings: Settings, bootstrap: str, codecs: Codecs) -> list[ControlEvent]:
    """Every control event so far that can be read, in order. Raises HubError where the topic or the brokers are missing."""
    events = (codecs.decode("control", message.value()) for message in whole(settings, bootstrap, "control"))
    return [event for event in events if isinstance(event, ControlEvent)]


def check_ready(settings: Settings, bootstrap: str, codecs: Codecs, *, books: Collection[str], key: bytes) -> None:
    """Raise HubError where this worker may not begin; CatalogueError where it may not before somebody mends what is here.

    Without a key (no intake here) the key is not checked.
    """
    events = control_events(settings, bootstrap, codecs)
    checks = {event.check for event in events if event.type == "KEY_DECLARED"}
    if key and not checks:
        raise HubError("this hub has declared no pseudonym key yet: run `hub init --declare` where the key is")
    if key and checks != {key_check(key)}:
        raise CatalogueError(
            "the pseudonym key here is not the one that this hub was initialised with: copy the key file of the hub's "
            "first worker, never make a second one"
        )
    activated = [event.book for event in events if event.type == "POLICY_ACTIVATED"]
    if activated and activated[-1] not in books:
        raise CatalogueError(
            f"policy book {activated[-1]} is in force, and this worker has {', '.join(sorted(books)) or 'none'}: install the "
            "release that holds it, or name its folder under `policies` in the settings, or say under `former_books` which book "
            "of today it is; a pack that was changed where it is installed is put back, and its change goes into a folder of its "
            "own: docs/operating.md, A raise, step by step"
        )
