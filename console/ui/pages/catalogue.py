"""The catalogue of pages: the rail, the palette and `shell.go` read it. A new page is one entry here."""

from __future__ import annotations

from console.operations.operation import FINAL
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.tones import Tone
from console.ui.pages.page import Page, PageSpec


def _fleet(desk: Desk) -> Page:
    from console.ui.pages.fleet.page import FleetPage

    return FleetPage(desk)


def _server(desk: Desk) -> Page:
    from console.ui.pages.server.page import ServerPage

    return ServerPage(desk)


def _files(desk: Desk) -> Page:
    from console.ui.pages.files.page import FilesPage

    return FilesPage(desk)


def _run_on_many(desk: Desk) -> Page:
    from console.ui.pages.many.page import ManyPage

    return ManyPage(desk)


def _idle(desk: Desk) -> Page:
    from console.ui.pages.idle.page import IdlePage

    return IdlePage(desk)


def _report_utilization(desk: Desk) -> Page:
    from console.ui.pages.reports.page import UsageReportPage

    return UsageReportPage(desk, cost=False)


def _report_cost(desk: Desk) -> Page:
    from console.ui.pages.reports.page import UsageReportPage

    return UsageReportPage(desk, cost=True)


def _compare(desk: Desk) -> Page:
    from console.ui.pages.compare.page import ComparePage

    return ComparePage(desk)


def _jobs(desk: Desk) -> Page:
    from console.ui.pages.jobs.page import JobsPage

    return JobsPage(desk)


def _job(desk: Desk) -> Page:
    from console.ui.pages.job.page import JobPage

    return JobPage(desk)


def _models(desk: Desk) -> Page:
    from console.ui.pages.models.page import ModelsPage

    return ModelsPage(desk)


def _deployments(desk: Desk) -> Page:
    from console.ui.pages.deployments.page import DeploymentsPage

    return DeploymentsPage(desk)


def _deployment(desk: Desk) -> Page:
    from console.ui.pages.deployment.page import DeploymentPage

    return DeploymentPage(desk)


def _alerts(desk: Desk) -> Page:
    from console.ui.pages.alerts.page import AlertsPage

    return AlertsPage(desk)


def _alert_history(desk: Desk) -> Page:
    from console.ui.pages.alerts.history_page import AlertHistoryPage

    return AlertHistoryPage(desk)


def _alert_rules(desk: Desk) -> Page:
    from console.ui.pages.alerts.rules_page import AlertRulesPage

    return AlertRulesPage(desk)


def _alert_silences(desk: Desk) -> Page:
    from console.ui.pages.alerts.silences_page import AlertSilencesPage

    return AlertSilencesPage(desk)


def _alert_channels(desk: Desk) -> Page:
    from console.ui.pages.alerts.channels_page import AlertChannelsPage

    return AlertChannelsPage(desk)


def _activity(desk: Desk) -> Page:
    from console.ui.pages.activity.page import ActivityPage

    return ActivityPage(desk)


def _settings(desk: Desk) -> Page:
    from console.ui.pages.settings.page import SettingsPage

    return SettingsPage(desk)


def _activity_badge(desk: Desk) -> tuple[int, Tone]:
    views = desk.context.operations.views()
    return sum(view.state not in FINAL for view in views), Tone.ACTIVE


def _alerts_badge(desk: Desk) -> tuple[int, Tone]:
    """Criticals that fire and are not silenced, else warnings."""
    from console.ui.pages.alerts.words import counted

    counts = counted(desk.context.alerts.alerts())
    return (counts["critical"], Tone.CRITICAL) if counts["critical"] else (counts["warning"], Tone.WARNING)


def _fleet_badge(desk: Desk) -> tuple[int, Tone]:
    counts = desk.snapshot().counts
    return (counts.critical, Tone.CRITICAL) if counts.critical else (counts.warning, Tone.WARNING)


PAGES: tuple[PageSpec, ...] = (
    PageSpec("fleet", lambda: translate("Pages", "Fleet"), "fleet", _fleet, badge=_fleet_badge),
    PageSpec("server", lambda: translate("Pages", "Fleet"), "server", _server, under="fleet"),
    PageSpec("files", lambda: translate("Pages", "Files"), "folder", _files, under="fleet"),
    PageSpec(
        "run_on_many",
        lambda: translate("Pages", "Run on many servers"),
        "servers",
        _run_on_many,
        under="fleet",
        alone=True,
    ),
    PageSpec("jobs", lambda: translate("Pages", "Jobs"), "jobs", _jobs),
    PageSpec("job", lambda: translate("Pages", "Jobs"), "jobs", _job, under="jobs"),
    PageSpec("compare_jobs", lambda: translate("Pages", "Jobs"), "jobs", _compare, under="jobs"),
    PageSpec("models", lambda: translate("Pages", "Models"), "models", _models),
    PageSpec("deployments", lambda: translate("Pages", "Deployments"), "deployments", _deployments),
    PageSpec(
        "deployment",
        lambda: translate("Pages", "Deployments"),
        "deployments",
        _deployment,
        under="deployments",
    ),
    PageSpec("alerts", lambda: translate("Pages", "Alerts"), "alert", _alerts, badge=_alerts_badge),
    PageSpec(
        "alert_history",
        lambda: translate("Pages", "Alerts"),
        "alert",
        _alert_history,
        under="alerts",
        alone=True,
    ),
    PageSpec(
        "alert_rules", lambda: translate("Pages", "Alerts"), "alert", _alert_rules, under="alerts", alone=True
    ),
    PageSpec(
        "alert_silences",
        lambda: translate("Pages", "Alerts"),
        "alert",
        _alert_silences,
        under="alerts",
        alone=True,
    ),
    PageSpec(
        "alert_channels",
        lambda: translate("Pages", "Alerts"),
        "alert",
        _alert_channels,
        under="alerts",
        alone=True,
    ),
    PageSpec("report_utilization", lambda: translate("Pages", "Reports"), "chart", _report_utilization),
    PageSpec(
        "report_cost",
        lambda: translate("Pages", "Reports"),
        "chart",
        _report_cost,
        under="report_utilization",
        alone=True,
    ),
    PageSpec(
        "idle",
        lambda: translate("Pages", "Reports"),
        "hourglass",
        _idle,
        under="report_utilization",
        alone=True,
    ),
    PageSpec(
        "activity", lambda: translate("Pages", "Activity"), "activity", _activity, badge=_activity_badge
    ),
    PageSpec("settings", lambda: translate("Pages", "Settings"), "settings", _settings, at_bottom=True),
)
