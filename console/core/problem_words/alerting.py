"""What goes wrong with the board of alerts and who judges. Only words live here."""

WORDS: dict[str, tuple[str, str, str]] = {
    "alerts.no_board": (
        "{server}: no alertd has judged there under this account, so there are no alerts to read.",
        "Start 'tandem alertd' there, or empty the option alerts.judge to judge in this console.",
        "alertd#elsewhere",
    ),
    "alerts.judged_elsewhere": (
        "This home looks at the alerts that {server} judges, so it must not judge too.",
        "Start alertd with another --home, or empty the option alerts.judge.",
        "alertd#elsewhere",
    ),
    "alerts.second_judge": (
        "Another alertd judges the board {path} already.",
        "Look at it with 'systemctl --user status tandem-alertd'; one is enough for all consoles.",
        "alertd#one",
    ),
    "alerts.acknowledged": (
        "Alert {alert} was acknowledged by {who} at {when}.",
        "Ask them, or assign the alert to somebody.",
        "alertd#together",
    ),
    "alerts.assigned": (
        "Alert {alert} changed hands a moment ago: {who} has it now.",
        "Look again, then assign it if that is still right.",
        "alertd#together",
    ),
    "alerts.silence_over": (
        "Silence {id} is over since {when}, ended by {who}.",
        "Set a new one if it is still needed.",
        "alertd#together",
    ),
    "alerts.contended": (
        "The {what} was changed by others again and again while this console tried.",
        "Try again.",
        "alertd#together",
    ),
    "alerts.rules_changed": (
        "The rules were changed by somebody else since this console read them.",
        "Look at the rules again, then make your change.",
        "alertd#together",
    ),
    "alerts.default_rule": (
        "{name} ships with Tandem and cannot be removed.",
        "Switch it off instead.",
        "alertd#rules",
    ),
    "alerts.failed": (
        "The rules could not be judged because of an error of Tandem itself: {reason}.",
        "It is tried again; the log file has details, please report it.",
        "alertd#who",
    ),
    "alerts.no_user_units": (
        "This machine has no systemd, so no unit can be written.",
        "Start 'tandem alertd' by what starts services here.",
        "alertd#unit",
    ),
}
