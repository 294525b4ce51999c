"""What is written for systemd, containers and Prometheus, against the sources: it is not run where there is no daemon for it."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from prometheus_client.core import Metric
from typer.testing import CliRunner

from benefit_hub.cli import controlling
from benefit_hub.runtime.endings import OF_NO_USE
from benefit_hub.runtime.health import Health
from benefit_hub.runtime.settings import Settings
from benefit_hub.web.metrics import WorkerCollector

ROOT = Path(__file__).parents[2]
UNIT = (ROOT / "deploy/hub-worker.service").read_text("utf-8")
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text("utf-8")
ALERTS = (ROOT / "deploy/alerts.yml").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
DAY = (ROOT / "deploy/hub-day.service").read_text("utf-8")
OPERATING = (ROOT / "docs/operating.md").read_text("utf-8")
METRIC = re.compile(r"\bhub_[a-z_]+")


def said(unit: str) -> dict[str, str]:
    """The settings of a unit; of one that is given twice the last."""
    return dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))


def metrics() -> set[str]:
    """The metrics of a worker, by the names of their samples."""
    found: list[Metric] = list(WorkerCollector(Health(0, ROOT)).collect())
    counters = {f"{one.name}_total" for one in found if one.type == "counter"}
    return counters | {one.name for one in found if one.type != "counter"} | {"hub_brokers_answer"}


@pytest.mark.slow
@pytest.mark.parametrize("first", ["hub-worker.service", "hub-day.timer"])
def test_systemd_understands_the_units(tmp_path, first):
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("no systemd-analyze here")
    for file in (ROOT / "deploy").glob("hub-*"):
        (tmp_path / file.name).write_text(
            file.read_text("utf-8").replace("/opt/benefit-hub/bin/hub", "/bin/true"), "utf-8"
        )
    done = subprocess.run(
        [analyse, "verify", str(tmp_path / first)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_unit_drains_and_is_not_started_again_where_that_is_of_no_use():
    unit = said(UNIT)
    assert unit["RestartPreventExitStatus"] == str(OF_NO_USE)
    assert unit["Restart"] == "on-failure"
    assert unit["KillMode"] == "mixed", "the guards of the workers must not be told before the workers are"
    assert int(unit["TimeoutStopSec"]) >= 15, "as long as `hub worker -n` waits before it kills"
    assert unit["ReadWritePaths"] == "/var/lib/hub"


def test_the_day_is_opened_by_a_command_that_there_is_as_the_user_of_the_workers():
    day, unit = said(DAY), said(UNIT)
    program, *words = day["ExecStart"].split()
    assert program == unit["ExecStart"].split()[0]
    assert [day[name] for name in ("User", "Environment")] == [unit[name] for name in ("User", "Environment")]
    assert words[:2] == ["control", "day"]
    done = CliRunner().invoke(controlling.app, [*words[1:], "--help"])
    assert done.exit_code == 0, done.output


def test_the_image_holds_all_that_the_wheel_is_made_of():
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    sources = {Path(name).parts[0] for name in [*build["packages"], *build["force-include"]]}
    copied = {word for line in DOCKERFILE.splitlines() if line.startswith("COPY ") for word in line.split()[1:-1]}
    assert sources <= copied
    assert all((ROOT / name).exists() for name in copied if not name.startswith(("--", "/")))


def test_the_settings_of_image_and_compose_file_exist():
    worker = COMPOSE["services"]["worker"]
    given = set(re.findall(r"\bHUB_([A-Z_]+)=", DOCKERFILE)) | {
        name.removeprefix("HUB_") for name in worker["environment"]
    }
    assert len(given) >= 3
    assert {name.lower() for name in given - {"KAFKA_BOOTSTRAP"}} <= set(Settings.model_fields)


def test_the_compose_file_runs_workers_only_where_asked_and_leaves_them_the_time_to_drain():
    worker = COMPOSE["services"]["worker"]
    assert worker["profiles"] == ["worker"]
    assert (ROOT / worker["build"]["dockerfile"]).is_file()
    assert worker["command"][0] == "worker"
    assert int(worker["stop_grace_period"].removesuffix("s")) >= 15
    (volume,) = worker["volumes"]
    name, _, folder = volume.partition(":")
    assert name in COMPOSE["volumes"]
    assert f"HUB_DATA={folder}" in DOCKERFILE, "stores outlive the container"
    assert Settings().watch.address(0) in worker["healthcheck"]["test"][-1]
    assert (
        worker["environment"]["KAFKA_BOOTSTRAP"]
        in COMPOSE["services"]["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    )


def test_every_alert_asks_for_a_metric_that_there_is_and_is_documented():
    asked = {
        name
        for group in yaml.safe_load(ALERTS)["groups"]
        for rule in group["rules"]
        for name in METRIC.findall(rule["expr"])
    }
    assert asked
    assert asked <= metrics()
    assert asked <= set(METRIC.findall(OPERATING))


def test_every_metric_is_documented_and_nothing_else():
    told = set(METRIC.findall(OPERATING))
    assert metrics() - told == set()
    assert told - metrics() == set()


def test_prometheus_is_sent_where_workers_listen():
    (scraped,) = yaml.safe_load((ROOT / "deploy/prometheus.yml").read_text("utf-8"))["scrape_configs"]
    watch = Settings().watch
    assert scraped["static_configs"][0]["targets"] == [watch.address(0), watch.address(1)]
