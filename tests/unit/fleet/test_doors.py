"""Who tries a shared login first, and what the others learn of it. Nothing connects here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from console.core.problems import Problem
from console.fleet.doors import Doors, Turn
from console.ssh.target import Target

BASTION = Target("bastion", "bastion.example", user="me")


def behind(number: int) -> Target:
    return Target(f"gpu-{number}", f"10.0.0.{number}", user="me", jump=(BASTION,))


def refused(name: str) -> Problem:
    return Problem("ssh.auth_failed", server=name, user="me", tried="a key", accepted="publickey")


def entered(doors: Doors, target: Target, insisted_s: float | None = None) -> Turn:
    turn = doors.enter(target, insisted_s)
    assert turn is not None
    return turn


def fails(turn: Turn, problem: Exception) -> None:
    with pytest.raises(type(problem)), turn:
        raise problem


def test_r22_one_tries_while_the_others_wait_and_all_learn_of_a_refusal() -> None:
    doors, met = Doors(), []
    first = entered(doors, behind(1))
    assert doors.enter(behind(2), None) is None

    def follow() -> None:
        with pytest.raises(Problem) as caught:
            doors.wait(behind(2), lambda: False)
        met.append(caught.value.sentence)

    follower = threading.Thread(target=follow)
    follower.start()
    fails(first, refused("bastion"))
    follower.join(5)
    assert met == ["bastion: me was not let in; tried a key; the server accepts publickey."]
    with pytest.raises(Problem, match="bastion: me was not let in"):
        doors.enter(behind(3), None)


def test_r22_a_person_who_insists_is_one_attempt_again() -> None:
    doors = Doors()
    fails(entered(doors, behind(1)), refused("bastion"))
    insisted_s = time.monotonic()
    again = entered(doors, behind(1), insisted_s)
    assert doors.enter(behind(2), insisted_s) is None
    fails(again, refused("bastion"))
    with pytest.raises(Problem):  # said before it was refused once more
        doors.enter(behind(2), insisted_s)


def test_once_let_in_all_go_side_by_side_and_a_dead_server_behind_holds_up_nobody() -> None:
    doors = Doors()
    first = entered(doors, behind(1))
    with first:
        first.passed()  # the bastion; the server behind it hangs on
        second = entered(doors, behind(2))
        assert doors.enter(behind(1), None) is None, "two entries of one server take turns"
        with second:
            second.passed()
            second.passed()
        third = entered(doors, behind(2))
        fails(third, Problem("ssh.lost", server="gpu-2", reason="x"))
        first.passed()


def test_a_refusal_behind_a_bastion_is_that_servers_alone() -> None:
    doors = Doors()
    turn = entered(doors, behind(1))
    turn.passed()
    fails(turn, refused("gpu-1"))
    entered(doors, behind(2))
    with pytest.raises(Problem, match="gpu-1: me was not let in"):
        doors.enter(behind(1), None)


def test_other_keys_are_another_door() -> None:
    doors = Doors()
    fails(entered(doors, BASTION), refused("bastion"))
    entered(doors, Target("bastion", "bastion.example", user="me", identities_only=True))


def test_whoever_is_turned_away_for_a_while_keeps_the_others_away_too() -> None:
    doors = Doors()
    limited = Problem("ssh.limited", server="bastion", host="h", port=22, limit="full")
    fails(entered(doors, behind(1)), limited)
    with pytest.raises(Problem, match="full"):
        doors.enter(behind(2), time.monotonic())


@pytest.mark.parametrize(
    "error", [KeyError("a bug"), Problem("ssh.unresolved", server="x", host="h", reason="r")]
)
def test_a_door_is_let_go_whatever_happens(error: Exception) -> None:
    doors = Doors()
    fails(entered(doors, behind(1)), error)
    entered(doors, behind(2))


def test_waiting_can_be_given_up() -> None:
    doors = Doors()
    entered(doors, behind(1))
    given_up: list[Callable[[], bool]] = []
    thread = threading.Thread(target=lambda: doors.wait(behind(2), lambda: bool(given_up)))
    thread.start()
    given_up.append(lambda: True)
    doors.wake()
    thread.join(5)
    assert not thread.is_alive()
