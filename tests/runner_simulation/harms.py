"""What may go wrong with a call of a client, and how likely it does while faults are on."""

from random import Random

from confluent_kafka import KafkaError

from tests.runner_simulation.sides import LOST_ANSWER, LOST_REQUEST

Harm = KafkaError | str


def _away(code: int) -> KafkaError:
    return KafkaError(code, "brokers are away", False, False, False)


def _retry(code: int) -> KafkaError:
    return KafkaError(code, "try again", False, True, False)


def _abort(code: int) -> KafkaError:
    return KafkaError(code, "the transaction has failed", False, False, True)


def _fatal(code: int) -> KafkaError:
    return KafkaError(code, "the producer has failed", True, False, False)


REFUSAL = _abort(KafkaError._MSG_TIMED_OUT)
"""A transaction that cannot be committed, for whatever reason, and can be aborted."""
HARMS: dict[str, tuple[float, list[Harm]]] = {
    "init_transactions": (0.05, [LOST_REQUEST, LOST_ANSWER, _retry(KafkaError.COORDINATOR_LOAD_IN_PROGRESS)]),
    "list_topics": (0.02, [LOST_REQUEST]),
    "committed": (
        0.05,
        [LOST_REQUEST, _away(KafkaError._TRANSPORT), _away(KafkaError._WAIT_COORD), _retry(KafkaError.NOT_COORDINATOR)],
    ),
    "describe_topics": (0.02, [LOST_REQUEST, _away(KafkaError._TRANSPORT)]),
    "get_watermark_offsets": (0.02, [LOST_REQUEST, _away(KafkaError._TRANSPORT), _away(KafkaError._ALL_BROKERS_DOWN)]),
    "send_offsets_to_transaction": (
        0.02,
        [
            LOST_REQUEST,
            LOST_ANSWER,
            _retry(KafkaError.COORDINATOR_NOT_AVAILABLE),
            _abort(KafkaError.REBALANCE_IN_PROGRESS),
            _fatal(KafkaError._FATAL),
        ],
    ),
    "commit": (
        0.03,
        [
            LOST_REQUEST,
            LOST_ANSWER,
            LOST_ANSWER,
            _retry(KafkaError.NOT_COORDINATOR),
            REFUSAL,
            _fatal(KafkaError._FATAL),
        ],
    ),
    "abort": (0.1, [LOST_REQUEST, LOST_ANSWER]),
    "poll": (0.001, [_away(KafkaError._TRANSPORT), _away(KafkaError._ALL_BROKERS_DOWN)]),
}


def harm_of(call: str, chance: Random) -> Harm | None:
    """What is to go wrong with this call; None for nothing, which is the rule."""
    likely, harms = HARMS[call]
    return chance.choice(harms) if chance.random() < likely else None
