"""Make the simulator misbehave: `python -m app.simulator.chaos slow 10`, `errors 0.2`, `recover`; no words: show."""

import json
import os
import sys
import urllib.error
import urllib.request

USAGE = """usage: chaos                       show how it behaves now
       chaos slow 10               every call takes ten times as long
       chaos expensive 5           every call uses five times the tokens
       chaos errors|timeouts|refusals|safety 0.2     a fifth of the calls fails so
       chaos context_length|unauthorized|forbidden|not_found|rate_limits|server_errors|unavailable|overloaded 0.2
       chaos cuts|error_events|garbage 0.2           or breaks in the middle
       chaos refusal_fields|refusal_texts|filtered_prompts 0.2
       chaos rate_limits 1 retry_after 5 leak 0.5    what rate limits tell, and whether they name an address
       chaos worse|rude|overrefuse 0.15              answers with an invented sentence, rude ones, needless refusals
       chaos judge 0.8 judge_garbage 0.1             a judge that is right four times in five, and often makes no sense
       chaos ... models a,b        only these models
       chaos recover               behave again"""
_SHORT = {"worse": "quality", "judge": "judge_accuracy"}
"""Words that are easier to remember than what they set."""


def _request(url: str, words: list[str]) -> urllib.request.Request:
    if not words:
        return urllib.request.Request(url)
    if words == ["recover"]:
        return urllib.request.Request(url, method="DELETE")
    if len(words) % 2:
        raise ValueError(f"an odd number of words: {' '.join(words)}")
    wanted = {
        _SHORT.get(name, name): value.split(",") if name == "models" else float(value)
        for name, value in zip(words[::2], words[1::2], strict=True)
    }
    return urllib.request.Request(url, json.dumps(wanted).encode(), {"content-type": "application/json"}, method="POST")


def main(words: list[str]) -> int:
    """Exit code: 0 done, 1 refused or not running, 2 wrong usage."""
    url = os.environ.get("LLM_SIMULATOR_URL", "http://127.0.0.1:8081") + "/chaos"
    try:
        request = _request(url, words)
    except ValueError as error:
        print(f"{error}\n{USAGE}", file=sys.stderr)
        return 2
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # http by construction
            print(" ".join(f"{name}={value}" for name, value in json.load(response).items()))
    except urllib.error.HTTPError as error:
        print(f"{json.load(error)['error']}\n{USAGE}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"no simulator at {url} ({error}): run `make stack` first", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
