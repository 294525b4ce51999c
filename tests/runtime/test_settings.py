"""The settings file, what overrides it, and that login settings reach every client."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from benefit_hub.runtime.settings import Security, Settings, confluent_config, kafka_python_config, load_settings
from benefit_hub.values.errors import CatalogueError, HubError


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    """No settings of this machine, and an empty current folder."""
    for name in ("HUB_SETTINGS", "HUB_BOOTSTRAP", "HUB_DATA", "HUB_SWEEP_BUDGET", "HUB_POLICIES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def written(tmp_path, text):
    file = tmp_path / "given.yaml"
    file.write_text(text, "utf-8")
    return file


def test_without_a_file_the_defaults_stand():
    settings = load_settings()
    assert settings.transaction_timeout_ms == 5_000
    assert settings.session_timeout_ms == 6_000
    assert settings.topic_prefix == ""
    assert not settings.story_time


def test_the_environment_overrides_the_file(tmp_path, monkeypatch):
    file = written(tmp_path, "bootstrap: one:9092\nsweep_budget: 7\nsecurity: {protocol: SASL_SSL, username: u}\n")
    monkeypatch.setenv("HUB_BOOTSTRAP", "two:9092")
    monkeypatch.setenv("HUB_SECURITY__PASSWORD", "secret")
    monkeypatch.setenv("HUB_POLICIES", "/a:/b")
    settings = load_settings(file)
    assert (settings.bootstrap, settings.sweep_budget, settings.security.username) == ("two:9092", 7, "u")
    assert settings.security.password.get_secret_value() == "secret"
    assert [str(each) for each in settings.policies] == ["/a", "/b"]
    assert "secret" not in repr(settings)


def test_relative_paths_of_a_file_begin_at_the_file(tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    text = "data: d\npolicies: [p, /q]\nsecurity: {ca_file: ca.pem, key_file: /k.pem}\nregistry: {ca_file: r.pem}\n"
    settings = load_settings(written(there, text))
    assert settings.data == there / "d"
    assert settings.policies == (there / "p", Path("/q"))
    assert (settings.security.ca_file, settings.security.key_file) == (there / "ca.pem", Path("/k.pem"))
    assert settings.registry.ca_file == there / "r.pem"
    assert load_settings(written(there, f"policies: p{os.pathsep}q\n")).policies == (there / "p", there / "q")


def test_a_data_folder_that_is_not_named_is_beside_the_file_or_here(tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    assert load_settings(written(there, "sweep_budget: 7\n")).data == there / "hub-data"
    assert load_settings().data == Path("hub-data")


def test_relative_paths_of_the_environment_begin_at_the_current_folder(tmp_path, monkeypatch):
    there = tmp_path / "there"
    there.mkdir()
    monkeypatch.setenv("HUB_DATA", "d")
    assert load_settings(written(there, "data: other\n")).data == Path("d")


def test_hub_yaml_in_the_current_folder_is_found(tmp_path):
    (tmp_path / "hub.yaml").write_text("sweep_budget: 9\n", "utf-8")
    assert load_settings().sweep_budget == 9


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bootstrp: a\n", "bootstrp: Extra inputs"),
        ("sweep_budget: 0\n", "sweep_budget: Input should be greater"),
        ("topic_prefix: Größe\n", "topic_prefix: String should match"),
        ("security: {protocol: TLS}\n", "security.protocol: Input should be"),
        ("policies: 7\n", "policies: Input should be a valid tuple"),
        ("security: [ca.pem]\n", "security: Input should be a valid dict"),
        ("registry: {listen: 8081}\n", "registry.listen: Input should be a valid string"),
        ("registry: {listen: here}\n", "registry.listen: String should match"),
        ("registry: {listen: '127.0.0.1:99999'}\n", "registry.listen: Value error, a port is at most 65535"),
        ("registry: {url: registry.example}\n", "registry.url: String should match"),
        ("a: [1\n", "not YAML"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(tmp_path, text, told):
    with pytest.raises(CatalogueError, match=r"given\.yaml") as error:
        load_settings(written(tmp_path, text))
    assert told in str(error.value)


def test_a_wrong_value_is_not_repeated(tmp_path):
    file = written(tmp_path, "security: {protocol: SASL_SSL, password: [hunter2]}\n")
    with pytest.raises(CatalogueError) as error:
        load_settings(file)
    assert "hunter2" not in str(error.value)


def test_a_file_that_is_named_must_be_there(tmp_path):
    with pytest.raises(CatalogueError, match="no such settings file"):
        load_settings(tmp_path / "missing.yaml")


def test_topics_and_groups_bear_the_prefix():
    settings = Settings(topic_prefix="test.")
    assert settings.topic("benefits.adjustments") == "test.benefits.adjustments.v1"
    assert settings.logical("test.benefits.adjustments.v1") == "benefits.adjustments"
    assert settings.group("register") == "test.hub.register"


def test_the_same_login_reaches_confluent_kafka_and_kafka_python():
    security = Security(protocol="SASL_PLAINTEXT", mechanism="SCRAM-SHA-256", username="u", password=SecretStr("p"))
    settings = Settings(security=security)
    ours, theirs = confluent_config(settings, "a:1,b:2"), kafka_python_config(settings, "a:1,b:2")
    assert ours["bootstrap.servers"] == "a:1,b:2"
    assert theirs["bootstrap_servers"] == ["a:1", "b:2"]
    assert ours["security.protocol"] == theirs["security_protocol"] == "SASL_PLAINTEXT"
    assert ours["sasl.mechanism"] == theirs["sasl_mechanism"] == "SCRAM-SHA-256"
    assert (ours["sasl.username"], ours["sasl.password"]) == ("u", "p")
    assert (theirs["sasl_plain_username"], theirs["sasl_plain_password"]) == ("u", "p")


def test_tls_files_reach_both_and_a_missing_one_is_told(tmp_path):
    settings = Settings(security=Security(protocol="SSL", ca_file=tmp_path / "ca.pem", check_hostname=False))
    ours = confluent_config(settings, "a:1")
    assert ours["ssl.ca.location"] == str(tmp_path / "ca.pem")
    assert ours["ssl.endpoint.identification.algorithm"] == "none"
    with pytest.raises(HubError, match="ca_file"):
        kafka_python_config(settings, "a:1")
