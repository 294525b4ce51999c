"""Departments' own records in, records as the hub agreed them out; and what is refused of these, in the department's words.

A mapping is made into functions once; after that a record costs one call per field.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from benefit_hub.intake.mapping_fields import reader
from benefit_hub.intake.mapping_values import LEFT_OUT, LeftOut
from benefit_hub.task.mapping import UNITS, Day, Each, Instant, Rule, Several, TopicMapping, Whole
from benefit_hub.task.records import SourceTopic
from benefit_hub.values.refusal import Refusal

Body = Mapping[str, Any]
_INDEX = re.compile(r"\[\d+\]")


class Translation:
    """How the records of one topic are read. Of a department that uses our own fields, it changes nothing."""

    def __init__(self, mapping: TopicMapping | None) -> None:
        self._native = mapping is None
        rules = () if mapping is None else mapping.rules
        self._defaults = {} if mapping is None else dict(mapping.defaults)
        self._readers = [(rule.field, reader(rule)) for rule in rules]
        self._per_day = mapping is not None and mapping.per_day
        self._words = {path: words for rule in rules for path, words in _words(rule)}

    def record(self, body: Body) -> Body | Refusal:
        """The record as the hub agreed it, or why it cannot be read, by the department's own field."""
        if self._native:
            return body
        if self._defaults:
            body = {**self._defaults, **body}
        made: dict[str, Any] = {}
        for field, read in self._readers:
            value = read(body)
            if value.__class__ is Refusal:
                return value
            if value is not LEFT_OUT:
                made[field] = value
        if self._per_day:
            made["record_id"] = f"{made['record_id']}/{made['valid_from']}"
        return made

    def parts(self, body: Body) -> tuple[Body, dict[str, Refusal]]:
        """As much of the record as can be read, and by our field why the rest cannot; slowly, for one that is refused."""
        if self._native:
            return body, {}
        read = {field: read_one({**self._defaults, **body}) for field, read_one in self._readers}
        made = {field: value for field, value in read.items() if not isinstance(value, Refusal | LeftOut)}
        return made, {field: value for field, value in read.items() if isinstance(value, Refusal)}

    def names(self, body: Body) -> Body:
        """As much of a record that cannot be read as tells which one it is."""
        if self._native:
            return body
        wanted = ("record_id", "revision", *(("valid_from",) if self._per_day else ()))
        read = {field: read_one({**self._defaults, **body}) for field, read_one in self._readers if field in wanted}
        read = {field: value for field, value in read.items() if isinstance(value, str | int)}
        if self._per_day and "record_id" in read:
            read["record_id"] = f"{read['record_id']}/{read.get('valid_from', '?')}"
        return read

    def told(self, refusal: Refusal) -> Refusal:
        """A refusal of the record as the hub agreed it, in the department's words: its field, its format, its unit."""
        if self._native:
            return refusal
        source, note, note_zh = self._words.get(_INDEX.sub("", refusal.field), (refusal.field, "", ""))
        expected, action = self._in_their_words(refusal.expected), self._in_their_words(refusal.action)
        if note and note not in expected:
            expected = f"{expected}; the field is {note}"
        expected_zh = refusal.expected_zh
        if refusal.code == "BAD_DATE" and note_zh:
            expected_zh = f"{note_zh}的合理日期"
        elif refusal.code == "IDENTITY_MISPLACED":
            expected_zh = "不含公民身份号码的内容"
        return Refusal(refusal.code, source, expected, action, expected_zh)

    def _in_their_words(self, text: str) -> str:
        """A sentence with our names of fields replaced by theirs."""
        return re.sub(r"…?\b[a-z]+_[a-z_]+\b", lambda found: self._source_of(found[0]), text)

    def _source_of(self, name: str) -> str:
        words = self._words.get(name.removeprefix("…"))
        return name if words is None else words[0]


def translation(topic: SourceTopic) -> Translation:
    """The translation of a topic, made once."""
    return _translation(topic.rules)


@cache
def _translation(mapping: TopicMapping | None) -> Translation:
    return Translation(mapping)


def _words(rule: Rule, path: str = "", around: str = "") -> Iterator[tuple[str, tuple[str, str, str]]]:
    """By path of the fact: the department's field, and how it is written, in English and in Chinese."""
    path = f"{path}.{rule.field}".strip(".")
    sources = [f"{around}.{source}".strip(".") for source in rule.sources]
    if sources:
        yield path, (" + ".join(sources), *_written(rule))
    if isinstance(rule.how, Each):
        for inner in rule.how.rules:
            if inner.field:
                yield from _words(inner, path, "" if rule.how.split else f"{sources[0]}[]")
    elif isinstance(rule.how, Several):
        found: dict[str, tuple[str, str, str]] = {}
        for group in rule.how.groups:
            for inner in group:
                for name, (source, note, note_zh) in _words(inner, path):
                    before = f"{found[name][0]} / " if name in found else ""
                    found[name] = (before + source, note, note_zh)
        yield from found.items()


def _written(rule: Rule) -> tuple[str, str]:
    match rule.how:
        case Day(pattern=pattern) | Instant(pattern=pattern):
            return f"written {pattern}", f"按 {pattern} 书写"
        case Whole(units=units) if any(units):
            named = [unit for unit in units if unit]
            chinese = "、".join(UNITS[unit].chinese for unit in named)
            return f"in {' and '.join(named)}".replace("-", " "), f"以{chinese}为单位"
    return "", ""
