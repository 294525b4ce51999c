"""The command's frame: what it says to people, what it says to machines, and with which exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path
from unicodedata import east_asian_width

import pytest

from benefit_hub.cli import COMMANDS
from benefit_hub.cli.frame import counted
from benefit_hub.runtime.settings import Settings, load_settings
from tests.cli.typed import typed

pytestmark = pytest.mark.slow


@pytest.fixture
def hub(tmp_path, capsys, monkeypatch):
    """Runs the command in an empty folder, without the environment of this machine's hub."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("HUB_", "KAFKA_"))]:
        monkeypatch.delenv(name)
    return lambda *arguments, **environment: typed(capsys, *arguments, environment=environment)


def test_the_help_lists_the_commands_in_their_order(hub):
    done = hub("--help")
    assert done.returncode == 0
    listed = [line.split()[0] for line in done.stdout.partition("Commands:\n")[2].splitlines() if line.startswith("  ")]
    assert [name for name in listed if name in ("init", "up", "worker", "check", "status")] == [
        "init",
        "up",
        "worker",
        "check",
        "status",
    ]


def test_no_line_of_the_help_is_cut_however_narrow_the_terminal(hub):
    for columns in (None, "40"):
        told = hub("--help", **({} if columns is None else {"COLUMNS": columns})).stdout
        whole = " ".join(told.split())
        assert "..." not in whole.replace("COMMAND [ARGS]...", "")
        for name, (_, line) in COMMANDS.items():
            assert f"{name} {line}" in whole
    lines = hub("--help", COLUMNS="80").stdout.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in lines] == list(COMMANDS), "one line each"
    assert all(sum(2 if east_asian_width(each) in "WF" else 1 for each in line) <= 80 for line in lines)


def test_an_unknown_command_is_a_wrong_use(hub):
    done = hub("wrker")
    assert done.returncode == 2
    assert "No such command" in done.stderr


def test_check_finds_that_everything_fits(hub):
    done = hub("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(hub("check", "--json").stdout) == []


def test_check_names_what_does_not_fit(hub, tmp_path):
    root = Path(__file__).parents[2]
    for folder in ("schemas", "mappings", "policies"):
        (tmp_path / folder).symlink_to(root / folder)
    (tmp_path / "topics").mkdir()
    done = hub("check", "--json", HUB_ASSETS=str(tmp_path))
    assert done.returncode == 2
    assert json.loads(done.stdout)[0]["action"]


def test_an_error_is_one_paragraph_and_no_traceback(hub):
    done = hub("--settings", "nowhere.yaml", "status")
    assert done.returncode == 1
    assert done.stderr == "hub: nowhere.yaml: no such settings file; `hub init` writes one\n"
    assert done.stdout == ""


def test_without_any_kafka_the_ways_to_one_are_named(hub):
    done = hub("topics", "plan")
    assert done.returncode == 1
    assert "hub up" in done.stderr
    assert "Traceback" not in done.stderr


def test_init_makes_the_key_and_the_settings_once(hub, tmp_path):
    done = hub("init", "--offline", HUB_STORY_TIME="true")
    assert done.returncode == 0, done.stderr
    key = tmp_path / "hub-data" / "pseudonym.key"
    before = key.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    assert "story_time: true" in (tmp_path / "hub.yaml").read_text("utf-8")
    again = hub("init", "--offline")
    assert again.returncode == 1
    assert "exists" in again.stderr
    assert key.read_bytes() == before


def test_the_settings_file_that_init_writes_says_what_was_given_and_documents_the_rest(hub, tmp_path, monkeypatch):
    given = {"HUB_BOOTSTRAP": "a:1", "HUB_SWEEP_BUDGET": "7", "HUB_POLICIES": "/x:/y"}
    assert hub("init", "--offline", **given).returncode == 0
    for name in given:
        monkeypatch.delenv(name, raising=False)
    settings = load_settings(tmp_path / "hub.yaml")
    assert (settings.bootstrap, settings.sweep_budget) == ("a:1", 7)
    assert [str(folder) for folder in settings.policies] == ["/x", "/y"]
    text = (tmp_path / "hub.yaml").read_text("utf-8")
    for key, field in Settings.model_fields.items():
        assert field.description, f"{key} is not documented"
        assert f"{key}:" in text


def test_a_password_in_the_environment_is_not_written_down(hub, tmp_path):
    given = {"HUB_SECURITY__PASSWORD": "hunter2", "HUB_BOOTSTRAP": "a:1"}
    done = hub("init", "--offline", **given)
    assert done.returncode == 0, done.stderr
    assert "a:1" in (tmp_path / "hub.yaml").read_text("utf-8")
    written = [file.read_text("utf-8") for file in tmp_path.rglob("*") if file.is_file()]
    assert all("hunter2" not in text for text in written)


def test_a_worker_without_a_policy_or_a_processor_of_that_name_does_not_begin(hub):
    done = hub("worker", "--processors", "intke", HUB_BOOTSTRAP="127.0.0.1:1")
    assert done.returncode == 78, "to start it again would be of no use"
    assert "there is no processor intke; there are intake, register, entitlement, settlement" in done.stderr


def test_only_a_worker_pays_for_importing_faust():
    program = "import sys, benefit_hub.cli.status, benefit_hub.cli.topics, benefit_hub.cli.working; print('faust' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(("number", "told"), [(0, "0 records"), (1, "1 record"), (2, "2 records")])
def test_one_is_no_plural(number, told):
    assert counted(number, "record") == told
