"""A real Prometheus on loopback: Debian's, in a folder of its own, scraping whatever a test names."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.lab.sshd import free_port

_START_S = 30.0
_WAIT_S = 30.0


class LabPrometheus:
    """One server; started by `with`. Any account may run it.

    Args:
        targets: job name -> addresses, "HOST:PORT"; or address and labels that its series get.
        web: text of its web.yml (TLS, basic authentication), or nothing.
        past: OpenMetrics text of samples that it has had for long.
    """

    def __init__(
        self,
        folder: Path,
        targets: Mapping[str, list[tuple[str, dict[str, str]]]],
        *,
        web: str = "",
        past: str = "",
        port: int = 0,
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._targets = targets
        self._web = web
        self._past = past
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers, without TLS."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "prometheus.json").write_text(json.dumps(self._configuration()))
        if self._past:
            self._keep_past()
        self.start()
        return self

    def start(self) -> None:
        """Begin, or begin again after `stop` on the same port and data."""
        found = shutil.which("prometheus")
        assert found is not None, "Debian's prometheus is missing: ./dev test installs it"
        words = [
            found,
            f"--config.file={self.folder / 'prometheus.json'}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--storage.tsdb.retention.time=90d",
        ]
        if self._web:
            (self.folder / "web.yml").write_text(self._web)
            words.append(f"--web.config.file={self.folder / 'web.yml'}")
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self._wait_for_port()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it; its data stays."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def value(self, query: str) -> float | None:
        """What an instant query answers, the first value; None where it is empty."""
        rows = self.rows(query)
        return float(rows[0]["value"][1]) if rows else None

    def rows(self, query: str) -> list[dict[str, Any]]:
        """All rows of an instant query."""
        words = urllib.parse.urlencode({"query": query})
        with urllib.request.urlopen(f"{self.url}/api/v1/query?{words}", timeout=10) as answer:
            return list(json.load(answer)["data"]["result"])

    def wait_for(self, query: str, value: float | None = None) -> float:
        """Until the query answers with (that) value."""
        end = time.monotonic() + _WAIT_S
        while True:
            found = self.value(query)
            if found is not None and value in (None, found):
                return found
            assert time.monotonic() < end, f"{query} answers {found}; see {self.folder / 'log'}"
            time.sleep(0.1)

    def _wait_for_port(self) -> None:
        end = time.monotonic() + _START_S
        while b"Server is ready" not in (self.folder / "log").read_bytes():
            ended = self._process is None or self._process.poll() is not None
            assert not ended, (self.folder / "log").read_text()
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.05)

    def _keep_past(self) -> None:
        text = self.folder / "past.txt"
        text.write_text(self._past)
        words = ["promtool", "tsdb", "create-blocks-from", "openmetrics", text, self.folder / "data"]
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def _configuration(self) -> dict[str, object]:
        jobs = [
            {
                "job_name": name,
                "static_configs": [{"targets": [address], "labels": labels} for address, labels in told],
                "honor_labels": True,
            }
            for name, told in self._targets.items()
        ]
        scraping = {"scrape_interval": "1s", "scrape_timeout": "1s"}
        # What is YAML to Prometheus is JSON as well.
        return {"global": scraping, "scrape_configs": jobs}
