"""The agent's sources as data: old grammar, no imports of ours, the protocol, the words of the catalogue."""

from __future__ import annotations

import ast
import string
import sys
from collections.abc import Iterator

import pytest

from console.agent import main
from console.core.problem_catalogue import CATALOGUE
from console.fleet.bundle import agent_sources
from tests.lab.agent import probe

SOURCES = agent_sources()
PROBES = {name: probe(name, name).source for name in ("nvidia", "simulated")}
PROTOCOL = """
hello telemetry.subscribe telemetry.once process.list process.end exec file.stat file.sha256 file.read
file.write file.commit file.mkdir file.remove file.free file.list file.measure file.rename
file.delete file.text file.replace port.free home.usage home.clean job.submit
job.list job.show job.cancel job.log job.follow job.metrics job.outputs job.remove service.start
service.show service.list service.stop service.remove router.command http.get http.post json.swap
json.read
"""


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_module_is_python_3_6_and_stands_alone(name: str) -> None:
    tree = ast.parse(SOURCES[name], feature_version=(3, 6))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 1 or node.module.split(".")[0] in sys.stdlib_module_names
            assert node.module != "__future__"
        elif isinstance(node, ast.Import):
            assert all(each.name.split(".")[0] in sys.stdlib_module_names for each in node.names)


@pytest.mark.parametrize("name", sorted(PROBES))
def test_a_probe_is_python_3_6_and_stands_alone(name: str) -> None:
    for node in ast.walk(ast.parse(PROBES[name], feature_version=(3, 6))):
        if isinstance(node, ast.Import):
            allowed = {*sys.stdlib_module_names, "pynvml"}
            assert all(each.name.split(".")[0] in allowed for each in node.names)


def test_the_methods_are_the_protocol_s_and_each_one_is_there() -> None:
    assert set(main.METHODS) == set(PROTOCOL.split())
    for place in main.METHODS.values():
        module, _, function = place.partition(".")
        names = {n.name for n in ast.parse(SOURCES[module]).body if isinstance(n, ast.FunctionDef)}
        assert function in names, place


def _errors() -> Iterator[tuple[str, str, set[str]]]:
    for name, source in SOURCES.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AgentError":
                code = node.args[0]
                if isinstance(code, ast.Constant) and not any(k.arg is None for k in node.keywords):
                    yield name, code.value, {str(k.arg) for k in node.keywords}


def test_every_error_has_its_words_and_gives_what_they_name() -> None:
    found = list(_errors())
    assert len(found) > 20
    for module, code, given in found:
        sentence, remedy, _ = CATALOGUE[code]
        wanted = {field for _, field, _, _ in string.Formatter().parse(sentence + remedy) if field}
        # The client adds the server, the dispatcher the method.
        assert wanted <= given | {"server"} | ({"method"} if code == "agent.failed" else set()), (
            module,
            code,
        )
