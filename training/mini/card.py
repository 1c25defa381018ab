"""Writes mini's model card from what was measured."""

import argparse
import json
import textwrap
from pathlib import Path
from typing import Any

from training.mini.words import LEFT_OUT

HEAD = """# Backlot mini

A small image tower of our own, trained from scratch into the space of the sentence encoder
all-MiniLM-L6-v2, so that every word has a place in it, also words it never had a photo of. It
answers "what product is this?" in the default profile, on any machine, without a download.

It is small and has seen little: see *Limits*. `BACKLOT_PROFILE=standard` answers better and needs
a download.

| | |
|---|---|
| Files | `mini.safetensors` ({size:.1f} MB, fp16), `mini.json` |
| Network | {parameters:.2f} M parameters, 3x3 convolutions, widths {widths}, blocks {depths} |
| Input | two views of {side} x {side} pixels, averaged: middle and whole |
| Output | 384 numbers in the space of all-MiniLM-L6-v2 after a fixed linear map (in the file) |
| Licence | Apache-2.0 |

## Data

None of it is part of this repository. Licences as their sources state them.

| Set | Photos or meshes | Licence |
|---|---|---|
| Grocery Store Dataset (M. Klasson et al.) | 2,936 photos | MIT |
| Clothing dataset, small (A. Grigorev) | 3,409 photos | CC0 |
| Caltech-101, product classes | 2,164 photos | CC BY 4.0 |
| Caltech-101, other classes (variety, things that are no products) | 3,263 photos | CC BY 4.0 |
| Electronics (Roboflow Universe, e-waste-mx8fq) | 795 photos | CC BY 4.0 |
| Bottles and cups (Data Cluster Labs) | 89 photos | CC BY 4.0 |
| base-meshes (M3-org), rendered | 164 meshes at most | CC0 |
| Made-up meshes of 87 kinds (`training/renders`), rendered | 696 meshes at most | own |
| Light probes and backdrops (Poly Haven) | 4 and 200 | CC0 |
| Tests only: shop mock-ups (Saleor) | 105 pictures | BSD-3-Clause |
| Tests only: textured meshes (Khronos, Poly Haven) | 10 meshes | CC0, CC BY 4.0 |

The demo's eight products are in no training set. Teacher: MobileNetV2 1.0/224, 8 bit
(Apache-2.0), trained on ImageNet; its features and answers were used, its weights are not shipped.
Whether ImageNet holds some of the test photos was not checked.

Left out of training, as pictures, as labels and as wrong answers: {left_out}.
The teacher, though, knows some of them: their names are among the 1,000 of ImageNet between which
it divides its answers for other pictures.

## Procedure

`make train DATA=folder`; seed {seed}. Photos are split by near-duplicate groups (difference hash)
and by the groups their sources name: 15 % test, 5 % dev, the rest trains. Meshes are held out
whole. Choices and the scale come from dev.

Each batch draws from all sets. The losses: softmax over the words of all labels; softmax over the
vocabulary's categories; the teacher's answers as shares of ImageNet's names, all three against
sentence vectors; and the cosine to the teacher's feature through a head that is thrown away.
Renders lie on backdrops, plain colours, gradients and white. A fifth of the batches is mixed up.
AdamW, {samples:,} samples in {minutes:.0f} minutes with two threads on a CPU shared with other
work, in two runs: the first from nothing, at 64 to 96 pixels, the second on from there, at 96 and
{side} pixels with a rate that rises and falls anew, a fresh head for the teacher's feature that is
fitted to the tower before it teaches, and more electronics. The mean of the weights over the last
minutes is shipped.{note}

## Scores

On photos and meshes it never saw; 95 % intervals (Wilson).

| What | Share | n | 95 % | Wanted |
|---|---|---|---|---|
"""

ROWS = (
    ("grocery_coarse", "Grocery, 42 coarse classes", "0.82"),
    ("grocery_fine", "Grocery, 81 fine classes", ""),
    ("clothing", "Clothing, 10 classes", "0.80"),
    ("caltech", "Caltech products, {caltech} classes", "0.80"),
    ("electronics", "Electronics, 6 classes", "0.85"),
    ("studio.all.top5", "Studio-style, all categories, top 5", "0.50"),
    ("studio.all.top1", "Studio-style, all categories, top 1", ""),
    ("studio.renders.top5", "... of these the renders, top 5", ""),
    ("studio.saleor.top5", "... of these the shop mock-ups, top 5", ""),
    ("top1_all_categories", "All photos, all categories, top 1", ""),
    ("sure_share", "... answered with confidence of at least 0.5", ""),
    ("sure_right", "... of these right", "0.80"),
    (
        "sure_right_with_unknown_things",
        "... right, when things without a category are among the photos",
        "",
    ),
    ("left_out_silent", "Left-out categories: confidence below 0.5", "0.80"),
    ("left_out_silent_or_right", "... or right", ""),
    ("left_out_rolled_up", "... and the right group is named", ""),
)

LIMITS = """
Two of Caltech's 38 product classes are among the left-out categories. Where a label fits several
categories (a cup: mug, drinking glass) each of them counts as right. {short}

The scores with confidence use the softmax over all 178 categories with the scale in `mini.json`;
the worker's own calibration lies beside this file.

## Limits

- It knows 115 of the 178 categories from pictures, 80 of them from renders alone; the rest only by
  its words' neighbours. Expect it to be unsure there, and mostly wrong at first place.
- Labels are coarse: hats of all kinds train "baseball cap", trousers "jeans", shoes "running
  sneakers"; 81 kinds of groceries fall into five categories.
- It sees {side} pixels: print, logos and fine texture are lost on it.
- It is no encoder of scenes, materials or moods: it was trained to name things.
- Photos with several products, people or much clutter were hardly among its training data.
"""


def _wrapped(line: str) -> str:
    """Breaks long lines of running text; tables stay as they are."""
    return line if line.startswith("|") else textwrap.fill(line, 100, break_on_hyphens=False)


def _at(scores: dict[str, Any], path: str) -> dict[str, Any]:
    for key in path.split("."):
        scores = scores.get(key, {})
    return scores


def main() -> None:
    """Writes `mini.md` beside `mini.json`."""
    reader = argparse.ArgumentParser(description=main.__doc__)
    reader.add_argument("folder", type=Path)
    folder = reader.parse_args().folder
    card = json.loads((folder / "mini.json").read_text())
    run, training, scores = card["run"], card["training"], card["scores"]
    facts = {
        "size": (folder / "mini.safetensors").stat().st_size / 1e6,
        "parameters": training["parameters"] / 1e6,
        "widths": ", ".join(map(str, run["widths"])),
        "depths": ", ".join(map(str, run["depths"])),
        "side": run["side"],
        "left_out": ", ".join(slug.replace("-", " ") for slug in LEFT_OUT),
        "seed": training["seed"],
        "note": f" {training['note']}" if training.get("note") else "",
        "samples": training["samples"],
        "minutes": training["seconds"] / 60,
    }
    text = HEAD.format(**facts)
    short = []
    for path, name, wanted in ROWS:
        found = _at(scores, path)
        if wanted and found.get("n") and found["share"] < float(wanted):
            short.append(f"{name} ({found['share']} of {wanted})")
        if found.get("n"):
            low, high = found["low"], found["high"]
            named = name.format(caltech=scores.get("caltech_classes", ""))
            text += f"| {named} | {found['share']} | {found['n']} | {low} to {high} | {wanted} |\n"
    said = f"Short of what was wanted: {'; '.join(short)}." if short else "All marks are reached."
    text += LIMITS.format(short=said, **facts)
    (folder / "mini.md").write_text("\n".join(map(_wrapped, text.splitlines())) + "\n")


if __name__ == "__main__":
    main()
