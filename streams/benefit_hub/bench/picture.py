"""The figures of a document as a picture: each as a share of its bar, least to greatest, with the median marked.

python -m benefit_hub.bench.picture docs/performance.json docs/performance.svg
"""

import json
import sys
from collections.abc import Iterator, Mapping
from html import escape
from math import log10
from pathlib import Path
from typing import Any

from benefit_hub.bench.figures import FIGURES, Figure, Spread, number

WIDTH, LEFT, RIGHT, ROW, TOP = 900, 250, 190, 34, 56
LEAST, MOST = 0.1, 10.0
"""The shares between which the scale runs; what lies beyond is drawn at its end."""
MET, MISSED, FAINT = "#2f7d4f", "#b4452c", "#9aa0a6"


def svg(told: Mapping[str, Any]) -> str:
    """The picture."""
    height = TOP + ROW * len(FIGURES) + 40
    run = told["run"]
    about = f"{run['machine']['cpu']}, {run['machine']['cores']} cores, {run['date'][:10]}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13">'
    scaled = " (scaled down: no more than a look)" if run["sizes"]["scaled"] else ""
    parts = [
        head,
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        _text(16, 24, f"{about}{scaled}", "#3c4043"),
    ]
    parts += [f'<line x1="{_x(1):.1f}" y1="{TOP - 14}" x2="{_x(1):.1f}" y2="{height - 34}" stroke="{FAINT}"/>']
    for at, figure in enumerate(FIGURES):
        parts += _row(figure, told.get(figure.key), TOP + ROW * at)
    parts.append(_text(_x(1) - 12, height - 16, "bar", FAINT))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(figure: Figure, found: Mapping[str, float] | None, y: int) -> Iterator[str]:
    yield _text(16, y + 5, figure.key, "#202124")
    if found is None:
        yield _text(LEFT, y + 5, "not measured", FAINT)
        return
    rounds = Spread(**found)
    colour = MET if figure.met(rounds) else MISSED
    ends = sorted(_x(_share(figure, each)) for each in (rounds.min, rounds.max))
    yield f'<line x1="{ends[0]:.1f}" y1="{y}" x2="{ends[1]:.1f}" y2="{y}" stroke="{colour}" stroke-width="6"/>'
    yield f'<circle cx="{_x(_share(figure, rounds.median)):.1f}" cy="{y}" r="6" fill="{colour}"/>'
    yield _text(WIDTH - RIGHT + 14, y + 5, f"{number(rounds.median)} {figure.unit}", "#202124")


def _share(figure: Figure, value: float) -> float:
    """How many times better than its bar a value is."""
    if value <= 0:
        return LEAST if figure.which == "at least" else MOST
    return value / figure.bar if figure.which == "at least" else figure.bar / value


def _x(share: float) -> float:
    """Where a share of the bar lies, on a logarithmic scale."""
    within = min(max(share, LEAST), MOST)
    return LEFT + (WIDTH - LEFT - RIGHT) * (log10(within) - log10(LEAST)) / (log10(MOST) - log10(LEAST))


def _text(x: float, y: float, text: str, colour: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}">{escape(text)}</text>'


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(svg(json.loads(Path(sys.argv[1]).read_text("utf-8"))), "utf-8")
