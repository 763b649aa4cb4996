"""What is wrong with rules of alerts. Only words live here."""

WORDS: dict[str, tuple[str, str, str]] = {
    "alerts.rule_invalid": (
        "The alert rule '{rule}' cannot be used{where}: '{key}' {reason}.",
        "Correct it there; the keys of a rule and the words of a condition are on its help page.",
        "alerts#rules",
    ),
    "alerts.rules_unreadable": (
        "The alert rules cannot be read: {reason}.",
        "Correct the file; until then the rules that were read last are judged.",
        "alerts#rules",
    ),
}
