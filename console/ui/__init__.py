"""The window: the only code with Qt. No service is made here; the Context comes from outside.

How a page is made
------------------
1. A module or folder `pages/<name>/page.py` with a subclass of `pages.page.Page`. Build the widgets once
   in `__init__(desk)` into `self.column`; override `open(argument)`, `refresh()` (4 Hz while visible,
   tables and numbers), `refresh_charts()` (10 Hz while visible), `crumb()`, `focus_search()`.
2. One `PageSpec` in `pages/catalogue.py`: id, title, icon, `make`; `under="jobs"` for a page about one
   job (opened by `desk.shell.go("job", job_id)`), `alone=True` where such a page needs no argument and
   is in the menu, `at_bottom=True` for Settings, `badge` for the rail's count. A page that may hold
   something unsaved overrides `holds_back()`.
3. A sheet (form, plan) is a `kit.sheet.Sheet`; show it by `desk.shell.show_sheet(sheet)`. Sheets by
   name (`Command.opens`) are entries of `sheets/catalogue.py`; `desk.shell.open_sheet("submit_job",
   {"server": name})` opens one, and those that need no argument are in menu and palette by themselves.

Rules that keep the window quick and honest
-------------------------------------------
- On the Qt thread read only what is in memory: `desk.snapshot()`, `context.telemetry.series(...)`,
  `context.operations.views()`, `context.options`, `context.fleet.links()`. Everything that may touch
  disk, network or database goes through `desk.worker.run(call, done, failed=..., owner=self,
  key="jobs.list")`: `call` runs on a pool, `done`/`failed` on the Qt thread; a call whose key is under
  way is dropped.
- Acts go through `desk.runner.command("job.cancel", {"id": ...}, done=..., failed=...)`: it invokes
  off-thread, shows the plan of a Work in a sheet, asks for the name where it destroys, starts the
  Operation and shows its steps. `ask=False` where a form was the asking, `begun=` where the page
  shows how it goes. `desk.runner.allowed(id)` says
  whether read-only permits it.
- What a connection asks (password, passphrase, codes) comes by `shell/asking.py` in a sheet over the others;
  pages and sheets have nothing to do with it, they only wait for their `done` a little longer.
- Never `exec()` a dialog, never `processEvents()`, no QTimer of your own: `desk.clock.every(clock.TABLES,
  w, f)`.
- Labels by `kit.labels.label/heading/Elided` (always plain text), tool tips by `kit.labels.tip`, colours
  by `desk.theme.color(token)` at paint time, states by `kit.tones.Tone` (colour + shape) with a word of
  `state_words`, numbers by `console.core.units`, moments by `times.moment_text(moment,
  times.zone_of(options))`.
- Lists are `kit.table.DataTable(theme, name, columns, key, ...)` over row objects with
  `kit.columns.Column`; call `remember_as("jobs")` for column widths, `menu_by(...)` for the right click,
  `set_rows(rows)` per refresh; `several=True` for more than one selected row; `order=` for lists of any
  length, which the page orders itself (pages/files/order.py); signals `picked(row|None)` and
  `opened(row)`. Hand rows over with the worst first.
- Charts are `kit.chart.Chart` with one `kit.chart_group.ChartGroup` per page (shared cursor and zoom);
  call `group.follow(low, high)` per beat and `chart.set_data([(x, y), ...])`. Not time but steps:
  `over_time=False`. Import kit.chart inside the page's method (pyqtgraph costs 0.6 s).
- Many small charts are one `kit.small_charts.SmallCharts`, never a plot widget each. The server page's
charts are data: a further one is an entry of `pages/server/panels.py`. Curves of more than the rings hold:
  `pages/server/feed.py`. - What only one page can do is in its `acts()`: menu and palette offer it while
  the page is in front. - `kit.cards.Card` (header, body), `StatCard`,
  `kit.inspector.WithInspector/Inspector/Facts`, `kit.steps.ProgressSteps/Bar`,
  `kit.empty.EmptyState`, `kit.problem_view.ProblemView`, `kit.fields.Form/Field/Choice/Tick/TextArea`,
  `kit.segmented.SegmentedControl`, `kit.badges.Pill/StateBadge`. A log is `logs.view.LogView(desk, title)`:
  bytes that are appended, or `open(LogSource)`.
- Every text is a literal in `self.tr("…")` or `translate("Context", "…")`, with named place holders
  filled by `.format(...)`: `python -m tests.ui.translations` brings them into resources/translations.
- Every widget that takes the focus has text, a buddy or an accessible name.
"""
