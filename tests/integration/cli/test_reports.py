"""`tandem report idle`, `series --format csv` and `history export` against a real server."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow.parquet as pq

from console.telemetry.history_export import COLUMNS
from tests.lab.command import Tandem
from tests.lab.sshd import LabServer


def test_series_as_csv_has_utc_times_units_and_empty_cells(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    tandem.ok("watch", lab_server.name, "--seconds", "2", "--interval", "0.5", "--json")
    arguments = ("series", lab_server.name, "memory_used_bytes", "--since", "60s", "--points", "6")
    text = tandem.ok(*arguments, "--format", "csv").out
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["time", *(f"memory_used_bytes {word} [B]" for word in ("min", "mean", "max"))]
    assert all(row[0].endswith("Z") for row in rows[1:])
    known = [row for row in rows[1:] if row[2]]
    assert 1 <= len(known) <= 2
    assert all(float(row[1]) <= float(row[2]) <= float(row[3]) for row in known)
    assert any(row[1:] == ["", "", ""] for row in rows[1:])


def test_idle_holders_are_asked_of_the_servers(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    tandem.ok("server", "add", "nowhere", "--host", "127.0.0.1", "--port", "1")
    name = lab_server.name
    found = tandem.ok("report", "idle", "--json")
    assert found.json == {"holders": [], "not_heard": ["nowhere"]}
    assert "nothing was heard of nowhere" in found.err
    assert "nobody" in tandem.ok("report", "idle", "--server", name, "--for", "1h", "--below", "10%").out
    assert tandem.ok("report", "idle", "--server", name, "--by", "user", "--format", "csv").out == (
        "user,accelerators,memory_bytes [B],longest [s],idle [s]\n"
    )
    alone = tandem.run("report", "idle", "--server", "nowhere")
    assert alone.code == 1
    assert tandem.run("report", "idle", "--below", "0").code == 2
    assert tandem.run("report", "idle", "--server", "unknown").code == 1


def test_a_past_span_is_told_out_of_the_store_by_every_key(tandem: Tandem, lab_server: LabServer) -> None:
    tandem.add(lab_server)
    for by in ("user", "server", "job", "label"):
        found = tandem.ok("report", "idle", "--since", "2h", "--until", "1h", "--by", by, "--json")
        assert found.json == {"groups": [], "not_heard": []}
    backwards = tandem.run("report", "idle", "--since", "2026-01-02T00:00Z", "--until", "2026-01-01T00:00Z")
    assert backwards.code == 2
    assert "--since lies behind --until" in backwards.err


def test_history_is_exported_as_csv_and_parquet(
    tandem: Tandem, lab_server: LabServer, tmp_path: Path
) -> None:
    tandem.add(lab_server)
    name = lab_server.name
    tandem.ok("watch", name, "--seconds", "2", "--interval", "0.5", "--json")
    text = tandem.ok("history", "export", "-", "--server", name, "--metric", "memory_used_bytes").out
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == list(COLUMNS)
    assert 1 <= len(rows) - 1 <= 2
    assert rows[1][2:6] == [name, "", "memory_used_bytes", "B"]
    told = tandem.ok("history", "export", str(tmp_path / "h.parquet"), "--since", "10m", "--json").json
    assert told["lines"] == pq.read_table(tmp_path / "h.parquet").num_rows
    assert tandem.run("history", "export", str(tmp_path / "h.csv"), "--server", "unknown").code == 1
    assert tandem.run("history", "export", "-", "--json").code == 2
