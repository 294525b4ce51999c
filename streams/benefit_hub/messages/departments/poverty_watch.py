"""What rural revitalisation (乡村振兴) says of people."""

from typing import Literal

from benefit_hub.messages.departments.envelope import Payload


class WatchList(Payload, frozen=True, kw_only=True, tag="watch_list"):
    """A person's household is watched against a return to poverty (防止返贫监测对象)."""

    category: Literal["UNSTABLE", "MARGINAL", "SUDDEN"]
    income_per_head_fen: int | None = None
