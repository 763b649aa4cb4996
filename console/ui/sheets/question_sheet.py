"""What a connection asks the person: a passphrase, a password, a server's own questions. It answers once."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from console.core.prompt import Asked, Kind, Question, Reply
from console.core.text import safe_line
from console.fleet.secrets import NO_KEYRING, WRONG
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field, Tick
from console.ui.kit.labels import label, set_text
from console.ui.kit.sheet import Sheet
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

_MOST_SAID = 2000
_MOST_LABEL = 200
_LONG = re.compile(r"\S{28}(?=\S)")
_MAY_BREAK = "\N{ZERO WIDTH SPACE}"


class QuestionSheet(Sheet):
    """The server's name is always told, and what the server says stands in quotes: it is never our word."""

    def __init__(self, theme: Theme, asked: Asked, parent: QWidget | None = None) -> None:
        question = asked.question
        super().__init__(theme, _title(question), _why(question), parent)
        self.asked = asked
        if question.said:
            said = QVBoxLayout()
            said.setSpacing(4)
            said.addWidget(label(self.tr("The server says:"), role="dim", size=fonts.SMALL))
            self.said = label(_quoted(question.said, _MOST_SAID), wrap=True, selectable=True)
            said.addWidget(self.said)
            self.body.addLayout(said)
        self.fields = tuple(
            self._field(theme, _label(question, each.label), shown=each.shown) for each in question.fields
        )
        self.keep: Tick | None = None
        if question.can_keep:
            self.keep = Tick(theme, self.tr("Keep it in the keyring of this system"))
            self.body.addWidget(self.keep)
        if question.note:
            self.body.addWidget(label(_note(question.note), role="dim", size=fonts.SMALL, wrap=True))
        self._fault = label("", role="critical", size=fonts.SMALL, wrap=True)
        self._fault.hide()
        self.body.addWidget(self._fault)
        self.body.addStretch(1)
        cancel = Button(theme, self.tr("Cancel"))
        cancel.clicked.connect(self.close_sheet)
        self.act = Button(theme, _act(question), "primary", icon="key")
        self.act.clicked.connect(self.submit)
        self.footer.addWidget(cancel)
        self.footer.addWidget(self.act)

    def _field(self, theme: Theme, text: str, *, shown: bool) -> Field:
        name = label(text, role="dim", size=fonts.SMALL, wrap=True)
        field = Field(theme, text)
        if not shown:
            field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        field.returnPressed.connect(self._on_return)
        name.setBuddy(field)
        pair = QVBoxLayout()
        pair.setSpacing(4)
        pair.addWidget(name)
        pair.addWidget(field)
        self.body.addLayout(pair)
        return field

    def _on_return(self) -> None:
        """To the next field, and from the last one on."""
        here = next((i for i, each in enumerate(self.fields) if each.hasFocus()), len(self.fields) - 1)
        if here + 1 < len(self.fields):
            self.fields[here + 1].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.submit()

    def submit(self) -> None:
        """Give what was typed to whoever waits; a server may well want an empty answer to its question."""
        texts = tuple(each.text() for each in self.fields)
        if self.asked.question.kind is not Kind.ANSWERS and not all(texts):
            set_text(self._fault, self.tr("Enter it, or cancel."))
            self._fault.show()
            self.fields[0].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._end(Reply(texts, self.keep is not None and self.keep.isChecked()))

    def close_sheet(self) -> None:
        """Esc, the cross and Cancel say no."""
        self._end(None)

    def _end(self, reply: Reply | None) -> None:
        self.asked.answer(reply)
        for each in self.fields:
            each.clear()
        super().close_sheet()


def _title(question: Question) -> str:
    server = safe_line(question.server, max_chars=80)
    if question.kind is Kind.PASSPHRASE:
        return translate("QuestionSheet", "Passphrase for {server}").format(server=server)
    if question.kind is Kind.PASSWORD:
        return translate("QuestionSheet", "Password for {server}").format(server=server)
    if question.kind is Kind.SECRET:
        about = safe_line(question.about, max_chars=80)
        return translate("QuestionSheet", "Secret {name}").format(name=about)
    return translate("QuestionSheet", "{server} asks").format(server=server)


def _act(question: Question) -> str:
    words = {
        Kind.PASSPHRASE: translate("QuestionSheet", "Unlock the key"),
        Kind.PASSWORD: translate("QuestionSheet", "Log in"),
        Kind.ANSWERS: translate("QuestionSheet", "Answer"),
        Kind.SECRET: translate("QuestionSheet", "Give it to the job"),
    }
    return words[question.kind]


def _why(question: Question) -> str:
    about = _breakable(safe_line(question.about))
    if question.kind is Kind.PASSPHRASE:
        return translate(
            "QuestionSheet",
            "The key {path} is encrypted. What you enter opens it here; it is sent to nobody.",
        ).format(path=about)
    if question.kind is Kind.PASSWORD:
        return translate(
            "QuestionSheet", "{place} lets you in with a password. It is tried once and kept for this run."
        ).format(place=about)
    if question.kind is Kind.SECRET:
        return translate(
            "QuestionSheet",
            "A job on {server} gets it as an environment variable. It travels encrypted and lies there only "
            "as long as the job may need it.",
        ).format(server=_breakable(safe_line(question.server)))
    return translate(
        "QuestionSheet",
        "{place} wants answers before it lets you in. What stands in quotes comes from the server, not from "
        "Tandem.",
    ).format(place=about)


def _label(question: Question, text: str) -> str:
    if question.kind is Kind.PASSPHRASE:
        return translate("QuestionSheet", "Passphrase")
    if question.kind is Kind.PASSWORD:
        return translate("QuestionSheet", "Password")
    if question.kind is Kind.SECRET:
        return translate("QuestionSheet", "Value")
    return _quoted(text, _MOST_LABEL)


def _quoted(text: str, max_chars: int) -> str:
    """The server's words: what they hold cannot end the quotes, nor push the sheet apart."""
    plain = safe_line(text, max_chars=max_chars).translate(str.maketrans("“”", '""'))
    return f"“{_breakable(plain)}”"


def _breakable(text: str) -> str:
    """Words that are too long for a line may be broken."""
    return _LONG.sub(lambda found: f"{found[0]}{_MAY_BREAK}", text)


def _note(note: str) -> str:
    """The sentences that the core adds, in the person's language."""
    known = {
        WRONG: translate("QuestionSheet", "The one before was wrong."),
        NO_KEYRING: translate(
            "QuestionSheet", "There is no system keyring here, so it is kept for this run only."
        ),
    }
    for english, words in known.items():
        note = note.replace(english, words)
    return note
