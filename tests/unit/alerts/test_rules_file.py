"""Rules as TOML: they read back as they were written, errors name rule, key and line."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.alerts.alert import AlertSeverity
from console.alerts.facts import FACTS
from console.alerts.rule import NoData, Rule, Scope
from console.alerts.rules_file import default_rules, format_rules, merged, parse_rules
from console.core.home import shipped
from console.core.problems import Problem

WHOLE = """
[rules.hot]
title = "Hot"
condition = "temp>85 & label.rack=b1"
for = "90s"
keep_firing_for = "2h"
severity = "critical"
scope = "accelerator"
where = "!name=test"
no_data = "alert"
summary = "{label} of {server}: {value}."
remedy = "Look."
runbook = "https://wiki.example.com/hot"
enabled = false
"""
LEAST = '[rules.a]\ntitle = "A"\ncondition = "cpu>1"\nsummary = "s."\nremedy = "r."\n'


def test_every_key() -> None:
    assert parse_rules(WHOLE) == (
        Rule(
            "hot", "Hot", "temp>85 & label.rack=b1", 90.0, 7200.0, AlertSeverity.CRITICAL, Scope.ACCELERATOR,
            "!name=test", False, NoData.ALERT, "Look.", "https://wiki.example.com/hot",
            "{label} of {server}: {value}.",
        ),
    )  # fmt: skip
    assert parse_rules(LEAST)[0] == Rule("a", "A", "cpu>1", summary="s.", remedy="r.")
    assert parse_rules("") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LEAST + 'severity = "bad"\n', ("'a'", "line 6", "'severity'", "info, warning, critical")),
        (LEAST + 'for = "soon"\n', ("line 6", "'for'", "90s")),
        (LEAST + 'for = "40d"\n', ("line 6", "'for'", "30d")),
        (LEAST + "for = 90\n", ("line 6", "'for'", "a text in quotes")),
        (LEAST + 'enabled = "no"\n', ("line 6", "'enabled'", "true or false")),
        (LEAST + 'colour = "red"\n', ("line 6", "'colour'", "no key")),
        (LEAST + 'scope = "accelerator"\n', ("line 3", "'condition'", "cannot ask for 'cpu'")),
        (LEAST + 'where = "a<>b"\n', ("line 6", "'where'", "column")),
        (LEAST + 'runbook = "javascript:x"\n', ("line 6", "'runbook'", "neither")),
        (LEAST.replace("cpu>1", "cpu"), ("line 3", "'condition'", "column 1", "cpu>0")),
        (LEAST.replace("cpu>1", "cpu>hot"), ("line 3", "'condition'", "no number")),
        (LEAST.replace("cpu>1", "down=1"), ("line 3", "'condition'", "stands alone")),
        (LEAST.replace("cpu>1", "(cpu>1"), ("line 3", "'condition'", "bracket")),
        (LEAST.replace("cpu>1", ""), ("line 3", "'condition'", "empty")),
        (LEAST.replace('"s."', '"{server.__class__} is."'), ("line 4", "'summary'", "{server.__class__}")),
        (LEAST.replace('remedy = "r."\n', ""), ("'a'", "line 1", "'remedy'", "missing")),
        (LEAST.replace("rules.a", "rules.A_b"), ("'A_b'", "'name'", "lower-case")),
        ('[rules]\na = "x"\n', ("'a'", "no table")),
        (LEAST.replace('"A"', '"' + "x" * 600 + '"'), ("line 2", "'title'", "500")),
    ],
)  # fmt: skip
def test_an_error_names_rule_key_and_line(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(Problem) as caught:
        parse_rules(text)
    assert caught.value.code == "alerts.rule_invalid"
    for word in words:
        assert word in caught.value.sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[rules.a]\nb == 1", "line 2"),
        ("a = 1\n", "'a' stands there"),
        ("rules = 3\n", "one a rule"),
        ("x" * 300_000, "larger than"),
        ("a = " + "[" * 5000, ""),
    ],
)
def test_what_is_no_file_of_rules(text: str, words: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_rules(text)
    assert caught.value.code == "alerts.rules_unreadable"
    assert words in caught.value.sentence


def test_a_persons_rule_changes_a_default_key_by_key() -> None:
    defaults = default_rules()
    own = parse_rules("[rules.gpu-hot]\nenabled = false\n[rules.gpu-ecc]\nfor = '1m'\n" + LEAST, defaults)
    rules = {each.name: each for each in merged(defaults, own)}
    assert not rules["gpu-hot"].enabled
    assert rules["gpu-hot"].summary == {each.name: each for each in defaults}["gpu-hot"].summary
    assert rules["gpu-ecc"].for_s == 60
    assert list(rules) == [*(each.name for each in defaults), "a"]


def test_the_defaults_read_back_as_they_are() -> None:
    assert parse_rules(format_rules(default_rules())) == default_rules()


texts = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Zs", "Co", "Cn"),
                              exclude_characters="{}"), min_size=1, max_size=40)  # fmt: skip
rules = st.builds(
    Rule,
    name=st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
    title=texts,
    condition=st.sampled_from(["cpu>1", "!(down | mem>=5%) & label.x=\"a b\"", "name~\"b*\""]),
    for_s=st.integers(0, 86_400 * 30).map(float) | st.just(0.5),
    keep_firing_s=st.integers(0, 86_400 * 30).map(float),
    severity=st.sampled_from(AlertSeverity),
    where=st.sampled_from(["", "label.team=\"a b\" & !drained"]),
    enabled=st.booleans(),
    no_data=st.sampled_from(NoData),
    remedy=texts,
    summary=texts,
)  # fmt: skip


@given(st.lists(rules, max_size=4, unique_by=lambda each: each.name))
def test_any_rules_read_back_as_they_were(given_rules: list[Rule]) -> None:
    assert parse_rules(format_rules(given_rules)) == tuple(given_rules)


@given(st.text(max_size=300))
def test_any_text_is_rules_or_a_problem(text: str) -> None:
    with suppress(Problem):
        parse_rules(text)


def test_the_help_lists_every_word_and_every_rule() -> None:
    page = (shipped("resources") / "help" / "alerts.md").read_text("utf-8")
    for facts in FACTS.values():
        for fact in facts.values():
            assert f"| `{fact.name}` | {fact.meaning} |" in page
    for rule in default_rules():
        assert f"| `{rule.name}` | `{rule.condition}` |" in page
