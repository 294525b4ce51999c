"""What no case notices when a rule is changed: `make mutants`, by mutmut, in a folder with a copy of the last commit.

HUB_MUTANTS of them are tried, chosen by HUB_SEED; all where it says `all`. What is left untried is tried by running it again.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random

FOLDER = Path(".mutants")
KILLED = frozenset({1, 3, 24, -24, 36, 152, 255})
"""How pytest ends where a test failed, or where a mutant never ends."""
SMALLEST = "benefit_hub.policy.exclusions.*"


def mutmut(*said: str) -> None:
    """One run of mutmut in the folder."""
    command = [str(Path(sys.executable).with_name("mutmut").absolute()), "run", "--max-children", "1", *said]
    subprocess.run(command, cwd=FOLDER, check=True)


def known() -> dict[str, int | None]:
    """How each mutant ended, by name; None where it was not tried."""
    found: dict[str, int | None] = {}
    for file in sorted(FOLDER.glob("mutants/**/*.meta")):
        found |= json.loads(file.read_text("utf-8"))["exit_code_by_key"]
    return found


def report(tried: Mapping[str, int | None]) -> str:
    """A table by module, and the names of those that live."""
    rows: dict[str, Counter[bool]] = {}
    for name, code in tried.items():
        rows.setdefault(name.rsplit(".", 1)[0], Counter())[code in KILLED] += 1
    lines = [
        f"| {module} | {row.total()} | {row[True]} | {100 * row[True] / row.total():.0f} % |"
        for module, row in rows.items()
    ]
    killed = sum(row[True] for row in rows.values())
    whole = f"| together | {len(tried)} | {killed} | {100 * killed / max(len(tried), 1):.1f} % |"
    living = sorted(name for name, code in tried.items() if code not in KILLED)
    return "\n".join(["| module | tried | killed | score |", "| --- | --- | --- | --- |", *lines, whole, "", *living])


def main() -> None:
    """Make the mutants, try some, say what lives."""
    mutmut(SMALLEST)
    names, wanted = sorted(known()), os.environ.get("HUB_MUTANTS", "300")
    chosen = names if wanted == "all" else Random(os.environ.get("HUB_SEED", "2026")).sample(names, int(wanted))
    left = [name for name in chosen if known()[name] is None]
    if left:
        mutmut(*left)
    tried = {name: code for name, code in known().items() if name in set(chosen) and code is not None}
    sys.stdout.write(report(tried) + "\n")


if __name__ == "__main__":
    main()
