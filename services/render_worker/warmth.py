"""The colour of light by its temperature."""

import numpy as np

from services.render_worker.scene import Points

_XYZ_TO_SRGB = np.array(
    [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
)


def warmth(kelvin: float, white_kelvin: float) -> tuple[float, float, float]:
    """Linear sRGB of a glowing body as a camera balanced to `white_kelvin` sees it.

    The largest channel is 1. Source: the cubic fit of the Planckian locus by Kim et al.
    (US patent 7024034), good from 1667 K to 25000 K; outside it is held at the ends.
    """
    seen = _blackbody(kelvin) / _blackbody(white_kelvin)
    r, g, b = (seen / seen.max()).tolist()
    return (r, g, b)


def _blackbody(kelvin: float) -> Points:
    """Linear sRGB at luminance 1, clipped above zero."""
    k = 1000.0 / min(max(kelvin, 1667.0), 25000.0)
    if k >= 0.25:  # noqa: PLR2004 - 4000 K, where the fit changes
        x = -0.2661239 * k**3 - 0.2343589 * k**2 + 0.8776956 * k + 0.179910
    else:
        x = -3.0258469 * k**3 + 2.1070379 * k**2 + 0.2226347 * k + 0.240390
    if k >= 1000.0 / 2222.0:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif k >= 0.25:  # noqa: PLR2004 - 4000 K
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    xyz = np.array([x / y, 1.0, (1 - x - y) / y])
    return np.asarray(np.maximum(_XYZ_TO_SRGB @ xyz, 0.01))
