"""What is particular to the embedded engine: the folder, the stamp, the swap, the graph."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from matcher_builders import SPACE, point, point_id, unit

from backlot.contracts.errors import ConfigurationError
from services.matcher.adapters import edge
from services.matcher.adapters.edge import CURRENT, EdgeIndex
from services.matcher.port import Ask, SpaceMismatchError, VectorSpace

OTHER = VectorSpace("sentence:other@2", 4, "scene:test@1", 3)
EAST = unit(1, 0, 0, 0)


def ids(index: EdgeIndex) -> list[str]:
    """Everything that is found."""
    (hits,) = index.search([Ask("caption", EAST)], 100)
    return [hit.point_id for hit in hits]


def test_points_survive_a_restart(tmp_path: Path) -> None:
    """What was stored is found by the next process, and so are its facts."""
    first = EdgeIndex(tmp_path, space=SPACE)
    first.put([point(1, EAST, terms=("mood/dramatic",)), point(2, EAST)])
    first.close()
    second = EdgeIndex(tmp_path, space=SPACE)
    assert ids(second) == [point_id(1), point_id(2)]
    assert set(second.fingerprints("starter")) == {point_id(1), point_id(2)}
    second.close()


def test_points_survive_a_kill(tmp_path: Path) -> None:
    """What `put` returned from is there after SIGKILL."""
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from matcher_builders import SPACE, point, unit\n"
        "from services.matcher.adapters.edge import EdgeIndex\n"
        "index = EdgeIndex(Path(sys.argv[1]), space=SPACE)\n"
        "index.put([point(n, unit(1, 0, 0, 0)) for n in range(40)])\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    killed = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    index = EdgeIndex(tmp_path, space=SPACE)
    assert len(ids(index)) == 40
    index.close()


def test_another_vector_space_is_refused_and_the_folder_is_free_again(tmp_path: Path) -> None:
    """Vectors of another encoder are never compared; the message says how to re-index."""
    EdgeIndex(tmp_path, space=SPACE).close()
    with pytest.raises(SpaceMismatchError, match="BACKLOT_REINDEX") as refused:
        EdgeIndex(tmp_path, space=OTHER)
    assert "sentence:test@1" in str(refused.value)
    assert "sentence:other@2" in str(refused.value)
    EdgeIndex(tmp_path, space=SPACE).close()


def test_the_folder_belongs_to_one_process(tmp_path: Path) -> None:
    """A second opening is refused and names both ways out."""
    holder = EdgeIndex(tmp_path, space=SPACE)
    with pytest.raises(ConfigurationError, match=r"one matcher.*BACKLOT_QDRANT_URL"):
        EdgeIndex(tmp_path, space=SPACE, wait_s=0.3)
    holder.close()
    EdgeIndex(tmp_path, space=SPACE).close()


def test_a_rebuild_takes_the_place_only_when_published(tmp_path: Path) -> None:
    """Killed before that, the old points are there; published, the new ones are."""
    old = EdgeIndex(tmp_path, space=SPACE)
    old.put([point(1, EAST)])
    old.close()
    killed = EdgeIndex(tmp_path, space=OTHER, rebuild=True)
    killed.put([point(2, EAST)])
    killed.close()
    still = EdgeIndex(tmp_path, space=SPACE)
    assert ids(still) == [point_id(1)]
    still.close()
    rebuilt = EdgeIndex(tmp_path, space=OTHER, rebuild=True)
    assert ids(rebuilt) == []
    rebuilt.put([point(3, EAST)])
    rebuilt.publish()
    rebuilt.close()
    opened = EdgeIndex(tmp_path, space=OTHER)
    assert ids(opened) == [point_id(3)]
    opened.close()


def test_a_rebuild_in_the_same_space_works_again_and_again(tmp_path: Path) -> None:
    """It swaps between two shards and leaves one."""
    EdgeIndex(tmp_path, space=SPACE).close()
    for number in (1, 2, 3):
        index = EdgeIndex(tmp_path, space=SPACE, rebuild=True)
        index.put([point(number, EAST)])
        index.publish()
        assert ids(index) == [point_id(number)]
        index.close()
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1


def test_a_replaced_index_is_the_one_after_a_restart(tmp_path: Path) -> None:
    """`replace` swaps on disk too."""
    index = EdgeIndex(tmp_path, space=SPACE)
    index.put([point(1, EAST)])
    index.replace([[point(2, EAST)], [point(3, EAST)]])
    assert ids(index) == [point_id(2), point_id(3)]
    index.close()
    again = EdgeIndex(tmp_path, space=SPACE)
    assert ids(again) == [point_id(2), point_id(3)]
    again.close()


@pytest.mark.parametrize("text", ["", "{}", '{"shard": "elsewhere", "space": "x"}'])
def test_a_folder_that_cannot_be_read_says_what_to_do(tmp_path: Path, text: str) -> None:
    """It holds nothing that the records do not: it may be removed."""
    EdgeIndex(tmp_path, space=SPACE).close()
    (tmp_path / CURRENT).write_text(text)
    with pytest.raises(ConfigurationError, match=r"remove the folder|BACKLOT_REINDEX"):
        EdgeIndex(tmp_path, space=SPACE)


def test_a_large_index_gets_a_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made when it is published, and every point is still found."""
    monkeypatch.setattr(edge, "GRAPH_FROM", 200)
    index = EdgeIndex(tmp_path, space=SPACE)
    index.put([point(n, unit(1, n / 100, 0, 0)) for n in range(300)])
    index.publish()
    assert ids(index)[0] == point_id(0)
    assert json.loads((tmp_path / CURRENT).read_text())["space"] == SPACE.stamp
    index.close()
