"""The product is told apart from its background, by the way that fits the photo."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from vision_photos import RED, WHITE, disc, noisy, overlap, painted, patterned, photo

from services.vision_worker.cutout import Lifted, Mask, find_product, lift_product
from services.vision_worker.photo import Photo, from_picture, on_white
from services.vision_worker.pixels import resize_plane
from services.vision_worker.region import box_of

HEIGHT, WIDTH = 300, 400


def found(picture: Photo) -> Mask:
    """The mask, which must be there."""
    mask = find_product(picture)
    assert mask is not None
    return mask


def lifted(picture: Photo, side: int = 1024) -> Lifted:
    """The cut-out, which must be there."""
    cut = lift_product(picture, found(picture), side)
    assert cut is not None
    return cut


def product_of(picture: Photo) -> NDArray[np.bool_]:
    """The product found, at the photo's size."""
    mask = found(picture)
    flags: NDArray[np.bool_] = resize_plane(mask.cover, *picture.size) > 0.5
    return flags


def ramp(height: int, width: int) -> NDArray[np.uint8]:
    """A background that gets darker towards the bottom."""
    shades = np.linspace(245, 200, height)[:, None, None]
    return np.broadcast_to(shades, (height, width, 3)).astype(np.uint8).copy()


@pytest.mark.parametrize("background", [WHITE, (20, 20, 22), (70, 120, 90)])
@pytest.mark.parametrize("sigma", [0, 3])
def test_plain_background(background: tuple[int, int, int], sigma: float) -> None:
    """In front of one colour, with camera noise or without, the mask is right to 97 %."""
    truth = disc(HEIGHT, WIDTH, 90)
    picture = photo(noisy(painted(truth, RED, background), sigma))
    assert found(picture).method == "plain-background"
    assert overlap(product_of(picture), truth) > 0.97


def test_gradient_background() -> None:
    """A background that darkens evenly is still plain."""
    truth = disc(HEIGHT, WIDTH, 90)
    rgb = ramp(HEIGHT, WIDTH)
    rgb[truth] = RED
    picture = photo(rgb)
    assert found(picture).method == "plain-background"
    assert overlap(product_of(picture), truth) > 0.97


def test_soft_shadow_is_no_product() -> None:
    """A soft cast shadow beside the product is left out."""
    truth = disc(HEIGHT, WIDTH, 70, (140, 170))
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    depth = np.exp(-(((y - 205) / 22) ** 2 + ((x - 230) / 70) ** 2))
    rgb = np.clip(235 - 90 * depth, 0, 255).astype(np.uint8)[..., None].repeat(3, axis=2)
    rgb[truth] = RED
    assert overlap(product_of(photo(rgb)), truth) > 0.93


def test_highlight_is_filled_and_handle_stays_open() -> None:
    """A small highlight belongs to the product; a large hole shows the background."""
    cup, hole = disc(HEIGHT, WIDTH, 100), disc(HEIGHT, WIDTH, 40)
    highlight = disc(HEIGHT, WIDTH, 5, (150, 125))
    product = product_of(photo(painted(cup & ~hole & ~highlight, RED)))
    assert overlap(product, cup & ~hole) > 0.96
    assert product[150, 125]
    assert not product[150, 200]


def test_several_parts_and_specks() -> None:
    """Two shoes are one product; dust is not."""
    pair = disc(HEIGHT, WIDTH, 50, (150, 120)) | disc(HEIGHT, WIDTH, 50, (150, 280))
    dust = disc(HEIGHT, WIDTH, 3, (40, 40))
    product = product_of(photo(painted(pair | dust, RED)))
    assert overlap(product, pair) > 0.96
    assert not product[40, 40]


def test_product_at_the_edge() -> None:
    """A product that the frame cuts off reaches the edge of the mask."""
    truth = disc(HEIGHT, WIDTH, 60, (HEIGHT, WIDTH / 2))
    picture = photo(painted(truth, RED))
    assert overlap(product_of(picture), truth) > 0.95
    assert lifted(picture).box.bottom == 1.0


def test_graph_cut() -> None:
    """In front of a pattern the graph cut finds what stands out."""
    truth = disc(HEIGHT, WIDTH, 80)
    rgb = patterned(HEIGHT, WIDTH)
    rgb[truth] = RED
    picture = photo(noisy(rgb, 3))
    assert found(picture).method == "grabcut"
    assert overlap(product_of(picture), truth) > 0.9


def test_alpha_is_taken_as_it_is() -> None:
    """A photo that comes cut out keeps its own alpha, half covered pixels included."""
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    alpha[100:200, 150:250] = 255
    alpha[100:200, 150] = 128
    rgba = np.dstack([painted(alpha > 0, RED), alpha])
    picture = from_picture(Image.fromarray(rgba))
    cut = lifted(picture)
    assert found(picture).method == "alpha"
    assert found(picture).quality == 1.0
    assert cut.rgba.shape == (100, 100, 4)
    assert cut.box == pytest.approx((150 / 400, 100 / 300, 250 / 400, 200 / 300))
    assert np.abs(cut.rgba[..., 3].astype(int) - alpha[100:200, 150:250]).max() <= 1


@pytest.mark.parametrize("corner", [0, 12])
def test_useless_alpha_is_not_taken(corner: int) -> None:
    """An alpha channel that hides nothing, or only the corners, is no cut-out."""
    truth = disc(HEIGHT, WIDTH, 90)
    alpha = np.full((HEIGHT, WIDTH), 255, np.uint8)
    alpha[:corner, :corner] = 0
    picture = from_picture(Image.fromarray(np.dstack([painted(truth, RED), alpha])))
    assert found(picture).method == "plain-background"
    assert overlap(product_of(picture), truth) > 0.97


@pytest.mark.parametrize("colour", [WHITE, (0, 0, 0), (30, 90, 160)])
def test_nothing_to_find(colour: tuple[int, int, int]) -> None:
    """A picture of one colour holds no product."""
    assert find_product(photo(painted(np.zeros((90, 120), bool), colour, colour))) is None


def test_nothing_visible() -> None:
    """A fully transparent picture holds no product."""
    assert find_product(from_picture(Image.new("RGBA", (80, 60), (200, 10, 10, 0)))) is None


@pytest.mark.parametrize(
    "size",
    [(1, 1), (1, 50), (50, 1), (2, 2), (3, 5), (6, 6), (1, 1600), (1600, 8), (12, 1600)],
)
def test_any_size(size: tuple[int, int]) -> None:
    """Pictures of any size, one pixel wide and panoramas included, give a mask or none."""
    height, width = size
    rng = np.random.default_rng(3)
    picture = photo(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
    mask = find_product(picture)
    if mask is not None:
        cut = lift_product(picture, mask, 1024)
        assert cut is None or cut.rgba.shape[2] == 4


@pytest.mark.parametrize("plain", [True, False])
def test_same_photo_same_cutout(plain: bool) -> None:
    """The same photo always gives the same cut-out, to the byte."""
    truth = disc(HEIGHT, WIDTH, 80)
    rgb = ramp(HEIGHT, WIDTH) if plain else patterned(HEIGHT, WIDTH)
    rgb[truth] = RED
    first, second = (lifted(photo(noisy(rgb, 3))).rgba for _ in range(2))
    assert np.array_equal(first, second)


def test_box_and_size() -> None:
    """The cut-out shows just the product, and no side is longer than asked."""
    truth = disc(900, 1200, 300, (400, 500))
    cut = lifted(photo(painted(truth, RED)), side=256)
    expected = box_of(truth)
    assert expected is not None
    assert max(cut.rgba.shape[:2]) <= 256
    assert cut.box == pytest.approx(expected, abs=0.01)


def test_covered_pixels_are_the_photos_own() -> None:
    """Where alpha is full, the cut-out shows the photo's own pixels."""
    truth = disc(HEIGHT, WIDTH, 90)
    rgb = noisy(painted(truth, RED), 3)
    cut = lifted(photo(rgb))
    top, left = round(cut.box.top * HEIGHT), round(cut.box.left * WIDTH)
    height, width = cut.rgba.shape[:2]
    own = rgb[top : top + height, left : left + width]
    covered = cut.rgba[..., 3] == 255
    assert covered.mean() > 0.6
    assert np.array_equal(cut.rgba[covered][:, :3], own[covered])


def test_edges_are_soft_and_free_of_the_background() -> None:
    """Half covered pixels carry the product's colour, not that of a green background."""
    scale = 4
    truth = disc(HEIGHT * scale, WIDTH * scale, 90 * scale)
    large = Image.fromarray(painted(truth, (200, 40, 50), (40, 190, 60)))
    rgb = np.asarray(large.resize((WIDTH, HEIGHT), Image.Resampling.BOX))
    rgba = lifted(photo(rgb)).rgba
    edge = (rgba[..., 3] > 40) & (rgba[..., 3] < 215)
    assert edge.sum() > 100
    assert np.median(rgba[edge][:, 1]) < 75


def test_weak_contrast_lowers_the_quality() -> None:
    """A product that hardly differs from its background gets a lower estimate."""
    truth = disc(HEIGHT, WIDTH, 90)
    rgb = patterned(HEIGHT, WIDTH)
    clear, weak = rgb.copy(), rgb.copy()
    clear[truth], weak[truth] = RED, (100, 100, 72)
    assert found(photo(weak)).quality < found(photo(clear)).quality


def test_coffee_cup() -> None:
    """A real photograph of a cup on a wooden table cuts out as cup, saucer and spoon."""
    data = pytest.importorskip("skimage.data")
    picture = photo(data.coffee())
    mask = found(picture)
    product = product_of(picture)
    assert mask.method == "grabcut"
    assert mask.quality > 0.6
    assert 0.35 < product.mean() < 0.6
    # Rim, coffee, handle and saucer; table in the corners.
    assert product[60, 290]
    assert product[180, 300]
    assert product[270, 230]
    assert product[300, 400]
    assert not product[[10, 10, 390, 390], [10, 590, 10, 590]].any()


@pytest.mark.parametrize("size", [(10, 200), (200, 10), (1, 1), (64, 64)])
def test_encoders_see_the_product_in_its_own_proportions(size: tuple[int, int]) -> None:
    """A cut-out is shown whole, unsqueezed, in the middle of a white square."""
    rgba = np.zeros((*size, 4), np.uint8)
    rgba[...] = (200, 30, 30, 255)
    assert on_white(rgba, square=False).size == size[::-1]
    shown = np.asarray(on_white(rgba, square=True))
    assert shown.shape[0] == shown.shape[1] >= max(size)
    box = box_of((shown != 255).any(axis=-1))
    assert box is not None
    side = shown.shape[0]
    assert round((box.bottom - box.top) * side) == size[0]
    assert round((box.right - box.left) * side) == size[1]
    assert abs(box.left - (1 - box.right)) * side <= 1
    assert abs(box.top - (1 - box.bottom)) * side <= 1
