"""Consoles and an alertd over one home: one judges, windows make way for alertd, rules changed together."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console import app
from console.alerts.rule import Rule, Scope
from console.context import Context
from console.core.home import Home
from console.core.problems import Problem
from tests.lab.alertd import RULES, Alertd, wait_for
from tests.lab.sshd import LabServer

MINE = Rule(
    "many-servers",
    "Many servers",
    "servers>1000",
    scope=Scope.FLEET,
    summary="There are {value} servers.",
    remedy="Be proud.",
)


@contextmanager
def console(home: Path) -> Iterator[Context]:
    context = app.build(Home(home))
    try:
        context.options.set("alerts.every_s", 1.0)
        context.alerts.start()
        yield context
    finally:
        app.close(context)


def rule_names(context: Context) -> set[str]:
    return {each.name for each in context.alerts.rules()}


def test_of_two_windows_one_judges_and_the_other_takes_over(tmp_path: Path) -> None:
    with console(tmp_path) as one:
        wait_for(lambda: one.alerts.judged().last)
        with console(tmp_path) as two:
            wait_for(lambda: two.alerts.judged().by)
            assert two.alerts.judged().by == one.alerts.judged().by == f"{one.account} (window)"
            one.alerts.close()
            last = one.clock.now()
            wait_for(lambda: (two.alerts.judged().last or last) > last and two.alerts.judged().by)
            assert two.alerts.judged().gaps == ()


def test_rules_are_changed_by_who_saw_them_last_and_one_that_is_broken_stops_nothing(tmp_path: Path) -> None:
    with console(tmp_path) as one, console(tmp_path) as two:
        wait_for(lambda: one.alerts.rules() and two.alerts.rules())
        one.alerts.save_rule(MINE)
        assert MINE in one.alerts.rules()
        wait_for(lambda: MINE in two.alerts.rules())
        assert one.alerts.own_rules() == ("many-servers",)
        with pytest.raises(Problem) as caught:
            two.alerts.remove_rule("gpu-lost")
        assert caught.value.code == "alerts.default_rule"
        with pytest.raises(Problem) as caught:
            two.alerts.silence("many-servrs", "", "", 60, "")
        assert caught.value.code == "id.unknown"
        file = tmp_path / "alerts" / "alerts.toml"
        file.write_text("# mine\n" + file.read_text("utf-8") + "\n[rules.x]\ncondition = 5\n", "utf-8")
        problem = wait_for(one.alerts.problem)
        assert problem.code == "alerts.rule_invalid"
        before = one.alerts.judged().last
        wait_for(lambda: one.alerts.judged().last != before)
        assert MINE in one.alerts.rules(), "what was in force stays in force"
        file.write_text(file.read_text("utf-8").partition("\n[rules.x]")[0], "utf-8")
        wait_for(lambda: one.alerts.problem() is None and two.alerts.problem() is None)
        two.alerts.remove_rule("many-servers")
        assert file.read_text("utf-8").strip() == "# mine"
        wait_for(lambda: "many-servers" not in rule_names(one))


def test_a_window_makes_way_for_alertd_and_comes_back(
    tmp_path: Path, lab_server: LabServer, make_lab_server: Callable[..., LabServer]
) -> None:
    node = make_lab_server(name="node")
    with Alertd(tmp_path / "site", lab_server) as alertd:
        alertd.tandem.add(node)
        with console(alertd.tandem.home) as window:
            window.fleet.watch()
            first = wait_for(window.alerts.alerts)[0]
            assert "(window)" in window.alerts.judged().by
            alertd.start()
            wait_for(lambda: "(alertd)" in window.alerts.judged().by)
            assert [each.id for each in wait_for(window.alerts.alerts)] == [first.id]
            alertd.end(signal.SIGKILL)
            wait_for(lambda: "(window)" in window.alerts.judged().by)
            assert [each.id for each in window.alerts.alerts()] == [first.id]


def test_the_command_line_reads_without_a_thread(tmp_path: Path) -> None:
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts" / "alerts.toml").write_text(RULES, "utf-8")
    context = app.build(Home(tmp_path))
    try:
        assert "answers" in rule_names(context)
        assert context.alerts.judged().last is None
        made = context.alerts.silence("answers", "", "", 60.0, "quiet")
        assert context.alerts.silences() == (made,)
        assert context.alerts.end_silence(made.id[:15]).ended_by == context.account
    finally:
        app.close(context)


def test_a_unit_is_written_and_nothing_is_started(tmp_path: Path, lab_server: LabServer) -> None:
    with Alertd(tmp_path / "a b%c", lab_server) as alertd:
        environment = alertd.tandem.environment
        environment.pop("XDG_CONFIG_HOME", None)
        bin_folder = tmp_path / "bin"
        bin_folder.mkdir()
        (bin_folder / "systemctl").write_text("#!/bin/sh\nexit 1\n", "ascii")
        (bin_folder / "systemctl").chmod(0o755)
        environment["PATH"] = f"{bin_folder}:{environment['PATH']}"
        found = alertd.tandem.ok("alertd", "--install", "--json").json
        unit = Path(found["unit"])
        assert unit == lab_server.home / ".config/systemd/user/tandem-alertd.service"
        text = unit.read_text("utf-8")
        assert f'--home "{str(alertd.tandem.home).replace("%", "%%")}" alertd\n' in text
        assert found["enable"][-1] == unit.name
        assert found["linger"][:2] == ["loginctl", "enable-linger"]
        environment["PATH"] = "/nowhere"
        ran = alertd.tandem.run("alertd", "--install")
        assert (ran.code, "no systemd" in ran.err) == (1, True)
