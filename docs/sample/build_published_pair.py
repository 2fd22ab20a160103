"""Build the published pair of the package from the figure of ChatEarthNet's authors.

Usage: python docs/sample/build_published_pair.py FOLDER

FOLDER has the two halves of the figure ``dataset_vis_2.png`` (``fig2_chip_rgb_274px.png`` and
``fig2_chip_label_274px.png``) and the captions, copied by hand (``captions_from_figures.json``).
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from chatearthnet_explorer.landcover.legend import CLASSES, palette
from chatearthnet_explorer.sample.published_pair import CAPTIONS, FOLDER, LABELS, PICTURE, UNCLEAR
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from numpy.typing import NDArray

PICTURE_FILE, LABEL_FILE, CAPTION_FILE = (
    "fig2_chip_rgb_274px.png",
    "fig2_chip_label_274px.png",
    "captions_from_figures.json",
)
CAPTION_IDS = {"3.5": "fig2_35", "4v": "fig2_4v"}

# The classes that the two captions name, and no label. Blends of two colours resemble others: a shore of red and blue
# is purple, the colour of moss.
CANDIDATES = ("background", "water", "developed area", "tree", "grass", "crop", "bare land")
CLEAR = 60.0
"""Largest distance (Euclidean, in levels of 0 to 255) of a clear colour from the legend. Colours of two candidates are
63 or more apart."""


def read_colours(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return class indices, and which pixels have no clear colour. Those have the class of the nearest clear pixel.

    Args:
        rgb: Label map in the colours of ChatEarthNet after a lossy compression, (rows, columns, 3) uint8.
    """
    indices = np.array([land.index for land in CLASSES if land.name in CANDIDATES])
    colours = palette()[indices].astype(float)
    distance = np.linalg.norm(rgb[:, :, None].astype(float) - colours, axis=3)
    unclear = distance.min(axis=2) > CLEAR
    labels = indices[distance.argmin(axis=2)]
    clear_rows, clear_columns = np.nonzero(~unclear)
    for row, column in zip(*np.nonzero(unclear), strict=True):
        nearest = np.argmin((clear_rows - row) ** 2 + (clear_columns - column) ** 2)
        labels[row, column] = labels[clear_rows[nearest], clear_columns[nearest]]
    return labels.astype(np.uint8), unclear


def build(folder: Path) -> dict[str, bytes]:
    """Return the files by name."""
    with Image.open(folder / PICTURE_FILE) as image:
        picture = image.convert("RGB").resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    with Image.open(folder / LABEL_FILE) as image:
        colour_map = np.asarray(image.convert("RGB"))
    labels, unclear = read_colours(colour_map)
    # the pixel of the rendering in which the middle of each of ours lies
    at = ((np.arange(SIZE) + 0.5) * len(colour_map) / SIZE).astype(int)
    label_image = Image.fromarray(labels[np.ix_(at, at)]).convert("P")
    label_image.putpalette(palette().tobytes())
    entries = {one["id"]: one["caption"] for one in json.loads((folder / CAPTION_FILE).read_text("utf-8"))["captions"]}
    captions = {style: entries[name] for style, name in CAPTION_IDS.items()}
    return {
        PICTURE: _png(picture),
        LABELS: _png(label_image),
        UNCLEAR: _png(Image.fromarray(unclear[np.ix_(at, at)])),
        CAPTIONS: (json.dumps(captions, indent=1) + "\n").encode(),
    }


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def main(folder: str) -> int:
    """Write the files beside the module that reads them."""
    target = Path(str(FOLDER))
    target.mkdir(exist_ok=True)
    for name, content in build(Path(folder)).items():
        (target / name).write_bytes(content)
        print(f"{target / name}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
