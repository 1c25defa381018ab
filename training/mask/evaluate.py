"""Measures cut-outs on held-out pictures, one way beside the other.

Rendered products on backgrounds have exact masks; photos are measured against the teacher, so
there the numbers say how alike, not how right. The last line holds `key=value` pairs.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from services.vision_worker.adapters.mask_network import MaskFinder, open_mask_network
from services.vision_worker.cutout import Mask, find_product, lift_product
from services.vision_worker.frontal import cut_salient
from services.vision_worker.photo import Photo
from services.vision_worker.pixels import Plane, resize_plane
from services.vision_worker.plain import fit_background, product_before
from training.mask.scenes import Scene, rendered_scenes, taught_scenes
from training.mask.scoring import edge_score, interval, mean_error, overlap

BANDS = (0.0, 0.5, 0.7, 0.8, 0.9, 1.01)
"""Ends of the ranges of the quality estimate in the table."""
POOR = 0.7
"""Overlap below which a cut-out is no good for selling."""


@dataclass(frozen=True)
class Row:
    """One picture's scores by way: overlap, edge score, mean error; and the chain's estimate."""

    kind: str
    scores: dict[str, tuple[float, float, float]]
    method: str
    estimate: float


def _empty(photo: Photo) -> Plane:
    return np.zeros(photo.size, np.float32)


def _plain(photo: Photo) -> Plane:
    background = fit_background(photo.lab)
    if background is None:
        return _empty(photo)
    return resize_plane(product_before(photo.lab, background).astype(np.float32), *photo.size)


def _graph_cut(photo: Photo) -> Plane:
    cut = cut_salient(photo.small)
    return (
        _empty(photo) if cut is None else resize_plane(cut.product.astype(np.float32), *photo.size)
    )


def _lifted(photo: Photo, mask: Mask | None) -> Plane:
    """The alpha of the cut-out, laid back into the frame."""
    whole = _empty(photo)
    lifted = None if mask is None else lift_product(photo, mask, max(photo.size))
    if lifted is None:
        return whole
    height, width = photo.size
    rows = slice(round(lifted.box.top * height), round(lifted.box.bottom * height))
    columns = slice(round(lifted.box.left * width), round(lifted.box.right * width))
    alpha = lifted.rgba[..., 3].astype(np.float32) / np.float32(255)
    whole[rows, columns] = resize_plane(alpha, *whole[rows, columns].shape)
    return whole


def measure(scene: Scene, finder: MaskFinder | None) -> Row:
    """Score every way on one picture."""
    photo = Photo(scene.rgb, None)
    old, new = find_product(photo), find_product(photo, finder)
    ways: dict[str, Callable[[], Plane]] = {
        "plain": lambda: _plain(photo),
        "grabcut": lambda: _graph_cut(photo),
        "before": lambda: _lifted(photo, old),
        "chain": lambda: _lifted(photo, new),
    }
    if finder is not None:
        ways["network"] = lambda: resize_plane(finder(photo.small), *photo.size)
    scores = {}
    for way, find in ways.items():
        found = find()
        scores[way] = tuple(score(found, scene.mask) for score in (overlap, edge_score, mean_error))
    return Row(
        scene.kind,
        scores,
        "none" if new is None else new.method,
        0.0 if new is None else new.quality,
    )


def table(name: str, rows: list[Row]) -> dict[str, float]:
    """Print the table of one kind of picture; returns its figures."""
    figures: dict[str, float] = {}
    print(f"\n{name}, n = {len(rows)}\n\n| way | IoU (95 %) | below {POOR} | edge F | MAE |")
    print("|---|---|---|---|---|")
    for way in ("plain", "grabcut", "before", "network", "chain"):
        if way not in rows[0].scores:
            continue
        values = np.array([row.scores[way] for row in rows])
        low, high = interval(values[:, 0])
        iou, edge, error = values.mean(axis=0)
        poor = float((values[:, 0] < POOR).mean())
        print(
            f"| {way} | {iou:.3f} ({low:.3f}-{high:.3f}) | {poor:.0%} | {edge:.3f} | {error:.4f} |"
        )
        key = f"{name.split(maxsplit=1)[0].lower()}_{way}"
        figures |= {f"{key}_iou": iou, f"{key}_edge": edge, f"{key}_mae": error}
    return figures


def estimates(rows: list[Row]) -> dict[str, float]:
    """Print how the quality estimate holds; returns its figures."""
    estimate = np.array([row.estimate for row in rows])
    right = np.array([row.scores["chain"][0] for row in rows])
    print("\n| estimate | n | mean estimate | mean IoU | below the line |\n|---|---|---|---|---|")
    for low, high in pairwise(BANDS):
        some = (estimate >= low) & (estimate < high)
        if some.any():
            print(
                f"| {low:.1f}-{min(high, 1):.1f} | {some.sum()} | {estimate[some].mean():.2f} | "
                f"{right[some].mean():.2f} | {(right[some] < POOR).mean():.0%} |"
            )
    return {
        "estimate_mae": float(np.abs(estimate - right).mean()),
        "estimate_rank": _rank_correlation(estimate, right),
    }


def _rank_correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    ranks = [np.argsort(np.argsort(values)) for values in (one, other)]
    return float(np.corrcoef(*ranks)[0, 1])


def main() -> None:
    """Print the tables."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--data", type=Path, required=True, help="holds photos/ and backdrops/")
    ask.add_argument("--renders", type=Path, required=True)
    ask.add_argument("--masks", type=Path, required=True)
    ask.add_argument("--weights", type=Path, help="other weights than the shipped")
    ask.add_argument("--count", type=int, default=200, help="rendered pictures")
    ask.add_argument("--part", choices=("choice", "test"), default="test")
    told = ask.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    finder = open_mask_network(told.weights)
    scenes = rendered_scenes(told.renders, told.data, told.count, told.part)
    rendered = [measure(scene, finder) for scene in scenes]
    taught = [measure(scene, finder) for scene in taught_scenes(told.masks, told.part)]
    figures = table("Rendered products on held-out backgrounds", rendered)
    figures |= table("Photos beside the teacher's masks", taught)
    for kind in sorted({row.kind for row in taught}):
        some = [row for row in taught if row.kind == kind]
        mean = {way: np.mean([row.scores[way][0] for row in some]) for way in some[0].scores}
        print(f"{kind} n={len(some)}", *(f"{way}={value:.3f}" for way, value in mean.items()))
    methods = [row.method for row in rendered + taught]
    print("chosen:", {method: methods.count(method) for method in sorted(set(methods))})
    figures |= estimates(rendered + taught)
    figures |= {"rendered_n": len(rendered), "photos_n": len(taught)}
    print(*(f"{key}={value:.4g}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
