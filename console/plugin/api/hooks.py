"""The hooks of the public door, as pluggy specifications. A plugin implements those it needs."""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from console.plugin.api.notifying import NotifierKind
from console.plugin.api.sources import Source
from console.plugin.api.values import AcceleratorProbe, Recipe, Runtime

PROJECT = "tandem"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Hooks:
    """Each hook returns what the plugin adds; an empty sequence adds nothing."""

    @hookspec
    def tandem_accelerator_probes(self) -> Sequence[AcceleratorProbe]:  # type: ignore[empty-body]
        """Ways to read a kind of accelerator on a server."""

    @hookspec
    def tandem_recipes(self) -> Sequence[Recipe]:  # type: ignore[empty-body]
        """Ready jobs with typed parameters."""

    @hookspec
    def tandem_runtimes(self) -> Sequence[Runtime]:  # type: ignore[empty-body]
        """Ways to serve a format of model."""

    @hookspec
    def tandem_notifiers(self) -> Sequence[NotifierKind]:  # type: ignore[empty-body]
        """Ways to tell people of alerts; `console.plugin.api.web` posts for those that need it."""

    @hookspec
    def tandem_sources(self) -> Sequence[Source]:  # type: ignore[empty-body]
        """Kinds of systems that already know a site's servers and are read instead of them."""
