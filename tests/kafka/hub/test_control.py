"""What happens to all at once, by the operator's command: a day, a raise, a pay run, a price index; amounts by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.typed import Done, typed
from tests.kafka.hub.family import Family, records_of
from tests.kafka.hub.live import LiveHub
from tests.kafka.hub.people import number_of
from tests.kafka.hub.test_sweep import raised_pack

FAMILIES = (Family("H1", (number_of(1), number_of(2)), 50_000), Family("H2", (number_of(3),), 60_000))


def said(hub: LiveHub) -> set[tuple[Any, ...]]:
    """The adjustments so far: whose, which benefit, from when, from which amount to which."""
    names = ("beneficiary", "programme", "effective_month", "before_fen", "after_fen")
    told = (each for each in hub.said("benefits.adjustments") if each["kind"] != "PAY_RUN_MARKER")
    return {tuple(each[name] for name in names) for each in told}


def test_a_year_of_a_hub_by_the_operators_hand(make_hub: Callable[..., LiveHub], capsys: Any, tmp_path: Path) -> None:
    hub = make_hub(policies=[str(raised_pack(tmp_path / "raised"))])
    hub.start_worker()
    hub.publish([record for family in FAMILIES for record in records_of(family)])
    hub.wait_quiet(90)
    granted = said(hub)
    assert granted == {
        ("h:H1", "dibao", "2026-04", 0, 79_000),  # 2 · 645 - 500
        ("h:H2", "dibao", "2026-04", 0, 4_500),  # 645 - 600
    }

    def control(*arguments: str, on: str) -> Done:
        return typed(capsys, "-s", hub.settings_file, "control", *arguments, "--story-day", on)

    opened = control("day", on="2026-06-19")
    assert (opened.returncode, opened.stdout) == (0, "2026-06-19 已开启 is open\n"), opened.stderr
    assert "already" in control("day", on="2026-06-19").stdout

    raised = control("policy", on="2026-06-20")
    assert raised.returncode == 0, raised.stderr
    assert said(hub) - granted == {
        ("h:H1", "dibao", "2026-07", 79_000, 86_000),  # 2 · 680 - 500
        ("h:H2", "dibao", "2026-07", 4_500, 8_000),  # 680 - 600
    }
    unknown = control("policy", "0123456789abcdef", on="2026-06-21")
    assert (unknown.returncode, "in force" in unknown.stderr) == (1, True)

    assert "CPI, CPI_FOOD" in control("index", "CPY", "2026-06", "3.6", on="2026-07-09").stderr
    assert control("index", "CPI", "2026-06", "3.6 %", on="2026-07-09").returncode == 1
    assert control("index", "CPI", "2026-08", "3.6", on="2026-07-09").returncode == 1
    before = said(hub)
    risen = control("index", "CPI", "2026-06", "3.6", on="2026-07-09")
    assert risen.returncode == 0, risen.stderr
    assert said(hub) - before >= {
        ("h:H1", "price_subsidy", "2026-07", 0, 4_896),  # 2 · 680 · 3.6 %
        ("h:H2", "price_subsidy", "2026-07", 0, 2_448),
    }

    too_early = control("pay-run", "2026-08", on="2026-06-20")
    assert (too_early.returncode, "this month or the next" in too_early.stderr) == (1, True)
    closed = control("pay-run", "2026-07", on="2026-07-10")
    assert closed.returncode == 0, closed.stderr
    hub.wait_for_marker("2026-07", 30)
    again = control("pay-run", "2026-07", on="2026-07-11")
    assert (again.returncode, "closed before" in again.stderr) == (1, True)

    fallen = control("index", "CPI", "2026-07", "-0.2", "--region", "99", on="2026-08-12")
    assert fallen.returncode == 0, fallen.stderr
