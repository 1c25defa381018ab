"""The fake renderer: a picture of the right size in the colours of the scene's materials."""

from pathlib import Path

from PIL import Image

from services.render_worker.scene import Output, Scene


def render_flat(scene: Scene, output: Output, path: Path) -> None:
    """Write one horizontal band for each piece that is seen; the same scene gives the same file."""
    colours = [piece.material.colour for piece in scene.pieces if piece.seen] or ["#808080"]
    bands = Image.new("RGB", (1, len(colours)))
    for row, colour in enumerate(colours):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        bands.putpixel((0, row), (red, green, blue))
    bands.resize((output.width, output.height), Image.Resampling.NEAREST).save(path, "PNG")
