"""Everything known of a household, laid out once for all its programmes: facts by whom they are about and what they say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from benefit_hub.entitlement.revising import History, histories, revisions_of
from benefit_hub.messages.internal import Fact, Snapshot


class Papers:
    """The facts about a household and its people."""

    def __init__(self, household: str, facts: Sequence[Fact], members: Mapping[str, Snapshot]) -> None:
        self._facts: dict[str, dict[str, list[Fact]]] = {household: by_kind(facts)}
        for person, snapshot in members.items():
            self._facts[person] = by_kind(snapshot.records)
        said = (fact for kinds in self._facts.values() for fact in kinds.get("decision", ()))
        self._decisions = revisions_of(said)

    def facts(self, subjects: Iterable[str], kinds: Iterable[str]) -> Iterator[Fact]:
        """What is said about these subjects, of these kinds."""
        for subject in subjects:
            known = self._facts[subject]
            for kind in kinds:
                yield from known.get(kind, ())

    def decisions(self, programme: str, beneficiary: str) -> list[History]:
        """Every decision that was ever about a beneficiary's programme."""
        return histories(self._decisions.get((programme, beneficiary), ()), programme, beneficiary)


def by_kind(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    """Facts by what they say."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        found.setdefault(fact.kind, []).append(fact)
    return found
