"""The publishers' library: what a department's system, or an officer's decision, puts on its topic."""

from benefit_hub.client.publisher import Publisher, Sending, Sent

__all__ = ["Publisher", "Sending", "Sent"]
