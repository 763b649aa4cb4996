"""Two consoles and a real alertd over one lab fleet: one notification, silences and who judges shared."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from console import app
from console.alerts.alert import Alert, AlertState
from console.alerts.board import Board
from console.alerts.remote_board import RemoteFiles
from console.context import Context
from console.core.home import Home
from console.core.problems import Problem
from console.fleet.server import Server
from tests.lab.alertd import Alertd, Pages, wait_for
from tests.lab.sshd import LabServer


class Site:
    """A host with an alertd, a server that it watches, and consoles that look at its board."""

    def __init__(self, folder: Path, hub: LabServer, node: LabServer, stack: ExitStack) -> None:
        self.folder, self.hub, self.node = folder, hub, node
        self.pages = stack.enter_context(Pages())
        self.alertd = stack.enter_context(Alertd(folder / "judge", hub, url=self.pages.url))
        self.alertd.tandem.add(node)
        self._stack = stack
        self.heard: dict[str, list[Alert]] = {}

    def console(self, name: str) -> Context:
        """Another console, with a home of its own, that looks at the hub's board."""
        context = app.build(Home(self.folder / name))
        self._stack.callback(app.close, context)
        hub = self.hub
        context.servers.add(
            Server(hub.name, hub.host, port=hub.port, user=hub.user, identity=str(hub.client_key))
        )
        context.fleet.trust(hub.name, context.fleet.scan_key(hub.name))
        context.options.set("alerts.judge", hub.name)
        context.options.set("alerts.every_s", 1.0)
        heard = self.heard[name] = []
        context.alerts.listen(heard.extend)
        context.alerts.start()
        return context


@pytest.fixture
def site(tmp_path: Path, make_lab_server: Callable[..., LabServer]) -> Iterator[Site]:
    hub, node = make_lab_server(name="hub"), make_lab_server(name="node")
    with ExitStack() as stack:
        yield Site(tmp_path, hub, node, stack)


def firing(context: Context) -> list[Alert]:
    return [each for each in context.alerts.alerts() if each.state is AlertState.FIRING]


def test_one_notification_and_everything_shared(site: Site) -> None:
    site.alertd.start()
    one, two = site.console("one"), site.console("two")
    first = wait_for(lambda: firing(one))[0]
    assert first.rule == "answers"
    assert first.target.server == "node"
    assert wait_for(lambda: firing(two))[0].id == first.id
    assert "(alertd)" in one.alerts.judged().by
    assert "(alertd)" in two.alerts.judged().by
    wait_for(lambda: site.pages.came)
    # Delivered is seen in both, once.
    for each in (one, two):
        done = wait_for(lambda each=each: [d for d in each.alerts.deliveries() if d.delivered is not None])
        assert [d.alerts for d in done] == [(first.id,)]
    assert len(site.pages.came) == 1
    assert any(rule.name == "answers" for rule in two.alerts.rules())

    silence = one.alerts.silence("answers", "node", "", 3600, "moving a rack")
    wait_for(lambda: any(each.id == silence.id for each in two.alerts.silences()))
    wait_for(lambda: [each for each in firing(two) if each.muted])
    over = two.alerts.end_silence(silence.id)
    assert over.ended_by == two.account
    wait_for(lambda: any(each.id == silence.id and each.ended_by for each in one.alerts.silences()))
    with pytest.raises(Problem) as caught:
        one.alerts.end_silence(silence.id)
    assert caught.value.code == "alerts.silence_over"

    one.alerts.acknowledge(first.id)
    assert wait_for(lambda: [each for each in firing(two) if each.acknowledged_by])[0].acknowledged
    assert two.alerts.assign(first.id[:14], "ann@desk").owner == "ann@desk"
    wait_for(lambda: [each for each in firing(one) if each.owner == "ann@desk"])
    assert len(site.pages.came) == 1
    code, _, err = site.alertd.end(signal.SIGTERM)
    assert (code, "Traceback" in err) == (0, False), err


def test_alertd_killed_both_say_since_when_and_a_new_one_fires_nothing_anew(site: Site) -> None:
    site.alertd.start()
    one, two = site.console("one"), site.console("two")
    first = wait_for(lambda: firing(one))[0]
    wait_for(lambda: firing(two))
    wait_for(lambda: [d for d in one.alerts.deliveries() if d.delivered is not None])
    site.alertd.end(signal.SIGKILL)
    for each in (one, two):
        judged = wait_for(lambda each=each: None if each.alerts.judged().by else each.alerts.judged())
        assert judged.last is not None
        assert judged.gaps[0].since == judged.last
        assert judged.gaps[0].until is None
        assert one.clock.now() - judged.last < timedelta(seconds=30)
        assert firing(each), "what was last known stays"
    for heard in site.heard.values():
        heard.clear()
    site.alertd.start()
    for each in (one, two):
        wait_for(lambda each=each: each.alerts.judged().by)
    last = one.alerts.judged().last
    wait_for(lambda: (one.alerts.judged().last or last) > last + timedelta(seconds=4))
    assert [each.id for each in firing(one) if each.rule == "answers"] == [first.id]
    assert len(site.pages.came) == 1
    assert [each.id for each in site.heard["one"]] == [each.id for each in site.heard["two"]] == []
    # What ends is heard by both, once, and is in the history.
    site.node.stop()
    wait_for(lambda: [each for each in site.heard["one"] if each.resolved])
    wait_for(lambda: [each for each in site.heard["two"] if each.resolved])
    now = two.clock.now()
    found = two.alerts.history(now - timedelta(hours=1), now, rule="answers")
    assert [each.id for each in found] == [first.id]
    assert found[0].resolved is not None


def test_r46_of_two_who_assign_or_acknowledge_one_wins_and_the_other_is_told_who(site: Site) -> None:
    site.alertd.start()
    one, two = site.console("one"), site.console("two")
    alert = wait_for(lambda: firing(one))[0]
    bob = Board(RemoteFiles(two.fleet, "hub"), two.clock, "bob@desk")
    bob.read()
    one.alerts.assign(alert.id, "ann@desk")
    one.alerts.acknowledge(alert.id)
    # Bob has not looked again: his view says that nobody has it and nobody knows.
    with pytest.raises(Problem) as caught:
        bob.assign(alert, "bob@desk")
    assert caught.value.code == "alerts.assigned"
    assert "ann@desk" in caught.value.sentence
    with pytest.raises(Problem) as caught:
        bob.acknowledge(alert)
    assert caught.value.code == "alerts.acknowledged"
    assert one.account in caught.value.sentence
    # The same said twice by one person is no conflict.
    assert one.alerts.acknowledge(alert.id).acknowledged_by == one.account
    kept = {(row.action, row.outcome.value) for row in one.audit.entries(None, None, 100)}
    assert {("alert.assign", "done"), ("alert.acknowledge", "done")} <= kept
    assert site.alertd.end(signal.SIGTERM)[0] == 0


def test_a_second_alertd_is_refused_and_a_board_that_is_not_there_is_said(site: Site) -> None:
    context = site.console("one")
    problem = wait_for(context.alerts.problem)
    assert problem.code == "alerts.no_board"
    assert context.alerts.judged().by == ""
    assert context.alerts.judged().gaps == ()
    site.alertd.start()
    ran = site.alertd.tandem.run("alertd")
    assert ran.code == 1
    assert "Another alertd" in ran.err
    wait_for(lambda: context.alerts.problem() is None and context.alerts.judged().by)
    assert site.alertd.end(signal.SIGTERM)[0] == 0
    wait_for(lambda: not context.alerts.judged().by)
