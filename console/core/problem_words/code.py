"""What goes wrong with a job's code, its Python and its secrets. Only words live here."""

WORDS: dict[str, tuple[str, str, str]] = {
    "code.empty": (
        "{path} holds no file that would be sent.",
        "Name another folder, or let its .gitignore or .tandemignore leave something over.",
        "jobs#code",
    ),
    "code.too_large": (
        "The code in {path} is {size} in {files} files, over the limit of {limit}; the largest: {largest}.",
        "Name what is not needed in {path}/.tandemignore, or raise the limit in Settings.",
        "jobs#code",
    ),
    "code.too_many": (
        "The code in {path} is more than {limit} files; most of them lie in {largest}.",
        "Name what is not needed in {path}/.tandemignore.",
        "jobs#code",
    ),
    "code.git": (
        "git cannot tell what belongs to {path}: {reason}.",
        "Mend the repository, or submit a folder that is none.",
        "jobs#code",
    ),
    "code.changed": (
        "{path} changed while the code was being sent.",
        "Submit again when nothing writes to it.",
        "jobs#code",
    ),
    "code.no_interpreter": (
        "How to run {path} cannot be told: it has no '#!' line and is no .py or .sh file.",
        "Submit its folder with --code and name the command behind '--'.",
        "jobs#code",
    ),
    "job.code_missing": (
        "{server}: the job's code cannot be laid out: {reason}.",
        "Submit it again; what is missing is sent then.",
        "jobs#code",
    ),
    "job.no_code": (
        "Job {id} was submitted without code of its own.",
        "Name its folder with --code at submit.",
        "jobs#code",
    ),
    "job.code_gone": (
        "{path} of job {id} is no longer kept on {server}: its place was needed, and the job has changed it.",
        "Its hash is still known; look into your repository at commit {commit}.",
        "jobs#code",
    ),
    "job.no_such_code": (
        "The code of job {id} has no file {path}.",
        "List its files with 'tandem job code {id}'.",
        "jobs#code",
    ),
    "job.python_missing": (
        "{server}: {path} cannot be the job's Python: {reason}.",
        "Name another with --python, --venv or --conda.",
        "jobs#python",
    ),
    "job.conda_missing": (
        "{server}: conda environment '{name}' cannot be used: {reason}.",
        "Give one of those names, or the environment's folder.",
        "jobs#python",
    ),
    "job.conda_ambiguous": (
        "{server}: several conda environments are named '{name}': {prefixes}.",
        "Give the folder of the one you mean.",
        "jobs#python",
    ),
    "job.secret_missing": (
        "The value of secret {name} is not known: it is not in the keyring and was not given.",
        "Run it where it can ask you, or keep the value in the keyring when it asks.",
        "jobs#secrets",
    ),
}
