"""An external schema registry: whether it knows our schemas under our ids, and how it comes to.

A record names its schema by a number. Where a registry knows a schema of ours under another number, publishers who ask it write
what the hub cannot read, and subscribers who ask it cannot read what the hub writes.
"""

import logging
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, Literal
from urllib.parse import quote

import httpx2
from msgspec import Struct

from benefit_hub.catalogue import Catalogue, Schema
from benefit_hub.catalogue.evolution import NotAvro, parsed, parsed_definition
from benefit_hub.runtime.settings import Settings
from benefit_hub.values.errors import HubError

log = logging.getLogger(__name__)

GIVEN = "SCHEMA_REGISTRY_URL"
ANSWER_S = 10.0


class Unreachable(HubError):
    """The registry does not answer, or not as registries do."""


class Misfit(Struct, frozen=True):
    """Where a registry and the lock of ids differ, about the schema that travels under `id`.

    MISSING: it does not know our schema. OTHER: it knows our schema under another id, or another schema under ours. EXTRA: it
    knows one that we do not.
    """

    kind: Literal["MISSING", "OTHER", "EXTRA"]
    subject: str
    version: int
    id: int
    told: str

    def __str__(self) -> str:
        return f"{self.subject} version {self.version}, id {self.id}: {self.told}"


def external_url(settings: Settings) -> str:
    """Where the external registry is: as the settings say, else SCHEMA_REGISTRY_URL; empty where there is none."""
    return settings.registry.url or os.environ.get(GIVEN, "").split(",")[0].strip()


class ExternalRegistry:
    """A hand on a registry that speaks as Confluent's does. `prefix` is that of our topics, and so of our subjects."""

    def __init__(self, client: httpx2.Client, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def misfits(self, catalogue: Catalogue) -> list[Misfit]:
        """Everything in which it differs from the lock of ids, in the order of subjects."""
        by_subject: dict[str, list[Schema]] = {}
        for schema in sorted(catalogue.schemas.values(), key=attrgetter("subject", "version")):
            by_subject.setdefault(schema.subject, []).append(schema)
        return [each for subject, ours in by_subject.items() for each in self._compare(self._prefix + subject, ours)]

    def bring(self, missing: Misfit, schema: Schema, level: str) -> None:
        """Let it import a schema under our id, and how its subject may change. Raises HubError where it gives another id."""
        subject = quote(missing.subject, safe="")
        said = {"schema": schema.text, "id": schema.id, "version": schema.version}
        self._ask("PUT", f"/mode/{subject}?force=true", {"mode": "IMPORT"})
        try:
            given = self._ask("POST", f"/subjects/{subject}/versions", said)["id"]
        finally:
            self._ask("PUT", f"/mode/{subject}?force=true", {"mode": "READWRITE"})
        if given != schema.id:
            raise HubError(
                f"the registry took {missing.subject} version {missing.version} under id {given}, but records of it carry "
                f"{schema.id}: it does not import ids. Take that version out of it again; what does is an empty registry, "
                "which gives ids from 1 as ours are, or a context of its own for this hub (…/contexts/.hub)"
            )
        self._ask("PUT", f"/config/{subject}", {"compatibility": level})

    def _compare(self, subject: str, ours: list[Schema]) -> Iterator[Misfit]:
        there = {told["id"]: told for told in self._versions(subject)}
        theirs = {number: _meaning(told["schema"]) for number, told in there.items()}
        meanings = {schema.id: parsed_definition(schema.definition).meaning for schema in ours}
        for schema in ours:
            same = [number for number, meaning in theirs.items() if meaning == meanings[schema.id]]
            if schema.id in same:
                continue
            if same:
                yield Misfit("OTHER", subject, schema.version, schema.id, f"the registry knows it under id {same[0]}")
            elif schema.id in there:
                yield Misfit("OTHER", subject, schema.version, schema.id, "another schema has this id in the registry")
            else:
                yield Misfit("MISSING", subject, schema.version, schema.id, "the registry does not know it")
        for number, meaning in theirs.items():
            if meaning not in meanings.values():
                told = "this hub does not know it, and puts what is written with it into quarantine (UNKNOWN_SCHEMA)"
                yield Misfit("EXTRA", subject, there[number]["version"], number, told)

    def _versions(self, subject: str) -> list[dict[str, Any]]:
        path = f"/subjects/{quote(subject, safe='')}/versions"
        return [self._ask("GET", f"{path}/{number}") for number in self._ask("GET", path, unknown=[])]

    def _ask(self, method: str, path: str, body: Any = None, *, unknown: Any = None) -> Any:
        """An answer; `unknown` where there is no such thing. Raises Unreachable, or HubError with what the registry says."""
        try:
            answer = self._client.request(method, path, json=body)
            told = answer.json()
        except (httpx2.HTTPError, ValueError) as trouble:
            place = self._client.base_url.copy_with(userinfo=b"")
            raise Unreachable(
                f"no schema registry answers at {place} ({type(trouble).__name__}): start it, or correct registry.url or "
                f"{GIVEN}; without either, the hub serves its own"
            ) from None
        if answer.status_code == httpx2.codes.NOT_FOUND and unknown is not None:
            return unknown
        if answer.is_error:
            said = told.get("message") if isinstance(told, dict) else told
            raise HubError(f"the schema registry refuses {method} {path}: {answer.status_code} {said}; ask who runs it")
        return told


@contextmanager
def external_registry(settings: Settings) -> Iterator[ExternalRegistry]:
    """Connect for this block. Raises HubError for a certificate file that cannot be read."""
    ours = settings.registry
    try:
        trusted = ssl.create_default_context(cafile=None if ours.ca_file is None else str(ours.ca_file))
    except OSError as trouble:
        raise HubError(f"registry.ca_file cannot be read as PEM: {trouble}; mend the settings file") from None
    auth = (ours.username, ours.password.get_secret_value()) if ours.username else None
    with httpx2.Client(base_url=external_url(settings), auth=auth, verify=trusted, timeout=ANSWER_S) as client:
        yield ExternalRegistry(client, settings.topic_prefix)


def check_external(settings: Settings, catalogue: Catalogue) -> None:
    """Before a worker begins: raise HubError where the registry does not know our schemas under our ids.

    One that does not answer is only told: the hub itself reads schemas from its files, and pays without a registry.
    """
    try:
        with external_registry(settings) as registry:
            misfits = registry.misfits(catalogue)
    except Unreachable as trouble:
        log.warning("%s. Working without", trouble)
        return
    wrong = [each for each in misfits if each.kind != "EXTRA"]
    for each in misfits:
        if each.kind == "EXTRA":
            log.warning("schema registry: %s", each)
    if wrong:
        raise HubError(
            f"the schema registry does not know {len(wrong)} of our schemas under our ids, so that others could neither write "
            f"nor read them: {'; '.join(map(str, wrong[:3]))}{'; …' if len(wrong) > 3 else ''}. `hub registry check` lists "
            "them, `hub registry register` brings in what is missing"
        )


def _meaning(text: str) -> Any:
    """A schema in the form that all of the same meaning have, None where it is not Avro."""
    try:
        return parsed(text).meaning
    except NotAvro:
        return None
