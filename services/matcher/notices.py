"""What a client is told beside the answer."""

from backlot.contracts.frozen import Localized
from backlot.contracts.jobs import JobWarning

NOTHING_FOUND = JobWarning(
    code="no-background-found",
    text=Localized(
        en="No background of the library passes the exclusions and has room for the product.",
        ko="제외 조건을 통과하고 제품을 놓을 자리가 있는 배경이 라이브러리에 없습니다.",
    ),
)
NOTHING_SUITS = JobWarning(
    code="no-background-suits",
    text=Localized(
        en="No background of the library is what the brief asks for; these come nearest.",
        ko="브리프에 꼭 맞는 배경이 라이브러리에 없어 가장 가까운 배경을 보여 드립니다.",
    ),
)

PHOTO_DENIES = JobWarning(
    code="claims-not-seen",
    text=Localized(
        en="The photo does not support everything this brief says was seen; nothing was changed.",
        ko="사진으로는 이 브리프의 일부 내용을 확인할 수 없습니다. 내용은 그대로 두었습니다.",
    ),
)
PIN_LEFT_OUT = JobWarning(
    code="pinned-background-left-out",
    text=Localized(
        en="A pinned background is not in the library, is excluded, or too small for the product.",
        ko="고정한 배경이 라이브러리에 없거나 제외되었거나 제품을 놓을 자리가 없습니다.",
    ),
)
