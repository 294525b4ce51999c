"""Bytes on Kafka to values and back, by topic: Avro in Confluent's wire format at the public edge, msgpack inside.

A record is decoded with the schema it was written with; what a later version added has a default in its message type too, so
nothing is resolved per record. Instants stay milliseconds (`timestamp-millis` is not turned into datetimes), days are
`datetime.date`. Bad input from outside is a value, `Undecodable`; bad input between our own parts raises ContractViolation.
Neither repeats what a field holds.
"""

import struct
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, partial
from io import BytesIO
from typing import Any

import fastavro
import msgspec
from msgspec import Struct

from benefit_hub.catalogue import Catalogue, Schema, Topic
from benefit_hub.catalogue.schemas import for_reading
from benefit_hub.messages import internal
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime import avro
from benefit_hub.task import Undecodable
from benefit_hub.values.errors import ContractViolation
from benefit_hub.values.refusal import Refusal

LARGEST_RECORD = 256 * 1024

_MAGIC = 0
_HEADER = struct.Struct(">bI")
# What fastavro raises for bytes that are not what the schema says.
_BROKEN = (EOFError, ValueError, IndexError, OverflowError, MemoryError)
_UNWRITABLE = (ValueError, TypeError, KeyError, OverflowError, AttributeError)
_MENDING = "Check the serialiser against the schema of this topic."

Decode = Callable[[bytes], Any]
Encode = Callable[[Any], bytes]
Read = Callable[[bytes], dict[str, Any] | Refusal]


class Misfit(ContractViolation):
    """A record that is not as its schema says: `field` is its path, empty where the whole is meant, `told` what is wrong."""

    def __init__(self, schema: Schema, field: str, told: str) -> None:
        super().__init__(f"{schema.name}: {told}. Compare it with {schema.file}.")
        self.schema, self.field, self.told = schema, field, told


class Codecs:
    """Decodes and encodes the records of every topic in the catalogue; topics by their logical names."""

    def __init__(self, catalogue: Catalogue) -> None:
        made = {name: _codec(catalogue, topic) for name, topic in catalogue.topics.items()}
        self._decode = {name: decode for name, (decode, _) in made.items()}
        self._encode = {name: encode for name, (_, encode) in made.items()}

    def decode(self, topic: str, raw: bytes | None) -> Any:
        """The value of a record: a dict (Avro), a message struct (control, internal topics), bytes (raw), None for null.

        From departments and control it is `Undecodable` where the bytes are no such record. Elsewhere that raises
        ContractViolation, since we wrote them ourselves.
        """
        return None if raw is None else self._decode[topic](raw)

    def encode(self, topic: str, value: Any) -> bytes | None:
        """The bytes of a value: a struct or a mapping by the topic's newest schema, bytes as they are, None as null.

        Raises Misfit for what is not as the schema says.
        """
        return value if value is None or isinstance(value, bytes) else self._encode[topic](value)


def avro_bytes(schema: Schema, record: Mapping[str, Any]) -> bytes:
    """A record in Confluent's wire format; raises Misfit, naming the field, where it is not as the schema says."""
    return _writer(schema)(record)


def _codec(catalogue: Catalogue, topic: Topic) -> tuple[Decode, Encode]:
    if topic.encoding == "raw":
        return bytes, _only_bytes(topic.logical)
    if topic.encoding == "msgpack":
        return _unpacker(topic), msgspec.msgpack.Encoder().encode
    read = _reader(catalogue.versions(topic.logical), topic.subject)
    write = _writer(catalogue.newest(topic.logical))
    match topic.category:
        case "department":
            return _from_department(read), write
        case "control":
            return _from_control(read), write
    return _from_ourselves(topic.logical, read), write


def _only_bytes(topic: str) -> Encode:
    def encode(value: Any) -> bytes:
        raise ContractViolation(f"{topic} carries bytes as they are, not {type(value).__name__}. Encode them before.")

    return encode


def _unpacker(topic: Topic) -> Decode:
    decoder = msgspec.msgpack.Decoder(getattr(internal, topic.schema))

    def decode(raw: bytes) -> Any:
        try:
            return decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            place = str(error).partition(" - at ")[2] or "the message"
            told = (
                f"{topic.logical}: {place} is not as {topic.schema} says. Workers of two releases, or a foreign writer?"
            )
            raise ContractViolation(told) from None

    return decode


def _reader(versions: tuple[Schema, ...], subject: str) -> Read:
    """Decodes by the schemas of one subject."""
    readings = {schema.id: _reading(_parsed(schema)) for schema in versions}
    ids = ", ".join(map(str, readings))
    action = (
        "Write with a schema of this topic; a newer version of it is taken once the hub has it: then send it again."
    )

    def read(raw: bytes) -> dict[str, Any] | Refusal:
        if len(raw) > LARGEST_RECORD:
            return Refusal("TOO_LARGE", "", f"at most {LARGEST_RECORD} bytes", "Leave out attachments and long texts.")
        if len(raw) < _HEADER.size or raw[0] != _MAGIC:
            return Refusal("BROKEN_AVRO", "", "00, four bytes of schema id, and an Avro body", _MENDING)
        reading = readings.get(_HEADER.unpack_from(raw)[1])
        if reading is None:
            return Refusal("UNKNOWN_SCHEMA", "", f"a schema id of {subject}: {ids}", action)
        try:
            record, end = reading(raw, _HEADER.size)
        except _BROKEN:
            return Refusal("BROKEN_AVRO", "", "an Avro body as the schema says", _MENDING)
        if end != len(raw):
            return Refusal("BROKEN_AVRO", "", "nothing after the Avro body", _MENDING)
        return record  # type: ignore[no-any-return]  # a record schema gives a dict

    return read


def _reading(parsed: Any) -> avro.Read:
    """How bodies are read that were written with a schema; what our own function is not sure of, fastavro judges."""
    own = cache(partial(avro.reader, parsed))  # made when it is first needed: it takes milliseconds

    def read(raw: bytes, at: int) -> tuple[Any, int]:
        sure = own()
        if sure is not None:
            try:
                found = sure(raw, at)
            except avro.NOT_SURE:
                found = None, -1
            if found[1] == len(raw):
                return found
        body = BytesIO(raw)
        body.seek(at)
        return fastavro.schemaless_reader(body, parsed, None), body.tell()

    return read


def _from_department(read: Read) -> Decode:
    def decode(raw: bytes) -> dict[str, Any] | Undecodable:
        record = read(raw)
        return Undecodable(record) if isinstance(record, Refusal) else record

    return decode


def _from_control(read: Read) -> Decode:
    def decode(raw: bytes) -> ControlEvent | Undecodable:
        record = read(raw)
        if isinstance(record, Refusal):
            return Undecodable(record)
        try:
            return msgspec.convert(record, ControlEvent)
        except msgspec.ValidationError as error:
            field = str(error).partition(" - at ")[2].strip("`$.")
            return Undecodable(
                Refusal("UNKNOWN_CONTROL", field, "a value that the schema lists", "Send another event.")
            )

    return decode


def _from_ourselves(topic: str, read: Read) -> Decode:
    def decode(raw: bytes) -> dict[str, Any]:
        record = read(raw)
        if isinstance(record, Refusal):
            raise ContractViolation(f"{topic}: {record.english}")
        return record

    return decode


def _writer(schema: Schema) -> Encode:
    parsed = _parsed(schema)
    header = _HEADER.pack(_MAGIC, schema.id)
    own = cache(partial(avro.writer, parsed))

    def encode(value: Any) -> bytes:
        if isinstance(value, Struct) and (sure := own()) is not None:
            out = bytearray(header)
            try:
                sure(out, value)
            except avro.NOT_SURE:  # fastavro judges
                out.clear()
            if out:
                return bytes(out)
        body = BytesIO()
        body.write(header)
        record = msgspec.to_builtins(value, builtin_types=(date,)) if isinstance(value, Struct) else value
        try:
            fastavro.schemaless_writer(body, parsed, record, strict_allow_default=True)
        except _UNWRITABLE:
            raise Misfit(schema, *_misfit(parsed, record)) from None
        return body.getvalue()

    return encode


def _misfit(parsed: Any, record: Any) -> tuple[str, str]:
    """Which field of a record does not fit, and how, without its content."""
    if not isinstance(record, Mapping):
        return "", f"expected a mapping, not {type(record).__name__}"
    strange = set(record) - {field["name"] for field in parsed["fields"]}
    unknown = sorted(name if str(name).isidentifier() else "of a name that is no name" for name in strange)
    missing = [field["name"] for field in parsed["fields"] if "default" not in field and field["name"] not in record]
    if unknown or missing:
        told = [*(f"no field {name}" for name in unknown), *(f"{name} is missing" for name in missing)]
        return [*unknown, *missing][0], "; ".join(told)
    try:
        fastavro.validate(record, parsed, raise_errors=True)
    except fastavro.validation.ValidationError as error:
        places = (getattr(one, "field", None) for one in error.errors)
        field = next((place.rsplit(".", 1)[-1] for place in places if place), "")
        return field, f"field {field} does not fit" if field else "does not fit"
    return "", "a field inside another does not fit"


def _parsed(schema: Schema) -> Any:
    return fastavro.parse_schema(for_reading(schema.definition), named_schemas={})
