"""What is particular to Qdrant: the stamp, the lock, the rebuild, a server that is away."""

from pathlib import Path

import pytest
from matcher_builders import SPACE, point, point_id, unit
from qdrant_client import models

from backlot.contracts.errors import ConfigurationError
from services.matcher.adapters.qdrant import QdrantIndex, open_folder, open_url
from services.matcher.port import (
    Ask,
    IndexUnavailableError,
    SpaceMismatchError,
    VectorSpace,
)

OTHER = VectorSpace("sentence:other@2", 4, "scene:test@1", 3)
EAST = unit(1, 0, 0, 0)


def embedded(
    folder: Path, space: VectorSpace = SPACE, *, name: str = "sets", rebuild: bool = False
) -> QdrantIndex:
    """Open the embedded engine."""
    return QdrantIndex(open_folder(folder), name=name, space=space, embedded=True, rebuild=rebuild)


def ids(index: QdrantIndex) -> list[str]:
    """Everything that is found."""
    (hits,) = index.search([Ask("caption", EAST)], 100)
    return [hit.point_id for hit in hits]


def test_points_survive_a_restart(tmp_path: Path) -> None:
    """What was stored is found by the next process, filters included."""
    first = embedded(tmp_path)
    first.put([point(1, EAST, terms=("mood/dramatic",)), point(2, EAST)])
    first.close()
    second = embedded(tmp_path)
    assert ids(second) == [point_id(1), point_id(2)]
    assert set(second.fingerprints("starter")) == {point_id(1), point_id(2)}
    second.close()


def test_another_vector_space_is_refused_with_advice(tmp_path: Path) -> None:
    """Vectors of another encoder are never compared; the message says how to re-index."""
    embedded(tmp_path).close()
    with pytest.raises(SpaceMismatchError, match="BACKLOT_REINDEX") as refused:
        embedded(tmp_path, OTHER)
    assert "sentence:test@1" in str(refused.value)
    assert "sentence:other@2" in str(refused.value)
    assert isinstance(refused.value, ConfigurationError)


def test_a_refused_start_lets_go_of_the_folder(tmp_path: Path) -> None:
    """After a refusal the folder can be opened again with the right encoder."""
    embedded(tmp_path).close()
    with pytest.raises(SpaceMismatchError):
        embedded(tmp_path, OTHER)
    embedded(tmp_path).close()


# The second client is refused while it holds files of its own, which it leaves to the collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_folder_belongs_to_one_process(tmp_path: Path) -> None:
    """A second opening is refused and names both ways out."""
    holder = embedded(tmp_path)
    with pytest.raises(ConfigurationError, match=r"one matcher.*BACKLOT_QDRANT_URL"):
        open_folder(tmp_path, wait_s=0.3)
    holder.close()
    embedded(tmp_path).close()


def test_a_rebuild_answers_only_when_published(tmp_path: Path) -> None:
    """A rebuild in another space starts empty; published, it takes the place of the old one."""
    old = embedded(tmp_path)
    old.put([point(1, EAST)])
    old.close()
    rebuilt = embedded(tmp_path, OTHER, rebuild=True)
    assert ids(rebuilt) == []
    rebuilt.put([point(2, EAST)])
    rebuilt.publish()
    assert ids(rebuilt) == [point_id(2)]
    rebuilt.close()
    opened = embedded(tmp_path, OTHER)
    assert ids(opened) == [point_id(2)]
    opened.close()


def test_a_rebuild_that_was_killed_leaves_the_old_index(tmp_path: Path) -> None:
    """Until it is published the old index stays; the next rebuild begins anew."""
    old = embedded(tmp_path)
    old.put([point(1, EAST)])
    old.close()
    killed = embedded(tmp_path, OTHER, rebuild=True)
    killed.put([point(2, EAST)])
    killed.close()
    still = embedded(tmp_path)
    assert ids(still) == [point_id(1)]
    still.close()
    again = embedded(tmp_path, OTHER, rebuild=True)
    assert ids(again) == []
    again.close()


def test_a_rebuild_in_the_same_space_works_twice(tmp_path: Path) -> None:
    """Rebuilding without another encoder swaps between two collections."""
    embedded(tmp_path).close()
    for number in (1, 2, 3):
        index = embedded(tmp_path, rebuild=True)
        index.put([point(number, EAST)])
        index.publish()
        assert ids(index) == [point_id(number)]
        index.close()


def test_a_first_start_that_was_killed_is_taken_up(tmp_path: Path) -> None:
    """A collection whose alias was never made is no obstacle to the next start."""
    first = embedded(tmp_path)
    first._client.update_collection_aliases(
        [models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name="sets"))]
    )
    first.close()
    second = embedded(tmp_path)
    second.put([point(1, EAST)])
    assert ids(second) == [point_id(1)]
    second.close()


def test_publishing_without_a_rebuild_does_nothing(tmp_path: Path) -> None:
    """A normal start may publish as well."""
    index = embedded(tmp_path)
    index.put([point(1, EAST)])
    index.publish()
    assert ids(index) == [point_id(1)]
    index.close()


def test_two_names_share_a_folder(tmp_path: Path) -> None:
    """The setting for the name separates libraries."""
    first = embedded(tmp_path, name="one")
    first.put([point(1, EAST)])
    first.close()
    second = embedded(tmp_path, name="two")
    assert ids(second) == []
    second.close()


def test_a_foreign_collection_is_left_alone(tmp_path: Path) -> None:
    """A collection of somebody else under our name is refused, not written to."""
    client = open_folder(tmp_path)
    client.create_collection("sets", vectors_config={})
    with pytest.raises(ConfigurationError, match="BACKLOT_QDRANT_COLLECTION"):
        QdrantIndex(client, name="sets", space=SPACE, embedded=True)


def test_a_server_that_is_away_may_be_tried_again() -> None:
    """No answer is an error of the retriable kind, not a wrong setting."""
    client = open_url("http://127.0.0.1:9", timeout_s=1)
    with pytest.raises(IndexUnavailableError):
        QdrantIndex(client, name="sets", space=SPACE, embedded=False)
