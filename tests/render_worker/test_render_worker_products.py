"""Sample products: real sizes, resting on the ground, nothing broken."""

import numpy as np
import pytest

from services.render_worker.products import PRODUCTS
from services.render_worker.products.shot import dimensions_cm
from services.render_worker.shapes.mesh import bounds

REAL_SIZES_CM = {
    "book": ((14, 17), (3, 4), (21, 24)),
    "desk-lamp": ((40, 60), (15, 30), (35, 50)),
    "mug": ((10, 13), (7, 10), (8, 11)),
    "office-chair": ((55, 75), (55, 75), (95, 120)),
    "perfume": ((5, 7), (2.5, 4), (9, 12)),
    "projector": ((30, 40), (22, 30), (9, 13)),
    "sneaker": ((27, 32), (8, 12), (11, 15)),
    "tumbler": ((8, 10), (8, 10), (18, 22)),
}

every_product = pytest.mark.parametrize("name", PRODUCTS)


@every_product
def test_products_have_real_sizes(name: str) -> None:
    """Width, depth and height are those of such a thing in a shop."""
    size = dimensions_cm(name)
    for length, (least, most) in zip(
        (size.width, size.depth, size.height), REAL_SIZES_CM[name], strict=True
    ):
        assert length is not None
        assert least <= length <= most


@every_product
def test_products_stand_on_the_ground(name: str) -> None:
    """The lowest point lies at y = 0 within half a millimetre."""
    low, _ = bounds([piece.mesh for piece in PRODUCTS[name]().pieces])
    assert low[1] == pytest.approx(0.0, abs=0.0005)


@every_product
def test_product_geometry_is_finite(name: str) -> None:
    """Every point is a number and every face is complete."""
    for piece in PRODUCTS[name]().pieces:
        assert np.isfinite(piece.mesh.points).all(), piece.name
        assert piece.mesh.faces.max() < len(piece.mesh.points)
