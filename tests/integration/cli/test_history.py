"""`tandem job note|tag|compare|clone`, filters of `job list`, reports of usage, against a real server."""

from __future__ import annotations

import csv
import io

from tests.lab.command import Tandem
from tests.lab.sshd import LabServer


def submit(tandem: Tandem, server: LabServer, *words: str, name: str = "run") -> str:
    found = tandem.ok("job", "submit", "--server", server.name, "--name", name, "--wait", "--json", *words)
    return str(found.json["id"])


def test_jobs_are_annotated_found_compared_and_cloned(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    first = submit(tandem, lab_server, "--env", "SEED=1", "--tag", "project=vision", "--", "printenv", "SEED")
    assert tandem.ok("job", "note", first, "warmup too short", "--json").json["note"] == "warmup too short"
    tags = tandem.ok("job", "tag", first, "best=yes", "--remove", "project", "--json").json["tags"]
    assert tags == {"best": "yes"}

    cloned = tandem.ok("job", "clone", first, "--env", "SEED=2", "--name", "again", "--json").json["id"]
    assert tandem.run("job", "wait", cloned, "--timeout", "30").code == 0
    assert tandem.ok("job", "logs", cloned).out == "2\n"
    fields = tandem.ok("job", "compare", first, cloned, "--json").json
    differ = {(each["part"], each["name"]): (each["left"], each["right"]) for each in fields}
    assert differ["environment", "SEED"] == ("1", "2")
    assert differ["run", "name"] == ("run", "again")
    assert ("spec", "argv 0") not in differ

    def ids(*words: str) -> set[str]:
        return {each["id"] for each in tandem.ok("job", "list", "--json", *words).json}

    assert ids("--search", "warm") == {first}
    assert ids("--search", "again", "--state", "succeeded", "--since", "1h") == {cloned}


def test_what_jobs_used_is_told_and_reported(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    job = submit(tandem, lab_server, "--", "sh", "-c", "i=0; while test $i -lt 9999; do i=$((i+1)); done")
    shown = tandem.ok("job", "show", job, "--json").json
    assert shown["usage"]["cpu_seconds"] > 0
    assert shown["usage"]["seconds"] > 0
    assert shown["usage"]["cost"] is shown["usage"]["wasted"] is shown["energy_j"] is None
    assert "processor time" in tandem.ok("job", "show", job).out
    report = tandem.ok("report", "utilization", "--by", "job", "--since", "1h", "--json").json
    assert [row["job"] for row in report["rows"]] == [job]
    assert report["total"]["jobs"] == 1
    assert report["total"]["utilization_percent"] is None
    rows = list(csv.reader(io.StringIO(tandem.ok("report", "cost", "--by", "server", "--format", "csv").out)))
    assert rows[0][:3] == ["server", "name", "jobs"]
    assert rows[1][:3] == [lab_server.name, lab_server.name, "1"]
    assert rows[1][rows[0].index("cost")] == ""
    assert "no job" in tandem.ok("report", "cost", "--until", "1h", "--no-refresh").out
    assert tandem.run("report", "cost", "--since", "1h", "--until", "2h").code == 2
