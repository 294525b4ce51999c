"""The pseudonym key: made once, for its owner alone."""

import pytest

from benefit_hub.runtime.keys import make_key, read_key
from benefit_hub.values.errors import HubError


def test_a_key_is_made_for_its_owner_alone_and_read_again(tmp_path):
    file = tmp_path / "data" / "pseudonym.key"
    key = make_key(file)
    assert len(key) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_key(file) == key


def test_two_keys_differ(tmp_path):
    assert make_key(tmp_path / "one") != make_key(tmp_path / "two")


def test_a_second_key_is_refused_and_the_first_stays(tmp_path):
    file = tmp_path / "pseudonym.key"
    key = make_key(file)
    with pytest.raises(HubError, match="stranger"):
        make_key(file)
    assert read_key(file) == key


def test_no_key(tmp_path):
    with pytest.raises(HubError, match="hub init"):
        read_key(tmp_path / "pseudonym.key")


def test_a_key_that_others_can_read(tmp_path):
    file = tmp_path / "pseudonym.key"
    make_key(file)
    file.chmod(0o644)
    with pytest.raises(HubError, match="chmod 600"):
        read_key(file)


@pytest.mark.parametrize("text", ["", "00", "xyz", "00" * 31])
def test_a_damaged_key(tmp_path, text):
    file = tmp_path / "pseudonym.key"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(HubError, match="32 bytes"):
        read_key(file)
