"""A site's Prometheus as a source: what DCGM-exporter and node_exporter told it, as an agent tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from console.plugin.api import Ask, Source, SourceReader, hookimpl

from .reader import Reader

_SETTINGS = {
    "host_label": "The label that names a series' server; else Hostname, nodename, the address of instance.",
    "filter": 'Matchers that every series must fit: cluster="a",team!="x".',
    "window": "Over how long rates are taken: at least four scrapes; 2m where left out.",
}
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FILTER = re.compile(r'\s*[A-Za-z_]\w*\s*(=|!=|=~|!~)\s*"(?:[^"\\\n]|\\.)*"\s*')
_WINDOW = re.compile(r"[1-9]\d{0,3}[smh]")


@hookimpl
def tandem_sources() -> Sequence[Source]:
    """Prometheus, and whatever else answers its HTTP API."""
    return [Source("prometheus", "Prometheus", open_reader, _SETTINGS)]


def open_reader(ask: Ask, settings: Mapping[str, str]) -> SourceReader:
    """A reader over one Prometheus; asks nothing yet.

    Raises:
        ValueError: a setting that makes no sense.
    """
    label, window = settings.get("host_label", ""), settings.get("window", "") or "2m"
    matchers = settings.get("filter", "").strip()
    if label and not _LABEL.fullmatch(label):
        raise ValueError("'host_label' is no label's name")
    if not _WINDOW.fullmatch(window):
        raise ValueError("'window' is no span such as 2m")
    if matchers and not re.fullmatch(f"{_FILTER.pattern}(,{_FILTER.pattern})*", matchers):
        raise ValueError("'filter' takes matchers such as cluster=\"a\", a comma between")
    return Reader(ask, label, matchers, window)
