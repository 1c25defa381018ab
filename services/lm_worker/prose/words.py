"""What fills the sentence patterns: every slot of a brief, spoken in one language."""

from collections.abc import Callable, Sequence

from backlot.contracts.brief import Prop, StudioBrief
from backlot.contracts.frozen import Localized
from backlot.vocabulary.colour import name_of
from backlot.vocabulary.harmony import lch_of
from services.lm_worker.prose.lexicon import Lexicon, TechniquePhrases
from services.lm_worker.prose.naming import Naming
from services.lm_worker.prose.particles import joined
from services.lm_worker.stylist.ballot import Dice
from services.lm_worker.stylist.lights import SURROUNDS
from services.lm_worker.stylist.product import Product

Words = dict[str, str]
Pick = Callable[[Sequence[str], str], str]
_WARMTH = (
    (2400, "candle"),
    (3400, "lamp"),
    (4500, "warm"),
    (6000, "neutral"),
    (7300, "cool"),
    (99_999, "blue"),
)
_PALE = 80.0


class Speaker:
    """Fills in one brief in one language.

    Args:
        brief: The slots.
        product: What the brief is about.
        lexicon: The phrases.
        dice: Decides between equally good phrases.
        naming: How the product is called.
    """

    def __init__(
        self, brief: StudioBrief, product: Product, lexicon: Lexicon, dice: Dice, naming: Naming
    ) -> None:
        self.brief = brief
        self.product = product
        self.lexicon = lexicon
        self.dice = dice
        self.naming = naming

    def _pick(self, options: Sequence[str], what: str) -> str:
        return self.dice.pick(options, f"{self.brief.variant}|{what}")

    @property
    def _on_floor(self) -> bool:
        return self.product.stand == "floor"

    def english(self) -> Words:
        """Return the fillings of the English patterns."""
        words = {
            "a_product": self.naming.product,
            "short": self.naming.short,
            "mm": str(self.brief.technique.lens_mm),
            "lens": f"a {self.brief.technique.lens_mm} mm lens",
            **self._set_en(),
            **self._tastes("en"),
            **self._light_en(),
            **self._camera_en(),
            **self._props_en(),
            **self._colours("en"),
            **self._rest("en"),
        }
        return {name: word for name, word in words.items() if word}

    def korean(self) -> Words:
        """Return the fillings of the Korean patterns."""
        words = {
            "product": self.naming.product,
            "short": self.naming.short,
            "mm": str(self.brief.technique.lens_mm),
            **self._set_ko(),
            **self._tastes("ko"),
            **self._light_ko(),
            **self._camera_ko(),
            **self._props_ko(),
            **self._colours("ko"),
            **self._rest("ko"),
        }
        return {name: word for name, word in words.items() if word}

    def _set_en(self) -> Words:
        phrases = self.lexicon.sets[self.brief.settings[0]].en
        places = (phrases.floor or phrases.table) if self._on_floor else phrases.table
        place = self._with_colours(self._pick(places, "place"), "en")
        return {"place": place, "set_do": self._pick(phrases.do, "set-do")}

    def _set_ko(self) -> Words:
        phrases = self.lexicon.sets[self.brief.settings[0]].ko
        do = self._pick(phrases.do, "set-do")
        places = (phrases.floor or phrases.place) if self._on_floor else phrases.place
        place = self._with_colours(self._pick(places, "place"), "ko")
        return {"place": place, "set_do": do, "set_do_and": joined(do)}

    def _with_colours(self, phrase: str, language: str) -> str:
        """Put the colour of the backdrop and the material underneath into a phrase about a set."""
        colour = self._colour_word(
            self.brief.backdrop[0] if self.brief.backdrop else None, language
        )
        matter = self.lexicon.matters.get(self.brief.surface or "")
        surface = _in(matter.surface, language) if matter and matter.surface else ""
        return " ".join(phrase.format(backdrop=colour, surface=surface).split())

    def _tastes(self, language: str) -> Words:
        words: Words = {}
        if self.brief.moods and self.brief.moods[0] in self.lexicon.moods:
            mood = self.lexicon.moods[self.brief.moods[0]]
            if language == "en":
                words["mood"] = self._pick(mood.en, "mood")
            else:
                words["mood"] = self._pick(mood.ko.adj, "mood")
                words["mood_adv"] = self._pick(mood.ko.adv, "mood")
        if self.brief.styles and self.brief.styles[0] in self.lexicon.styles:
            words["style"] = _in(self.lexicon.styles[self.brief.styles[0]], language)
        return words

    def _light_en(self) -> Words:
        lighting = self.brief.lighting
        phrases = self.lexicon.lights[lighting.types[0]]
        name = self._pick(phrases.en.name, "light")
        from_where = "" if phrases.placed else self._from("en")
        words = {
            "light": f"{name} {from_where}".strip(),
            "light_do": self._pick(phrases.en.do, "light-do"),
            "kelvin": self._kelvin("en"),
            "truth": self._truth("en"),
        }
        if len(lighting.types) > 1:
            edge = self.lexicon.lights[lighting.types[1]].en
            words["edge"] = self._pick(edge.name, "edge")
            words["edge_do"] = self._pick(edge.do, "edge-do")
            words["edge_why"] = self._edge_why("en")
        return words

    def _light_ko(self) -> Words:
        lighting = self.brief.lighting
        phrases = self.lexicon.lights[lighting.types[0]]
        name = self._pick(phrases.ko.name, "light")
        do = self._pick(phrases.ko.do, "light-do")
        from_where = "" if phrases.placed else self._from("ko")
        words = {
            "light": f"{from_where} {name}".strip(),
            "light_do": do,
            "light_do_and": joined(do),
            "kelvin": self._kelvin("ko"),
            "truth": self._truth("ko"),
        }
        if len(lighting.types) > 1:
            edge = self.lexicon.lights[lighting.types[1]].ko
            words["edge"] = self._pick(edge.name, "edge")
            words["edge_do"] = self._pick(edge.do, "edge-do")
            words["edge_why"] = self._edge_why("ko")
        return words

    def _from(self, language: str) -> str:
        return self.lexicon.patterns(language).words["from"][self.brief.lighting.direction]

    def _kelvin(self, language: str) -> str:
        kelvin = self.brief.lighting.kelvin
        band = next(name for limit, name in _WARMTH if kelvin < limit)
        return self.lexicon.patterns(language).words["warmth"][band].format(k=kelvin)

    def _truth(self, language: str) -> str:
        """Return what is known of a finish or material that asked for one of these lights."""
        matters = [
            (matter.shine, fact.term)
            for fact, matter in self.product.matters
            if fact.term in self.lexicon.matters
            and matter.light.keys() & set(self.brief.lighting.types[:1])
        ]
        if not matters:
            return ""
        phrases = self.lexicon.matters[max(matters)[1]]
        return self._pick((phrases.en if language == "en" else phrases.ko).truth, "truth")

    def _edge_why(self, language: str) -> str:
        """Return why there is a second light; nothing where no house rule asked for it."""
        reasons = self.lexicon.patterns(language).words["edge_why"]
        if self.product.is_mirror and self.brief.lighting.types[1] in SURROUNDS:
            return reasons["mirror"]
        if not self.brief.palette.hexes:
            return ""
        ground = lch_of(self.brief.palette.hexes[0]).lightness
        if self.product.is_clear and ground >= _PALE:
            return reasons["clear"]
        colours = self._colours(language)
        own = self.product.lightness
        near = own is not None and abs(own - ground) < self.product.rulebook.least_gap
        if near and "base" in colours and "backdrop" in colours:
            return reasons["contrast"].format(**colours)
        return ""

    def _camera_en(self) -> Words:
        first, second = self._techniques()
        words = {
            "tech_do": self._pick(first.en.do, "tech"),
            "tech_so": self._pick(first.en.so, "tech-so"),
        }
        if second is not None:
            words["tech2_do"] = self._pick(second.en.do, "tech2")
            words["tech2_so"] = self._pick(second.en.so, "tech2-so")
        return words

    def _camera_ko(self) -> Words:
        first, second = self._techniques()
        words = {
            "tech_how": self._pick(first.ko.how, "tech"),
            "tech_so": self._pick(first.ko.so, "tech-so"),
        }
        if second is not None:
            words["tech2_how"] = self._pick(second.ko.how, "tech2")
            words["tech2_so"] = self._pick(second.ko.so, "tech2-so")
            words["tech2_so_and"] = joined(words["tech2_so"])
        return words

    def _techniques(self) -> tuple[TechniquePhrases, TechniquePhrases | None]:
        known = [
            self.lexicon.techniques[term]
            for term in self.brief.technique.types
            if term in self.lexicon.techniques
        ]
        usual = self.lexicon.techniques["photo_technique/three-quarter-view"]
        return (known or [usual])[0], known[1] if len(known) > 1 else None

    def _props_en(self) -> Words:
        words: Words = {}
        for ending, prop in self._numbered():
            phrases = self.lexicon.props[prop.term].en
            words[f"prop{ending}"] = self._pick(phrases.name, f"prop|{prop.term}")
            words[f"why{ending}"] = self._pick(phrases.why, f"why|{prop.term}")
            words[f"where{ending}"] = self.lexicon.en.words["where"][prop.placement]
        return words

    def _props_ko(self) -> Words:
        words: Words = {}
        for ending, prop in self._numbered():
            phrases = self.lexicon.props[prop.term].ko
            why = self._pick(phrases.why, f"why|{prop.term}")
            words[f"prop{ending}"] = self._pick(phrases.name, f"prop|{prop.term}")
            words[f"why{ending}"] = why
            words[f"why{ending}_and"] = joined(why)
            words[f"where{ending}"] = self.lexicon.ko.words["where"][prop.placement]
        return words

    def _numbered(self) -> list[tuple[str, Prop]]:
        """Return the props a text speaks of: the first two, or the only one without a number."""
        known = [prop for prop in self.brief.props if prop.term in self.lexicon.props]
        if len(known) == 1:
            return [("", known[0])]
        return [(str(number), prop) for number, prop in enumerate(known[:2], start=1)]

    def _colours(self, language: str) -> Words:
        """Return the product's colour, the backdrop's, and one accent that is neither."""
        base = self._colour_word(self.product.colour_term, language)
        backdrop = self._colour_word(
            self.brief.backdrop[0] if self.brief.backdrop else None, language
        )
        words: Words = {"base": base, "backdrop": "" if backdrop == base else backdrop}
        used = {base, backdrop}
        for shade in reversed(self.brief.palette.hexes[2:]):
            accent = self._colour_word(name_of(shade), language)
            if accent not in used:
                words["accent"] = accent
                break
        return {name: word for name, word in words.items() if word}

    def _colour_word(self, term: str | None, language: str) -> str:
        phrase = self.lexicon.colours.get(term) if term else None
        return _in(phrase, language) if phrase else ""

    def _rest(self, language: str) -> Words:
        """Return season, size and what to leave out."""
        words: Words = {}
        if self.brief.season in self.lexicon.seasons:
            words["season"] = _in(self.lexicon.seasons[self.brief.season], language)
        if self.product.largest_side_cm is not None:
            words["cm"] = f"{self.product.largest_side_cm:g}"
        avoided = [term for term in self.brief.avoid if term in self.lexicon.avoid]
        for number, term in enumerate(avoided[:2], start=1):
            words[f"avoid{number}"] = _in(self.lexicon.avoid[term], language)
        return words


def _in(text: Localized, language: str) -> str:
    return text.en if language == "en" else text.ko
