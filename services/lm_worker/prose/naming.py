"""How a text calls the product: first with what was seen of it, later in one word."""

from typing import NamedTuple

from services.lm_worker.prose.grammar_en import with_article
from services.lm_worker.prose.lexicon import Lexicon
from services.lm_worker.stylist.ballot import Dice
from services.lm_worker.stylist.product import Product

# Saying these of a finish tells a buyer nothing.
_PLAIN_FINISHES = frozenset(
    {
        "finish_texture/smooth-and-seamless",
        "finish_texture/pebbled",
        "finish_texture/perforated",
        "finish_texture/weathered-and-distressed",
    }
)
_METAL_FINISHES = frozenset({"finish_texture/brushed-metal", "finish_texture/hammered-metal"})
_METALS = frozenset(
    {
        "material/stainless-steel",
        "material/brushed-aluminum",
        "material/brass",
        "material/copper",
        "material/cast-iron",
        "material/polished-gold",
        "material/sterling-silver",
        "material/chrome-plated-metal",
    }
)
_WOOD_GRAIN = "finish_texture/natural-wood-grain"
_WOODS = frozenset({"material/light-oak-wood", "material/dark-walnut-wood", "material/bamboo"})
# Tags of products whose material goes without saying.
_OBVIOUS = frozenset({"reading", "food", "plant", "vehicle"})
_MOST_MODIFIERS = 2
_WAYS = ("finish material", "colour material", "material", "finish", "colour")


class Naming(NamedTuple):
    """Names of the product in one language."""

    product: str
    short: str
    plural: bool


def english(product: Product, lexicon: Lexicon, dice: Dice) -> Naming:
    """Name the product in English; `product` brings its article where it takes one."""
    words = lexicon.en.words["unknown"]
    if not product.is_known:
        noun = " ".join(words["product"].format(base=_colour(product, lexicon, "en")).split())
        return Naming(noun, words["short"], plural=False)
    category = product.category
    if category is None:
        return Naming(with_article(product.group.en), product.group.en.split()[-1], plural=False)
    label = category.full or _label(product)
    adjectives = _modifiers(product, lexicon, dice, "en")
    noun = " ".join([*(word for word in adjectives if not _says(label, word)), label])
    if category.num == "sg":
        noun = with_article(noun)
    return Naming(noun, category.en, plural=category.num == "pl")


def korean(product: Product, lexicon: Lexicon, dice: Dice) -> Naming:
    """Name the product in Korean."""
    words = lexicon.ko.words["unknown"]
    if not product.is_known:
        noun = words["product"].format(base=_colour(product, lexicon, "ko")).strip()
        return Naming(noun, words["short"], plural=False)
    name = product.category.ko if product.category else product.group.ko
    if product.category is None:
        return Naming(name, name, plural=False)
    adjectives = _modifiers(product, lexicon, dice, "ko")
    noun = " ".join([*(word for word in adjectives if not _says(name, word)), name])
    return Naming(noun, name, plural=False)


def _label(product: Product) -> str:
    category = product.facts.category
    return category.label.en if category else product.group.en


def _modifiers(product: Product, lexicon: Lexicon, dice: Dice, language: str) -> list[str]:
    """Return up to two words for what was seen; the same way in both languages."""
    parts = {
        "finish": _finish(product, lexicon, language),
        "colour": _colour(product, lexicon, language),
        "material": _material(product, lexicon, language),
    }
    if any(fact.term in _METALS for fact in product.facts.materials[:1]):
        # A metal has its colour by name.
        parts["colour"] = ""
    ways = [way for way in _WAYS if all(parts[part] for part in way.split())]
    if not ways:
        return []
    # More words say more; the first two ways are equally good.
    best = [way for way in ways if len(way.split()) == len(ways[0].split())]
    way = dice.pick(best, "naming")
    return [parts[part] for part in way.split()][:_MOST_MODIFIERS]


def _finish(product: Product, lexicon: Lexicon, language: str) -> str:
    """Return the adjective of the first finish worth saying."""
    materials = {fact.term for fact in product.facts.materials}
    if "food" in product.tags:
        return ""
    for fact in product.facts.finishes:
        misplaced = fact.term in _METAL_FINISHES and not materials & _METALS
        misplaced |= fact.term == _WOOD_GRAIN and bool(materials & _WOODS)
        if fact.term in _PLAIN_FINISHES or misplaced or fact.term not in lexicon.matters:
            continue
        phrases = lexicon.matters[fact.term]
        return (phrases.en if language == "en" else phrases.ko).adj or ""
    return ""


def _material(product: Product, lexicon: Lexicon, language: str) -> str:
    """Return the adjective of the first material, where saying it sells."""
    if _OBVIOUS & product.tags or not product.facts.materials:
        return ""
    phrases = lexicon.matters.get(product.facts.materials[0].term)
    if phrases is None:
        return ""
    return (phrases.en if language == "en" else phrases.ko).adj or ""


def _colour(product: Product, lexicon: Lexicon, language: str) -> str:
    """Return the word for the main colour."""
    phrase = lexicon.colours.get(product.colour_term or "")
    if phrase is None:
        return ""
    return phrase.en if language == "en" else phrase.ko


def _says(label: str, adjective: str) -> bool:
    """Tell whether a label says already what an adjective would add."""
    stem = adjective.rsplit(maxsplit=1)[-1].lower().removesuffix("en")[:5]
    return stem in label.lower()
