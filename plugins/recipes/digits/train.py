"""Trains a small network on scikit-learn's digits and leaves model.pt, metrics.json and holdout.json."""

import argparse
import json
import time

import torch
from digits import device, outputs, report, say, score, split, wilson, write_json
from torch import nn

BATCH = 16
REPORT_EVERY = 10
# Names, types and shapes as the Open Inference Protocol has them; -1 is any number of pictures.
SIGNATURE = {
    "inputs": [{"name": "input", "datatype": "FP32", "shape": [-1, 64]}],
    "outputs": [{"name": "output", "datatype": "FP32", "shape": [-1, 10]}],
}


class Network(nn.Module):
    """Takes pictures as 64 pixels from 0 to 16 and gives ten logits; the scaling is part of the model."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(64, 64, 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(64 * 4 * 4, hidden),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(hidden, 10),
        )

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.features(pictures.reshape(-1, 1, 8, 8) / 16.0 - 0.5)


def shifted(pictures: torch.Tensor) -> torch.Tensor:
    """Each picture moved by up to one pixel each way: eight pixels of width teach little otherwise."""
    images = pictures.reshape(-1, 8, 8)
    padded = nn.functional.pad(images, (1, 1, 1, 1))
    down, right = torch.randint(0, 3, (2, len(images)))
    rows = (down[:, None] + torch.arange(8))[:, :, None]
    columns = (right[:, None] + torch.arange(8))[:, None, :]
    return padded[torch.arange(len(images))[:, None, None], rows, columns].reshape(-1, 64)


def train(options, place, training, validation):
    """Run the epochs, reporting as they go; returns the model on the CPU, ready to answer."""
    model = Network(options.hidden).to(place)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.learning_rate, weight_decay=1e-3)
    pictures, labels = training
    per_epoch = (len(labels) + BATCH - 1) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, options.learning_rate, total_steps=per_epoch * options.epochs
    )
    held = [part.to(place) for part in validation]
    step = 0
    for epoch in range(1, options.epochs + 1):
        model.train()
        losses = []
        for batch in torch.randperm(len(labels)).split(BATCH):
            optimizer.zero_grad()
            answers = model(shifted(pictures[batch]).to(place))
            loss = nn.functional.cross_entropy(answers, labels[batch].to(place))
            loss.backward()
            optimizer.step()
            schedule.step()
            step += 1
            losses.append(loss.item())
            if step % REPORT_EVERY == 0:
                report(step=step, epoch=epoch, loss=sum(losses[-REPORT_EVERY:]) / len(losses[-REPORT_EVERY:]))
        model.eval()
        right, validation_loss = score(model, *held)
        accuracy = right / len(held[1])
        mean = sum(losses) / len(losses)
        report(
            step=step,
            epoch=epoch,
            loss=sum(losses[-REPORT_EVERY:]) / len(losses[-REPORT_EVERY:]),
            val_accuracy=accuracy,
            val_loss=validation_loss,
        )
        say(f"epoch {epoch}/{options.epochs}  loss {mean:.4f}  validation accuracy {accuracy:.4f}")
    return model.cpu().eval(), step


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--learning-rate", type=float, default=0.002)
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    place = device()
    training, validation, held_out = split()
    say(f"torch {torch.__version__} on {place}: {len(training[1])} pictures to learn from")
    started = time.monotonic()
    model, step = train(options, place, training, validation)
    pictures, labels = held_out
    right, loss = score(model, pictures, labels)
    accuracy = right / len(labels)
    low, high = wilson(right, len(labels))
    report(step=step, epoch=options.epochs, accuracy=accuracy, held_out_loss=loss)
    # The signature travels in the archive: a server that loads it knows what to call and to expect.
    extra = {"signature.json": json.dumps(SIGNATURE)}
    torch.jit.save(torch.jit.script(model), str(outputs() / "model.pt"), _extra_files=extra)
    write_json("holdout.json", {"pictures": pictures.tolist(), "labels": labels.tolist()})
    write_json(
        "metrics.json",
        {
            "accuracy": accuracy,
            "accuracy_low": low,
            "accuracy_high": high,
            "held_out": len(labels),
            "loss": loss,
            "epochs": options.epochs,
            "seconds": round(time.monotonic() - started, 3),
        },
    )
    say(f"held-out accuracy {accuracy:.4f} ({right} of {len(labels)}, 95 % {low:.4f} to {high:.4f})")


if __name__ == "__main__":
    main()
