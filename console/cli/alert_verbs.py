"""`tandem alert …`: what fires, what did, the rules, and who is told nothing until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from console.alerts.alert import Alert, AlertSeverity, AlertState, Silence
from console.alerts.checking import checked
from console.alerts.rule import NoData, Rule, Scope
from console.alerts.rules_file import MAX_BYTES, parse_rules
from console.cli import alert_words as words
from console.cli import channel_verbs
from console.cli.parser import Parser, UsageError, Verbs, duration_s, whole
from console.cli.report_options import add_span, span_of
from console.cli.session import Session
from console.commands.alerts import Story, rule_named
from console.core.problems import Problem
from console.core.text import safe_line

EVERY = "*"
_HOUR_S = 3600.0
T = TypeVar("T")


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    inner = Verbs(verbs.add("alert", "what is wrong, and who is told", None), "alert commands")
    _add_looking(inner)
    _add_rules(inner)
    _add_acting(inner)
    channel_verbs.add_to(inner)


def _add_looking(inner: Verbs) -> None:
    verb = inner.add("list", "what fires now", _list, command="alert list")
    _add_narrowing(verb)
    states = [AlertState.PENDING.value, AlertState.FIRING.value, AlertState.NO_DATA.value]
    verb.add_argument("--state", action="append", default=[], choices=states)
    verb.add_argument("--severity", action="append", default=[], choices=[e.value for e in AlertSeverity])
    verb = inner.add(
        "show", "one alert, what changed before it, how often it was", _show, command="alert show"
    )
    verb.add_argument("id")
    verb = inner.add("history", "what fired, and when nothing was judged", _history, command="alert history")
    _add_narrowing(verb)
    add_span(verb)
    verb.add_argument("--limit", type=whole, default=200, metavar="N")


def _add_narrowing(verb: Parser) -> None:
    verb.add_argument("--server", metavar="NAME", help="only those of a server")
    verb.add_argument("--rule", metavar="RULE", help="only those of a rule")


def _add_rules(inner: Verbs) -> None:
    inner.add("rules", "the rules that are judged", _rules, command="alert rules")
    rule = Verbs(inner.add("rule", "add, change and remove rules", None), "rule commands")
    verb = rule.add(
        "set", "add a rule or change one; what is not given stays", _rule_set, command="alert rule set"
    )
    verb.add_argument("name", nargs="?", help="of the rule; with --file none")
    verb.add_argument("--file", type=Path, metavar="TOML", help="one or more rules as in alerts.toml")
    for flag, text in (
        ("--title", "what lists call it"),
        ("--condition", "when it holds, something is wrong"),
        ("--where", "a filter; empty is everywhere"),
        ("--summary", "what is wrong, one sentence"),
        ("--remedy", "what to do, one sentence"),
        ("--runbook", "address of a page that tells more"),
    ):
        verb.add_argument(flag, metavar="TEXT", help=text)
    verb.add_argument("--for", dest="for_s", type=duration_s, metavar="SPAN")
    verb.add_argument("--keep-firing-for", dest="keep_firing_s", type=duration_s, metavar="SPAN")
    verb.add_argument("--severity", choices=[each.value for each in AlertSeverity])
    verb.add_argument("--scope", choices=[each.value for each in Scope])
    verb.add_argument("--no-data", choices=[each.value for each in NoData])
    switch = verb.add_mutually_exclusive_group()
    switch.add_argument("--on", dest="enabled", action="store_const", const=True, help="judge it")
    switch.add_argument("--off", dest="enabled", action="store_const", const=False, help="do not judge it")
    verb = rule.add(
        "remove", "take a rule of your own away; a default counts again", _rule_remove,
        command="alert rule remove",
    )  # fmt: skip
    verb.add_argument("name")


def _add_acting(inner: Verbs) -> None:
    verb = inner.add(
        "silence", "send nothing for what matches until it ends", _silence, command="alert silence"
    )
    verb.add_argument("rule", metavar="RULE", help=f"a rule's name, or '{EVERY}' for every rule")
    verb.add_argument("--server", metavar="N", help="on this server, else on every one")
    verb.add_argument("--accelerator", metavar="UUID", help="of this accelerator, else of every one")
    verb.add_argument(
        "--for", dest="for_s", type=duration_s, default=_HOUR_S, metavar="DURATION", help="1h where left out"
    )
    verb.add_argument("--reason", default="", metavar="TEXT", help="others will read it")
    verb = inner.add("unsilence", "end a silence before its time", _unsilence, command="alert unsilence")
    verb.add_argument("id")
    verb = inner.add("silences", "what is silenced, until when and why", _silences, command="alert silences")
    verb.add_argument("--all", action="store_true", help="also those that are over")
    verb = inner.add("ack", "say that you know of alerts", _ack, command="alert ack")
    verb.add_argument("ids", nargs="+", metavar="ID")
    verb = inner.add("assign", "give alerts to somebody", _assign, command="alert assign")
    verb.add_argument("ids", nargs="+", metavar="ID")
    verb.add_argument("--to", required=True, metavar="OWNER", help="'' takes them from whoever has them")


def _called(session: Session, command: str, given: Mapping[str, object], kind: type[T]) -> T:
    found = session.call(command, given)
    assert isinstance(found, kind)
    return found


def _many(session: Session, command: str, given: Mapping[str, object]) -> tuple[Alert, ...]:
    found = session.call(command, given)
    assert isinstance(found, tuple)
    return found


# --- looking


def _say_judged(session: Session) -> None:
    """On stderr, where nobody judges: what is listed is as it was then."""
    context = session.context
    text = words.judged_text(context.alerts.judged(), context.clock.now())
    if text:
        session.output.say(f"tandem: {text}")


def _list(session: Session) -> int:
    args, now = session.args, session.context.clock.now()
    severities = [AlertSeverity.CRITICAL, AlertSeverity.WARNING, AlertSeverity.INFO]
    found = [
        each
        for each in _many(session, "alert.list", {})
        if args.server in (None, each.target.server)
        and args.rule in (None, each.rule)
        and (not args.state or each.state.value in args.state)
        and (not args.severity or each.severity.value in args.severity)
    ]
    found.sort(
        key=lambda each: (
            each.state is not AlertState.FIRING,
            bool(each.muted),
            severities.index(each.severity),
            each.target.server,
            each.first_seen,
        )
    )
    _say_judged(session)
    document = {
        "alerts": [words.alert_document(each) for each in found],
        "judged": words.judged_document(session.context.alerts.judged()),
    }
    session.output.answer(document, lambda: words.alerts_text(found, now))
    return 0


def _show(session: Session) -> int:
    story = _called(session, "alert.show", {"id": session.args.id}, Story)
    document = words.alert_document(story.alert) | {
        "earlier": [words.alert_document(each) for each in story.earlier],
        "acts": [
            {
                "time": words.moment(each.time),
                "account": each.account,
                "action": each.action,
                "target": each.target,
                "outcome": each.outcome.value,
            }
            for each in story.acts
        ],
        "equipment": [
            {
                "time": words.moment(each.time),
                "part": each.part or None,
                "item": each.item,
                "before": each.before,
                "after": each.after,
            }
            for each in story.equipment
        ],
    }
    session.output.answer(document, lambda: _story_text(session, story))
    return 0


def _story_text(session: Session, story: Story) -> str:
    now = session.context.clock.now()
    lines = [words.alert_text(story.alert, now)]
    if story.acts or story.equipment:
        lines.append("\nwhat last changed there:")
        done = [
            (each.time, f"{each.action} {safe_line(each.target)} by {safe_line(each.account)}")
            for each in story.acts
        ]
        done += [
            (each.time, f"{safe_line(each.part)} {each.item}: {each.before} -> {each.after}".strip())
            for each in story.equipment
        ]
        done.sort(key=lambda pair: pair[0], reverse=True)
        lines += [f"  {words.short(at)}  {safe_line(text, max_chars=160)}" for at, text in done]
    if story.earlier:
        lines.append("\nearlier:")
        lines += [
            f"  {words.short(each.first_seen)}  lasted {words.lasted(each, now)}" for each in story.earlier
        ]
    return "\n".join(lines)


def _history(session: Session) -> int:
    args, context = session.args, session.context
    since, until = span_of(session)
    given = {"since": since, "until": until, "server": args.server, "rule": args.rule, "limit": args.limit}
    found = _many(session, "alert.history", given)
    judged, now = context.alerts.judged(), context.clock.now()
    _say_judged(session)
    document = {
        "alerts": [words.alert_document(each) for each in found],
        "judged": words.judged_document(judged),
    }

    def text() -> str:
        lines = [words.alerts_text(found, now, past=True)]
        gaps = [each for each in judged.gaps if since is None or (each.until or now) > since]
        if gaps:
            lines.append("\nnothing was judged:")
            lines += [
                f"  {words.short(each.since)} to {words.short(each.until) if each.until else 'now'}"
                for each in gaps
            ]
        return "\n".join(lines)

    session.output.answer(document, text)
    return 0


# --- rules


def _rules(session: Session) -> int:
    rules = session.call("alert.rules", {})
    assert isinstance(rules, tuple)
    own = frozenset(session.context.alerts.own_rules())
    documents = [words.rule_document(each) | {"own": each.name in own} for each in rules]
    session.output.answer(documents, lambda: words.rules_text(rules, own))
    return 0


def _rule_set(session: Session) -> int:
    args = session.args
    rules = _from_file(session, args.file) if args.file is not None else (_from_flags(session),)
    for rule in rules:
        session.call("alert.rule_set", {"rule": rule})
    documents = [words.rule_document(each) for each in rules]
    session.output.answer(documents, lambda: "\n".join(f"rule {each.name} is kept" for each in rules))
    return 0


def _from_file(session: Session, path: Path) -> tuple[Rule, ...]:
    """All of them, checked before the first is kept."""
    if session.args.name is not None:
        raise UsageError("a file names its rules itself: leave NAME out", "alert rule set")
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8"
        raise Problem("file.unreadable", path=path, reason=reason) from error
    return parse_rules(text, session.context.alerts.rules())


def _from_flags(session: Session) -> Rule:
    args = session.args
    if args.name is None:
        raise UsageError("give the rule's NAME, or --file", "alert rule set")
    known = next((each for each in session.context.alerts.rules() if each.name == args.name), None)
    texts = (
        "title",
        "condition",
        "where",
        "summary",
        "remedy",
        "runbook",
        "for_s",
        "keep_firing_s",
        "enabled",
    )
    given = {key: value for key in texts if (value := getattr(args, key)) is not None}
    if args.severity is not None:
        given["severity"] = AlertSeverity(args.severity)
    if args.scope is not None:
        given["scope"] = Scope(args.scope)
    if args.no_data is not None:
        given["no_data"] = NoData(args.no_data)
    if not given:
        raise UsageError("say what is to be changed, as --off or --for 10m", "alert rule set")
    base = known or Rule(name=args.name, title=args.name, condition="")
    return checked(replace(base, **given))


def _rule_remove(session: Session) -> int:
    name = rule_named(session.context, session.args.name).name
    session.call("alert.rule_remove", {"name": name})
    session.output.answer({"name": name}, f"rule {name} is no longer your own")
    return 0


# --- acting


def _silence(session: Session) -> int:
    args = session.args
    given = {
        "rule": "" if args.rule == EVERY else args.rule,
        "server": args.server,
        "accelerator": args.accelerator,
        "for_s": args.for_s,
        "reason": args.reason,
    }
    made = _called(session, "alert.silence", given, Silence)
    text = f"{made.id}: silenced until {words.short(made.ends)}"
    session.output.answer(words.silence_document(made, session.context.clock.now()), text)
    return 0


def _unsilence(session: Session) -> int:
    ended = _called(session, "alert.unsilence", {"id": session.args.id}, Silence)
    now = session.context.clock.now()
    session.output.answer(words.silence_document(ended, now), f"silence {ended.id} has ended")
    return 0


def _silences(session: Session) -> int:
    found = session.call("alert.silences", {})
    assert isinstance(found, tuple)
    now = session.context.clock.now()
    shown = [each for each in found if session.args.all or each.ends > now]
    session.output.answer(
        [words.silence_document(each, now) for each in shown], lambda: words.silences_text(shown)
    )
    return 0


def _ack(session: Session) -> int:
    known = _many(session, "alert.ack", {"ids": tuple(session.args.ids)})
    text = "\n".join(f"{each.id}: known to {each.acknowledged_by}" for each in known)
    session.output.answer([words.alert_document(each) for each in known], text)
    return 0


def _assign(session: Session) -> int:
    args = session.args
    given = _many(session, "alert.assign", {"ids": tuple(args.ids), "owner": args.to})
    text = "\n".join(f"{each.id}: {each.owner or 'nobody'} has it" for each in given)
    session.output.answer([words.alert_document(each) for each in given], text)
    return 0
