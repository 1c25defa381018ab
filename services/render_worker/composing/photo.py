"""A painted picture becomes a set: the picture behind, a floor before it, light to match."""

import hashlib
from typing import NamedTuple

from backlot.contracts.background import BackgroundKind, StageArea
from backlot.contracts.brief import StudioBrief
from backlot.contracts.frozen import Localized
from backlot.vocabulary import Vocabulary
from services.render_worker.composing.compose import Composed, Wish, scale_for
from services.render_worker.composing.palette import Colours
from services.render_worker.composing.rig import Rig, rig_for
from services.render_worker.composing.tables import choice_for
from services.render_worker.composing.words import Shown, caption_for, facets_for, name_for
from services.render_worker.scene import Vec3
from services.render_worker.sets.parts.backdrops import PhotoBackdrop, Top
from services.render_worker.sets.recipe import CameraPlan, Recipe, SetPlan

LIGHT_ONLY = "setting_studio/soft-gradient-backdrop"
_CENTRE: Vec3 = (0.0, 0.0, 0.0)


class Sheet(NamedTuple):
    """How a picture hangs behind the floor, metres before scaling.

    Attributes:
        behind: From where products stand.
        sunk: How much of its height is below the floor.
    """

    width: float
    height: float
    behind: float
    sunk: float


_PAINTED = Sheet(2.4, 1.6, 1.15, 0.06)


def prompt_for(brief: StudioBrief, vocabulary: Vocabulary) -> str:
    """What the image model is asked for: an empty place, as its product is put in later."""
    setting = vocabulary.term(brief.settings[0]).label.en
    lights = ", ".join(vocabulary.term(term).label.en for term in brief.lighting.types)
    moods = ", ".join(vocabulary.term(term).label.en for term in (*brief.moods, *brief.styles))
    colours = ", ".join(brief.palette.hexes[:3])
    return (
        f"Empty background for product photography: {setting}. Light: {lights}, from the "
        f"{brief.lighting.direction}, about {brief.lighting.kelvin} K. Mood: {moods or 'neutral'}. "
        f"Colours: {colours or 'soft neutrals'}. Camera at table height, 65 mm, softly out of "
        "focus; a plain surface fills the lowest eighth of the frame. No product, no people, no "
        "text, no logos."
    )


def photo_plan(
    picture: str,
    foot: str,
    rig: Rig,
    k: float,
    sheet: Sheet = _PAINTED,
    at: Vec3 = _CENTRE,
) -> SetPlan:
    """A floor, a picture behind it, light and a camera.

    Args:
        picture: Blob key.
        foot: Colour of the picture's lowest strip, sRGB hex.
        rig: The light, built around `at`.
        k: How much larger than drawn everything is.
        sheet: How the picture hangs.
        at: Where products stand.
    """

    def spot(up: float, ahead: float) -> Vec3:
        return (at[0], at[1] + up * k, at[2] + ahead * k)

    return SetPlan(
        parts=(
            Top(
                at=at, width=8, depth=2.4, thickness=0.05, size_factor=k, surface=f"satin {foot}"
            ),
            PhotoBackdrop(
                at=spot(-sheet.sunk, -sheet.behind), size_factor=k, width=sheet.width,
                height=sheet.height,
                picture=picture,
            ),
        ),
        lights=rig.lights, world=rig.world,
        cameras=(
            CameraPlan(name="front", position=spot(0.3, 1.9), target=spot(0.2, 0.0),
                       lens_mm=62.0, f_stop=5.6, focus=spot(0.1, 0.0)),
        ),
    )  # fmt: skip


def photo_set(wish: Wish, picture: str, foot: str, vocabulary: Vocabulary) -> Composed:
    """The set of a picture; labelled as generated in name and caption.

    Args:
        wish: What it was painted for.
        picture: Blob key.
        foot: Colour of the picture's lowest strip, which the floor takes up.
        vocabulary: The controlled words.
    """
    brief = wish.brief
    light = choice_for(LIGHT_ONLY)
    if light is None:
        raise AssertionError(LIGHT_ONLY)
    stage = light.family.stage
    k = scale_for(stage, wish.size)
    colours = Colours(foot, foot, foot, foot, foot)
    rig = rig_for(brief.lighting, light, colours, _CENTRE, k)
    plan = photo_plan(picture, foot, rig, k)
    shown = Shown(brief.settings[0], foot, rig.terms, (), None)
    caption = caption_for(shown, brief, vocabulary)
    kind = BackgroundKind.SPACE if "setting_space/" in shown.setting else BackgroundKind.STUDIO
    digest = hashlib.sha256(f"{picture}{plan.model_dump_json()}".encode()).hexdigest()
    name = name_for(shown, vocabulary)
    recipe = Recipe(
        id=f"painted-{shown.setting.partition('/')[2][:40].strip('-')}-{digest[:8]}",
        kind=kind,
        name=Localized(en=f"{name.en} (generated picture)", ko=f"{name.ko} (생성 이미지)"),
        caption=Localized(
            en=f"A photo backdrop with a generated picture. {caption.en}",
            ko=f"생성된 이미지를 배경으로 한 세트입니다. {caption.ko}",
        ),
        facets=facets_for(shown, brief),
        stage=StageArea(
            anchor=(0.0, 0.0, 0.0),
            width_m=stage.width * k,
            depth_m=stage.depth * k,
            height_m=stage.height * k,
            floor_area_m2=stage.width * stage.depth * k * k,
        ),
        plan=plan,
    )
    return Composed(recipe, None)
