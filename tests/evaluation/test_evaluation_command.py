"""`backlot eval text` from end to end, and the figures the stylist has to keep."""

import subprocess
import sys
from pathlib import Path

import pytest
from evaluation_builders import written
from typer.testing import CliRunner

from backlot.cli.main import app
from services.lm_worker.evaluation.report import Evaluation, WriterReport, judged
from services.lm_worker.stylist.rulebook import shipped_rulebook, stylist_version

SEED, PRODUCTS = 7, 200


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """No language model is configured, whatever the surroundings."""
    for name in ("MODEL", "API_KEY", "BASE_URL"):
        monkeypatch.delenv(f"BACKLOT_LM_{name}", raising=False)


def evaluated(*options: str) -> subprocess.CompletedProcess[str]:
    """Run it as the command line does."""
    command = [sys.executable, "-m", "services.lm_worker.evaluation", "--products=12", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_result_can_be_repeated(tmp_path: Path) -> None:
    """Two runs leave the same file; it says what wrote, and the last line has the figures."""
    paths = [tmp_path / "one.json", tmp_path / "two.json"]
    runs = [evaluated(f"--out={path}") for path in paths]
    assert [run.returncode for run in runs] == [0, 0]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    result = Evaluation.model_validate_json(paths[0].read_bytes())
    assert result.versions["stylist"] == stylist_version()
    figures = dict(pair.split("=") for pair in runs[0].stdout.splitlines()[-1].split())
    grounding = result.writers["rules"].means["grounding"]
    assert grounding is not None
    assert float(figures["rules.grounding"]) == pytest.approx(grounding.value, abs=1e-4)
    assert figures["rules.contradictions"] == "0"


def test_without_a_model_it_says_so() -> None:
    """The rules are judged alone, and the reason is told."""
    run = evaluated("--writer=both")
    assert run.returncode == 0
    assert "No language model is configured" in run.stderr
    assert "llm." not in run.stdout.splitlines()[-1]


def test_half_a_configuration_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model without an address is an error with a name, not a traceback."""
    monkeypatch.setenv("BACKLOT_LM_MODEL", "some-model")
    run = evaluated("--writer=llm")
    assert run.returncode == 78
    assert "BACKLOT_LM_API_KEY" in run.stderr
    assert "Traceback" not in run.stderr


def test_backlot_eval_text_passes_everything_on(tmp_path: Path) -> None:
    """The command hands its options to the service and ends as the service does."""
    path = tmp_path / "deep" / "result.json"
    options = ["--products", "5", "--seed", "11", "--out", str(path)]
    assert CliRunner().invoke(app, ["eval", "text", *options]).exit_code == 0
    result = Evaluation.model_validate_json(path.read_bytes())
    assert (result.products, result.seed) == (5, 11)
    assert CliRunner().invoke(app, ["eval", "text", "--products", "1"]).exit_code == 2


@pytest.fixture(scope="module")
def report() -> WriterReport:
    """The stylist's figures for the products of the documentation."""
    return judged(written(PRODUCTS, seed=SEED), {}, shipped_rulebook(), SEED)


def test_the_rules_make_no_fault(report: WriterReport) -> None:
    """Nothing at odds, nothing forbidden, nothing else, in 600 briefs."""
    assert report.briefs == 3 * PRODUCTS
    assert set(report.faults.values()) == {0}


@pytest.mark.parametrize("metric", ["grounding", "schema_validity", "vocabulary_validity"])
def test_what_is_said_holds(report: WriterReport, metric: str) -> None:
    """Every checkable claim, every brief and every term."""
    figure = report.means[metric]
    assert figure is not None
    assert figure.n == PRODUCTS
    assert figure.value == 1


def test_products_get_pictures_of_their_own(report: WriterReport) -> None:
    """150 combinations in 200, and no sentence for more than one product in twenty."""
    assert report.distinct_combinations >= 150
    assert max(said.share for said in report.shared.values()) <= 0.05
