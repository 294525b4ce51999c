"""What law says of packs beyond their form: what it forbids is an error, where it would doubt is a warning."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from benefit_hub.catalogue.findings import Finding
from benefit_hub.catalogue.pack_layers import Families, Layer, ancestry
from benefit_hub.catalogue.pack_values import value_doubts
from benefit_hub.catalogue.packs import PackFile, StandardWritten, standard_of
from benefit_hub.policy.book import Programme
from benefit_hub.policy.named_rules import AREAS, DIBAO
from benefit_hub.policy.standards import Standard
from benefit_hub.values.money import half_up, yuan_text
from benefit_hub.values.months import Month, month, month_of, month_text

GRACE_CAP = 6
GRACE_CAPPED_FROM = date(2022, 10, 20)
TEKUN_RATIO = Fraction(13, 10)
MARGIN_FACTOR = Fraction(3, 2)
NEW_LAW = date(2026, 7, 1)
BASIC = frozenset({"HOME", "INSTITUTION", "HOME RURAL", "INSTITUTION RURAL", "HOME URBAN", "INSTITUTION URBAN"})
"""For these tekun has its basic standards, for abilities those of care."""
ASSUMING = ("assumed", "house rule")


def lint(files: Sequence[PackFile], families: Families, above: Families) -> Iterator[Finding]:
    """What speaks against packs that can be read, and that rest on those `above`; each looked at for its own words."""
    known = {file.pack.name: file for file in files}
    for name, versions in families.items():
        for layer in versions:
            yield from _grace(layer)
            yield from _factors(layer)
            yield from _basic_pension(layer)
            yield from value_doubts(layer.document)
            if not layer.assumed:
                yield from _assumed(layer)
                yield from _arrears(layer)
        if name in known:
            yield from _below_the_province(known[name], {**above, **families})
            yield from _ratios(known[name])
            yield from _registered(known[name])


def _programmes(layer: Layer) -> Iterator[tuple[str, Mapping[str, object]]]:
    yield from layer.document.data.get("programmes", {}).items()


def _grace(layer: Layer) -> Iterator[Finding]:
    """[L6]: 原则上不超过 6 个月, since 2022-10-20."""
    if layer.valid_from is None or layer.valid_from < GRACE_CAPPED_FROM:
        return
    for name, said in _programmes(layer):
        grace = said.get("grace")
        cap = grace.get("cap") if isinstance(grace, dict) else None
        if isinstance(cap, int) and cap > GRACE_CAP:
            told = (
                f"{cap} months, where the nation says as a rule not more than {GRACE_CAP} since {GRACE_CAPPED_FROM} [L6]"
                f"（渐退期 {cap} 个月，国家规定原则上不超过 {GRACE_CAP} 个月）"
            )
            yield layer.document.warning(("programmes", name, "grace", "cap"), told, "Look at the local text again.")


def _factors(layer: Layer) -> Iterator[Finding]:
    """[L2] 8: 1.5 times the standard; since 《社会救助法》 21 the province sets it."""
    if layer.valid_from is not None and layer.valid_from >= NEW_LAW:
        return
    for name, said in _programmes(layer):
        factor = said.get("factor")
        if isinstance(factor, str) and Fraction(factor) != MARGIN_FACTOR:
            told = f"{factor}, where margin was 3/2 before {NEW_LAW} [L2] 8（此前低保边缘为 1.5 倍）"
            action = "Look at the text, or let this version begin on 2026-07-01."
            yield layer.document.warning(("programmes", name, "factor"), told, action)


def _basic_pension(layer: Layer) -> Iterator[Finding]:
    """Whose pension begins to count by the calendar gets less, and nobody decides or hears ([L0] 47-48)."""
    until = (layer.document.data.get("means") or {}).get("basic_pension_free_until")
    if isinstance(until, str) and month(until) + 1 >= month_of(NEW_LAW):
        told = (
            f"after {until} dibao falls by the calendar, though since {NEW_LAW} who gets less is heard before [L0] 47-48"
            "（此后按日历减少，未经听取意见）"
        )
        action = "Look at the text again; where it says so, hear those whom it concerns before."
        yield layer.document.warning(("means", "basic_pension_free_until"), told, action)


def _registered(file: PackFile) -> Iterator[Finding]:
    """Whoever is registered after the award would wait for a decision in what is entered by application, and count as nobody."""
    pack = file.pack
    waiting = [
        name
        for name, programme in pack.programmes.items()
        if programme.entry == "APPLICATION"
        and pack.effect(name, "registration", "INCREASE", date.max).mode != "AUTOMATIC"
    ]
    if waiting and not file.missing:
        told = (
            f"no row says that a first registration counts by itself: nobody who is registered later counts in"
            f" {', '.join(waiting)}（以后登记的人，在这些待遇中不计入）"
        )
        action = 'Add a row {cause: registration, direction: INCREASE, mode: AUTOMATIC, month: EVENT_MONTH}, above that for "*".'
        yield file.document.warning(("effects",), told, action)


def _arrears(layer: Layer) -> Iterator[Finding]:
    """Who is registered long after a birthday is paid back to it by itself, where nothing bounds that."""
    for name, said in _programmes(layer):
        if said.get("rule") == "by_age" and said.get("retro_limit_months") is None and not said.get("assumed"):
            told = (
                "who is registered late is paid back to the birthday, however long ago that was"
                "（登记晚的补发至生日当月，无论多久）"
            )
            action = "Say retro_limit_months; where a text says all of it, a number of months beyond any age (1200)."
            yield layer.document.warning(("programmes", name), told, action)


def _assumed(layer: Layer) -> Iterator[Finding]:
    """Single values that are assumed, outside the packs that are so as a whole."""
    data = layer.document.data
    places: list[tuple[tuple[str | int, ...], Mapping[str, object]]] = []
    for key in ("standards", "programmes"):
        places += [((key, name), said) for name, said in data.get(key, {}).items()]
    places += [(("effects", at), said) for at, said in enumerate(data.get("effects", ()))]
    means = data.get("means", {})
    places += [(("means",), means)]
    places += [(("means", "deductions", item), said) for item, said in means.get("deductions", {}).items()]
    for place, said in places:
        source = str(said.get("source", ""))
        if said.get("assumed") or any(word in source for word in ASSUMING):
            told = "assumed, outside policies/demo/（假定的，却不在 policies/demo/）"
            yield layer.document.warning(place, told, "Name the text that says so, or leave it open.")


def _below_the_province(file: PackFile, families: Families) -> Iterator[Finding]:
    """《社会救助法》 19: no place's dibao standard lies under the guidance standard of its province.

    An average of what places pay is no guidance standard: some lie under it.
    """
    own = file.document.data.get("standards", {})
    rules = [each for each in file.pack.programmes.values() if each.rule in DIBAO]
    dibao = {each.standards[area] for each in rules for area in AREAS & each.standards.keys()}
    for above in ancestry(file.pack.name, families)[:-1]:
        for name, said in _standards(families[above]):
            if name in dibao and name in own and said["basis"] != "average":
                yield from _under(file, name, standard_of(name, StandardWritten.model_validate(said)), above)


def _under(file: PackFile, name: str, guidance: Standard, above: str) -> Iterator[Finding]:
    """Each value of a standard that is less than the guidance standard in any month, with the first such month."""
    values = file.document.data["standards"][name]["values"]
    told: set[int] = set()
    for at, mine, theirs in _together(file.pack.standards[name], guidance):
        index = max((index for index, value in enumerate(values) if month(value["from"]) <= at), default=0)
        if mine < theirs and index not in told:
            told.add(index)
            guided = f"under the {_read(theirs)} of {above} (《社会救助法》第十九条 [L0])"
            place = ("standards", name, "values", index, "yuan")
            action = f"Raise it from then on, or correct that of {above}."
            yield file.document.finding(place, f"{_read(mine)} a month in {month_text(at)}, {guided}", action)


def _standards(versions: Sequence[Layer]) -> Iterator[tuple[str, Mapping[str, object]]]:
    for layer in versions:
        yield from layer.document.data.get("standards", {}).items()


def _ratios(file: PackFile) -> Iterator[Finding]:
    """A standard that says which ratio of another it is, is just that; tekun is at least 1.3 times dibao."""
    own = file.document.data.get("standards", {})
    for name, said in own.items():
        ratio = said.get("ratio")
        mine, other = file.pack.standards.get(name), file.pack.standards.get((ratio or {}).get("of", ""))
        if mine is None or ratio is None:
            continue
        if other is None:
            told = f"there is no standard {ratio['of']}"
            yield file.document.finding(("standards", name, "ratio", "of"), told, "Correct the name.")
            continue
        for at, value, base in _together(mine, other):
            if value != base * Fraction(ratio["times"]):
                told = f"{_read(value)} in {month_text(at)} is not {ratio['times']} of {_read(base)}, as ratio says"
                yield file.document.finding(("standards", name, "ratio"), told, "Correct one of them.")
    tekun, dibao = file.pack.programmes.get("tekun"), file.pack.programmes.get("dibao")
    if tekun is not None and dibao is not None:
        yield from _tekun(file, tekun, dibao)


def _tekun(file: PackFile, tekun: Programme, dibao: Programme) -> Iterator[Finding]:
    """[MEM] 国发〔2016〕14号: the basic standard is at least 1.3 times the dibao standard; here, the least of the place's."""
    own = file.document.data.get("standards", {})
    lows = [file.pack.standards[dibao.standards[area]] for area in sorted(AREAS & dibao.standards.keys())]
    for name in sorted({tekun.standards[key] for key in BASIC & tekun.standards.keys()} & own.keys()):
        for at, value, base in _together(file.pack.standards[name], *lows):
            if value < base * TEKUN_RATIO:
                told = (
                    f"{_read(value)} in {month_text(at)} is less than 1.3 times {_read(base)}, not verified [MEM]"
                    "（低于低保标准的 1.3 倍，未核对原文）"
                )
                yield file.document.warning(("standards", name), told, "Look at the local text again.")
                break


def _together(standard: Standard, *others: Standard) -> Iterator[tuple[Month, Fraction, Fraction]]:
    """The months in which one of some standards changes and all are known: the first per month, and the least of the others."""
    everything = (standard, *others)
    for at in sorted({each.since for every in everything for each in every.values}):
        values = [every.per_month(at) for every in everything if every.doubt(at) != "outdated"]
        known = [value for value in values if value is not None]
        if len(known) == len(everything):
            yield at, known[0], min(known[1:])


def _read(yuan: Fraction) -> str:
    return yuan_text(half_up(yuan))
