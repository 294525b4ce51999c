"""What human resources and social security (人社) say of people: work, and what is paid for it or instead of it."""

from benefit_hub.messages.departments.envelope import Payload


class Wage(Payload, frozen=True, kw_only=True, tag="wage"):
    """What an employer paid for a period (工资), as that month's amount."""

    pay_period: str
    employer: str
    amount_fen: int
