"""How many, how old, how large: every figure of the population once, with the text that it is from.

Texts of several provinces are put together, as in the demonstration pack. What none of them gives is `assumed`.
"""

from fractions import Fraction

from msgspec import Struct

HENAN = "Henan 2023"
HEBI = "Hebi 2012-2022"
SHANXI = "Shanxi 2021"
GUIZHOU = "Guizhou 2020"


class Figure(Struct, frozen=True, kw_only=True):
    """A number, what it counts, and who says so."""

    about: str
    value: Fraction
    source: str
    assumed: bool = False


def told(about: str, value: int | str, source: str) -> Figure:
    """What a text says."""
    return Figure(about=about, value=Fraction(value), source=source)


def assumed(about: str, value: int | str) -> Figure:
    """What no text says."""
    return Figure(about=about, value=Fraction(value), source="assumed", assumed=True)


# Who is there. Of urban and rural dibao one text has persons and households; persons of other groups come from another, where
# they are counted beside 3,063,000 persons on dibao.
URBAN_PERSONS = told("persons on urban dibao", 255_000, SHANXI)
URBAN_HOUSEHOLDS = told("households on urban dibao", 145_000, SHANXI)
RURAL_PERSONS = told("persons on rural dibao", 989_000, SHANXI)
RURAL_HOUSEHOLDS = told("households on rural dibao", 699_000, SHANXI)
DIBAO_PERSONS = told("persons on dibao", 3_063_000, HENAN)
TEKUN_PERSONS = told("persons in extreme difficulty (特困), each a household", 483_000, HENAN)
WATCHED_PERSONS = told("persons watched against a return to poverty (防止返贫监测对象)", 828_000, HENAN)
MARGIN_PERSONS = assumed("persons in margin households (低保边缘), beside 178,000 of theirs on dibao alone", 356_000)
OTHER_PERSONS = assumed("persons whom the departments' registers bring along and who receive nothing", 400_000)

# How large households are. The texts give means; the shape below each is assumed and has that mean.
SIZE_URBAN = told("mean size of an urban dibao household", "1.76", SHANXI)
SIZE_RURAL = told("mean size of a rural dibao household", "1.41", SHANXI)
SIZE_OTHER = assumed("mean size of a household not on dibao", "2.61")
SIZES_URBAN = ((1, 50), (2, 30), (3, 15), (4, 4), (5, 1))
SIZES_RURAL = ((1, 70), (2, 21), (3, 7), (4, 2))
SIZES_OTHER = ((1, 20), (2, 32), (3, 24), (4, 15), (5, 9))

# How old people are.
AGED_60 = told("persons of 60 and above, of all", "0.1892", SHANXI)
ELDERS = told("elders on the old-age platform", 241_000, HEBI)
ELDERS_80 = told("persons with the allowance that begins at 80", 27_000, HEBI)
TEKUN_AGED = assumed("persons of 60 and above, of those in extreme difficulty", "4/5")
MINORS = assumed("minors, of those under 60 who are not the head of a household", "9/20")
MEN = assumed("men, of all", "1/2")

# Who is disabled.
CARE_PERSONS = told("persons with the care subsidy", 373_600, GUIZHOU)
LIVING_PERSONS = told("persons with the living subsidy, all on dibao", 344_000, GUIZHOU)
PERSONS_BESIDE = told("persons on dibao in the same text", 2_745_000, GUIZHOU)
SEVERE = assumed("certificates of level 1 or 2, of all", "2/3")
TEKUN_CARDS = assumed("persons with a certificate, of those in extreme difficulty who are 60 or above", "1/3")
LEVEL_1 = assumed("level 1, of levels 1 and 2", "2/5")
LEVEL_3 = assumed("level 3, of levels 3 and 4", "1/2")
SECOND_CATEGORY = assumed("certificates with a second category", "1/10")
CATEGORIES = (("PHYSICAL", 55), ("VISUAL", 12), ("HEARING", 12), ("INTELLECTUAL", 10), ("MENTAL", 8), ("SPEECH", 3))

# What people live on, and what was decided when the hub opens.
WORKERS = assumed("people with a wage, of those from 18 to 59 who are not severely disabled", "2/5")
ACCEPTED = assumed("applications for dibao accepted", "94/100")
PENDING = assumed("applications for dibao that wait for a decision", "3/100")
STALE_AWARDS = assumed("awards that are paid otherwise than the rules say, on the day of going live", "1/50")

# What they have besides: of these the texts that are at hand tell no share of people.
IN_INSTITUTION = assumed("who is provided for in an institution, of those in extreme difficulty and of orphans", "2/5")
IN_NEED_OF_CARE = assumed("who cannot look after himself, of those in extreme difficulty", "1/3")
HELPLESS = assumed("who has lost it, of those who cannot look after themselves", "1/3")
ORPHANS = assumed("orphans, of minors in households that receive nothing", "1/30")
UNATTENDED = assumed("children whom in fact nobody looks after, of all other minors", "1/40")
GROWN_ORPHANS = assumed(
    "who was an orphan and studies, of those from 18 to 20 in households that receive nothing", "1/10"
)
ILL = assumed("persons recognised as seriously ill, of all", "1/40")
FRAIL_ELDERS = assumed(
    "who cannot look after himself, of those of 60 and above on dibao or of margin households", "1/10"
)
SPENDERS = assumed("households with great expenses, of those who receive nothing", "1/4")
RECOGNISED = assumed(
    "households that are recognised for great expenses, of those who have them and were verified", "1/2"
)
HELPED = assumed("households helped in an emergency in the first month", "1/100")
MOVED = assumed("households moved to another place, of those on dibao in the country", "1/50")


def share(part: Figure, of: Figure) -> Fraction:
    """One figure as a share of another."""
    return part.value / of.value
