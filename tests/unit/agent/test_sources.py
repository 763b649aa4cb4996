"""The agent's sources as data: old grammar, no imports of ours, the protocol, the words of the catalogue."""

from __future__ import annotations

import ast
import string
import sys
from collections.abc import Iterator

import pytest

from console.agent import methods
from console.agent.carries import CARRIER_MODULES
from console.agent.foreign import ADOPTER_MODULES
from console.agent.launch import SUPERVISOR_MODULES
from console.agent.loglines import SEARCH_MODULES
from console.core.problem_catalogue import CATALOGUE
from console.fleet.bundle import COPIER_MODULES, agent_sources
from tests.lab.agent import probe

SOURCES = agent_sources()
_SENT = {name: probe(name, name) for name in ("nvidia", "simulated", "amd", "intel", "ascend")}
PROBES = {name: each.source for name, each in _SENT.items()} | {
    f"{name}.{part}": source for name, each in _SENT.items() for part, source in each.parts
}
PROTOCOL = """
hello telemetry.subscribe telemetry.once process.list process.end inventory.read privileged.run
privileged.check exec file.stat file.sha256 file.read
file.write file.commit file.mkdir file.remove file.free file.list file.measure file.folder file.rename
file.delete file.text file.replace port.free home.usage home.clean job.submit
job.usage job.spec job.files job.python code.have code.missing code.room code.list code.read
job.list job.show job.cancel job.log job.follow job.lines job.search job.metrics job.metrics.follow job.stop
job.outputs job.remove service.start
service.show service.list service.stop service.remove router.command http.get http.post json.swap
json.read lease.list job.again job.foreign job.adopt server.state server.drain server.resume server.limit
carry.facts carry.listen carry.reach carry.start carry.go carry.show carry.list carry.cancel carry.remove
alerts.read alerts.ended alerts.create alerts.swap
"""
SETS = {
    "supervisor": SUPERVISOR_MODULES,
    "copier": COPIER_MODULES,
    "logsearch": SEARCH_MODULES,
    "adopter": ADOPTER_MODULES,
    "carrier": CARRIER_MODULES,
    "carrying": CARRIER_MODULES,
    "fetching": CARRIER_MODULES,
}


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
    assert set(methods.METHODS) == set(PROTOCOL.split())
    for place in methods.METHODS.values():
        module, _, function = place.partition(".")
        names = {n.name for n in ast.parse(SOURCES[module]).body if isinstance(n, ast.FunctionDef)}
        assert function in names, place


@pytest.mark.parametrize("entry", sorted(SETS))
def test_what_starts_with_few_modules_has_all_that_it_imports(entry: str) -> None:
    wanted, seen = [entry], set[str]()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        for node in ast.walk(ast.parse(SOURCES[name])):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                wanted += [node.module] if node.module else [each.name for each in node.names]
    assert seen <= set(SETS[entry])


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
