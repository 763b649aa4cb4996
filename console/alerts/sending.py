"""One attempt: its channel's secrets are looked up, the notifier is called, its answer cleared of them."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from console.alerts.channel import Channel
from console.alerts.channels import ChannelBook
from console.alerts.grouping import Pace
from console.alerts.wording import hide, trial_message
from console.core.clock import Clock
from console.core.ids import new_id
from console.core.problems import Problem
from console.plugin.api import Message, NotSent

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt; no secret stands in it."""

    parcel: str
    answer: str = ""
    reason: str = ""
    retry_after_s: float | None = None
    lasting: bool = False


class Sender:
    """Any thread may call; it keeps nothing.

    Attributes:
        account: who sends, "user@machine".
        pace: how long an attempt may take, and what lies between two.
    """

    def __init__(self, book: ChannelBook, clock: Clock, account: str, pace: Pace | None = None) -> None:
        self._book = book
        self._clock = clock
        self.account = account
        self.pace = pace or Pace()

    def test(self, name: str) -> str:
        """Send a test message now and wait for what the other side says, up to the time of one attempt.

        Raises:
            Problem: `channel.not_sent`, `channel.secret_missing`, and those of ChannelBook.channel.
        """
        channel = self._book.channel(name)
        message = trial_message(new_id(), self.account, self._clock.now())
        outcome = self.send(channel, message)
        if outcome.reason:
            raise Problem("channel.not_sent", channel=name, reason=outcome.reason)
        return outcome.answer

    def send(self, channel: Channel, message: Message) -> Outcome:
        """One attempt; waits for it.

        Raises:
            Problem: `channel.secret_missing`, `input.invalid` where the kind is gone.
        """
        settings, secrets = self._book.settings_for(channel)
        kind = self._book.kind(channel.kind)
        try:
            answer = kind.send(message, settings, self.pace.timeout_s)
        except NotSent as error:
            reason = hide(error.reason, secrets) or "no reason was given"
            return Outcome(message.id, "", reason, error.retry_after_s, error.lasting)
        except Exception as error:  # noqa: BLE001 - foreign code; its text may hold what it was given
            _log.info("the notifier %s raised %s", channel.kind, type(error).__name__)
            return Outcome(message.id, "", f"the notifier failed ({type(error).__name__})", lasting=True)
        return Outcome(message.id, hide(str(answer), secrets))
