"""The bundle's bytes and the boot line, without running them."""

from __future__ import annotations

import json
import zlib

import pytest

from console.core.problems import Problem
from console.fleet.bundle import ProbeSource, boot_command, build_bundle, bundle_sha256

PROBE = ProbeSource("p", "PROBE_API = 1", "V")


def _content(data: bytes) -> dict[str, object]:
    assert len(data) == 8 + int(data[:8], 16)
    return json.loads(zlib.decompress(data[8:]))


def test_the_code_is_the_same_for_everyone_and_the_configuration_is_not() -> None:
    first = _content(build_bundle((PROBE,), {"nonce": "one"}))
    second = _content(build_bundle((PROBE,), {"nonce": "two", "simulated": {"count": 2}}))
    assert first.pop("config") == {"nonce": "one"}
    assert second.pop("config") == {"nonce": "two", "simulated": {"count": 2}}
    assert first == second
    assert first["sha256"] == bundle_sha256((PROBE,))
    assert first["probes"] == [{"name": "p", "source": "PROBE_API = 1", "vendor": "V"}]
    assert bundle_sha256(()) != bundle_sha256((PROBE,))


def test_pynvml_travels_along() -> None:
    content = _content(build_bundle((), {}))
    assert "nvmlDeviceGetUtilizationRates" in content["libraries"]["pynvml"]


@pytest.mark.parametrize("python", [None, "/opt/python 3/bin/python3", "~/venv/bin/python", "python3.12"])
def test_the_line_holds_nothing_that_a_login_shell_would_take_apart(python: str | None) -> None:
    line = boot_command(python)
    inside = line[len("exec /bin/sh -c '") : -1]
    assert len(line) < 1000, "csh takes words up to 1024 bytes"
    assert not set(inside) & set("'\\!\n\r")


@pytest.mark.parametrize("python", ["", " ", "a'b", 'a"b', "a$b", "a`b`", "a;b", "a\nb", "a\\b", "a!b", "a*"])
def test_an_interpreter_s_path_cannot_smuggle_shell(python: str) -> None:
    with pytest.raises(Problem) as caught:
        boot_command(python)
    assert caught.value.code == "input.invalid"
