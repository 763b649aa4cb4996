"""Backup and restore of what this console knows."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.commands.local import backup, restore
from console.core.notify import Level, Notice
from console.core.problems import Problem
from console.core.units import format_bytes
from console.store.backup import BackupInfo, Restored, inspect_backup
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.inspector import Facts
from console.ui.kit.labels import label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.sheet import Sheet
from console.ui.sheets.files import choose_file, choose_new_file
from console.ui.theme import fonts
from console.ui.times import moment_text, zone_of


class BackupCard(Card):
    """Files are chosen without blocking; the work is done off the Qt thread."""

    def __init__(self, desk: Desk, *, titled: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, self.tr("Backup") if titled else "", parent=parent)
        self._desk = desk
        self.body.addWidget(
            label(
                self.tr(
                    "Inventory, jobs, models' records, history, audit log, settings and known host keys "
                    "in one file. Model files are not in it."
                ),
                role="dim",
                size=fonts.SMALL,
                wrap=True,
            )
        )
        self.note = label("", size=fonts.SMALL, wrap=True, selectable=True)
        self.note.hide()
        self.problem = ProblemView(desk.theme)
        self.backup_button = Button(desk.theme, self.tr("Back up…"), "primary", icon="download")
        self.backup_button.clicked.connect(self._on_backup)
        self.restore_button = Button(desk.theme, self.tr("Restore…"))
        self.restore_button.clicked.connect(self._on_restore)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.backup_button)
        row.addWidget(self.restore_button)
        row.addStretch(1)
        self.body.addWidget(self.note)
        self.body.addWidget(self.problem)
        self.body.addLayout(row)

    def _on_backup(self) -> None:
        stamp = self._desk.context.clock.now().strftime("%Y%m%d-%H%M")
        start = Path.home() / f"tandem-{stamp}.tar"
        choose_new_file(self, self.tr("Back up to"), start, "tar", self.back_up)

    def back_up(self, path: Path) -> None:
        """Write the backup to a file."""
        context = self._desk.context
        self._begin()
        self._desk.worker.run(
            lambda: backup(context, {"path": path}),
            self._made,
            failed=self._failed,
            owner=self,
            key="backup",
        )

    def _begin(self) -> None:
        self.problem.set_problem(None)
        self.backup_button.setEnabled(False)
        set_text(self.note, self.tr("working…"))
        self.note.show()

    def _made(self, info: BackupInfo) -> None:
        self.backup_button.setEnabled(True)
        size = format_bytes(sum(file.stat().st_size for file in [info.path] if file.exists()))
        set_text(self.note, self.tr("{path} written, {size}.").format(path=info.path, size=size))

    def _failed(self, problem: Problem) -> None:
        self.backup_button.setEnabled(True)
        self.note.hide()
        self.problem.set_problem(problem)

    def _on_restore(self) -> None:
        choose_file(self, self.tr("Restore from"), Path.home(), self.look_at)

    def look_at(self, path: Path) -> None:
        """Check a backup and show what it holds before anything is replaced."""
        context, desk = self._desk.context, self._desk
        self.problem.set_problem(None)
        self._desk.worker.run(
            lambda: inspect_backup(path, context.home),
            lambda info: desk.shell.show_sheet(RestoreSheet(desk, info)),
            failed=self._failed,
            owner=self,
            key="backup.inspect",
        )


class RestoreSheet(Sheet):
    """What a backup holds, and the button that puts it in place of what is here."""

    def __init__(self, desk: Desk, info: BackupInfo, parent: QWidget | None = None) -> None:
        super().__init__(
            desk.theme,
            self.tr("Restore a backup"),
            self.tr(
                "It replaces everything that this console knows. What is here now is kept in a folder beside "
                "it. Nothing on any server changes."
            ),
            parent,
        )
        self._desk = desk
        self._info = info
        now, zone = desk.context.clock.now(), zone_of(desk.context.options)
        facts = Facts(desk.theme)
        rows = sorted(info.rows.items(), key=lambda pair: pair[0])
        facts.set(
            [
                (self.tr("File"), str(info.path)),
                (self.tr("Made"), moment_text(info.created, zone, now=now)),
                (self.tr("By Tandem"), info.tandem),
                (self.tr("Holds"), ", ".join(info.files)),
                *((name, f"{count}") for name, count in rows),
            ]
        )
        self.body.addWidget(facts)
        self.body.addStretch(1)
        cancel = Button(desk.theme, self.tr("Cancel"))
        cancel.clicked.connect(self.close_sheet)
        self.restore = Button(desk.theme, self.tr("Replace everything"), "danger")
        self.restore.clicked.connect(self._on_restore)
        self.footer.addWidget(cancel)
        self.footer.addWidget(self.restore)

    def _on_restore(self) -> None:
        context, path, desk = self._desk.context, self._info.path, self._desk
        self.restore.setEnabled(False)

        def done(restored: Restored) -> None:
            text = translate("RestoreSheet", "Restored. What was here before is in {folder}.")
            remedy = translate("RestoreSheet", "Start Tandem again, so that settings are read anew.")
            notice = Notice(text.format(folder=restored.kept), Level.INFO, key="restore", remedy=remedy)
            desk.shell.tell(notice)
            self.close_sheet()

        def failed(problem: Problem) -> None:
            self.restore.setEnabled(True)
            self.problem.set_problem(problem)

        self._desk.worker.run(
            lambda: restore(context, {"path": path}),
            done,
            failed=failed,
            owner=self,
        )


def backup_sheet(desk: Desk) -> Sheet:
    """The card as a sheet, for the menu and the palette."""
    sheet = Sheet(desk.theme, translate("BackupCard", "Backup"))
    sheet.body.addWidget(BackupCard(desk, titled=False))
    sheet.body.addStretch(1)
    close = Button(desk.theme, translate("BackupCard", "Close"))
    close.clicked.connect(sheet.close_sheet)
    sheet.footer.addWidget(close)
    return sheet
