"""Brokers that are not ready yet are asked again, and not for ever."""

import pytest
from kafka.errors import CoordinatorNotAvailableError, GroupAuthorizationFailedError, KafkaError

from benefit_hub.runtime.admin import patiently


def asked(*answers):
    """Gives these answers in turn, errors among them."""
    left = list(answers)

    def ask():
        answer = left.pop(0)
        if isinstance(answer, KafkaError):
            raise answer
        return answer

    return ask


def test_a_coordinator_that_is_not_there_yet_is_asked_again():
    assert patiently(asked(CoordinatorNotAvailableError(), CoordinatorNotAvailableError(), "here")) == "here"


def test_in_the_end_what_the_brokers_say_is_told():
    with pytest.raises(CoordinatorNotAvailableError):
        patiently(asked(CoordinatorNotAvailableError(), "too late"), within_s=-1)


def test_what_will_not_pass_is_told_at_once():
    with pytest.raises(GroupAuthorizationFailedError):
        patiently(asked(GroupAuthorizationFailedError(), "asked again"))
