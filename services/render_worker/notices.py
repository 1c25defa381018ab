"""What sellers are told about their product's pictures."""

from backlot.contracts.frozen import Localized
from backlot.contracts.jobs import JobWarning

_TEXTS: dict[str, tuple[str, str]] = {
    "animated": (
        "The product model is animated; it was shot in its resting pose.",
        "애니메이션이 있는 모델이라 기본 자세로 촬영했습니다.",
    ),
    "texture-broken": (
        "A texture of the product model could not be read; its plain colour was used.",
        "모델의 텍스처 하나를 읽지 못해 단색으로 촬영했습니다.",
    ),
    "material-missing": (
        "The product model has no material; a neutral grey one was used.",
        "모델에 재질이 없어 중립 회색으로 촬영했습니다.",
    ),
    "dimensions-disagree": (
        "The dimensions do not agree with the product model's shape; its height was used.",
        "입력한 치수와 모델의 비율이 맞지 않아 높이를 기준으로 크기를 정했습니다.",
    ),
    "unit-guessed": (
        "The product model is not in metres; its unit was guessed. Say the dimensions to be sure.",
        "모델의 단위가 미터가 아니어서 추정했습니다. 정확한 크기를 위해 치수를 알려 주세요.",
    ),
    "size-guessed": (
        "The product's size is a guess; say its dimensions so that it stands to scale.",
        "제품 크기를 추정했습니다. 실제 비율로 놓이도록 치수를 알려 주세요.",
    ),
    "set-not-shot": (
        "The background's model could not be photographed; nobody has seen it.",
        "배경 모델을 촬영하지 못해 화면으로 확인되지 않았습니다.",
    ),
    "final-failed": (
        "Not every picture could be finished; what was already there as a draft is shown.",
        "일부 사진은 최종 품질로 완성하지 못해 초안을 보여 드립니다.",
    ),
    "set-not-built": (
        "A new set could not be made for this product; the library's sets are shown.",
        "이 제품을 위한 새 세트를 만들지 못해 라이브러리의 세트를 보여 드립니다.",
    ),
    "no-painter": (
        "No image model is set here; the new set was built in 3D instead.",
        "이미지 생성 모델이 설정되어 있지 않아 3D 부품으로 새 세트를 만들었습니다.",
    ),
    "fewer-pictures": (
        "Fewer pictures were taken than asked for: the product does not fit the other sets.",
        "제품이 다른 세트에 맞지 않아 요청보다 적은 수의 사진을 만들었습니다.",
    ),
}
_FALLBACK = (
    "The product model could not be used; the pictures show the photo's cut-out instead.",
    "3D 모델을 사용할 수 없어 사진에서 오려 낸 제품으로 대신 촬영했습니다.",
)


def warning(code: str) -> JobWarning:
    """The warning of a code; one nobody knows tells why the model was not used."""
    en, ko = _TEXTS.get(code, _FALLBACK)
    return JobWarning(code=code, text=Localized(en=en, ko=ko))
