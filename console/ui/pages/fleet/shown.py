"""What the fleet page shows, kept between starts and for whoever saves it as a view. No widget here."""

from __future__ import annotations

from console.telemetry.views import View
from console.ui.desk import Remembered
from console.ui.pages.fleet.grouping import BY_ROLE


def shown_view(remembered: Remembered) -> View:
    """Filter, grouping, colour and order that were last shown."""
    return View(
        "",
        filter=remembered.text("fleet/filter"),
        group=remembered.text("fleet/group", BY_ROLE),
        metric=remembered.text("fleet/metric", "utilization"),
        sort=remembered.text("fleet/sort"),
        descending=remembered.text("fleet/order") == "descending",
    )


def keep_view(remembered: Remembered, view: View) -> None:
    """Note what is shown now."""
    remembered.keep("fleet/filter", view.filter)
    remembered.keep("fleet/group", view.group)
    remembered.keep("fleet/metric", view.metric)
    remembered.keep("fleet/sort", view.sort)
    remembered.keep("fleet/order", "descending" if view.descending else "")
