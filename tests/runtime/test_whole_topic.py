"""A topic read from its beginning to its end: what is said where that cannot be done."""

import pytest

from benefit_hub.runtime import whole_topic
from benefit_hub.runtime.kafka_probe import free_ports
from benefit_hub.runtime.settings import Settings
from benefit_hub.values.errors import HubError


def test_where_nobody_answers_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(whole_topic, "ANSWER_S", 0.2)
    bootstrap = f"127.0.0.1:{free_ports(1)[0]}"
    with pytest.raises(
        HubError, match=rf"no broker answers at {bootstrap} \(.+\): start Kafka, or correct `bootstrap`"
    ):
        list(whole_topic.whole(Settings(), bootstrap, "control"))
