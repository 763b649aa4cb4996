"""Delivering against real receivers: grouped, tried again, once by each channel, shown, never in the way."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.alerts.alert import Alert, AlertSeverity, Delivery
from console.alerts.channel import Channel
from console.alerts.channels import ChannelBook
from console.alerts.delivering import Deliverer
from console.alerts.grouping import Pace
from console.alerts.sending import Sender
from console.core.clock import SystemClock
from console.core.notify import Level, Notice, Notifier
from console.core.problems import Problem
from console.fleet.server import Server
from console.plugin.api import Message, NotifierField, NotifierKind
from tests.integration.alerts.things import MemorySecrets, alert, book_of, ended
from tests.lab.receivers import Receiver, Reply, until

TOKEN = "T0KEN-nobody-may-see"
FAST = Pace(first_s=0.02, most_s=0.2, give_up_s=60, timeout_s=20, look_s=0.1)
OPS = Channel("ops", "slack", wait_s=0.05, interval_s=0.0)


class Board:
    """The claims of a board that several judges share."""

    def __init__(self) -> None:
        self.taken: set[tuple[str, str]] = set()
        self.fails = False
        self._lock = threading.Lock()

    def claim(self, key: str, channel: str) -> bool:
        if self.fails:
            raise Problem("file.unwritable", path="board", reason="disk full")
        with self._lock:
            won = (key, channel) not in self.taken
            self.taken.add((key, channel))
            return won


class Moved(SystemClock):
    """A clock that a test sets."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


class Desk:
    """A console's deliverer and what it said."""

    def __init__(
        self,
        book: ChannelBook,
        pace: Pace = FAST,
        servers: Sequence[Server] = (),
        clock: SystemClock | None = None,
    ) -> None:
        self.book = book
        self.notices: list[Notice] = []
        notifier = Notifier()
        notifier.listen(self.notices.append)
        clock = clock or SystemClock()
        self.sender = Sender(book, clock, "ann@desk", pace)
        self.deliverer = Deliverer(book, lambda: servers, clock, notifier, self.sender, chance=lambda: 0.0)

    def delivered(self, count: int = 1) -> list[Delivery]:
        def there() -> list[Delivery]:
            return [each for each in self.deliverer.deliveries() if each.delivered is not None]

        until(lambda: len(there()) >= count, f"{count} deliveries")
        return there()

    def failed(self, attempts: int = 1) -> Delivery:
        def there() -> list[Delivery]:
            return [
                each for each in self.deliverer.deliveries() if each.problem and each.attempts >= attempts
            ]

        until(lambda: bool(there()), "a failure")
        return there()[0]


Make = Callable[..., Desk]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Make]:
    """Consoles over one configuration folder; all are closed with the test."""
    with ExitStack() as stack:

        def make(receiver: Receiver, *channels: Channel, folder: str = "home", **more: Any) -> Desk:
            asked = channels or (OPS,)
            secrets = {each.name: {"url": f"{receiver.origin}/{each.name}/{TOKEN}"} for each in asked}
            made = Desk(book_of(tmp_path / folder, *asked, secrets=secrets), **more)
            stack.callback(made.deliverer.close)
            return made

        yield make


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


def headline(receiver: Receiver, number: int = 0) -> str:
    return str(receiver.got[number].json["text"])


def test_what_fires_together_on_a_server_is_one_message(receiver: Receiver, desk: Make) -> None:
    console, board = desk(receiver, replace(OPS, wait_s=1.0)), Board()
    first, second, other = alert("a"), alert("b"), alert("c", "gpu-2")
    console.deliverer.tell([first, other], [], board.claim)
    console.deliverer.tell([second], [], board.claim)
    done = {each.alerts: each for each in console.delivered(2)}
    assert set(done) == {(first.id, second.id), (other.id,)}
    assert sorted(each.json["text"] for each in receiver.got) == [
        "[CRITICAL] 2 alerts on gpu-1",
        "[CRITICAL] c on gpu-2 gpu-3",
    ]
    assert board.taken == {(each.id, "ops") for each in (first, second, other)}
    assert all((each.attempts, each.problem, each.given_up) == (1, "", False) for each in done.values())


def test_its_end_is_told_where_the_channel_wants_it(receiver: Receiver, desk: Make) -> None:
    console, board = desk(receiver, OPS, replace(OPS, name="quiet", resolved=False)), Board()
    one = alert()
    console.deliverer.tell([one], [], board.claim)
    console.delivered(2)
    console.deliverer.tell([], [ended(one)], board.claim)
    newest = console.delivered(3)
    (told,) = [each for each in newest if each.ended]
    assert (told.channel, told.ended, told.alerts) == ("ops", (one.id,), (one.id,))
    assert headline(receiver, 2) == "[RESOLVED] gpu.ecc on gpu-1 gpu-3"
    assert (f"{one.id}/ended", "ops") in board.taken


def test_what_ended_before_anybody_was_told_is_not_told(receiver: Receiver, desk: Make) -> None:
    console, board = desk(receiver, replace(OPS, wait_s=0.3)), Board()
    gone, stays = alert("gone"), alert("stays")
    console.deliverer.tell([gone, stays], [ended(gone)], board.claim)
    (only,) = console.delivered()
    assert only.alerts == (stays.id,)
    assert board.taken == {(stays.id, "ops")}


def test_severity_filter_and_switch_choose_the_channel(receiver: Receiver, desk: Make) -> None:
    vision = Server("gpu-1", "10.0.0.1", labels={"team": "vision"})
    channels = [
        replace(OPS, name="all", severity=AlertSeverity.INFO),
        replace(OPS, name="grave", severity=AlertSeverity.CRITICAL),
        replace(OPS, name="vision", servers="label.team=vision"),
        replace(OPS, name="off", enabled=False),
    ]
    console = desk(receiver, *channels, servers=[vision, Server("gpu-2", "10.0.0.2")])
    board = Board()
    alerts = [
        alert("w1", severity=AlertSeverity.WARNING), alert("c2", "gpu-2"), alert("c3", "", label=""),
        alert("muted", muted="silence-1"), alert("i1", severity=AlertSeverity.INFO),
    ]  # fmt: skip
    console.deliverer.tell(alerts, [], board.claim)
    console.delivered(6)
    rules = {each.id: each.rule for each in alerts}
    told = {(each.channel, rules[ident]) for each in console.deliverer.deliveries() for ident in each.alerts}
    assert told == {
        ("all", "w1"), ("all", "c2"), ("all", "c3"), ("all", "i1"), ("grave", "c2"), ("grave", "c3"),
        ("vision", "w1"),
    }  # fmt: skip


def test_two_consoles_make_one_notification(receiver: Receiver, desk: Make) -> None:
    board = Board()
    one, two = desk(receiver, folder="one"), desk(receiver, folder="two")
    fired = [alert(f"r{number}", f"gpu-{number}") for number in range(8)]
    for console in (one, two):
        console.deliverer.tell(fired, [], board.claim)
    receiver.wait_for(8)
    for console in (one, two):
        until(
            lambda console=console: all(each.delivered for each in console.deliverer.deliveries()), "an end"
        )
    told = [
        ident for console in (one, two) for each in console.deliverer.deliveries() for ident in each.alerts
    ]
    assert sorted(told) == sorted(each.id for each in fired)
    assert len(receiver.got) == 8


def test_an_error_and_then_success(receiver: Receiver, desk: Make) -> None:
    receiver.replies = [Reply(500, "rollup_error"), Reply(500, "rollup_error")]
    console, board = desk(receiver), Board()
    console.deliverer.tell([alert()], [], board.claim)
    (done,) = console.delivered()
    assert (done.attempts, done.problem) == (3, "")
    until(lambda: len(console.notices) == 2, "both notices")
    bad, good = console.notices
    assert bad.level is Level.WARNING
    assert bad.text == "An alert was not delivered through 'ops': HTTP 500: rollup_error."
    assert (good.level, good.text) == (Level.INFO, "Alerts go out through 'ops' again.")
    assert bad.key == good.key


def test_too_many_requests_are_waited_for(receiver: Receiver, desk: Make) -> None:
    receiver.replies = [Reply(429, "", {"Retry-After": "1"})]
    console = desk(receiver)
    console.deliverer.tell([alert()], [], Board().claim)
    receiver.wait_for(1)
    begun = time.monotonic()
    (done,) = console.delivered()
    assert done.attempts == 2
    assert time.monotonic() - begun > 0.9, "it asked for a second"


def test_a_refusal_behind_http_200_is_tried_again(receiver: Receiver, desk: Make) -> None:
    receiver.replies = [Reply(200, '{"code":11232,"msg":"frequency limited"}')]
    console = desk(receiver, replace(OPS, kind="feishu"))
    console.deliverer.tell([alert()], [], Board().claim)
    failed = console.failed()
    assert failed.problem == "code 11232: frequency limited"
    assert failed.delivered is None


def test_a_channel_that_hangs_holds_up_no_other_and_not_who_tells(desk: Make) -> None:
    board = Board()
    with Receiver(usual=Reply(hang=True)) as slow, Receiver() as other:
        console = desk(slow, replace(OPS, name="slow", wait_s=0.0))
        console.deliverer.tell([alert()], [], board.claim)
        slow.wait_for(1)
        console.book.save(replace(OPS, name="quick"), {"url": f"{other.origin}/h"})
        for number in range(200):
            console.deliverer.tell([alert(f"r{number}", "gpu-7")], [], board.claim)
        assert len(slow.got) == 1, "telling did not wait"
        (done,) = console.delivered()
        assert done.channel == "quick"
        (hanging,) = [each for each in console.deliverer.deliveries() if each.attempts and not each.delivered]
        assert (hanging.channel, hanging.problem) == ("slow", "")


def test_a_receiver_that_is_gone_for_a_while(desk: Make) -> None:
    with Receiver() as gone:
        port = gone.port
        console = desk(gone, pace=replace(FAST, first_s=60, most_s=60))
    board, one, two = Board(), alert("one"), alert("two")
    console.deliverer.tell([one], [], board.claim)
    assert console.failed().problem == f"127.0.0.1:{port}: the connection was refused"
    # What happens meanwhile joins it, what is over by then is told as over, what is critical ends the pause.
    with Receiver(port=port) as back:
        console.deliverer.tell([two], [ended(one)], board.claim)
        (done,) = console.delivered()
        (got,) = back.got
        assert got.json["text"] == "[CRITICAL] 2 alerts on gpu-1"
        text = str(got.json)
        assert "RESOLVED: one" in text
        assert "CRITICAL: two" in text
        assert set(done.alerts) == {one.id, two.id}


def test_what_fails_while_its_alert_ends_is_not_told_as_firing_afterwards(
    receiver: Receiver, desk: Make
) -> None:
    receiver.replies = [Reply(hang=True)]
    console, board = desk(receiver, pace=replace(FAST, timeout_s=2)), Board()
    one = alert()
    console.deliverer.tell([one], [], board.claim)
    receiver.wait_for(1)
    console.deliverer.tell([], [ended(one)], board.claim)
    receiver.wait_for(2)
    console.delivered()
    assert headline(receiver, 1) == "[RESOLVED] gpu.ecc on gpu-1 gpu-3"
    assert len(receiver.got) == 2


def test_it_is_given_up_after_its_time_and_said_so(receiver: Receiver, desk: Make) -> None:
    receiver.usual = Reply(404, "no_service")
    console = desk(receiver, pace=replace(FAST, most_s=0.05, give_up_s=0.3))
    console.deliverer.tell([alert()], [], Board().claim)
    until(lambda: any(each.given_up for each in console.deliverer.deliveries()), "giving up")
    (left,) = console.deliverer.deliveries()
    assert left.delivered is None
    assert left.problem == "HTTP 404: no_service"
    assert left.attempts > 1
    until(lambda: console.notices[-1].level is Level.CRITICAL, "the notice")
    assert "was not delivered through 'ops' for 0 h: HTTP 404: no_service" in console.notices[-1].text


def test_a_console_that_is_closed_in_between_leaves_the_rest_to_the_next(desk: Make) -> None:
    with Receiver() as gone:
        first = desk(gone)
    board, one = Board(), alert()
    first.deliverer.tell([one], [], board.claim)
    first.failed()
    first.deliverer.close()
    # The board lets the next judge take over the claims of one that is gone and was not done.
    board.taken.clear()
    with Receiver(port=gone.port) as back:
        second = desk(back, folder="second")
        second.deliverer.tell([one], [], board.claim)
        (done,) = second.delivered()
        assert done.alerts == (one.id,)
        assert len(back.got) == 1


def test_what_nobody_acknowledges_is_told_again(receiver: Receiver, desk: Make) -> None:
    clock = Moved()
    console, board = desk(receiver, replace(OPS, repeat_s=300.0), clock=clock), Board()
    fired = clock.now() - timedelta(seconds=700)
    nags, known = alert("nags", fired=fired), alert("known", fired=fired, acknowledged_by="bob@desk")
    looks: list[int] = []

    def standing() -> list[Alert]:
        looks.append(1)
        return [nags, known]

    console.deliverer.watch(standing)
    until(lambda: len(looks) > 2, "a look")
    assert receiver.got == [], "a judge that begins waits for the next turn"
    clock.ahead = timedelta(seconds=300)
    (done,) = console.delivered()
    assert done.alerts == (nags.id,)
    assert headline(receiver) == "[CRITICAL] still nags on gpu-1 gpu-3"
    seen = len(looks)
    until(lambda: len(looks) > seen + 2, "further looks")
    assert len(receiver.got) == 1
    assert board.taken == set()


def test_a_board_that_cannot_be_written_delays_and_loses_nothing(receiver: Receiver, desk: Make) -> None:
    console, board = desk(receiver), Board()
    board.fails = True
    console.deliverer.tell([alert()], [], board.claim)
    assert "disk full" in console.failed(0).problem
    assert receiver.got == []
    board.fails = False
    console.delivered()


def test_a_broken_file_is_said_and_the_channels_before_stay(receiver: Receiver, desk: Make) -> None:
    console, board = desk(receiver), Board()
    console.deliverer.tell([alert("a")], [], board.claim)
    console.delivered()
    before = console.book.path.read_text()
    console.book.path.write_text(before + "\n[[channel]]\nname = 7\n")
    console.deliverer.tell([alert("b")], [], board.claim)
    console.delivered(2)
    assert [each.key for each in console.notices] == ["channels"]
    assert "line 14, 'kind'" in console.notices[0].text


def test_alerts_wait_for_a_file_that_cannot_be_read_from_the_start(receiver: Receiver, desk: Make) -> None:
    console, board = desk(receiver), Board()
    good = console.book.path.read_text()
    console.book.path.write_text("[[channel")
    console.deliverer.tell([alert()], [], board.claim)
    until(lambda: bool(console.notices), "the notice")
    console.book.path.write_text(good)
    console.deliverer.tell([], [], board.claim)
    console.delivered()


def test_a_removed_channel_sends_nothing_more(receiver: Receiver, desk: Make) -> None:
    receiver.usual = Reply(500)
    console, board = desk(receiver), Board()
    console.deliverer.tell([alert()], [], board.claim)
    console.failed()
    console.book.remove("ops")
    console.deliverer.tell([], [], board.claim)
    until(lambda: all(each.given_up for each in console.deliverer.deliveries()), "the end")
    assert console.deliverer.deliveries()[0].problem == "the channel was removed or switched off"


def test_a_missing_secret_is_said_and_tried_again_once_it_is_there(receiver: Receiver, desk: Make) -> None:
    console, board = desk(receiver), Board()
    console.book.save(OPS, {"url": ""})
    console.deliverer.tell([alert()], [], board.claim)
    assert console.failed().problem == "The channel 'ops' lacks its secret 'url'"
    console.book.save(OPS, {"url": f"{receiver.origin}/h"})
    console.delivered()


def test_a_test_tells_the_answer_or_the_reason(receiver: Receiver, desk: Make) -> None:
    console = desk(receiver)
    assert console.sender.test("ops") == "ok"
    receiver.usual = Reply(403, f"action_prohibited for /ops/{TOKEN}")
    with pytest.raises(Problem) as caught:
        console.sender.test("ops")
    assert caught.value.sentence == (
        "The channel 'ops' did not take the message: HTTP 403: action_prohibited for •••."
    )
    with pytest.raises(Problem, match="There is no channel 'nope'"):
        console.sender.test("nope")


def test_a_message_is_the_same_one_at_every_attempt(receiver: Receiver, desk: Make) -> None:
    receiver.replies = [Reply(503), Reply(503)]
    console = desk(receiver, replace(OPS, kind="json"))
    console.deliverer.tell([alert()], [], Board().claim)
    (done,) = console.delivered()
    assert {each.headers["idempotency-key"] for each in receiver.got} == {done.id}
    assert {each.json["id"] for each in receiver.got} == {done.id}
    assert len(receiver.got) == 3


def test_a_notifier_that_breaks_is_told_without_its_words(tmp_path: Path) -> None:
    def broken(message: Message, settings: Mapping[str, str], timeout_s: float) -> str:
        raise KeyError(settings["url"])

    kind = NotifierKind("pager", "Pager", (NotifierField("url", "Address", secret=True),), broken)
    book = ChannelBook(tmp_path / "n.toml", [kind], MemorySecrets(), {})
    book.save(Channel("ops", "pager", wait_s=0.0), {"url": TOKEN})
    console = Desk(book)
    try:
        console.deliverer.tell([alert()], [], Board().claim)
        assert console.failed(2).problem == "the notifier failed (KeyError)"
    finally:
        console.deliverer.close()


def test_no_secret_is_said_logged_or_shown(
    receiver: Receiver, desk: Make, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Even where the other side repeats it."""
    caplog.set_level(logging.DEBUG)
    receiver.replies = [
        Reply(500, f"no {receiver.origin}/ops/{TOKEN}"),
        Reply(400, f"{TOKEN} is unknown"),
        Reply(302, "", {"Location": f"https://x/{TOKEN}"}),
        Reply(200, f"<html>{TOKEN}"),
    ]
    console = desk(receiver)
    console.deliverer.tell([alert()], [], Board().claim)
    shown: list[str] = []
    until(lambda: bool(shown.extend(map(str, console.deliverer.deliveries())) or console.delivered()), "it")
    assert len(receiver.got) == 5
    out, err = capfd.readouterr()
    for text in [caplog.text, out, err, *shown, *map(str, console.notices), console.book.path.read_text()]:
        assert TOKEN not in text
    assert "attempt 4" in caplog.text
