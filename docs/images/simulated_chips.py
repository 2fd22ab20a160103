"""Draw docs/images/simulated_chips.png: six simulated chips above their label maps.

python docs/images/simulated_chips.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from chatearthnet_explorer.landcover.legend import CLASSES, palette
from chatearthnet_explorer.sources import open_source
from chatearthnet_explorer.tile import SIZE

PLACES = (
    ("Cancun, Mexico", -86.78, 21.15),
    ("Touraine, France", 0.50, 47.40),
    ("Niger delta, Nigeria", 5.90, 4.60),
    ("Namib, Namibia", 15.00, -24.00),
    ("Karelia, Russia", 33.00, 63.50),
    ("Khumbu, Nepal", 86.90, 27.98),
)
GAP, LINE = 12, 22
INK, PAPER, FAINT = (28, 32, 36), (255, 255, 255), (110, 116, 122)


def main() -> None:
    """Write the picture beside this script."""
    source, colours = open_source("simulated"), palette("chatearthnet")
    width = GAP + len(PLACES) * (SIZE + GAP)
    height = GAP + 2 * (SIZE + GAP) + 3 * LINE + GAP
    sheet = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(sheet)
    font, small = ImageFont.load_default(15), ImageFont.load_default(13)
    present: set[int] = set()
    for number, (name, lon, lat) in enumerate(PLACES):
        chip = source.chip_at(lon, lat)
        left, top = GAP + number * (SIZE + GAP), GAP
        draw.text((left, top), name, INK, font)
        draw.text((left, top + LINE - 4), f"simulated, tile {chip.tile.name}", FAINT, small)
        sheet.paste(Image.fromarray(chip.rgb), (left, top + 2 * LINE))
        sheet.paste(Image.fromarray(colours[chip.labels]), (left, top + 2 * LINE + SIZE + GAP))
        present |= set(chip.labels.ravel().tolist())
    left, top = GAP, height - LINE - 2
    for land in CLASSES:
        if land.index in present:
            draw.rectangle((left, top, left + 13, top + 13), land.chatearthnet, FAINT)
            draw.text((left + 19, top - 2), land.name, INK, small)
            left += 42 + int(draw.textlength(land.name, small))
    # a palette with dithering keeps the file small and the shades of water and snow
    palette_of_all = sheet.quantize(256, method=Image.Quantize.MEDIANCUT)
    sheet.quantize(palette=palette_of_all, dither=Image.Dither.FLOYDSTEINBERG).save(
        Path(__file__).with_suffix(".png"), optimize=True
    )


if __name__ == "__main__":
    main()
