"""Where the data files are: schemas, topics, mappings and policies."""

import os
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct

from benefit_hub.values.errors import CatalogueError

VARIABLE = "HUB_ASSETS"
CLOSE = 0.5
"""How alike a name is to one that is told instead, of 1."""
FOLDERS = ("schemas", "topics", "mappings", "policies")


class Assets(Struct, frozen=True):
    """A folder that holds `schemas`, `topics`, `mappings` and `policies`."""

    root: Path

    @property
    def schemas(self) -> Path:
        """Avro files and the lock of their ids."""
        return self.root / "schemas"

    @property
    def topics(self) -> Path:
        """A YAML file per topic."""
        return self.root / "topics"

    @property
    def mappings(self) -> Path:
        """A YAML file per department topic whose records have the department's own fields."""
        return self.root / "mappings"

    @property
    def policies(self) -> Path:
        """Policy packs."""
        return self.root / "policies"

    def shown(self, path: Path) -> str:
        """A path as messages name it: relative to the root where it lies below."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def instead(self, name: str, known: Collection[str]) -> str:
        """What to try instead of a name that is not known here: those that come closest, and where all were read."""
        close = get_close_matches(name, sorted(known), cutoff=CLOSE)
        told = f"the closest are {', '.join(close)}" if close else f"none of the {len(known)} there are comes close"
        return f"{told}. They are read from {self.root}: point {VARIABLE} at your folder if it is another"


def find_assets() -> Assets:
    """The folder that HUB_ASSETS names, else the one in the wheel, else the checkout; CatalogueError where there is none."""
    named = os.environ.get(VARIABLE, "")
    package = Path(__file__).parents[1]
    places = [Path(named)] if named else [package / "_assets", package.parents[1]]
    for place in places:
        if all((place / folder).is_dir() for folder in FOLDERS):
            return Assets(place.resolve())
    tried = ", ".join(map(str, places))
    raise CatalogueError(
        f"no folder with {', '.join(FOLDERS)} at {tried}. "
        + (f"Correct {VARIABLE}." if named else f"Install the wheel again, or point {VARIABLE} at such a folder.")
    )
