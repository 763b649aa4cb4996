"""Sheets by the name that a command opens (`Command.opens`). A new sheet is one entry here; made late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.ui.desk import Desk
from console.ui.kit.sheet import Sheet

Arguments = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """How a sheet is made.

    Attributes:
        make: from the desk and what it is about ({"server": "gpu-01"}).
        needs: arguments without which it cannot open; such a one is offered on a thing, not in the menu.
    """

    make: Callable[[Desk, Arguments], Sheet]
    needs: tuple[str, ...] = ()


def _add_server(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.server_sheet import ServerSheet

    return ServerSheet(desk)


def _import_servers(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.import_sheet import ImportSheet

    return ImportSheet(desk)


def _trust(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.trust_sheet import TrustSheet

    return TrustSheet(desk, given["server"])


def _check(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.check_sheet import CheckSheet

    return CheckSheet(desk, given["server"])


def _run_command(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.command_sheet import CommandSheet

    return CommandSheet(desk, given["server"])


def _drain(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.server_work import DrainSheet

    return DrainSheet(desk, given["server"])


def _limit_jobs(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.server_work import LimitJobsSheet

    return LimitJobsSheet(desk, given["server"])


def _foreign(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.foreign_sheet import ForeignSheet

    return ForeignSheet(desk)


def _adopt(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.foreign_sheet import AdoptSheet

    return AdoptSheet(desk, given["server"])


def _push(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.copy_sheets import PushSheet

    return PushSheet(desk, given["server"])


def _pull(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.copy_sheets import PullSheet

    return PullSheet(desk, given["server"])


def _copy(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.between_sheets import CopySheet

    return CopySheet(desk)


def _fetch(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.between_sheets import FetchSheet

    return FetchSheet(desk, given["server"])


def _copies(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.copies_sheet import CopiesSheet

    return CopiesSheet(desk)


def _forwards(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.forwards_sheet import ForwardsSheet

    return ForwardsSheet(desk, given["server"])


def _secrets(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.secrets_sheet import SecretsSheet

    return SecretsSheet(desk)


def _doctor(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.findings import doctor_sheet

    return doctor_sheet(desk)


def _find_gpus(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.find_gpus import FindGpusSheet

    return FindGpusSheet(desk)


def _export_history(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.export_history import ExportHistorySheet

    return ExportHistorySheet(desk)


def _save_view(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.save_view import SaveViewSheet

    return SaveViewSheet(desk)


def _plugins(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.findings import plugins_sheet

    return plugins_sheet(desk)


def _privileges(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.privileges_sheet import PrivilegesSheet

    return PrivilegesSheet(desk, given["server"])


def _submit_job(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.submit_job import SubmitJobSheet

    return SubmitJobSheet(desk, server=given.get("server", ""))


def _add_model(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.add_model import AddModelSheet

    return AddModelSheet(desk)


def _backup(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.pages.settings.backup_card import backup_sheet

    return backup_sheet(desk)


def _deploy(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.deploy import DeploySheet

    return DeploySheet(desk, given.get("model", ""))


def _silence(desk: Desk, given: Arguments) -> Sheet:
    from console.ui.sheets.alert_sheets import SilenceSheet

    return SilenceSheet(desk, given)


def _alert_rule(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.rule_sheet import RuleSheet

    return RuleSheet(desk)


def _alert_channel(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.channel_sheet import ChannelSheet

    return ChannelSheet(desk)


def _time_range(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.time_range_sheet import TimeRangeSheet

    return TimeRangeSheet(desk)


def _sources(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.sources_sheet import SourcesSheet

    return SourcesSheet(desk)


def _add_source(desk: Desk, _given: Arguments) -> Sheet:
    from console.ui.sheets.sources_sheet import AddSourceSheet

    return AddSourceSheet(desk)


SHEETS: dict[str, SheetSpec] = {
    "add_server": SheetSpec(_add_server),
    "import_servers": SheetSpec(_import_servers),
    "trust": SheetSpec(_trust, ("server",)),
    "check": SheetSpec(_check, ("server",)),
    "run_command": SheetSpec(_run_command, ("server",)),
    "drain": SheetSpec(_drain, ("server",)),
    "limit_jobs": SheetSpec(_limit_jobs, ("server",)),
    "foreign_jobs": SheetSpec(_foreign),
    "adopt_process": SheetSpec(_adopt, ("server",)),
    "push": SheetSpec(_push, ("server",)),
    "pull": SheetSpec(_pull, ("server",)),
    "copy": SheetSpec(_copy),
    "fetch": SheetSpec(_fetch, ("server",)),
    "copies": SheetSpec(_copies),
    "forward": SheetSpec(_forwards, ("server",)),
    "forwards": SheetSpec(_forwards, ("server",)),
    "secrets": SheetSpec(_secrets),
    "find_gpus": SheetSpec(_find_gpus),
    "save_view": SheetSpec(_save_view),
    "export_history": SheetSpec(_export_history),
    "backup": SheetSpec(_backup),
    "doctor": SheetSpec(_doctor),
    "plugins": SheetSpec(_plugins),
    "privileges": SheetSpec(_privileges, ("server",)),
    "submit_job": SheetSpec(_submit_job),
    "add_model": SheetSpec(_add_model),
    "deploy": SheetSpec(_deploy),
    "silence": SheetSpec(_silence),
    "alert_rule": SheetSpec(_alert_rule),
    "alert_channel": SheetSpec(_alert_channel),
    "sources": SheetSpec(_sources),
    "add_source": SheetSpec(_add_source),
    "time_range": SheetSpec(_time_range),
}
