"""Which mesh is drawn how often, and the index of the pictures to come."""

import argparse
import csv
import random
from pathlib import Path

VIEWS = {"train": 14, "dev": 8, "test": 8, "left_out": 5}
SEED = 20


def plan(
    meshes: Path, table: Path, views: dict[str, int]
) -> list[tuple[Path, str, str, int, bool]]:
    """(glb, category or empty, split, views, keep materials) of every mesh in the table."""
    with table.open(newline="") as lines:
        rows = {row["mesh"]: row for row in csv.DictReader(lines, delimiter="\t")}
    found = []
    for path in sorted(meshes.rglob("*.glb")):
        row = rows.get(path.stem)
        if row is None or row["split"] == "skip":
            continue
        keep = path.parent.name not in {"base_meshes", "parametric"}
        count = views[row["split"]]
        found.append((path, row["category"] or "", row["split"], count, keep))
    random.Random(SEED).shuffle(found)
    return found


def main() -> None:
    """Writes `NAME-N.txt` for the renderer and adds to `index.tsv` beside them."""
    reader = argparse.ArgumentParser(description=main.__doc__)
    reader.add_argument("meshes", type=Path)
    reader.add_argument("table", type=Path)
    reader.add_argument("out", type=Path)
    reader.add_argument("--name", default="part")
    reader.add_argument("--parts", type=int, default=2)
    reader.add_argument("--train-views", type=int, default=VIEWS["train"])
    given = reader.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    rows = plan(given.meshes, given.table, VIEWS | {"train": given.train_views})
    for part in range(given.parts):
        lines = [
            f"{glb}\t{count}\t{int(keep)}" for glb, _, _, count, keep in rows[part :: given.parts]
        ]
        (given.out / f"{given.name}-{part}.txt").write_text("\n".join(lines) + "\n")
    index = given.out / "index.tsv"
    lines = index.read_text().splitlines() if index.exists() else ["path\tmesh\tcategory\tsplit"]
    lines += [
        f"{glb.stem}__{view:03d}.png\t{glb.stem}\t{category}\t{split}"
        for glb, category, split, count, _ in rows
        for view in range(count)
    ]
    index.write_text("\n".join(dict.fromkeys(lines)) + "\n")


if __name__ == "__main__":
    main()
