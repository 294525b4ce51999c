"""Which of several reported deaths of one person gives the date."""

from collections.abc import Sequence
from datetime import date


def standing_death(deaths: Sequence[tuple[str, date]], ranked: Sequence[str]) -> int | None:
    """The index of the (source, day of death) that counts: the best ranked source, among unranked ones the latest day.

    The latest day is the one that does least harm: nothing is stopped or claimed back too early on the weaker word.
    """
    if not deaths:
        return None

    def order(index: int) -> tuple[int, int, str]:
        source, day = deaths[index]
        rank = ranked.index(source) if source in ranked else len(ranked)
        return (rank, -day.toordinal(), source)

    return min(range(len(deaths)), key=order)
