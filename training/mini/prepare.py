"""Views of every photo and render, with what the teacher sees in each; once, before training.

Runs in an environment of its own (numpy, pillow, tqdm, ai-edge-litert), for the teacher's runtime
wants another numpy than the project does. Writes `views-N.npy` (n, side, side, 3), and beside it
`features-N.npy`, `logits-N.npy` and `views-N.tsv`. With `--untaught` nobody asks the teacher, whose
columns are then missing: that takes a tenth of the time and is enough to test, and to go on
training from weights that the teacher has taught before.
"""

import argparse
import csv
import importlib
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from tqdm import tqdm

SIDE = 128
TEACHER_SIDE = 224
FEATURE = "MobilenetV2/Logits/AvgPool"
CLASSES = 1001
SEED = 3
Row = tuple[str, str, str, str, str, str, int]


class Teacher:
    """MobileNetV2 (8 bit): a square picture to its pooled feature and logits."""

    def __init__(self, path: Path) -> None:
        interpreter = importlib.import_module("ai_edge_litert.interpreter")
        self._net = interpreter.Interpreter(
            str(path), experimental_preserve_all_tensors=True, num_threads=1
        )
        self._net.allocate_tensors()
        tensors = self._net.get_tensor_details()
        self._input = self._net.get_input_details()[0]["index"]
        self._feature = next(t for t in tensors if t["name"] == FEATURE)
        self._logits = next(
            t
            for t in tensors
            if int(np.prod(t["shape"])) == CLASSES
            and "Softmax" not in t["name"]
            and "bias" not in t["name"]
            and t["dtype"] == np.uint8
        )

    def see(self, picture: Image.Image) -> tuple[np.ndarray, np.ndarray]:
        """Return feature (1280,) and logits (1001,)."""
        small = picture.resize((TEACHER_SIDE, TEACHER_SIDE), Image.Resampling.BICUBIC)
        self._net.set_tensor(self._input, np.asarray(small, np.uint8)[None])
        self._net.invoke()
        return self._read(self._feature), self._read(self._logits)

    def _read(self, tensor: dict) -> np.ndarray:
        scale, zero = tensor["quantization"]
        raw = self._net.get_tensor(tensor["index"]).reshape(-1).astype(np.float32)
        return (raw - zero) * scale


def photo_views(picture: Image.Image, rng: random.Random, crops: int) -> Iterator[Image.Image]:
    """The middle square, the whole squeezed into a square, then random crops."""
    wide, high = picture.size
    side = min(wide, high)
    left, top = (wide - side) // 2, (high - side) // 2
    yield picture.crop((left, top, left + side, top + side))
    yield picture.resize((side, side), Image.Resampling.BICUBIC)
    for _ in range(crops):
        area = rng.uniform(0.35, 1) * wide * high
        ratio = rng.uniform(0.75, 1.33)
        w, h = min(wide, int((area * ratio) ** 0.5)), min(high, int((area / ratio) ** 0.5))
        x, y = rng.randint(0, wide - w), rng.randint(0, high - h)
        yield picture.crop((x, y, x + w, y + h)).resize((side, side), Image.Resampling.BICUBIC)


def trimmed(picture: Image.Image) -> Image.Image:
    """Cuts an RGBA picture to what is in it."""
    box = picture.getchannel("A").point(lambda a: 255 if a > 12 else 0).getbbox()
    return picture.crop(box) if box else picture


def backdrop(rng: random.Random, scenes: list[Path], plain: bool) -> Image.Image:
    """A background of 192 x 192: a scene, white, one colour, or a gradient of two."""
    side = 192
    kind = rng.random()
    if plain:
        kind = 0.4 + kind * 0.6
    if kind < 0.4:
        scene = Image.open(rng.choice(scenes)).convert("RGB")
        cut = rng.randint(150, min(scene.size))
        x, y = rng.randint(0, scene.width - cut), rng.randint(0, scene.height - cut)
        view = scene.crop((x, y, x + cut, y + cut)).resize((side, side))
        return view.filter(ImageFilter.GaussianBlur(rng.choice((0, 0, 1, 3))))
    if kind < 0.6:
        return Image.new("RGB", (side, side), (255, 255, 255))
    light = plain or rng.random() < 0.5
    low = 190 if light else 10
    ends = [tuple(rng.randint(low, 255) for _ in range(3)) for _ in range(2)]
    if light:
        ends = [(g, g - rng.randint(0, 12), g - rng.randint(0, 25)) for g, *_ in ends]
    first = Image.new("RGB", (side, side), ends[0])
    if kind < 0.75:
        return first
    ramp = Image.linear_gradient("L") if rng.random() < 0.7 else Image.radial_gradient("L")
    return Image.composite(
        first, Image.new("RGB", (side, side), ends[1]), ramp.resize((side, side))
    )


def composed(
    thing: Image.Image, rng: random.Random, scenes: list[Path], plain: bool
) -> Image.Image:
    """Puts a cut-out on a background, most times with a soft shadow under it."""
    ground = backdrop(rng, scenes, plain)
    thing = trimmed(thing)
    size = rng.uniform(0.65, 0.9) if plain else rng.uniform(0.45, 1.05)
    scale = ground.width * size / max(thing.size)
    thing = thing.resize(
        tuple(max(4, round(s * scale)) for s in thing.size), Image.Resampling.LANCZOS
    )
    spare = [ground.width - thing.width, ground.height - thing.height]
    share = (0.5, 0.5) if plain else (rng.random(), rng.random())
    x, y = (round(s * f) for s, f in zip(spare, share, strict=True))
    if rng.random() < 0.7:
        shadow = Image.new("L", ground.size, 0)
        high = max(4, thing.height // 10)
        box = (x, y + thing.height - high, x + thing.width, y + thing.height + high // 2)
        ImageDraw.Draw(shadow).ellipse(box, fill=rng.randint(60, 170))
        shadow = shadow.filter(ImageFilter.GaussianBlur(5))
        ground.paste((0, 0, 0), (0, 0), shadow)
    ground.paste(thing, (x, y), thing)
    return ground


def items(given: argparse.Namespace) -> list[Row]:
    """(kind, path, set, label, split, group, how many) of all that is there."""
    rows: list[Row] = []
    if given.photos:
        with (given.data / "photos" / "MANIFEST.tsv").open(newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                kind = row["path"].split("/")[0]
                path = str(given.data / "photos" / row["path"])
                rows.append(("photo", path, kind, row["label"], "", row["group"], given.crops))
    if given.renders:
        with (given.renders / "index.tsv").open(newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                path = given.renders / row["path"]
                if path.exists():
                    many = given.composites if row["split"] == "train" else 1
                    mesh = row["mesh"]
                    rows.append(("render", str(path), "renders", mesh, row["split"], mesh, many))
    return rows


def views_of(row: Row, scenes: list[Path]) -> list[Image.Image]:
    """All views of one item, small."""
    kind, path, _, _, split, _, many = row
    rng = random.Random(f"{SEED} {Path(path).name}")
    if kind == "photo":
        views = list(photo_views(Image.open(path).convert("RGB"), rng, many))
    else:
        thing = Image.open(path).convert("RGBA")
        views = [composed(thing, rng, scenes, split != "train") for _ in range(many)]
    return [view.resize((SIDE, SIDE), Image.Resampling.LANCZOS) for view in views]


def main() -> None:
    """Reads the data folder, writes one part."""
    reader = argparse.ArgumentParser(description=main.__doc__)
    reader.add_argument("data", type=Path)
    reader.add_argument("out", type=Path)
    reader.add_argument("name")
    reader.add_argument("--photos", action="store_true")
    reader.add_argument("--renders", type=Path)
    reader.add_argument("--crops", type=int, default=2)
    reader.add_argument("--composites", type=int, default=3)
    reader.add_argument("--part", default="0/1")
    reader.add_argument("--untaught", action="store_true", help="Views only, without the teacher.")
    given = reader.parse_args()
    part, parts = map(int, given.part.split("/"))
    scenes = sorted((given.data / "backdrops").glob("*.jpg"))
    done = {line.split("\t")[1] for table in given.out.glob("views-*.tsv") for line in table.open()}
    todo = [row for row in items(given) if row[1] not in done]
    teacher = (
        None
        if given.untaught
        else Teacher(given.data / "backbones" / "mobilenet_v2_1.0_224_quant.tflite")
    )
    views, features, logits, lines = [], [], [], []
    for row in tqdm(todo[part::parts], mininterval=20):
        for number, view in enumerate(views_of(row, scenes)):
            views.append(np.asarray(view))
            if teacher is not None:
                feature, logit = teacher.see(view)
                features.append(feature.astype(np.float16))
                logits.append(logit.astype(np.float16))
            lines.append("\t".join((row[0], row[1], *row[2:6], str(number))))
    given.out.mkdir(parents=True, exist_ok=True)
    np.save(given.out / f"views-{given.name}.npy", np.stack(views))
    if teacher is not None:
        np.save(given.out / f"features-{given.name}.npy", np.stack(features))
        np.save(given.out / f"logits-{given.name}.npy", np.stack(logits))
    (given.out / f"views-{given.name}.tsv").write_text(
        "kind\tpath\tset\tlabel\tsplit\tgroup\tview\n" + "\n".join(lines) + "\n"
    )


if __name__ == "__main__":
    main()
