"""Each chat's own format, signature and refusals, against a server that answers as the real ones do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from console.alerts.alert import AlertSeverity
from console.alerts.grouping import Entry, Kind, Parcel
from console.alerts.wording import MAX_LISTED, message_of, trial_message
from console.plugin.api import Message, NotSent
from tests.integration.alerts.things import HOSTILE, SINCE, alert, ended, kinds
from tests.lab.certificates import Authority, make_authority
from tests.lab.receivers import Proxy, Receiver, Reply

OK = {
    "json": "",
    "slack": "ok",
    "feishu": '{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}',
    "dingtalk": '{"errcode":0,"errmsg":"ok"}',
    "wecom": '{"errcode":0,"errmsg":"ok"}',
}
CALLS = ("@all", "@everyone", "@所有人", "<!channel>", "<@", "<at ")


def message(*alerts: Any, repeated: bool = False) -> Message:
    entries = []
    for each in alerts or (alert(),):
        kind = Kind.ENDED if each.resolved else Kind.REPEATED if repeated else Kind.FIRED
        entries.append(Entry(each, kind))
    server = entries[0].alert.target.server
    return message_of(Parcel("m-1", "ops", server, SINCE, 0.0, tuple(entries)), "ann@desk", SINCE)


def send(
    kind: str, receiver: Receiver, told: Message, timeout_s: float = 20, path: str = "/h", **more: str
) -> str:
    found = next(each for each in kinds() if each.name == kind)
    return found.send(told, {"url": f"{receiver.origin}{path}", **more}, timeout_s)


def refused(kind: str, receiver: Receiver, reply: Reply, **more: Any) -> NotSent:
    receiver.replies.append(reply)
    with pytest.raises(NotSent) as caught:
        send(kind, receiver, message(), **more)
    assert receiver.origin not in caught.value.reason
    return caught.value


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path / "ca")


def texts(document: object) -> list[str]:
    """Every text in a JSON document."""
    if isinstance(document, dict):
        return [text for value in document.values() for text in texts(value)]
    if isinstance(document, list):
        return [text for value in document for text in texts(value)]
    return [document] if isinstance(document, str) else []


# --- what is sent


def test_json_tells_all_and_signs_it(receiver: Receiver) -> None:
    receiver.usual = Reply(204, "")
    secret = "s3cret-sign"
    before = int(time.time())
    answer = send("json", receiver, message(), token="t0ken", sign_secret=secret)
    (got,) = receiver.got
    assert answer == "HTTP 204"
    assert got.headers["content-type"].startswith("application/json")
    assert got.headers["authorization"] == "Bearer t0ken"
    assert got.headers["idempotency-key"] == "m-1"
    told = dict(pair.split("=") for pair in got.headers["x-tandem-signature"].split(","))
    expected = hmac.new(secret.encode(), told["t"].encode() + b"." + got.body, hashlib.sha256).hexdigest()
    assert told["v1"] == expected
    assert int(told["t"]) >= before
    (one,) = got.json["alerts"]
    assert {key: got.json[key] for key in ("version", "server", "test", "repeated", "more", "sender")} == {
        "version": 1, "server": "gpu-1", "test": False, "repeated": False, "more": 0, "sender": "ann@desk",
    }  # fmt: skip
    assert one | {"id": ""} == {
        "id": "", "rule": "gpu.ecc", "severity": "critical", "state": "firing", "server": "gpu-1",
        "label": "gpu-3", "since": "2026-01-02T03:04:05Z", "ended": None, "value": 2.0, "unit": "",
        "sentence": "gpu-3 has 2 uncorrected memory errors.",
        "remedy": "Drain the server and reset the accelerator.", "runbook": "https://runbooks.lab.test/ecc",
    }  # fmt: skip


def test_slack_gets_plain_text_blocks(receiver: Receiver) -> None:
    assert (
        send("slack", receiver, message(alert(), alert("gpu.thermal", severity=AlertSeverity.WARNING)))
        == "ok"
    )
    (got,) = receiver.got
    document = got.json
    assert document["text"] == "[CRITICAL] 2 alerts on gpu-1"
    header, first, second, foot = document["blocks"]
    assert header["text"] == {"type": "plain_text", "text": "[CRITICAL] 2 alerts on gpu-1", "emoji": False}
    for part in (
        "CRITICAL: gpu.ecc on gpu-1 gpu-3, since 2026-01-02 03:04:05 UTC",
        "gpu-3 has 2 uncorrected memory errors.",
        "Next: Drain the server and reset the accelerator.",
        "Runbook: https://runbooks.lab.test/ecc",
    ):
        assert part in first["text"]["text"]
    assert second["text"]["text"].startswith("WARNING: gpu.thermal")
    assert foot["type"] == "context"
    assert "ann@desk" in foot["elements"][0]["text"]


def test_feishu_is_signed_as_its_guide_says(receiver: Receiver) -> None:
    receiver.usual = Reply(body=OK["feishu"])
    before = int(time.time())
    assert send("feishu", receiver, message(), sign_secret="demo") == "code 0 success"
    document = receiver.got[0].json
    stamp = document["timestamp"]
    assert before <= int(stamp) <= time.time()
    expected = hmac.new(f"{stamp}\ndemo".encode(), digestmod=hashlib.sha256).digest()
    assert document["sign"] == base64.b64encode(expected).decode()
    assert document["msg_type"] == "post"
    post = document["content"]["post"]["zh_cn"]
    assert post["title"] == "[CRITICAL] gpu.ecc on gpu-1 gpu-3"
    assert {tag["tag"] for line in post["content"] for tag in line} == {"text"}
    send("feishu", receiver, message())
    assert "sign" not in receiver.got[1].json


def test_dingtalk_is_signed_in_its_address(receiver: Receiver) -> None:
    receiver.usual = Reply(body=OK["dingtalk"])
    send("dingtalk", receiver, message(), path="/robot/send?access_token=abc", sign_secret="SECdemo+/=")
    (got,) = receiver.got
    query = parse_qs(urlsplit(got.path).query)
    (stamp,) = query["timestamp"]
    assert abs(int(stamp) / 1000 - time.time()) < 600
    digest = hmac.new(b"SECdemo+/=", f"{stamp}\nSECdemo+/=".encode(), hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(digest).decode()]
    assert query["access_token"] == ["abc"]
    assert got.json["msgtype"] == "text"
    assert got.json["at"] == {"atMobiles": [], "atUserIds": [], "isAtAll": False}
    assert "Tandem" in got.json["text"]["content"]


def test_wecom_gets_text_within_its_2048_bytes(receiver: Receiver) -> None:
    receiver.usual = Reply(body=OK["wecom"])
    many = [alert(f"规则.{number}", sentence="温度过高，请检查风扇。" * 20) for number in range(30)]
    send("wecom", receiver, message(*many))
    document = receiver.got[0].json
    content = document["text"]["content"]
    assert document["msgtype"] == "text"
    assert document["text"]["mentioned_list"] == []
    assert 1500 < len(content.encode()) <= 2048
    assert content.startswith("[CRITICAL] 30 alerts on gpu-1")
    assert content.endswith("message m-1")


@pytest.mark.parametrize("kind", OK)
def test_chinese_text_arrives_as_it_is(receiver: Receiver, kind: str) -> None:
    receiver.usual = Reply(body=OK[kind])
    send(kind, receiver, message(alert(server="训练机-3", sentence="显存错误：2 个不可纠正。")))
    body = receiver.got[0].body.decode("utf-8")
    assert "训练机-3" in body
    assert "显存错误：2 个不可纠正。" in body


@pytest.mark.parametrize("kind", OK)
def test_a_hostile_name_neither_calls_a_room_nor_formats(receiver: Receiver, kind: str) -> None:
    receiver.usual = Reply(body=OK[kind])
    bad = alert(
        HOSTILE, HOSTILE, label=HOSTILE, sentence=HOSTILE, remedy=HOSTILE, runbook=f"javascript:{HOSTILE}"
    )
    send(kind, receiver, message(bad))
    document = receiver.got[0].json
    for text in texts(document):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "javascript" not in text
        assert kind == "json" or not [each for each in CALLS if each.lower() in text.lower()], text
    if kind == "slack":
        assert {block["text"]["type"] for block in document["blocks"][:-1]} == {"plain_text"}
        assert not [text for text in texts(document) if "<" in text or ">" in text]
        assert document["mrkdwn"] is False
    if kind == "dingtalk":
        assert document["at"]["isAtAll"] is False


@pytest.mark.parametrize("kind", OK)
def test_many_alerts_are_one_bounded_message(receiver: Receiver, kind: str) -> None:
    receiver.usual = Reply(body=OK[kind])
    many = [alert(f"rule.{number}", sentence="x" * 500, remedy="y" * 500) for number in range(300)]
    send(kind, receiver, message(*many))
    limit = {"json": 64_000, "slack": 64_000, "feishu": 20_000, "dingtalk": 20_000, "wecom": 2300}[kind]
    assert len(receiver.got[0].body) <= limit
    if kind == "json":
        assert len(receiver.got[0].json["alerts"]) == MAX_LISTED
        assert receiver.got[0].json["more"] == 300 - MAX_LISTED
    if kind == "slack":
        assert len(receiver.got[0].json["blocks"]) <= 50, "Slack takes no more blocks"
        assert all(len(each["text"]["text"]) <= 3000 for each in receiver.got[0].json["blocks"][:-1])


def test_what_is_over_and_what_is_told_again_say_so() -> None:
    fired = alert()
    assert message(ended(fired)).title == "[RESOLVED] gpu.ecc on gpu-1 gpu-3"
    (line,) = message(ended(fired)).alerts
    assert line.head == (
        "RESOLVED: gpu.ecc on gpu-1 gpu-3, since 2026-01-02 03:04:05 UTC until 2026-01-02 04:04:05 UTC"
    )
    assert message(fired, repeated=True).title == "[CRITICAL] still gpu.ecc on gpu-1 gpu-3"
    both = message(ended(alert("a.rule")), alert("b.rule", severity=AlertSeverity.WARNING))
    assert [each.rule for each in both.alerts] == ["b.rule", "a.rule"]
    assert both.title == "[WARNING] 2 alerts on gpu-1"
    fleet = message(alert("fleet.stale", "", label=""))
    assert fleet.title == "[CRITICAL] fleet.stale on the fleet"


@pytest.mark.parametrize("kind", OK)
def test_a_test_message_says_that_nothing_is_wrong(receiver: Receiver, kind: str) -> None:
    receiver.usual = Reply(body=OK[kind])
    send(kind, receiver, trial_message("t-1", "ann@desk", SINCE))
    assert "[TEST] Tandem reaches this channel" in json.dumps(receiver.got[0].json)


# --- what is answered


@pytest.mark.parametrize(
    ("kind", "body", "waits_s", "lasting"),
    [
        ("feishu", '{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}', None, True),
        ("feishu", '{"code":19024,"msg":"Key Words Not Found"}', None, True),
        ("feishu", '{"code":11232,"msg":"frequency limited"}', 60, False),
        ("feishu", '{"StatusCode":19021,"StatusMessage":"sign error"}', None, True),
        ("feishu", "{}", None, True),
        ("dingtalk", '{"errcode":310000,"errmsg":"sign not match"}', None, True),
        ("dingtalk", '{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}', 600, False),
        ("dingtalk", '{"errcode":-1,"errmsg":"系统繁忙"}', None, False),
        ("dingtalk", '{"status":1111,"wait":5,"source":"x5","punish":"deny"}', 5, False),
        ("dingtalk", '{"errcode":false}', None, True),
        ("wecom", '{"errcode":93000,"errmsg":"invalid webhook url"}', None, True),
        ("wecom", '{"errcode":45009,"errmsg":"api freq out of limit"}', 60, False),
        ("wecom", "<html>sign in to the wifi</html>", None, True),
        ("wecom", "[1]", None, True),
        ("slack", "<html>sign in to the wifi</html>", None, True),
    ],
)
def test_a_refusal_that_comes_with_http_200_is_a_refusal(
    receiver: Receiver, kind: str, body: str, waits_s: float | None, lasting: bool
) -> None:
    error = refused(kind, receiver, Reply(200, body))
    assert (error.retry_after_s, error.lasting) == (waits_s, lasting)
    found = json.loads(body) if body.startswith("{") else {}
    for key in ("msg", "errmsg", "StatusMessage"):
        assert str(found.get(key, "")) in error.reason


def test_feishu_says_later_with_a_status_of_400(receiver: Receiver) -> None:
    error = refused("feishu", receiver, Reply(400, '{"code":9499,"msg":"too many request","data":{}}'))
    assert error.retry_after_s == 60
    assert not error.lasting
    assert refused("feishu", receiver, Reply(400, '{"code":9499,"msg":"Bad Request"}')).lasting


@pytest.mark.parametrize("kind", OK)
def test_http_says_no(receiver: Receiver, kind: str) -> None:
    error = refused(kind, receiver, Reply(404, "no_service"))
    assert error.reason == "HTTP 404: no_service"
    assert error.lasting
    error = refused(kind, receiver, Reply(500, "\x1b[31mrollup_error\n\n"))
    assert error.reason == "HTTP 500: rollup_error"
    assert not error.lasting
    error = refused(kind, receiver, Reply(429, "", {"Retry-After": "30"}))
    assert (error.retry_after_s, error.lasting) == (30, False)
    error = refused(kind, receiver, Reply(503, "", {"Retry-After": "99999999"}))
    assert error.retry_after_s == 3600
    error = refused(kind, receiver, Reply(503, "", {"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"}))
    assert error.retry_after_s == 3600
    error = refused(kind, receiver, Reply(503, "", {"Retry-After": "soon"}))
    assert error.retry_after_s is None


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with Receiver() as elsewhere:
        error = refused("slack", receiver, Reply(302, "", {"Location": f"{elsewhere.origin}/h"}))
        assert "redirects are not followed" in error.reason
        assert error.lasting
        assert elsewhere.got == []


@pytest.mark.parametrize("reply", [Reply(hang=True), Reply(drip=True)], ids=["hangs", "drips"])
def test_a_server_that_never_ends_is_left(receiver: Receiver, reply: Reply) -> None:
    begun = time.monotonic()
    error = refused("json", receiver, reply, timeout_s=0.5)
    assert error.reason == f"127.0.0.1:{receiver.port} did not answer within 0 s"
    assert not error.lasting
    assert time.monotonic() - begun < 30


def test_nobody_listens_or_nobody_knows_the_name(receiver: Receiver) -> None:
    kind = next(each for each in kinds() if each.name == "json")
    with Receiver() as gone:
        url = f"{gone.origin}/h"
    with pytest.raises(NotSent, match="the connection was refused"):
        kind.send(message(), {"url": url}, 20)
    with pytest.raises(NotSent, match=r"nowhere\.invalid:443: its name is not known"):
        kind.send(message(), {"url": "https://nowhere.invalid/tok"}, 20)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/tok", "ftp://example.com/tok", "https://", "https://a b/tok", "https://[::1/tok",
        "https://me:secret@example.com/tok", "tok", "https://例子.cn/tok", "https://example.com:99999/tok",
        "https://example.com/tok\r\nX-Bad: 1",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_told_without_it(url: str) -> None:
    kind = next(each for each in kinds() if each.name == "slack")
    assert kind.check({"url": url}) is not None
    with pytest.raises(NotSent) as caught:
        kind.send(message(), {"url": url}, 5)
    assert "tok" not in caught.value.reason
    assert "secret" not in caught.value.reason
    assert caught.value.lasting


# --- TLS and proxies


def test_tls_is_checked(authority: Authority, tmp_path: Path) -> None:
    ca = str(authority.ca_file)
    with Receiver(authority.server()) as trusted:
        assert send("slack", trusted, message(), ca_file=ca) == "ok"
        with pytest.raises(NotSent, match="is not trusted"):
            send("slack", trusted, message())
        other = str(make_authority(tmp_path / "other").ca_file)
        with pytest.raises(NotSent, match="is not trusted"):
            send("slack", trusted, message(), ca_file=other)
        with pytest.raises(NotSent, match="cannot be read"):
            send("slack", trusted, message(), ca_file=str(tmp_path / "none.pem"))
        assert len(trusted.got) == 1
    with Receiver(authority.server("other.lab.test")) as misnamed:
        with pytest.raises(NotSent, match="is not trusted"):
            send("slack", misnamed, message(), ca_file=ca)
        assert misnamed.got == []


def test_a_server_without_tls_behind_https_is_a_failure(receiver: Receiver) -> None:
    kind = next(each for each in kinds() if each.name == "slack")
    with pytest.raises(NotSent) as caught:
        kind.send(message(), {"url": f"https://127.0.0.1:{receiver.port}/h"}, 20)
    assert not caught.value.lasting
    assert receiver.got == []


def test_the_environments_proxy_is_used_and_told_nothing_but_the_host(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = next(each for each in kinds() if each.name == "slack")
    settings = {"url": "https://hooks.lab.test/services/TOKEN", "ca_file": str(authority.ca_file)}
    with Receiver(authority.server("hooks.lab.test")) as target, Proxy(target.port) as proxy:
        monkeypatch.setenv("https_proxy", f"http://me:p%40ss@127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        assert kind.send(message(), settings, 20) == "ok"
        ((line, authorization),) = proxy.asked
        assert line == "CONNECT hooks.lab.test:443 HTTP/1.1"
        assert base64.b64decode(authorization.removeprefix("Basic ")) == b"me:p@ss"
        assert target.got[0].path == "/services/TOKEN"
        assert target.got[0].headers["host"] == "hooks.lab.test"
        assert "proxy-authorization" not in target.got[0].headers
        monkeypatch.setenv("no_proxy", "lab.test")
        with pytest.raises(NotSent, match="its name is not known"):
            kind.send(message(), settings, 20)
        assert len(proxy.asked) == 1
    with Receiver() as local, Proxy(local.port) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        send("slack", local, message())
        assert proxy.asked == [], "this machine is never behind a proxy"


def test_a_proxy_that_refuses_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = next(each for each in kinds() if each.name == "slack")
    monkeypatch.delenv("no_proxy", raising=False)
    with Proxy(9, "407 Proxy Authentication Required") as proxy:
        monkeypatch.setenv("https_proxy", f"http://me:hidden@127.0.0.1:{proxy.port}")
        with pytest.raises(NotSent, match=f"the proxy 127.0.0.1:{proxy.port} answered HTTP 407") as caught:
            kind.send(message(), {"url": "https://hooks.lab.test/TOKEN"}, 20)
        assert "hidden" not in caught.value.reason
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:1080")
    with pytest.raises(NotSent, match="none that is spoken to by HTTP"):
        kind.send(message(), {"url": "https://hooks.lab.test/TOKEN"}, 20)
