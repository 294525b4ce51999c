"""Topics, schemas, message types, topology and policies against each other."""

from collections.abc import Collection, Iterator, Mapping

from benefit_hub.catalogue.conventions import unconventional
from benefit_hub.catalogue.evolution import NotAvro, Parsed, misreadings, parsed_definition
from benefit_hub.catalogue.findings import Finding
from benefit_hub.catalogue.schemas import SchemaFile
from benefit_hub.catalogue.shapes import department_fields, is_internal_message, own_fields, shape_faults
from benefit_hub.catalogue.topics import Category, Topic
from benefit_hub.catalogue.whole import Catalogue
from benefit_hub.topology import Topology, hub_topology

ENCODINGS: Mapping[Category, tuple[str, str]] = {
    "department": ("avro", "FULL_TRANSITIVE"),
    "control": ("avro", "FULL_TRANSITIVE"),
    "output": ("avro", "FULL_TRANSITIVE"),
    "internal": ("msgpack", "BACKWARD_TRANSITIVE"),
    "changelog": ("raw", "BACKWARD_TRANSITIVE"),
    "quarantine": ("raw", "NONE"),
}


def misfits(catalogue: Catalogue, schemas: list[SchemaFile], mismapped: Collection[str] = ()) -> Iterator[Finding]:
    """Everything that does not fit together. `mismapped` are topics whose mapping is wrong in itself: what their fields are to
    us is not known, and no mistake of theirs."""
    sound: list[SchemaFile] = []
    for schema in schemas:
        faults = list(unconventional(schema))
        yield from faults
        if not faults:
            sound.append(schema)
    yield from _subjects(catalogue)
    for topic in catalogue.topics.values():
        yield from _encoding(topic)
        yield from _schema(catalogue, topic, schemas, sound, mismapped=topic.logical in mismapped)
        yield from _versions(catalogue, topic, sound)
    yield from _unspoken(catalogue, schemas)
    yield from _quarantines(catalogue)
    yield from _flow(catalogue)
    yield from _death_sources(catalogue)


def _at(topic: Topic, key: str, message: str, action: str) -> Finding:
    return Finding(file=topic.file, line=topic.lines.get(key), key=key, message=message, action=action)


def _subjects(catalogue: Catalogue) -> Iterator[Finding]:
    """Each locked schema stands under the subject of its topic."""
    for schema in catalogue.schemas.values():
        subjects = [topic.subject for topic in catalogue.topics.values() if topic.schema == schema.name]
        if subjects and schema.subject not in subjects:
            told = f"locked under {schema.subject}, and its topic has {' and '.join(subjects)}"
            yield Finding(file=schema.file, message=told, action="Undo the renaming: a new topic has a new namespace.")


def _encoding(topic: Topic) -> Iterator[Finding]:
    encoding, compatibility = ENCODINGS[topic.category]
    if topic.encoding != encoding:
        yield _at(topic, "encoding", f"expected {encoding} for category {topic.category}", "Correct it.")
    if topic.compatibility != compatibility:
        yield _at(topic, "compatibility", f"expected {compatibility} for category {topic.category}", "Correct it.")


def _schema(
    catalogue: Catalogue, topic: Topic, schemas: list[SchemaFile], sound: list[SchemaFile], *, mismapped: bool
) -> Iterator[Finding]:
    """The topic's schema is there, has the fields that make the key, and is that of the message type, unless it is mapped."""
    if topic.encoding == "msgpack" and not is_internal_message(topic.schema):
        told = f"messages.internal has no message type {topic.schema}"
        yield _at(topic, "schema", told, "Name one such as FactsMessage.")
    if topic.encoding != "avro":
        return
    if not any(schema.name == topic.schema for schema in schemas):
        yield _at(topic, "schema", f"there is no {topic.schema}", "Correct the name, or add the schema file.")
        return
    versions = [schema for schema in sound if schema.name == topic.schema]
    if versions:
        newest = max(versions, key=lambda schema: schema.version)
        yield from _key(topic, newest)
        source = catalogue.sources.get(topic.logical)
        if not mismapped and (source is None or source.rules is None):
            yield from _own_number(topic)
            yield from _shape(topic, newest)


def _key(topic: Topic, schema: SchemaFile) -> Iterator[Finding]:
    names = {field["name"] for field in schema.definition["fields"]}
    for part in topic.key:
        if part not in names:
            yield _at(topic, "key", f"{part} is no field of {topic.schema}", "Name the fields that make the key.")


def _own_number(topic: Topic) -> Iterator[Finding]:
    if topic.category == "department" and topic.key != ("record_id",):
        told = "a department's record is keyed by its own number, never by that of a person"
        yield _at(topic, "key", told, "Say key: [record_id].")


def _shape(topic: Topic, schema: SchemaFile) -> Iterator[Finding]:
    """The schema is that of the message type; a department's own fields are seen to by its mapping."""
    record = schema.name.rpartition(".")[2]
    fields = own_fields(record) if topic.origin is None else department_fields(topic.origin.kind)
    if fields is None:
        yield Finding(
            file=schema.file, message=f"there is no message type {record}", action="Add it to messages.public."
        )
        return
    decoded = topic.category in ("department", "control")
    for path, told in shape_faults(fields, schema.definition, decoded=decoded):
        action = "Undo the change, or make it in the message type and in a new version of the schema."
        if topic.origin is not None:
            action = f"Undo the change, or say in mappings/{topic.logical}.yaml what the department's fields are to us."
        yield Finding(file=schema.file, key=path, message=told, action=action)


def _versions(catalogue: Catalogue, topic: Topic, sound: list[SchemaFile]) -> Iterator[Finding]:
    """Each version of a topic's schema goes together with all before it, as the topic's compatibility says."""
    versions = catalogue.versions(topic.logical)
    if len(versions) < 2 or not {each.file for each in versions} <= {each.file for each in sound}:
        return
    before: dict[int, Parsed] = {}
    for schema in versions:
        try:
            parsed = parsed_definition(schema.definition)
        except NotAvro as error:
            yield Finding(file=schema.file, message=f"no Avro schema: {error}", action="Correct the schema.")
            return
        for told in misreadings(parsed, before, topic.compatibility):
            action = "Make a compatible change (a new field needs a default), or a topic and a namespace .v2."
            yield Finding(file=schema.file, message=f"not {topic.compatibility}: {told}", action=action)
        before[schema.version] = parsed


def _unspoken(catalogue: Catalogue, schemas: list[SchemaFile]) -> Iterator[Finding]:
    """Each schema belongs to one topic."""
    for schema in schemas:
        topics = [topic.name for topic in catalogue.topics.values() if topic.schema == schema.name]
        if len(topics) != 1:
            told = f"expected one topic with it, there are {' and '.join(topics) or 'none'}"
            yield Finding(file=schema.file, message=told, action="Give each topic a schema of its own.")


def _quarantines(catalogue: Catalogue) -> Iterator[Finding]:
    """What may be refused has a quarantine of its owner, and there is no other quarantine."""
    topics = catalogue.topics
    refusing = [topic for topic in topics.values() if topic.on_bad_record == "quarantine"]
    for topic in refusing:
        if f"quarantine.{topic.owner}" not in topics:
            told = f"there is no topic quarantine.{topic.owner}"
            yield _at(topic, "owner", told, "Add a file for it in topics/.")
    needed = {f"quarantine.{topic.owner}" for topic in refusing}
    for name in catalogue.quarantines:
        if name not in needed:
            yield _at(topics[name], "name", "nobody with this name owns a topic that needs it", "Correct or remove it.")


def _flow(catalogue: Catalogue) -> Iterator[Finding]:
    """Processors read and write topics that exist, and the topics say so; partitions go together."""
    topology = hub_topology(catalogue.sources, catalogue.quarantines)
    topics = catalogue.topics
    missing = catalogue.assets.shown(catalogue.assets.topics)
    uses = _uses(topology)
    for name, users in sorted(uses.items()):
        if name not in topics:
            told = f"no topic {name}, which {' and '.join(sorted(users['readers'] | users['writers']))} needs"
            yield Finding(file=missing, message=told, action=f"Add {name}.v1.yaml.")
    known = {processor.name for processor in topology.processors}
    for topic in topics.values():
        users = uses.get(topic.logical, {"readers": set(), "writers": set()})
        for key, said in (("readers", topic.readers), ("writers", topic.writers)):
            if set(said) & known != users[key]:
                told = f"expected {' and '.join(sorted(users[key])) or 'no processor'} among them, as the topology says"
                yield _at(topic, key, told, "Correct them.")
    yield from _partitions(catalogue, topology)


def _uses(topology: Topology) -> dict[str, dict[str, set[str]]]:
    """By logical topic: which processors read and write it."""
    uses: dict[str, dict[str, set[str]]] = {}

    def note(topic: str, role: str, processor: str) -> None:
        uses.setdefault(topic, {"readers": set(), "writers": set()})[role].add(processor)

    for processor in topology.processors:
        for topic in processor.reads:
            note(topic, "readers", processor.name)
        for topic in processor.outputs:
            note(topic, "writers", processor.name)
        if processor.stateful:
            note(processor.changelog, "readers", processor.name)
            note(processor.changelog, "writers", processor.name)
    return uses


def _partitions(catalogue: Catalogue, topology: Topology) -> Iterator[Finding]:
    """A changelog and a loop have the partitions of their processor's input; what settlement writes of benefits those of
    the claims."""
    pairs = [
        (processor.changelog, name)
        for processor in topology.processors
        if processor.stateful
        for name in processor.inputs
    ]
    pairs += [
        (processor.loop, name) for processor in topology.processors if processor.loop for name in processor.inputs
    ]
    pairs += [(name, "claims") for name in topology.processor("settlement").outputs if name.startswith("benefits.")]
    for name, other in pairs:
        topic, like = catalogue.topics.get(name), catalogue.topics.get(other)
        if topic is not None and like is not None and topic.partitions != like.partitions:
            told = f"expected {like.partitions}, as {other} has"
            yield _at(topic, "partitions", told, "Give both the same number; a change of it is a rebuild.")


def _death_sources(catalogue: Catalogue) -> Iterator[Finding]:
    """Packs rank sources of death that there are."""
    sources = {origin.source for origin in catalogue.sources.values() if origin.kind == "death"}
    for book in catalogue.books.values():
        for pack in book.packs:
            for source in pack.death_sources:
                if source not in sources:
                    told = f"no topic of kind death comes from {source}; there are {', '.join(sorted(sources))}"
                    file = catalogue.assets.shown(catalogue.assets.policies)
                    key = f"{pack.name}.death_sources"
                    yield Finding(file=file, key=key, message=told, action="Correct the name, or add the topic.")
