"""What a page is: a widget that is told what it is about, refreshed while visible, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.ui import clock
from console.ui.desk import Desk
from console.ui.kit.tones import Tone
from console.ui.theme.icons import IconName

MARGIN = 24
GAP = 12


@dataclass(frozen=True, slots=True)
class PageAct:
    """Something that only this page can do: offered in the menu and the palette while it is in front.

    Attributes:
        title: in the person's language.
        keys: shown beside it; the page itself listens to them.
    """

    title: str
    call: Callable[[], object]
    keys: str = ""


class Page(QWidget):
    """Base of all pages.

    A subclass builds its widgets in `__init__` (into `self.column`), and overrides:
        open(argument): it was navigated to; the argument is a server, job or deployment, or empty.
        refresh(): tables and numbers, 4 Hz while visible, and once when shown.
        refresh_charts(): curves, 10 Hz while visible.
        crumb(): the last word of the breadcrumb, for pages about one thing.
        focus_search(): put the keyboard into its filter field (Ctrl+F).
        acts(): what menu and palette offer while it is in front, besides the commands of the catalogue.
    """

    uses_range = True
    """Whether the time range at the top does something here."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(MARGIN, 8, MARGIN, MARGIN)
        self.column.setSpacing(GAP)
        desk.clock.every(clock.TABLES, self, self.refresh)
        desk.clock.every(clock.CHARTS, self, self.refresh_charts)

    def open(self, argument: str) -> None:
        """It was navigated to."""

    def refresh(self) -> None:
        """Tables and numbers."""

    def refresh_charts(self) -> None:
        """Curves."""

    def crumb(self) -> str:
        """What it is about, after the page's own title."""
        return ""

    def focus_search(self) -> None:
        """Where Ctrl+F goes."""

    def around_last_event(self) -> None:
        """The time range's "around the last event"; a page without events does nothing."""

    has_events = False
    """Whether that does something here."""

    def acts(self) -> tuple[PageAct, ...]:
        """For menu and palette; asked anew whenever one of them opens."""
        return ()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self.refresh_charts()


@dataclass(frozen=True, slots=True)
class PageSpec:
    """An entry of the catalogue of pages.

    Attributes:
        id: "fleet"; what `shell.go` takes.
        title: called late, so that it is in the person's language.
        icon: for rail and palette.
        make: builds the page when it is first shown.
        under: the page whose rail entry is lit, for pages that are about one thing of another page.
        at_bottom: below the others in the rail.
        badge: how many want attention, and how much; called once a second.
    """

    id: str
    title: Callable[[], str]
    icon: IconName
    make: Callable[[Desk], Page]
    under: str = ""
    at_bottom: bool = False
    badge: Callable[[Desk], tuple[int, Tone]] | None = None
