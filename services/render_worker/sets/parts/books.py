"""Books: single ones, stacks, rows and filled shelves."""

from typing import Literal

import numpy as np

from services.render_worker.scene import Group, Mesh, Piece
from services.render_worker.sets.parts.part import Part, piece
from services.render_worker.shapes.mesh import joined, placed
from services.render_worker.shapes.solids import box
from services.render_worker.surfaces import Surface

COVERS: tuple[Surface, ...] = (
    "linen #7c2f2b", "linen #24453f", "linen #2e3f5c", "linen #b58a4a", "linen #d9cbb0",
    "linen #54402f", "linen #8c9a86", "linen #3a3a3c",
)  # fmt: skip
PAPER = "paper #efe6d2"


def lying_book(width: float, thickness: float, depth: float) -> tuple[Mesh, Mesh]:
    """Cover and pages of a closed book lying flat, spine at -Z."""
    board = 0.0025
    inset = 0.004
    low = box((width, board, depth), 0.0008)
    high = placed(low, (0, thickness - board, 0))
    spine = placed(box((width, thickness, board * 1.4), 0.001), (0, 0, -depth / 2))
    pages = placed(
        box((width - 2 * inset, thickness - 2 * board, depth - inset), 0.001),
        (0, board, -inset / 2),
    )
    return joined([low, high, spine]), pages


def book_row(
    length: float, tall: float, deep: float, covers: tuple[Surface, ...], dice: np.random.Generator
) -> list[Piece]:
    """Upright books from x = 0 to `length`, spines towards +Z, some leaning."""
    made: dict[str, list[Mesh]] = {cover: [] for cover in covers}
    pages: list[Mesh] = []
    x = 0.0
    while x < length - 0.012:
        thick = float(min(dice.uniform(0.012, 0.045), length - x))
        high = tall * float(dice.uniform(0.68, 0.98))
        back = deep * float(dice.uniform(0.78, 0.98))
        cover = covers[int(dice.integers(len(covers)))]
        lean = -7.0 if dice.uniform() < 0.05 and length - x > thick + 0.05 else 0.0  # noqa: PLR2004 - one in twenty
        shell = box((thick * 0.96, high, back), 0.0018, 2)
        at = (x + thick / 2, 0.0, -back / 2)
        made[cover].append(placed(shell, at, (0, 0, lean)))
        block = box((thick * 0.7, high * 0.985, back * 0.99), 0.0005, 1)
        pages.append(placed(block, (at[0], high * 0.02, at[2]), (0, 0, lean)))
        x += thick + (0.03 if lean else 0.0)
    rows = [piece("books", joined(meshes), cover) for cover, meshes in made.items() if meshes]
    return [*rows, piece("pages", joined(pages), PAPER)]


class BookStack(Part):
    """Closed books lying on one another, a little turned."""

    part: Literal["book_stack"] = "book_stack"
    count: int = 3
    width: float = 0.2
    depth: float = 0.14
    covers: tuple[Surface, ...] = COVERS

    def build(self, dice: np.random.Generator) -> Group:
        """Books from large to small."""
        made: list[Piece] = []
        y = 0.0
        for number in range(self.count):
            thick = float(dice.uniform(0.016, 0.034))
            shrink = 1 - 0.07 * number
            cover, pages = lying_book(self.width * shrink, thick, self.depth * shrink)
            turn = (0.0, float(dice.uniform(-9, 9)) + 180, 0.0)
            spelled = self.covers[(self.seed + number) % len(self.covers)]
            made += [
                piece("book", placed(cover, (0, y, 0), turn), spelled),
                piece("pages", placed(pages, (0, y, 0), turn), PAPER),
            ]
            y += thick + 0.0004
        return Group(tuple(made))


class BookRow(Part):
    """Upright books side by side, centred, spines towards +Z."""

    part: Literal["book_row"] = "book_row"
    length: float = 0.4
    tall: float = 0.24
    deep: float = 0.17
    covers: tuple[Surface, ...] = COVERS

    def build(self, dice: np.random.Generator) -> Group:
        """One row."""
        row = book_row(self.length, self.tall, self.deep, self.covers, dice)
        return Group(
            tuple(
                Piece(
                    part.name,
                    placed(part.mesh, (-self.length / 2, 0, self.deep / 2)),
                    part.material,
                )
                for part in row
            )
        )


class Bookshelf(Part):
    """A bookcase full of books, its back at z = 0."""

    part: Literal["bookshelf"] = "bookshelf"
    width: float = 1.0
    height: float = 2.2
    depth: float = 0.3
    shelves: int = 6
    columns: int = 1
    fill: float = 0.9
    surface: Surface = "oak"
    covers: tuple[Surface, ...] = COVERS

    def build(self, dice: np.random.Generator) -> Group:
        """Case and rows; a row is shorter where it is not full."""
        board = 0.025
        bay = (self.width - board) / self.columns
        level = (self.height - board) / self.shelves
        frame = [placed(box((self.width, self.height, 0.012), 0.002), (0, 0, 0.006))]
        for column in range(self.columns + 1):
            x = -self.width / 2 + board / 2 + column * bay
            frame.append(placed(box((board, self.height, self.depth)), (x, 0, self.depth / 2)))
        for shelf in range(self.shelves + 1):
            y = shelf * level
            frame.append(placed(box((self.width, board, self.depth)), (0, y, self.depth / 2)))
        rows: list[Piece] = []
        for column in range(self.columns):
            for shelf in range(self.shelves):
                x = -self.width / 2 + board + column * bay
                rows += self._row(x, shelf * level + board, bay - board, level - board, dice)
        case = piece("bookcase", joined(frame), self.surface)
        return Group((case, *_by_material(rows)))

    def _row(
        self, x: float, y: float, length: float, tall: float, dice: np.random.Generator
    ) -> list[Piece]:
        """One shelf of books."""
        share = float(np.clip(dice.normal(self.fill, 0.12), 0.25, 1.0))
        row = book_row(length * share, tall * 0.92, self.depth * 0.8, self.covers, dice)
        return [
            Piece(part.name, placed(part.mesh, (x, y, self.depth * 0.88)), part.material)
            for part in row
        ]


def _by_material(pieces: list[Piece]) -> list[Piece]:
    """Join pieces of the same material."""
    kinds = list(dict.fromkeys(part.material for part in pieces))
    return [
        Piece("books", joined([p.mesh for p in pieces if p.material == kind]), kind)
        for kind in kinds
    ]
