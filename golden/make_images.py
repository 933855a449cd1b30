"""Pictures resized and turned grey by Pillow, independently of the code under test.

python3 -m pip install numpy pillow
python3 golden/make_images.py
"""

import json
import platform
from pathlib import Path

import numpy
import PIL
from PIL import Image

SEED = 20251125
random = numpy.random.default_rng(SEED)


def picture(height, width):
    """Smooth colour with noise, so that both rounding and filtering show."""
    y, x = numpy.mgrid[0:height, 0:width]
    waves = numpy.stack([127 + 120 * numpy.sin(x / 3 + y / 5 + c) for c in range(3)], axis=-1)
    noise = random.integers(-40, 41, size=waves.shape)
    return numpy.clip(waves + noise, 0, 255).astype(numpy.uint8)


def centre_crop(image, height, width):
    """torchvision.transforms: Resize of the shorter side, then CenterCrop."""
    factor = max(height / image.height, width / image.width)
    tall = max(height, int(image.height * factor + 1e-6))
    wide = max(width, int(image.width * factor + 1e-6))
    whole = image.resize((wide, tall), Image.BILINEAR)
    top = int(round((tall - height) / 2.0))
    left = int(round((wide - width) / 2.0))
    return whole.crop((left, top, left + width, top + height))


cases = []
for height, width, to_height, to_width in [
    (5, 7, 5, 7),
    (9, 13, 4, 6),
    (8, 8, 16, 16),
    (40, 30, 7, 11),
    (3, 17, 8, 5),
    (1, 1, 4, 4),
    (31, 64, 28, 28),
]:
    pixels = picture(height, width)
    image = Image.fromarray(pixels, "RGB")
    for fit in ("stretch", "crop"):
        for color in ("rgb", "grey"):
            source = image if color == "rgb" else image.convert("L")
            size = (to_width, to_height)
            made = (
                source.resize(size, Image.BILINEAR)
                if fit == "stretch"
                else centre_crop(source, to_height, to_width)
            )
            cases.append(
                {
                    "height": height,
                    "width": width,
                    "source": pixels.tobytes().hex(),
                    "fit": fit,
                    "color": color,
                    "toHeight": to_height,
                    "toWidth": to_width,
                    "expected": numpy.asarray(made, dtype=numpy.uint8).tobytes().hex(),
                }
            )

target = Path(__file__).with_name("images.json")
target.write_text(
    json.dumps(
        {
            "madeBy": f"Pillow {PIL.__version__}, NumPy {numpy.__version__}, Python {platform.python_version()}",
            "seed": SEED,
            "cases": cases,
        },
        indent=1,
    )
    + "\n"
)
