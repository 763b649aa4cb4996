"""`tandem job submit --code, --script, --venv, --secret` and `tandem job code`, as a script uses them."""

from __future__ import annotations

from pathlib import Path

from tests.lab.command import Tandem
from tests.lab.sshd import LabServer


def test_code_from_submit_to_a_later_look(tandem: Tandem, lab_server: LabServer, tmp_path: Path) -> None:
    tandem.add(lab_server)
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "train.py").write_text("print('trained')\n")
    (folder / "run.sh").write_text("#!/bin/sh\npython3 train.py\n")
    (folder / "run.sh").chmod(0o755)
    words = ("job", "submit", "--server", lab_server.name, "--code", str(folder))
    plan = tandem.ok(*words, "--dry-run", "--", "./run.sh").out
    assert "2 files, 44 B; to send: 2 files, 44 B" in plan
    job = tandem.ok(*words, "--json", "--", "./run.sh").json["id"]
    assert tandem.run("job", "wait", job, "--timeout", "60").code == 0
    assert tandem.ok("job", "logs", job).out == "trained\n"
    assert "nothing to send: already there" in tandem.ok(*words, "--dry-run", "--", "./run.sh").out
    shown = tandem.ok("job", "show", job, "--json").json
    assert (shown["code"]["files"], shown["code"]["commit"], shown["secrets"]) == (2, None, {})
    listed = tandem.ok("job", "code", job, "--json").json
    assert listed["tree"] == shown["code"]["tree"]
    assert [(each["path"], each["executable"]) for each in listed["list"]] == [
        ("run.sh", True),
        ("train.py", False),
    ]
    assert tandem.ok("job", "code", job, "--file", "train.py").out == "print('trained')\n"
    tandem.ok("job", "code", job, "--fetch", str(tmp_path / "fetched"))
    assert (tmp_path / "fetched/train.py").read_text() == "print('trained')\n"
    script = tmp_path / "one.py"
    script.write_text("import sys; print(sys.argv[1:])\n")
    other = tandem.ok(
        *("job", "submit", "--server", lab_server.name, "--script", str(script), "--json", "--", "-x", "1")
    ).json["id"]
    assert tandem.run("job", "wait", other, "--timeout", "60").code == 0
    assert tandem.ok("job", "logs", other).out == "['-x', '1']\n"
    assert tandem.ok("job", "code", job, "--diff", other).out == "A  one.py\nD  run.sh\nD  train.py\n"


def test_what_cannot_be_is_said_in_one_sentence(
    tandem: Tandem, lab_server: LabServer, tmp_path: Path
) -> None:
    tandem.add(lab_server)
    words = ("job", "submit", "--server", lab_server.name)
    for more, said in (
        (("--conda", "none", "--", "python"), "conda environment 'none' cannot be used"),
        (("--venv", "/no/such", "--", "python"), "cannot be the job's Python: there is no such folder"),
        (("--secret", "TOKEN", "--", "true"), "The value of secret TOKEN is not known"),
        (("--code", str(tmp_path / "none"), "--", "true"), "There is no file"),
        (("--code", str(tmp_path), "--workdir", "/tmp", "--", "true"), "leave out --workdir"),
    ):
        ran = tandem.run(*words, *more)
        assert (ran.code, said in ran.err) == (1, True), ran.err
    wrong = tandem.run(*words, "--venv", "a", "--conda", "b", "--", "true")
    assert wrong.code == 2
