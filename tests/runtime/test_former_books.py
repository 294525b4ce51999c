"""A book that an earlier release named otherwise: it is what the operator says it is, and nothing is guessed."""

import pytest

from benefit_hub.catalogue import load_book
from benefit_hub.catalogue.assets import find_assets
from benefit_hub.runtime.hub import Hub
from benefit_hub.runtime.settings import Settings
from benefit_hub.values.errors import HubError, InvariantBroken
from tests import checkout

FORMER = "0123456789abcdef"


def hub_with(tmp_path, **former):
    return Hub(Settings(data=tmp_path, story_time=True, former_books=former), checkout.catalogue())


def test_a_former_name_stands_for_the_book_that_is_named(tmp_path):
    today = load_book(find_assets().policies / "demo", allow_assumed=True)
    env = hub_with(tmp_path, **{FORMER: today.digest()}).env()
    assert env.book(FORMER) == today
    assert env.first_book == today.digest()


def test_without_it_the_worker_stops_and_says_what_can_be_done(tmp_path):
    with pytest.raises(InvariantBroken, match="`former_books`"):
        hub_with(tmp_path).env().book(FORMER)


def test_a_book_that_is_not_here_stands_for_nothing(tmp_path):
    with pytest.raises(HubError, match="`former_books` in the settings names ffff, and the books here are"):
        hub_with(tmp_path, **{FORMER: "ffff"}).env()
