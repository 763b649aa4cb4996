"""What came over a channel: read in pieces, or handed on; nothing lost or out of order where that changes."""

from __future__ import annotations

import threading

from console.ssh.byte_queue import ByteQueue


def test_what_is_handed_on_comes_whole_and_in_order_while_more_arrives() -> None:
    for _ in range(30):
        queue, taken = ByteQueue(), bytearray()
        sent = b"".join(bytes([n % 251]) * (n % 3000) for n in range(200))

        def feed(queue: ByteQueue = queue, sent: bytes = sent) -> None:
            for start in range(0, len(sent), 777):
                queue.feed(sent[start : start + 777])
            queue.close()

        feeder = threading.Thread(target=feed)
        feeder.start()
        first = queue.read(500)
        queue.hand_to(taken.extend)
        feeder.join()
        assert first + bytes(taken) == sent
        assert queue.has_just_ended()
        assert not queue.has_just_ended()


def test_a_taker_may_close_the_queue() -> None:
    queue = ByteQueue()
    queue.hand_to(lambda _: queue.close())
    queue.feed(b"x")
    assert queue.has_just_ended()


def test_a_queue_that_is_read_never_says_that_it_ended() -> None:
    queue = ByteQueue()
    queue.feed(b"ab")
    queue.close()
    assert not queue.has_just_ended()
    assert queue.read(10) == b"ab"
    assert queue.read(10) == b""
