"""What goes wrong on this machine: command, files, store, operations, plugins. Only words live here."""

WORDS: dict[str, tuple[str, str, str]] = {
    # --- the command and local files
    "usage.wrong": ("{message}.", "Run 'tandem {command} --help' to see how it is used.", "cli#usage"),
    "usage.needs_yes": (
        "'{command}' destroys something and there is no terminal to ask on.",
        "Look at the plan with --dry-run, then pass --yes.",
        "cli#safety",
    ),
    "mode.read_only": (
        "'{command}' changes something and the console is in read-only mode.",
        "Turn the read-only switch off in the window or run without --read-only.",
        "safety#read-only",
    ),
    "file.missing": ("There is no file {path}.", "Check the path and try again.", "cli#files"),
    "file.unreadable": ("{path} cannot be read: {reason}.", "Check its permissions.", "cli#files"),
    "file.unwritable": (
        "{path} cannot be written: {reason}.",
        "Check permissions and free space.",
        "cli#files",
    ),
    "filter.invalid": (
        "The filter is not understood at column {column}: {reason}.",
        "Correct it there; its words are listed on its help page.",
        "filter#words",
    ),
    "input.invalid": ("{what} is not valid: {reason}.", "Correct it and try again.", "cli#usage"),
    "id.unknown": ("There is no {kind} '{given}'.", "List them with 'tandem {listing}'.", "cli#ids"),
    "id.ambiguous": (
        "'{given}' fits {count} {kind}s: {matches}.",
        "Give a few more characters.",
        "cli#ids",
    ),
    "name.taken": ("There is already a {kind} named '{name}'.", "Choose another name.", "cli#ids"),
    "options.unknown": ("There is no option '{name}'.", "See Settings for their names.", "settings#options"),
    "options.invalid": (
        "Option '{name}' cannot be '{given}': {reason}.",
        "Give a value in range.",
        "settings#options",
    ),
    # --- channels of alerts
    "channels.invalid": (
        "The channels of alerts cannot be read at {where}: {reason}.",
        "Correct notifiers.toml there; those read before stay in use until then.",
        "channels#the-file",
    ),
    "channel.secret_missing": (
        "The channel '{channel}' lacks its secret '{secret}'.",
        "Enter it with 'tandem alert channel save {channel} --secret {secret}' or set {variable}.",
        "channels#secrets",
    ),
    "channel.not_sent": (
        "The channel '{channel}' did not take the message: {reason}.",
        "Check its settings and secrets, then try it with 'tandem alert test {channel}'.",
        "channels#not-delivered",
    ),
    # --- store
    "store.newer": (
        "The database {path} was written by a newer Tandem (schema {found}, this one knows {known}).",
        "Update Tandem, or start it with another --home.",
        "store#versions",
    ),
    "store.corrupt": (
        "The database {path} is damaged: {reason}.",
        "It was left as it is; restore a backup with 'tandem restore FILE', or move it away: what the "
        "servers hold is read again.",
        "store#damage",
    ),
    "store.full": ("The database could not be written: {reason}.", "Free some disk space.", "store#space"),
    "store.locked": (
        "Another Tandem is writing to {path} for longer than {timeout_s} s.",
        "Try again in a moment.",
        "store#two-consoles",
    ),
    "store.unwritable": (
        "{path} could not be written: {reason}.",
        "Check the permissions of the home folder and the disk below it.",
        "store#space",
    ),
    "export.needs_pyarrow": (
        "Parquet needs pyarrow, which is not installed.",
        "Install it with: pip install 'tandem-console[parquet]'; or export CSV.",
        "store#export",
    ),
    "backup.invalid": ("{path} is not a Tandem backup: {reason}.", "Choose another file.", "store#backup"),
    "audit.unwritable": (
        "Nothing was changed, because the audit log cannot be written: {reason}.",
        "Free disk space or mend the permissions of the home folder.",
        "safety#audit",
    ),
    # --- operations and plugins
    "operation.cancelled": (
        "'{title}' was cancelled at the step '{step}'.",
        "What it had half done was undone.",
        "activity#cancel",
    ),
    "operation.left": (
        "'{title}' goes on on its servers; the console was closed meanwhile.",
        "'tandem copies list' and the sheet of copies tell how it stands.",
        "ssh#between-servers",
    ),
    "operation.undo_failed": (
        "'{title}' failed at '{step}' ({reason}), and undoing '{undone}' failed too: {undo_reason}.",
        "Look at the server before trying again.",
        "activity#undo",
    ),
    "operation.bug": (
        "'{title}' stopped at the step '{step}' by a fault in Tandem: {reason}.",
        "Look at the target before trying again, and report it with the log.",
        "activity#fault",
    ),
    "operation.earlier": ("{sentence}", "{remedy}", "activity#earlier"),
    "operation.unknown": (
        "There is no operation '{id}'.",
        "Open Activity for the ones that are kept.",
        "activity#earlier",
    ),
    "plugin.invalid": (
        "The plugin in {path} was not loaded: {reason}.",
        "Mend or remove it.",
        "plugins#manifest",
    ),
    "plugin.failed": (
        "Plugin '{plugin}' failed: {reason}.",
        "Disable it, or tell its author.",
        "plugins#manifest",
    ),
    # --- Prometheus
    "endpoint.port_taken": (
        "The Prometheus endpoint cannot listen on 127.0.0.1:{port}: {reason}.",
        "Another Tandem may serve there already; else choose another port in the settings.",
        "prometheus#endpoint",
    ),
    "source.unreachable": (
        "The source '{source}' cannot be asked: {reason}.",
        "Check its address with 'tandem source check {source}'; what it told before grows old meanwhile.",
        "prometheus#trouble",
    ),
    "source.login": (
        "The source '{source}' refuses the login (HTTP {status}).",
        "Give it another token or password: 'tandem source add {source} --replace'.",
        "prometheus#trouble",
    ),
    "source.no_secret": (
        "There is no token or password for the source '{source}' here.",
        "Add it anew with its login, or name a file that holds the token.",
        "prometheus#trouble",
    ),
    "source.error": (
        "The source '{source}' answers with an error (HTTP {status}): {reason}.",
        "Look at its own log; a proxy on the way may answer in its place.",
        "prometheus#trouble",
    ),
    "source.answer": (
        "What the source '{source}' answers is not understood: {reason}.",
        "Check that its address is that of a Prometheus, or narrow it with a filter.",
        "prometheus#trouble",
    ),
    "source.host_silent": (
        "The source '{source}' has nothing new of '{server}'.",
        "Its exporter or the server itself may be down.",
        "prometheus#trouble",
    ),
    # --- demo
    "demo.needs_extra": (
        "The demo needs {missing}, which is not installed.",
        "Install it with: pip install 'tandem-console[demo]'.",
        "demo#install",
    ),
    "demo.below_bound": (
        "The round ended outside its bounds: {reason}.",
        "Run it again with --debug and report it.",
        "demo#bounds",
    ),
    "ui.no_display": ("The window cannot open: {reason}.", "{remedy}", "install#display"),
    "ui.pyside_unsound": (
        "PySide6 {version} aborts Python {python}.",
        "Install 'PySide6-Essentials<6.12' or use Python 3.12 or newer.",
        "install#pyside",
    ),
}
