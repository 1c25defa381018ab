"""The rule stylist: expert, different three times, the same every time."""

import pytest
from lm_builders import (
    OFFICE_CHAIR,
    PERFUME,
    RING,
    SNEAKER,
    TUMBLER,
    UNKNOWN,
    caption,
    facts,
    stylist,
)

from backlot.contracts.brief import StudioBrief
from backlot.contracts.caption import Caption
from services.lm_worker.stylist.rulebook import shipped_rulebook

EDGE_LIGHTS = {term for term, light in shipped_rulebook().lights.items() if light.edge}


def _props(brief: StudioBrief) -> set[str]:
    return {prop.term for prop in brief.props}


class TestTheSeedsTumbler:
    """The product the original showed."""

    def test_gets_a_bright_clean_modern_white_studio(self) -> None:
        """What the original answered for a hand-shot tumbler, in slots."""
        safe = stylist().briefs(facts(TUMBLER, title="Steel tumbler, 500 ml"))[0]
        assert safe.settings[0] == "setting_studio/seamless-white-studio-backdrop"
        assert safe.moods[0] in ("mood/fresh-and-clean", "mood/bright-and-cheerful")
        assert "style/minimalist" in safe.styles or "style/contemporary" in safe.styles
        assert safe.lighting.contrast == "low"

    @pytest.mark.parametrize("shade", ["#d9dbda", "#f0f0ee", "#a9d3e6"])
    def test_gets_it_whatever_way_chance_falls(self, shade: str) -> None:
        """Silver, off-white or pale blue, and with any seed: white and fresh, shown to scale."""
        known = facts(caption("insulated-tumbler", ["stainless-steel"], colours=[(shade, 1.0)]))
        for seed in range(25):
            safe = stylist().briefs(known, n=1, seed=seed)[0]
            assert safe.settings[0] == "setting_studio/seamless-white-studio-backdrop"
            assert "props/similar-smaller-products" in _props(safe)

    def test_gets_greenery_and_smaller_items_for_scale(self) -> None:
        """Similar smaller items show the size, leaves bring color."""
        safe = stylist().briefs(facts(TUMBLER))[0]
        assert _props(safe) == {"props/similar-smaller-products", "props/green-leaves"}
        scale = next(one for one in safe.props if one.term == "props/similar-smaller-products")
        assert scale.scale == "smaller"

    def test_a_light_tumbler_on_white_gets_its_edges_lit(self) -> None:
        """Too little contrast calls for a light that separates."""
        safe = stylist().briefs(facts(TUMBLER))[0]
        assert set(safe.lighting.types) & EDGE_LIGHTS


class TestCandidates:
    """Three answers."""

    @pytest.mark.parametrize("seen", [TUMBLER, PERFUME, SNEAKER, OFFICE_CHAIR, RING, UNKNOWN])
    def test_are_three_and_different(self, seen: Caption) -> None:
        """Safe, bold and lifestyle differ in set and light or camera, not in name only."""
        briefs = stylist().briefs(facts(seen))
        assert [brief.variant for brief in briefs] == ["safe", "bold", "lifestyle"]
        assert len({brief.settings[0] for brief in briefs}) == 3
        looks = {(brief.lighting.types, brief.technique.types, brief.props) for brief in briefs}
        assert len(looks) == 3

    def test_lifestyle_goes_into_a_space(self) -> None:
        """With both kinds allowed, one candidate shows the product where it is used."""
        briefs = stylist().briefs(facts(PERFUME))
        assert [brief.kind for brief in briefs] == ["studio", "studio", "space"]

    @pytest.mark.parametrize("kind", ["studio", "space"])
    @pytest.mark.parametrize("seen", [TUMBLER, SNEAKER, OFFICE_CHAIR, UNKNOWN])
    def test_keep_to_the_kinds_asked_for(self, seen: Caption, kind: str) -> None:
        """A seller who wants one kind gets that kind three times."""
        for brief in stylist().briefs(facts(seen, kinds=[kind])):
            assert brief.kind == kind
            assert all(term.startswith(f"setting_{kind}/") for term in brief.settings)

    def test_are_the_same_every_time(self) -> None:
        """The same facts give the same briefs, to the last word."""
        assert stylist().briefs(facts(SNEAKER)) == stylist().briefs(facts(SNEAKER))

    def test_another_seed_gives_other_choices(self) -> None:
        """Equally good choices fall differently with another seed."""
        known = facts(SNEAKER)
        texts = {stylist().briefs(known, seed=seed)[0].prose.en for seed in range(8)}
        assert len(texts) == 8

    def test_four_products_get_four_studios(self) -> None:
        """Tumbler, perfume, sneaker and office chair share neither set nor light and mood."""
        safes = [
            stylist().briefs(facts(seen))[0] for seen in (TUMBLER, PERFUME, SNEAKER, OFFICE_CHAIR)
        ]
        assert len({brief.settings[0] for brief in safes}) == 4
        assert len({brief.moods[0] for brief in safes}) == 4
        assert len({(brief.lighting.types[0], brief.technique.types) for brief in safes}) == 4

    def test_every_slot_is_filled(self) -> None:
        """Set, surface, backdrop, palette, light, mood, style, texture, camera, props, avoid."""
        for brief in stylist().briefs(facts(TUMBLER)):
            assert brief.surface
            assert brief.backdrop
            assert len(brief.palette.hexes) >= 2
            assert brief.moods
            assert brief.styles
            assert brief.textures
            assert brief.props
            assert brief.avoid


class TestExpertRules:
    """What a photographer would not forgive."""

    @pytest.mark.parametrize("shade", ["#e6ebec", "#4a2f1c"])
    @pytest.mark.parametrize("finish", ["fully-transparent", "frosted-and-translucent"])
    def test_something_clear_on_white_has_lit_edges(self, finish: str, shade: str) -> None:
        """A transparent product never stands on plain white without edge light."""
        for category in ("drinking-glass", "perfume-bottle", "baby-bottle", "laboratory-glassware"):
            seen = caption(category, ["clear-glass"], [finish], [(shade, 1.0)])
            for seed in range(6):
                for brief in stylist().briefs(facts(seen), seed=seed):
                    if "colour_name/white" in brief.backdrop[:1]:
                        assert set(brief.lighting.types) & EDGE_LIGHTS

    def test_a_mirror_finish_has_something_clean_to_reflect(self) -> None:
        """In a studio it gets a gradient behind it, or a gradient or tent of light."""
        surrounds = {
            "setting_studio/soft-gradient-backdrop",
            "lighting/gradient-sweep-of-light-on-a-glossy-surface",
            "lighting/even-diffuse-light-tent-lighting",
        }
        for category in ("water-faucet", "finger-ring", "electric-kettle", "toaster"):
            seen = caption(category, ["chrome-plated-metal"], ["mirror-polished"])
            for brief in stylist().briefs(facts(seen, kinds=["studio"])):
                assert {brief.settings[0], *brief.lighting.types} & surrounds

    def test_large_furniture_stands_in_large_spaces(self) -> None:
        """A sofa on a tabletop set is no set; with both kinds allowed it goes into rooms."""
        floors = {t for t, rule in shipped_rulebook().sets.items() if "floor" in rule.stands}
        for category in ("sofa", "bookshelf", "wardrobe", "bed-frame"):
            briefs = stylist().briefs(facts(caption(category)))
            assert [brief.kind for brief in briefs] == ["space", "studio", "space"]
            assert all(set(brief.settings) <= floors for brief in briefs)

    def test_the_sellers_size_beats_the_usual_one(self) -> None:
        """A two-metre soccer ball is no tabletop product."""
        usual = stylist().briefs(facts(caption("soccer-ball")))[0]
        giant = stylist().briefs(
            facts(caption("soccer-ball"), dimensions_cm={"height": 200, "width": 200})
        )[0]
        floors = {t for t, rule in shipped_rulebook().sets.items() if "floor" in rule.stands}
        assert giant.settings[0] in floors
        assert giant.technique.lens_mm != usual.technique.lens_mm or giant != usual

    @pytest.mark.parametrize("category", ["laptop-computer", "hair-dryer", "hardcover-book"])
    def test_water_stays_away_from_what_it_harms(self, category: str) -> None:
        """No wet set and no droplets for electronics and paper."""
        for seed in range(8):
            for brief in stylist().briefs(facts(caption(category)), seed=seed):
                assert "setting_studio/wet-stone-and-water-set" not in brief.settings
                assert "props/water-droplets" not in _props(brief)

    def test_nothing_stands_on_its_own_material(self) -> None:
        """Wood does not disappear on wood."""
        seen = caption("dinner-plate", ["light-oak-wood"], ["natural-wood-grain"])
        for seed in range(8):
            for brief in stylist().briefs(facts(seen), seed=seed):
                assert brief.surface != "material/light-oak-wood"

    def test_props_keep_their_proportion_and_do_not_compete(self) -> None:
        """No laptop beside a ring, no cup beside a mug, no plant beside a plant."""
        assert "props/laptop-on-a-desk" not in {
            prop for brief in stylist().briefs(facts(RING)) for prop in _props(brief)
        }
        for category, rival in (
            ("coffee-mug", "props/coffee-cup"),
            ("potted-plant", "props/potted-houseplant"),
            ("flower-vase", "props/ceramic-vase"),
        ):
            for seed in range(6):
                for brief in stylist().briefs(facts(caption(category)), seed=seed):
                    assert rival not in _props(brief)

    def test_every_prop_has_a_place_of_its_own(self) -> None:
        """Two props never stand in the same spot."""
        for brief in stylist().briefs(facts(TUMBLER)):
            places = [prop.placement for prop in brief.props]
            assert len(places) == len(set(places))


class TestSeason:
    """Occasions."""

    def test_a_season_in_the_title_reaches_every_candidate(self) -> None:
        """What the seller names is honored, with the hint as its evidence."""
        for brief in stylist().briefs(facts(TUMBLER, title="Christmas tumbler")):
            assert brief.season == "season_occasion/christmas"
            claim = next(claim for claim in brief.claims if claim.slot == "season")
            assert claim.evidence.kind == "hint"

    def test_a_season_of_the_category_leaves_the_safe_one_alone(self) -> None:
        """Swimwear hints at summer, but the main picture serves all year."""
        safe, bold, lifestyle = stylist().briefs(facts(caption("swimsuit")))
        assert safe.season is None
        assert bold.season == lifestyle.season == "season_occasion/summer"


class TestUnknownProduct:
    """Nothing known."""

    def test_gets_a_neutral_studio(self) -> None:
        """Nothing known means nothing pretended."""
        safe = stylist().briefs(facts(UNKNOWN))[0]
        assert safe.settings[0] in (
            "setting_studio/seamless-white-studio-backdrop",
            "setting_studio/soft-gradient-backdrop",
        )

    def test_says_that_it_does_not_know(self) -> None:
        """The claims and the prose of every candidate admit it."""
        for brief in stylist().briefs(facts(UNKNOWN)):
            assert any(claim.evidence.ref == "unknown-product" for claim in brief.claims)
            admits = ("does not say", "open question", "Without a category", "not the purpose")
            assert any(words in brief.prose.en for words in admits)
