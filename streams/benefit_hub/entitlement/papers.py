"""Everything known of a household, laid out once for all its programmes: facts by whom they are about and what they say."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date

from benefit_hub.entitlement.counted import Candidate, candidate
from benefit_hub.entitlement.revising import History, histories, revisions_of
from benefit_hub.entitlement.world import ENTRIES, is_application
from benefit_hub.messages.departments import Application, LegacyAward
from benefit_hub.messages.internal import Fact, Snapshot
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.policy.named_rules import BEGINS_WITH
from benefit_hub.values.ids import is_person


class Papers:
    """The facts about a household and its people, by subject and kind."""

    def __init__(self, household: str, facts: Sequence[Fact], members: Mapping[str, Snapshot]) -> None:
        self._filed: dict[str, dict[str, list[Candidate]]] = {}
        self._entries: dict[str, set[str]] = {}
        self._ending: list[tuple[str, str, Fact, date]] = []
        self.awards: list[Fact] = []
        decisions: list[Fact] = []
        self._file(household, facts, decisions)
        for person, snapshot in members.items():
            self._file(person, snapshot.records, decisions)
        self._decisions = revisions_of(decisions)

    def _file(self, subject: str, facts: Iterable[Fact], decisions: list[Fact]) -> None:
        """Put what is said about a subject where it is looked for."""
        kinds: dict[str, list[Candidate]] = {}
        self._filed[subject] = kinds
        for fact in facts:
            kind, payload = fact.kind, fact.payload
            each = candidate(fact)
            if kind in kinds:
                kinds[kind].append(each)
            else:
                kinds[kind] = [each]
            if fact.valid_to is not None:
                self._ending.append((subject, kind, fact, fact.valid_to))
            if isinstance(payload, Application | LegacyAward):
                self._entries.setdefault(payload.programme, set()).add(subject)
                if isinstance(payload, LegacyAward):
                    self.awards.append(fact)
            elif kind == "decision":
                decisions.append(fact)

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

    def asked_for(self, subjects: Iterable[str], programme: Programme) -> bool:
        """Whether anybody among these subjects has applied for a programme, or was awarded it before the hub went live, or need
        not apply."""
        if programme.entry == "AUTOMATIC":
            return bool(self.asking([*subjects], programme))
        asking = self._entries.get(programme.name)
        return asking is not None and not asking.isdisjoint(subjects)

    def asking(self, subjects: list[str], programme: Programme) -> list[str]:
        """Those of these subjects who ask for a programme, or need not."""
        if programme.entry == "AUTOMATIC":
            kind = BEGINS_WITH.get(programme.rule)
            return subjects if kind is None else [who for who in subjects if kind in self._filed.get(who, ())]
        asking = self._entries.get(programme.name)
        if asking is None:
            return []
        return [subject for subject in subjects if subject in asking]

    def astray(self, pack: Pack) -> tuple[Fact, ...]:
        """The applications that can bring nobody anything: of a person for what only households have, or the other way round."""
        return tuple(
            each.fact
            for name, subjects in self._entries.items()
            if name in pack.programmes
            for subject in subjects
            if is_person(subject) == (pack.programmes[name].beneficiary == "HOUSEHOLD")
            for each in self._filed[subject].get("application", ())
            if is_application(each.fact, name)
        )

    def about_whom(self, kind: str) -> tuple[str, ...]:
        """The subjects about whom there is anything of a kind."""
        return tuple(sorted(subject for subject, kinds in self._filed.items() if kind in kinds))

    def decisions(self, programme: str, beneficiary: str) -> list[History]:
        """Every decision that was ever about a beneficiary's programme."""
        return histories(self._decisions.get((programme, beneficiary), ()), programme, beneficiary)
