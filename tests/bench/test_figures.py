"""Rounds become figures, figures a document, a document a table and a picture."""

import json
from xml.etree import ElementTree as ET

import pytest
from msgspec import structs

from benefit_hub.bench.figures import FIGURES, Measured, Spread, document, number, percentile, spread, table
from benefit_hub.bench.picture import svg
from benefit_hub.bench.sizes import QUICK, Sizes

RUN = {"date": "2026-11-22T15:30:00+00:00", "machine": {"cpu": "Some <CPU>", "cores": 2}}


def told(sizes: Sizes = QUICK, **figures: list[float]) -> dict[str, object]:
    """The document of some rounds; `__` stands for a dot in the key."""
    measured = Measured()
    for key, values in figures.items():
        for value in values:
            measured.add(key.replace("__", "."), value)
    return document(measured, {**RUN, "sizes": sizes.told()})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0], Spread(3, 3, 3)),
        ([5.0, 1.0, 3.0], Spread(1, 3, 5)),
        ([4.0, 1.0, 2.0, 3.0], Spread(1, 2.5, 4)),
        ([1.23456, 1.0], Spread(1, 1.117, 1.235)),
    ],
)
def test_rounds_are_told_by_least_median_and_greatest(values, expected):
    assert spread(values) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (0.991, 100), (1.0, 100), (0.01, 1), (0.0, 1)])
def test_so_great_a_share_does_not_exceed_a_percentile(share, expected):
    assert percentile(range(100, 0, -1), share) == expected


def test_of_few_values_a_high_percentile_is_the_greatest():
    assert percentile([7.0, 1.0, 3.0], 0.99) == 7.0


def test_the_document_has_a_key_for_each_figure_and_says_what_was_not_measured():
    found = told(peer_job__ratio__quix=[1.7, 1.5, 1.6], restore__records_per_second=[120_000.0])
    assert found["peer_job.ratio.quix"] == {"min": 1.5, "median": 1.6, "max": 1.7}
    assert set(found) == {"peer_job.ratio.quix", "restore.records_per_second", "run"}
    run = json.loads(json.dumps(found))["run"]
    assert run["not_measured"] == [
        "peer_job.ratio.kafka_streams",
        "peer_job.ratio.faust",
        "load.records_per_second",
        "hub_job.events_per_second",
        "hub_job.p99_ms_at_500",
        "hub_job.rss_mib",
        "raise.households_per_second",
    ]
    assert run["sizes"]["scaled"] is True


def test_the_median_is_held_against_the_bar():
    found = told(
        peer_job__ratio__quix=[1.4, 1.5, 9.0],
        peer_job__ratio__faust=[19.0, 19.5, 40.0],
        hub_job__p99_ms_at_500=[400.0, 1_000.0, 3_000.0],
        hub_job__rss_mib=[900.0, 1_025.0, 1_025.0],
    )
    verdicts = {row[0]: row[1:] for row in table(found)}
    assert verdicts["peer_job.ratio.quix"] == ("at least 1.5 ×", "1.4 · 1.5 · 9", "met")
    assert verdicts["peer_job.ratio.faust"] == ("at least 20 ×", "19 · 19.5 · 40", "missed")
    assert verdicts["hub_job.p99_ms_at_500"] == ("at most 1,000 ms", "400 · 1,000 · 3,000", "met")
    assert verdicts["hub_job.rss_mib"][2] == "missed"
    assert verdicts["raise.households_per_second"][1:] == ("not measured", "")
    assert list(verdicts) == [each.key for each in FIGURES]


@pytest.mark.parametrize(
    ("value", "text"), [(0.823, "0.823"), (1.5, "1.5"), (42.14, "42.1"), (512.7, "513"), (123_456.7, "123,457")]
)
def test_numbers_have_as_many_digits_as_mean_something(value, text):
    assert number(value) == text


def test_less_than_what_the_bars_are_meant_for_is_scaled():
    assert not Sizes().scaled
    assert not structs.replace(Sizes(), people=2_000_000, workers=1, peers=()).scaled
    assert all(structs.replace(Sizes(), **{name: 1}).scaled for name in ("rounds", "people", "changes", "records"))


def test_the_picture_says_each_figure_once_and_which_were_not_measured():
    found = told(peer_job__ratio__quix=[1.4, 1.6, 2.0], hub_job__rss_mib=[2_000.0])
    root = ET.fromstring(svg(found))  # noqa: S314  made here
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert [text for text in texts if text in {each.key for each in FIGURES}] == [each.key for each in FIGURES]
    assert texts.count("not measured") == len(FIGURES) - 2
    assert "1.6 ×" in texts
    assert texts[0] == "Some <CPU>, 2 cores, 2026-11-22 (scaled down: no more than a look)"


def test_the_picture_draws_better_to_the_right_of_the_bar():
    root = ET.fromstring(svg(told(peer_job__ratio__quix=[3.0], hub_job__rss_mib=[2_048.0])))  # noqa: S314
    better, worse = (float(each.get("cx", "")) for each in root.iter("{http://www.w3.org/2000/svg}circle"))
    bar = next(each for each in root.iter("{http://www.w3.org/2000/svg}line"))
    assert worse < float(bar.get("x1", "")) < better
