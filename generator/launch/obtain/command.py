"""`stackgen obtain`: prefetch, for images, air-gapped machines and CI caches, and say where each binary came from."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from generator.launch.obtain.catalog import CORE, PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.launch.obtain.package import Obtained


@dataclass(frozen=True)
class _Result:
    name: str
    obtained: Obtained | None
    why: str = ""


def obtain(names: list[str], *, everything: bool = False, as_json: bool = False) -> int:
    """Exit code: 0 all obtained, 1 some cannot be had here, 2 unknown name."""
    unknown = [name for name in names if name not in PACKAGES]
    if unknown:
        _say(f"{', '.join(unknown)}: not one of {', '.join(PACKAGES)}")
        return 2
    wanted = list(PACKAGES) if everything else names or list(CORE)
    # Downloads side by side; builds wait for each other, since one takes every processor.
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(_one, wanted))
    if as_json:
        print(json.dumps({"packages": [_as_json(result) for result in results]}, indent=2))
    else:
        print(_table(results))
        for result in results:
            if result.why:
                _say(result.why)
    return int(any(result.obtained is None for result in results))


def _one(name: str) -> _Result:
    try:
        return _Result(name, ensure(PACKAGES[name], _say))
    except CannotBeHad as error:
        return _Result(name, None, str(error))


def _table(results: list[_Result]) -> str:
    cells = [("package", "version", "from", "binaries")]
    for result in results:
        found = result.obtained
        version = ".".join(map(str, found.version)) if found else ""
        where = ", ".join(map(str, found.binaries.values())) if found else ""
        cells.append((result.name, version, found.way if found else "cannot be had here", where))
    widths = [max(len(line[column]) for line in cells) for column in range(3)]
    return "\n".join(
        "  ".join([*(text.ljust(width) for text, width in zip(line, widths, strict=False)), line[3]]).rstrip()
        for line in cells
    )


def _as_json(result: _Result) -> dict[str, object]:
    found = result.obtained
    if found is None:
        return {"package": result.name, "obtained": False, "why": result.why}
    return {
        "package": result.name,
        "obtained": True,
        "version": ".".join(map(str, found.version)),
        "way": found.way,
        "binaries": {tool: str(path) for tool, path in found.binaries.items()},
    }


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
