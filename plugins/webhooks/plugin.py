"""Notifiers over webhooks: JSON, Slack, Feishu, DingTalk, WeCom, by their makers' documents, named below.
Messages are plain text, so that no name of a server can format one or call a room."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from urllib.parse import quote_plus, urlsplit

from console.plugin.api import AlertLine, Message, NotifierField, NotifierKind, NotSent, hookimpl, web

Settings = Mapping[str, str]

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_MAX_CHARS = 12_000
_BUSY_S = 60.0
# What calls people in one of these chats, wherever it stands in a text.
_CALLS = re.compile(r"@(?=(?:all|everyone|here|channel|所有人)\b)|(?<=<)@|<(?=!|/?at\b)", re.IGNORECASE)
_WIDE = {"@": "＠", "<": "＜"}

_URL = NotifierField("url", "Address", "The webhook's whole address; whoever knows it can post.", True, True)
_SIGN = NotifierField("sign_secret", "Signing secret", "Where the robot asks for a signature.", True)
_CA = NotifierField("ca_file", "Certificates", "A PEM file to trust in place of the system's certificates.")


@hookimpl
def tandem_notifiers() -> Sequence[NotifierKind]:
    """Five kinds; their addresses and secrets live in the keyring or the environment."""
    token = NotifierField("token", "Bearer token", "Sent as Authorization: Bearer …", True)
    sign = NotifierField("sign_secret", "Signing secret", "Signs the body, see X-Tandem-Signature.", True)
    plain = NotifierField(
        "plain_http", "Without TLS", "Allow http:// to other hosts.", False, False, "no", ("no", "yes")
    )
    return [
        NotifierKind("json", "JSON", (_URL, token, sign, plain, _CA), _send_json, _wrong),
        NotifierKind("slack", "Slack", (_URL, _CA), _send_slack, _wrong),
        NotifierKind("feishu", "Feishu, Lark", (_URL, _SIGN, _CA), _send_feishu, _wrong),
        NotifierKind("dingtalk", "DingTalk", (_URL, _SIGN, _CA), _send_dingtalk, _wrong),
        NotifierKind("wecom", "WeCom", (_URL, _CA), _send_wecom, _wrong),
    ]


def _wrong(settings: Settings) -> str | None:
    url = settings.get("url", "")
    return web.wrong_with(url, plain=settings.get("plain_http") == "yes") if url else None


def _post(url: str, document: object, settings: Settings, timeout_s: float, **headers: str) -> web.Answer:
    if fault := web.wrong_with(url, plain=settings.get("plain_http") == "yes"):
        raise NotSent(fault, lasting=True)
    body = json.dumps(document, ensure_ascii=False).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.post(url, body, {**_JSON, **named}, timeout_s, ca_file=settings.get("ca_file", ""))


def _calm(text: str) -> str:
    """Nothing in it calls a person or a room; what is changed is changed where one sees it."""
    return _CALLS.sub(lambda found: _WIDE[found[0]], text)


def _cut(text: str, max_bytes: int) -> str:
    data = text.encode("utf-8", "replace")
    if len(data) <= max_bytes:
        return data.decode()
    return data[: max_bytes - 3].decode("utf-8", "ignore") + "…"


def _text(message: Message, max_bytes: int) -> str:
    """Title and body as plain text; the signature stays where the rest has to be cut."""
    tail = f"\n{_calm(message.signature)}"
    lines = [message.title, "", *message.lines()[:-1]]
    return _cut(_calm("\n".join(lines)).rstrip(), max_bytes - len(tail.encode())) + tail


# --- any receiver of JSON


def _send_json(message: Message, settings: Settings, timeout_s: float) -> str:
    """The format is ours, see help page channels#json.

    `Idempotency-Key` is the message's id, the same at every attempt. With a signing secret the header
    `X-Tandem-Signature` is "t=SECONDS,v1=HEX", the HMAC-SHA256 of "SECONDS.BODY" by the secret.
    """
    document = {
        "version": 1,
        "id": message.id,
        "title": message.title,
        "test": message.test,
        "repeated": message.repeated,
        "server": message.server,
        "sender": message.sender,
        "sent": _iso(message.sent),
        "more": message.more,
        "alerts": [_as_json(each) for each in message.alerts],
    }
    headers = {"Idempotency_Key": message.id}
    if token := settings.get("token"):
        headers["Authorization"] = f"Bearer {token}"
    if secret := settings.get("sign_secret"):
        seconds = str(int(time.time()))
        body = json.dumps(document, ensure_ascii=False).encode()
        signed = hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers["X_Tandem_Signature"] = f"t={seconds},v1={signed}"
    answer = _post(settings["url"], document, settings, timeout_s, **headers)
    answer.check()
    return f"HTTP {answer.status}"


def _as_json(line: AlertLine) -> dict[str, object]:
    told = asdict(line)
    return {**told, "since": _iso(line.since), "ended": None if line.ended is None else _iso(line.ended)}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# --- Slack


def _send_slack(message: Message, settings: Settings, timeout_s: float) -> str:
    """An incoming webhook: HTTP 200 with the body "ok", else a status and a word (no_service, …).

    docs.slack.dev, "Sending messages using incoming webhooks"; for the errors api.slack.com/changelog
    2016-05-17; "Formatting message text": & < > are escaped, plain_text knows no markup, mentions are
    made by <…> alone. Limits: 150 characters of a header, 3,000 of a section.
    """
    blocks: list[dict[str, object]] = [_slack_block("header", _calm(message.title), 150)]
    for each in message.alerts:
        blocks.append(_slack_block("section", _calm("\n".join(each.lines())), 3000))
    if message.more:
        blocks.append(_slack_block("section", f"and {message.more} more, see the alert page", 3000))
    foot = _calm(message.signature if message.alerts else "\n".join(message.lines()))
    blocks.append({"type": "context", "elements": [_slack_text(foot, 2000)]})
    document = {
        "text": _slack_escape(_calm(message.title)),
        "mrkdwn": False,
        "parse": "none",
        "blocks": blocks,
    }
    answer = _post(settings["url"], document, settings, timeout_s)
    answer.check()
    if answer.text != "ok":
        raise NotSent(f"the answer is not Slack's: {answer.text or 'nothing'}", lasting=True)
    return "ok"


def _slack_block(kind: str, text: str, max_chars: int) -> dict[str, object]:
    return {"type": kind, "text": _slack_text(text, max_chars)}


def _slack_text(text: str, max_chars: int) -> dict[str, object]:
    shown = _slack_escape(text)
    if len(shown) > max_chars:
        # Not in the middle of an escape.
        shown = re.sub(r"&[a-z]{0,4}$", "", shown[: max_chars - 1]) + "…"
    return {"type": "plain_text", "text": shown, "emoji": False}


def _slack_escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# --- Feishu


def _send_feishu(message: Message, settings: Settings, timeout_s: float) -> str:
    """A custom robot of Feishu or Lark: HTTP 200 whatever happens, "code" 0 where it went out.

    open.feishu.cn, "自定义机器人使用指南": type "post", whose text tags know no mentions; a body of 20 KB;
    the signature is the HMAC-SHA256 of nothing by the key "seconds\\nsecret", in Base64. Codes: 19021
    signature or clock, 19022 address not allowed, 19024 keyword, 9499 bad request or too many,
    11232 too many.
    """
    lines: list[list[dict[str, str]]] = []
    room = _MAX_CHARS
    for line in message.lines():
        shown = _cut(_calm(line), 2000)
        room -= len(shown.encode())
        if room < 0:
            lines.append([{"tag": "text", "text": "…"}, {"tag": "text", "text": _calm(message.signature)}])
            break
        lines.append([{"tag": "text", "text": shown}])
    post = {"title": _cut(_calm(message.title), 500), "content": lines}
    document: dict[str, object] = {"msg_type": "post", "content": {"post": {"zh_cn": post}}}
    if secret := settings.get("sign_secret"):
        seconds = str(int(time.time()))
        key = f"{seconds}\n{secret}".encode()
        signed = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
        document = {"timestamp": seconds, "sign": signed, **document}
    answer = _post(settings["url"], document, settings, timeout_s)
    told = _told(answer)
    code = told.get("code", told.get("StatusCode"))
    said = str(told.get("msg", told.get("StatusMessage", "")))
    busy = code == 11232 or (code == 9499 and "too many" in said.lower())
    return _settled(answer, code, said, wait_s=_BUSY_S if busy else None)


# --- DingTalk


def _send_dingtalk(message: Message, settings: Settings, timeout_s: float) -> str:
    """A custom robot: HTTP 200 whatever happens, "errcode" 0 where it went out.

    open.dingtalk.com, "自定义机器人接入" and its table of errors: type "text", up to 20,000 bytes; who is
    called stands in "at" alone; the address gets `timestamp` (ms) and `sign`, the HMAC-SHA256 of
    "timestamp\\nsecret" by the secret, in Base64. Codes: 310000 signature, keyword or address;
    130101 more than 20 a minute, which locks it for ten; "punish" is the gate before it, with seconds.
    """
    url = settings["url"]
    if secret := settings.get("sign_secret"):
        stamp = str(round(time.time() * 1000))
        digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
        joint = "&" if urlsplit(url).query else "?"
        url = f"{url}{joint}timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"
    document = {
        "msgtype": "text",
        "text": {"content": _text(message, _MAX_CHARS)},
        "at": {"atMobiles": [], "atUserIds": [], "isAtAll": False},
    }
    answer = _post(url, document, settings, timeout_s)
    told = _told(answer)
    if "punish" in told:
        wait = told.get("wait")
        waits = float(wait) if isinstance(wait, int | float) and 0 < wait < web.MAX_RETRY_AFTER_S else _BUSY_S
        raise NotSent("too many messages, says the gate", retry_after_s=waits)
    code = told.get("errcode")
    return _settled(answer, code, str(told.get("errmsg", "")), wait_s=600.0 if code == 130101 else None)


# --- WeCom


def _send_wecom(message: Message, settings: Settings, timeout_s: float) -> str:
    """A group's robot: HTTP 200 whatever happens, "errcode" 0 where it went out.

    developer.work.weixin.qq.com/document/path/91770: type "text", up to 2,048 bytes; <@userid> in it calls a
    member, "mentioned_list" too. Not signed: the key stands in the address. Codes: 45009 more than 20 a
    minute, 93000 no such key, -1 busy.
    """
    document = {"msgtype": "text", "text": {"content": _text(message, 2048), "mentioned_list": []}}
    answer = _post(settings["url"], document, settings, timeout_s)
    told = _told(answer)
    code = told.get("errcode")
    return _settled(answer, code, str(told.get("errmsg", "")), wait_s=_BUSY_S if code == 45009 else None)


# --- what the three robots' answers have in common


def _told(answer: web.Answer) -> dict[str, object]:
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        answer.check()
        raise NotSent(f"the answer is not the robot's: {answer.text or 'nothing'}", lasting=True)
    return found


def _settled(answer: web.Answer, code: object, said: str, *, wait_s: float | None) -> str:
    """The robot's own code counts before HTTP's; some answer 400 with a code that says "later"."""
    if code == 0 and not isinstance(code, bool):
        answer.check()
        return f"code 0 {said}".strip()
    if code is None:
        answer.check()
        raise NotSent(f"the answer has no code: {answer.text}", lasting=True)
    lasting = wait_s is None and code != -1 and answer.status < 500
    shown = " ".join(said.split())[:200]
    raise NotSent(f"code {str(code)[:20]}: {shown}", retry_after_s=wait_s, lasting=lasting)
