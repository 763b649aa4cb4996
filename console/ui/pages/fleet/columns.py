"""The columns of the servers, as data."""

from __future__ import annotations

from collections.abc import Callable

from console.core.units import format_percent, format_power, format_temperature
from console.telemetry.snapshot import ServerRow
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.kit.sparkline import Values
from console.ui.numbers import pair_memory
from console.ui.pages.fleet import words
from console.ui.state_words import role_tone, role_word
from console.ui.theme.tokens import Token

Curve = Callable[[ServerRow], tuple[Values, Token] | None]


# Long: it is nothing but the columns, one after the other.
def server_columns(curve: Curve) -> tuple[Column[ServerRow], ...]:
    """`curve` gives the last minutes of a server's mean utilization."""
    return (
        Column("name", translate("Fleet", "Server"), lambda row: row.server.name, strong=True, width=96),
        Column(
            "role",
            translate("Fleet", "Role"),
            lambda row: role_word(row.server.role),
            tone=lambda row: role_tone(row.server.role),
            dim=True,
            width=96,
            drop=4,
        ),
        Column(
            "gpus",
            translate("Fleet", "GPUs"),
            words.accelerators,
            sort=lambda row: len(row.accelerators),
            width=66,
            drop=2,
        ),
        Column(
            "util",
            translate("Fleet", "Util"),
            lambda row: format_percent(words.utilization(row)),
            sort=words.utilization,
            align="right",
            width=60,
        ),
        Column(
            "curve",
            translate("Fleet", "15 min"),
            lambda _row: "",
            sort=words.utilization,
            spark=curve,
            spark_top=100.0,
            width=92,
            drop=3,
        ),
        Column(
            "memory",
            translate("Fleet", "Memory"),
            lambda row: pair_memory(*words.memory(row)),
            sort=lambda row: words.memory(row)[0],
            align="right",
            width=118,
        ),
        Column(
            "power",
            translate("Fleet", "Power"),
            lambda row: format_power(words.power(row)),
            sort=words.power,
            align="right",
            width=80,
            drop=1,
        ),
        Column(
            "temperature",
            translate("Fleet", "Temp"),
            lambda row: format_temperature(words.temperature(row)),
            sort=words.temperature,
            align="right",
            width=64,
            drop=1,
        ),
        Column("who", translate("Fleet", "Who"), words.who, dim=True, width=140, stretch=True),
        Column(
            "state",
            translate("Fleet", "State"),
            lambda row: words.server_state(row)[1],
            sort=lambda row: -int(row.severity),
            tone=lambda row: words.server_state(row)[0],
            toned=True,
            width=206,
        ),
    )
