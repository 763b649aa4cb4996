"""What goes wrong with jobs, models and deployments. Only words live here."""

WORDS: dict[str, tuple[str, str, str]] = {
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
    "job.adopt_ours": (
        "{server}: process {pid} belongs to a job or deployment of Tandem already.",
        "Look at it with 'tandem job list' or 'tandem deploy list'.",
        "jobs#adopt",
    ),
    "job.finished": ("Job {id} has ended already ({state}).", "There is nothing to cancel.", "jobs#cancel"),
    "job.not_ended": (
        "{server}: job {id} was asked for a checkpoint and had not ended {seconds} s later.",
        "Look at its log; 'tandem job cancel {id}' ends it at once.",
        "jobs#checkpoint",
    ),
    "job.no_outputs": ("Job {id} has no outputs.", "Name them with --output at submit.", "jobs#outputs"),
    "log.pattern": (
        "The search pattern is no regular expression: {reason}.",
        "Correct it, or search for plain text.",
        "jobs#log",
    ),
    "log.pattern_slow": (
        "{server}: the search was stopped; for {seconds} s its pattern could not be decided for one line.",
        "Use a simpler pattern, best without a repetition within a repetition.",
        "jobs#log",
    ),
    "log.too_large": (
        "{size} are selected, more than can be copied.",
        "Save the log to a file instead.",
        "jobs#log",
    ),
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
    "deploy.gpu_taken": (
        "{server}: accelerator {uuid} cannot be given to a replica: {reason}.",
        "Try again, and another one is taken; or wait until what uses it has ended.",
        "deploy#accelerators",
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
}
