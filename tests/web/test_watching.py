"""What a worker tells of itself to a probe and to Prometheus: of runners without brokers, in states that a test sets."""

import logging
import urllib.error
import urllib.request
from threading import get_ident
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.backlog import Lag
from benefit_hub.runtime.control_age import ControlAges
from benefit_hub.runtime.health import Health
from benefit_hub.runtime.progress import Progress, Restored, RestoreTold, Standing
from benefit_hub.runtime.settings import Settings, Watching
from benefit_hub.task import ControlState
from benefit_hub.web.watching import watch_app, watched
from tests.web.test_listening import said

pytestmark = pytest.mark.slow

FACTS = "hub.facts.v1"
DAY_S = 1_775_016_000
"""Noon of 2026-04-01 in Beijing."""


def runner(**said):
    """What there is to see of a runner."""
    there = {"assigned": {(FACTS, 0): True}, "standing": Standing(), "progress": Progress(), "thread": get_ident()}
    return SimpleNamespace(name="register", **(there | said))


def watch(**said):
    """What there is to see of a stall watch."""
    there = {"lags": {}, "silent_s": {}, "brokers_answer": True, "ages": {}, "hanging": list}
    return SimpleNamespace(**(there | said))


@pytest.fixture
def health(tmp_path):
    """A worker in slot 2, at work: its one runner has its one partition."""
    made = Health(2, tmp_path)
    made.works([runner()], watch(), [SimpleNamespace(label="runner of register", alive=True)])
    return made


def asked(health, path, method="GET"):
    """Status and text of an answer."""
    told = []
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "QUERY_STRING": ""}
    body = b"".join(watch_app(health)(environ, lambda status, _headers: told.append(status)))
    return int(told[0].split()[0]), body.decode()


def samples(health):
    """Asks for the value of a sample by its name and labels."""
    status, text = asked(health, "/metrics")
    assert status == 200
    families = list(text_string_to_metric_families(text))
    values = {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}
    return lambda name, **labels: values[name, frozenset(labels.items())]


def test_at_work_it_lives_and_is_ready(health):
    assert asked(health, "/livez") == (200, "ok\n")
    assert asked(health, "/readyz") == (200, "ok\n")
    assert samples(health)("hub_live") == samples(health)("hub_ready") == 1
    assert samples(health)("hub_slot") == 2


def test_the_log_says_once_that_it_is_ready(health, caplog):
    caplog.set_level("INFO")
    health.phase = "starting"
    health.look()
    assert caplog.text == ""
    health.phase = "working"
    health.look()
    health.look()
    assert [record.getMessage() for record in caplog.records] == ["ready: at work on 1 of register"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"phase": "starting"}, "it is starting"),
        ({"phase": "ending"}, "it is ending"),
        ({"runners": [runner(assigned={})]}, "register has no partition"),
        (
            {
                "runners": [
                    runner(
                        assigned={(FACTS, 0): True, (FACTS, 1): False},
                        standing=Standing(restoring={1: Restored(5_000, 70_000)}),
                    )
                ]
            },
            "register restores 1 of 2 partitions, at most 70000 rows left",
        ),
    ],
    ids=["starting", "ending", "without a partition", "restoring"],
)
def test_it_lives_and_is_not_ready_and_says_why(health, changed, reason):
    for name, value in changed.items():
        setattr(health, name, value)
    assert asked(health, "/livez") == (200, "ok\n")
    assert asked(health, "/readyz") == (503, f"{reason}\n")
    assert samples(health)("hub_live") == 1
    assert samples(health)("hub_ready") == 0


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"parts": [SimpleNamespace(label="runner of register", alive=False)]}, "the runner of register has ended"),
        ({"watch": watch(hanging=lambda: ["register"])}, "the runner of register hangs"),
    ],
    ids=["a thread is gone", "a runner hangs"],
)
def test_it_does_not_live_and_says_why(health, changed, reason):
    for name, value in changed.items():
        setattr(health, name, value)
    assert asked(health, "/livez") == (503, f"{reason}\n")
    assert asked(health, "/readyz") == (503, f"{reason}\n")
    assert samples(health)("hub_live") == samples(health)("hub_ready") == 0


def test_a_process_that_hangs_does_not_live(health, monkeypatch):
    later = health.beat + 3_600
    monkeypatch.setattr("benefit_hub.runtime.health.time.monotonic", lambda: later)
    assert asked(health, "/livez") == (503, "the process has not looked at its threads for 3600 s\n")


def test_prometheus_is_told_what_was_done(health, tmp_path):
    done, told = Progress(aborted=1), RestoreTold("changelog.register")
    told.rows = 70
    done.committed(120, 30, 0.03)
    done.committed(4_000, 900, 0.004)
    done.done(120, 0.07, [("taxation", "BAD_DATE")])
    done.done(4_000, 0.3, [("taxation", "BAD_DATE"), ("justice", "NULL_VALUE")])
    (tmp_path / "register").mkdir()
    (tmp_path / "register" / "000004.sst").write_bytes(b"x" * 1_234)
    health.runners = [runner(progress=done, standing=Standing(restored=told))]
    found = samples(health)
    assert found("hub_records_total", processor="register") == 4_120
    assert found("hub_rows_written_total", processor="register") == 930
    assert found("hub_transactions_total", processor="register") == 2
    assert found("hub_transactions_aborted_total", processor="register") == 1
    assert found("hub_refusals_total", processor="register", source="taxation", code="BAD_DATE") == 2
    assert found("hub_refusals_total", processor="register", source="justice", code="NULL_VALUE") == 1
    assert found("hub_batch_records_bucket", processor="register", le="100") == 0
    assert found("hub_batch_records_bucket", processor="register", le="500") == 1
    assert (
        found("hub_batch_records_bucket", processor="register", le="+Inf")
        == found("hub_batch_records_count", processor="register")
        == 2
    )
    assert found("hub_batch_records_sum", processor="register") == 4_120
    assert found("hub_batch_seconds_bucket", processor="register", le="0.1") == 1
    assert found("hub_commit_seconds_bucket", processor="register", le="0.005") == 1
    assert found("hub_commit_seconds_bucket", processor="register", le="0.05") == 2
    assert found("hub_restored_rows_total", processor="register") == 70
    assert found("hub_store_bytes", processor="register") == 1_234
    assert found("process_resident_memory_bytes") > 1_000_000


def test_prometheus_is_told_where_it_stands(health):
    ages = ControlAges()
    control = ControlState(
        frontier={0: 9, 1: 8}, acted=8, day="2026-04-01", waiting={9: ControlEvent(type="DAY_OPENED")}
    )
    for second in (0, 90):
        ages.look(second, {3: control}, origins=2)
    restoring = {1: Restored(5_000, 70_000)}
    health.runners = [
        runner(assigned={(FACTS, 3): True, (FACTS, 1): False}, standing=Standing({}, restoring, {3: control}))
    ]
    health.watch = watch(
        lags={"register": {(FACTS, 3): Lag(17, 2.5)}},
        silent_s={"register": 4.0},
        ages={"register": ages},
        brokers_answer=False,
    )
    found = samples(health)
    assert (
        found("hub_partitions", processor="register", state="running")
        == found("hub_partitions", processor="register", state="restoring")
        == 1
    )
    assert found("hub_restore_rows_left", processor="register", partition="1") == 70_000
    assert found("hub_lag_records", processor="register", topic=FACTS, partition="3") == 17
    assert found("hub_lag_seconds", processor="register", topic=FACTS, partition="3") == 2.5
    assert found("hub_silent_seconds", processor="register") == 4
    assert found("hub_brokers_answer") == 0
    assert found("hub_control_acted", processor="register", partition="3") == 8
    assert found("hub_control_day_timestamp_seconds", processor="register", partition="3") == DAY_S
    assert (
        found("hub_control_reached", processor="register", partition="3", origin="0"),
        found("hub_control_reached", processor="register", partition="3", origin="1"),
    ) == (
        9,
        8,
    )
    assert (
        found("hub_watermark_age_seconds", processor="register", partition="3", origin="0"),
        found("hub_watermark_age_seconds", processor="register", partition="3", origin="1"),
    ) == (0, 90)


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/", "GET", 404), ("/tables", "GET", 404), ("/livez", "POST", 405)]
)
def test_it_answers_nothing_else(health, path, method, status):
    assert asked(health, path, method)[0] == status


def test_each_slot_has_a_port_of_its_own():
    watching = Watching(listen="127.0.0.1:8082")
    assert [watching.address(slot) for slot in (0, 3)] == ["127.0.0.1:8082", "127.0.0.1:8085"]
    assert Watching(listen="[::1]:0").address(3) == "[::1]:0"
    assert Watching(listen="").address(3) == ""


def test_it_is_served_during_the_block_and_no_longer(health, caplog):
    caplog.set_level(logging.INFO)
    with watched(Settings(watch=Watching(listen="127.0.0.1:0")), health):
        url = said(caplog, r"watch at (http://127\.0\.0\.1:\d+)")[1]
        with urllib.request.urlopen(f"{url}/livez", timeout=10) as answer:  # noqa: S310  our own
            assert answer.read() == b"ok\n"
        with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:  # noqa: S310  our own
            assert b"hub_live 1.0" in answer.read()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{url}/who/is/99", timeout=10)  # noqa: S310  our own
    assert "who" not in caplog.text, "what was asked for stays out of the log"
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{url}/livez", timeout=10)  # noqa: S310  our own
