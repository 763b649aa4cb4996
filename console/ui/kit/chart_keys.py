"""The keys of charts, the same with the focus on a chart and anywhere else on its page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from console.ui.kit.chart_group import ChartGroup

ZOOM = 0.5


def chart_key(group: ChartGroup, event: QKeyEvent) -> bool:
    """Act on a key; False where it is none of a chart's.

    + and - zoom, arrows move the cursor (at an edge the view goes along), with Shift they move the view,
    Page Up and Page Down by a whole one, Home goes to the newest data.
    """
    key = Qt.Key(event.key())
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key)
    if step is not None:
        if shift and group.roams:
            group.pan_by(0.25 * step)
        else:
            group.step_cursor(step)
        return True
    if key == Qt.Key.Key_Home:
        group.to_live()
        return True
    if not group.roams:
        return False
    if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        group.zoom_by(ZOOM)
    elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
        group.zoom_by(1 / ZOOM)
    elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        group.pan_by(-1.0 if key == Qt.Key.Key_PageUp else 1.0)
    else:
        return False
    return True
