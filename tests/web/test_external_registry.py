"""An external registry: whether it knows our schemas under our ids; played by a registry that knows what a test lets it know."""

import base64
import json

import httpx2
import pytest

from benefit_hub.catalogue.evolution import parsed
from benefit_hub.runtime.settings import SchemaRegistry, Settings
from benefit_hub.values.errors import HubError
from benefit_hub.web.external_registry import (
    Misfit,
    Unreachable,
    check_external,
    external_registry,
    external_url,
)
from tests.web.registries import FIRST, NEWER, NEWER_ID, PAY, PAY_ID, catalogue, pay
from tests.web.theirs import Theirs

CATALOGUE = catalogue()
HOURS = pay({"name": "hours", "type": "int", "default": 0})


def kinds(misfits):
    """What differs, for short."""
    return [(each.kind, each.version, each.id) for each in misfits]


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([(PAY_ID, FIRST), (NEWER_ID, NEWER)], []),
        ([(PAY_ID, json.loads(json.dumps(FIRST).replace("who pays", "who pays it"))), (NEWER_ID, NEWER)], []),
        ([], [("MISSING", 1, PAY_ID), ("MISSING", 2, NEWER_ID)]),
        ([(PAY_ID, FIRST)], [("MISSING", 2, NEWER_ID)]),
        ([(PAY_ID, FIRST), (55, NEWER)], [("OTHER", 2, NEWER_ID)]),
        ([(PAY_ID, HOURS), (NEWER_ID, NEWER)], [("OTHER", 1, PAY_ID), ("EXTRA", 1, PAY_ID)]),
        ([(PAY_ID, FIRST), (NEWER_ID, NEWER), (71, HOURS)], [("EXTRA", 3, 71)]),
        ([(PAY_ID, FIRST), (NEWER_ID, NEWER), (71, {"type": 5})], [("EXTRA", 3, 71)]),
    ],
    ids=[
        "as ours",
        "better docs",
        "nothing",
        "one less",
        "another id",
        "another schema",
        "one more",
        "one that is not Avro",
    ],
)
def test_what_differs_is_found(versions, expected):
    assert kinds(Theirs(*versions).hand().misfits(CATALOGUE)) == expected


def test_subjects_carry_the_prefix_of_our_topics():
    theirs = Theirs((PAY_ID, FIRST), (NEWER_ID, NEWER), subject=f"test.{PAY}")
    assert theirs.hand("test.").misfits(CATALOGUE) == []
    assert len(theirs.hand().misfits(CATALOGUE)) == 2


def test_what_is_missing_is_brought_in_under_our_ids_and_with_our_compatibility():
    theirs = Theirs((PAY_ID, FIRST))
    hand = theirs.hand()
    (missing,) = hand.misfits(CATALOGUE)
    hand.bring(missing, CATALOGUE.schemas[missing.id], "FULL_TRANSITIVE")
    assert hand.misfits(CATALOGUE) == []
    assert (theirs.mode, theirs.levels) == ("READWRITE", {PAY: "FULL_TRANSITIVE"})
    number, definition = theirs.subjects[PAY][-1]
    assert (number, parsed(json.dumps(definition)).meaning) == (NEWER_ID, parsed(json.dumps(NEWER)).meaning)


def test_a_registry_that_gives_ids_of_its_own_is_told_and_nothing_more_is_brought_in():
    theirs = Theirs(imports=False)
    hand = theirs.hand()
    first = Misfit("MISSING", PAY, 1, PAY_ID, "")
    with pytest.raises(HubError, match=r"under id 70, but records of it carry 16: it does not import ids"):
        hand.bring(first, CATALOGUE.schemas[PAY_ID], "FULL_TRANSITIVE")
    assert theirs.mode == "READWRITE"


@pytest.fixture
def connected(monkeypatch):
    """Settings of an external registry that a test plays."""

    def connect(handler, url="http://registry.example/contexts/.hub", **settings):
        client = httpx2.Client
        played = httpx2.MockTransport(handler)
        monkeypatch.setattr("httpx2.Client", lambda **given: client(**{**given, "transport": played}))
        return Settings(registry=SchemaRegistry(url=url, **settings))

    return connect


def test_a_worker_begins_where_the_registry_knows_our_schemas(connected, caplog):
    check_external(connected(Theirs((PAY_ID, FIRST), (NEWER_ID, NEWER))), CATALOGUE)
    assert caplog.text == ""


def test_a_worker_begins_beside_a_version_that_it_does_not_know_and_says_what_becomes_of_it(connected, caplog):
    check_external(connected(Theirs((PAY_ID, FIRST), (NEWER_ID, NEWER), (71, HOURS))), CATALOGUE)
    assert "version 3, id 71: this hub does not know it" in caplog.text
    assert "UNKNOWN_SCHEMA" in caplog.text


def test_a_worker_does_not_begin_where_our_schemas_are_not_known(connected):
    with pytest.raises(HubError, match="does not know 1 of our schemas under our ids") as error:
        check_external(connected(Theirs((PAY_ID, FIRST), (55, NEWER))), CATALOGUE)
    assert f"{PAY} version 2, id {NEWER_ID}: the registry knows it under id 55" in str(error.value)
    assert "hub registry register" in str(error.value)


def down(request):
    """Nobody there."""
    raise httpx2.ConnectError("refused", request=request)


@pytest.mark.parametrize(
    "handler", [down, lambda _: httpx2.Response(200, text="<html>"), lambda _: httpx2.Response(503, text="busy")]
)
def test_a_registry_that_is_away_does_not_keep_a_worker_from_paying(handler, connected, caplog):
    settings = connected(handler, url="http://somebody:hunter2@registry.example")
    check_external(settings, CATALOGUE)
    assert "no schema registry answers at http://registry.example" in caplog.text
    assert "hunter2" not in caplog.text
    with pytest.raises(Unreachable), external_registry(settings) as registry:
        registry.misfits(CATALOGUE)


def test_what_the_registry_refuses_is_told_with_its_words(connected):
    refusing = connected(lambda _: httpx2.Response(401, json={"error_code": 401, "message": "Unauthorized"}))
    with pytest.raises(HubError, match=r"refuses GET /subjects/.*: 401 Unauthorized"):
        check_external(refusing, CATALOGUE)


@pytest.mark.parametrize(
    ("url", "given"),
    [("http://u:p@registry.example", {}), ("http://registry.example", {"username": "u", "password": "p"})],
)
def test_it_says_who_we_are(url, given, connected):
    theirs = Theirs((PAY_ID, FIRST), (NEWER_ID, NEWER))
    check_external(connected(theirs, url=url, **given), CATALOGUE)
    assert {each.headers["authorization"] for each in theirs.asked} == {f"Basic {base64.b64encode(b'u:p').decode()}"}


def test_the_settings_say_where_it_is_and_else_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("SCHEMA_REGISTRY_URL", raising=False)
    assert external_url(Settings()) == ""
    monkeypatch.setenv("SCHEMA_REGISTRY_URL", "http://one:8081, http://two:8081")
    assert external_url(Settings()) == "http://one:8081"
    assert external_url(Settings(registry=SchemaRegistry(url="http://three"))) == "http://three"
    missing = Settings(registry=SchemaRegistry(url="https://three", ca_file=tmp_path / "none.pem"))
    with pytest.raises(HubError, match=r"registry\.ca_file"), external_registry(missing):
        pytest.fail("it began")
