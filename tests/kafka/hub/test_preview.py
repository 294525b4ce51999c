"""A changed standard against the registers of a hub that works: who would gain, by hand, and nothing written."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benefit_hub.messages.internal import ControlEvent
from tests.cli.typed import typed
from tests.kafka.hub.family import DECIDED, RECEIVED, Family, records_of
from tests.kafka.hub.live import LiveHub
from tests.kafka.hub.people import number_of
from tests.kafka.hub.raw import read

FAMILIES = (Family("H1", (number_of(1), number_of(2)), 50_000), Family("H2", (number_of(3),), 60_000))
OPENED = date(2026, 4, 1)


def lengths(hub: LiveHub) -> dict[str, int]:
    """How many records lie on the topics that a hub writes."""
    topics = ("facts", "household-facts", "claims", "benefits.adjustments", "proposals", "leads", "control")
    return {topic: len(read(hub.bootstrap, hub.topic(topic))) for topic in topics}


def test_next_april_against_the_registers(make_hub: Callable[..., LiveHub], capsys: Any, tmp_path: Path) -> None:
    hub = make_hub()
    first, second = (list(records_of(family)) for family in FAMILIES)
    days = [(day, ControlEvent(type="DAY_OPENED", day=day.isoformat())) for day in (RECEIVED, DECIDED, OPENED)]
    hub.publish([days[0], *first[:-1], *second[:-1], days[1], first[-1], second[-1], days[2]])
    hub.start_worker()
    hub.wait_quiet(90)
    lying = lengths(hub)

    setting = 'standards.dibao_urban.values+={from: 2027-04, yuan: "590.00"}'
    done = typed(capsys, "-s", hub.settings_file, "preview", "--live", "--json", "--set", setting)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert sorted(
        (each["effect"], each["household"], each["before_fen"], each["after_fen"]) for each in said["lines"]
    ) == [
        ("ENDS", "h:H2", 4_500, 0),  # 600 is not under 590
        ("LOSES", "h:H1", 79_000, 68_000),  # 2 · 645 - 500, 2 · 590 - 500
        ("MAY_APPLY", "h:H2", 0, 0),  # 600 is under 590 · 3/2: may be recognised as margin, which pays nothing
    ]
    (dibao,) = said["sums"]
    assert (dibao["before_fen"], dibao["after_fen"]) == ([83_500] * 12, [68_000] * 12)
    assert said["books"]["before"] == next(iter(hub.opened.catalogue.books))

    files = [tmp_path / "lines.csv", tmp_path / "costs.svg"]
    asked = ("preview", "--live", "--set", setting, "--csv", files[0], "--svg", files[1])
    table = typed(capsys, "-s", hub.settings_file, *asked)
    sheet, image = (file.read_text("utf-8-sig") for file in files)
    assert all("登记在册（截至 2026-04-01）" in each for each in (table.stdout, image))
    assert '"停止发放","ENDS"' in sheet
    assert lengths(hub) == lying, "nothing was written"
    shown = done.stdout + table.stdout + sheet + image
    assert not [number for family in FAMILIES for number in family.numbers if number in shown]
