"""Mappings against topics, schemas and kinds of fact: each department's own record gives every field that its fact needs."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from benefit_hub.catalogue.findings import Finding
from benefit_hub.catalogue.mapping_files import MappingFile
from benefit_hub.catalogue.mapping_readings import RuleFault
from benefit_hub.catalogue.mapping_rules import rule_of, sources_of
from benefit_hub.catalogue.mapping_sources import Source, defaults_of, source_of
from benefit_hub.catalogue.mapping_targets import targets
from benefit_hub.catalogue.schemas import SchemaFile
from benefit_hub.catalogue.topics import Topic
from benefit_hub.messages.departments import PAYLOADS, names_people
from benefit_hub.task.mapping import Rule, TopicMapping


def resolved(
    files: Mapping[str, MappingFile], topics: Mapping[str, Topic], schemas: Iterable[SchemaFile]
) -> tuple[dict[str, TopicMapping], list[Finding]]:
    """The mappings by topic, as far as they fit, and what does not."""
    newest = {schema.name: schema for schema in sorted(schemas, key=lambda schema: schema.version)}
    mappings: dict[str, TopicMapping] = {}
    findings: list[Finding] = []
    for name, file in files.items():
        topic = topics.get(name)
        findings += _of_topic(file, topic)
        schema = None if topic is None else newest.get(topic.schema)
        if topic is not None and schema is not None:
            mappings[name], faults = _mapping(file, schema)
            findings += faults or _key_faults(topic, mappings[name])
    return mappings, findings


def _of_topic(file: MappingFile, topic: Topic | None) -> Iterator[Finding]:
    """Mapping and topic file say the same."""
    written, document = file.written, file.document
    if topic is None or topic.origin is None:
        told = f"there is no department topic {written.topic}"
        yield document.finding(("topic",), told, "Correct the name, or add the topic file.")
        return
    if written.version != topic.origin.mapping:
        told = f"{topic.file} says mapping: {topic.origin.mapping}"
        yield document.finding(("version",), told, "Count both up together: the version orders what was said again.")
    if written.kind != topic.origin.kind:
        yield document.finding(("kind",), f"{topic.file} says {topic.origin.kind}", "Settle on one.")


def _key_faults(topic: Topic, mapping: TopicMapping) -> Iterator[Finding]:
    """A record is keyed by the fields of which its number is made, never by that of a person."""
    made_of = {source for rule in mapping.rules if rule.field == "record_id" for source in rule.sources}
    if not set(topic.key) <= made_of:
        told = f"a department's record is keyed by its own number, here {', '.join(sorted(made_of))}"
        yield Finding(
            file=topic.file,
            line=topic.lines.get("key"),
            key="key",
            message=told,
            action="Name fields of which the mapping makes record_id, never that of a person.",
        )


def _mapping(file: MappingFile, schema: SchemaFile) -> tuple[TopicMapping, list[Finding]]:
    written, document = file.written, file.document
    source, fields = source_of(schema), targets(written.kind)
    rules: list[Rule] = []
    findings: list[Finding] = []
    for name, each in written.fields.items():
        if name not in fields:
            close = get_close_matches(name, list(fields), n=1)
            action = f"Did you mean {close[0]}?" if close else f"There are {', '.join(fields)}."
            findings.append(document.finding(("fields", name), f"{written.kind} has no such field", action))
            continue
        try:
            rules.append(rule_of(each, fields[name], source))
        except RuleFault as fault:
            findings.append(document.finding(("fields", name, *fault.place), fault.told, fault.action))
    findings += _missing(file, [name for name, field in fields.items() if field.needed])
    if not findings:
        findings += [*_people_faults(file, rules), *_coverage(file, rules, source)]
    defaults = defaults_of(schema)
    used = {path for path, _ in sources_of(rules)}
    return TopicMapping(
        topic=written.topic,
        version=written.version,
        kind=written.kind,
        rules=tuple(rules),
        per_day=written.rows == "overwritten" and not PAYLOADS[written.kind].happens,
        defaults=tuple((name, value) for name, value in defaults.items() if name in used),
    ), findings


def _missing(file: MappingFile, needed: Iterable[str]) -> Iterator[Finding]:
    """What every fact of the kind has: fields without a default, whom it is about, one of those that exclude each other."""
    kind, fields = file.written.kind, file.written.fields
    payload = PAYLOADS[kind]
    about = ("household_id", *payload.about.fields) if payload.about.or_household else ()
    for name in (*needed, *(() if about else payload.about.fields)):
        if name not in fields:
            action = f"Add {name}: every fact of kind {kind} has it."
            yield file.document.finding(("fields",), f"{name} is missing", action)
    for choice in (about, payload.either):
        if choice and not set(choice) & set(fields):
            action = f"Add one of them: every fact of kind {kind} has it."
            yield file.document.finding(("fields",), f"{' and '.join(choice)} are missing", action)


def _people_faults(file: MappingFile, rules: Iterable[Rule]) -> Iterator[Finding]:
    """A number of a person goes into a field for it, and nowhere else."""
    numbers = {path: rule.field for path, rule in sources_of(rules) if names_people(rule.field)}
    for path, rule in sources_of(rules):
        if path in numbers and not names_people(rule.field):
            told = f"{path} is an identity number, as {numbers[path]} says"
            action = "Take another field: numbers of people never leave intake."
            yield file.document.finding(("fields", rule.field), told, action)


def _coverage(file: MappingFile, rules: list[Rule], source: Source) -> Iterator[Finding]:
    """Every field of the source is used, or said to be unused: nothing is forgotten, and nothing is kept by chance."""
    used, unused = {path for path, _ in sources_of(rules)}, file.written.unused
    known = set(source.paths())
    for index, name in enumerate(unused):
        if name not in known:
            yield file.document.finding(("unused", index), f"the schema has no field {name}", "Remove it.")
        elif name in used:
            yield file.document.finding(("unused", index), f"{name} is used above", "Remove it here, or there.")
    for name in source.leaves():
        if name not in used and not any(name == each or name.startswith(f"{each}.") for each in unused):
            action = f"Use it, or say unused: [{name}] and it never leaves intake."
            yield file.document.finding(("fields",), f"nothing is said of {name}", action)
