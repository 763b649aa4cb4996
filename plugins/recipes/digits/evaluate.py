"""Scores a TorchScript model on the held-out digits and leaves evaluation.json."""

import argparse
import sys
import zipfile

import torch
from digits import report, say, score, split, wilson, write_json


def is_torchscript(path: str) -> bool:
    """Whether the archive carries code and constants; a mere pickle is not loaded at all."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False
    return any("/code/" in name for name in names) and any(name.endswith("/constants.pkl") for name in names)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    options = parser.parse_args()
    if not is_torchscript(options.model):
        say(f"{options.model} is not there, or is no TorchScript model")
        return 1
    model = torch.jit.load(options.model, map_location="cpu").eval()
    _, _, (pictures, labels) = split()
    right, loss = score(model, pictures, labels)
    total = len(labels)
    accuracy = right / total
    low, high = wilson(right, total)
    report(step=1, epoch=1, accuracy=accuracy, accuracy_low=low, accuracy_high=high, loss=loss)
    write_json(
        "evaluation.json",
        {"accuracy": accuracy, "accuracy_low": low, "accuracy_high": high, "held_out": total, "loss": loss},
    )
    say(f"accuracy {accuracy:.4f} ({right} of {total}, 95 % {low:.4f} to {high:.4f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
