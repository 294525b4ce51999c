"""What further departments say of people: school, property, businesses, funds, taxes, disasters, illness, assets.

A kind belongs to no department: several may publish it, each in words of its own that a mapping translates.
"""

from typing import ClassVar, Literal

from benefit_hub.messages.departments.envelope import HOUSEHOLD, About, Payload


class SchoolEnrolment(Payload, frozen=True, kw_only=True, tag="school_enrolment"):
    """Somebody goes to a school (学籍)."""

    stage: Literal[
        "PRESCHOOL",
        "PRIMARY",
        "JUNIOR_SECONDARY",
        "SENIOR_SECONDARY",
        "VOCATIONAL",
        "SPECIAL",
        "JUNIOR_COLLEGE",
        "BACHELOR",
        "POSTGRADUATE",
    ]
    full_time: bool
    school: str


class RealEstate(Payload, frozen=True, kw_only=True, tag="real_estate"):
    """Somebody owns land or a building (不动产登记); `share` is an exact fraction such as `1/2`, the whole where null.

    `floor_area_dm2` counts hundredths of a square metre.
    """

    estate: str
    use: Literal["RESIDENTIAL", "COMMERCIAL", "OTHER"]
    region: str
    floor_area_dm2: int | None = None
    share: str | None = None
    value_fen: int | None = None


class HousingAid(Payload, frozen=True, kw_only=True, tag="housing_aid"):
    """Somebody's household is helped with its home (住房救助、住房保障)."""

    about: ClassVar[About] = HOUSEHOLD

    type: Literal["PUBLIC_RENTAL", "RENT_SUBSIDY", "RENOVATION"]
    household_id: str | None = None
    amount_fen: int | None = None


class Enterprise(Payload, frozen=True, kw_only=True, tag="enterprise"):
    """Somebody has a part in a company (企业登记)."""

    enterprise: str
    role: Literal["LEGAL_REPRESENTATIVE", "SHAREHOLDER", "DIRECTOR", "OTHER"]
    status: Literal["OPERATING", "SUSPENDED", "REVOKED", "DEREGISTERED"]
    subscribed_capital_fen: int | None = None


class SelfEmployed(Payload, frozen=True, kw_only=True, tag="self_employed"):
    """Somebody runs a business of his own (个体工商户登记)."""

    business: str
    status: Literal["OPERATING", "SUSPENDED", "REVOKED", "DEREGISTERED"]
    trade: str | None = None


class ProvidentFund(Payload, frozen=True, kw_only=True, tag="provident_fund"):
    """What was paid into somebody's housing provident fund for a month (住房公积金缴存)."""

    period: str
    employer: str
    base_fen: int
    contribution_fen: int
    balance_fen: int | None = None


class SocialOrganisation(Payload, frozen=True, kw_only=True, tag="social_organisation"):
    """Somebody holds a position in a social organisation (社会组织任职)."""

    organisation: str
    position: Literal["LEGAL_REPRESENTATIVE", "HEAD", "BOARD", "STAFF"]
    paid: bool = False


class Veteran(Payload, frozen=True, kw_only=True, tag="veteran"):
    """Somebody is entitled to preferential treatment (优抚对象); the allowance is a month's."""

    category: Literal["DISABLED", "MARTYR_FAMILY", "DEMOBILISED", "COMBATANT", "RETIRED_SOLDIER", "OTHER"]
    allowance_fen: int | None = None


class TaxIncome(Payload, frozen=True, kw_only=True, tag="tax_income"):
    """Income of a month for which tax was declared (个人所得税申报收入)."""

    period: str
    category: Literal[
        "WAGES",
        "LABOUR",
        "AUTHOR",
        "ROYALTY",
        "BUSINESS",
        "INTEREST",
        "LEASE",
        "PROPERTY_TRANSFER",
        "INCIDENTAL",
    ]
    amount_fen: int
    payer: str | None = None


class Disaster(Payload, frozen=True, kw_only=True, tag="disaster"):
    """Somebody's household was hit by a disaster (受灾)."""

    about: ClassVar[About] = HOUSEHOLD
    happens: ClassVar[bool] = True

    disaster: str
    type: Literal["FLOOD", "EARTHQUAKE", "LANDSLIDE", "DROUGHT", "STORM", "FROST", "FIRE", "EPIDEMIC", "OTHER"]
    region: str
    household_id: str | None = None
    home: Literal["INTACT", "DAMAGED", "COLLAPSED"] = "INTACT"
    loss_fen: int | None = None


class MentalDisorder(Payload, frozen=True, kw_only=True, tag="mental_disorder"):
    """Somebody is registered with a severe mental disorder (严重精神障碍); `risk_level` 5 is the most dangerous."""

    category: Literal["SCHIZOPHRENIA", "SCHIZOAFFECTIVE", "PARANOIA", "BIPOLAR", "EPILEPSY", "RETARDATION"]
    risk_level: Literal[0, 1, 2, 3, 4, 5]
    in_rehabilitation: bool = False


class FinancialAsset(Payload, frozen=True, kw_only=True, tag="financial_asset"):
    """What somebody holds with a bank, an insurer, a broker or a payment institution (存款、证券、保险等金融资产)."""

    type: Literal["DEPOSIT", "SECURITIES", "INSURANCE", "FUND", "PAYMENT_ACCOUNT"]
    institution: str
    balance_fen: int
    as_of: str
