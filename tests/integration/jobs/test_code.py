"""Code by hash on real sshd: only what is lacking travels, what ran can be seen, what is kept is safe."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.jobs.job import JobRequest, JobState
from tests.integration.jobs.conftest import Desk
from tests.lab.delay_proxy import DelayProxy
from tests.lab.sshd import LabServer


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder of code without git."""
    folder = tmp_path / "project"
    (folder / "lib").mkdir(parents=True)
    (folder / "train.py").write_text("import lib.x, os; print(lib.x.WORD); print(sorted(os.listdir('.')))")
    (folder / "lib/x.py").write_text("WORD = 'first'")
    (folder / "lib/big.bin").write_bytes(os.urandom(600_000))
    (folder / "run.sh").write_text("#!/bin/sh\necho ran\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "now").symlink_to("lib/x.py")
    return folder


class Counting(DelayProxy):
    """A way to the server that counts what the console sends."""

    def __init__(self, lab: LabServer) -> None:
        super().__init__(lab.port)
        self._lab_port = lab.port
        self.sent = 0

    def _deliver(self, sink: socket.socket, data: bytes) -> bool:
        try:
            if sink.getpeername()[1] == self._lab_port:
                self.sent += len(data)
        except OSError:  # the other side has just hung up
            return False
        return super()._deliver(sink, data)


def _log(desk: Desk, job_id: str) -> str:
    return b"".join(desk.jobs.follow(job_id)).decode()


def _kept(lab: LabServer) -> set[Path]:
    return {each for each in (lab.home / ".tandem/code").rglob("*") if each.is_file()}


def test_the_code_travels_and_a_second_run_sends_nothing(
    make_desk: Callable[..., Desk], project: Path, lab_server: LabServer
) -> None:
    with Counting(lab_server) as way:
        desk = make_desk()
        desk.add(lab_server, port=way.port)
        with desk.home.known_hosts.open("a", encoding="ascii") as file:
            file.write(lab_server.known_hosts_line.replace(f":{lab_server.port} ", f":{way.port} "))
        try:
            _second_run(desk, project, lab_server, way)
        finally:
            desk.fleet.close()


def _second_run(desk: Desk, project: Path, lab_server: LabServer, way: Counting) -> None:
    plan = desk.jobs.prepare_submit(JobRequest((sys.executable, "train.py"), server="lab", code=project))
    step = plan.plan.steps[1]
    assert step.name == "Send code"
    assert "to send: 4 files, 600 kB" in step.detail
    job = desk.operations.run(plan)
    assert desk.jobs.wait(job.id, 20).exit_code == 0
    assert _log(desk, job.id) == "first\n['lib', 'now', 'run.sh', 'train.py']\n"
    assert job.code is not None
    assert (job.code.files, job.code.commit, job.code.source) == (5, None, str(project))
    kept = _kept(lab_server)
    assert len(kept) == 5
    stamps = {each: each.stat().st_ino for each in kept}
    assert way.sent > 600_000
    before, bytes_before = _sent(desk), way.sent
    again = desk.jobs.prepare_submit(JobRequest(("./run.sh",), server="lab", code=project))
    assert again.plan.steps[1].detail.endswith("nothing to send: already there")
    second = desk.operations.run(again)
    assert desk.jobs.wait(second.id, 20).exit_code == 0
    assert _log(desk, second.id) == "ran\n"
    # No connection for copies was opened, and what went over the link is far less than the code.
    assert _sent(desk) == before
    assert way.sent - bytes_before < 20_000
    assert {each: each.stat().st_ino for each in _kept(lab_server)} == stamps
    # A changed file alone travels.
    (project / "lib/x.py").write_text("WORD = 'second'")
    third = desk.jobs.prepare_submit(JobRequest((sys.executable, "train.py"), server="lab", code=project))
    assert "to send: 1 file, 15 B" in third.plan.steps[1].detail
    job = desk.operations.run(third)
    assert _log(desk, job.id).startswith("second\n")


def _sent(desk: Desk) -> int:
    """How often a connection for copies was opened."""
    rows = desk.store.read("SELECT count(*) AS n FROM audit WHERE action = 'copy.start'")
    return int(rows[0]["n"])


def test_a_job_that_wrecks_its_folder_hurts_neither_the_snapshot_nor_its_next_attempt(
    desk: Desk, project: Path
) -> None:
    (project / "wreck.sh").write_text(
        "#!/bin/sh\ncat lib/x.py; echo; ls\n"
        'test "$TANDEM_ATTEMPT" = 2 && exit 0\n'
        "echo kept > checkpoint; echo bad > lib/x.py; rm train.py run.sh; exit 1\n"
    )
    (project / "wreck.sh").chmod(0o755)
    job = desk.submit("./wreck.sh", code=project, retries=1, backoff_s=0.1)
    assert desk.jobs.wait(job.id, 30).exit_code == 0
    log = _log(desk, job.id)
    assert log.count("WORD = 'first'") == 2
    second = log.split("attempt 2")[1].split()
    assert second[-6:] == ["checkpoint", "lib", "now", "run.sh", "train.py", "wreck.sh"]
    assert desk.jobs.code.file(job, "lib/x.py") == b"WORD = 'first'"
    done = desk.submit("sh", "-c", "rm -rf $PWD; echo gone", code=project)
    assert desk.jobs.wait(done.id, 20).exit_code == 0
    assert desk.jobs.code.file(done, "train.py").startswith(b"import lib.x")


def test_a_later_look_shows_and_fetches_what_ran(desk: Desk, project: Path, tmp_path: Path) -> None:
    first = desk.submit("true", code=project)
    (project / "lib/x.py").write_text("WORD = 'second'")
    (project / "new.py").write_text("")
    (project / "run.sh").unlink()
    second = desk.submit("true", code=project)
    shown = desk.jobs.show(first.id)
    assert shown.code == first.code
    assert [each.path for each in desk.jobs.code.tree(shown).files] == [
        "lib/big.bin", "lib/x.py", "now", "run.sh", "train.py",
    ]  # fmt: skip
    found = desk.jobs.code.compare(first, second)
    assert [(each.mark, each.path) for each in found] == [("M", "lib/x.py"), ("A", "new.py"), ("D", "run.sh")]
    place = desk.operations.run(desk.jobs.code.prepare_fetch(first, tmp_path / "fetched"))
    assert (place / "lib/x.py").read_text() == "WORD = 'first'"
    assert (place / "lib/big.bin").read_bytes() == (project / "lib/big.bin").read_bytes()
    assert os.access(place / "run.sh", os.X_OK)
    assert (place / "now").readlink() == Path("lib/x.py")
    with pytest.raises(Problem) as caught:
        desk.jobs.code.prepare_fetch(first, place)
    assert caught.value.code == "name.taken"
    with pytest.raises(Problem) as caught:
        desk.jobs.code.file(first, "nothing")
    assert caught.value.code == "job.no_such_code"
    plain = desk.submit("true")
    with pytest.raises(Problem) as caught:
        desk.jobs.code.tree(plain)
    assert caught.value.code == "job.no_code"


def test_room_is_made_but_never_of_what_a_living_job_uses(
    desk: Desk, project: Path, lab_server: LabServer
) -> None:
    living = desk.submit("sleep", "60", code=project)
    (project / "lib/big.bin").write_bytes(os.urandom(500_000))
    (project / "lib/x.py").write_text("WORD = 'ended'")
    ended = desk.submit("true", code=project)
    assert desk.jobs.wait(ended.id, 20).exit_code == 0
    # Both were used long ago.
    for each in _kept(lab_server):
        os.utime(each, (1e9, 1e9))
    answer = desk.fleet.call("lab", "code.room", {"limit_bytes": 700_000})
    assert answer["removed_bytes"] == 500_014
    assert desk.jobs.code.file(living, "lib/big.bin")
    # What ended is taken from the job's own folder; what is not there any more is said to be gone.
    assert desk.jobs.code.file(ended, "lib/x.py") == b"WORD = 'ended'"
    (lab_server.home / ".tandem/jobs" / ended.id / "code/lib/x.py").write_text("other")
    with pytest.raises(Problem) as caught:
        desk.jobs.code.file(ended, "lib/x.py")
    assert caught.value.code == "job.code_gone"
    # And a job whose code was removed can be run again from its folder, as far as that is what it was.
    (lab_server.home / ".tandem/jobs" / ended.id / "code/lib/x.py").write_text("WORD = 'ended'")
    again = desk.operations.run(desk.jobs.prepare_again(ended.id))
    assert desk.jobs.wait(again.id, 20).exit_code == 0
    assert again.code == ended.code
    desk.operations.run(desk.jobs.prepare_cancel(living.id))


def test_a_content_that_rotted_on_the_server_is_noticed_and_sent_again(
    desk: Desk, project: Path, lab_server: LabServer
) -> None:
    job = desk.submit("true", code=project)
    desk.jobs.wait(job.id, 20)
    code = job.code
    assert code is not None
    rotten = next(each for each in _kept(lab_server) if each.read_bytes() == b"WORD = 'first'")
    rotten.chmod(0o600)
    rotten.write_bytes(b"WORD = 'fIrst'")
    again = desk.submit("cat", "lib/x.py", code=project)
    assert desk.jobs.wait(again.id, 20).exit_code == 0
    assert _log(desk, again.id) == "WORD = 'first'"


def test_a_script_is_run_as_it_says(desk: Desk, tmp_path: Path) -> None:
    script = tmp_path / "hello.py"
    script.write_text("import sys, platform; print(sys.argv[1:], platform.python_version())")
    job = desk.submit("a", "b c", code=script)
    assert desk.jobs.wait(job.id, 20).exit_code == 0
    assert job.argv == ("{python}", "hello.py", "a", "b c")
    assert job.python is not None
    assert _log(desk, job.id) == f"['a', 'b c'] {job.python.version}\n"
    shell = tmp_path / "go"
    shell.write_text("#!/bin/sh\necho $1\n")
    job = desk.submit("there", code=shell)
    assert _log(desk, job.id) == "there\n"
    (tmp_path / "what").write_text("?")
    with pytest.raises(Problem) as caught:
        desk.submit(code=tmp_path / "what")
    assert caught.value.code == "code.no_interpreter"


def test_a_file_that_changes_while_it_is_sent_is_noticed(desk: Desk, project: Path) -> None:
    work = desk.jobs.prepare_submit(JobRequest(("true",), server="lab", code=project))
    (project / "lib/x.py").write_text("WORD = 'later'")
    with pytest.raises(Problem) as caught:
        desk.operations.run(work)
    assert caught.value.code == "code.changed"
    assert desk.jobs.list() == []


# --- Python


def test_a_virtual_environment_is_activated_and_its_version_is_told(desk: Desk, tmp_path: Path) -> None:
    import venv

    folder = tmp_path / "env"
    venv.create(folder, symlinks=True)
    code = "import sys, os; print(sys.prefix); print(os.environ['VIRTUAL_ENV'])"
    job = desk.submit("python", "-c", code, venv=str(folder))
    assert _log(desk, job.id) == f"{folder}\n{folder}\n"
    assert job.python is not None
    version = ".".join(map(str, sys.version_info[:3]))
    assert (job.python.kind, job.python.prefix, job.python.version) == ("venv", str(folder), version)


def _conda(root: Path, name: str, *, script: str = "", variables: str = "") -> Path:
    """A folder laid out as conda lays one out, with this Python in it."""
    prefix = root / "envs" / name if name != "base" else root
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta/history").touch()
    (prefix / "bin").mkdir()
    (prefix / "bin/python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (prefix / "bin/python").chmod(0o755)
    if script:
        (prefix / "etc/conda/activate.d").mkdir(parents=True)
        (prefix / "etc/conda/activate.d/a.sh").write_text(script)
    if variables:
        (prefix / "conda-meta/state").write_text(variables)
    return prefix


def test_a_conda_environment_is_found_by_name_without_a_login_shell(
    desk: Desk, lab_server: LabServer
) -> None:
    prefix = _conda(
        lab_server.home / "miniforge3", "ml",
        script='export FROM_SCRIPT="$CONDA_PREFIX/lib"\n', variables='{"env_vars": {"KEPT": "yes"}}',
    )  # fmt: skip
    names = ("CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_SHLVL", "FROM_SCRIPT", "KEPT")
    code = f"import os; print([os.environ.get(n) for n in {names}])"
    job = desk.submit("python", "-c", code, conda="ml")
    assert _log(desk, job.id) == f"{[str(prefix), 'ml', '1', f'{prefix}/lib', 'yes']}\n"
    assert job.python is not None
    assert (job.python.kind, job.python.where, job.python.prefix) == ("conda", "ml", str(prefix))
    other = _conda(lab_server.home / "anaconda3", "ml")
    with pytest.raises(Problem) as caught:
        desk.submit("python", conda="ml")
    assert caught.value.code == "job.conda_ambiguous"
    job = desk.submit("python", "-c", "pass", conda=str(other))
    assert desk.jobs.wait(job.id, 20).exit_code == 0
    with pytest.raises(Problem) as caught:
        desk.submit("python", conda="none")
    assert "there are: " in caught.value.sentence
    assert "ml" in caught.value.sentence


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"python": "/no/such/python"}, "it is not there"),
        ({"venv": "/no/such"}, "there is no such folder"),
        ({"venv": "/etc"}, "it is no virtual environment: it has no pyvenv.cfg"),
        ({"python": "/etc/passwd"}, "it is not executable"),
        ({"python": "/bin/true"}, "it does not run as a Python: it said nothing"),
        ({"python": "/etc"}, "it is a folder"),
    ],
)
def test_a_python_that_cannot_be_is_said_before_anything_is_submitted(
    desk: Desk, fields: dict[str, str], reason: str
) -> None:
    with pytest.raises(Problem) as caught:
        desk.submit("true", **fields)
    assert caught.value.code == "job.python_missing"
    assert caught.value.attrs["reason"] == reason
    assert desk.jobs.list() == []


# --- secrets

VALUE = "hf_very-secret-0815"


def _everywhere(desk: Desk, lab: LabServer) -> list[Path]:
    """Files of the console and of the server that hold the value."""
    found = []
    for root in (desk.home.root, lab.log.parent):
        for each in root.rglob("*"):
            if each.is_file() and not each.is_symlink() and VALUE.encode() in each.read_bytes():
                found.append(each)
    return found


def test_a_secret_reaches_its_job_and_stands_nowhere_else(desk: Desk, lab_server: LabServer) -> None:
    desk.secrets["hugging-face"] = VALUE
    job = desk.submit(
        "sh", "-c", 'echo "it is $HF_TOKEN"; test -n "$HF_TOKEN"; read x < fifo || sleep 60',
        secrets={"HF_TOKEN": "hugging-face"},
    )  # fmt: skip
    desk.wait_for(job, JobState.RUNNING)
    deadline = time.monotonic() + 30
    while (found := _everywhere(desk, lab_server)) and found[0].name != "log":
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    # Only the job itself wrote it, into its own log; what Tandem shows of that is covered.
    while b"it is" not in desk.jobs.log(job.id).data:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert {each.name for each in _everywhere(desk, lab_server)} == {"log"}
    assert VALUE.encode() not in desk.jobs.log(job.id).data
    assert "it is ••••••*".encode() in desk.jobs.log(job.id).data
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                assert VALUE.encode() not in (entry / "cmdline").read_bytes()
            except OSError:
                continue
    assert desk.jobs.show(job.id).secrets == {"HF_TOKEN": "hugging-face"}
    desk.operations.run(desk.jobs.prepare_cancel(job.id))
    # Run again, it is given again: from the keyring, and without it the job is not submitted.
    again = desk.operations.run(desk.jobs.prepare_again(job.id))
    assert again.secrets == {"HF_TOKEN": "hugging-face"}
    desk.operations.run(desk.jobs.prepare_cancel(again.id))
    desk.secrets.clear()
    with pytest.raises(Problem) as caught:
        desk.operations.run(desk.jobs.prepare_again(job.id))
    assert caught.value.code == "job.secret_missing"
    assert "HF_TOKEN (hugging-face)" in caught.value.sentence


def test_a_secret_stays_for_the_next_attempt_and_goes_with_the_last(
    desk: Desk, lab_server: LabServer
) -> None:
    desk.secrets["TOKEN"] = VALUE
    script = 'test -n "$TOKEN" || exit 9; exit $((3 - TANDEM_ATTEMPT))'
    job = desk.submit("sh", "-c", script, secrets={"TOKEN": "TOKEN"}, retries=5, backoff_s=0.1)
    done = desk.jobs.wait(job.id, 30)
    assert (done.exit_code, [each.exit_code for each in done.attempts]) == (0, [2, 1])
    assert _everywhere(desk, lab_server) == []


def test_a_retry_whose_secret_is_gone_says_so_and_is_not_lost(desk: Desk, lab_server: LabServer) -> None:
    desk.secrets["TOKEN"] = VALUE
    secret = f"{lab_server.home}/.tandem/jobs/$TANDEM_JOB_ID/secrets/TOKEN"
    job = desk.submit(
        "sh", "-c", f'test "$(stat -c %a {secret})" = 600 && rm {secret}; exit 1',
        secrets={"TOKEN": "TOKEN"}, retries=3, backoff_s=0.1,
    )  # fmt: skip
    done = desk.jobs.wait(job.id, 30)
    assert (done.state, done.exit_code, len(done.attempts)) == (JobState.FAILED, None, 1)
    assert done.reason == "secret TOKEN is no longer kept here: submit it once more with 'tandem job retry'"
    again = desk.operations.run(desk.jobs.prepare_again(job.id))
    assert desk.jobs.wait(again.id, 30).attempts


def test_a_job_cancelled_before_its_start_keeps_no_secret(desk: Desk, lab_server: LabServer) -> None:
    desk.fleet.call("lab", "server.limit", {"slots": 1})
    desk.secrets["TOKEN"] = VALUE
    first = desk.submit("sleep", "60")
    desk.wait_for(first, JobState.RUNNING)
    waiting = desk.submit("true", secrets={"TOKEN": "TOKEN"})
    assert waiting.state is JobState.QUEUED
    assert len(_everywhere(desk, lab_server)) == 1
    desk.operations.run(desk.jobs.prepare_cancel(waiting.id))
    assert _everywhere(desk, lab_server) == []
    desk.operations.run(desk.jobs.prepare_cancel(first.id))


def test_a_clone_takes_its_files_to_another_server(
    make_desk: Callable[..., Desk], make_lab_server: Callable[..., LabServer], project: Path, tmp_path: Path
) -> None:
    desk, first, second = make_desk(), make_lab_server(), make_lab_server()
    desk.add(first, "first")
    desk.add(second, "second")
    (tmp_path / "note").write_text("a note, as it was")
    job = desk.submit(
        "sh", "-c", "./run.sh; cat note lib/x.py; readlink now; sha256sum lib/big.bin",
        server="first", code=project, files={"note": tmp_path / "note"},
    )  # fmt: skip
    assert desk.jobs.wait(job.id, 20).exit_code == 0
    said = _log(desk, job.id)
    # What lies here now is another thing: it is the old server that is asked.
    (project / "lib/x.py").write_text("WORD = 'changed'")
    (tmp_path / "note").unlink()
    asked = desk.jobs.history.request_of(job.id)
    assert asked.like == job.id
    clone = desk.operations.run(desk.jobs.prepare_submit(replace(asked, server="second")))
    assert desk.jobs.wait(clone.id, 20).exit_code == 0
    assert (clone.server, _log(desk, clone.id)) == ("second", said)
    assert clone.code is not None
    assert job.code is not None
    assert (clone.code.tree, clone.code.source) == (job.code.tree, str(project))
    # The same again sends nothing more.
    again = desk.jobs.prepare_submit(replace(asked, server="second"))
    assert any("already there" in step.detail for step in again.plan.steps)
    # Where the old server does not have it any more, that is what is said.
    desk.fleet.call("first", "job.remove", {"id": job.id})
    with pytest.raises(Problem) as gone:
        desk.jobs.prepare_submit(replace(asked, server="second"))
    assert gone.value.code == "id.unknown"


def test_why_systemd_took_a_job_into_no_unit_is_shown(desk: Desk, lab_server: LabServer) -> None:
    job = desk.submit("true")
    desk.jobs.wait(job.id, 20)
    (lab_server.home / f".tandem/jobs/{job.id}/unit").write_text(
        '{"reason": "systemd refused: no\\u001b[1m room"}'
    )
    desk.jobs.refresh()
    shown = desk.jobs.known(job.id)
    assert shown.unit_note == "systemd refused: no room"
