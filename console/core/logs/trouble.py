"""What in a log speaks of trouble: one table of rules, for colouring, counting and jumping. Pure.

A rule has needles, literal words without which a line cannot match: a healthy log is gone through by them
alone, a hundred times as fast as by regular expressions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Severity = Literal["critical", "warning"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of trouble.

    Attributes:
        kind: a word for it.
        pattern: a regular expression of Python that some part of the line matches.
        needles: one of them is in every line that matches.
    """

    kind: str
    pattern: str
    needles: tuple[str, ...]


RULES: tuple[Rule, ...] = (
    Rule("traceback", r"Traceback \(most recent call last\)", ("Traceback",)),
    Rule("exception", r"^\W{0,20}(?:\w{1,20}\]:? ?)?[A-Za-z_][\w.]{0,120}"
         r"(?:Error|Exception|Interrupt)(?:: |:?\s*$)",
         ("Error", "Exception", "Interrupt")),
    Rule("level", r"(?<![\w.=/-])(?:ERROR|FATAL|CRITICAL|PANIC)(?![\w.=/-])",
         ("ERROR", "FATAL", "CRITICAL", "PANIC")),
    Rule("error", r"(?:^|[\s\])>:])(?:[Ff]atal )?[Ee]rror: (?![-+.]?\d)(?! *(?:nan|None)\b)", ("rror: ",)),
    Rule("fatal", r"(?:^|[\s\]:])(?:fatal|Fatal|panic):", ("atal:", "panic:")),
    Rule("cuda", r"CUDA out of memory|CUDA error|CUDA driver error|CUBLAS_STATUS_(?!SUCCESS)|"
         r"CUDNN_STATUS_(?!SUCCESS)|device-side assert triggered|illegal memory access|"
         r"HIP out of memory|HIP error",
         ("CUDA ", "HIP ", "CUBLAS_STATUS_", "CUDNN_STATUS_", "device-side assert", "illegal memory access")),
    Rule("nccl", r"NCCL (?:WARN|ERROR)|NCCL error|"
         r"nccl(?:Internal|System|Remote|UnhandledCuda|InvalidUsage)\w*|"
         r"Watchdog caught collective operation timeout|RCCL error|HCCL error",
         ("NCCL WARN", "NCCL ERROR", "CCL error", "nccl", "Watchdog caught")),
    Rule("oom", r"[Oo]ut of memory: Kill|oom-kill|OOM[- ]?[Kk]ill|^Killed$|"
         r": Killed\b|Cannot allocate memory|bad_alloc|"
         r"can't allocate memory|RESOURCE_EXHAUSTED|[Oo]ut [Oo]f [Mm]emory",
         ("ut of memory", "ut Of Memory", "oom-kill", "OOM", "Killed", "allocate memory", "bad_alloc",
          "RESOURCE_EXHAUSTED")),
    Rule("crash", r"[Ss]egmentation fault|core dumped|\bBus error\b|double free|terminate called after|"
         r"\bSIG(?:SEGV|ABRT|BUS|KILL|FPE|ILL)\b|exitcode\s{0,9}[:=]?\s{0,3}-?[1-9]|Floating point exception",
         ("egmentation fault", "core dumped", "Bus error", "double free", "terminate called", "SIG",
          "exitcode", "Floating point exception")),
    Rule("gpu", r"NVRM: Xid|Xid \(PCI|fallen off the bus|[Uu]ncorrectable ECC|"
         r"Unable to determine the device handle",
         ("Xid", "fallen off the bus", "ncorrectable ECC", "Unable to determine the device")),
    Rule("disk", r"No space left on device|Disk quota exceeded|Read-only file system|Input/output error|"
         r"Stale file handle",
         ("No space left", "quota exceeded", "Read-only file", "Input/output error", "Stale file")),
    Rule("number", r"\b(?:[Ll]oss|grad_norm|perplexity)\b\W{0,3}(?:nan|NaN|NAN)\b", ("nan", "NaN", "NAN")),
    Rule("network", r"Connection (?:refused|reset by peer|timed out)|"
         r"Address already in use|Network is unreachable",
         ("Connection re", "Connection timed", "Address already", "Network is un")),
    Rule("start", r"command not found|Permission denied|No module named|cannot open shared object file",
         ("command not found", "Permission denied", "No module named", "cannot open shared")),
    Rule("scheduler", r"slurmstepd: error|srun: error|DUE TO (?:TIME LIMIT|PREEMPTION)",
         ("slurmstepd:", "srun:", "DUE TO ")),
)  # fmt: skip

WARNINGS: tuple[Rule, ...] = (
    Rule("level", r"(?<![\w.=/-])(?:WARN|WARNING)(?![\w=/-])", ("WARN",)),
    Rule("python", r"\b[A-Z]\w{0,60}Warning: |(?:^|[\s\])>:])[Ww]arning: ", ("arning: ",)),
)

PATTERN = "|".join(f"(?:{rule.pattern})" for rule in RULES)
"""One regular expression for all of them, wherever a line of a text may stand."""
NEEDLES: tuple[str, ...] = tuple(dict.fromkeys(needle for rule in RULES for needle in rule.needles))


@lru_cache(maxsize=1)
def _compiled() -> tuple[tuple[Severity, tuple[tuple[Rule, re.Pattern[str]], ...]], ...]:
    def made(rules: tuple[Rule, ...]) -> tuple[tuple[Rule, re.Pattern[str]], ...]:
        return tuple((rule, re.compile(rule.pattern, re.MULTILINE)) for rule in rules)

    return (("critical", made(RULES)), ("warning", made(WARNINGS)))


def rule_of(line: str) -> tuple[Severity, Rule] | None:
    """The first rule that a line fits, errors before warnings; None for most lines."""
    for severity, rules in _compiled():
        for rule, pattern in rules:
            if any(needle in line for needle in rule.needles) and pattern.search(line):
                return severity, rule
    return None
