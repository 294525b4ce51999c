"""Headers of outputs: CloudEvents on public topics, and ids that no two events share."""

from benefit_hub.messages.public import Lead
from benefit_hub.runtime.wire import headers_of, incoming, key_bytes
from benefit_hub.task import Out, Undecodable
from tests.runtime.records import adjustment

LEAD = Lead(
    lead_id="l", state="OPEN", household="h:1", person=None, programme="dibao", reason="", region="990101", text_zh=""
)


class Message:
    """As confluent-kafka hands on a record of which a header has a name that is no UTF-8."""

    def headers(self):
        raise SystemError("returned a result with an exception set")

    def value(self):
        return b"whatever"

    def key(self):
        return b"k"

    def partition(self):
        return 1

    def offset(self):
        return 7

    def timestamp(self):
        return (2, 1_000)


class AsItIs:
    """A codec that changes nothing."""

    def decode(self, _topic, raw):
        return raw

    def encode(self, _topic, value):
        return value


def test_a_header_whose_name_nobody_can_read_is_the_fault_of_its_record_alone():
    record = incoming(Message(), "human-resources.wage", AsItIs())  # type: ignore[arg-type]  # a double
    assert isinstance(record.value, Undecodable)
    assert "UTF-8" in record.value.refusal.expected
    assert (record.raw, record.key, dict(record.headers), record.offset) == (b"whatever", b"k", {}, 7)


def test_internal_topics_bear_what_the_task_said_and_no_more():
    out = Out(topic="quarantine.x", key=b"k", value=b"v", headers={"hub.errors.code": "BROKEN_AVRO", "raw": b"\xff"})
    assert headers_of(out, "quarantine.x.v1", "p", public=False) == {"hub.errors.code": b"BROKEN_AVRO", "raw": b"\xff"}


def test_public_topics_bear_cloudevents_in_binary_mode():
    headers = headers_of(
        Out(topic="leads", key="l", value=LEAD), "leads.v1", "entitlement.household-facts.0.7.1", public=True
    )
    assert headers == {
        "ce_specversion": b"1.0",
        "ce_id": b"entitlement.household-facts.0.7.1",
        "ce_source": b"benefit-hub",
        "ce_type": b"leads.v1",
        "content-type": b"application/avro",
    }


def test_an_adjustment_has_its_own_id():
    out = Out(topic="benefits.adjustments", key="h:1", value=adjustment(4))
    assert headers_of(out, "benefits.adjustments.v1", "elsewhere", public=True)["ce_id"] == b"a4"


def test_a_state_that_comes_back_is_another_event():
    """OPEN, WITHDRAWN and OPEN again have the same content twice; a subscriber that drops known ids must see both."""
    out = Out(topic="leads", key="l", value=LEAD)
    ids = {headers_of(out, "leads.v1", place, public=True)["ce_id"] for place in ("a.0.1.0", "a.0.9.0")}
    assert len(ids) == 2


def test_keys_are_bytes():
    assert key_bytes(Out(topic="t", key="民", value=None)) == "民".encode()
    assert key_bytes(Out(topic="t", key=b"\0", value=None)) == b"\0"
    assert key_bytes(Out(topic="t", key=None, value=None)) is None
