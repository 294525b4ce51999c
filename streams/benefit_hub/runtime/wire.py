"""Records between Kafka and a task: what a message becomes when it is read, and an `Out` when it is written."""

from collections.abc import Mapping
from operator import methodcaller
from typing import Any, Protocol

from confluent_kafka import Message

from benefit_hub.messages.public import Adjustment, Alarm, Explanation
from benefit_hub.task import Incoming, Out, Undecodable
from benefit_hub.values.refusal import Refusal

PUBLIC_SOURCE = "benefit-hub"
CONTENT_TYPE = b"application/avro"


Headers = dict[str, str | bytes | None]
"""Headers as the client takes them."""
_NONE: Mapping[str, bytes] = {}
_headers = methodcaller("headers")
"""Called so, a failure of the client's function shows at once; called directly in a hot loop, CPython 3.11 lets it come later."""
_UNREADABLE = Undecodable(
    Refusal(
        "WRONG_SHAPE", "", "headers whose names are UTF-8", "Write names of headers in ASCII.", "名称为 UTF-8 的消息头"
    )
)


class Codec(Protocol):
    """Bytes and values of a topic, by its logical name."""

    def decode(self, topic: str, raw: bytes | None) -> Any:
        """A value from its bytes; what cannot be decoded comes as a value too where departments write."""

    def encode(self, topic: str, value: Any) -> bytes | None:
        """The bytes of a value."""


def incoming(message: Message, topic: str, codec: Codec) -> Incoming:
    """A message as a task reads it; its topic by the logical name.

    Where the name of a header is no UTF-8 the client gives none of them, and what is wrong stands for the value.
    """
    raw = message.value()
    value = codec.decode(topic, raw)
    try:
        headers = _headers(message)
    except SystemError:  # the client's C function failed to make a text of a name
        headers, value = None, _UNREADABLE
    return Incoming(
        topic=topic,
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        key=message.key(),
        value=value,
        raw=raw,
        headers={name: _bytes(value) for name, value in dict(headers).items()} if headers else _NONE,
        timestamp_ms=message.timestamp()[1],
    )


def key_bytes(out: Out) -> bytes | None:
    """The key as it is written; None where there is none, which is not the same as an empty one."""
    return out.key.encode() if isinstance(out.key, str) else out.key


def headers_of(out: Out, topic: str, place: str, *, public: bool) -> Headers:
    """The headers of an output: what the task said, and on public topics CloudEvents in binary mode.

    An adjustment and an explanation have ids of their own, and so has an alarm that begins or ends. Other records say how
    something stands now, and may say the same again later: their id is `place`, the one place in the processor's history
    where they were written.
    """
    headers: Headers = {name: text.encode() if isinstance(text, str) else text for name, text in out.headers.items()}
    if not public:
        return headers
    return {
        "ce_specversion": b"1.0",
        "ce_id": (_own_id(out.value) or place).encode(),
        "ce_source": PUBLIC_SOURCE.encode(),
        "ce_type": topic.encode(),
        "content-type": CONTENT_TYPE,
    } | headers


def _own_id(value: Any) -> str | None:
    match value:
        case Adjustment():
            return value.adjustment_id
        case Explanation():
            return value.explanation_id
        case Alarm():
            return f"{value.alarm_id}/{value.state}"
    return None


def _bytes(value: str | bytes | None) -> bytes:
    return value.encode() if isinstance(value, str) else value or b""
