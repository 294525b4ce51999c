"""The AsyncAPI 3.0 document: what departments send and subscribers receive, generated from topics and schemas.

It is written from their side: the action of an operation is that of the department or subscriber who is its tag. What the hub
keeps between its own processors is not in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benefit_hub.catalogue.asyncapi_messages import KAFKA_BINDING, Node, avro_message, message_name, raw_message, traits
from benefit_hub.catalogue.topics import DEPARTMENTS, Category, Topic
from benefit_hub.catalogue.whole import Catalogue
from benefit_hub.values.errors import CatalogueError

SHOWN: Mapping[Category, str] = {
    "department": "部门数据: what departments send",
    "control": "全局控制: days, pay runs and policies, which take effect for all",
    "output": "输出: what subscribers receive",
    "quarantine": "隔离记录: what was refused, for the department that sent it",
}
"""The categories of topics that others write or read."""
VIEW = "view"
"""The hub's own reader of outputs."""
DESCRIPTION = """\
各部门向救助中枢（benefit-hub）报送变更，订阅方接收待遇调整。本文件由主题目录和模式文件生成，操作均从部门和订阅方的角度书写。
值为 Avro（Confluent 线格式：00、四字节模式编号、正文），元数据为 CloudEvents 1.0 二进制模式的消息头；空值为删除标记。
只读取已提交的数据（read_committed）。

What departments report to benefit-hub, and what subscribers receive from it. Generated from the topic catalogue and the schema
files; operations are those of departments and subscribers. Values are Avro in Confluent's wire format (00, four bytes of schema
id, the body), metadata are CloudEvents 1.0 headers in binary mode, a null value is a tombstone. Read committed data only."""


def asyncapi(
    catalogue: Catalogue, *, version: str, prefix: str = "", servers: Sequence[str] = (), party: str = ""
) -> Node:
    """The document. `prefix` stands before every topic here, `servers` are `host:port`; `party` leaves out what concerns
    others than this department or subscriber. Raises CatalogueError where there is none of this name."""
    topics = {name: topic for name, topic in sorted(catalogue.topics.items()) if topic.category in SHOWN}
    parties = {name: list(_parties(catalogue, topic)) for name, topic in topics.items()}
    known = sorted({each for told in parties.values() for each, _ in told})
    if party and party not in known:
        raise CatalogueError(f"nobody called {party} writes or reads a topic; there are {', '.join(known)}")
    if party:
        parties = {name: [one for one in told if one[0] == party] for name, told in parties.items()}
        topics = {name: topic for name, topic in topics.items() if parties[name]}
    messages = {name: _messages(catalogue, topic, prefix) for name, topic in topics.items()}
    document: Node = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "benefit-hub",
            "version": version,
            "description": DESCRIPTION,
            "tags": [_tag(*pair) for pair in SHOWN.items()],
        },
        "defaultContentType": "application/avro",
    }
    if servers:
        document["servers"] = {f"kafka-{at}": {"host": host, "protocol": "kafka"} for at, host in enumerate(servers, 1)}
    document["channels"] = {name: _channel(topic, list(messages[name]), prefix) for name, topic in topics.items()}
    document["operations"] = {
        f"{each}.{action}.{name}": _operation(topics[name], each, action, list(messages[name]))
        for name, told in parties.items()
        for each, action in told
    }
    document["components"] = {
        "messages": {key: message for told in messages.values() for key, message in told.items()},
        "messageTraits": traits(),
    }
    return document


def _parties(catalogue: Catalogue, topic: Topic) -> Iterator[tuple[str, str]]:
    """Who sends to a topic and who receives from it, beside the hub itself."""
    if topic.category in ("department", "control"):
        yield from ((each, "send") for each in topic.writers)
        return
    departments = sorted({each.department for each in catalogue.sources.values()})
    for each in topic.readers:
        if each != VIEW:
            yield from ((name, "receive") for name in (departments if each == DEPARTMENTS else [each]))


def _messages(catalogue: Catalogue, topic: Topic, prefix: str) -> dict[str, Node]:
    if topic.encoding != "avro":
        return {topic.name: raw_message(topic)}
    subject = prefix + topic.subject
    return {message_name(each): avro_message(topic, each, subject) for each in catalogue.versions(topic.logical)}


def _channel(topic: Topic, messages: list[str], prefix: str) -> Node:
    kept = topic.kafka_settings
    tombstones = (
        "；空值表示该键已无内容 / a null value: nothing stands under this key" if topic.cleanup == "compact" else ""
    )
    return {
        "address": prefix + topic.name,
        "title": topic.title,
        "summary": topic.about,
        "description": f"{topic.title}{tombstones}\n\n{topic.about}. Keyed by {' and '.join(topic.key)}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "tags": [_tag(topic.category, SHOWN[topic.category]), {"name": topic.owner}],
        "bindings": {
            "kafka": {
                "topic": prefix + topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": [topic.cleanup],
                    "retention.ms": int(kept["retention.ms"]),
                    "retention.bytes": int(kept["retention.bytes"]),
                },
                "bindingVersion": KAFKA_BINDING,
            }
        },
        "x-catalogue": _catalogue(topic),
    }


def _catalogue(topic: Topic) -> Node:
    """What the topic's file says that AsyncAPI has no word for."""
    told: Node = {
        "owner": topic.owner,
        "contact": topic.contact,
        "key": list(topic.key),
        "retention": "unlimited" if topic.retention is None else f"{topic.retention.days}d",
        "timestamp": topic.timestamp,
        "compatibility": topic.compatibility,
        "writers": list(topic.writers),
        "readers": list(topic.readers),
        "on_bad_record": topic.on_bad_record,
    }
    if topic.origin is not None:
        told["origin"] = {"kind": topic.origin.kind, "source": topic.origin.source, "mapping": topic.origin.mapping}
    if topic.shared is not None:
        told["shared"] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in ((each, getattr(topic.shared, each)) for each in topic.shared.__struct_fields__)
        }
    return told


def _operation(topic: Topic, party: str, action: str, messages: list[str]) -> Node:
    words = {"send": ("报送", "sends"), "receive": ("接收", "receives")}[action]
    channel = f"#/channels/{topic.logical}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "title": f"{words[0]}{topic.title}",
        "summary": f"{party} {words[1]} {topic.about[0].lower()}{topic.about[1:]}",
        "tags": [{"name": party}],
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in messages],
    }


def _tag(name: str, told: str) -> Any:
    return {"name": name, "description": told}
