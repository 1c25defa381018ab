"""The mask network: what it gives, what it needs, and how the cut-out uses it."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import save_file
from vision_photos import RED, disc, noisy, overlap, painted, patterned, photo

from backlot.contracts.errors import ConfigurationError, MissingExtraError
from services.vision_worker.adapters.mask_network import (
    SHIPPED,
    SIDE,
    MaskFinder,
    MaskNetwork,
    open_mask_network,
)
from services.vision_worker.adapters.rembg_masks import RembgFinder, open_rembg
from services.vision_worker.cutout import find_product
from services.vision_worker.learned import Finder, look_twice, tidy
from services.vision_worker.pixels import resize_plane
from services.vision_worker.region import without_bystanders

MOST_BYTES = 5_000_000


@pytest.fixture(scope="module")
def shipped() -> MaskFinder:
    """The network as it ships."""
    found = open_mask_network()
    if found is None:
        pytest.skip("this checkout holds no weights")
    return found


def fresh(folder: Path) -> Path:
    """A file of untrained weights."""
    torch.manual_seed(1)
    path = folder / "fresh.safetensors"
    save_file({name: each.half() for name, each in MaskNetwork().state_dict().items()}, path)
    return path


def random_picture(height: int, width: int) -> NDArray[np.uint8]:
    """Noise."""
    return np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("size", [(160, 160), (1, 1), (1, 900), (700, 20)])
def test_cover_of_any_view(tmp_path: Path, size: tuple[int, int]) -> None:
    """A view of any size gives a square of shares."""
    found = open_mask_network(fresh(tmp_path))
    assert found is not None
    cover = found(random_picture(*size))
    assert cover.shape == (SIDE, SIDE)
    assert cover.dtype == np.float32
    assert 0 <= float(cover.min()) <= float(cover.max()) <= 1


def test_use_is_training_without_normalisation() -> None:
    """Folding the normalisation into the convolutions changes nothing."""
    torch.manual_seed(2)
    network = MaskNetwork()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)
            torch.nn.init.uniform_(module.running_var, 0.5, 2.0)
    photos = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        trained = network.eval()(photos)
        MaskFinder(network)
        assert torch.allclose(network(photos), trained, atol=1e-4)


@pytest.mark.parametrize("damage", ["missing", "torn", "other"])
def test_bad_weights_are_refused(tmp_path: Path, damage: str) -> None:
    """Weights that are missing, torn or of something else stop the start, in words."""
    path = tmp_path / "weights.safetensors"
    if damage == "torn":
        path.write_bytes(fresh(tmp_path).read_bytes()[:1000])
    if damage == "other":
        save_file({"what": torch.zeros(3)}, path)
    with pytest.raises(ConfigurationError, match="mask network"):
        open_mask_network(path)


def test_shipped_weights_are_small() -> None:
    """What ships takes at most 5 MB."""
    if not SHIPPED.exists():
        pytest.skip("this checkout holds no weights")
    assert SHIPPED.stat().st_size <= MOST_BYTES


def test_rembg_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without rembg, the error names the extra that brings it."""
    monkeypatch.setitem(sys.modules, "rembg", None)
    with pytest.raises(MissingExtraError, match=r"backlot\[rembg\]"):
        open_rembg("isnet-general-use")


def test_tidy_keeps_handles() -> None:
    """Specks go and pinholes are filled; a handle's opening stays."""
    cup, handle = disc(200, 200, 80), disc(200, 200, 20, (100, 150))
    pinhole, speck = disc(200, 200, 2, (60, 80)), disc(200, 200, 4, (190, 10))
    tidied = tidy((cup & ~handle & ~pinhole) | speck)
    assert np.array_equal(tidied, cup & ~handle)


def knowing(truth: NDArray[np.bool_]) -> Finder:
    """A network that knows the answer for the whole photo, at first sight and mirrored.

    It tells its views apart by their colours alone: what is red, is the product.
    """

    def find(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        red = rgb[..., 0].astype(int) - rgb[..., 1] > 60
        return red.astype(np.float32) if truth.any() else np.zeros(rgb.shape[:2], np.float32)

    return find


def test_network_finds_what_colour_would_not_choose() -> None:
    """In front of a busy background the network decides, and says how sure it was."""
    truth = disc(300, 400, 40, (150, 90))
    rgb = patterned(300, 400)
    rgb[disc(300, 400, 50, (150, 260))] = (250, 250, 250)
    rgb[truth] = RED
    picture = photo(noisy(rgb, 3))
    found = find_product(picture, knowing(truth))
    assert found is not None
    assert found.method == "network"
    assert overlap(resize_plane(found.cover, *picture.size) > 0.5, truth) > 0.9
    assert found.quality > 0.8


def test_plain_background_is_cleared_of_what_the_network_does_not_see() -> None:
    """Where both agree, the plain background's exact edge stays; nothing else in it does."""
    truth = disc(300, 400, 90)
    rgb = painted(truth, RED)
    rgb[disc(300, 400, 14, (40, 40))] = (20, 20, 20)
    found = find_product(photo(rgb), knowing(truth))
    assert found is not None
    assert found.method == "plain-background"
    assert overlap(resize_plane(found.cover, 300, 400) > 0.5, truth) > 0.97


def test_clear_glass_keeps_what_the_network_overlooks() -> None:
    """A network that sees only a bottle's content gives way to a clearly plain background."""
    bottle, content = disc(300, 400, 100), disc(300, 400, 84)
    rgb = painted(bottle, (205, 215, 222))
    rgb[content] = RED
    found = find_product(photo(rgb), knowing(content))
    assert found is not None
    assert found.method == "plain-background"
    assert overlap(resize_plane(found.cover, 300, 400) > 0.5, bottle) > 0.95


def test_a_small_product_is_cut_as_finely_as_it_is_seen() -> None:
    """What was looked at closer keeps its pixels: a thin bar stays a bar."""
    truth = np.zeros((1200, 1600), bool)
    truth[400:700, 700:724] = truth[400:700, 754:778] = truth[400:424, 700:778] = True
    rgb = patterned(1200, 1600)
    rgb[truth] = RED
    found = find_product(photo(noisy(rgb, 3)), knowing(truth))
    assert found is not None
    assert max(found.cover.shape) > 2 * 384
    assert overlap(resize_plane(found.cover, 1200, 1600) > 0.5, truth) > 0.93


def test_a_part_of_what_the_plain_background_shows_is_no_other_product() -> None:
    """A network that looks closely at a small part gives way, at whatever size it saw it."""
    jar, label = disc(900, 1200, 300), disc(900, 1200, 110)
    rgb = painted(jar, (205, 215, 222))
    rgb[label] = RED
    found = find_product(photo(rgb), knowing(label))
    assert found is not None
    assert found.method == "plain-background"
    assert overlap(resize_plane(found.cover, 900, 1200) > 0.5, jar) > 0.95


def test_blind_network_leaves_it_to_colour() -> None:
    """Where the network sees nothing, the graph cut still finds what stands out."""
    truth = disc(300, 400, 80)
    rgb = patterned(300, 400)
    rgb[truth] = RED
    found = find_product(photo(noisy(rgb, 3)), knowing(np.zeros((300, 400), bool)))
    assert found is not None
    assert found.method == "grabcut"


def test_small_product_is_looked_at_closer() -> None:
    """The second look shows the network little but the product."""
    shares = []

    def find(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        red = (rgb[..., 0].astype(int) - rgb[..., 1] > 60).astype(np.float32)
        shares.append(float(red.mean()))
        return red

    sight = look_twice(photo(painted(disc(600, 800, 40), RED, (90, 110, 90))), find)
    assert sight is not None
    assert shares[0] < 0.02
    assert min(shares[1:]) > 0.3
    assert overlap(sight.mean > 0.5, disc(288, 384, 19.2)) > 0.9


def test_bystanders_are_dropped_and_sets_stay() -> None:
    """A cut-off thing and a smaller one of another colour beside the product go; a pair stays."""
    product, pair = disc(200, 300, 40, (100, 150)), disc(200, 300, 38, (100, 250))
    beside, cut_off = disc(200, 300, 20, (100, 60)), disc(200, 300, 30, (10, 10))
    grey = np.full((200, 300, 3), (50.0, 0.0, 0.0), np.float32)
    coloured = grey.copy()
    coloured[product] = (50.0, 60.0, 40.0)
    everything = product | pair | beside | cut_off
    assert np.array_equal(without_bystanders(everything, grey), product | pair | beside)
    assert np.array_equal(without_bystanders(everything, coloured), product | pair)
    assert np.array_equal(without_bystanders(product, grey), product)


def test_shipped_network_cuts_out_a_ball(shipped: MaskFinder) -> None:
    """The shipped network and the rest of the chain cut a plain thing out of a pattern."""
    truth = disc(300, 400, 80)
    rgb = patterned(300, 400)
    rgb[truth] = RED
    picture = photo(noisy(rgb, 3))
    found = find_product(picture, shipped)
    again = find_product(picture, shipped)
    assert found is not None
    assert again is not None
    assert overlap(resize_plane(found.cover, *picture.size) > 0.5, truth) > 0.9
    assert np.array_equal(found.cover, again.cover)


def test_rembg_models_serve_as_network() -> None:
    """A session of rembg gives covers of the view's size, whatever mode its mask has."""

    class Library:
        def remove(self, picture: Image.Image, *, session: object, only_mask: bool) -> Image.Image:
            assert session == "session"
            assert only_mask
            return Image.new("L", picture.size, 255)

    cover = RembgFinder(Library(), "session")(random_picture(30, 50))
    assert cover.shape == (30, 50)
    assert float(cover.min()) == 1.0
