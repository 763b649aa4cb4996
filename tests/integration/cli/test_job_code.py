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
    job = tandem.ok(*words, "--wait", "--json", "--", "./run.sh").json
    assert (job["exit_code"], job["code"]["files"], job["code"]["commit"]) == (0, 2, None)
    plan = tandem.ok(*words, "--dry-run", "--", "./run.sh").out
    assert "2 files, 44 B; nothing to send: already there" in plan
    listed = tandem.ok("job", "code", job["id"], "--json").json
    assert listed["tree"] == job["code"]["tree"]
    assert [(each["path"], each["executable"]) for each in listed["list"]] == [
        ("run.sh", True),
        ("train.py", False),
    ]
    assert tandem.ok("job", "code", job["id"], "--file", "train.py").out == "print('trained')\n"
    script = tmp_path / "one.py"
    script.write_text("import sys; sys.exit(sys.argv[1:] != ['-x', '1'])\n")
    where = ("job", "submit", "--server", lab_server.name, "--script", str(script))
    other = tandem.ok(*where, "--wait", "--json", "--", "-x", "1").json
    found = tandem.ok("job", "code", job["id"], "--diff", other["id"]).out
    assert found == "A  one.py\nD  run.sh\nD  train.py\n"


def test_what_cannot_be_is_said_in_one_sentence(
    tandem: Tandem, lab_server: LabServer, tmp_path: Path
) -> None:
    tandem.add(lab_server)
    words = ("job", "submit", "--server", lab_server.name)
    for more, said in (
        (("--conda", "none", "--", "python"), "conda environment 'none' cannot be used"),
        (("--secret", "TOKEN", "--", "true"), "The value of secret TOKEN is not known"),
        (("--code", str(tmp_path), "--workdir", "/tmp", "--", "true"), "leave out --workdir"),
    ):
        ran = tandem.run(*words, *more)
        assert (ran.code, said in ran.err) == (1, True), ran.err
    wrong = tandem.run(*words, "--venv", "a", "--conda", "b", "--", "true")
    assert wrong.code == 2
