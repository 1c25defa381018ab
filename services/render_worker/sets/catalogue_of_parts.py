"""All parts a recipe may name."""

from typing import Annotated

from pydantic import Field

from services.render_worker.sets.parts.backdrops import (
    Cyclorama,
    GradientBackdrop,
    Panel,
    PhotoBackdrop,
    Top,
    Wall,
)  # fmt: skip
from services.render_worker.sets.parts.books import BookRow, Bookshelf, BookStack
from services.render_worker.sets.parts.brought import BroughtModel
from services.render_worker.sets.parts.fabrics import (
    Curtain,
    Drape,
    Napkin,
    RolledTowel,
    Rug,
    Throw,
)  # fmt: skip
from services.render_worker.sets.parts.furniture import (
    Bed,
    Cabinet,
    Chair,
    Painting,
    RoundTable,
    Shelf,
    Sofa,
    Table,
)  # fmt: skip
from services.render_worker.sets.parts.greenery import (
    Bouquet,
    Fern,
    Hedge,
    PineTwigs,
    PottedPlant,
    Sprig,
    Tuft,
    Vase,
)  # fmt: skip
from services.render_worker.sets.parts.lamps import (
    BankerLamp,
    Laptop,
    Monitor,
    Neon,
    Pendant,
    Stationery,
    TableLamp,
)  # fmt: skip
from services.render_worker.sets.parts.minerals import (
    Cloud,
    MossMound,
    Pebbles,
    Rock,
    SandBed,
    Shells,
    Water,
)  # fmt: skip
from services.render_worker.sets.parts.podiums import (
    Arch,
    Ball,
    Block,
    Cone,
    Disc,
    Ring,
    RoundMirror,
    Steps,
)  # fmt: skip
from services.render_worker.sets.parts.rooms import Room, Sky, Whiteboard, WindowWall
from services.render_worker.sets.parts.shadows import BlindGobo, LeafGobo, WindowGobo
from services.render_worker.sets.parts.tableware import (
    Board,
    Bowl,
    Candle,
    Citrus,
    CoffeeBeans,
    Cup,
    Gift,
    StringLights,
    Tray,
)  # fmt: skip

AnyPart = Annotated[
    Cyclorama | GradientBackdrop | Panel | PhotoBackdrop | Top | Wall
    | BroughtModel
    | BookRow | Bookshelf | BookStack
    | Curtain | Drape | Napkin | RolledTowel | Rug | Throw
    | Bed | Cabinet | Chair | Painting | RoundTable | Shelf | Sofa | Table
    | Bouquet | Fern | Hedge | PineTwigs | PottedPlant | Sprig | Tuft | Vase
    | BankerLamp | Laptop | Monitor | Neon | Pendant | Stationery | TableLamp
    | Cloud | MossMound | Pebbles | Rock | SandBed | Shells | Water
    | Arch | Ball | Block | Cone | Disc | Ring | RoundMirror | Steps
    | Room | Sky | Whiteboard | WindowWall
    | BlindGobo | LeafGobo | WindowGobo
    | Board | Bowl | Candle | Citrus | CoffeeBeans | Cup | Gift | StringLights | Tray,
    Field(discriminator="part"),
]  # fmt: skip
"""Any part, told apart by its `part` word."""
