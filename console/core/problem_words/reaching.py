"""What goes wrong on the way to a server: links, SSH, transfers, the agent. Only words live here."""

WORDS: dict[str, tuple[str, str, str]] = {
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
    "privileged.off": (
        "{server}: the privileged act '{act}' is not switched on for this server.",
        "See what it would run, and switch it on, with 'tandem server privileges {server} --allow {act}'.",
        "safety#privileged",
    ),
    "privileged.refused": (
        "{server}: '{act}' was refused: {reason}.",
        "Look at what sudo allows there with 'tandem doctor {server}'.",
        "safety#privileged",
    ),
    "privileged.gpu_in_use": (
        "{server}: the accelerator {uuid} is not reset, because {who} holds it.",
        "Let that end first; nothing was changed.",
        "safety#privileged",
    ),
    "privileged.holders_unknown": (
        "{server}: the accelerator {uuid} is not reset, because it cannot be known who holds it: the driver "
        "does not tell, and this account may not look into the processes of others.",
        "Let sudo allow the look that 'tandem server privileges {server}' shows beside the reset, or restart "
        "the server; nothing was changed.",
        "safety#privileged",
    ),
    "privileged.driver_hangs": (
        "{server}: the accelerator {uuid} is not reset, because a call to the driver hangs and this "
        "console's own agent cannot let go of it.",
        "Restart the server; nothing was changed.",
        "safety#privileged",
    ),
    "server.unfit": (
        "{server} is not fit for work yet: {problems}.",
        "Mend that first, or let it work all the same with 'tandem server resume {server} --anyway'.",
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
    "ssh.limited": (
        "{server}: {host} port {port} takes no new connection now: {limit}.",
        "Tandem tries again by itself, more slowly; the server's owner can raise the limit.",
        "ssh#limits",
    ),
    "ssh.forwarding_refused": (
        "{server}: {via}, on the way, lets nobody through to {host} port {port}: {reason}.",
        "Ask its owner for AllowTcpForwarding or PermitOpen in its sshd_config; {via} itself works without.",
        "ssh#jump",
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
    "ssh.host_certificate_refused": (
        "{server}: the host certificate of {host} port {port} does not count: {reason}.",
        "Ask the server's owner for a right one; its plain key {key_type} {fingerprint} can be trusted with "
        "'tandem server trust {server}'.",
        "ssh#host-certificates",
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
    "ssh.config_unsafe": (
        "{file} line {line} runs a command, and others than you may write to that file.",
        "Make it yours alone: chmod go-w, and own it.",
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
    "secret.keyring": (
        "The system keyring could not be used: {reason}.",
        "The secret is kept for this run only; unlock the keyring or start its service to keep it.",
        "ssh#secrets",
    ),
    "forward.port_taken": (
        "Local port {port} is taken.",
        "Choose another with --local-port, or leave it out.",
        "ssh#forwards",
    ),
    "transfer.changed": (
        "{server}: {path} became shorter while it was copied.",
        "Try again when nothing writes to it.",
        "ssh#transfer",
    ),
    "forward.not_through": (
        "{server}: nothing came through to {host} port {port}: {reason}.",
        "Check that something listens there and that the server allows forwards to it.",
        "ssh#forwards",
    ),
    "terminal.missing": (
        "{server}: no terminal could be opened here.",
        "Run it in one that you have: {command}",
        "ssh#terminal",
    ),
    "server.none_match": (
        "No server fits the filter '{filter}'.",
        "List servers with their labels with 'tandem server list'.",
        "servers#many",
    ),
    "remote.changed": (
        "{server}: {path} was changed by someone else since it was read.",
        "Read it again, then make your change anew.",
        "servers#files",
    ),
    "remote.exists": (
        "{server}: {path} is there already.",
        "Choose another name, or replace it knowingly.",
        "servers#files",
    ),
    "remote.not_text": (
        "{server}: {path} cannot be edited as text: {reason}.",
        "Download it instead; 'tandem pull' does the same.",
        "servers#files",
    ),
    "remote.protected": (
        "{server}: {path} is left as it is: {reason}.",
        "Name what is below it, or use 'tandem server clean' for what Tandem left.",
        "servers#files",
    ),
    "transfer.disk_full": (
        "{server}: the disk is full: {needed} needed for {path}, {free} free.",
        "Free space there; the partial file was removed.",
        "ssh#transfer",
    ),
    "transfer.incomplete": (
        "{copied} files are in their place; left out: {names}.",
        "Rename or repair what was left out, then copy again; what is there already is not sent again.",
        "ssh#left-out",
    ),
    "transfer.local_full": (
        "The disk here is too full for {path}: {needed} are needed, {free} are free.",
        "Free space on this machine or choose another place.",
        "ssh#transfer",
    ),
    "transfer.mismatch": (
        "{server}: {path} arrived with another hash than was sent.",
        "Try again.",
        "ssh#transfer",
    ),
    "transfer.no_giver": (
        "{server}: nobody could give it {path}: {reason}.",
        "Copy again: it goes on where it was.",
        "ssh#between-servers",
    ),
    "transfer.lost": (
        "{server}: the process that copied is gone without a result: {reason}.",
        "Copy again: it goes on where it was.",
        "ssh#between-servers",
    ),
    "transfer.cancelled": (
        "{server}: the copy was cancelled.",
        "Copy again when it is wanted.",
        "ssh#between-servers",
    ),
    "transfer.some_failed": (
        "{failed} of {count} servers did not get {path}: {names}.",
        "The others have it; copy again for those that do not.",
        "ssh#between-servers",
    ),
    "transfer.url_failed": (
        "{server}: {url} could not be fetched: {reason}.",
        "Check the address and the server's way to it (a proxy?); a fetch goes on where it was.",
        "ssh#fetch",
    ),
    "transfer.url_mismatch": (
        "{server}: {url} holds another file; its SHA-256 is {found}.",
        "Check the address and the hash; nothing was kept.",
        "ssh#fetch",
    ),
    "transfer.too_large": (
        "{server}: {url} is larger than {limit}.",
        "Allow a larger size, if it is meant to be that large.",
        "ssh#fetch",
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
    "remote.process_gone": (
        "{server}: process {pid} has ended already.",
        "There is nothing left to end.",
        "servers#processes",
    ),
    "remote.process_other": (
        "{server}: process {pid} is not the one that was looked at: {reason}.",
        "Nothing was signalled; look at the processes again.",
        "servers#processes",
    ),
    "remote.process_off_gpu": (
        "{server}: process {pid} is not on {gpu} any more.",
        "Nothing was signalled; look at the processes again, or name the process by its number alone.",
        "servers#processes",
    ),
    "remote.process_gpu_unknown": (
        "{server}: whether process {pid} is still on {gpu} cannot be told: its driver does not answer.",
        "Nothing was signalled; to end it all the same, name the process by its number alone.",
        "servers#processes",
    ),
    "remote.process_denied": (
        "{server}: process {pid} belongs to {owner}, and {account} may not end it.",
        "Ask {owner}, or reach the server with an account that may.",
        "servers#processes",
    ),
    "remote.process_own": (
        "{server}: process {pid} is the agent's own, or one that it hangs on.",
        "Close the connection instead: the agent ends with it.",
        "servers#processes",
    ),
    "remote.unsafe_home": (
        "{server}: {path} is not a private folder of yours: {reason}.",
        "Move it away; Tandem makes its own with mode 0700.",
        "servers#home",
    ),
    "remote.in_use": ("{server}: {what} still runs.", "Stop it first.", "servers#clean"),
}
