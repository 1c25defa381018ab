"""Makes up meshes of many product categories, each of random proportions, as GLB files.

None of them is a product of the demo: those are drawn by the render worker's own modules, which
are not used here.
"""

import argparse
import random
from pathlib import Path

import trimesh
from belongings import BELONGINGS
from devices import DEVICES
from furniture import FURNITURE
from vessels import VESSELS

KINDS = VESSELS | FURNITURE | DEVICES | BELONGINGS
SEED = 5


def main() -> None:
    """Writes `OUT/parametric/CATEGORY__N.glb` and `OUT/parametric.tsv`."""
    reader = argparse.ArgumentParser(description=main.__doc__)
    reader.add_argument("out", type=Path)
    reader.add_argument("--each", type=int, default=8)
    given = reader.parse_args()
    folder = given.out / "parametric"
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["mesh\tcategory\tsplit"]
    for category, make in KINDS.items():
        for number in range(given.each):
            parts = make(random.Random(f"{SEED} {category} {number}"))
            whole = trimesh.util.concatenate(parts)
            upright = trimesh.transformations.rotation_matrix(-1.5707963, (1, 0, 0))
            whole.apply_transform(upright)
            name = f"{category}__{number}"
            whole.visual = trimesh.visual.ColorVisuals(whole)
            whole.export(folder / f"{name}.glb")
            rows.append(f"{name}\t{category}\ttrain")
    (given.out / "parametric.tsv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
