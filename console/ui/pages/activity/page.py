"""Activity: what runs and ran here, and the audit log below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from console.operations.operation import FINAL, OperationView
from console.ui.desk import Desk
from console.ui.kit.cards import Card
from console.ui.kit.inspector import WithInspector
from console.ui.kit.labels import label, set_text
from console.ui.kit.splitter import Splitter
from console.ui.kit.table import DataTable
from console.ui.pages.activity.audit_card import AuditCard
from console.ui.pages.activity.inspector import OperationInspector
from console.ui.pages.activity.operations import in_order, operation_columns
from console.ui.pages.pace import Pace
from console.ui.pages.page import Page
from console.ui.theme import fonts
from console.ui.times import zone_of

REREAD_EVERY_S = 5.0


class ActivityPage(Page):
    """Operations are in memory; what other consoles on the same home did is read now and then."""

    uses_range = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        context = desk.context
        self._views: tuple[OperationView, ...] = ()
        self._reread = Pace(context.clock, REREAD_EVERY_S)
        self.table: DataTable[OperationView] = DataTable(
            desk.theme,
            self.tr("Operations"),
            operation_columns(context.clock.now, lambda: zone_of(context.options)),
            lambda view: view.id,
            remembered=desk.remembered,
            row_height=32,
            placeholder=self.tr(
                "Nothing was done yet. Long work, such as a job's submit or a rollout, goes on here when its "
                "sheet is closed."
            ),
        )
        self.table.remember_as("operations")
        self.table.picked.connect(self._on_picked)
        self._card = Card(desk.theme, self.tr("Operations"), flush=True)
        self._count = label("", role="dim", size=fonts.SMALL)
        self._card.header.addWidget(self._count)
        self._card.header.addStretch(1)
        self._card.body.addWidget(self.table)
        self.audit = AuditCard(desk)
        self.inspector = OperationInspector(desk)
        rows = Splitter(desk.theme, Qt.Orientation.Vertical, desk.remembered, "activity-rows")
        rows.addWidget(self._card)
        rows.addWidget(self.audit)
        rows.take_sizes(380, 420)
        self._split = WithInspector(rows, self.inspector, desk.remembered, "activity")
        self.column.addWidget(self._split, 1)

    def open(self, argument: str) -> None:
        """With an operation's id that one is selected."""
        if argument:
            self.refresh()
            self.table.select_key(argument)
            self._on_picked(self.table.chosen)

    def refresh(self) -> None:
        operations = self.desk.context.operations
        views = operations.views()
        running = sum(view.state not in FINAL for view in views)
        if views != self._views or running:
            self._views = views
            self.table.set_rows(in_order(views))
            chosen = next((view for view in views if view.id == self.table.chosen_key), None)
            self.inspector.show_view(chosen)
            set_text(self._count, self.tr("{count} running").format(count=running) if running else "")
        if self._reread.due():
            self.desk.worker.run(operations.refresh, owner=self, key="operations.refresh")
        self.audit.refresh()

    def _on_picked(self, view: OperationView | None) -> None:
        self.inspector.show_view(view)
        if view is not None:
            self._split.show_drawer()

    def focus_search(self) -> None:
        self.audit.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
