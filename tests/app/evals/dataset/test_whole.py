"""The command as a whole: the real app, the real judge, the real simulator."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app.evals.__main__ import main
from app.evals.dataset import accepted
from app.evals.dataset.attacks import load as load_attacks
from app.evals.dataset.bundled import simulator
from app.evals.dataset.questions import load as load_questions
from app.evals.dataset.rows import HERE

_SETTINGS = [f"{one}_API_KEY{file}" for one in ("OPENAI", "ANTHROPIC", "JUDGE") for file in ("", "_FILE")] + [
    "LLM_CONTRACT"
]
PLACE = "model: simulator, judge: simulator"


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    for name in _SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(repository)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every third question: enough to find a drop, and quick."""
    path = tmp_path_factory.mktemp("data") / "questions.jsonl"
    path.write_text("\n".join((HERE / "questions.jsonl").read_text().splitlines()[::3]))
    return path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, repository: Path, data: Path) -> Path:
    """An accepted result of these, with the corpus as it is."""
    path = tmp_path_factory.mktemp("kept") / "accepted.json"
    with pytest.MonkeyPatch.context() as patch:
        for name in _SETTINGS:
            patch.delenv(name, raising=False)
        patch.chdir(repository)
        assert main(["check", "--accept", "--accepted", str(path), "--data", str(data)]) == 0
    return path


@pytest.fixture
def check(kept: Path, data: Path) -> Callable[..., int]:
    """Run it and compare; the exit code."""
    return lambda *words: main(["check", "--accepted", str(kept), "--data", str(data), *words])


def test_nothing_changed_is_no_drop_and_the_same_report(
    check: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = [tmp_path / "a.md", tmp_path / "b.md"]
    for path in reports:
        assert check("--markdown", str(path)) == 0
    assert reports[0].read_bytes() == reports[1].read_bytes()
    assert reports[0].read_text().startswith("## Evals: no real drop\n")
    told = capsys.readouterr()
    assert "The model is the bundled simulator, not a real one" in told.err
    assert "answered: 20 of 20" in told.err
    assert "groundedness" in told.out


@pytest.mark.parametrize("chaos", [{"quality": 0.7}, {"overrefuse": 0.7}])
def test_a_worse_model_is_found(check: Callable[..., int], kept: Path, tmp_path: Path, chaos: dict[str, float]) -> None:
    before = kept.read_bytes()
    with simulator(5, **chaos) as url:
        assert check("--simulator", url, "--markdown", str(tmp_path / "r.md")) == 1
    assert "got worse" in (tmp_path / "r.md").read_text().splitlines()[0]
    assert "### What got worse" in (tmp_path / "r.md").read_text()
    assert kept.read_bytes() == before


def test_equal_quality_with_other_luck_is_no_drop(check: Callable[..., int]) -> None:
    for seed in (11, 12):
        with simulator(seed) as url:
            assert check("--simulator", url) == 0


def test_what_programs_read(check: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--json", "--limit", "6") == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (told["code"], told["place"], len(told["answers"])) == (0, PLACE, 6)
    assert {row["dimension"] for row in told["rows"]} == {"expectations", "groundedness", "refusal", "tone"}


def test_a_part_is_not_accepted(check: Callable[..., int], kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = kept.read_bytes()
    assert check("--accept", "--limit", "6") == 2
    assert "not accepted: --limit left cases out" in capsys.readouterr().err
    assert kept.read_bytes() == before


def test_a_changed_data_set_compares_what_stayed(check: Callable[..., int], data: Path, tmp_path: Path) -> None:
    lines = data.read_text().splitlines()
    first = json.loads(lines[0])
    changed = tmp_path / "questions.jsonl"
    changed.write_text("\n".join([json.dumps({**first, "must_mention": ["unheard"]}), *lines[2:], '{"id": "new", "question": "What is new?", "expect": "cannot"}']))  # fmt: skip
    assert check("--data", str(changed), "--markdown", str(tmp_path / "r.md")) == 0
    text = (tmp_path / "r.md").read_text()
    assert "New or changed, not compared: <code>project</code>, <code>new</code>" in text
    assert f"No longer asked: <code>{json.loads(lines[1])['id']}</code>" in text


def test_an_interrupted_run_leaves_what_was_accepted(
    check: Callable[..., int], kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept.read_bytes()

    def interrupted(*_words: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(accepted.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        check("--accept")
    assert kept.read_bytes() == before
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "--model", "gpt-9"], "no model 'gpt-9' in the contract: there are gpt-4o-mini"),
        (["check", "--data", "none.jsonl"], "none.jsonl"),
        (["check", "--accepted", "none.json", "--limit", "1"], "Nothing was accepted yet"),
        (["redteam", "--accepted", "none.json", "--limit", "1"], "Nothing was accepted yet"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_two(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    told = capsys.readouterr()
    assert said in told.out + told.err


@pytest.mark.parametrize(
    "words", [["--limit", "0"], ["--limit", "x"], ["--max-usd", "-1"], ["--max-usd", "inf"], ["--max-usd", "nan"]]
)
def test_wrong_usage(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", *words])
    assert ended.value.code == 2


def test_a_real_model_without_a_price_cannot_keep_a_budget(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    contract = json.loads((repository / "stack/app/contract.json").read_text())
    contract["models"][0]["usd_per_million_tokens"] = None
    (tmp_path / "contract.json").write_text(json.dumps(contract))
    monkeypatch.setenv("LLM_CONTRACT", str(tmp_path / "contract.json"))
    monkeypatch.setenv("OPENAI_API_KEY", "invented")
    assert main(["check"]) == 2
    assert "no price is known for gpt-4o-mini, so that --max-usd 1 cannot be kept" in capsys.readouterr().err


def test_real_providers_are_asked_as_long_as_there_is_money(
    check: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With keys the SDKs would go to the providers; here their addresses are the simulator's, which counts what comes."""
    with simulator() as url:
        for name, base in (("OPENAI", f"{url}/v1"), ("ANTHROPIC", url)):
            monkeypatch.setenv(f"{name}_API_KEY", "invented")
            monkeypatch.setenv(f"{name}_BASE_URL", base)
        assert check("--max-usd", "0.05", "--accepted", str(tmp_path / "none.json"), "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert told["place"] == "model: provider, judge: provider"
    assert 0 < told["usd"] <= 0.05
    assert "20 cases would have cost more than --max-usd 0.05" in told["problems"][-1]


def test_what_was_accepted_is_of_the_data_that_come_with_it() -> None:
    for load, cases, name in (
        (load_questions, "questions.jsonl", "accepted.json"),
        (load_attacks, "redteam.jsonl", "redteam_accepted.json"),
    ):
        runs = json.loads((HERE / name).read_text())["runs"]
        versions = {one.id: one.digest for one in load(HERE / cases).all}
        for run in runs.values():
            assert {key: case["digest"] for key, case in run["cases"].items()} == versions
