"""Which encoders a process uses: profiles by name, settings, and how they are opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from backlot.contracts.errors import ConfigurationError, MissingExtraError
from backlot.encoder.models import ImageTextModel, Precision, Towers
from backlot.encoder.port import ImageTextEncoder, SentenceEncoder
from backlot.encoder.synthetic import SyntheticImageTextEncoder, SyntheticSentenceEncoder

Role = Literal["product", "scene"]
ProfileName = Literal["mini", "clip", "standard", "quality", "synthetic"]
ROLES: tuple[Role, ...] = ("product", "scene")

BY_PROFILE = "profile"
MINILM = "minilm"
SYNTHETIC = "synthetic"


@dataclass(frozen=True)
class Profile:
    """A choice of encoders.

    Attributes:
        product: What answers "what is it?"; None when no open_clip model does.
        scene: What answers "what look suits it, which set shows it?".
        sentence: Text-to-text encoder.
    """

    name: ProfileName
    product: ImageTextModel | None
    scene: ImageTextModel | None
    sentence: str = MINILM


_CLIP = ImageTextModel("ViT-B-32", "laion2b_s34b_b79k", "MIT")

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            Profile("mini", None, None),
            Profile("clip", _CLIP, _CLIP),
            Profile(
                "standard",
                ImageTextModel("hf-hub:Marqo/marqo-ecommerce-embeddings-B", "", "Apache-2.0"),
                ImageTextModel("ViT-B-16-SigLIP2-256", "webli", "Apache-2.0"),
            ),
            Profile(
                "quality",
                ImageTextModel("hf-hub:Marqo/marqo-ecommerce-embeddings-L", "", "Apache-2.0"),
                ImageTextModel("ViT-SO400M-16-SigLIP2-384", "webli", "Apache-2.0"),
            ),
            Profile("synthetic", None, None, sentence=SYNTHETIC),
        )
    }
)


class EncoderSettings(BaseSettings):
    """Which encoders to open, and where they run."""

    model_config = SettingsConfigDict(env_prefix="BACKLOT_", frozen=True, extra="ignore")

    profile: ProfileName = "mini"
    sentence_model: str = Field(
        default=BY_PROFILE,
        min_length=1,
        description="`profile`, `minilm`, `synthetic`, or a sentence-transformers name or folder.",
    )
    product_model: str = Field(default="", description="open_clip name instead of the profile's.")
    product_pretrained: str = Field(default="", description="Tag or file for `product_model`.")
    scene_model: str = Field(default="", description="open_clip name instead of the profile's.")
    scene_pretrained: str = Field(default="", description="Tag or file for `scene_model`.")
    device: str = Field(default="auto", description="`auto`, `cpu`, `cuda`, `cuda:1` ...")
    precision: Precision | Literal["auto"] = Field(
        default="auto", description="`auto`: bf16 where the device is made for it, else fp32."
    )
    low_memory: bool = Field(
        default=False,
        description="Weights in bf16 on any device, and no text tower once its tables are made.",
    )
    pad_photos: bool = Field(
        default=False, description="Fit photos into a white square instead of the model's own way."
    )
    torch_threads: int | None = Field(default=None, ge=1, le=256)
    cache: Path = Field(default=Path(".state/cache"), description="Fetched models, label tables.")


def open_sentence_encoder(settings: EncoderSettings) -> SentenceEncoder:
    """Open the text-to-text encoder.

    Raises:
        MissingExtraError: The engine is not installed.
        ConfigurationError: The model is not what it should be, or cannot be had.
    """
    model = settings.sentence_model
    if model == BY_PROFILE:
        model = PROFILES[settings.profile].sentence
    if model == SYNTHETIC:
        return SyntheticSentenceEncoder()
    try:
        # Torch and the engines take seconds to import: only a process that needs them pays.
        from backlot.encoder import device  # noqa: PLC0415

        device.use_threads(settings.torch_threads)
        place = device.device_for(settings.device)
        if model == MINILM:
            return _bundled_sentences(str(place))

        from backlot.encoder import sentence  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise MissingExtraError(missing.name or "torch", "vision") from missing
    return sentence.SentenceTransformersEncoder(model, place, settings.cache / "models")


def open_image_encoder(
    settings: EncoderSettings, role: Role, towers: Towers = "both"
) -> ImageTextEncoder | None:
    """Open the image-text encoder of a role.

    Args:
        settings: Which model, where.
        role: ``product`` or ``scene``.
        towers: Free the other tower after loading.

    Returns:
        None when this installation has no image weights for the profile (`mini` before its tower
        is bundled): the caller says so in a warning and goes on with what the pixels tell.

    Raises:
        MissingExtraError: The engine is not installed.
        ConfigurationError: The model is unknown, or its weights cannot be had.
    """
    model = _model(settings, role)
    if model is None:
        if settings.profile == SYNTHETIC:
            return SyntheticImageTextEncoder()
        return _open_mini(settings) if role == "product" else None
    try:
        from backlot.encoder import device, openclip  # noqa: PLC0415 - as above
    except ModuleNotFoundError as missing:
        raise MissingExtraError(missing.name or "torch", "vision") from missing
    device.use_threads(settings.torch_threads)
    try:
        place = device.device_for(settings.device)
        return openclip.load(
            model,
            device=place,
            precision=_precision(settings, device.precision_for(settings.precision, place)),
            towers=towers,
            pad=settings.pad_photos,
            cache=settings.cache / "models",
        )
    except ConfigurationError as error:
        raise ConfigurationError(_with_advice(settings, role, error)) from error


def open_image_encoders(
    settings: EncoderSettings, towers: Towers = "both"
) -> dict[Role, ImageTextEncoder]:
    """Open both roles, a model that serves both only once; empty without image weights."""
    opened: dict[Role, ImageTextEncoder] = {}
    for role in ROLES:
        if role == "scene" and "product" in opened and _shares_one_model(settings):
            opened[role] = opened["product"]
            continue
        encoder = open_image_encoder(settings, role, towers)
        if encoder is not None:
            opened[role] = encoder
    return opened


@lru_cache(maxsize=2)
def _bundled_sentences(place: str) -> SentenceEncoder:
    """Open the bundled sentence encoder once for all: it is mini's text side as well."""
    from backlot.encoder import device, minilm  # noqa: PLC0415 - as above

    return minilm.MiniLmEncoder(minilm.bundled_folder(), device.device_for(place))


def _open_mini(settings: EncoderSettings) -> ImageTextEncoder | None:
    """Open the own tower beside the bundled sentence encoder; None without its weights file."""
    try:
        from backlot.encoder import device, mini  # noqa: PLC0415 - as above
    except ModuleNotFoundError as missing:
        raise MissingExtraError(missing.name or "torch", "vision") from missing
    if not mini.is_bundled():
        return None
    device.use_threads(settings.torch_threads)
    place = device.device_for(settings.device)
    return mini.load(
        _bundled_sentences(str(place)),
        device=place,
        precision=_precision(settings, device.precision_for(settings.precision, place)),
    )


def _precision(settings: EncoderSettings, suits: Precision) -> Precision:
    """Return the precision: what suits the device, or bf16 where memory matters more."""
    return "bf16" if settings.low_memory and suits == "fp32" else suits


def _model(settings: EncoderSettings, role: Role) -> ImageTextModel | None:
    """Return the model of a role: the one set by name, else the profile's."""
    name, pretrained = (
        (settings.product_model, settings.product_pretrained)
        if role == "product"
        else (settings.scene_model, settings.scene_pretrained)
    )
    if name:
        return ImageTextModel(name, pretrained)
    profile = PROFILES[settings.profile]
    return profile.product if role == "product" else profile.scene


def _shares_one_model(settings: EncoderSettings) -> bool:
    """Whether both roles are the same model; mini is for products only."""
    product = _model(settings, "product")
    if product is None and settings.profile != SYNTHETIC:
        return False
    return product == _model(settings, "scene")


def _with_advice(settings: EncoderSettings, role: Role, error: ConfigurationError) -> str:
    """Say which setting the failure belongs to, and that the larger profiles need a download."""
    named = settings.product_model if role == "product" else settings.scene_model
    if named:
        return f"BACKLOT_{role.upper()}_MODEL: {error}"
    return (
        f"BACKLOT_PROFILE={settings.profile} needs weights that are not part of this package and "
        f"are fetched once into {settings.cache / 'models'}; the {role} model could not be had. "
        f"Connect once, bring that folder, or use BACKLOT_PROFILE=mini. ({error})"
    )
