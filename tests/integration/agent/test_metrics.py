"""job.metrics and job.stop on the real agent: every point once, whatever happens to files and jobs."""

from __future__ import annotations

import base64
import json
import os
import shutil
import struct
import time
from pathlib import Path
from typing import Any

from tests.integration.agent.test_jobs import _sh
from tests.lab.agent import Agent

EVENTS = Path(__file__).parents[2] / "unit/agent/tfevents"
Points = dict[tuple[str, str], list[tuple[float, float, float, float]]]


class Reader:
    """The console's part of it."""

    def __init__(self, agent: Agent, ident: str) -> None:
        self.agent, self.ident = agent, ident
        self.cursors: dict[str, Any] = {}
        self.found: Points = {}
        self.seen: dict[tuple[str, str], int] = {}

    def read(self, **more: Any) -> dict[str, Any]:
        answer = self.agent.call("job.metrics", {"id": self.ident, "cursors": self.cursors, **more})
        self.take(answer)
        return answer

    def take(self, answer: dict[str, Any]) -> None:
        for each in answer["sources"]:
            self.cursors[each["name"]] = each["cursor"]
            if each["replaced"]:
                self.found = {key: value for key, value in self.found.items() if key[0] != each["name"]}
        for each in answer["curves"]:
            data = base64.b64decode(each["points_b64"])
            key = (each["source"], each["name"])
            self.found.setdefault(key, []).extend(struct.iter_unpack("<4d", data))
            self.seen[key] = self.seen.get(key, 0) + each["seen"]

    def values(self, source: str, name: str) -> list[float]:
        return [point[3] for point in self.found.get((source, name), [])]


def ended(agent: Agent, work: Path, script: str = "true", **more: Any) -> Reader:
    agent.submit("j", _sh(script), workdir=str(work), **more)
    agent.wait("j")
    return Reader(agent, "j")


def test_all_three_formats_of_a_job_are_found_and_others_are_not(
    agent: Agent, home: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    old = work / "runs" / "of_yesterday"
    old.mkdir(parents=True)
    shutil.copy(EVENTS / "torch.tfevents", old / "events.out.tfevents.1.host")
    os.utime(old / "events.out.tfevents.1.host", (1.6e9, 1.6e9))
    script = (
        "mkdir -p runs/a lightning_logs/version_0 .hidden;"
        f"cp {EVENTS}/torch.tfevents runs/a/events.out.tfevents.2.h;"
        "cp runs/a/events* .hidden/; ln -s /etc/passwd metrics.csv;"
        r"printf 'step,train_loss,val_loss\n1,0.5,\n2,,0.25' > lightning_logs/version_0/metrics.csv;"
        'echo \'{"step": 1, "acc": NaN}\' >> $TANDEM_METRICS;'
        'printf \'{"step": 2, "acc": 0.5}\' >> $TANDEM_METRICS'
    )
    reader = ended(agent, work, script)
    answer = reader.read()
    assert answer["ended"]
    assert not answer["more"]
    assert set(reader.cursors) == {
        "$TANDEM_METRICS",
        "lightning_logs/version_0/metrics.csv",
        "runs/a/events.out.tfevents.2.h",
    }
    told = json.loads((EVENTS / "as_tensorboard_reads.json").read_text())["torch"]
    wanted = [row[3] for row in told if row[0] == "train/loss"]
    assert reader.values("runs/a/events.out.tfevents.2.h", "train/loss") == wanted
    assert reader.values("lightning_logs/version_0/metrics.csv", "val_loss") == [0.25]
    assert str(reader.values("$TANDEM_METRICS", "acc")) == "[nan, 0.5]"
    assert reader.read()["sources"] == []


def test_named_files_only_and_none_from_outside(agent: Agent, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (tmp_path / "secret.csv").write_text("step,x\n1,1\n")
    (work / "link.csv").symlink_to(tmp_path / "secret.csv")
    os.mkfifo(work / "pipe.csv")
    reader = ended(
        agent,
        work,
        r"printf 'a;b\n1;2\n' > mine.csv; printf 'step,y\n1,2\n' > metrics.csv",
        metrics=["*.csv", "../*.csv", str(tmp_path / "*.csv")],
    )
    (work / "metrics.csv").unlink()
    reader.read()
    assert set(reader.cursors) == {"mine.csv"}


def test_a_file_that_grows_is_read_on_and_one_that_is_rewritten_is_read_anew(
    agent: Agent, home: Path, tmp_path: Path
) -> None:
    agent.submit("j", _sh("sleep 60"))
    reader = Reader(agent, "j")
    path = home / ".tandem/jobs/j/metrics.jsonl"
    path.write_text('{"step": 1, "a": 1}\n{"step": 2, "a"')
    reader.read()
    with path.open("a") as stream:
        stream.write(": 2}\n")
    reader.read()
    reader.read()
    assert reader.values("$TANDEM_METRICS", "a") == [1.0, 2.0]
    path.write_text('{"step": 1, "a": 7}\n{"step": 2, "a": 8}\n{"step": 3, "a": 9}\n')
    reader.read()
    assert reader.values("$TANDEM_METRICS", "a") == [7.0, 8.0, 9.0]
    path.write_text('{"step": 1, "a": 5}\n')
    reader.read()
    assert reader.values("$TANDEM_METRICS", "a") == [5.0]
    agent.call("job.cancel", {"id": "j", "grace_s": 1})


def test_a_long_file_comes_in_short_answers_with_its_spikes(agent: Agent, home: Path, tmp_path: Path) -> None:
    agent.submit("j", ["true"])
    agent.wait("j")
    path = home / ".tandem/jobs/j/metrics.jsonl"
    count = 400_000
    with path.open("w") as stream:
        for step in range(count):
            value = 1e9 if step == 123_456 else step % 100
            stream.write(json.dumps({"step": step, "loss": value, "pad": "x" * 30}) + "\n")
    reader = Reader(agent, "j")
    answers = 0
    while reader.read(points=500)["more"]:
        answers += 1
    assert answers >= 1
    points = reader.found["$TANDEM_METRICS", "loss"]
    assert len(points) <= 500 * (answers + 1)
    assert reader.seen["$TANDEM_METRICS", "loss"] == count
    assert max(point[3] for point in points) == 1e9
    assert points[-1][1] == count - 1


def test_a_damaged_event_file_is_read_up_to_its_damage_and_says_so(agent: Agent, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    data = bytearray((EVENTS / "torch.tfevents").read_bytes())
    data[2000:2400] = bytes(400)
    (work / "fresh").write_bytes(data)
    reader = ended(agent, work, "cp fresh events.out.tfevents.9")
    reader.read()
    cursor = reader.cursors["events.out.tfevents.9"]
    assert cursor["problem"].startswith("damaged at byte")
    assert reader.values("events.out.tfevents.9", "train/loss")[0] == 2.0
    assert reader.read()["sources"] == []


def test_following_gives_every_point_once_and_ends_with_the_job(agent: Agent) -> None:
    script = (
        'for i in 1 2 3 4 5 6; do echo "{\\"step\\": $i, \\"v\\": $i}" >> $TANDEM_METRICS; sleep 0.1; done'
    )
    agent.submit("j", _sh(script))
    reader = Reader(agent, "j")
    ident = agent.ask("job.metrics.follow", {"id": "j", "cursors": {}})
    while "event" in (message := agent.take(lambda each: each.get("id") == ident)):
        reader.take(message["event"])
    assert message["result"] == {"ended": True}
    assert reader.values("$TANDEM_METRICS", "v") == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


HELPED = """
import os, sys, time, tandem_metrics as t
assert t.__file__ == os.environ["TANDEM_HELPER"]
for step in range(3):
    with t.one_step():
        with t.step_part("data"):
            time.sleep(0.01)
        with t.step_part("forward"):
            time.sleep(0.02)
    t.log(step=step, loss=1 / (step + 1), **{"val/loss": float("nan")})
t.should_stop()
print("ready", flush=True)
while not t.should_stop():
    time.sleep(0.01)
t.checkpointed("ckpt.pt", step=3)
print("from", t.last_checkpoint(), flush=True)
"""


def log_has(agent: Agent, word: bytes) -> None:
    deadline = time.monotonic() + 30
    while True:
        piece = agent.call("job.log", {"id": "j", "offset": 0, "limit": 10000})
        if word in base64.b64decode(piece["data_b64"]):
            return
        assert time.monotonic() < deadline, base64.b64decode(piece["data_b64"])
        time.sleep(0.02)


def test_the_helper_reports_and_a_stop_waits_for_its_checkpoint(
    start_agent: Any, python: str, home: Path
) -> None:
    agent = start_agent(python=python)
    agent.submit("j", [python, "-c", HELPED])
    log_has(agent, b"ready")
    reader = Reader(agent, "j")
    reader.read()
    own = "$TANDEM_METRICS"
    assert reader.values(own, "loss") == [1.0, 0.5, 1 / 3]
    assert all(value >= 0.03 for value in reader.values(own, "step_time/total"))
    assert all(value >= 0.02 for value in reader.values(own, "step_time/forward"))
    assert len(reader.values(own, "val/loss")) == 3
    assert agent.call("job.stop", {"id": "j", "grace_s": 30})["state"] == "running"
    status = agent.wait("j")
    path = str(home / ".tandem/jobs/j/code/ckpt.pt")
    assert (status["state"], status["exit_code"]) == ("cancelled", 0)
    assert status["reason"] == f"it was stopped after its checkpoint {path} (step 3)"
    assert status["checkpoint"]["path"] == path


def test_a_job_that_does_not_answer_is_killed_in_time_and_that_is_said(agent: Agent) -> None:
    agent.submit("j", _sh("trap '' TERM; echo ready; while true; do sleep 0.1; done"))
    log_has(agent, b"ready")
    agent.call("job.stop", {"id": "j", "grace_s": 0.5})
    status = agent.wait("j")
    assert (status["state"], status["signal"]) == ("cancelled", 9)
    assert status["reason"] == "it was asked for a checkpoint, did not end within 0.5 s and was killed"


def test_a_job_that_just_ends_is_not_said_to_have_a_checkpoint(agent: Agent) -> None:
    agent.submit("j", _sh("echo ready; exec sleep 60"))
    log_has(agent, b"ready")
    agent.call("job.stop", {"id": "j", "grace_s": 30})
    status = agent.wait("j")
    assert status["reason"] == "it was asked for a checkpoint and ended without telling of one"
    assert status["checkpoint"] is None


def test_whoever_loses_patience_can_cancel_meanwhile(agent: Agent) -> None:
    agent.submit("j", _sh("trap '' TERM; echo ready; while true; do sleep 0.1; done"))
    log_has(agent, b"ready")
    agent.call("job.stop", {"id": "j", "grace_s": 3600})
    agent.call("job.cancel", {"id": "j", "grace_s": 0.3})
    status = agent.wait("j")
    assert status["reason"] == "it was asked for a checkpoint, then cancelled before it told of one"
