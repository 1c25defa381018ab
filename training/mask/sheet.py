"""Draws a contact sheet of cut-outs, to be looked at: numbers do not show what is ugly."""

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from services.vision_worker.adapters.mask_network import open_mask_network
from services.vision_worker.cutout import find_product, lift_product
from services.vision_worker.learned import Finder
from services.vision_worker.photo import Photo, decode

CELL = 220
ACROSS = 3
GREEN = (60, 190, 90)
"""A colour that shows every fringe."""


def _fitted(picture: Image.Image) -> Image.Image:
    cell = Image.new("RGB", (CELL, CELL), (30, 30, 30))
    shown = picture.copy()
    shown.thumbnail((CELL, CELL))
    cell.paste(shown, ((CELL - shown.width) // 2, (CELL - shown.height) // 2))
    return cell


def _on_green(photo: Photo, finder: Finder | None) -> tuple[Image.Image, str]:
    """The cut-out where it was in its photo, before green, and what is said of it."""
    mask = find_product(photo, finder)
    lifted = None if mask is None else lift_product(photo, mask, 1024)
    paper = Image.new("RGB", (photo.size[1], photo.size[0]), GREEN)
    if mask is None or lifted is None:
        return paper, "nothing"
    left, top = round(lifted.box.left * paper.width), round(lifted.box.top * paper.height)
    right = max(left + 1, round(lifted.box.right * paper.width))
    bottom = max(top + 1, round(lifted.box.bottom * paper.height))
    cutout = Image.fromarray(lifted.rgba).resize((right - left, bottom - top))
    paper.paste(cutout, (left, top), cutout.getchannel("A"))
    return paper, f"{mask.method} {mask.quality:.2f}"


def _row(photo: Photo, finder: Finder | None) -> NDArray[np.uint8]:
    """Photo, network's cover at first sight, cut-out without and with the network."""
    cells = [_fitted(Image.fromarray(photo.rgb))]
    if finder is not None:
        cover = cv2.resize(finder(photo.small), photo.small.shape[1::-1])
        cells.append(_fitted(Image.fromarray(np.round(cover * 255).astype(np.uint8))))
    for chosen in (None, finder):
        picture, said = _on_green(photo, chosen)
        cell = _fitted(picture)
        ImageDraw.Draw(cell).text((3, 3), said, fill=(255, 0, 0))
        cells.append(cell)
    return np.hstack([np.asarray(cell) for cell in cells])


def main() -> None:
    """Write the sheet."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("photos", type=Path, nargs="+")
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--weights", type=Path)
    told = ask.parse_args()
    finder = open_mask_network(told.weights)
    rows = [_row(decode(path.read_bytes()), finder) for path in told.photos]
    rows += [np.zeros_like(rows[0])] * (-len(rows) % ACROSS)
    lines = [np.hstack(rows[at : at + ACROSS]) for at in range(0, len(rows), ACROSS)]
    Image.fromarray(np.vstack(lines)).save(told.out)


if __name__ == "__main__":
    main()
