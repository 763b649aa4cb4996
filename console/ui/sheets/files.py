"""Choosing files and folders of this machine without blocking anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def _open(dialog: QFileDialog, chosen: Callable[[Path], None]) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()


def choose_folder(parent: QWidget, title: str, start: Path, chosen: Callable[[Path], None]) -> None:
    """A folder that is there."""
    dialog = QFileDialog(parent, title, str(start))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    _open(dialog, chosen)


def choose_file(parent: QWidget, title: str, start: Path, chosen: Callable[[Path], None]) -> None:
    """A file that is there."""
    dialog = QFileDialog(parent, title, str(start))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(dialog, chosen)


def choose_files(parent: QWidget, title: str, start: Path, chosen: Callable[[list[Path]], None]) -> None:
    """One file or several that are there."""
    dialog = QFileDialog(parent, title, str(start))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda paths: chosen([Path(path) for path in paths]))
    dialog.open()


def choose_new_file(
    parent: QWidget, title: str, start: Path, suffix: str, chosen: Callable[[Path], None]
) -> None:
    """A file to write; Qt asks before one is replaced."""
    dialog = QFileDialog(parent, title, str(start.parent))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.selectFile(start.name)
    _open(dialog, chosen)
