"""Writes small files of weights with PyTorch and safetensors, and what is in them: torch_files.py FOLDER.

Names, types and layouts as they come in the wild: a checkpoint with the state of an optimizer, weights channels last,
views of a shared storage, an offset into one, parameters, counts of batches, halves and bfloat16.
"""

import hashlib
import json
import sys
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn

root = Path(sys.argv[1])
torch.manual_seed(22)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3)
        self.bn1 = nn.BatchNorm2d(6)
        self.depthwise = nn.Conv2d(6, 6, 3, groups=6, bias=False)
        self.up = nn.ConvTranspose2d(6, 4, 2)
        self.lstm = nn.LSTM(4, 5)
        self.embedding = nn.Embedding(7, 4)
        self.attention = nn.MultiheadAttention(4, 2)
        self.norm = nn.LayerNorm(4)
        self.fc = nn.Linear(12, 3)

    def forward(self, x):
        return self.conv1(x)


net = Net()
net.conv1(torch.rand(2, 1, 8, 8))
net.bn1(torch.rand(2, 6, 8, 8))
net = net.to(memory_format=torch.channels_last)
state = net.state_dict()
shared = torch.rand(4, 6)
state["view.weight"] = shared[1:3].t()
state["tail.weight"] = shared[2:]
state["half.weight"] = torch.rand(3, 5).half()
state["brain.weight"] = torch.rand(3, 5).bfloat16()
state["double.weight"] = torch.rand(3, 2).double()
state["mask"] = torch.tensor([True, False])
state["parameter"] = nn.Parameter(torch.rand(2, 2))
optimizer = torch.optim.Adam(net.parameters())
net.conv1(torch.rand(1, 1, 8, 8)).sum().backward()
optimizer.step()
checkpoint = {
    "epoch": 3,
    "loss": 0.25,
    "state_dict": state,
    "optimizer": optimizer.state_dict(),
    "note": "trained",
}

torch.save(checkpoint, root / "checkpoint.pth")
some = OrderedDict((name, state[name]) for name in ["fc.weight", "fc.bias", "view.weight"])
torch.save(some, root / "protocol4.pt", pickle_protocol=4)
torch.save({"fc.weight": state["fc.weight"]}, root / "before-1.6.pth", _use_new_zipfile_serialization=False)
torch.save(nn.Linear(2, 2), root / "module.pth")
torch.jit.script(nn.Linear(2, 2)).save(str(root / "script.pt"))


def plain(tensor):
    values = tensor.detach()
    return values.float().numpy() if values.is_floating_point() else values.numpy()


arrays = {
    name: tensor.detach().numpy().copy(order="C")
    for name, tensor in state.items()
    if tensor.dtype != torch.bfloat16
}
save_file(arrays, str(root / "state.safetensors"), {"format": "pt"})
facts = {
    name: {
        "shape": list(tensor.shape),
        "dtype": str(tensor.dtype),
        "sha256": hashlib.sha256(plain(tensor).tobytes(order="C")).hexdigest(),
    }
    for name, tensor in state.items()
}
(root / "facts.json").write_text(json.dumps(facts, indent=1) + "\n")
