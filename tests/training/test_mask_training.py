"""What the mask network learns from: pictures whose masks are right, and fair splits."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from training.mask.backgrounds import Backgrounds
from training.mask.compose import compose
from training.mask.examples import CUT_SHARE, Examples, TaughtMask, cut_out, load_renders
from training.mask.photos import choose_photos
from training.mask.scoring import edge_score, interval, mean_error, overlap
from training.mask.train import Phase, Run, loss_of

SIDE = 64


def noise(height: int, width: int, seed: int) -> NDArray[np.uint8]:
    """A picture of nothing."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def square(height: int = 60, width: int = 40) -> NDArray[np.uint8]:
    """An orange cut-out that fills its picture but for a clear margin."""
    cutout = np.zeros((height + 4, width + 4, 4), np.uint8)
    cutout[2:-2, 2:-2] = (240, 130, 20, 255)
    return cutout


@pytest.fixture
def backgrounds(tmp_path: Path) -> Backgrounds:
    """Places of two kinds, one of which is held out."""
    folder = tmp_path / "backdrops"
    folder.mkdir()
    for place in range(40):
        cv2.imwrite(str(folder / f"place{place}__y000.jpg"), noise(60, 80, place))
    return Backgrounds(tmp_path, held_out=False, seed=1)


def test_made_photos_are_the_same_every_time(backgrounds: Backgrounds) -> None:
    """One seed gives one picture, whole and with a mask of shares."""
    pairs = [
        compose(square(), [square()], backgrounds, SIDE, np.random.default_rng(5)) for _ in range(2)
    ]
    (rgb, mask), (again, other) = pairs
    assert rgb.shape == (SIDE, SIDE, 3)
    assert rgb.dtype == np.uint8
    assert 0 <= float(mask.min()) <= float(mask.max()) <= 1
    assert np.array_equal(rgb, again)
    assert np.array_equal(mask, other)


def test_mask_covers_the_product_and_no_other_thing(backgrounds: Backgrounds) -> None:
    """What is set down beside the product is not in its mask, and neither is its shadow."""
    lonely = [
        compose(square(), [], backgrounds, SIDE, np.random.default_rng(seed))[1]
        for seed in range(30)
    ]
    shares = np.array([float((mask > 0.5).mean()) for mask in lonely])
    # A 3:2 rectangle whose longer side takes 0.3 to 1.4 of the frame, cut off by it or not.
    assert shares.min() > 0.02
    assert shares.max() < 1
    for mask in lonely:
        product = mask > 0.5
        filled = cv2.morphologyEx(product.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5)))
        assert filled.sum() <= product.sum() * 1.05


def test_held_out_places_are_never_trained_on(tmp_path: Path, backgrounds: Backgrounds) -> None:
    """Training and measuring share no place."""
    other = Backgrounds(tmp_path, held_out=True, seed=1)
    trained = {picture.tobytes() for picture in backgrounds._rooms}
    measured = {picture.tobytes() for picture in other._rooms}
    assert trained
    assert measured
    assert not trained & measured


def test_meshes_stay_on_their_side(tmp_path: Path) -> None:
    """Renders of a held-out mesh are not learned from; one that is not drawn yet is no error."""
    rows = ["path\tmesh\tcategory\tsplit"]
    for number, split in enumerate(("train", "train", "test", "left_out")):
        cv2.imwrite(str(tmp_path / f"{number}.png"), square())
        rows.append(f"{number}.png\tmesh{number}\t\t{split}")
    rows.append("later.png\tmesh9\t\ttrain")
    (tmp_path / "index.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    assert len(load_renders(tmp_path, held_out=False)) == 2
    assert len(load_renders(tmp_path, held_out=True)) == 1


def test_near_duplicates_share_a_side(tmp_path: Path) -> None:
    """Photos of one group, and photos that look the same, are all held out or all not."""
    (tmp_path / "clothing").mkdir()
    header = "path\tlabel\tcoarse\tsplit\tgroup\tsource\tlicence"
    rows = [header]
    for number in range(40):
        group = f"g{number % 8}" if number < 24 else ""
        # From 24 on, two and two show the same.
        seed = number if number < 24 else number // 2
        smooth = cv2.GaussianBlur(noise(64, 64, seed), (0, 0), 6)
        cv2.imwrite(str(tmp_path / "clothing" / f"{number}.png"), smooth)
        rows.append(f"clothing/{number}.png\tshirt\tshirt\ttrain\t{group}\t\t")
    (tmp_path / "MANIFEST.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    sides = {int(Path(each.path).stem): each.held_out for each in choose_photos(tmp_path)}
    assert len(sides) == 40
    assert len(set(sides.values())) == 2
    for number in range(24):
        assert sides[number] == sides[number % 8]
    for number in range(24, 40, 2):
        assert sides[number] == sides[number + 1]


def test_only_whole_products_are_cut_out() -> None:
    """A mask that the frame cuts off, or that fills the photo, gives no cut-out."""
    inside, cut_off, filling = (np.zeros((60, 60), np.float32) for _ in range(3))
    inside[20:40, 20:40] = 1
    cut_off[40:, 20:40] = 1
    filling[3:-3, 3:-3] = 1
    assert filling.mean() > CUT_SHARE
    taught = [TaughtMask("a", noise(60, 60, 1), mask) for mask in (inside, cut_off, filling)]
    assert len(cut_out(taught)) == 1


def test_it_learns_and_goes_on(tmp_path: Path, backgrounds: Backgrounds) -> None:
    """A stopped run goes on where it was and exports; a right answer costs less than none."""
    examples = Examples([square()], [], backgrounds)
    kept = tmp_path / "kept.pt"
    plan = (Phase(SIDE, 16, 8), Phase(96, 4, 4))
    run = Run(examples, plan, kept)
    run.train()
    again = Run(examples, plan, kept)
    assert again.step == run.step == 3
    again.train()
    again.export(tmp_path / "mask.safetensors")
    assert (tmp_path / "mask.safetensors").stat().st_size < 5_000_000
    rgb, mask = examples.batch(8, SIDE, np.random.default_rng(1))
    assert rgb.shape == (8, SIDE, SIDE, 3)
    right = torch.from_numpy(mask)
    assert float(loss_of(right * 20 - 10, right)) < float(loss_of(right * 0, right))


def test_scores() -> None:
    """A right mask scores 1; one shifted past the tolerance keeps its overlap, not its edge."""
    true = np.zeros((100, 100), np.float32)
    true[20:80, 20:80] = 1
    assert overlap(true, true) == edge_score(true, true) == 1
    assert mean_error(true, true) == 0
    shifted = np.roll(true, 4, axis=1)
    assert overlap(shifted, true) == pytest.approx(56 / 64)
    assert edge_score(shifted, true) < 0.6
    assert edge_score(np.zeros_like(true), true) == 0
    low, high = interval(np.array([0.0, 1.0] * 50))
    assert 0.35 < low < 0.5 < high < 0.65
