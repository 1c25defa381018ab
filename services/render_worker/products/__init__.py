"""Sample products as procedural geometry, in real size, bottom-centre at the origin, facing +Z."""

from collections.abc import Callable

from services.render_worker.products.book import book
from services.render_worker.products.desk_lamp import desk_lamp
from services.render_worker.products.drinkware import mug, tumbler
from services.render_worker.products.office_chair import office_chair
from services.render_worker.products.perfume import perfume
from services.render_worker.products.projector import projector
from services.render_worker.products.sneaker import sneaker
from services.render_worker.scene import Group

PRODUCTS: dict[str, Callable[[], Group]] = {
    "book": book,
    "desk-lamp": desk_lamp,
    "mug": mug,
    "office-chair": office_chair,
    "perfume": perfume,
    "projector": projector,
    "sneaker": sneaker,
    "tumbler": tumbler,
}
"""Every sample product by name."""
