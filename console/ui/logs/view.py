"""A log with all that one does with it: follow, find, jump to errors and lines, filter, copy, save."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from console.core.logs.ansi import Line
from console.core.logs.index import LogSource, Search
from console.core.logs.trouble import NEEDLES, PATTERN
from console.core.problems import Problem
from console.core.units import format_bytes
from console.jobs.short_log import ShortLog
from console.ui import clock
from console.ui.desk import Desk
from console.ui.kit.labels import set_text
from console.ui.logs.area import LogArea
from console.ui.logs.controls import Above, Below
from console.ui.logs.copying import MOST_COPIED_BYTES, Copying, save_log
from console.ui.logs.feed import LogFeed
from console.ui.logs.finder import Finder
from console.ui.logs.keys import Act
from console.ui.logs.places import row_meant
from console.ui.problem_texts import texts_of
from console.ui.sheets.files import choose_new_file

ERRORS = Search(PATTERN, regex=True, ignore_case=False, needles=NEEDLES)
# Errors of a larger log are looked for when they are asked for.
ERRORS_UPTO_BYTES = 64 * 1024 * 1024


class LogView(QWidget):
    """A LogSource, or bytes that are appended, as lines with controls."""

    def __init__(self, desk: Desk, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._short: ShortLog | None = None
        self._jump: Act | None = None
        self._only_matching = self._asked_errors = False
        self._waits_s = 0.0
        self._problem: Problem | None = None
        self._copying: Copying | None = None
        self.feed = LogFeed(desk.worker, self)
        self.found = Finder(desk.worker, self)
        self.errors = Finder(desk.worker, self)
        self.above = Above(desk.theme, title)
        self.below = Below(desk.theme)
        self.area = LogArea(desk.theme, title, self.feed.text)
        self.follow = self.above.follow
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.above)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.below)
        self._connect()
        desk.clock.every(clock.TABLES, self, self.beat)
        self._say()

    def _connect(self) -> None:
        above, below, area = self.above, self.below, self.area
        self.feed.grown.connect(self._grown)
        self.feed.filled.connect(self._filled)
        area.missing.connect(self.feed.fetch)
        area.follow_changed.connect(self._follow_changed)
        area.moved.connect(self._say)
        area.acted.connect(lambda name: self.act(Act(name)))
        self.follow.toggled.connect(lambda on: area.set_following(on=on))
        below.paused.clicked.connect(lambda: area.set_following(on=True))
        above.words.textEdited.connect(self._search_soon)
        above.words.returnPressed.connect(self.find_next)
        above.capitals.toggled.connect(self._search)
        above.expression.toggled.connect(self._search)
        above.next.clicked.connect(lambda: self.act(Act.NEXT))
        above.previous.clicked.connect(lambda: self.act(Act.PREVIOUS))
        above.errors.clicked.connect(lambda: self.act(Act.NEXT_ERROR))
        below.line.returnPressed.connect(self._go_to)
        self.found.changed.connect(self._found_changed)
        self.errors.changed.connect(self._errors_changed)
        self.menu = QMenu(above.more)
        above.more.setMenu(self.menu)
        self.menu.aboutToShow.connect(self._fill_menu)

    # --- what is shown

    def open(self, source: LogSource | None) -> None:
        """Show a log from its source; None shows nothing."""
        self._short = source if isinstance(source, ShortLog) else None
        self._waits_s, self._problem, self._jump, self._copying = 0.0, None, None, None
        self._only_matching = self._asked_errors = False
        self.errors.stop()
        self.found.stop()
        self.feed.open(source)
        self.area.reset()
        self._say()
        if source is not None:
            self.feed.beat()
            self._search()

    def append(self, data: bytes) -> None:
        """Add bytes as they came to a log that is kept here."""
        if self._short is None:
            self.open(ShortLog())
        if self._short is not None:
            self._short.append(data)
            self.feed.beat()

    def end(self) -> None:
        """Nothing more is appended: there is nothing to follow."""
        if self._short is not None:
            self._short.end()
            self.feed.beat()

    def clear(self) -> None:
        """Show nothing."""
        self.open(None)

    def set_note(self, text: str) -> None:
        """A word beside the title: how large, that it ended."""
        set_text(self.above.note, text)

    @property
    def text(self) -> str:
        """The rows that are here as text; for logs that are short."""
        text, source = self.feed.text, self.feed.source
        rows = [text.row(number) for number in range(text.index.rows)]
        if source is not None and text.wanted:
            self.feed.fetch()
            rows = [text.row(number) for number in range(text.index.rows)]
        return "".join(row.text + "\n" for row in rows if isinstance(row, Line))

    def beat(self) -> None:
        """Ask what is new, and go on looking in it."""
        self.feed.beat()
        if self._waits_s and self._desk.context.clock.monotonic_s() >= self._waits_s:
            self._search()
        size = self.feed.text.index.size
        self.found.go_on(size, at_once=self.feed.complete)
        self.errors.go_on(size, at_once=self.feed.complete)
        if self.errors.wish is None and 0 < size <= ERRORS_UPTO_BYTES and self.feed.source is not None:
            self.errors.start(self.feed.source, ERRORS)

    def _grown(self, gap_moved: bool) -> None:
        if gap_moved:
            self.found.forget_gap(self.feed.text.index)
            self.errors.forget_gap(self.feed.text.index)
        if self._only_matching:
            self.area.show_only(self.found.rows(self.feed.text.index))
        else:
            self.area.grown()
        self._say()

    def _follow_changed(self) -> None:
        with QSignalBlocker(self.follow):
            self.follow.setChecked(self.area.following)
        self._say()

    # --- finding

    def focus_find(self) -> None:
        """Put the keyboard into Find."""
        self.above.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.above.words.selectAll()

    def _search_soon(self) -> None:
        self._waits_s = self._desk.context.clock.monotonic_s() + 0.25
        self._jump = Act.NEXT

    def _search(self) -> None:
        """Look for what stands in the field now."""
        self._waits_s = 0.0
        text, source = self.above.words.text(), self.feed.source
        if not text or source is None:
            if self.found.wish is not None:
                self.found.stop()
            return
        wish = Search(text, self.above.expression.isChecked(), not self.above.capitals.isChecked())
        if wish != self.found.wish:
            self.found.start(source, wish)

    def find_next(self) -> bool:
        """Go to the next match; whether there is one already."""
        return self.act(Act.NEXT)

    def _found_changed(self) -> None:
        index = self.feed.text.index
        rows = self.found.rows(index)
        self.area.highlight(frozenset(rows.tolist()), self.found.marks())
        if self._only_matching:
            if self.found.wish is None:
                self._only_matching = False
            self.area.show_only(rows if self._only_matching else None)
        self._try_jump()
        self._say()

    def _errors_changed(self) -> None:
        self._try_jump()
        self._say()

    def _try_jump(self) -> None:
        """A jump that was wished for while nothing had been found yet."""
        jump = self._jump
        if jump is not None and not self._waits_s and (self._leap(jump) or self._finder_of(jump).done):
            # Where there is none, one that is written later must not carry the person away.
            self._jump = None

    def _finder_of(self, act: Act) -> Finder:
        return self.errors if act in (Act.NEXT_ERROR, Act.PREVIOUS_ERROR) else self.found

    def _leap(self, act: Act) -> bool:
        finder = self._finder_of(act)
        back = act in (Act.PREVIOUS, Act.PREVIOUS_ERROR)
        row = finder.beyond(self.feed.text.index, self.area.current, back=back)
        if row is not None:
            self.area.show_row(row)
        return row is not None

    def act(self, act: Act) -> bool:
        """Do what a key, a button or the menu asks for."""
        if act in (Act.NEXT, Act.PREVIOUS):
            self._search()
        if act in (Act.NEXT_ERROR, Act.PREVIOUS_ERROR) and self.errors.wish is None and self.feed.source:
            self.errors.start(self.feed.source, ERRORS)
        if act in (Act.NEXT, Act.PREVIOUS, Act.NEXT_ERROR, Act.PREVIOUS_ERROR):
            finder = self._finder_of(act)
            self._asked_errors |= finder is self.errors
            finder.go_on(self.feed.text.index.size, at_once=True)
            done = self._leap(act)
            self._jump = None if done or finder.done else act
            self._say()
            return done
        if act is Act.FIND:
            self.focus_find()
        elif act is Act.GO_TO:
            self.below.line.show()
            self.below.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.below.line.selectAll()
        elif act is Act.COPY:
            self.copy()
        elif act is Act.SAVE:
            self.save()
        return True

    def only_matching(self, *, on: bool) -> None:
        """Show the lines that match alone, or all again."""
        self._only_matching = on and self.found.wish is not None
        self.area.show_only(self.found.rows(self.feed.text.index) if self._only_matching else None)
        self._say()

    def _go_to(self) -> None:
        row = row_meant(self.below.line.text(), self.feed.text.index)
        if row is None:
            self.below.line.set_fault(True)
            return
        self.below.line.set_fault(False)
        self.below.line.hide()
        self.area.show_row(row)
        self.area.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- copying and saving

    def copy(self) -> None:
        """The selected text, or the current line, into the clipboard; in slices, so that nothing stalls."""
        selection, index = self.area.selection, self.feed.text.index
        if selection.empty:
            copying = Copying(self.feed.text, range(self.area.current, self.area.current + 1))
        else:
            first, last = self.area.place_of(selection.first.row), self.area.place_of(selection.last.row)
            places = range(first, min(last + 1, self.area.count))
            copying = Copying(self.feed.text, places, self.area.row_at_place, selection)
        size = copying.about_bytes(index)
        if size > MOST_COPIED_BYTES:
            self._tell(Problem("log.too_large", size=format_bytes(size)))
            return
        self._copy_on(copying)

    def _copy_on(self, copying: Copying) -> None:
        self._copying = None
        if copying.step():
            QGuiApplication.clipboard().setText(copying.result())
        elif self.feed.text.wanted:
            self._copying = copying
            self.feed.fetch()
        else:
            self._desk.worker.post(lambda: self._copy_on(copying))

    def _filled(self) -> None:
        self.area.viewport().update()
        self.area.tell()
        copying = self._copying
        if copying is not None:
            self._copying = None
            self._desk.worker.post(lambda: self._copy_on(copying))

    def save(self) -> None:
        """Ask for a file and write the log into it as it is on its server."""
        source = self.feed.source
        if source is None:
            return

        def chosen(path: Path) -> None:
            self.set_busy(self.tr("saving…"))
            self._desk.worker.run(
                lambda: save_log(source, path),
                self._saved,
                failed=self._tell,
                owner=self,
                key=f"log.save {path}",
            )

        choose_new_file(self, self.tr("Save the log"), Path.home() / "log.txt", "txt", chosen)

    def _saved(self, size: int) -> None:
        self.set_busy(self.tr("{size} saved").format(size=format_bytes(size)))

    def set_busy(self, text: str) -> None:
        """A word below the log that stays until something else is said there."""
        set_text(self.below.said, text)

    def _tell(self, problem: Problem) -> None:
        self._problem = problem
        self._say()

    def _fill_menu(self) -> None:
        self.menu.clear()
        only = self.menu.addAction(self.tr("Only lines that match"))
        only.setCheckable(True)
        only.setChecked(self._only_matching)
        only.setEnabled(self.found.wish is not None)
        only.toggled.connect(lambda on: self.only_matching(on=on))
        self.menu.addSeparator()
        for act, title in (
            (Act.NEXT_ERROR, self.tr("Next error\tF8")),
            (Act.PREVIOUS_ERROR, self.tr("Previous error\tShift+F8")),
            (Act.GO_TO, self.tr("Go to line…\tCtrl+G")),
            (Act.COPY, self.tr("Copy\tCtrl+C")),
            (Act.SAVE, self.tr("Save to a file…\tCtrl+S")),
        ):
            self.menu.addAction(title).triggered.connect(partial(self._from_menu, act))

    def _from_menu(self, act: Act, _on: bool = False) -> None:
        self.act(act)

    # --- what is said of it

    def _say(self) -> None:
        index, found = self.feed.text.index, self.found
        problem = self._problem or found.problem or self.feed.problem
        problem = problem or (self.errors.problem if self._asked_errors else None)
        parts = [texts_of(problem)[0]] if problem is not None else []
        if self.feed.size is not None and index.size < self.feed.size:
            words = self.tr("counted {part} of {whole}")
            parts.append(words.format(part=format_bytes(index.size), whole=format_bytes(self.feed.size)))
        if found.wish is not None and found.problem is None:
            parts.append(self._found_words())
        if self._asked_errors and self.errors.done and not self.errors.count and problem is None:
            parts.append(self.tr("no error lines"))
        set_text(self.below.said, " · ".join(parts))
        self._say_errors()
        live = self.feed.source is not None and not self.feed.ended and index.rows > 0
        self.below.paused.setVisible(live and not self.area.following)
        hint = (
            self.tr("Find in {count} lines").format(count=f"{index.rows:,}")
            if index.rows
            else self.tr("Find")
        )
        if self.above.words.placeholderText() != hint:
            self.above.words.setPlaceholderText(hint)

    def _found_words(self) -> str:
        found, index = self.found, self.feed.text.index
        rows = found.rows(index)
        at = int(rows.searchsorted(self.area.current)) if len(rows) else 0
        here = at < len(rows) and int(rows[at]) == self.area.current
        text = self.tr("{at} of {count} lines") if here else self.tr("{count} lines")
        text = text.format(at=f"{at + 1:,}", count=f"{found.count:,}" + ("+" if found.capped else ""))
        size = max(found.size, found.upto)
        if not found.done or found.upto < size:
            words = " · " + self.tr("searched {part} of {whole}")
            text += words.format(part=format_bytes(found.upto), whole=format_bytes(size))
        return text

    def _say_errors(self) -> None:
        errors = self.errors
        many = f"{errors.count:,}" + ("+" if errors.capped or not errors.done else "")
        words = self.tr("{count} error lines") if errors.count != 1 else self.tr("{count} error line")
        text = words.format(count=many)
        if self.above.errors.text() != text:
            self.above.errors.setText(text)
            self.above.errors.updateGeometry()
        self.above.errors.setVisible(errors.count > 0)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._jump = None
