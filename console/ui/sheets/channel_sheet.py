"""The form of a channel: what every kind has, and the kind's own settings as its plugin declares them."""

from __future__ import annotations

import os

from PySide6.QtWidgets import QLineEdit, QWidget

from console.alerts.alert import AlertSeverity
from console.alerts.channel import Channel, variable_for
from console.commands.alert_channels import ChannelRow
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import parse_duration
from console.plugin.api import NotifierField, NotifierKind
from console.telemetry.filter import read_strictly
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.fields import Choice, Field, Form, Tick
from console.ui.pages.alerts.words import severity_word
from console.ui.sheets.form_sheet import After, Arguments, FormSheet, such_as
from console.ui.sheets.rule_sheet import span_text


class ChannelSheet(FormSheet):
    """A new channel, or one as it is. A secret is asked for and never shown; an empty field leaves it alone.

    Args:
        row: the channel that is changed; its name and kind stay.
    """

    def __init__(
        self,
        desk: Desk,
        row: ChannelRow | None = None,
        *,
        after: After | None = None,
        parent: QWidget | None = None,
    ) -> None:
        title = translate("ChannelSheet", "Edit channel") if row else translate("ChannelSheet", "Add channel")
        super().__init__(
            desk,
            title,
            translate(
                "ChannelSheet",
                "Whoever judges the alerts tells people through it, grouped by server. Secrets are kept in "
                "the keyring of this system and never shown.",
            ),
            "alert.channel_set",
            translate("ChannelSheet", "Save channel"),
            after=after,
            parent=parent,
        )
        self._row = row
        self._kinds = {each.name: each for each in desk.context.channels.kinds}
        self._own: dict[str, Field | Choice] = {}
        self._secrets: dict[str, Field] = {}
        theme = desk.theme
        self.name = Field(theme, placeholder=such_as("ops-slack"), fixed=True)
        self.kind = Choice(theme, [(name, safe_line(kind.title)) for name, kind in self._kinds.items()])
        self.form.row(self.tr("Name"), self.name, self.tr("Lower-case letters, digits and dashes."))
        self.form.row(self.tr("Kind"), self.kind)
        self._place = self.body.indexOf(self.form) + 1
        self._kind_form: Form | None = None
        self.common = Form(theme)
        self._add_common()
        self.body.insertWidget(self._place, self.common)
        self.kind.currentIndexChanged.connect(lambda _index: self._show_kind())
        self._fill()
        self._show_kind()
        for field in (self.name, self.servers, self.repeat, self.wait, self.interval):
            field.returnPressed.connect(self.submit)

    def _add_common(self) -> None:
        theme = self._desk.theme
        self.severity = Choice(theme, [(each.value, severity_word(each)) for each in AlertSeverity])
        self.servers = Field(theme, placeholder=such_as("label.team=vision"), fixed=True)
        self.repeat = Field(theme, placeholder="4h")
        self.wait = Field(theme, placeholder="10s")
        self.interval = Field(theme, placeholder="5m")
        self.resolved = Tick(theme, self.tr("Tell also that it is over"))
        self.enabled = Tick(theme, self.tr("Send through it"))
        form = self.common
        form.row(self.tr("From severity"), self.severity)
        form.row(self.tr("Servers"), self.servers, self.tr("A filter; empty is every server and the fleet."))
        form.row(
            self.tr("Again after"),
            self.repeat,
            self.tr("What still fires, and nobody knows of, is told again; empty is never."),
        )
        form.row(self.tr("Wait for others of the server"), self.wait)
        form.row(
            self.tr("Between two messages of a server"),
            self.interval,
            self.tr("What is critical does not wait for it."),
        )
        form.add(self.resolved)
        form.add(self.enabled)

    def _fill(self) -> None:
        channel = self._row.channel if self._row is not None else Channel("", next(iter(self._kinds), ""))
        self.name.setText(channel.name)
        self.name.setEnabled(self._row is None)
        self.kind.choose(channel.kind)
        self.kind.setEnabled(self._row is None)
        self.severity.choose(channel.severity.value)
        self.servers.setText(channel.servers)
        self.repeat.setText("" if channel.repeat_s is None else span_text(channel.repeat_s))
        self.wait.setText(span_text(channel.wait_s))
        self.interval.setText(span_text(channel.interval_s))
        self.resolved.setChecked(channel.resolved)
        self.enabled.setChecked(channel.enabled)

    # The kind's own

    def _show_kind(self) -> None:
        """The fields of the chosen kind, in the place of the ones before."""
        before, self._kind_form = self._kind_form, None
        if before is not None:
            before.setParent(None)
            before.deleteLater()
        self._own, self._secrets = {}, {}
        kind = self._kinds.get(self.kind.key)
        if kind is None:
            return
        self._kind_form = Form(self._desk.theme)
        for each in kind.fields:
            self._add_field(self._kind_form, each)
        self.body.insertWidget(self._place, self._kind_form)

    def _add_field(self, form: Form, each: NotifierField) -> None:
        title, hint = safe_line(each.title), safe_line(each.description, max_chars=300)
        settings = self._row.channel.settings if self._row is not None else {}
        if each.secret:
            field = Field(self._desk.theme, placeholder=self._secret_words(each))
            field.setEchoMode(QLineEdit.EchoMode.Password)
            self._secrets[each.name] = field
            form.row(title, field, hint)
            field.returnPressed.connect(self.submit)
            return
        if each.choices:
            choice = Choice(self._desk.theme, [(value, safe_line(value)) for value in each.choices])
            choice.choose(settings.get(each.name, each.default))
            self._own[each.name] = choice
            form.row(title, choice, hint)
            return
        plain = Field(self._desk.theme, placeholder=safe_line(each.default))
        plain.setText(settings.get(each.name, ""))
        self._own[each.name] = plain
        form.row(title, plain, hint)
        plain.returnPressed.connect(self.submit)

    def _secret_words(self, each: NotifierField) -> str:
        place = self._row.secrets.get(each.name, "") if self._row is not None else ""
        if place == "keyring":
            return self.tr("kept in the keyring; empty leaves it")
        if place == "environment":
            return self.tr("taken from the environment")
        return self.tr("needed") if each.required else self.tr("may be empty")

    # What is saved

    def arguments(self) -> Arguments | None:
        kind = self._kinds.get(self.kind.key)
        if kind is None:
            self.form.fault(self.name, self.tr("No plugin provides a way to tell people."))
            return None
        spans = [self._span(field) for field in (self.wait, self.interval)]
        repeat = self._span(self.repeat) if self.repeat.text().strip() else None
        bad = bool(self.repeat.text().strip()) and repeat is None
        if not self._checked(kind) or bad:
            return None
        settings = {
            name: value
            for name, field in self._own.items()
            if (value := field.key if isinstance(field, Choice) else field.text().strip())
        }
        wait_s, interval_s = spans
        if wait_s is None or interval_s is None:
            return None
        channel = Channel(
            self.name.text().strip(),
            kind.name,
            severity=AlertSeverity(self.severity.key),
            servers=self.servers.text().strip(),
            resolved=self.resolved.isChecked(),
            repeat_s=repeat,
            wait_s=wait_s,
            interval_s=interval_s,
            enabled=self.enabled.isChecked(),
            settings=settings,
        )
        secrets = {name: field.text() for name, field in self._secrets.items() if field.text()}
        return {"channel": channel, "secrets": secrets}

    def _checked(self, kind: NotifierKind) -> bool:
        """Say under each field what is wrong with it as far as it can be told here."""
        self.form.fault(self.name, "" if self.name.text().strip() else self.tr("Enter a name."))
        good = bool(self.name.text().strip())
        try:
            if self.servers.text().strip():
                read_strictly(self.servers.text())
            self.common.note_fault(self.servers, "")
        except Problem as problem:
            self.common.fault(self.servers, problem.sentence)
            good = False
        form = self._kind_form
        for each in kind.fields if form is not None else ():
            assert form is not None
            if each.secret:
                kept = self._row is not None and self._row.secrets.get(each.name) in (
                    "keyring",
                    "environment",
                )
                field: QWidget = self._secrets[each.name]
                given = bool(os.environ.get(variable_for(self.name.text().strip(), each.name)))
                empty = not self._secrets[each.name].text() and not kept and not given
            else:
                own = self._own[each.name]
                field = own
                empty = isinstance(own, Field) and not (own.text().strip() or each.default)
            faulty = each.required and empty
            form.note_fault(field, self.tr("It is needed.") if faulty else "")
            good = good and not faulty
        return good

    def _span(self, field: Field) -> float | None:
        text = field.text().strip() or "0"
        try:
            seconds = parse_duration(text).total_seconds()
        except Problem:
            self.common.fault(field, self.tr("Write seconds, or 90s, 15m, 2h, 7d."))
            return None
        self.common.note_fault(field, "")
        return seconds
