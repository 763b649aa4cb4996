"""Finding accelerators to spare: so many on one server, with so much memory; the answer follows the fleet."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.units import GIB, format_memory
from console.telemetry.filter import EVERYTHING, Filter, read
from console.telemetry.finding import Offer, Wanted, find, free_bytes
from console.ui import clock
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field, Form, Tick
from console.ui.kit.labels import Elided, label, set_text
from console.ui.kit.sheet import Sheet
from console.ui.problem_texts import texts_of
from console.ui.theme import fonts

_MOST = 20


class _OfferRow(QWidget):
    """One server: its name, which accelerators, and what can be done there."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._server = ""
        self.name = label(weight=fonts.semibold().weight())
        self.detail = Elided(role="dim", size=fonts.SMALL)
        self.open_button = Button(desk.theme, self.tr("Open"))
        self.open_button.clicked.connect(lambda: desk.shell.go("server", self._server))
        self.job_button = Button(desk.theme, self.tr("Run a job here…"))
        self.job_button.clicked.connect(lambda: desk.shell.open_sheet("submit_job", {"server": self._server}))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.name)
        words.addWidget(self.detail)
        layout.addLayout(words, 1)
        layout.addWidget(self.open_button)
        layout.addWidget(self.job_button)

    def show_offer(self, offer: Offer) -> None:
        self._server = offer.server.server.name
        set_text(self.name, self._server)
        indexes = ", ".join(str(row.sample.index) for row in offer.accelerators)
        least = min((free_bytes(row) or 0 for row in offer.accelerators), default=0)
        words = self.tr("GPU {indexes} · {memory} free each · {count} to spare")
        self.detail.set_text(words.format(indexes=indexes, memory=format_memory(least), count=offer.free))
        self.job_button.setEnabled(self._desk.runner.allowed("job.submit"))


class FindGpusSheet(Sheet):
    """Fields above, offers below; both follow as one types and as the fleet moves."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, translate("FindGpusSheet", "Find free GPUs"), parent=parent)
        self._desk = desk
        form = Form(desk.theme)
        self.gpus = Field(desk.theme)
        self.gpus.setText("1")
        form.row(self.tr("GPUs on one server"), self.gpus)
        self.memory = Field(desk.theme)
        self.memory.setText("0")
        form.row(self.tr("Free memory of each, GiB"), self.memory)
        self.filter = Field(desk.theme, placeholder="label.team=vision", fixed=True)
        form.row(self.tr("Filter"), self.filter)
        self.shared = Tick(desk.theme, self.tr("Also those that somebody uses, where the memory is free"))
        form.add(self.shared)
        self.body.addWidget(form)
        self._form = form
        self.answer = label("", role="dim", wrap=True)
        self.body.addWidget(self.answer)
        self._rows: list[_OfferRow] = []
        self._list = QVBoxLayout()
        self.body.addLayout(self._list)
        self.body.addStretch(1)
        close = Button(desk.theme, self.tr("Close"))
        close.clicked.connect(self.close_sheet)
        self.footer.addWidget(close)
        for field in (self.gpus, self.memory, self.filter):
            field.textChanged.connect(self.refresh)
        self.shared.toggled.connect(self.refresh)
        desk.clock.every(clock.SLOW, self, self.refresh)
        self.refresh()

    def wanted(self) -> tuple[Wanted, Filter] | None:
        """What the fields say; None after a field at fault has said so."""
        gpus, memory = _number(self.gpus.text()), _number(self.memory.text())
        self._fault(
            self.gpus, "" if gpus is not None and 1 <= gpus <= 128 else self.tr("A number from 1 to 128.")
        )
        self._fault(self.memory, "" if memory is not None else self.tr("A number of GiB."))
        fitting = EVERYTHING
        try:
            fitting = read(self.filter.text())
        except Problem as problem:
            self._fault(self.filter, texts_of(problem)[0])
            return None
        self._fault(self.filter, "")
        if gpus is None or not 1 <= gpus <= 128 or memory is None:
            return None
        return Wanted(int(gpus), int(memory * GIB), shared=self.shared.isChecked()), fitting

    def _fault(self, field: Field, text: str) -> None:
        """Beside the field, without taking the keyboard to it: the person is typing somewhere."""
        self._form.note_fault(field, text)

    def refresh(self) -> None:
        """The offers of this moment."""
        wanted = self.wanted()
        servers = self._desk.snapshot().servers
        offers: tuple[Offer, ...] = ()
        if wanted is not None:
            offers = find([row for row in servers if wanted[1].server(row)], wanted[0])
        self._say(offers, len(servers), sum(not row.fresh for row in servers), asked=wanted is not None)
        while len(self._rows) < min(_MOST, len(offers)):
            row = _OfferRow(self._desk)
            self._rows.append(row)
            self._list.addWidget(row)
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(offers))
            if index < len(offers):
                row.show_offer(offers[index])

    def _say(self, offers: tuple[Offer, ...], servers: int, silent: int, *, asked: bool) -> None:
        if not asked:
            text = ""
        elif offers:
            text = self.tr("{count} of {all} servers have them now, the closest fit first.")
            text = text.format(count=len(offers), all=servers)
        else:
            text = self.tr("No server has them now.")
        if asked and silent:
            text += " " + self.tr("{count} servers are not heard and do not count.").format(count=silent)
        set_text(self.answer, text)

    @property
    def offered(self) -> list[str]:
        """Names of the servers that are shown, for tests."""
        return [row.name.text() for row in self._rows if not row.isHidden()]


def _number(text: str) -> float | None:
    try:
        value = float(text.strip())
    except ValueError:
        return None
    return value if 0 <= value < 1e6 else None
