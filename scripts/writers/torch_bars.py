"""Writes the small classifier of bars that e2e/onnx.spec.ts opens, by torch's exporter, and what onnxruntime says to it.

FOLDER/torch/model.onnx, input_0.pb, output_0.pb: it is taught with pictures as `testing/models/bar-model.ts` draws them.
Needs scripts/writers/requirements-torch.txt. Run: python torch_bars.py FOLDER
"""
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional


class Bars(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 6, 3, padding=1, bias=False)
        self.normal = nn.BatchNorm2d(6)
        self.second = nn.Conv2d(6, 6, 3, padding=1)
        self.dense = nn.Linear(6 * 2 * 2, 12)
        self.classes = nn.Linear(12, 3)

    def forward(self, picture):
        active = functional.relu(self.normal(self.first(picture)))
        joined = active + functional.relu(self.second(active))
        flat = torch.flatten(functional.max_pool2d(joined, 4), 1)
        return functional.softmax(self.classes(torch.tanh(self.dense(flat))), dim=1)


def bars(count, random):
    """Level, slanted and upright bars on noise, from 0 to 1; folders of these names are in this order."""
    pictures = np.empty((count, 1, 8, 8), np.float32)
    labels = random.integers(0, 3, count)
    y, x = np.mgrid[0:8, 0:8]
    for at, label in enumerate(labels):
        place = random.integers(1, 7)
        on = [y == place, x == y, x == place][label]
        pictures[at, 0] = (np.where(on, 180, 40) + random.integers(0, 60, (8, 8))) / 255
    return torch.from_numpy(pictures), torch.from_numpy(labels)


torch.manual_seed(29)
random = np.random.default_rng(29)
model = Bars()
optimizer = torch.optim.Adam(model.parameters(), 0.01)
for _ in range(6):
    pictures, labels = bars(32, random)
    loss = functional.nll_loss(torch.log(model(pictures) + 1e-9), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
model.eval()
pictures, labels = bars(300, random)
print("right of 300:", int((model(pictures).argmax(1) == labels).sum()))

folder = Path(sys.argv[1]) / "torch"
folder.mkdir(parents=True, exist_ok=True)
batch = torch.export.Dim("batch")
torch.onnx.export(
    model, (pictures[:2],), folder / "model.onnx", dynamo=True, external_data=False,
    input_names=["picture"], output_names=["classes"], dynamic_shapes={"picture": {0: batch}},
)
x = pictures[:5].numpy()
session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
for name, values in (("input_0", x), ("output_0", session.run(None, {"picture": x})[0])):
    (folder / f"{name}.pb").write_bytes(numpy_helper.from_array(values).SerializeToString())
print((folder / "model.onnx").stat().st_size)
