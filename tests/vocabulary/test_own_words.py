"""Promises of files with which users add words."""

import os
import shutil
from pathlib import Path

import pytest

from backlot.contracts.errors import ConfigurationError
from backlot.vocabulary import load_vocabulary
from backlot.vocabulary.loading import DATA, load_from
from backlot.vocabulary.settings import VocabularySettings

NEW_FACET = """\
facet: scent
role: advisory
select: multi
top_k: 2
templates:
  - "a {} smell"
terms:
  - {id: scent/orange-blossom, en: "orange blossom", ko: "오렌지 꽃"}
"""


def written(folder: Path, text: str, name: str = "own.yaml") -> Path:
    """Write a file of own words."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def material(*lines: str) -> str:
    """Return a file that adds terms to `material`."""
    return "\n".join(["facet: material", "terms:", *(f"  - {line}" for line in lines)]) + "\n"


def refusal(folder: Path, text: str) -> str:
    """Return the complaint about a file."""
    with pytest.raises(ConfigurationError) as caught:
        load_vocabulary((written(folder, text),))
    return str(caught.value)


def test_terms_join_a_facet(tmp_path: Path) -> None:
    """A new term is found like a shipped one, and the version says that the words differ."""
    own = '{id: material/cactus-leather, en: "cactus leather", synonyms: {ko: ["선인장 가죽"]}}'
    words = load_vocabulary((written(tmp_path, material(own)),))
    found = words.find("선인장가죽", "material")
    assert found is not None
    assert found.id == "material/cactus-leather"
    assert words.label("material/cactus-leather").ko == "cactus leather"
    assert words.version != load_vocabulary().version
    assert not load_vocabulary().has("material/cactus-leather")


def test_categories_join_a_group(tmp_path: Path) -> None:
    """A new product category stands in a group and gets the group's prior."""
    text = (
        "facet: product_category\ngroups:\n  Furniture:\n"
        '    - {id: product_category/bean-bag, en: "bean bag", ko: "빈백"}\n'
    )
    words = load_vocabulary((written(tmp_path, text),))
    assert words.group_of("product_category/bean-bag") == "Furniture"
    assert words.prior_for("product_category/bean-bag").name == "furniture"
    prompts = words.facets["product_category"].prompts(words.term("product_category/bean-bag"))
    assert prompts[0] == "a product photo of a bean bag"


def test_a_facet_may_be_new_and_grow(tmp_path: Path) -> None:
    """One file opens a facet and a second one adds to it."""
    first = written(tmp_path, NEW_FACET, "first.yaml")
    more = 'facet: scent\nterms:\n  - {id: scent/cedar, en: "cedar"}\n'
    words = load_vocabulary((first, written(tmp_path, more, "second.yaml")))
    assert [term.id for term in words.facets["scent"].terms] == [
        "scent/orange-blossom",
        "scent/cedar",
    ]
    assert words.facets["scent"].prompts(words.term("scent/orange-blossom")) == (
        "an orange blossom smell",
    )


@pytest.mark.parametrize(
    ("lines", "line", "complaint"),
    [
        (['{id: material/cork, en: "cork bark"}'], 3, "material/cork exists already"),
        (
            ['{id: material/x, en: "x fibre"}', '{id: style/y, en: "y"}'],
            4,
            "style/y does not begin with material/",
        ),
        (['{id: material/x, en: "CORK"}'], 3, "'cork' already means material/cork"),
        (
            ['{id: material/x, en: "x", synonyms: {ko: ["스텐"]}}'],
            3,
            "'스텐' already means material/stainless-steel",
        ),
        (['{id: material/x, en: "x y", synonyms: {en: ["X-Y"]}}'], 3, "'x y' stands twice"),
        (['{id: material/x, en: "x", colour: red}'], 3, "(material/x)"),
        (['{id: material/x, en: ""}'], 3, "(material/x)"),
        (['{id: material/x, en: " x"}'], 3, "(material/x)"),
        (["{id: material/x}"], 3, "(material/x)"),
        (['{id: Material X, en: "x"}'], 3, "terms.0.id"),
        (['{id: material/x, en: "x", en: "y"}'], 3, "'en' stands twice"),
    ],
)
def test_bad_terms_are_refused_where_they_stand(
    tmp_path: Path, lines: list[str], line: int, complaint: str
) -> None:
    """The complaint names the file, the line and what is wrong."""
    message = refusal(tmp_path, material(*lines))
    assert f"own.yaml:{line}: " in message
    assert complaint in message


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "file: "),
        ("- 1\n", "file: "),
        ("facet: [\n", "not valid YAML"),
        ("facet: material\n", "gets no terms"),
        (
            "facet: scent\nterms: [{id: scent/a, en: a}]\n",
            "needs role, select, top_k and templates",
        ),
        ("facet: material\nrole: seen\nterms: [{id: material/a, en: a}]\n", "keeps its role"),
        ("facet: colour_name\nterms: [{id: colour_name/a, en: a}]\n", "takes no new terms"),
        (NEW_FACET.replace("a {} smell", "a smell"), "needs exactly one {}"),
        (NEW_FACET.replace("a {} smell", "{} and {}"), "needs exactly one {}"),
        (NEW_FACET.replace("a {} smell", "a {term} smell {}"), "needs exactly one {}"),
        (NEW_FACET.replace("role: advisory", "role: guessed"), "role: "),
        (NEW_FACET.replace("top_k: 2", "top_k: 0"), "top_k: "),
        (NEW_FACET.replace("role: advisory", "role: measured"), "takes no new terms"),
        (
            "facet: product_category\nterms: [{id: product_category/a, en: a}]\n",
            "must stand under `groups`",
        ),
        (
            "facet: material\ngroups: {Metals: [{id: material/a, en: a}]}\n",
            "must stand under `terms`",
        ),
    ],
)
def test_malformed_files_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    """A file that is no facet file says so at start, naming itself."""
    message = refusal(tmp_path, text)
    assert "own.yaml:" in message
    assert complaint in message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A path without a readable text file is a configuration error that names the path."""
    with pytest.raises(ConfigurationError, match=r"absent\.yaml"):
        load_vocabulary((tmp_path / "absent.yaml",))
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match=r"binary\.yaml"):
        load_vocabulary((tmp_path / "binary.yaml",))


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("facets/mood.yaml", 'ko: "로맨틱한", ', "", "mood/romantic has no Korean label"),
        (
            "rule_priors.yaml",
            "props/ice-cubes",
            "props/ice-cream",
            "unknown props: props/ice-cream",
        ),
        (
            "rule_priors.yaml",
            "product_category/finger-ring",
            "product_category/x",
            "product_category/x",
        ),
        ("rule_priors.yaml", '"Furniture"', '"Furnitures"', "unknown group: Furnitures"),
        ("rule_priors.yaml", "name: books", "name: drinkware", "prior drinkware exists already"),
        ("rule_priors.yaml", '    groups:\n      - "Furniture"\n', "", "the last prior alone"),
        ("rules.yaml", "0.70", "1.70", "scale.max_height_share"),
        ("layout.yaml", 'ko: "왼쪽"', 'de: "links"', "prop_placement.left"),
    ],
)
def test_the_shipped_shape_is_checked_too(
    tmp_path: Path, file: str, old: str, new: str, complaint: str
) -> None:
    """A slip in the shipped data stops the process, naming file and line."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_from(folder)
    assert f"{path.name}:" in str(caught.value)
    assert complaint in str(caught.value)


def test_version_follows_the_words_and_not_the_comments(tmp_path: Path) -> None:
    """The version changes with any word and with nothing else."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    path = folder / "facets" / "mood.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text("# a remark\n" + text, encoding="utf-8")
    assert load_from(folder).version == load_vocabulary().version
    path.write_text(text.replace("로맨틱한", "낭만적인 느낌의", 1), encoding="utf-8")
    assert load_from(folder).version != load_vocabulary().version


def test_the_setting_names_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One setting adds the same files in every program; without it the shipped words are all."""
    own = '{id: material/cactus-leather, en: "cactus leather"}'
    paths = written(tmp_path, material(own)), written(tmp_path, NEW_FACET, "scent.yaml")
    monkeypatch.setenv("BACKLOT_VOCABULARY_FILES", os.pathsep.join(map(str, paths)))
    assert VocabularySettings().files == paths
    words = load_vocabulary.__wrapped__()
    assert words.has("material/cactus-leather")
    assert words.has("scent/orange-blossom")
    monkeypatch.delenv("BACKLOT_VOCABULARY_FILES")
    assert VocabularySettings().files == ()
    assert load_vocabulary.__wrapped__() is load_vocabulary(())
