"""PySide6 6.12.0 drops a reference to None with every call on CPython 3.11 and the process dies after some
thousand calls. These calls must not move the count."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QLabel, QWidget

CALLS = 1_000


def test_calls_that_return_nothing_keep_none_alive(qapp: QApplication) -> None:
    label = QLabel()
    before = sys.getrefcount(None)
    for number in range(CALLS):
        label.setText(str(number))
    drift = sys.getrefcount(None) - before
    label.deleteLater()
    assert drift > -10, f"{CALLS} calls dropped {-drift} references to None"


class _Painted(QWidget):
    def paintEvent(self, _event: object) -> None:
        self.painted = True


def test_virtual_calls_keep_none_alive(qapp: QApplication) -> None:
    widget = _Painted()
    widget.resize(20, 20)
    widget.grab()
    before = sys.getrefcount(None)
    for _ in range(300):
        widget.grab()
    drift = sys.getrefcount(None) - before
    widget.deleteLater()
    assert drift > -10, f"300 repaints dropped {-drift} references to None"
