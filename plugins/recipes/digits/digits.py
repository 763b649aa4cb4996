"""What the digits recipes share: the fixed split, reporting, scoring. Runs on servers, not in the console."""

import json
import math
import os
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits

# The split is the same for every run and every recipe, so that versions can be compared.
SPLIT_SEED = 20240229
TRAIN, VALIDATION = 1257, 180

# TorchScript is what a server can load without running a pickle of unknown origin. It works in this
# torch, which says at every use that torch.export is newer; the log of a job is no place for that.
warnings.filterwarnings("ignore", message=r"`torch\.jit\.\w+` is deprecated", category=DeprecationWarning)

# One thread: these layers are small, and several threads that wait for each other by spinning took
# four times as long on a busy machine.
torch.set_num_threads(1)


def device():
    """The leased accelerator where the job has one that torch can use, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def split():
    """(pictures, labels) of the training, the validation and the held-out part; pixels are 0 to 16."""
    bunch = load_digits()
    order = np.random.RandomState(SPLIT_SEED).permutation(len(bunch.target))
    pictures = torch.tensor(bunch.data[order], dtype=torch.float32)
    labels = torch.tensor(bunch.target[order], dtype=torch.long)
    cuts = (slice(0, TRAIN), slice(TRAIN, TRAIN + VALIDATION), slice(TRAIN + VALIDATION, None))
    return tuple((pictures[cut], labels[cut]) for cut in cuts)


def score(model, pictures, labels):
    """(right, mean loss) of a model over one part."""
    with torch.no_grad():
        answers = model(pictures)
        loss = torch.nn.functional.cross_entropy(answers, labels)
        right = int((answers.argmax(dim=1) == labels).sum())
    return right, float(loss)


def wilson(right, total, z=1.959964):
    """The 95 % interval of a share (Wilson, 1927), sound close to 1 as well."""
    share = right / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, centre - half), min(1.0, centre + half)


def report(**values):
    """One line of metrics, where Tandem reads them; without Tandem they go nowhere."""
    path = os.environ.get("TANDEM_METRICS")
    if path:
        line = json.dumps({"time": round(time.time(), 3), **values}, allow_nan=False)
        with open(path, "a", encoding="utf-8") as file:
            file.write(line + "\n")


def say(text):
    """One line of the job's log, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def outputs():
    """The folder whose files are the job's outputs."""
    folder = Path(os.environ.get("TANDEM_OUTPUTS", "."))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_json(name, value):
    """An output as JSON, whole or not at all."""
    path = outputs() / name
    temporary = path.with_name(f".{name}.part")
    temporary.write_text(json.dumps(value), encoding="utf-8")
    temporary.replace(path)
