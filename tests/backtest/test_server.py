"""Every way in which a server can fail to answer is told with its URL and what to do."""

from pathlib import Path

import pytest

from generator.backtest.fetch import Need, diagnose, fetch
from generator.backtest.server import Server, ServerProblem
from generator.cli import main
from tests.backtest.conftest import Fake, data
from tests.launch.conftest import free_ports

NEED = Need("calls_total", frozenset({("job", "Equal", "bot")}), frozenset({"job", "model"}), 6000)


def ask(server: Server, size: int = 100) -> object:
    return fetch(server, [NEED], end=6000 + 60 * (size - 1), step=60, pause=0, advance=lambda _name, _count: None)


def test_nobody_listens() -> None:
    """The message says so, and how to try by hand."""
    port = free_ports(("one",))["one"]
    with pytest.raises(ServerProblem, match=rf"http://127.0.0.1:{port} cannot be reached: Connection refused"):
        Server(f"http://127.0.0.1:{port}", waits=(0,)).probe()


def test_a_web_page_is_no_prometheus(fake: Fake) -> None:
    """It shows how the answer begins."""
    fake.answer = lambda _path, _words: (200, "<!doctype html><title>Grafana</title>")
    with pytest.raises(ServerProblem, match="is not a Prometheus: its answer begins with '<!doctype html>"):
        Server(fake.url).probe()


@pytest.mark.parametrize(("code", "advice"), [(401, "--bearer-token-file"), (403, "may read"), (404, "path prefix")])
def test_a_refusal_comes_with_advice(fake: Fake, code: int, advice: str) -> None:
    """Asked once: it will not change its mind."""
    fake.answer = lambda _path, _words: (code, "no")
    with pytest.raises(ServerProblem, match=f"(?s)HTTP {code}.*{advice}"):
        Server(fake.url, waits=(0,)).probe()
    assert len(fake.asked) == 1


def test_a_passing_failure_is_asked_again(fake: Fake) -> None:
    """503 once, then the answer."""
    fake.answer = lambda _path, _words: (503, "") if len(fake.asked) == 1 else (200, data([]))
    Server(fake.url, waits=(0,)).probe()
    assert len(fake.asked) == 2


def test_too_many_samples_are_asked_for_in_smaller_pieces(fake: Fake) -> None:
    """422 for more than 20 moments: every moment arrives all the same, once."""

    def answer(_path: str, words: dict[str, str]) -> tuple[int, str]:
        start, end = int(words["start"]), int(words["end"])
        if (end - start) // 60 >= 20:
            return 422, '{"status":"error","error":"query processing would load too many samples into memory"}'
        values = [[moment, str(moment)] for moment in range(start, end + 1, 60)]
        return 200, data([{"metric": {"job": "bot", "model": "m"}, "values": values}])

    fake.answer = answer
    fetched = ask(Server(fake.url))
    assert isinstance(fetched, dict)
    assert list(fetched["calls_total"][0].values) == [6000.0 + 60 * place for place in range(100)]


def test_a_query_stays_below_the_limit_of_points(fake: Fake) -> None:
    """However long and empty the range is, no query asks for 11,000 points, and only reading paths are asked."""
    ask(Server(fake.url), size=60_000)
    spans = [(int(words["end"]) - int(words["start"])) // 60 + 1 for _path, words in fake.asked]
    assert sum(spans) == 60_000
    assert max(spans) < 11_000
    assert {path for path, _words in fake.asked} == {"/api/v1/query_range"}


def test_a_server_that_refuses_even_one_moment_is_given_up(fake: Fake) -> None:
    """With its own reason."""
    fake.answer = lambda _path, _words: (422, '{"status":"error","error":"limit is 0"}')
    with pytest.raises(ServerProblem, match="even one moment of calls_total: HTTP 422: limit is 0"):
        ask(Server(fake.url))


def test_a_proxy_that_always_fails_is_given_up(fake: Fake) -> None:
    """502 is asked again, and then told."""
    fake.answer = lambda _path, _words: (502, "")
    with pytest.raises(ServerProblem, match="2 times in a row"):
        ask(Server(fake.url, waits=(0,)))


def test_a_password_is_sent_and_never_shown(fake: Fake) -> None:
    """As basic authentication, percent signs decoded; the message has the URL without it."""
    fake.answer = lambda _path, _words: (401, "")
    server = Server(fake.url.replace("//", "//me:p%40ss@"))
    with pytest.raises(ServerProblem) as caught:
        server.probe()
    assert fake.headers == ["Basic bWU6cEBzcw=="]
    assert "p%40ss" not in str(caught.value)
    assert "p%40ss" not in server.shown


def test_a_token_does_not_follow_a_redirect(fake: Fake) -> None:
    """Another host has no business with it."""
    fake.answer = lambda path, _words: (302, f"{fake.url}/other") if path != "/other" else (200, data([]))
    Server(fake.url, authorization="Bearer secret").probe()
    assert fake.headers == ["Bearer secret", ""]


def test_another_job_is_named(fake: Fake) -> None:
    """The metric is there, but not for this service."""
    fake.answer = lambda _path, _words: (200, '{"status":"success","data":[{"job":"web"},{"job":"shop"}]}')
    assert "no job 'bot'" in diagnose(Server(fake.url), [NEED], 0, 60)
    assert "shop, web" in diagnose(Server(fake.url), [NEED], 0, 60)


def test_an_empty_range_is_told_from_an_empty_server(fake: Fake) -> None:
    """Data before the range: choose another; no data ever: another server, or another dialect."""
    fake.answer = lambda _path, words: (
        200,
        '{"status":"success","data":[%s]}' % ('{"job":"bot"}' * (words["start"] == "0")),
    )
    assert "Choose another range" in diagnose(Server(fake.url), [NEED], 60, 120)
    fake.answer = lambda _path, _words: (200, '{"status":"success","data":[]}')
    assert "`source` in the spec" in diagnose(Server(fake.url), [NEED], 60, 120)


def test_the_command_ends_with_1_where_nothing_is_there(
    fake: Fake, capsys: pytest.CaptureFixture[str], repository: Path
) -> None:
    """And says which metrics it looked for."""
    fake.answer = lambda path, _words: (200, '{"status":"success","data":[]}' if path.endswith("series") else data([]))
    with pytest.raises(SystemExit) as ended:
        main(["backtest", "--spec", str(repository / "spec.yaml"), "--prometheus", fake.url, "--days", "0.1"])
    assert ended.value.code == 1
    assert "has none of" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["--prometheus", "localhost:9090"], ["--prometheus", "http://x", "--end", "noon"],
     ["--prometheus", "http://x", "--days", "0"], ["--prometheus", "http://x", "--set", "alerts.latency.factr=3"],
     ["--prometheus", "http://x", "--set", "alerts.errors.above=200%"], ["--prometheus", "http://x", "--html", "/no/such/x"]],
)  # fmt: skip
def test_wrong_words_end_with_2(words: list[str], repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is asked."""
    with pytest.raises(SystemExit) as ended:
        main(["backtest", "--spec", str(repository / "spec.yaml"), *words])
    assert ended.value.code == 2
    assert words[-1].rpartition("/")[0].rpartition("=")[2] in capsys.readouterr().err
