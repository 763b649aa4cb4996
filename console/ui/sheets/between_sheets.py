"""Forms for what servers do themselves: a copy from one to others, and a fetch from a URL."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.cards import Plate
from console.ui.kit.fields import Choice, Field, Tick
from console.ui.kit.labels import label, set_text
from console.ui.kit.scroll import Scroll
from console.ui.sheets.copy_sheets import remote_path
from console.ui.sheets.form_sheet import Arguments, FormSheet
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

_ROW, _SHOWN = 28, 7
_GIGABYTE = 1_000_000_000
_HASH_CHARS = 64


class ServerTicks(Plate):
    """Servers, each with a tick; scrolls where there are many.

    Args:
        servers: names and what is shown of them.
    """

    def __init__(self, theme: Theme, servers: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(theme, token="raised", parent=parent)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(10, 6, 10, 6)
        column.setSpacing(2)
        self.ticks: dict[str, Tick] = {}
        for name, shown in servers:
            self.ticks[name] = tick = Tick(theme, shown)
            column.addWidget(tick)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(Scroll(theme, content))
        self.setFixedHeight(14 + _ROW * max(1, min(_SHOWN, len(servers))))

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names that are ticked and can be."""
        return tuple(name for name, tick in self.ticks.items() if tick.isChecked() and tick.isEnabled())

    def forbid(self, name: str) -> None:
        """All can be ticked but this one."""
        for each, tick in self.ticks.items():
            tick.setEnabled(each != name)


class CopySheet(FormSheet):
    """A file or folder of one server to others. What it finds of ways between them stands in the plan."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            translate("CopySheet", "Copy between servers"),
            translate(
                "CopySheet",
                "Directly where the servers reach each other: encrypted, from one to the next, going on when "
                "this window is closed. Else through this console, touching no disk here.",
            ),
            "copy",
            translate("CopySheet", "Look for a way"),
            parent=parent,
        )
        theme = desk.theme
        servers = [(row.server.name, safe_line(row.server.name)) for row in desk.snapshot().servers]
        self.source = Choice(theme, servers, self.tr("From"))
        self.path = Field(theme, placeholder="data", fixed=True)
        self.targets = ServerTicks(theme, servers)
        self.to = Field(theme, placeholder="data", fixed=True)
        self.form.row(self.tr("From"), self.source)
        self.form.row(self.tr("Path there"), self.path)
        self.form.row(self.tr("To"), self.targets)
        self.form.row(
            self.tr("New path there"),
            self.to,
            self.tr(
                "From the home folder unless it begins with a slash; with one at its end it goes inside."
            ),
        )
        self._note = label("", role="dim", size=fonts.SMALL, wrap=True)
        self.form.add(self._note)
        self.source.currentIndexChanged.connect(self._on_source)
        self._on_source()

    def _on_source(self) -> None:
        self.targets.forbid(self.source.key)

    @property
    def ready(self) -> bool:
        return bool(self.source.key and self.targets.chosen)

    def arguments(self) -> Arguments | None:
        path, to = remote_path(self.form, self.path), remote_path(self.form, self.to)
        if path is None or to is None or not self.targets.chosen:
            return None
        targets = tuple((name, to) for name in self.targets.chosen)
        return {"source": self.source.key, "path": path, "targets": targets}

    def submit(self) -> None:
        """Look for a way; the plan says which, and waits for the person."""
        self.show_plan()
        if self._busy:
            set_text(self._note, self.tr("Trying which servers reach each other…"))

    def refused(self, problem: Problem) -> None:
        set_text(self._note, "")
        super().refused(problem)


class FetchSheet(FormSheet):
    """A file from a URL, by its hash."""

    def __init__(self, desk: Desk, server: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            translate("FetchSheet", "Fetch from a URL to {server}").format(server=safe_line(server)),
            translate(
                "FetchSheet",
                "The server fetches it by itself, also when this window is closed. It is kept only if its "
                "hash is the one that you give.",
            ),
            "fetch",
            translate("FetchSheet", "Fetch"),
            parent=parent,
        )
        theme = desk.theme
        self._server = server
        self.url = Field(theme, placeholder="https://", fixed=True)
        self.sha256 = Field(theme, placeholder=self.tr("64 hex digits"), fixed=True)
        self.to = Field(theme, placeholder="models/", fixed=True)
        self.limit = Field(theme, placeholder=self.tr("no limit but the disk"))
        self.form.row(self.tr("Address"), self.url)
        self.form.row("SHA-256", self.sha256)
        self.form.row(
            self.tr("Path on the server"),
            self.to,
            self.tr(
                "From the home folder unless it begins with a slash; with one at its end it goes inside."
            ),
        )
        self.form.row(self.tr("At most, in gigabytes"), self.limit)

    def arguments(self) -> Arguments | None:
        url, digest = self.url.text().strip(), self.sha256.text().strip()
        to = remote_path(self.form, self.to)
        self.form.fault(self.url, "" if url else self.tr("Enter an address."))
        long_enough = len(digest.removeprefix("sha256:")) == _HASH_CHARS
        self.form.fault(
            self.sha256, "" if long_enough else self.tr("Enter the 64 hex digits of its SHA-256.")
        )
        limit: int | None = None
        if self.limit.text().strip():
            limit = self.whole_number(self.limit, 1, 1_000_000)
            if limit is None:
                return None
        if not url or not long_enough or to is None:
            return None
        given: dict[str, object] = {"name": self._server, "url": url, "sha256": digest, "to": to}
        return given if limit is None else given | {"max_bytes": limit * _GIGABYTE}
