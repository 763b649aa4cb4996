"""What a source may answer: nothing, late, errors, garbage, too much, odd labels, another clock."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.core.home import Home, shipped
from console.core.problems import Problem
from console.fleet.forwards import ForwardBook
from console.plugin.api import Source
from console.plugin.loader import load
from console.telemetry.sources.asking import SourceAsk
from console.telemetry.sources.entries import Login, SourceBook, SourceEntry, checked
from console.telemetry.sources.polling import read_once
from console.telemetry.sources.sightings import server_name
from tests.lab.prometheus_like import PrometheusLike, vector
from tests.lab.sshd import free_port

GPU = {"instance": "10.0.0.1:9400", "Hostname": "gpu-01", "gpu": "0", "UUID": "GPU-1", "modelName": "H100"}


@pytest.fixture(scope="module")
def kind(tmp_path_factory: pytest.TempPathFactory) -> Source:
    found = load(Home(tmp_path_factory.mktemp("home")), shipped("plugins"))
    return next(each for each in found.sources if each.name == "prometheus")


def no_forward(_server: str) -> object:
    raise AssertionError("nothing goes through a forward here")


def ask_for(entry: SourceEntry, *, patience_s: float = 5.0, most_bytes: int = 1 << 20) -> SourceAsk:
    forwards = ForwardBook(no_forward)  # type: ignore[arg-type]
    return SourceAsk(entry, lambda _name: "s3cret", forwards, patience_s=patience_s, most_bytes=most_bytes)


def problem_of(kind: Source, entry: SourceEntry, **how: float) -> Problem:
    with pytest.raises(Problem) as caught:
        read_once(entry.name, kind.open(ask_for(entry, **how), {}))  # type: ignore[arg-type]
    assert "s3cret" not in caught.value.sentence
    return caught.value


def answering(query: str, now: float = 1_800_000_000.0) -> bytes:
    """One server with one GPU, 12 s old."""
    if "timestamp(" in query:
        return vector([({"instance": "10.0.0.1:9400", "Hostname": "gpu-01"}, str(now - 12))], now)
    if "DCGM_FI_DEV_GPU_UTIL" in query:
        return vector([({**GPU, "__name__": "DCGM_FI_DEV_GPU_UTIL"}, "42")], now)
    return vector([], now)


@pytest.fixture
def like() -> Iterator[PrometheusLike]:
    with PrometheusLike(answering) as made:
        yield made


def test_the_age_is_told_by_the_sources_own_clock(kind: Source, like: PrometheusLike) -> None:
    reading = read_once("a", kind.open(ask_for(SourceEntry("a", like.url)), {}))
    (host,) = reading.hosts
    assert reading.now == 1_800_000_000.0
    assert host.name == "gpu-01"
    assert host.age_s == 12.0
    accelerators = host.sample["accelerators"]
    assert isinstance(accelerators, list)
    assert accelerators[0]["utilization_percent"] == 42.0
    assert accelerators[0]["power_w"] is None


def test_slow_things_are_asked_once_a_minute(kind: Source, like: PrometheusLike) -> None:
    reader = kind.open(ask_for(SourceEntry("a", like.url)), {})
    reader.read()
    first = len(like.asked)
    reader.read()
    assert len(like.asked) - first == 5
    assert first == 11


def test_nobody_there(kind: Source) -> None:
    problem = problem_of(kind, SourceEntry("a", f"http://127.0.0.1:{free_port()}"))
    assert problem.code == "source.unreachable"
    assert "refused" in problem.sentence


def test_too_slow(kind: Source, like: PrometheusLike) -> None:
    like.hang = True
    problem = problem_of(kind, SourceEntry("a", like.url), patience_s=0.3)
    assert problem.code == "source.unreachable"
    assert "did not answer" in problem.sentence


def test_a_question_ends_at_once_when_it_is_stopped(like: PrometheusLike) -> None:
    like.hang = True
    ask = ask_for(SourceEntry("a", like.url), patience_s=60.0)
    ended: list[Problem] = []

    def run() -> None:
        try:
            ask("api/v1/query", {"query": "up"})
        except Problem as problem:
            ended.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    while not like.asked:
        time.sleep(0.01)
    ask.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert ended[0].code == "source.unreachable"


@pytest.mark.parametrize(("status", "code"), [(401, "login"), (403, "login"), (400, "error"), (503, "error")])
def test_errors_of_http(kind: Source, like: PrometheusLike, status: int, code: str) -> None:
    like.status = status
    like.answer = lambda _query: b'{"status":"error","errorType":"x","error":"query \\u001b[31mtimed out"}'
    problem = problem_of(kind, SourceEntry("a", like.url))
    assert problem.code == f"source.{code}"
    assert "\x1b" not in problem.sentence
    if code == "error":
        assert "timed out" in problem.sentence


def test_no_redirect_is_followed(kind: Source, like: PrometheusLike) -> None:
    like.status = 302
    assert problem_of(kind, SourceEntry("a", like.url)).code == "source.error"
    assert len(like.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sign in</html>",
        b"\xff\xfe",
        b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"val',
        b'{"status":"success","data":{"resultType":"vector","result":[1,2]}}',
        b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{}}]}}',
        b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"x"]}]}}',
        b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,{}]}]}}',
        b'{"status":"success","data":{"resultType":"vector","result":[' + b"[" * 100_000,
    ],
)
def test_garbage(kind: Source, like: PrometheusLike, body: bytes) -> None:
    like.answer = lambda _query: body
    assert problem_of(kind, SourceEntry("a", like.url)).code == "source.answer"


def test_an_answer_without_an_end_is_bounded(kind: Source, like: PrometheusLike) -> None:
    like.answer = lambda _query: b" " * (3 << 20)
    problem = problem_of(kind, SourceEntry("a", like.url), most_bytes=1 << 20)
    assert problem.code == "source.answer"
    assert "larger" in problem.sentence


def test_values_that_mean_nothing_are_unknown(kind: Source, like: PrometheusLike) -> None:
    told = {
        "GPU_UTIL": "NaN",
        "FB_USED": "2147483632",
        "GPU_TEMP": "+Inf",
        "POWER_USAGE": "140737488355328",
        "SM_CLOCK": "9223372036854775794",
    }

    def answer(query: str) -> bytes:
        if "timestamp(" in query:
            return answering(query)
        rows = [
            ({**GPU, "__name__": f"DCGM_FI_DEV_{name}"}, value)
            for name, value in told.items()
            if f"DCGM_FI_DEV_{name}" in query
        ]
        return vector(rows, 1_800_000_000.0)

    like.answer = answer
    (host,) = read_once("a", kind.open(ask_for(SourceEntry("a", like.url)), {})).hosts
    accelerators = host.sample["accelerators"]
    assert isinstance(accelerators, list)
    for key in ("memory_used_bytes", "temperature_c", "power_w", "clock_sm_mhz", "utilization_percent"):
        assert accelerators[0][key] is None, key


def test_odd_labels(kind: Source, like: PrometheusLike) -> None:
    odd = {**GPU, "Hostname": 'gp\x1b[31mu"\n\u202e', "gpu": "zero", "UUID": "", "modelName": "\x00"}

    def answer(query: str) -> bytes:
        if "timestamp(" in query:
            return vector([({"Hostname": odd["Hostname"]}, "1799999999")], 1_800_000_000.0)
        if "GPU_UTIL" in query:
            return vector([({**odd, "__name__": "DCGM_FI_DEV_GPU_UTIL"}, "1")], 1_800_000_000.0)
        return vector([({}, "3"), ({"__name__": "node_load1"}, "3")], 1_800_000_000.0)

    like.answer = answer
    hosts = read_once("a", kind.open(ask_for(SourceEntry("a", like.url)), {})).hosts
    assert [server_name(each.name)[:2] for each in hosts] == ["gp"]
    assert server_name(odd["Hostname"]).isascii()
    assert server_name("a b") != server_name("a-b")
    assert server_name("") != server_name("\n")


def test_what_a_person_sets_is_quoted_or_refused(kind: Source, like: PrometheusLike) -> None:
    reader = kind.open(ask_for(SourceEntry("a", like.url)), {"filter": 'cluster="a"', "host_label": "node"})
    reader.read()
    assert all('cluster="a"' in query for query in like.asked)
    reader.curve("gpu-01", "power_w", 'x"} or up{a="\\', 0.0, 60.0, 10)
    assert r'UUID="x\"} or up{a=\"\\"' in like.asked[-1]
    for wrong in ({"filter": "a) or up"}, {"host_label": "a-b"}, {"window": "2 years"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            kind.open(ask_for(SourceEntry("a", like.url)), wrong)


def test_logins(like: PrometheusLike, tmp_path: Path) -> None:
    entry = SourceEntry("a", like.url, login=Login.BEARER)
    ask_for(entry)("api/v1/query", {"query": "up"})
    assert like.headers["Authorization"] == "Bearer s3cret"
    ask_for(replace(entry, login=Login.BASIC, user="ada"))("api/v1/query", {"query": "up"})
    assert like.headers["Authorization"] == f"Basic {base64.b64encode(b'ada:s3cret').decode()}"
    token = tmp_path / "token"
    token.write_text("from a file\n")
    ask_for(replace(entry, token_file=str(token)))("api/v1/query", {"query": "up"})
    assert like.headers["Authorization"] == "Bearer from a file"
    token.write_text("")
    with pytest.raises(Problem, match="no token"):
        ask_for(replace(entry, token_file=str(token)))("api/v1/query", {"query": "up"})


def test_entries_are_kept_and_checked(tmp_path: Path) -> None:
    book = SourceBook(tmp_path / "sources.json")
    entry = SourceEntry("site", "https://p.example", through="gw", settings={"window": "5m"})
    book.put(entry)
    assert SourceBook(tmp_path / "sources.json").list() == (entry,)
    with pytest.raises(Problem, match="already"):
        book.put(entry)
    book.put(replace(entry, interval_s=30.0), replace=True)
    assert book.get("site").interval_s == 30.0
    book.remove("site")
    assert book.list() == ()
    secret = replace(entry, login=Login.BEARER, through=None, url="http://p.example")
    for wrong in (
        secret,  # in the clear
        replace(entry, name="no name"),
        replace(entry, url="ftp://p"),
        replace(entry, url="https://p/?a=b"),
        replace(entry, interval_s=0.1),
        replace(entry, login=Login.BASIC),
    ):
        with pytest.raises(Problem):
            checked(wrong)
    (tmp_path / "sources.json").write_text('{"v":1,"sources":[{"name":1,"url":"https://p"}]}')
    with pytest.raises(Problem) as caught:
        book.list()
    assert caught.value.code == "file.unreadable"
