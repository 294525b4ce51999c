"""What `hub init` declares: with the key, and only then, the book by which the hub begins."""

import pytest

from benefit_hub.cli import beginning
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.hub import Hub
from benefit_hub.runtime.settings import Settings
from benefit_hub.values.identity import key_check
from tests import checkout
from tests.cli.heard import Heard

KEY = b"k" * 32
DECLARED = ControlEvent(type="KEY_DECLARED", check=key_check(KEY))


@pytest.fixture
def declared(monkeypatch, tmp_path):
    """What is put on control, where this was said before."""

    def declare(*before):
        heard = Heard()
        monkeypatch.setattr(beginning, "Publisher", heard)
        monkeypatch.setattr(beginning, "said_before", lambda _: list(before))
        beginning._declare(
            Hub(Settings(data=tmp_path, story_time=True, bootstrap="127.0.0.1:1"), checkout.catalogue()), KEY
        )
        return heard.events

    return declare


def test_a_new_hub_says_by_which_book_it_begins_and_then_its_key(declared):
    first = next(iter(checkout.catalogue().books))
    assert declared() == [ControlEvent(type="POLICY_ACTIVATED", book=first), DECLARED]


def test_a_hub_that_works_already_is_not_given_the_book_of_this_machine(declared):
    assert declared(DECLARED) == []


def test_a_book_that_was_said_stays(declared):
    assert declared(ControlEvent(type="POLICY_ACTIVATED", book="0123456789abcdef")) == [DECLARED]
