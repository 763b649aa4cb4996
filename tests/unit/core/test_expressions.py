"""How far an expression is tried on the window's thread: those that may never end not at all."""

from __future__ import annotations

import re

import pytest

from console.core.logs.expressions import reach_of


@pytest.mark.parametrize(
    ("pattern", "reach"),
    [
        ("loss", 8192),
        (r"\bERROR\b", 8192),
        ("(foo|bar)", 8192),
        (r"step \d{1,9}:", 8192),
        ("loss.*", 2000),
        (r"(?i)loss=[0-9.]+", 2000),
        ("a.*b.*c", 250),
        ("a.*b.*c.*d", 0),
        ("(a+)+$", 0),
        ("(a|a)*b", 0),
        ("(a?){40}a{40}", 0),
        (r"(.*)x\1", 0),
        ("(?=(a+)+b)", 0),
        ("(", 0),
    ],
)
def test_what_an_expression_is_worth(pattern: str, reach: int) -> None:
    assert reach_of(pattern) == reach


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*x", "(x+x+)+y", "([a-z]+)*1"])
def test_what_never_ends_is_never_tried(pattern: str) -> None:
    assert re.compile(pattern)
    assert reach_of(pattern) == 0
