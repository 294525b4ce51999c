"""What settlement keeps of a beneficiary, and which of several households' claims a month follows."""

from functools import partial

from msgspec import Struct, structs

from benefit_hub.messages.internal import Alias, Cause, Claims, Columns, Held, Segment
from benefit_hub.settlement.ledger import Amounts, Ledger
from benefit_hub.task import Table
from benefit_hub.values.errors import InvariantBroken
from benefit_hub.values.ids import is_person
from benefit_hub.values.months import FIRST_MONTH, Month
from benefit_hub.values.steps import Steps, replaced, squeeze, value_at

Standing = Steps[Segment | None]


class Borrowed(Struct, frozen=True, gc=False, kw_only=True):
    """The ledgers that came with an alias, as of its assignment `number`; `taken` once they are part of the person's own."""

    number: int
    ledgers: dict[str, Columns]
    taken: bool = False


class Spoken(Struct, frozen=True, gc=False, array_like=True):
    """Who claimed last, for which place, by which book."""

    household: str
    region: str
    book: str


class Account(Struct, frozen=True, gc=False, kw_only=True):
    """One beneficiary: the newest claims of each household, the greatest assignment seen, what stands, and the ledgers.

    `canonical` is the person whose number this is by that assignment, where it is another's, `away` to whom the ledgers were
    lent, `returned` as of which assignment they came home last, `aliases` and `borrowed` the other side of that, `exchanged`
    whether they moved since this was settled. `causes` are why amounts changed, until they are settled; `paid` is what others
    had paid when the ledgers were opened, in fen.
    """

    beneficiary: str
    sequence: int = 0
    number: int = -1
    held: tuple[Held, ...] = ()
    aliases: tuple[Alias, ...] = ()
    canonical: str | None = None
    away: str | None = None
    returned: int = -1
    borrowed: dict[str, Borrowed] = {}
    exchanged: bool = False
    causes: dict[str, tuple[Cause, ...]] = {}
    spoken: Spoken = Spoken("", "", "")
    claims: dict[str, Claims] = {}
    standing: dict[str, Standing] = {}
    ledgers: dict[str, Ledger] = {}
    paid: dict[str, Amounts] = {}


ACCOUNTS: Table[Account] = Table("accounts", Account)


def take_claims(account: Account, claims: Claims) -> Account:
    """The account with one household's newest claims."""
    known = (account.held, account.aliases, account.canonical)
    if claims.number == account.number and known != (claims.held, claims.aliases, claims.canonical):
        raise InvariantBroken(
            f"assignment {claims.number} of one beneficiary names different households in the claims of {claims.household}"
        )
    newest = {household: each for household, each in account.claims.items() if household != claims.household}
    if not claims.gone:
        newest[claims.household] = structs.replace(claims, causes={})
    if claims.number > account.number:
        account = structs.replace(
            account, number=claims.number, held=claims.held, aliases=claims.aliases, canonical=claims.canonical
        )
    causes = {name: (*account.causes.get(name, ()), *found) for name, found in claims.causes.items()}
    spoken = Spoken(claims.household, claims.region, claims.book)
    return structs.replace(account, claims=newest, causes={**account.causes, **causes}, spoken=spoken)


def follow(account: Account) -> dict[str, Standing]:
    """What stands now per programme: each month by the claim of its holder, once that has answered the greatest assignment."""
    claimed = (name for claims in account.claims.values() for name in claims.programmes)
    names = sorted({*account.standing, *account.ledgers, *account.paid, *claimed})
    if not is_person(account.beneficiary):
        only = next(iter(account.claims.values()), None)
        return {name: segments_of(only, name) for name in names}
    return {name: follow_programme(account, name) for name in names}


def follow_programme(account: Account, name: str) -> Standing:
    """One programme of a person over all holders."""
    standing = account.standing.get(name, ())
    bounds = [each.since for each in account.held]
    for household in sorted({each.household for each in account.held}):
        claims = account.claims.get(household)
        if claims is not None and claims.number == account.number:
            held = partial(holds, account.held, household)
            standing = replaced(standing, segments_of(claims, name), held, [FIRST_MONTH, *bounds], None)
    return standing


def holds(held: tuple[Held, ...], household: str, month: Month) -> bool:
    """Whether a household holds the beneficiary in a month."""
    return value_at(tuple((each.since, each.household) for each in held), month, "") == household


def segments_of(claims: Claims | None, name: str) -> Standing:
    """A claim's segments as steps."""
    segments = claims.programmes.get(name, ()) if claims is not None else ()
    return squeeze(((segment.since, segment) for segment in segments), None)


def payable(standing: Standing) -> Amounts:
    """The fen due by month: what is held is not due."""
    return squeeze(((at, each.amount if each is not None and each.pay == "PAY" else 0) for at, each in standing), 0)
