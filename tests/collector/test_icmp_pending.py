"""What may be believed of the messages about our echo requests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.icmp.look import Look
from collector.icmp.pace import Pace
from collector.icmp.packet import V4, V6, Dialect, Heard, checksum, echo_request, hear
from collector.icmp.pending import LATE_S, SEQUENCES, Pending, Verdict
from collector.sample import Reach

IDENTIFIER = 0x1234


def look(address: str = "10.0.0.1", dialect: Dialect = V4, count: int = 1) -> Look:
    return Look("n", address, dialect, lambda reach: None, count, 1.0, None, count, count)


def sent(pending: Pending, what: Look | None = None) -> Heard:
    """Sends a request; returns its genuine reply."""
    sequence, cookie = pending.ticket()
    pending.add(what or look(), sequence, cookie, 0.0)
    return Heard(sequence, "10.0.0.1", "", cookie, 0)


def error_about(reply: Heard) -> Heard:
    proof = checksum(IDENTIFIER, reply.sequence, reply.proof).to_bytes(2)
    return Heard(reply.sequence, "10.9.9.9", "10.0.0.1", proof, 0, "unreachable")


def test_the_genuine_reply_closes_its_request() -> None:
    pending = Pending()
    verdict, packet = pending.judge(sent(pending), IDENTIFIER)
    assert verdict is Verdict.GENUINE
    assert packet is not None
    assert len(pending) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"source": "10.0.0.2"},
        {"proof": b"\0" * 8},
        {"proof": b""},
        {"proof": b"longer than what was sent"},
    ],
)
def test_a_forged_reply_is_refused_and_the_genuine_one_still_counts(
    change: dict[str, str | bytes],
) -> None:
    pending = Pending()
    genuine = sent(pending)
    forged = genuine._replace(**change)  # type: ignore[arg-type]
    assert pending.judge(forged, IDENTIFIER) == (Verdict.FORGED, None)
    assert pending.judge(genuine, IDENTIFIER)[0] is Verdict.GENUINE


def test_a_reply_that_nobody_asked_for_is_forged() -> None:
    pending = Pending()
    genuine = sent(pending)
    unasked = genuine._replace(sequence=(genuine.sequence + 7) % SEQUENCES)
    assert pending.judge(unasked, IDENTIFIER) == (Verdict.FORGED, None)


def test_a_second_reply_is_a_duplicate() -> None:
    pending = Pending()
    genuine = sent(pending)
    pending.judge(genuine, IDENTIFIER)
    assert pending.judge(genuine, IDENTIFIER) == (Verdict.DUPLICATE, None)


def test_a_reply_after_the_deadline_is_late() -> None:
    pending = Pending()
    genuine = sent(pending)
    assert list(pending.overdue(0.99)) == []
    (overdue,) = pending.overdue(1.0)
    assert pending.judge(genuine, IDENTIFIER) == (Verdict.LATE, overdue)
    assert pending.judge(genuine, IDENTIFIER) == (Verdict.DUPLICATE, None)


def test_a_late_reply_serves_the_request_that_waits_for_the_same_node() -> None:
    pending, second = Pending(), look()
    first = sent(pending)
    (overdue,) = pending.overdue(1.0)
    assert pending.succeed(overdue) is None
    waiting = sent(pending, second)
    assert pending.judge(first, IDENTIFIER) == (Verdict.LATE, overdue)
    assert pending.succeed(overdue) is second
    assert len(pending) == 0
    assert pending.judge(waiting, IDENTIFIER) == (Verdict.DUPLICATE, None)


def test_a_late_reply_serves_nobody_at_another_address() -> None:
    pending = Pending()
    sent(pending)
    (overdue,) = pending.overdue(1.0)
    sent(pending, look("10.0.0.2"))
    assert pending.succeed(overdue) is None


def test_a_forged_late_reply_is_refused() -> None:
    pending = Pending()
    genuine = sent(pending)
    list(pending.overdue(1.0))
    forged = genuine._replace(source="10.0.0.2")
    assert pending.judge(forged, IDENTIFIER) == (Verdict.FORGED, None)


def test_what_is_late_beyond_measure_is_forgotten() -> None:
    pending = Pending()
    genuine = sent(pending)
    list(pending.overdue(1.0))
    list(pending.overdue(1.0 + LATE_S))
    assert pending.judge(genuine, IDENTIFIER) == (Verdict.LATE, None)


def test_an_error_that_quotes_our_request_is_believed() -> None:
    pending = Pending()
    assert pending.judge(error_about(sent(pending)), IDENTIFIER)[0] is Verdict.GENUINE


def test_an_error_about_another_target_or_with_a_wrong_checksum_is_forged() -> None:
    pending = Pending()
    error = error_about(sent(pending))
    for forged in (error._replace(target="10.0.0.2"), error._replace(proof=b"\0\0")):
        assert pending.judge(forged, IDENTIFIER) == (Verdict.FORGED, None)
    assert len(pending) == 1


def test_sequence_numbers_in_use_are_not_given_out_again() -> None:
    pending = Pending()
    for _ in range(SEQUENCES):
        sequence, cookie = pending.ticket()
        pending.add(look(), sequence, cookie, 0.0)
    assert pending.full
    pending.judge(Heard(77, "10.0.0.1", "", pending._packets[77].cookie, 0), IDENTIFIER)
    assert pending.ticket()[0] == 77


def test_cookies_differ_from_packet_to_packet() -> None:
    pending = Pending()
    assert len({pending.ticket()[1] for _ in range(2000)}) == 2000


@given(st.integers(0, 65535), st.integers(0, 65535), st.binary(min_size=8, max_size=8))
def test_the_checksum_of_a_request_adds_up(identifier: int, sequence: int, cookie: bytes) -> None:
    packet = echo_request(V4, identifier, sequence, cookie)
    total = sum(int.from_bytes(packet[i : i + 2]) for i in range(0, len(packet), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    assert total == 0xFFFF


@given(st.sampled_from([V4, V6]), st.binary(max_size=120))
def test_garbage_says_nothing_and_breaks_nothing(dialect: Dialect, garbage: bytes) -> None:
    heard = hear(dialect, garbage, IDENTIFIER, "10.0.0.1", 0)
    assert heard is None or heard.sequence < SEQUENCES


@pytest.mark.parametrize("kind", [3, 11])
@given(tail=st.binary(max_size=60))
def test_a_mangled_error_says_nothing_and_breaks_nothing(kind: int, tail: bytes) -> None:
    heard = hear(V4, bytes([kind, 1, 0, 0, 0, 0, 0, 0]) + tail, IDENTIFIER, "10.0.0.1", 0)
    assert heard is None or heard.error


def test_loss_rtt_and_jitter_are_over_the_packets_of_a_look() -> None:
    made = look(count=4)
    made.rtts_s = [0.010, 0.030, 0.020]
    reach = made.reach(5.0)
    assert reach.answered
    assert reach.rtt_s == pytest.approx(0.020)
    assert reach.jitter_s == pytest.approx(0.015)
    assert reach.loss_ratio == pytest.approx(0.25)


def test_a_single_packet_has_jitter_against_the_look_before() -> None:
    made = look()
    made.rtts_s = [0.010]
    assert made.reach(5.0).jitter_s is None
    made.previous_rtt_s = 0.013
    assert made.reach(5.0).jitter_s == pytest.approx(0.003)


def test_a_look_without_an_answer_has_neither_rtt_nor_jitter() -> None:
    reach: Reach = look().reach(5.0)
    assert (reach.answered, reach.rtt_s, reach.jitter_s, reach.loss_ratio) == (
        False, None, None, 1.0,
    )  # fmt: skip


@given(st.lists(st.floats(0.0, 0.02), min_size=5, max_size=200))
def test_the_pace_is_kept_whatever_the_ticks(steps: list[float]) -> None:
    pace, now, total = Pace(0.0001, 64), 100.0, 0
    start = now
    for step in steps:
        now += step
        allowance = pace.allowance(now)
        assert 0 <= allowance <= 64
        pace.spent(allowance, backlog=True)
        total += allowance
    assert total <= (now - start) / 0.0001 + 64 + 1


def test_idle_time_is_not_saved_up_for_a_burst() -> None:
    pace = Pace(0.0001, 64)
    pace.spent(pace.allowance(100.0), backlog=False)
    assert pace.allowance(200.0) == 1
