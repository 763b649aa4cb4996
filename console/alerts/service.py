"""The alerts as faces and scripts see them: what stands, what was, rules, silences, who judges.

No Qt; who looks at the board and judges is watching's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from console.alerts.alert import Alert, Delivery, Judged, Silence
from console.alerts.recent import Expected
from console.alerts.rule import Rule
from console.alerts.rule_book import RuleBook
from console.alerts.telling import Deliverer
from console.alerts.watching import ALERTD, WINDOW, Listener, Watching
from console.core.audit import AuditEntry, AuditSink, Outcome
from console.core.clock import Clock
from console.core.ids import resolve_prefix
from console.core.options import Options
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.telemetry.snapshot import FleetSnapshot

__all__ = ["ALERTD", "WINDOW", "AlertService", "Listener"]

T = TypeVar("T")

_MAX_SILENCE_S = 365 * 86400.0


class AlertService:
    """Alerts of one console. Any thread may call; what waits says so.

    Args:
        folder: the board of this home.
        look: the fleet as it is now.
        expected: accelerators that servers are known to have.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        options: Options,
        account: str,
        gate: ServerGate,
        look: Callable[[], FleetSnapshot],
        audit: AuditSink,
        deliverer: Deliverer,
        book: RuleBook,
        expected: Callable[[], Expected],
    ) -> None:
        self._audit = audit
        self._deliverer = deliverer
        self._book = book
        self._watching = Watching(folder, clock, options, account, gate, look, deliverer, book, expected)
        self._account = account

    # --- life

    def start(self, role: str = WINDOW) -> None:
        """Look at the board from now on, and judge where nobody else does. Comes back at once.

        Args:
            role: ALERTD for the process that does nothing else; windows of the same home make way for it.

        Raises:
            Problem: for an alertd only: `alerts.second_judge`, `alerts.judged_elsewhere`, `file.unwritable`.
        """
        self._watching.start(role)

    def close(self) -> None:
        """End the thread, the notifiers and the judge's seat; what was begun is on the board."""
        self._watching.close()

    # --- what stands; none of these waits once the service runs

    def alerts(self) -> tuple[Alert, ...]:
        """Pending, firing and without data, as last judged."""
        return self._watching.looked().alerts

    def rules(self) -> tuple[Rule, ...]:
        """The rules in force, and those that are switched off."""
        return self._watching.looked().rules

    def own_rules(self) -> tuple[str, ...]:
        """Names of the rules that are the person's own or change a default.

        Raises:
            Problem: their file cannot be read as rules.
        """
        return self._book.own(self._watching.looked().view.own_rules)

    def silences(self) -> tuple[Silence, ...]:
        """Those that hold now and those of the last thirty days, newest first."""
        return self._watching.looked().view.silences

    def judged(self) -> Judged:
        """Who judges; where `problem` says why the board cannot be reached, what was last known."""
        return self._watching.looked().judged

    def deliveries(self) -> tuple[Delivery, ...]:
        """Notifications on their way and of late, newest first: this process's and other judges'."""
        own = self._deliverer.deliveries()
        mine = {each.id for each in own}
        found = [*own, *(each for each in self._watching.looked().view.deliveries if each.id not in mine)]
        return tuple(sorted(found, key=lambda each: each.begun, reverse=True))

    def problem(self) -> Problem | None:
        """Why the board or the rules cannot be read or written just now; None where all is well."""
        return self._watching.state.problem

    def faults(self) -> tuple[str, ...]:
        """Files on the board that could not be read, each with its reason."""
        return self._watching.looked().view.faults

    def judge_name(self) -> str:
        """The server whose board is looked at; empty for the one of this home."""
        return self._watching.judge_name()

    def listen(self, listener: Listener) -> None:
        """Be told of what fired or ended since; called on the service's thread, must only enqueue."""
        self._watching.listen(listener)

    # --- what waits

    def refresh(self) -> None:
        """Look at the board now. Waits.

        Raises:
            Problem: it cannot be read or reached.
        """
        self._watching.refresh()

    def history(
        self,
        since: datetime,
        until: datetime,
        *,
        server: str = "",
        rule: str = "",
        limit: int = 500,
    ) -> tuple[Alert, ...]:
        """What fired in a span, over or not, newest first. Waits.

        Raises:
            Problem: the board cannot be read or reached.
        """
        standing = [each for each in self._watching.looked().alerts if each.fired is not None]
        known = {each.id for each in standing}
        found = [*standing, *(each for each in self._watching.board().ended() if each.id not in known)]
        fitting = [
            each
            for each in found
            if each.fired is not None
            and each.fired <= until
            and (each.resolved is None or each.resolved >= since)
            and server in ("", each.target.server)
            and rule in ("", each.rule)
        ]
        fitting.sort(key=lambda each: each.fired or each.since, reverse=True)
        return tuple(fitting[:limit])

    def silence(self, rule: str, server: str, accelerator: str, for_s: float, reason: str) -> Silence:
        """No notifications for what matches, from now on for that long; an empty part matches all. Waits.

        Raises:
            Problem: `id.unknown` for a rule, `input.invalid`, the board's.
        """
        if rule and all(rule != each.name for each in self.rules()):
            raise Problem("id.unknown", kind="rule", given=rule, listing="alert rules")
        if not 0 < for_s <= _MAX_SILENCE_S:
            raise Problem(
                "input.invalid", what="The silence's time", reason="it is up to 365 days and not nothing"
            )
        detail: dict[str, object] = {"accelerator": accelerator, "for_s": for_s, "reason": reason}
        return self._change(
            AuditEntry("alert.silence", rule or "*", server, detail),
            lambda: self._watching.board().silence(rule, server, accelerator, for_s, reason),
        )

    def end_silence(self, ident: str) -> Silence:
        """End a silence before its time. Waits.

        Raises:
            Problem: `id.unknown`, `alerts.silence_over`, the board's.
        """
        found = resolve_prefix(
            ident, (each.id for each in self.silences()), kind="silence", listing="alert list"
        )
        return self._change(
            AuditEntry("alert.unsilence", found), lambda: self._watching.board().end_silence(found)
        )

    def acknowledge(self, alert_id: str) -> Alert:
        """Say that one knows of an alert. Waits.

        Raises:
            Problem: `id.unknown`, `alerts.acknowledged` with who was first, the board's.
        """
        alert = self._alert(alert_id)
        entry = AuditEntry("alert.acknowledge", alert.id, alert.target.server, {"rule": alert.rule})
        return self._change(entry, lambda: self._watching.board().acknowledge(alert))

    def assign(self, alert_id: str, owner: str) -> Alert:
        """Give an alert to somebody; empty for nobody. Waits.

        Raises:
            Problem: `id.unknown`, `alerts.assigned` with who has it now, the board's.
        """
        alert = self._alert(alert_id)
        entry = AuditEntry(
            "alert.assign", alert.id, alert.target.server, {"rule": alert.rule, "owner": owner}
        )
        return self._change(entry, lambda: self._watching.board().assign(alert, owner))

    def save_rule(self, rule: Rule) -> None:
        """Add a rule or change one; of a default's name it takes the default's place. Waits.

        Raises:
            Problem: the rule's, `alerts.rules_changed`, the board's.
        """
        own = self._watching.looked().view.own_rules
        text = self._book.with_rule(own, rule)
        entry = AuditEntry("alert.rule.save", rule.name)
        self._change(entry, lambda: self._watching.board().write_rules(text, own))

    def remove_rule(self, name: str) -> None:
        """Remove one of the person's own rules; a default of that name is in force again. Waits.

        Raises:
            Problem: `id.unknown`, `alerts.default_rule`, `alerts.rules_changed`, the board's.
        """
        own = self._watching.looked().view.own_rules
        text = self._book.without_rule(own, name)
        self._change(
            AuditEntry("alert.rule.remove", name), lambda: self._watching.board().write_rules(text, own)
        )

    def claim(self, key: str, channel: str) -> bool:
        """The right to one notification of this console's own, such as its desktop's. Waits.

        Raises:
            Problem: the board cannot be written.
        """
        return self._watching.board().claim(key, channel, self._account, delivers=False)

    # --- inside

    def _alert(self, given: str) -> Alert:
        known = {each.id: each for each in self.alerts()}
        return known[resolve_prefix(given, known, kind="alert", listing="alert list")]

    def _change(self, entry: AuditEntry, act: Callable[[], T]) -> T:
        """What changes something is audited before and after, and seen at once."""
        entry = replace(entry, changes=True)
        self._audit.record(replace(entry, outcome=Outcome.INTENT))
        try:
            done = act()
        except Problem as problem:
            detail = entry.detail | {"problem": problem.sentence}
            self._audit.record(replace(entry, detail=detail, outcome=Outcome.FAILED))
            # Who was first is on the board: the next look of this console shows it.
            self._watching.wake()
            raise
        self._audit.record(replace(entry, outcome=Outcome.DONE))
        self._watching.refresh()
        self._watching.wake()
        return done
