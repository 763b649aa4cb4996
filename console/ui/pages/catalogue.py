"""The catalogue of pages: the rail, the palette and `shell.go` read it. A new page is one entry here."""

from __future__ import annotations

from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.tones import Tone
from console.ui.pages.page import Page, PageSpec


def _fleet(desk: Desk) -> Page:
    from console.ui.pages.fleet.page import FleetPage

    return FleetPage(desk)


def _server(desk: Desk) -> Page:
    from console.ui.pages.server.page import ServerPage

    return ServerPage(desk)


def _fleet_badge(desk: Desk) -> tuple[int, Tone]:
    counts = desk.snapshot().counts
    return (counts.critical, Tone.CRITICAL) if counts.critical else (counts.warning, Tone.WARNING)


PAGES: tuple[PageSpec, ...] = (
    PageSpec("fleet", lambda: translate("Pages", "Fleet"), "fleet", _fleet, badge=_fleet_badge),
    PageSpec("server", lambda: translate("Pages", "Fleet"), "server", _server, under="fleet"),
)
