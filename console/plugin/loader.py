"""Finds plugins, asks for no consent but checks it, imports them and collects what they provide.

A plugin that fails is listed with its Problem and never stops the start. What hooks return is only
checked and gathered here; rooms use it.
"""

from __future__ import annotations

import importlib.util
import logging
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pluggy

from console.core.home import Home
from console.core.problems import Problem
from console.core.text import safe_line
from console.plugin.api import (
    AcceleratorProbe,
    NotifierField,
    NotifierKind,
    Parameter,
    Recipe,
    Runtime,
    Source,
)
from console.plugin.api.hooks import PROJECT, Hooks
from console.plugin.approval import Approvals, folder_hash, read_approvals
from console.plugin.manifest import PROVIDES, Manifest, read_manifest

_log = logging.getLogger(__name__)
_FIELD = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


class PluginState(StrEnum):
    """How a plugin stands. Only a loaded one was ever imported with success."""

    LOADED = "loaded"
    NOT_APPROVED = "not approved"
    CHANGED = "changed since approval"
    INVALID = "invalid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """One plugin as `tandem plugin list` shows it.

    Attributes:
        path: its folder.
        shipped: whether it came with Tandem.
        provides: what its manifest says.
        problem: why it is not loaded, or None.
        checked: against what its readings were checked, "hardware" or "captures"; None where it does not say.
    """

    name: str
    version: str
    path: Path
    state: PluginState
    shipped: bool
    provides: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    problem: Problem | None = None
    checked: str | None = None

    @property
    def only_captures(self) -> bool:
        """Whether nobody has seen it read a real device: its parsers know recorded output only."""
        return self.checked == "captures"


@dataclass(frozen=True, slots=True)
class PluginSet:
    """All plugins, and what the loaded ones provide, in the order of loading."""

    plugins: tuple[PluginInfo, ...] = ()
    probes: tuple[AcceleratorProbe, ...] = ()
    recipes: tuple[Recipe, ...] = ()
    runtimes: tuple[Runtime, ...] = ()
    notifiers: tuple[NotifierKind, ...] = ()
    sources: tuple[Source, ...] = ()

    def recipe(self, name: str) -> Recipe:
        """A recipe by its name.

        Raises:
            Problem: `recipe.unknown`.
        """
        for each in self.recipes:
            if each.name == name:
                return each
        raise Problem("recipe.unknown", name=name)


def load(home: Home, shipped_dir: Path) -> PluginSet:
    """Every plugin that ships with Tandem, then the approved ones of the home. Never raises for a plugin."""
    gathering = _Gathering()
    for folder in _folders(shipped_dir):
        gathering.take(folder, shipped=True, approvals=None)
    approvals: Approvals | Problem
    try:
        approvals = read_approvals(home)
    except Problem as problem:
        approvals = problem
    for folder in _folders(home.plugins):
        gathering.take(folder, shipped=False, approvals=approvals)
    return PluginSet(
        tuple(gathering.plugins),
        tuple(gathering.values["probes"]),
        tuple(gathering.values["recipes"]),
        tuple(gathering.values["runtimes"]),
        tuple(gathering.values["notifiers"]),
        tuple(gathering.values["sources"]),
    )


def _folders(parent: Path) -> list[Path]:
    try:
        found = [each for each in parent.iterdir() if each.is_dir() and each.name[0] not in "._"]
    except FileNotFoundError:
        return []
    return sorted(found, key=lambda each: each.name)


@dataclass
class _Gathering:
    """What was loaded so far; one per call of `load`."""

    manager: pluggy.PluginManager = field(default_factory=lambda: _manager())
    plugins: list[PluginInfo] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=lambda: {key: [] for key in PROVIDES})

    def take(self, folder: Path, *, shipped: bool, approvals: Approvals | Problem | None) -> None:
        """Look at one folder, load it if it may be loaded, and keep how it went."""
        manifest: Manifest | None = None
        problem: Problem | None = None
        try:
            manifest = read_manifest(folder)
            self._check_name(folder, manifest)
            state = PluginState.LOADED if shipped else self._consent(folder, manifest, approvals)
            if state is PluginState.LOADED:
                self._load(folder, manifest)
        except Problem as found:
            problem = found
            state = _STATES.get(found.code, PluginState.FAILED)
        self.plugins.append(_info(folder, manifest, state, shipped, problem))

    def _check_name(self, folder: Path, manifest: Manifest) -> None:
        if any(each.name == manifest.name for each in self.plugins):
            raise _invalid(folder, f"there is another plugin named '{manifest.name}'")

    @staticmethod
    def _consent(folder: Path, manifest: Manifest, approvals: Approvals | Problem | None) -> PluginState:
        if not isinstance(approvals, Approvals):
            if approvals is not None:
                raise approvals
            return PluginState.NOT_APPROVED
        sha256 = folder_hash(folder)
        if approvals.changed(manifest.name, sha256):
            return PluginState.CHANGED
        return PluginState.LOADED if approvals.allows(manifest.name, sha256) else PluginState.NOT_APPROVED

    def _load(self, folder: Path, manifest: Manifest) -> None:
        module = _guarded(manifest, partial(_import, folder, manifest))
        try:
            self.manager.register(module, name=manifest.name)
            self.manager.check_pending()
        except pluggy.PluginValidationError as error:
            self._forget(manifest)
            raise _invalid(folder, safe_line(str(error))) from error
        try:
            added = {key: self._added(folder, manifest, key) for key in PROVIDES}
        except Problem:
            self._forget(manifest)
            raise
        for key, values in added.items():
            self.values[key].extend(values)

    def _forget(self, manifest: Manifest) -> None:
        if self.manager.has_plugin(manifest.name):
            self.manager.unregister(name=manifest.name)

    def _added(self, folder: Path, manifest: Manifest, key: str) -> list[Any]:
        caller = getattr(self.manager.hook, PROVIDES[key])
        calls = [each for each in caller.get_hookimpls() if each.plugin_name == manifest.name]
        if bool(calls) != (key in manifest.provides):
            says, does = ("does not say", "does") if calls else ("says", "does not")
            raise _invalid(folder, f"the manifest {says} that it provides {key}, and it {does}")
        values: list[Any] = []
        for call in calls:
            returned = _guarded(manifest, partial(_listed, call.function))
            for value in returned:
                _guarded(manifest, partial(self._check_value, manifest, key, value, values))
                values.append(value)
        return values

    def _check_value(self, manifest: Manifest, key: str, value: object, beside: list[Any]) -> None:
        if not isinstance(value, _Value) or not isinstance(value, _TYPES[key]):
            raise _failed(manifest, f"{PROVIDES[key]} returned a {type(value).__name__}")
        if any(each.name == value.name for each in [*self.values[key], *beside]):
            raise _failed(manifest, f"it provides '{value.name}', which is there already")
        if fault := _fault_of(value):
            raise _failed(manifest, f"'{value.name}': {fault}")
        for path in _files_of(value):
            if not Path(path).is_file():
                raise _failed(manifest, f"the file {path} of '{value.name}' is missing")


_Value = AcceleratorProbe | Recipe | Runtime | NotifierKind | Source
_TYPES: dict[str, type] = {
    "probes": AcceleratorProbe,
    "recipes": Recipe,
    "runtimes": Runtime,
    "sources": Source,
    "notifiers": NotifierKind,
}
_STATES = {
    "plugin.invalid": PluginState.INVALID,
    "plugin.failed": PluginState.FAILED,
    # The list of approvals cannot be read: nobody is known to have consented.
    "file.unreadable": PluginState.NOT_APPROVED,
}


def _fault_of(value: _Value) -> str | None:
    """What is wrong with a value as far as it would surprise later; annotations are no checks."""
    if not isinstance(value.name, str) or not value.name:
        return "the name is no text"
    if isinstance(value, AcceleratorProbe):
        return None if _are(value.parts, Path) else "parts holds something else than paths"
    if isinstance(value, Source):
        return None if callable(value.open) and _are(value.settings, str) else "open is no function"
    if isinstance(value, NotifierKind):
        named = _are(value.fields, NotifierField) and all(
            _FIELD.match(str(each.name)) for each in value.fields
        )
        return (
            None if named and callable(value.send) and callable(value.check) else "its fields or send are odd"
        )
    if not _are(value.files, str) or not _are(value.requires, str):
        return "files and requires hold something else than names"
    if isinstance(value, Runtime):
        return None if callable(value.argv) and _are(value.formats, str) else "argv is no function"
    if not value.argv or not _are(value.argv, str) or not _are(value.outputs, str):
        return "argv and outputs hold something else than texts"
    if not _are(value.parameters, Parameter):
        return "parameters holds something else than Parameters"
    names = [each.name for each in value.parameters]
    return "two parameters have one name" if len(set(names)) != len(names) else None


def _are(values: Iterable[object], kind: type) -> bool:
    return not isinstance(values, str) and all(isinstance(each, kind) for each in values)


def _files_of(value: _Value) -> Iterable[Path]:
    if isinstance(value, NotifierKind | Source):
        return ()
    if isinstance(value, AcceleratorProbe):
        return (value.source, *value.parts)
    if isinstance(value, Recipe):
        return value.files.values()
    return (*value.files.values(), value.lock)


def _manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    return manager


class _FreshLoader(SourceFileLoader):
    """Reads the source every time: a cached .pyc is neither written into the folder nor trusted."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code


class _Siblings(MetaPathFinder):
    """Finds the modules beside a plugin's own, for `from . import NAME`, while that one is being executed."""

    def __init__(self, package: str, folder: Path) -> None:
        self._prefix = f"{package}."
        self._folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of one of them; None for any other module."""
        del path, target
        name = fullname.removeprefix(self._prefix)
        file = self._folder / f"{name}.py"
        if name == fullname or "." in name or not file.is_file():
            return None
        return importlib.util.spec_from_file_location(
            fullname, file, loader=_FreshLoader(fullname, str(file))
        )


def _import(folder: Path, manifest: Manifest) -> ModuleType:
    name = f"tandem_plugin_{manifest.name.replace('-', '_')}"
    path = folder / manifest.module
    spec = importlib.util.spec_from_file_location(
        name, path, loader=_FreshLoader(name, str(path)), submodule_search_locations=[]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up while it is being executed.
    sys.modules[name] = module
    siblings = _Siblings(name, folder)
    sys.meta_path.insert(0, siblings)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        for each in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
            del sys.modules[each]
        raise
    finally:
        sys.meta_path.remove(siblings)
    return module


def _guarded(manifest: Manifest, call: Callable[[], Any]) -> Any:
    """Run a plugin's code, or ours over what it gave; what is raised becomes a Problem and is logged."""
    try:
        return call()
    except Problem:
        raise
    except (Exception, SystemExit) as error:  # foreign code must not stop the start
        _log.warning("plugin %s failed", manifest.name, exc_info=True)
        raise _failed(manifest, safe_line(f"{type(error).__name__}: {error}")) from error


def _listed(function: Callable[[], Iterable[Any]]) -> list[Any]:
    return list(function())


def _failed(manifest: Manifest, reason: str) -> Problem:
    return Problem("plugin.failed", plugin=manifest.name, reason=reason)


def _invalid(folder: Path, reason: str) -> Problem:
    return Problem("plugin.invalid", path=folder, reason=reason)


def _info(
    folder: Path, manifest: Manifest | None, state: PluginState, shipped: bool, problem: Problem | None
) -> PluginInfo:
    if manifest is None:
        return PluginInfo(safe_line(folder.name), "", folder, state, shipped, problem=problem)
    return PluginInfo(
        manifest.name,
        manifest.version,
        folder,
        state,
        shipped,
        manifest.provides,
        manifest.title,
        manifest.description,
        problem,
        manifest.checked,
    )
