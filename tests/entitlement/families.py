"""The household of the worked scenarios: ann (200), ben (700) and cyn, in town, n = 3, I = 900: 3 x 645 - 900 = 1035.00."""

from typing import Any

from benefit_hub.messages.internal import Fact
from tests.facts import applies, card, decides, home, income, member
from tests.in_memory import Hub

MONTHS = [f"2026-{number:02d}" for number in range(3, 13)]


def family(household: str = "H0", **incomes: int) -> list[Fact]:
    """Everything said of a household's people, each with an income, and its application of March."""
    found = [applies(f"h:{household}", "dibao", "2026-03-02")]
    for at, (who, yuan) in enumerate(incomes.items()):
        found += [home(who, received="2026-03-01"), member(who, household, role=ROLES[at], received="2026-03-01")]
        if yuan:
            found.append(income(who, yuan, "2026-03-02"))
    return found


ROLES = ("HEAD", "SPOUSE", "CHILD", "OTHER")


def accepted(facts: list[Fact], on: str = "2026-03-18", **said: Any) -> list[Fact]:
    """The decision over all that, one copy for the household and each person."""
    about = list(dict.fromkeys(fact.subject for fact in facts))
    return decides("dibao", facts, on, about, record=f"d-{about[0][2:]}", **said)


def h0() -> Hub:
    """H0, awarded on 18 March: 1035.00 from April."""
    facts = family(ann=200, ben=700, cyn=0)
    return Hub().hear(*facts, *accepted(facts))


def household(name: str, **incomes: int) -> list[Fact]:
    """Another household, awarded on 18 March."""
    facts = family(name, **incomes)
    return [*facts, *accepted(facts)]


def subsidised(who: str, programme: str, level: int, applied: str = "2026-04-02", **said: Any) -> list[Fact]:
    """Somebody holds a certificate since March, applies, and is accepted on 10 April."""
    held = card(who, level, "2026-03-01", **said)
    asked = applies(f"p:{who}", programme, applied)
    return [held, asked, *decides(programme, [held, asked], "2026-04-10", [f"p:{who}"], record=f"d-{who}-{programme}")]


def dibao(hub: Hub, *months: str, of: str = "H0") -> list[str]:
    """What a household is owed."""
    return hub.owed(f"h:{of}", "dibao", *months)


def about_h0(covers: list[Fact], on: str, **said: Any) -> list[Fact]:
    """A decision about H0 as a household."""
    return decides("dibao", covers, on, ["h:H0"], **said)


def types(hub: Hub) -> list[str]:
    """The open tasks."""
    return sorted(each.type for each in hub.items("tasks"))


def proposed(hub: Hub) -> list[tuple[str, str, int, int]]:
    """The open proposals: programme, from when, before and after in yuan."""
    return [
        (each.programme, each.effective_month, each.before_fen // 100, each.after_fen // 100)
        for each in hub.items("proposals")
    ]
