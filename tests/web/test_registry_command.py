"""`hub registry` and `hub worker` beside an external registry, as they are typed."""

import sys
from types import SimpleNamespace

import httpx2
import pytest

from benefit_hub.runtime.hub import Hub
from benefit_hub.web.external_registry import GIVEN
from tests.cli.typed import typed
from tests.web.registries import FIRST, NEWER, NEWER_ID, PAY, PAY_ID, catalogue
from tests.web.theirs import Theirs

pytestmark = pytest.mark.slow

KNOWN = "the registry knows our schemas under our ids\n"


@pytest.fixture
def hub(capsys, monkeypatch, tmp_path):
    """Types a command of a hub with one topic, beside an external registry; None is none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(GIVEN, raising=False)
    for module in ("registry", "working"):
        monkeypatch.setattr(f"benefit_hub.cli.{module}.open_hub", lambda settings: Hub(settings, catalogue()))

    def run(theirs, *arguments):
        client = httpx2.Client
        played = httpx2.MockTransport(theirs or Theirs())
        with monkeypatch.context() as patch:
            patch.setattr("httpx2.Client", lambda **given: client(**{**given, "transport": played}))
            environment = {} if theirs is None else {GIVEN: "http://registry.example"}
            return typed(capsys, *arguments, environment=environment)

    return run


def test_what_a_registry_lacks_is_listed_brought_in_and_then_known(hub):
    theirs = Theirs()
    listed = hub(theirs, "registry", "check")
    assert listed.returncode == 2
    assert f"{PAY} version 1, id {PAY_ID}: the registry does not know it\n" in listed.stdout
    assert listed.stdout.endswith("2 differences\n")
    brought = hub(theirs, "registry", "register")
    assert (brought.returncode, brought.stderr) == (0, "")
    assert brought.stdout == (
        f"registered {PAY} version 1 under id {PAY_ID}\nregistered {PAY} version 2 under id {NEWER_ID}\n{KNOWN}"
    )
    assert hub(theirs, "registry", "check").stdout == KNOWN
    assert hub(theirs, "registry", "register").stdout == KNOWN
    assert theirs.levels == {PAY: "FULL_TRANSITIVE"}


def test_what_registering_cannot_mend_stays_and_is_told(hub):
    told = hub(Theirs((PAY_ID, FIRST), (55, NEWER)), "registry", "register")
    assert told.returncode == 2
    assert told.stdout == f"{PAY} version 2, id {NEWER_ID}: the registry knows it under id 55\n1 difference\n"
    assert '"kind": "OTHER"' in hub(Theirs((PAY_ID, FIRST), (55, NEWER)), "registry", "check", "--json").stdout


def test_without_an_external_registry_there_is_nothing_to_compare(hub):
    told = hub(None, "registry", "check")
    assert told.returncode == 1
    assert "no external schema registry is named: set registry.url, or SCHEMA_REGISTRY_URL" in told.stderr


def test_a_worker_does_not_begin_beside_a_registry_that_does_not_know_our_schemas(hub):
    told = hub(Theirs((PAY_ID, FIRST)), "worker")
    assert told.returncode == 1
    assert "does not know 1 of our schemas under our ids" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_worker_begins_beside_a_registry_that_does(hub, monkeypatch):
    begun = []
    worker = SimpleNamespace(work=lambda hub, names, _health: begun.append((hub.settings.data.name, names)))
    monkeypatch.setitem(sys.modules, "benefit_hub.runtime.worker", worker)
    monkeypatch.setattr("benefit_hub.cli.working.end_at_once", lambda: None)  # it would end the tests
    told = hub(Theirs((PAY_ID, FIRST), (NEWER_ID, NEWER)), "worker", "--processors", "intake")
    assert (told.returncode, begun) == (0, [("hub-data", ["intake"])])
