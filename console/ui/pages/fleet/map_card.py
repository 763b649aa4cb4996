"""The card with the map: what colours it, what stands together, the scale, and the map itself."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from console.telemetry.filter import Filter
from console.telemetry.snapshot import FleetSnapshot
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.cards import Card
from console.ui.kit.fields import Choice
from console.ui.kit.labels import label, set_text
from console.ui.kit.scroll import Scroll
from console.ui.kit.segmented import SegmentedControl
from console.ui.pages.fleet import words
from console.ui.pages.fleet.grouping import BY_ROLE, choices, groups
from console.ui.pages.fleet.heat_map import HeatMap
from console.ui.pages.fleet.legend import MapLegend
from console.ui.pages.fleet.metrics import MapMetric
from console.ui.theme import fonts


class MapCard(Card):
    """See the module.

    Signals:
        changed: the person chose another metric or grouping.
        menu_wanted: (server, uuid) and where on the screen.
    """

    changed = Signal()
    menu_wanted = Signal(object, QPoint)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        theme = desk.theme
        super().__init__(theme, metric_word(MapMetric.UTILIZATION), parent=parent)
        self._metric = MapMetric.UTILIZATION
        known = [(metric.value, metric_word(metric)) for metric in MapMetric]
        self.metrics = SegmentedControl(theme, self.tr("What the map shows"), known, style="pills")
        self.metrics.chosen.connect(self._on_metric)
        self.header.addSpacing(12)
        self.header.addWidget(self.metrics)
        self.header.addStretch(1)
        self._simulated = label("", role="dim", size=fonts.SMALL)
        self.header.addWidget(self._simulated)
        self._by = label(self.tr("group by"), role="dim", size=fonts.SMALL)
        self.header.addWidget(self._by)
        self.grouping = Choice(theme, choices(()), self.tr("Group the map by"))
        self._by.setBuddy(self.grouping)
        self._wanted = desk.remembered.text("fleet/group", BY_ROLE)
        self.grouping.currentIndexChanged.connect(self._on_group)
        self.header.addWidget(self.grouping)
        self.map = HeatMap(theme, self.tr("Map of accelerators"), words.accelerator_lines)
        self.map.menu_wanted.connect(self.menu_wanted)
        self._scroll = Scroll(theme, self.map)
        self.legend = MapLegend(theme)
        self.body.addWidget(self._scroll, 1)
        self.body.addWidget(self.legend)
        self.setMinimumHeight(180)

    @property
    def shown_metric(self) -> MapMetric:
        """What colours it."""
        return self._metric

    @property
    def group(self) -> str:
        """What it is grouped by."""
        return self.grouping.key

    def choose(self, metric: str, group: str) -> None:
        """As a saved view says; what is not known any more is left as it is."""
        if metric in {each.value for each in MapMetric}:
            self.metrics.set_current(metric)
            self._take_metric(MapMetric(metric))
        self._wanted = group
        self.grouping.choose(group)

    def show_snapshot(self, snapshot: FleetSnapshot, fitting: Filter) -> None:
        """Another beat."""
        self._offer_groups(snapshot)
        self.map.set_room(self._scroll.viewport().height())
        fits = fitting.accelerator if fitting.text else None
        self.map.show_groups(groups(snapshot.servers, self.group), self._metric, fits)
        count = snapshot.counts.simulated
        text = self.tr("{count} of {all} are simulated").format(count=count, all=snapshot.counts.accelerators)
        set_text(self._simulated, text if count else "")

    def _offer_groups(self, snapshot: FleetSnapshot) -> None:
        offered = choices(snapshot.servers)
        self.grouping.set_choices(offered)
        several = len(offered) > 1
        self.grouping.setVisible(several)
        self._by.setVisible(several)
        if self._wanted != self.group and self._wanted in dict(offered):
            self.grouping.choose(self._wanted)

    def _on_metric(self, key: str) -> None:
        self._take_metric(MapMetric(key))
        self.changed.emit()

    def _take_metric(self, metric: MapMetric) -> None:
        self._metric = metric
        set_text(self.title, metric_word(metric))
        self.legend.show_metric(metric)

    def _on_group(self, _index: int) -> None:
        self._wanted = self.group
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.map.set_room(self._scroll.viewport().height())


def metric_word(metric: MapMetric) -> str:
    """What a metric is called."""
    all_words = {
        MapMetric.UTILIZATION: translate("Fleet", "Utilization"),
        MapMetric.MEMORY: translate("Fleet", "Memory"),
        MapMetric.TEMPERATURE: translate("Fleet", "Temperature"),
        MapMetric.POWER: translate("Fleet", "Power"),
        MapMetric.HEALTH: translate("Fleet", "Health"),
    }
    return all_words[metric]
