"""Makes small TorchScript models in a process of its own: tests never import torch.

Usage: make_models.py FOLDER
"""

import json
import sys

import torch


class Model(torch.nn.Module):
    """Answers three times its value for every picture of four pixels, after some real arithmetic."""

    def __init__(self, value: float):
        super().__init__()
        self.layer = torch.nn.Linear(4, 3)
        self.value = value

    def forward(self, pixels):
        return self.layer(pixels) * 0 + self.value


SIGNATURE = {
    "inputs": [{"name": "pixels", "datatype": "FP32", "shape": [-1, 4]}],
    "outputs": [{"name": "scores", "datatype": "FP32", "shape": [-1, 3]}],
}
for value in (1, 2):
    model = torch.jit.script(Model(float(value)).eval())
    extra = {"signature.json": json.dumps(SIGNATURE)}
    torch.jit.save(model, f"{sys.argv[1]}/signed-{value}.pt", _extra_files=extra)
torch.jit.save(torch.jit.script(Model(3.0).eval()), f"{sys.argv[1]}/bare.pt")
