"""The step of the schema that turns points of metrics, one row each, into packed curves."""

from __future__ import annotations

import math
import struct
from datetime import datetime
from itertools import groupby

from console.store.database import Connection
from console.store.schema import CURVES

OWN_SOURCE = "$TANDEM_METRICS"


def to_curves(connection: Connection) -> None:
    """Make the tables of curves, move what was kept into them, and drop the old table."""
    for statement in CURVES:
        connection.execute(statement)
    rows = connection.execute("SELECT job, name, step, time, value FROM job_metrics ORDER BY job, name, seq")
    for (job, name), group in groupby(rows.fetchall(), key=lambda row: (row[0], row[1])):
        numbers: list[float] = []
        for count, (_, _, step, time, value) in enumerate(group):
            moment = datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()
            numbers += (float(count), math.nan if step is None else step, moment, value)
        kept = len(numbers) // 4
        made = connection.execute(
            "INSERT INTO job_curves (job, source, name, seen, kept) VALUES (?, ?, ?, ?, ?)",
            (job, OWN_SOURCE, name, kept, kept),
        )
        connection.execute(
            "INSERT INTO job_curve_parts (curve, part, points) VALUES (?, 0, ?)",
            (made.lastrowid, struct.pack(f"<{len(numbers)}d", *numbers)),
        )
    # Without its edges the agent reads the file once more and what it gives replaces what was kept.
    connection.execute(
        "INSERT INTO job_metric_state (job, generation, sources, complete)"
        " SELECT id, 1, json_object(?, json_object('kind', 'json', 'cursor',"
        " json_object('offset', metrics_offset, 'edges', NULL))), 0 FROM jobs WHERE metrics_offset > 0",
        (OWN_SOURCE,),
    )
    connection.execute("DROP TABLE job_metrics")
    connection.execute("ALTER TABLE jobs DROP COLUMN metrics_offset")
