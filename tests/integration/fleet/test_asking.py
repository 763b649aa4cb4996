"""A link that needs the person: asked once, nobody else waits, states and views say so."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from console.core.notify import Notifier
from console.core.problems import Problem
from console.core.prompt import Asked, Prompt, Reply
from console.fleet.link_state import LinkState
from console.fleet.secrets import Secrets
from tests.integration.fleet.rig import Rig, until
from tests.lab.sshd import LabServer, make_key


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    return make_key(tmp_path / "id_locked", passphrase="open sesame")


@pytest.fixture
def mailbox() -> queue.SimpleQueue[Asked]:
    return queue.SimpleQueue()


@pytest.fixture
def asking_rig(make_rig: Callable[..., Rig], tmp_path: Path, mailbox: queue.SimpleQueue[Asked]) -> Rig:
    prompt = Prompt()
    prompt.listen(mailbox.put)
    auth = Secrets(prompt, Notifier(), tmp_path / "secrets.json").auth()
    return make_rig(auth=auth, ssh__parallel_connects=1, ssh__connect_timeout_s=2.0)


def test_servers_behind_one_locked_key_ask_once_and_hold_up_nobody(
    asking_rig: Rig,
    mailbox: queue.SimpleQueue[Asked],
    locked: Path,
    lab_fleet: Callable[[int], object],
) -> None:
    rig, servers = asking_rig, list(lab_fleet(3))  # type: ignore[call-overload]
    for server in servers[:2]:
        server.authorized_keys.write_text(Path(f"{locked}.pub").read_text())
        rig.add(server, identity=str(locked))
    rig.add(servers[2])
    got: list[object] = []
    caller = threading.Thread(target=lambda: got.append(rig.fleet.call("lab-1", "hello")))
    caller.start()
    asked = mailbox.get(timeout=10)
    rig.fleet.watch(["lab-2", "lab-3"])
    # One connect at a time is allowed, yet the server that asks nothing comes up meanwhile.
    until(lambda: rig.state("lab-3") is LinkState.UP, what="the third link")
    view = rig.fleet.link("lab-1")
    assert (view.state, view.asking) == (LinkState.AUTHENTICATING, True)
    threading.Event().wait(3.0)  # longer than the attempt and the caller would have had without a person
    assert not got
    asked.answer(Reply(("open sesame",)))
    caller.join(10)
    assert isinstance(got[0], dict)
    until(lambda: rig.state("lab-2") is LinkState.UP, what="the second link")
    assert mailbox.empty()
    states = rig.sink.states("lab-2")
    assert states[:2] == [LinkState.CONNECTING, LinkState.AUTHENTICATING]


def test_nobody_s_answer_is_a_refusal_that_waits(
    asking_rig: Rig, mailbox: queue.SimpleQueue[Asked], locked: Path, lab_server: LabServer
) -> None:
    name = asking_rig.add(lab_server, identity=str(locked))
    asking_rig.fleet.watch([name])
    mailbox.get(timeout=10).answer(None)
    until(lambda: asking_rig.state(name) is LinkState.REFUSED, what="the refusal")
    with pytest.raises(Problem) as caught:
        asking_rig.fleet.call(name, "hello")
    assert caught.value.code == "ssh.key_unreadable"
    assert mailbox.empty()


def test_a_question_goes_with_its_server(
    asking_rig: Rig, mailbox: queue.SimpleQueue[Asked], locked: Path, lab_server: LabServer
) -> None:
    name = asking_rig.add(lab_server, identity=str(locked))
    asking_rig.fleet.watch([name])
    asked = mailbox.get(timeout=10)
    assert asked.is_open
    asking_rig.book.remove(name)
    asking_rig.fleet.changed(name)
    until(lambda: not asked.is_open, what="the question's end")


def test_a_link_that_was_up_is_lost_and_comes_back(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    rig.fleet.watch([name])
    until(lambda: rig.state(name) is LinkState.UP)
    lab_server.stop_listening()
    until(lambda: LinkState.LOST in rig.sink.states(name), what="lost")
    until(lambda: LinkState.WAITING in rig.sink.states(name), what="waiting")
    lab_server.start()
    rig.fleet.retry(name)
    until(lambda: rig.state(name) is LinkState.UP, what="up again")
