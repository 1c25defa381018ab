"""Asks a salient-object network for the masks of photos and keeps them on disk.

Needs `ai-edge-litert`. What is there already is not asked again, so a stopped run goes on.
"""

import argparse
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

from training.mask.photos import choose_photos

SIDE = 320
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
SPREAD = np.array([0.229, 0.224, 0.225], np.float32)
KEPT_SIDE = 224
"""Longer side of the kept photos and masks."""


class Teacher:
    """U2-Net p (Qin et al. 2020) as a mask teacher.

    Args:
        path: Its TensorFlow Lite file.
        threads: CPU threads it may use.
    """

    def __init__(self, path: Path, threads: int) -> None:
        self._interpreter = Interpreter(str(path), num_threads=threads)
        self._interpreter.allocate_tensors()
        self._entry = self._interpreter.get_input_details()[0]["index"]
        outputs = self._interpreter.get_output_details()
        self._exit = next(each["index"] for each in outputs if each["name"] == "Identity")

    def mask(self, picture: Image.Image) -> Image.Image:
        """The mask of a photo, of the photo's size, mode L."""
        small = np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float32)
        scaled = (small / max(float(small.max()), 1.0) - MEAN) / SPREAD
        self._interpreter.set_tensor(self._entry, scaled[None].astype(np.float32))
        self._interpreter.invoke()
        found = self._interpreter.get_tensor(self._exit)[0, ..., 0]
        mask = Image.fromarray(np.round(np.clip(found, 0, 1) * 255).astype(np.uint8))
        return mask.resize(picture.size, Image.Resampling.BILINEAR)


def main() -> None:
    """Write ``KEY.jpg`` and ``KEY.png`` for every chosen photo, and ``index.tsv``."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--data", type=Path, required=True, help="holds photos/ and backbones/")
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--threads", type=int, default=1)
    told = ask.parse_args()
    told.out.mkdir(parents=True, exist_ok=True)
    chosen = choose_photos(told.data / "photos")
    lines = [f"{each.key}\t{each.kind}\t{'test' if each.held_out else 'train'}" for each in chosen]
    (told.out / "index.tsv").write_text("\n".join(["key\tkind\tsplit", *lines]) + "\n", "utf-8")
    teacher = Teacher(told.data / "backbones" / "u2netp_float16.tflite", told.threads)
    for number, each in enumerate(chosen, 1):
        kept = told.out / f"{each.key}.png"
        if kept.exists():
            continue
        with Image.open(told.data / "photos" / each.path) as picture:
            photo = _upright(picture)
        photo.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.BICUBIC)
        photo.save(kept.with_suffix(".jpg"), quality=95)
        teacher.mask(photo).save(kept)
        if number % 100 == 0:
            print(f"{number} of {len(chosen)} masks", flush=True)
    print(f"masks={len(chosen)} held_out={sum(each.held_out for each in chosen)}")


def _upright(picture: Image.Image) -> Image.Image:
    """A photo as RGB, what is transparent on grey."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    paper = Image.new("RGB", picture.size, (200, 200, 200))
    clear = picture.convert("RGBA")
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper


if __name__ == "__main__":
    main()
