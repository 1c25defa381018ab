"""The rule stylist: three different briefs for a product, without a language model."""

from collections.abc import Callable

from backlot.contracts.brief import StudioBrief
from backlot.contracts.frozen import Localized
from services.lm_worker.facts import ProductFacts
from services.lm_worker.stylist.ballot import Dice
from services.lm_worker.stylist.camera import choose_camera
from services.lm_worker.stylist.claims import claims_of
from services.lm_worker.stylist.colours import add_prop_colour, choose_colours
from services.lm_worker.stylist.lights import choose_light
from services.lm_worker.stylist.product import Product
from services.lm_worker.stylist.props import choose_props
from services.lm_worker.stylist.rulebook import Rulebook
from services.lm_worker.stylist.rules import VARIANTS, Variant
from services.lm_worker.stylist.sets import choose_set
from services.lm_worker.stylist.sketch import Sketch
from services.lm_worker.stylist.tastes import choose_tastes

Prose = Callable[[StudioBrief, Product, Dice], Localized]
_MOST_AVOIDED = 3


class RuleStylist:
    """Deterministic: the same facts give the same briefs.

    Args:
        rulebook: What it knows.
        prose: Writes the text of a brief from its slots.
    """

    def __init__(self, rulebook: Rulebook, prose: Prose) -> None:
        self._rulebook = rulebook
        self._prose = prose

    def briefs(
        self, facts: ProductFacts, n: int = 3, seed: int | None = None
    ) -> tuple[StudioBrief, ...]:
        """Return up to three different candidates, best guess first.

        Args:
            facts: What is known of the product.
            n: How many, 1 to 3.
            seed: Another number gives other equally good choices; None takes the facts' own.
        """
        product = Product(facts, self._rulebook)
        dice = Dice(facts.seed if seed is None else seed)
        sketches: list[Sketch] = []
        for variant in VARIANTS[:n]:
            sketches.append(self._sketch(product, variant, dice, tuple(sketches)))
        return tuple(self._brief(sketch) for sketch in sketches)

    def prose(self, brief: StudioBrief, facts: ProductFacts) -> Localized:
        """Write the text for a brief whose slots somebody else chose."""
        return self._prose(brief, Product(facts, self._rulebook), Dice(facts.seed))

    def _sketch(
        self, product: Product, variant: Variant, dice: Dice, earlier: tuple[Sketch, ...]
    ) -> Sketch:
        sketch = Sketch(product, variant, product.kind_for(variant), dice, earlier)
        choose_set(sketch)
        choose_tastes(sketch)
        choose_colours(sketch)
        choose_light(sketch)
        choose_camera(sketch)
        choose_props(sketch)
        add_prop_colour(sketch)
        sketch.avoid = _avoided(sketch)
        return sketch

    def _brief(self, sketch: Sketch) -> StudioBrief:
        if sketch.palette is None or sketch.lighting is None or sketch.technique is None:
            raise AssertionError("a sketch is finished before it becomes a brief")
        bare = StudioBrief(
            kind=sketch.kind.value,
            settings=sketch.settings,
            surface=sketch.surface,
            backdrop=sketch.backdrop,
            palette=sketch.palette,
            lighting=sketch.lighting,
            moods=sketch.moods,
            styles=sketch.styles,
            textures=sketch.textures,
            technique=sketch.technique,
            props=sketch.props,
            season=sketch.season,
            avoid=sketch.avoid,
            prose=Localized(en="", ko=""),
            claims=claims_of(sketch),
            variant=sketch.variant,
            source="rules",
        )
        return bare.model_copy(update={"prose": self._prose(bare, sketch.product, sketch.dice)})


def _avoided(sketch: Sketch) -> tuple[str, ...]:
    """Return what to leave out: what spoils the material first, then what spoils the set's mood."""
    usual = sketch.rulebook.house.avoid[sketch.place.key]
    wanted = dict.fromkeys((*sketch.product.avoid, *usual))
    return tuple(term for term in wanted if term not in sketch.words)[:_MOST_AVOIDED]
