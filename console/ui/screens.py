"""Pictures of the window's pages and sheets over a given context, for review beside the drawn ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from console.commands.catalogue import COMMANDS
from console.core.prompt import Asked, Field, Kind, Question
from console.fleet.secrets import NO_KEYRING, WRONG
from console.jobs.job import JobFilter
from console.operations.plan import Work
from console.ui import clock, i18n
from console.ui.main import make_application
from console.ui.pages.catalogue import PAGES
from console.ui.pages.files.page import FilesPage
from console.ui.pages.many.page import ManyPage
from console.ui.pages.page import PageSpec
from console.ui.sheets.question_sheet import QuestionSheet
from console.ui.shell.window import Window
from console.ui.theme.theme import Theme

if TYPE_CHECKING:
    from console.context import Context

SIZE = (1600, 1000)
SMALL = (1280, 720)
SETTLE_BEATS = 18
"""Beats between opening a page and its picture: curves and lists read off-thread have come by then."""


@dataclass(frozen=True, slots=True)
class PictureSet:
    """One round of pictures."""

    name: str
    theme: str
    language: str
    size: tuple[int, int] = SIZE


SETS = (
    PictureSet("dark", "dark", "en"),
    PictureSet("light", "light", "en"),
    PictureSet("zh_CN", "light", "zh_CN"),
    PictureSet("small", "dark", "en", SMALL),
    PictureSet("pseudo", "light", i18n.PSEUDO, SMALL),
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: what is opened before it."""

    name: str
    page: str
    argument: str = ""
    then: Callable[[Window], None] | None = None


def run(
    context: Context,
    folder: Path,
    *,
    sets: Sequence[PictureSet] = SETS,
    round_work: Callable[[], Work[object]] | None = None,
    settle_beats: int = SETTLE_BEATS,
) -> list[Path]:
    """Write `folder/<set>/<page>.png` for every page; returns what was written."""
    application = make_application()
    written: list[Path] = []
    shots = _shots(context)
    for each in sets:
        with clock.collecting_here():
            installed = i18n.install(application, each.language, application)
            written += _photograph(
                application, context, folder / each.name, each, shots, round_work, settle_beats
            )
            i18n.uninstall(application, installed)
    return written


def _photograph(
    application: QApplication,
    context: Context,
    folder: Path,
    wanted: PictureSet,
    shots: Sequence[Shot],
    round_work: Callable[[], Work[object]] | None,
    settle_beats: int,
) -> list[Path]:
    theme = Theme(application, wanted.theme)
    window = Window(context, theme, PAGES, COMMANDS, round_work=round_work)
    window.resize(*wanted.size)
    # Not the application's own loop: once that was quit, no other loop of the process would run.
    loop = QEventLoop()
    photographer = _Photographer(window, loop, folder, shots, settle_beats)
    window.show()
    window.clock.start()
    loop.exec()
    window.close()
    window.shut_down()
    window.deleteLater()
    theme.deleteLater()
    return photographer.written


def _shots(context: Context) -> list[Shot]:
    """Every page of the catalogue, those about one thing with the first thing there is, and the overlays."""
    arguments = _arguments(context)
    shots = [
        Shot(spec.id, spec.id, arguments.get(spec.id, ""))
        for spec in PAGES
        if not _needs_argument(spec) or arguments.get(spec.id)
    ]
    shots.append(Shot("idle", "idle"))
    if arguments.get("server"):
        shots.append(
            Shot("server-small", "server", arguments["server"], lambda window: _view(window, "small"))
        )
        shots.append(
            Shot("server-7d", "server", arguments["server"], lambda window: window.range.choose("7d"))
        )
        shots.append(Shot("time-range", "server", arguments["server"], _back_to_large))
    shots.append(Shot("palette", "fleet", then=lambda window: window.open_palette()))
    shots += [Shot(name.replace("_", "-"), "fleet", then=_opened(name)) for name in _SHEETS]
    shots += [Shot("question-passphrase", "fleet", then=_asked(_PASSPHRASE))]
    shots += [Shot("question-codes", "fleet", then=_asked(_CODES))]
    if server := arguments["server"]:
        about = {"server": server}
        shots += [Shot(name.replace("_", "-"), "server", server, _opened(name, about)) for name in _ABOUT]
        shots += [
            Shot("new-folder", "files", server, _new_folder),
            Shot("many-form", "run_on_many", "", _form),
        ]
    return shots


_SHEETS = (
    "silence",
    "alert_rule",
    "alert_channel",
    "add_server",
    "submit_job",
    "foreign_jobs",
    "copy",
    "secrets",
    "backup",
    "plugins",
    "doctor",
)
_ABOUT = ("drain", "limit_jobs", "adopt_process", "push", "pull", "forwards")
_PASSPHRASE = Question(
    "gpu-01", Kind.PASSPHRASE, "~/.ssh/id_ed25519", (Field("Passphrase"),), can_keep=True, note=WRONG
)
_CODES = Question(
    "gpu-01",
    Kind.ANSWERS,
    "ada@login.example.org",
    (Field("Password: "), Field("One-time code: ", shown=True)),
    said="Use your token for the second question.",
    note=NO_KEYRING,
)


def _opened(name: str, about: dict[str, str] | None = None) -> Callable[[Window], None]:
    return lambda window: window.open_sheet(name, about)


def _asked(question: Question) -> Callable[[Window], None]:
    return lambda window: window.show_sheet(QuestionSheet(window.desk.theme, Asked(question)))


def _new_folder(window: Window) -> None:
    assert isinstance(window.page, FilesPage)
    window.page.file_acts.new_folder()


def _form(window: Window) -> None:
    assert isinstance(window.page, ManyPage)
    window.page.form.filter.setText("all")
    window.page.form.line.setText("ls *.log | wc -l")


def _view(window: Window, key: str) -> None:
    """The server page's large or small charts."""
    from console.ui.pages.server.page import ServerPage

    if isinstance(window.page, ServerPage):
        window.page.charts.bar.choose_view(key)


def _back_to_large(window: Window) -> None:
    _view(window, "large")
    window.range.choose("15m")
    window.open_sheet("time_range")


def _needs_argument(spec: PageSpec) -> bool:
    return bool(spec.under) and not spec.alone


def _arguments(context: Context) -> dict[str, str]:
    rows = context.telemetry.snapshot().servers
    with_accelerators = [row.server.name for row in rows if row.accelerators]
    jobs = context.jobs.list(JobFilter(limit=1))
    models = context.models.list()
    deployments = context.deployments.list()
    server = (with_accelerators or [row.server.name for row in rows] or [""])[0]
    return {
        "server": server,
        "files": server,
        "job": jobs[0].id if jobs else "",
        "model": models[0].name if models else "",
        "deployment": deployments[0].name if deployments else "",
    }


class _Photographer:
    """Driven by the window's own clock: open, let it settle, take the picture, go on."""

    def __init__(
        self, window: Window, loop: QEventLoop, folder: Path, shots: Sequence[Shot], settle: int
    ) -> None:
        self._window = window
        self._loop = loop
        self._folder = folder
        self._left = list(shots)
        self._settle = settle
        self._shot: Shot | None = None
        self._since = 0
        self.written: list[Path] = []
        folder.mkdir(parents=True, exist_ok=True)
        window.clock.every(clock.CHARTS, window, self._beat)

    def _beat(self) -> None:
        now = self._window.clock.ticks
        if self._shot is not None and now - self._since >= self._settle:
            path = self._folder / f"{self._shot.name}.png"
            self._window.grab().save(str(path))
            self.written.append(path)
            self._shot = None
        if self._shot is None:
            if not self._left:
                self._loop.quit()
                return
            self._open(self._left.pop(0))

    def _open(self, shot: Shot) -> None:
        self._window.palette_box.put_away()
        self._window.sheets.drop()
        self._window.go(shot.page, shot.argument)
        if shot.then is not None:
            shot.then(self._window)
        self._shot, self._since = shot, self._window.clock.ticks
