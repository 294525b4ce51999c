"""Where the endpoint listens: one worker serves, another waits for its turn; addresses that cannot be had are told."""

import json
import logging
import re
import socket
import time
import urllib.request

import pytest

from benefit_hub.runtime.settings import SchemaRegistry, Settings
from benefit_hub.values.errors import HubError
from benefit_hub.web.listening import registry_beside, serve_registry
from tests.web.registries import PAY, catalogue

pytestmark = pytest.mark.slow

CATALOGUE = catalogue()


def listening(address):
    """The settings of a hub that serves there."""
    return Settings(registry=SchemaRegistry(listen=address))


def subjects(address):
    """What a client gets there."""
    with urllib.request.urlopen(f"http://{address}/subjects", timeout=10) as answer:
        return json.load(answer)


def free_port():
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def said(caplog, told):
    """Wait until the log says something, and return what the pattern found."""
    deadline = time.monotonic() + 10
    while (found := re.search(told, caplog.text)) is None:
        assert time.monotonic() < deadline, caplog.text
        time.sleep(0.02)
    return found


def test_it_serves_during_the_block_and_no_longer(caplog):
    caplog.set_level(logging.INFO)
    with registry_beside(listening("127.0.0.1:0"), CATALOGUE):
        address = said(caplog, r"schema registry at http://(127\.0\.0\.1:\d+)")[1]
        assert subjects(address) == [PAY]
    with pytest.raises(OSError, match="refused"):
        subjects(address)


def test_the_second_says_so_and_takes_over_when_the_first_ends(caplog, monkeypatch):
    monkeypatch.setattr("benefit_hub.web.listening.TRY_AGAIN_S", 0.05)
    caplog.set_level(logging.INFO)
    address = f"127.0.0.1:{free_port()}"
    with registry_beside(listening(address), CATALOGUE):
        said(caplog, "schema registry at")
        with registry_beside(listening(address), CATALOGUE):
            assert f"{address} is taken" in said(caplog, "not served from here.*")[0]
        caplog.clear()
        second = registry_beside(listening(address), CATALOGUE)
        second.__enter__()
    try:
        said(caplog, "schema registry at")
        assert subjects(address) == [PAY]
    finally:
        second.__exit__(None, None, None)


def test_an_empty_address_serves_nothing(caplog):
    with registry_beside(listening(""), CATALOGUE):
        assert caplog.text == ""
    with pytest.raises(HubError, match=r"registry\.listen is empty"):
        serve_registry(listening(""), CATALOGUE)


def test_an_address_that_is_not_ours_stops_the_worker():
    told = r"registry\.listen: 192\.0\.2\.1:8081 cannot be listened at"
    with pytest.raises(HubError, match=told), registry_beside(listening("192.0.2.1:8081"), CATALOGUE):
        pytest.fail("it began")


def test_alone_it_needs_the_address():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(HubError, match="is taken"):
            serve_registry(listening(address), CATALOGUE)
