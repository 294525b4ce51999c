"""Everything known of a household, laid out once for all its programmes: facts by whom they are about and what they say."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date

from benefit_hub.entitlement.counting import Candidate, candidate
from benefit_hub.entitlement.revising import History, histories, revisions_of
from benefit_hub.entitlement.world import ENTRIES, is_application
from benefit_hub.messages.departments import Application, LegacyAward
from benefit_hub.messages.internal import Fact, Snapshot


class Papers:
    """The facts about a household and its people, by subject and kind."""

    def __init__(self, household: str, facts: Sequence[Fact], members: Mapping[str, Snapshot]) -> None:
        self._filed: dict[str, dict[str, list[Candidate]]] = {household: filed(facts)}
        for person, snapshot in members.items():
            self._filed[person] = filed(snapshot.records)
        self._entries = {
            (subject, each.fact.payload.programme)
            for subject, kinds in self._filed.items()
            for kind in ENTRIES
            for each in kinds.get(kind, ())
            if isinstance(each.fact.payload, Application | LegacyAward)
        }
        self._ending = [
            (subject, kind, each.fact, each.fact.valid_to)
            for subject, kinds in self._filed.items()
            for kind, said in kinds.items()
            for each in said
            if each.fact.valid_to is not None
        ]
        said = (each.fact for kinds in self._filed.values() for each in kinds.get("decision", ()))
        self._decisions = revisions_of(said)

    def about(self, subjects: Iterable[str], kinds: Container[str], programme: str) -> Iterator[Candidate]:
        """What is said about these subjects, of these kinds; of applications and awards only those for the programme."""
        for subject in subjects:
            for kind, said in self._filed[subject].items():
                if kind in kinds:
                    yield from (
                        said if kind not in ENTRIES else (each for each in said if is_application(each.fact, programme))
                    )

    def ends(self, subjects: Container[str], kinds: Container[str], programme: str) -> list[date]:
        """The days on which any of that ends."""
        return [
            day
            for subject, kind, fact, day in self._ending
            if subject in subjects and kind in kinds and (kind not in ENTRIES or is_application(fact, programme))
        ]

    def asked_for(self, subjects: Iterable[str], programme: str) -> bool:
        """Whether anybody among these subjects has applied for a programme, or was awarded it before the hub went live."""
        return bool(self._entries) and any((subject, programme) in self._entries for subject in subjects)

    def decisions(self, programme: str, beneficiary: str) -> list[History]:
        """Every decision that was ever about a beneficiary's programme."""
        return histories(self._decisions.get((programme, beneficiary), ()), programme, beneficiary)


def filed(facts: Iterable[Fact]) -> dict[str, list[Candidate]]:
    """Facts by what they say."""
    found: dict[str, list[Candidate]] = {}
    for fact in facts:
        each = candidate(fact)
        found.setdefault(each.key[1], []).append(each)
    return found
