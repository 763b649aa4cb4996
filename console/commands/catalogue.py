"""The one list of commands. A new act is one entry here; menus, palette and audit read it."""

from __future__ import annotations

from console.commands import copies, local, looking, reaching, servers
from console.commands import work_on_models as features
from console.commands.command import Arguments, Command, Danger, Scope
from console.context import Context


def _window_only(context: Context, arguments: Arguments) -> None:
    """The window itself does these; from a script they do nothing."""
    del context, arguments


COMMANDS: tuple[Command, ...] = (
    Command("app.palette", "Search or run a command", "Find a page, a server, a job or a command.",
            Scope.APP, Danger.READS, _window_only, "Ctrl+K", "palette"),
    Command("app.read_only", "Read-only", "Disable every command that changes something.",
            Scope.APP, Danger.READS, _window_only, "Ctrl+Shift+R", "read_only"),
    Command("app.quit", "Quit", "Close the window; jobs and deployments go on on their servers.",
            Scope.APP, Danger.READS, _window_only, "Ctrl+Q", "quit"),
    Command("app.backup", "Back up…", "Copy everything local into one file.",
            Scope.APP, Danger.READS, local.backup, "", "backup"),
    Command("app.restore", "Restore…", "Put a backup in place of everything local.",
            Scope.APP, Danger.READS, local.restore, "", "backup"),
    Command("app.doctor", "Check this installation", "What works, what does not, what to do.",
            Scope.APP, Danger.READS, local.doctor, "", "doctor"),
    Command("plugin.list", "Show plugins", "Which plugins are loaded, and which are not and why.",
            Scope.APP, Danger.READS, local.plugins, "", "plugins"),
    Command("plugin.approve", "Approve plugin…", "Consent to what a third-party plugin's folder holds now.",
            Scope.APP, Danger.READS, local.plugin_approve, "", "plugins"),
    Command("plugin.revoke", "Revoke plugin…", "Take the consent to a third-party plugin back.",
            Scope.APP, Danger.READS, local.plugin_revoke, "", "plugins"),
    Command("server.add", "Add server…", "Enter a server by hand.",
            Scope.APP, Danger.READS, servers.add, "Ctrl+N", "add_server"),
    Command("server.import", "Import from ssh_config…", "Enter the hosts of your SSH configuration.",
            Scope.APP, Danger.READS, servers.import_aliases, "Ctrl+I", "import_servers"),
    Command("gpu.find", "Find free GPUs…", "Servers that have so many accelerators to spare now.",
            Scope.APP, Danger.READS, looking.free_gpus, "Ctrl+G", "find_gpus"),
    Command("view.list", "Show saved views", "The saved views of the fleet.",
            Scope.APP, Danger.READS, looking.view_list, "", "views"),
    Command("view.save", "Save view…", "Keep filter, grouping and order of the fleet under a name.",
            Scope.APP, Danger.READS, looking.view_save, "Ctrl+S", "save_view"),
    Command("view.remove", "Forget view", "Forget a saved view of the fleet.",
            Scope.APP, Danger.READS, looking.view_remove, "", "views"),
    Command("server.trust", "Trust host key…", "Look at the key that the server shows and trust it.",
            Scope.SERVER, Danger.READS, servers.trust, "", "trust"),
    Command("server.check", "Check server", "Connect and tell what works there.",
            Scope.SERVER, Danger.READS, servers.check, "", "check"),
    Command("exec", "Run a command…", "Run one command line on a server and show what it prints.",
            Scope.SERVER, Danger.CHANGES, servers.execute, "", "run_command"),
    Command("push", "Push files…", "Copy a file or folder of this machine to a server; resumes, verifies.",
            Scope.SERVER, Danger.CHANGES, copies.push, "", "push"),
    Command("pull", "Pull files…", "Copy a file or folder of a server to this machine; resumes, verifies.",
            Scope.SERVER, Danger.READS, copies.pull, "", "pull"),
    Command("copy", "Copy between servers…", "Copy a file or folder of one server to another one.",
            Scope.APP, Danger.CHANGES, copies.copy, "", "copy"),
    Command("exec.many", "Run a command on many servers…", "Run one command line wherever a filter fits.",
            Scope.APP, Danger.CHANGES, reaching.exec_many, "", "run_on_many"),
    Command("terminal", "Open terminal", "Open your own terminal on the server.",
            Scope.SERVER, Danger.CHANGES, reaching.terminal),
    Command("terminal.command", "Show ssh command", "The ssh command line that leads to the server.",
            Scope.SERVER, Danger.READS, reaching.terminal_command, "", "ssh_command"),
    Command("forward.open", "Open forward…", "Reach a port of the server through a port of this machine.",
            Scope.SERVER, Danger.READS, reaching.forward_open, "", "forward"),
    Command("forward.close", "Close forward", "Free the local port; its connections end.",
            Scope.SERVER, Danger.READS, reaching.forward_close, "", "forwards"),
    Command("file.list", "Browse files", "Look at the files of the server.",
            Scope.SERVER, Danger.READS, reaching.file_list, "", "files"),
    Command("file.read", "Show text file", "Read a small text file of the server.",
            Scope.SERVER, Danger.READS, reaching.file_read, "", "files"),
    Command("file.write", "Save text file", "Write a small text file on the server.",
            Scope.SERVER, Danger.CHANGES, reaching.file_write, "", "files"),
    Command("file.rename", "Rename file…", "Give a file or folder another name.",
            Scope.SERVER, Danger.CHANGES, reaching.file_rename, "", "files"),
    Command("file.folder", "New folder…", "Make a folder on the server.",
            Scope.SERVER, Danger.CHANGES, reaching.file_folder, "", "files"),
    Command("file.delete", "Delete files…", "Delete files and whole folders on the server.",
            Scope.SERVER, Danger.DESTROYS, reaching.file_delete, "", "files"),
    Command("secret.list", "Show kept secrets", "Names of what is kept in the system keyring.",
            Scope.APP, Danger.READS, reaching.secret_list, "", "secrets"),
    Command("secret.forget", "Forget secret…", "Take a secret out of the system keyring.",
            Scope.APP, Danger.READS, reaching.secret_forget, "", "secrets"),
    Command("server.remove", "Remove server…", "Take it out of the inventory; nothing is changed there.",
            Scope.SERVER, Danger.DESTROYS, servers.remove),
    Command("server.clean", "Clean server…", "Remove all that Tandem ever left on it.",
            Scope.SERVER, Danger.DESTROYS, servers.clean),
    Command("job.submit", "Submit job…", "Run a command or a recipe on a server.",
            Scope.APP, Danger.CHANGES, features.job_submit, "Ctrl+J", "submit_job"),
    Command("job.cancel", "Cancel job", "End it: a polite signal, then a hard one.",
            Scope.JOB, Danger.CHANGES, features.job_cancel),
    Command("job.outputs", "Fetch outputs…", "Copy the files that the job left to this machine.",
            Scope.JOB, Danger.READS, features.job_outputs, "", "fetch_outputs"),
    Command("model.add", "Register model…", "Add a version from a file here or on a server.",
            Scope.APP, Danger.READS, features.model_add, "", "add_model"),
    Command("model.alias", "Set alias…", "Point a name such as champion at a version.",
            Scope.MODEL, Danger.READS, features.model_alias, "", "set_alias"),
    Command("deploy.create", "Deploy…", "Serve a version behind the router.",
            Scope.MODEL, Danger.CHANGES, features.deploy_create, "", "deploy"),
    Command("deploy.update", "Switch version…", "Move the traffic to another version, no request lost.",
            Scope.DEPLOYMENT, Danger.CHANGES, features.deploy_update, "", "update_deployment"),
    Command("deploy.rollback", "Roll back", "Move the traffic back to the release before.",
            Scope.DEPLOYMENT, Danger.CHANGES, features.deploy_rollback),
    Command("deploy.remove", "Remove deployment…", "Stop its replicas and its router.",
            Scope.DEPLOYMENT, Danger.DESTROYS, features.deploy_remove),
    Command("deploy.predict", "Try it…", "Send one request through an encrypted forward.",
            Scope.DEPLOYMENT, Danger.READS, features.deploy_predict, "", "try_deployment"),
)  # fmt: skip


def find(command_id: str) -> Command:
    """The command of that id; KeyError where there is none, which is a bug of the face."""
    for command in COMMANDS:
        if command.id == command_id:
            return command
    raise KeyError(command_id)


def of_scope(scope: Scope) -> tuple[Command, ...]:
    """The commands that are about such a thing."""
    return tuple(command for command in COMMANDS if command.scope is scope)
