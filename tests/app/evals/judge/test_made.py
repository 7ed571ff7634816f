"""Which judge the settings ask for, and which key goes where."""

import asyncio
import contextlib
import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest
from app.evals.judge import Judge, JudgeUnavailable, judge_of
from app.evals.judge.made import _place
from app.evals.settings import JudgeSettings

from tests.app.evals.judge.conftest import GROUNDED, SETTINGS, asked, item
from tests.app.evals.judge.local import local

SIMULATOR = "http://127.0.0.1:8081"
HERS, OPENAI, ANTHROPIC = "sk-judge-0001", "sk-openai-0002", "sk-anthropic-0003"
APPS = {"OPENAI_API_KEY": OPENAI, "ANTHROPIC_API_KEY": ANTHROPIC}
CHAT, MESSAGES = "https://api.openai.com/v1", "https://api.anthropic.com"


def settings(provider: str, base_url: str | None = None) -> JudgeSettings:
    return JudgeSettings("m", provider, base_url, 5.0, 4, 120, None)


@pytest.mark.parametrize(
    ("provider", "base_url", "environ", "place"),
    [
        ("openai", None, {}, (f"{SIMULATOR}/v1", "offline", False)),
        ("openai-compatible", None, {}, (f"{SIMULATOR}/v1", "offline", False)),
        ("anthropic", None, {}, (SIMULATOR, "offline", False)),
        ("openai", None, {"ANTHROPIC_API_KEY": ANTHROPIC}, (f"{SIMULATOR}/v1", "offline", False)),
        ("openai", None, APPS, (CHAT, OPENAI, True)),
        ("anthropic", None, APPS, (MESSAGES, ANTHROPIC, True)),
        ("openai", None, APPS | {"OPENAI_BASE_URL": "http://proxy/v1"}, ("http://proxy/v1", OPENAI, True)),
        ("anthropic", None, APPS | {"ANTHROPIC_BASE_URL": "http://proxy"}, ("http://proxy", ANTHROPIC, True)),
        # The judge's own key goes to the judge's own address, and to no other that the application uses.
        ("openai", None, APPS | {"JUDGE_API_KEY": HERS, "OPENAI_BASE_URL": "http://proxy/v1"}, (CHAT, HERS, True)),
        ("openai", "http://judge/v1", APPS | {"JUDGE_API_KEY": HERS}, ("http://judge/v1", HERS, True)),
        ("anthropic", "http://judge", APPS | {"JUDGE_API_KEY": HERS}, ("http://judge", HERS, True)),
        # The application's keys go to no address of a judge's.
        ("openai", "http://judge/v1", APPS, ("http://judge/v1", "", True)),
        ("openai-compatible", "http://judge/v1", APPS, ("http://judge/v1", "", True)),
        ("anthropic", "http://judge", APPS, ("http://judge", "", True)),
    ],
)  # fmt: skip
def test_a_key_goes_where_it_belongs(
    provider: str, base_url: str | None, environ: dict[str, str], place: tuple[str, str, bool]
) -> None:
    own = "ANTHROPIC" if provider == "anthropic" else "OPENAI"
    assert tuple(_place(settings(provider, base_url), own, SIMULATOR, environ)) == place


def test_a_key_can_come_from_a_file(tmp_path: Path) -> None:
    """One that is missing is an error, not no key."""
    file = tmp_path / "key"
    file.write_text(f"{HERS}\n", encoding="utf-8")
    assert _place(settings("openai"), "OPENAI", SIMULATOR, {"JUDGE_API_KEY_FILE": str(file)}).key == HERS
    with pytest.raises(OSError, match="nowhere"):
        judge_of(settings("openai"), SIMULATOR, {"JUDGE_API_KEY_FILE": str(tmp_path / "nowhere")})


def test_a_key_of_which_nobody_says_where_it_goes_is_told() -> None:
    with pytest.raises(ValueError, match=r"give `evals\.judge\.base_url`"):
        judge_of(settings("openai-compatible"), SIMULATOR, {"JUDGE_API_KEY": HERS})


def test_a_protocol_that_nobody_speaks_is_told_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="'gemini': there are openai, openai-compatible and anthropic"):
        judge_of(settings("gemini"), SIMULATOR, {})


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("key", ["", HERS])
def test_nothing_of_the_environment_s_keys_is_sent_to_a_judge_s_address(
    provider: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDKs look there themselves, unless they are kept from it."""
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.setenv(name, f"sk-secret-{name}")
    with local() as server:

        async def run() -> None:
            told = dataclasses.replace(SETTINGS[provider], base_url=server.url)
            judge = judge_of(told, SIMULATOR, {**APPS, **({"JUDGE_API_KEY": key} if key else {})}, 5.0)
            # The server speaks OpenAI's protocol only: what matters is what it was sent.
            with contextlib.suppress(JudgeUnavailable):
                await judge.judge(item(), GROUNDED)
            await judge.close()

        asyncio.run(run())
    (sent,) = server.headers
    assert "sk-secret" not in str(sent)
    assert not any(one in str(sent) for one in APPS.values())
    assert (HERS in str(sent)) == bool(key)


def test_the_address_of_a_message_holds_no_password() -> None:
    """It may be part of a base_url."""
    base = "http://me:pa55word@127.0.0.1:9/v1?token=t0ken"

    async def work(judge: Judge) -> str:
        try:
            await judge.judge(item(), GROUNDED)
        except Exception as error:  # noqa: BLE001  # its text is what matters
            return str(error)
        return ""

    said = asked(SIMULATOR, work, base_url=base)
    assert "http://127.0.0.1:9/v1" in said
    assert "pa55word" not in said
    assert "t0ken" not in said


def test_an_sdk_is_imported_once_a_judge_needs_it(repository: Path) -> None:
    """The package costs a fraction of one; each judge needs one of the two."""
    code = "import sys, app.evals.judge; print(sorted({'openai', 'anthropic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=repository / "examples", capture_output=True, text=True, check=True, timeout=60)  # fmt: skip
    assert done.stdout.strip() == "[]"
