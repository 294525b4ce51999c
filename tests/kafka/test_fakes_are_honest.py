"""What the simulation of the runner takes for granted of brokers and clients, asked of a real broker and of the fakes alike."""

import pytest
from confluent_kafka import KafkaError

from tests.kafka.honesty import FakeBench, GroupMember, RealBench, refusal


@pytest.fixture(params=["a real broker", "the fakes"])
def bench(request):
    real = request.param == "a real broker"
    made = RealBench(request.getfixturevalue("kafka").bootstrap) if real else FakeBench()
    yield made
    made.close()


@pytest.fixture
def producer(bench):
    return bench.producer()


# Transactions and what readers see of them


def test_a_marker_takes_an_offset_committed_or_aborted(bench, producer):
    bench.transact(producer, b"1", b"2")
    bench.ends_at(3)
    bench.transact(producer, b"3", commit=False)
    bench.ends_at(5)


def test_aborted_records_are_there_for_readers_of_uncommitted_data_only(bench, producer):
    bench.transact(producer, b"1", commit=False)
    bench.transact(producer, b"2")
    assert bench.read(bench.reader(committed=False), 2) == [(0, b"1"), (2, b"2")]
    assert bench.read(bench.reader(), 1) == [(2, b"2")]


def test_an_open_transaction_is_seen_by_readers_of_uncommitted_data_only(bench, producer):
    producer.begin_transaction()
    bench.write(producer, b"1")
    assert bench.read(bench.reader(committed=False), 1) == [(0, b"1")]
    reader = bench.reader()
    assert reader.poll(1) is None
    producer.commit_transaction(20)
    assert bench.read(reader, 1) == [(0, b"1")]


def test_the_end_is_before_an_open_transaction_for_readers_of_committed_data(bench, producer):
    bench.transact(producer, b"1")
    bench.ends_at(2)
    producer.begin_transaction()
    bench.write(producer, b"2", b"3")
    assert bench.marks(committed=True) == (0, 2)
    assert bench.marks(committed=False) == (0, 4)


def test_what_is_committed_behind_an_open_transaction_waits_for_it(bench, producer):
    other = bench.producer("other")
    producer.begin_transaction()
    bench.write(producer, b"1")
    bench.transact(other, b"2")
    reader = bench.reader()
    assert reader.poll(1) is None
    assert bench.marks(committed=True) == (0, 0)
    producer.abort_transaction(20)
    assert bench.read(reader, 1) == [(1, b"2")]


def test_a_commit_of_nothing_is_no_trouble(bench, producer):
    producer.begin_transaction()
    producer.commit_transaction(20)
    bench.transact(producer, b"1")
    bench.ends_at(2)


def test_where_a_record_went_is_told_before_a_commit_returns(bench, producer):
    told = []
    bench.transact(producer, b"1")
    producer.begin_transaction()
    producer.produce(
        bench.topic("numbers"), b"2", b"k", 0, lambda error, sent: told.append((error, sent.offset())), None, 0, None
    )
    producer.commit_transaction(20)
    assert told == [(None, 2)]


def test_a_producer_goes_on_after_it_has_aborted(bench, producer):
    for round_ in range(3):
        bench.transact(producer, b"no", commit=False)
        bench.transact(producer, b"%d" % round_)
    assert [value for _, value in bench.read(bench.reader(), 3)] == [b"0", b"1", b"2"]


def test_a_transaction_is_begun_once_and_before_anything_is_written(bench, producer):
    assert refusal(lambda: bench.write(producer, b"1")).code() == KafkaError._STATE
    producer.begin_transaction()
    assert refusal(producer.begin_transaction).code() == KafkaError._STATE


# Who holds a transactional id


def test_whoever_takes_over_an_id_aborts_what_was_open(bench, producer):
    producer.begin_transaction()
    bench.write(producer, b"1")
    bench.transact(bench.producer(), b"2")
    assert bench.read(bench.reader(), 1) == [(2, b"2")]


def test_a_former_holder_can_never_commit(bench, producer):
    producer.begin_transaction()
    bench.write(producer, b"1")
    bench.producer()
    error = refusal(lambda: producer.commit_transaction(20))
    assert error.fatal() or error.txn_requires_abort()
    assert bench.reader().poll(1) is None


def test_a_former_holder_can_never_begin_again(bench, producer):
    bench.transact(producer, b"1")
    bench.producer()

    def again():
        producer.begin_transaction()
        bench.write(producer, b"2")
        producer.commit_transaction(20)

    error = refusal(again)
    assert error.fatal() or error.txn_requires_abort()
    reader = bench.reader()
    bench.read(reader, 1)
    assert reader.poll(1) is None


def test_a_transaction_that_lasts_too_long_is_aborted_by_the_broker(bench):
    slow = bench.producer("slow", timeout_ms=1000)
    slow.begin_transaction()
    bench.write(slow, b"1")
    bench.ends_at(2)
    error = refusal(lambda: slow.commit_transaction(20))
    assert error.fatal() or error.txn_requires_abort()
    assert bench.reader().poll(1) is None


# Positions


def test_a_position_is_unknown_before_the_first_record_and_behind_it_then(bench, producer):
    bench.transact(producer, b"1", b"2")
    reader = bench.reader()
    assert reader.position([bench.place()])[0].offset == -1001
    bench.read(reader, 1)
    assert reader.position([bench.place()])[0].offset == 1


def test_a_position_goes_past_markers_and_aborted_records_by_polling(bench, producer):
    bench.transact(producer, b"1")
    reader = bench.reader()
    bench.read(reader, 1)
    bench.transact(producer, b"2", commit=False)
    bench.ends_at(4)

    def past():
        assert reader.poll(0.1) is None
        return reader.position([bench.place()])[0].offset == 4

    bench.until(past)


def test_a_position_goes_past_a_lone_marker_also_before_any_record(bench, producer):
    """Where a reader begins at a marker: the runner must not be thought to lag behind one for ever."""
    bench.transact(producer, b"1")
    bench.ends_at(2)
    reader = bench.reader(1)

    def past():
        assert reader.poll(0.1) is None
        return reader.position([bench.place()])[0].offset == 2

    bench.until(past)


def test_a_position_is_forgotten_soon_after_the_assignment_ends(bench, producer):
    """Soon, not at once: the runner may not believe a position that it finds just after it has begun elsewhere."""
    bench.transact(producer, b"1", b"2", b"3")
    reader = bench.reader()
    bench.read(reader, 3)
    reader.incremental_unassign([bench.place()])
    reader.incremental_assign([bench.place(offset=1)])
    bench.until(lambda: reader.position([bench.place()])[0].offset == -1001)
    assert bench.read(reader, 2) == [(1, b"2"), (2, b"3")]


def first_told(bench, reader):
    """The error of the first message that comes; None where it is a record."""
    found = []

    def told():
        message = reader.poll(0.1)
        found.extend([] if message is None else [message.error()])
        return bool(found)

    bench.until(told)
    return found[0]


def test_a_position_beyond_the_log_is_an_error_and_not_a_guess(bench, producer):
    bench.transact(producer, b"1")
    assert first_told(bench, bench.reader(100)).code() == KafkaError._AUTO_OFFSET_RESET


def test_a_position_that_was_deleted_is_an_error_too(bench, producer):
    bench.transact(producer, b"1", b"2", b"3")
    bench.ends_at(4)
    bench.delete(before=2)
    bench.until(lambda: bench.marks(committed=True) == (2, 4))
    assert bench.read(bench.reader(2), 1) == [(2, b"3")]
    assert first_told(bench, bench.reader(1)).code() == KafkaError._AUTO_OFFSET_RESET


def test_what_is_assigned_is_not_assigned_again(bench, producer):
    bench.transact(producer, b"1")
    reader = bench.reader()
    assert refusal(lambda: reader.incremental_assign([bench.place(offset=0)])).code() == KafkaError._CONFLICT
    assert refusal(lambda: reader.incremental_unassign([bench.place(partition=1)])).code() == KafkaError._INVALID_ARG


# Positions of a group


def test_no_committed_position_is_told_as_such(bench):
    assert bench.committed() == -1001


def test_positions_of_a_transaction_hold_once_it_is_committed(bench, producer):
    nobody = bench.consumer().consumer_group_metadata()
    for commit, then in ((True, 7), (False, 7)):
        producer.begin_transaction()
        bench.write(producer, b"1")
        producer.send_offsets_to_transaction([bench.place(offset=7 if commit else 9)], nobody, 20)
        if commit:
            producer.commit_transaction(20)
        else:
            producer.abort_transaction(20)
        assert bench.committed() == then


def test_positions_are_withheld_while_a_transaction_with_others_is_open(bench, producer):
    producer.begin_transaction()
    bench.write(producer, b"1")
    producer.send_offsets_to_transaction([bench.place(offset=7)], bench.consumer().consumer_group_metadata(), 20)
    asking = bench.consumer()
    error = refusal(lambda: asking.committed([bench.place()], 0.5))
    assert error.code() == KafkaError._TIMED_OUT
    producer.commit_transaction(20)
    assert bench.committed() == 7


# Topics


def test_each_topic_has_an_id_which_stays(bench):
    numbers, totals, again = (bench.topic_id(name) for name in ("numbers", "totals", "numbers"))
    assert numbers == again != totals


# Members of a group


@pytest.fixture
def member(bench):
    made = GroupMember(bench)
    bench.until(lambda: made.has(0, 1))
    return made


def sends(bench, producer, proof):
    """A transaction with positions, up to its end."""
    producer.begin_transaction()
    bench.write(producer, b"1")
    producer.send_offsets_to_transaction([bench.place(offset=1)], proof, 20)


def test_a_member_may_send_positions(bench, producer, member):
    sends(bench, producer, member.consumer.consumer_group_metadata())
    producer.commit_transaction(20)
    assert bench.committed() == 1


def test_a_second_member_gets_half_after_the_first_has_let_go(bench, member):
    other = GroupMember(bench)

    def halved():
        member.consumer.poll(0.02)
        other.consumer.poll(0.02)
        assert not member.owned & other.owned
        return (len(member.owned), len(other.owned)) == (1, 1)

    bench.until(halved)
    assert "revoked" in member.told


def test_who_leaves_gives_back_at_once(bench, member):
    other = GroupMember(bench)
    bench.until(lambda: (member.has(0) or member.has(1)) and (other.has(0) or other.has(1)))
    member.leave()
    assert member.owned == set()
    bench.until(lambda: other.has(0, 1))


def passes(bench, member, seconds):
    """Time in which a member polls."""
    end = bench.now() + seconds
    while bench.now() < end:
        member.consumer.poll(0.02)
        bench.sleep(0.02)


def test_who_leaves_while_somebody_is_awaited_is_held_up(bench, member):
    """The others never poll: what they are given they never take, and they do not join again."""
    other = GroupMember(bench)
    bench.until(lambda: member.has(0) or member.has(1))
    passes(bench, member, 2)
    third = GroupMember(bench)
    passes(bench, member, 2)
    begun = bench.now()
    member.leave()
    assert 4 < bench.now() - begun < 7
    assert (other.told, third.told) == ([], [])


def test_the_proof_of_an_earlier_generation_is_refused(bench, producer, member):
    before = member.consumer.consumer_group_metadata()
    other = GroupMember(bench)
    bench.until(lambda: not member.has(0, 1) and (other.has(0) or other.has(1)))
    error = refusal(lambda: sends(bench, producer, before))
    assert (error.code(), error.txn_requires_abort(), error.fatal()) == (KafkaError.ILLEGAL_GENERATION, True, False)
    producer.abort_transaction(20)
    sends(bench, producer, member.consumer.consumer_group_metadata())
    producer.commit_transaction(20)


def test_the_proof_of_a_member_that_was_put_out_is_refused(bench, producer, member):
    before = member.consumer.consumer_group_metadata()
    bench.put_out(member)
    error = refusal(lambda: sends(bench, producer, before))
    assert (error.code(), error.txn_requires_abort(), error.fatal()) == (KafkaError.UNKNOWN_MEMBER_ID, True, False)
    producer.abort_transaction(20)
    assert bench.committed() == -1001


def test_a_member_that_was_put_out_forgets_its_name_before_anybody_polls(bench, member):
    assert member.consumer.memberid()
    bench.put_out(member)
    bench.until(lambda: not member.consumer.memberid())
    assert member.owned == {0, 1}
    bench.until(lambda: not member.has(0, 1))
    assert member.told[:2] == ["assigned", "lost"]
    bench.until(lambda: member.has(0, 1))
    assert member.consumer.memberid()


def test_what_a_member_that_was_put_out_gives_for_a_proof_is_refused(bench, producer, member):
    """The broker does not check who gives neither name nor generation: the client must never come to that."""
    bench.put_out(member)
    bench.until(lambda: not member.consumer.memberid())
    error = refusal(lambda: sends(bench, producer, member.consumer.consumer_group_metadata()))
    assert (error.code(), error.txn_requires_abort(), error.fatal()) == (KafkaError.UNKNOWN_MEMBER_ID, True, False)


def test_a_proof_without_name_and_generation_is_not_checked(bench, producer, member):
    assert member.owned == {0, 1}
    sends(bench, producer, bench.consumer().consumer_group_metadata())
    producer.commit_transaction(20)
    assert bench.committed() == 1
