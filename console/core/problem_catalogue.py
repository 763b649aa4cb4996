"""The sentences of every Problem: code -> (what happened and why, what to do, help page).

Only words live here. Templates use `str.format` names; each name is an attribute given where the
Problem is raised. Help pages are `page#anchor` under resources/help.
"""

CATALOGUE: dict[str, tuple[str, str, str]] = {
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
    "backup.invalid": ("{path} is not a Tandem backup: {reason}.", "Choose another file.", "store#backup"),
    "audit.unwritable": (
        "Nothing was changed, because the audit log cannot be written: {reason}.",
        "Free disk space or mend the permissions of the home folder.",
        "safety#audit",
    ),
    # --- servers and links
    "server.unknown": ("There is no server '{name}'.", "List them with 'tandem server list'.", "servers#add"),
    "server.invalid_name": (
        "'{name}' cannot be a server's name: {reason}.",
        "Use letters, digits, dots, dashes and underscores.",
        "servers#add",
    ),
    "server.invalid_host": (
        "'{host}' cannot be a host: {reason}.",
        "Give a host name or an address.",
        "servers#add",
    ),
    "server.drained": (
        "{server} takes no new work: {reason}.",
        "Choose another server, or let it work again with 'tandem server resume {server}'.",
        "servers#drain",
    ),
    "server.in_use": ("Server '{name}' still has {what}.", "Remove those first.", "servers#remove"),
    "ssh.unresolved": (
        "{server}: the name {host} cannot be resolved: {reason}.",
        "Check the host name.",
        "ssh#reach",
    ),
    "ssh.refused": (
        "{server}: {host} port {port} refused the connection.",
        "Check that sshd runs there and that the port is right.",
        "ssh#reach",
    ),
    "ssh.unreachable": (
        "{server}: {host} cannot be reached: {reason}.",
        "Check the network and the address.",
        "ssh#reach",
    ),
    "ssh.timeout": (
        "{server}: no answer within {timeout_s} s while {stage}.",
        "Check the network and the load of the server, then try again.",
        "ssh#reach",
    ),
    "ssh.not_ssh": (
        "{server}: what answers at {host} port {port} is not SSH: {reason}.",
        "Check the port.",
        "ssh#reach",
    ),
    "ssh.no_common_algorithm": (
        "{server}: no {kind} in common; the server offers {theirs}, Tandem offers {ours}.",
        "Enable one of Tandem's algorithms in the server's sshd_config.",
        "ssh#algorithms",
    ),
    "ssh.host_key_unknown": (
        "{server}: the host key {key_type} {fingerprint} of {host} port {port} is not known yet.",
        "Compare the fingerprint with the server's owner, then run 'tandem server trust {server}'.",
        "ssh#host-keys",
    ),
    "ssh.host_key_changed": (
        "{server}: the host key of {host} port {port} is now {fingerprint}, not the one kept in {file} "
        "line {line}; someone may be in between.",
        "Do not connect. If the server was really set up anew, remove that line and trust it again.",
        "ssh#host-keys",
    ),
    "ssh.host_key_revoked": (
        "{server}: the host key {fingerprint} of {host} is marked revoked in {file} line {line}.",
        "Do not connect; ask the server's owner.",
        "ssh#host-keys",
    ),
    "ssh.host_key_weak": (
        "{server}: the host key {fingerprint} of {host} has {bits} bits, fewer than {minimum}.",
        "Ask the server's owner for a new host key: ssh-keygen -A makes an ed25519 one.",
        "ssh#host-keys",
    ),
    "ssh.fingerprint_differs": (
        "{server}: the host key is {found}, not {given}.",
        "Do not trust it; ask the server's owner for the right fingerprint.",
        "ssh#host-keys",
    ),
    "ssh.auth_failed": (
        "{server}: {user} was not let in; tried {tried}; the server accepts {accepted}.",
        "Check the user and the key; Tandem does not try again by itself.",
        "ssh#auth",
    ),
    "ssh.key_unreadable": (
        "{server}: the key {path} cannot be used: {reason}.",
        "Check the file.",
        "ssh#auth",
    ),
    "ssh.config_invalid": (
        "{file} line {line}: {reason}.",
        "Mend that line or add the server by hand.",
        "ssh#config",
    ),
    "ssh.alias_unknown": (
        "'{alias}' is not an alias of {file}.",
        "See 'tandem server import'.",
        "ssh#config",
    ),
    "ssh.unsupported": ("{server}: {what} is not supported.", "{remedy}", "ssh#config"),
    "ssh.jump_loop": (
        "{server}: its jump servers form a loop: {chain}.",
        "Change --jump on one of them.",
        "ssh#jump",
    ),
    "ssh.lost": (
        "{server}: the connection was lost: {reason}.",
        "Tandem reconnects by itself.",
        "ssh#staying",
    ),
    "ssh.channel_refused": (
        "{server}: the server opened no further channel: {reason}.",
        "Its MaxSessions may be used up; close other sessions.",
        "ssh#limits",
    ),
    "ssh.protocol": (
        "{server}: the server broke the SSH protocol: {reason}.",
        "Tell the server's owner.",
        "ssh#reach",
    ),
    "forward.port_taken": (
        "Local port {port} is taken.",
        "Choose another with --local-port, or leave it out.",
        "ssh#forwards",
    ),
    "transfer.disk_full": (
        "{server}: the disk is full: {needed} needed for {path}, {free} free.",
        "Free space there; the partial file was removed.",
        "ssh#transfer",
    ),
    "transfer.mismatch": (
        "{server}: {path} arrived with another hash than was sent.",
        "Try again.",
        "ssh#transfer",
    ),
    "transfer.failed": ("{server}: {path} could not be transferred: {reason}.", "Try again.", "ssh#transfer"),
    # --- agent
    "agent.no_python": (
        "{server}: there is no Python 3.6 or newer there.",
        "Live numbers are read by shell; for jobs and deployments install python3 or name one with --python.",
        "servers#python",
    ),
    "agent.python_missing": (
        "{server}: the interpreter {path} is not there or does not start.",
        "Correct it with 'tandem server add {server} --python PATH'.",
        "servers#python",
    ),
    "agent.noise": (
        "{server}: the login shell printed {bytes} bytes and the agent never answered.",
        "Make the shell's start-up files quiet for non-interactive sessions.",
        "servers#shell",
    ),
    "agent.protocol": (
        "{server}: the agent's answer could not be read: {reason}.",
        "Reconnect; if it stays, report it.",
        "servers#agent",
    ),
    "agent.timeout": (
        "{server}: no answer to '{method}' within {timeout_s} s.",
        "The server may be overloaded; try again.",
        "servers#agent",
    ),
    "agent.overrun": (
        "{server}: '{method}' sent more than was taken, and the rest was dropped.",
        "Start it again from where it stopped.",
        "servers#agent",
    ),
    "agent.failed": (
        "{server}: '{method}' failed there: {reason}.",
        "See the log for details.",
        "servers#agent",
    ),
    "remote.disk_full": (
        "{server}: the disk that holds {path} is full.",
        "Free some space there, then try again; nothing was started.",
        "servers#disk",
    ),
    "remote.not_writable": (
        "{server}: {path} cannot be written: {reason}.",
        "Check quota and permissions there.",
        "servers#disk",
    ),
    "remote.path_missing": (
        "{server}: there is no {path}.",
        "Check the path on the server.",
        "servers#files",
    ),
    "remote.unsafe_home": (
        "{server}: {path} is not a private folder of yours: {reason}.",
        "Move it away; Tandem makes its own with mode 0700.",
        "servers#home",
    ),
    "remote.in_use": ("{server}: {what} still runs.", "Stop it first.", "servers#clean"),
    # --- jobs
    "job.command_missing": (
        "{server}: the command '{command}' is not there.",
        "Give a path that exists on the server, or a name in its PATH.",
        "jobs#submit",
    ),
    "job.script_missing": (
        "{server}: there is no script {path} (looked in {workdir}).",
        "Give a path that exists on the server.",
        "jobs#submit",
    ),
    "job.gpus_unavailable": (
        "{server}: {wanted} accelerators were asked for and it has {present}.",
        "Ask for fewer, or choose another server.",
        "jobs#gpus",
    ),
    "job.exists": (
        "{server}: a job {id} was already submitted.",
        "Look at it with 'tandem job show {id}'.",
        "jobs#submit",
    ),
    "job.finished": ("Job {id} has ended already ({state}).", "There is nothing to cancel.", "jobs#cancel"),
    "job.no_outputs": ("Job {id} has no outputs.", "Name them with --output at submit.", "jobs#outputs"),
    "job.no_server_fits": (
        "No server fits: {reason}.",
        "Loosen the labels or ask for fewer accelerators.",
        "jobs#submit",
    ),
    "recipe.unknown": (
        "There is no recipe '{name}'.",
        "List them with 'tandem recipe list'.",
        "jobs#recipes",
    ),
    "recipe.parameter": (
        "Recipe '{recipe}': parameter '{name}' {reason}.",
        "See 'tandem recipe show {recipe}'.",
        "jobs#recipes",
    ),
    "recipe.modules_missing": (
        "{server}: {python} lacks {modules}, which recipe '{recipe}' needs.",
        "Name an interpreter that has them with --python or --venv.",
        "jobs#recipes",
    ),
    # --- models
    "model.unknown": ("There is no model '{name}'.", "List them with 'tandem model list'.", "models#add"),
    "model.version_unknown": (
        "Model '{name}' has no version '{version}'; it has {versions}.",
        "See 'tandem model show {name}'.",
        "models#add",
    ),
    "model.file_missing": (
        "There is no model file {path}.",
        "Check the path; with --server it is a path there.",
        "models#add",
    ),
    "model.format_unknown": (
        "The format of {path} cannot be told from its name.",
        "Name it with --format.",
        "models#formats",
    ),
    "model.format_refused": (
        "{path}: {reason}.",
        "Save the weights as safetensors or torchscript.",
        "models#formats",
    ),
    # --- serving
    "deploy.unknown": (
        "There is no deployment '{name}'.",
        "List them with 'tandem deploy list'.",
        "deploy#list",
    ),
    "deploy.port_taken": (
        "{server}: port {port} is taken there.",
        "Choose another with --port, or leave it out.",
        "deploy#ports",
    ),
    "deploy.no_runtime": (
        "No runtime serves a model of format '{format}'; there are {runtimes}.",
        "Name one with --runtime.",
        "deploy#runtimes",
    ),
    "deploy.no_python": (
        "{server}: the environment {path} cannot serve this model: {reason}.",
        "Name one that has the packages with --venv, or leave it out to let Tandem make one.",
        "deploy#environments",
    ),
    "deploy.environment": (
        "{server}: the environment could not be made: {reason}.",
        "See the operation's log in Activity.",
        "deploy#environments",
    ),
    "deploy.router_missing": (
        "{server}: no usable HAProxy: {reason}.",
        "Install HAProxy 2.6 or newer there, or use an x86-64 or arm64 server with glibc.",
        "deploy#router",
    ),
    "deploy.router": (
        "{server}: the router answered '{reason}'.",
        "See the deployment's log.",
        "deploy#router",
    ),
    "deploy.not_ready": (
        "{server}: version {version} was not ready within {timeout_s} s; last lines: {log}.",
        "The old version serves on; see the replica's log.",
        "deploy#readiness",
    ),
    "deploy.replica_died": (
        "{server}: the replica of version {version} ended with {exit}; last lines: {log}.",
        "See the replica's log; the old version serves on.",
        "deploy#readiness",
    ),
    "deploy.conflict": (
        "{server}: deployment '{name}' was changed by {who} at the same time.",
        "Look at it, then try again.",
        "deploy#two-consoles",
    ),
    "deploy.state_damaged": (
        "{server}: what is kept there of deployment '{name}' cannot be read: {reason}.",
        "Remove the deployment and create it anew.",
        "deploy#two-consoles",
    ),
    "deploy.state_newer": (
        "{server}: deployment '{name}' was made by a newer Tandem (form {found}, this one knows {known}).",
        "Update Tandem.",
        "deploy#two-consoles",
    ),
    "deploy.nothing_to_roll_back": (
        "Deployment '{name}' has no earlier release that is still kept.",
        "Use 'tandem deploy update'.",
        "deploy#rollback",
    ),
    "deploy.predict_failed": (
        "Deployment '{name}' answered {status}: {reason}.",
        "Check the input against the model.",
        "deploy#predict",
    ),
    # --- operations and plugins
    "operation.cancelled": (
        "'{title}' was cancelled at the step '{step}'.",
        "What it had half done was undone.",
        "activity#cancel",
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
