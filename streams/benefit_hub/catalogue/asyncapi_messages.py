"""The messages of the AsyncAPI document: payload, key and headers of every record that others write or read."""

from collections.abc import Mapping
from typing import Any

from benefit_hub.catalogue.conventions import term_and_explanation
from benefit_hub.catalogue.schemas import NAMESPACE, Schema
from benefit_hub.catalogue.topics import Topic

Node = dict[str, Any]
KAFKA_BINDING = "0.5.0"
AVRO_FORMAT = "application/vnd.apache.avro+json;version=1.9.0"
EVENT = "cloudevents"
ERRORS = "hub-errors"


def _text(doc: str, **more: Any) -> Node:
    return {"type": "string", "description": doc, **more}


_HEADERS: Mapping[str, Node] = {
    "ce_specversion": _text("CloudEvents 版本: version of CloudEvents", const="1.0"),
    "ce_id": _text("事件编号: unique per source; an event that is sent again keeps it; never a number of a person"),
    "ce_source": _text("来源系统: the department's system, as in the topic's origin"),
    "ce_type": _text("事件类型: the name of the topic, without the prefix of a place"),
    "ce_time": _text("事件时间: RFC 3339; when it was recorded", format="date-time"),
    "content-type": _text("内容类型: how the value is written", const="application/avro"),
    "hub-batch": _text("批次号: batch that the record belongs to; receipts are summed up by it"),
    "hub-batch-size": _text("批次记录数: how many records the batch has", pattern="^[1-9][0-9]*$"),
    "hub-mapping": _text("映射版本: version of the mapping by which its publisher checked it", pattern="^[1-9][0-9]*$"),
}
_NEEDED_OF_DEPARTMENTS = ("ce_id", "ce_source")
_SAID_BY_THE_HUB = ("ce_specversion", "ce_id", "ce_source", "ce_type", "content-type")
_ERRORS: Mapping[str, str] = {
    "topic": "原主题: where the record lay",
    "partition": "原分区: its partition there",
    "offset": "原位置: its place there",
    "stage": "阶段: what refused it",
    "code": "代码: why, as in the receipt",
    "field": "字段: which field, empty where it is the record as a whole",
    "message": "说明（英文）: what was expected and what to do, in English",
    "message-zh": "说明（中文）: what was expected and what to do, in Chinese",
    "attempt": "次数: how often it was tried, from 1",
    "first-failure-time": "首次失败时间: milliseconds since 1970 UTC",
    "redrive-id": "重投编号: by which it is known in quarantine, however often it is sent again",
    "cut-from-bytes": "原长度: bytes of the whole value, where only its beginning is kept",
}


def message_name(schema: Schema) -> str:
    """Which record in which version, as its file is called."""
    return f"{schema.name.removeprefix(NAMESPACE)}.v{schema.version}"


def avro_message(topic: Topic, schema: Schema, subject: str) -> Node:
    """A record of a topic in one version of its schema."""
    term, told = term_and_explanation(schema.definition["doc"])
    return {
        "name": message_name(schema),
        "title": term,
        "summary": told,
        "contentType": "application/avro",
        "traits": [{"$ref": f"#/components/messageTraits/{EVENT}-{'in' if _written_by_others(topic) else 'out'}"}],
        "payload": {"schemaFormat": AVRO_FORMAT, "schema": dict(schema.definition)},
        "bindings": {
            "kafka": {
                "key": _key(topic),
                "schemaIdLocation": "payload",
                "schemaIdPayloadEncoding": "confluent",
                "schemaLookupStrategy": "TopicNameStrategy",
                "bindingVersion": KAFKA_BINDING,
            }
        },
        "x-schema-id": schema.id,
        "x-schema-file": schema.file,
        "x-subject": subject,
    }


def raw_message(topic: Topic) -> Node:
    """A record as it was received, with what was wrong in its headers."""
    return {
        "name": topic.name,
        "title": topic.title,
        "summary": topic.about,
        "contentType": "application/octet-stream",
        "traits": [{"$ref": f"#/components/messageTraits/{ERRORS}"}],
        "payload": {"type": "string", "format": "binary", "description": "原文: the value as it was received"},
        "bindings": {"kafka": {"key": _text("原键: the key as it was received"), "bindingVersion": KAFKA_BINDING}},
    }


def traits() -> Node:
    """Headers that messages share."""
    batch = ("hub-batch", "hub-batch-size")
    errors = {f"hub.errors.{name}": _text(doc) for name, doc in _ERRORS.items()}
    needed = [f"hub.errors.{name}" for name in _ERRORS if name != "cut-from-bytes"]
    return {
        f"{EVENT}-in": _headers(dict(_HEADERS), _NEEDED_OF_DEPARTMENTS),
        f"{EVENT}-out": _headers({name: _HEADERS[name] for name in (*_SAID_BY_THE_HUB, *batch)}, _SAID_BY_THE_HUB),
        ERRORS: _headers(errors, needed),
    }


def _headers(properties: Node, required: Any) -> Node:
    return {"headers": {"type": "object", "properties": properties, "required": list(required)}}


def _key(topic: Topic) -> Node:
    parts = " | ".join(topic.key)
    return _text(f"键: {parts}; UTF-8" + (", joined by |" if len(topic.key) > 1 else ""))


def _written_by_others(topic: Topic) -> bool:
    return topic.category in ("department", "control")
