"""Does a photo's vector tell right claims from wrong ones, and from which place on?

`match` holds every claim to have seen something against the stored vector of the photo
(`services.matcher.witness`): a word that too many of its facet's other words outdo is denied. This
says, for photos whose label is known, how often right and wrong claims would be denied at which
place. Categories come from the labels, materials from the things of which there is no doubt. The
last line holds the figures as key=value.
"""

import argparse
import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from backlot.encoder import mini, minilm
from backlot.encoder.tables import prompt_table
from backlot.vocabulary import load_vocabulary
from services.matcher.witness import places_of
from training.mini.words import LEFT_OUT, read_labels

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
METALS = ("stainless-steel", "chrome-plated-metal", "brushed-aluminum", "cast-iron")
GOLDEN = ("brass", "polished-gold", "copper")
WOODS = ("light-oak-wood", "dark-walnut-wood")
MATERIALS: Mapping[str, Sequence[str]] = {
    "wrench": METALS, "scissors": METALS, "saxophone": GOLDEN, "euphonium": GOLDEN,
    "windsor chair": WOODS, "barrel": WOODS, "mandolin": WOODS, "grand piano": WOODS,
    "t-shirt": ("cotton-fabric", "nylon-or-polyester-fabric"),
    "dress": ("cotton-fabric", "satin-or-silk", "nylon-or-polyester-fabric", "linen-fabric"),
    "button-up shirt": ("cotton-fabric", "linen-fabric", "denim"),
    "computer mouse": ("hard-plastic",), "computer keyboard": ("hard-plastic",),
    "plastic drink bottle": ("hard-plastic", "transparent-acrylic"),
    "cup": ("glazed-ceramic", "porcelain"), "mug": ("glazed-ceramic", "porcelain"),
    "beer glass": ("clear-glass",), "wine bottle with glass": ("colored-glass", "clear-glass"),
}  # fmt: skip
"""By the words of a label: what such a thing is made of, whichever of them."""


def rows_of(data: Path, splits: Path, part: str, most: int) -> list[tuple[Path, str, str]]:
    """Photos of a part that mini did not train on: path, set and label; spread over the labels."""
    parts = json.loads(splits.read_text())
    by_label: dict[tuple[str, str], list[Path]] = {}
    with (data / "photos" / "MANIFEST.tsv").open(newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            path = data / "photos" / row["path"]
            if parts.get(str(path)) == part and "+" not in row["label"]:
                key = (row["path"].partition("/")[0], row["label"])
                by_label.setdefault(key, []).append(path)
    rows: list[tuple[Path, str, str]] = []
    while len(rows) < most and any(by_label.values()):
        for (name, label), left in by_label.items():
            if left and len(rows) < most:
                rows.append((left.pop(), name, label))
    return rows


def judged(places: NDArray[np.float64], truths: Sequence[Sequence[int]]) -> dict[str, float]:
    """Share of right and of wrong claims below each level; the better of several truths counts."""
    own = np.array(
        [max(row[at] for at in right) for row, right in zip(places, truths, strict=True)]
    )
    others = np.ones_like(places, dtype=bool)
    for row, right in zip(others, truths, strict=True):
        row[list(right)] = False
    figures = {"n": float(len(own)), "median_place": float(np.median(own))}
    for level in LEVELS:
        figures[f"right_denied_{level:g}"] = float((own < level).mean())
        figures[f"wrong_denied_{level:g}"] = float((places[others] < level).mean())
    return figures


def main() -> None:
    """Measure, on the parts mini has not trained on."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True, help="path to part, as training drew")
    parser.add_argument("--part", default="dev")
    parser.add_argument("--most", type=int, default=2000)
    given = parser.parse_args()
    encoder = mini.load(
        minilm.MiniLmEncoder(minilm.bundled_folder(), torch.device("cpu")),
        device=torch.device("cpu"),
    )
    vocabulary, labels = load_vocabulary(), read_labels(())
    rows = rows_of(given.data, given.splits, given.part, given.most)
    pictures = (Image.open(path).convert("RGB") for path, _, _ in rows)
    vectors = np.concatenate([encoder.encode_images([picture]) for picture in pictures])
    known = [labels[name, label] for _, name, label in rows]
    tables = {
        name: prompt_table(encoder, vocabulary.facets[name], Path(".state/cache"))
        for name in ("product_category", "material")
    }
    kinds: dict[str, list[tuple[int, tuple[str, ...]]]] = {"category": [], "left_out": []}
    for at, label in enumerate(known):
        if label.category:
            kind = "left_out" if label.category in LEFT_OUT else "category"
            kinds[kind].append((at, (label.category, *label.accept)))
    kinds["material"] = [
        (at, tuple(MATERIALS[label.words])) for at, label in enumerate(known)
        if label.words in MATERIALS
    ]  # fmt: skip
    figures = {}
    for kind, photos in kinds.items():
        if not photos:
            continue
        facet = "material" if kind == "material" else "product_category"
        terms = {term.partition("/")[2]: at for at, term in enumerate(tables[facet].terms)}
        places = places_of(tables[facet], vectors[[at for at, _ in photos]])
        found = judged(places, [[terms[slug] for slug in slugs] for _, slugs in photos])
        print(kind, " ".join(f"{name}={value:.3f}" for name, value in found.items()))
        figures |= {f"{kind}_{name}": value for name, value in found.items()}
    print(" ".join(f"{name}={value:.3f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
