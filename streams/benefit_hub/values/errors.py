"""The error tree: everything that the hub raises on purpose.

HubError
├── CatalogueError      schemas, topics, policies, settings or keys that do not fit together; the operator mends them
├── ContractViolation   a message that one part of the hub sent to another has the wrong shape
└── InvariantBroken     something that must never happen: the worker stops, nothing is guessed

Expected trouble with what departments send is not an error but a value: `values.refusal.Refusal`.
"""


class HubError(Exception):
    """Anything that the hub raises on purpose; its text says what to do."""


class CatalogueError(HubError):
    """Data files that do not fit together. The text names file, key, what was expected and what to do."""


class ContractViolation(HubError):
    """A message inside the hub that its reader cannot take."""


class InvariantBroken(HubError):
    """A state that must never exist. The worker that sees it stops: no payment is ever guessed."""
