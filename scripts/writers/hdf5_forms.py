"""Writes small HDF5 files of every form that the studio reads, and the numbers that h5py finds in them.

Run: python3 scripts/writers/hdf5_forms.py testing/files/hdf5
"""

import json
import sys
from pathlib import Path

import h5py
import ml_dtypes
import numpy as np

root = Path(sys.argv[1])
numbers = np.arange(24, dtype="<f4").reshape(4, 6) / 8 - 1


def write(path, **how):
    with h5py.File(path, "w", **how) as file:
        file.attrs["text"] = "as long as it takes"
        file.attrs["bytes"] = b"of any length"
        file.attrs["fixed"] = np.array([b"one", b"three"], dtype="S5")
        file.attrs["texts"] = ["ein", "zwei", "三"]
        file.attrs["none"] = []
        file.attrs["count"] = np.int64(-7)
        plain = file.create_group("plain")
        for kind in ["f2", "f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]:
            plain[kind] = (numbers * 8 + 8).astype(kind)
        plain["big"] = numbers.astype(">f4")
        plain["bool"] = numbers > 0
        plain["scalar"] = np.float32(2.5)
        plain["nothing"] = np.zeros((0, 3), dtype="f4")
        half = plain.create_dataset("bfloat16", data=numbers.astype(ml_dtypes.bfloat16))
        half.attrs["dtype"] = "bfloat16"
        chunked = file.create_group("chunked")
        rows = {"chunks": (3, 4)}
        chunked.create_dataset("plain", data=numbers, **rows)
        chunked.create_dataset("deflate", data=numbers, compression="gzip", **rows)
        chunked.create_dataset("shuffle", data=numbers, compression="gzip", shuffle=True, **rows)
        chunked.create_dataset("checked", data=numbers, compression="gzip", fletcher32=True, shuffle=True, **rows)
        deep = np.arange(3 * 5 * 7, dtype="<i4").reshape(3, 5, 7)
        chunked.create_dataset("deep", data=deep, chunks=(2, 2, 3), compression="gzip")
        grows = {**rows, "maxshape": (None, None)}
        chunked.create_dataset("grows", data=numbers, **grows)
        chunked.create_dataset("packed_grows", data=numbers, compression="gzip", **grows)
        chunked.create_dataset("whole", data=numbers, chunks=(4, 6), compression="gzip")
        early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        early.set_chunk((3, 4))
        early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space = h5py.h5s.create_simple(numbers.shape)
        h5py.h5d.create(chunked.id, b"early", h5py.h5t.IEEE_F32LE, space, early)
        chunked["early"][...] = numbers
        # More than 1,024 chunks: HDF5 1.10 keeps where they lie in pages.
        chunked.create_dataset("long", data=np.arange(1100) % 100, dtype="u1", chunks=(1,))
        compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        compact.set_layout(h5py.h5d.COMPACT)
        h5py.h5d.create(plain.id, b"compact", h5py.h5t.IEEE_F32LE, space, compact)
        plain["compact"][...] = numbers
        many = file.create_group("many")
        for index in range(40):
            many.create_group(f"group_{index}").attrs["index"] = index
        for index in range(12):
            many.attrs[f"attribute_{index}"] = index


def described(path):
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            kind = "bfloat16" if item.attrs.get("dtype") == "bfloat16" else str(item.dtype.newbyteorder("="))
            values = np.asarray(item)
            if kind == "bfloat16":
                values = values.view(ml_dtypes.bfloat16)
            found["/" + name] = {
                "kind": kind,
                "shape": list(item.shape),
                "values": values.astype(np.float64).ravel().tolist(),
            }

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


def weights(name, **how):
    """A file as Keras 2 writes it, for one weight that is to be refused."""
    file = h5py.File(root / "refused" / f"{name}.h5", "w", **how)
    file.attrs["layer_names"] = [b"a"]
    file.attrs["keras_version"] = b"2.15.0"
    group = file.create_group("a")
    group.attrs["weight_names"] = [b"w"]
    return group


def refused():
    (root / "refused").mkdir(exist_ok=True)
    weights("external").create_dataset("w", (4,), "f4", external=[("/etc/passwd", 0, 16)])
    weights("link-to-file")["w"] = h5py.ExternalLink("https://example.com/other.h5", "/w")
    weights("link-by-name")["w"] = h5py.SoftLink("/elsewhere")
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource("other.h5", "w", shape=(4,))
    weights("virtual").create_virtual_dataset("w", layout)
    weights("lzf").create_dataset("w", data=numbers, compression="lzf")
    weights("scale-offset").create_dataset("w", data=numbers.astype("i4"), scaleoffset=3)
    weights("never-written").create_dataset("w", (4, 6), "f4")
    weights("never-chunked").create_dataset("w", (4, 6), "f4", chunks=(2, 2))
    weights("grows", libver="latest").create_dataset("w", data=numbers, maxshape=(None, 6), chunks=(2, 2))
    weights("texts").create_dataset("w", data=["a", "b"])
    weights("compound").create_dataset("w", data=np.zeros(2, dtype=[("a", "f4"), ("b", "i4")]))
    weights("large")["w"] = np.array([2**40])
    weights("checked").create_dataset("w", data=numbers, fletcher32=True, compression="gzip")


refused()
write(root / "earliest.h5")
write(root / "tracked.h5", track_order=True)
write(root / "latest.h5", libver="latest")
write(root / "behind.h5", libver="latest", userblock_size=2048)
forms = {name: described(root / name) for name in ["earliest.h5", "tracked.h5", "latest.h5", "behind.h5"]}
(root / "forms.json").write_text(json.dumps(forms["earliest.h5"], separators=(",", ":")) + "\n")
assert all(form == forms["earliest.h5"] for form in forms.values())
