"""The evaluation: figures that can be checked by hand, and plumbing shown by planted structure.

The planted tests use made vectors and an encoder without weights: they prove that what an encoder
sees reaches the answer unharmed, and nothing about how well any encoder sees.
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from vision_photos import RED, disc, painted

from backlot.contracts.errors import ConfigurationError
from backlot.encoder.calibration import calibration_for
from backlot.encoder.synthetic import SyntheticImageTextEncoder
from backlot.vocabulary import load_vocabulary
from services.vision_worker.evaluation.backgrounds import agreement, backgrounds, placed
from services.vision_worker.evaluation.colours import palette_error
from services.vision_worker.evaluation.cutouts import Shelf
from services.vision_worker.evaluation.figures import (
    calibration_error,
    figure,
    macro_f1,
    mean_figure,
    ndcg,
    risk_coverage,
)
from services.vision_worker.evaluation.fitting import calibrated
from services.vision_worker.evaluation.judge import Bench, evaluate, fit
from services.vision_worker.evaluation.photos import (
    Labelled,
    read_labels,
    read_photos,
    sampled,
)
from services.vision_worker.evaluation.planted import NOISES, fall, planted_ndcg
from services.vision_worker.evaluation.seeing import Gallery, Watcher, hang
from services.vision_worker.evaluation.show import line_of
from services.vision_worker.looker import CATEGORY, Looker
from services.vision_worker.pixels import Plane, Rgb

WORDS = load_vocabulary()
ENCODER = SyntheticImageTextEncoder()
ENCODERS = {"product": ENCODER, "scene": ENCODER}
MUG, LAMP, SOFA = (f"{CATEGORY}/{slug}" for slug in ("coffee-mug", "table-lamp", "sofa"))


@pytest.fixture(scope="module")
def looker(tmp_path_factory: pytest.TempPathFactory) -> Looker:
    """Looks with the encoder that needs no weights."""
    return Looker(WORDS, ENCODERS, tmp_path_factory.mktemp("tables"))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A bench whose third category was left out."""
    cache = tmp_path_factory.mktemp("tables")
    return Bench("synthetic", ENCODERS, WORDS, cache, frozenset({SOFA}), 7)  # type: ignore[arg-type]


def test_planted_structure_without_noise(looker: Looker) -> None:
    """Plumbing: what is planted without noise comes out in exactly the planted order."""
    for name in (CATEGORY, "mood"):
        found = planted_ndcg(looker.sights[name], 0.0, seed=1)
        assert found is not None
        assert found.value == pytest.approx(1.0)


def test_planted_structure_falls_with_noise(looker: Looker) -> None:
    """Plumbing: the more noise, the worse the order."""
    values = [found.value for found in fall(looker.sights[CATEGORY], seed=1).values()]
    assert len(values) == len(NOISES)
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.6


def made_gallery(parts: dict[str, int], noise: float) -> Gallery:
    """Photos that carry the words of categories, and photos of something else."""
    rng = np.random.default_rng(3)
    shown, vectors = [], []
    for term, count in parts.items():
        words = WORDS.label(term).en if term else "a xylograph of qat"
        base = ENCODER.encode_texts([words])[0]
        for number in range(count):
            shown.append(Labelled(Path(f"{number}.jpg"), "made", (term,) if term else (), "test"))
            vectors.append(base + noise * rng.normal(size=len(base)) / len(base) ** 0.5)
    matrix = np.array(vectors, np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return Gallery(tuple(shown), matrix, matrix, np.ones(len(shown), np.float32))


def test_calibration_separates_what_it_knows(bench: Bench) -> None:
    """Plumbing: fitted on made photos, answers are right, and what is no product stays unnamed."""
    gallery = made_gallery({MUG: 40, LAMP: 40, SOFA: 5, "": 40}, noise=0.6)
    fitted = fit(bench, gallery, 0.96, ("mood",))
    assert fitted.space == ENCODER.space
    assert fitted.facets["mood"].silent
    assert fitted.facets["material"].raw
    assert not fitted.facets[CATEGORY].raw
    assert fitted.provenance.n == 120
    found = evaluate(bench, [fitted], gallery, {"test": len(gallery.shown)})
    whole = found.sets["all"]
    assert found.calibrated
    assert whole.top1 is not None
    assert whole.top1.n == 80
    assert whole.top1.value > 0.95
    assert whole.answered_right is not None
    assert whole.answered_right.value > 0.9
    assert whole.answered is not None
    assert whole.answered.value > 0.8
    assert found.negatives.quiet is not None
    assert found.negatives.quiet.value > 0.5
    assert found.left_out.quiet is not None
    assert found.left_out.quiet.n == 5
    assert "all_top1=" in line_of(found)


def test_too_little_to_calibrate(bench: Bench) -> None:
    """A handful of photos is no ground for a calibration, nor is a facet that nobody sees."""
    with pytest.raises(ConfigurationError, match="too few"):
        fit(bench, made_gallery({MUG: 5}, 0.1), 0.9, ())
    with pytest.raises(ConfigurationError, match="season"):
        calibrated(bench.looker(()).sights, made_gallery({MUG: 30}, 0.1), 0.9, ("season",))


def test_calibration_file(bench: Bench, tmp_path: Path) -> None:
    """A written calibration is found by its space and by nothing else; a broken one is refused."""
    fitted = fit(bench, made_gallery({MUG: 30, LAMP: 30}, 0.5), 0.9, ())
    (tmp_path / "own.calibration.json").write_text(fitted.model_dump_json(), encoding="utf-8")
    assert calibration_for(ENCODER.space, (tmp_path,)) == fitted
    assert calibration_for("other@1", (tmp_path,)) is None
    (tmp_path / "broken.calibration.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"broken\.calibration"):
        calibration_for("other@1", (tmp_path,))


def folder_of(root: Path, rows: list[tuple[str, str, str]]) -> tuple[Path, Path]:
    """A folder of labelled photos, and its labels."""
    lines = ["path\tlabel\tgroup", *("\t".join(row) for row in rows)]
    (root / "MANIFEST.tsv").write_text("\n".join(lines), encoding="utf-8")
    labels = root / "labels.tsv"
    labels.write_text(
        "set\tlabel\tcategory\taccept\n"
        "shop\tmug\tcoffee-mug\tdrinking-glass\nshop\tlamp\ttable-lamp\t\nzoo\tlion\t\t\n",
        encoding="utf-8",
    )
    for path, *_ in rows:
        (root / path).parent.mkdir(exist_ok=True)
        Image.fromarray(painted(disc(120, 120, 40), RED)).save(root / path)
    return root, labels


def test_reading_a_folder(tmp_path: Path) -> None:
    """Labels become categories; several things, things not for sale, and unknown labels differ."""
    rows = [
        ("shop/1.jpg", "mug", ""),
        ("shop/2.jpg", "mug+lamp", ""),
        ("zoo/3.jpg", "lion", ""),
        ("shop/4.jpg", "unheard of", ""),
    ]
    folder, labels = folder_of(tmp_path, rows)
    found = read_photos(folder, read_labels(labels, WORDS), None)
    glass = f"{CATEGORY}/drinking-glass"
    assert [one.truths for one in found] == [(MUG, glass), (MUG, glass, LAMP), ()]
    assert {one.part for one in found} <= {"dev", "test"}


def test_near_duplicates_stay_together(tmp_path: Path) -> None:
    """Photos of one group are never on both sides; given splits hold as they are."""
    rows = [(f"shop/{n}.jpg", "mug", f"g{n // 4}") for n in range(80)]
    folder, labels = folder_of(tmp_path, rows)
    found = read_photos(folder, read_labels(labels, WORDS), None)
    parts = [{one.part for one in found[at : at + 4]} for at in range(0, 80, 4)]
    assert all(len(part) == 1 for part in parts)
    assert len(set.union(*parts)) == 2
    splits = tmp_path / "splits.tsv"
    splits.write_text("path\tsplit\nshop/0.jpg\ttest\nshop/1.jpg\ttrain\n", encoding="utf-8")
    given = read_photos(folder, read_labels(labels, WORDS), splits)
    assert [one.part for one in given[:3]] == ["test", "train", ""]


@pytest.mark.parametrize("text", ["", "set\tlabel\nshop\tmug\n"])
def test_labels_without_a_column(tmp_path: Path, text: str) -> None:
    """A file without its columns, or one that is not there, is refused."""
    path = tmp_path / "labels.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no column"):
        read_labels(path, WORDS)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_labels(tmp_path / "none.tsv", WORDS)


def test_labels_with_an_unknown_category(tmp_path: Path) -> None:
    """A label that means no category of the vocabulary is a mistake in the file."""
    path = tmp_path / "labels.tsv"
    path.write_text("set\tlabel\tcategory\taccept\nshop\tx\tflying-carpet\t\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="flying-carpet"):
        read_labels(path, WORDS)


def test_watching_a_folder(tmp_path: Path) -> None:
    """Photos go through the worker's own parts, in order, and are hung as matrices."""
    rows = [(f"shop/{n}.jpg", "mug", "") for n in range(3)]
    folder, labels = folder_of(tmp_path, rows)
    photos = read_photos(folder, read_labels(labels, WORDS), None)
    watcher = Watcher(ENCODERS, WORDS)  # type: ignore[arg-type]
    gallery = hang(watcher.watch(photos))
    watcher.close()
    assert gallery.shown == photos
    assert gallery.product.shape == (3, ENCODER.dim)
    assert (gallery.quality > 0.5).all()
    assert len(gallery.only([True, False, True]).shown) == 2


def test_cutouts_are_made_once(tmp_path: Path) -> None:
    """What was cut out once is taken as it is; the cut-outs of another network are not found."""

    def forbidden(_: Rgb) -> Plane:
        raise AssertionError("It was cut out anew.")

    folder, labels = folder_of(tmp_path, [("shop/0.jpg", "mug", "")])
    photos = read_photos(folder, read_labels(labels, WORDS), None)
    shelf = Shelf(tmp_path / "cutouts", "one network")
    assert shelf.find(photos[0].path.read_bytes()) is None
    seen = []
    for finder in (None, forbidden):
        watcher = Watcher(ENCODERS, WORDS, finder, shelf=shelf)  # type: ignore[arg-type]
        seen.append(hang(watcher.watch(photos)))
        watcher.close()
    np.testing.assert_array_equal(seen[0].product, seen[1].product)
    np.testing.assert_array_equal(seen[0].quality, seen[1].quality)
    assert seen[0].quality[0] > 0.5
    assert Shelf(tmp_path / "cutouts", "another").find(photos[0].path.read_bytes()) is None


def test_samples_are_spread(tmp_path: Path) -> None:
    """A sample takes from every set alike and is the same every time."""
    photos = [Labelled(tmp_path / f"{n}", "a" if n < 90 else "b", (), "test") for n in range(100)]
    taken = sampled(photos, 20, seed=1)
    assert sum(one.source == "b" for one in taken) == 10
    assert taken == sampled(photos[::-1], 20, seed=1)
    assert sampled(photos, None, seed=1) == tuple(photos)


def test_figures() -> None:
    """Each figure gives what can be worked out by hand."""
    right = np.array([True, True, False, True])
    mean = mean_figure(right, 1)
    assert mean is not None
    assert (mean.value, mean.n) == (0.75, 4)
    assert mean.low <= mean.value <= mean.high
    assert mean_figure(np.array([]), 1) is None
    assert figure(lambda rows: float(len(rows)), 3, 1) is not None
    assert calibration_error(np.array([0.9, 0.9]), np.array([True, False])) == pytest.approx(0.4)
    assert macro_f1(np.array([0, 0, 1]), np.array([0, 1, 1])) == pytest.approx(2 / 3)
    curve = risk_coverage(np.array([0.9, 0.8, 0.7, 0.6]), right)
    assert curve.risk[-1] == 0.25
    assert curve.area == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4, abs=1e-4)
    assert ndcg(np.array([3.0, 0, 1]), np.array([0.9, 0.1, 0.5])) == pytest.approx(1)
    assert ndcg(np.array([3.0, 0, 1]), np.array([0.1, 0.9, 0.5])) < 0.8


def test_backgrounds_differ_and_the_product_stays() -> None:
    """A cut-out is set into the middle of each background, which shows around it."""
    product = Image.new("RGBA", (50, 100), (*RED, 255))
    places = backgrounds([Image.new("RGB", (30, 20), "#336699")], 1)
    corners = set()
    for place in places:
        photo = placed(product, place)
        assert tuple(photo.rgb[224, 224]) == RED
        corners.add(tuple(photo.rgb[0, 0]))
    assert len(corners) == len(places) == 6
    assert agreement(["a", "a", "b"]) == pytest.approx(1 / 3)


def test_palette_error_is_small() -> None:
    """Painted colours are measured as what they are: below two just noticeable differences."""
    found = palette_error(1)
    assert found is not None
    assert found.n > 50
    assert found.high < 2
