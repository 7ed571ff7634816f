"""`python -m generator.launch.obtain promtool` prints the path of a tool, obtaining it first where needed."""

import argparse
import sys

from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure


def main(words: list[str]) -> int:
    """Exit code: 0 printed, 1 cannot be had, 2 unknown tool."""
    owners = {tool: package for package in PACKAGES.values() for tool in package.tools}
    parser = argparse.ArgumentParser(prog="python -m generator.launch.obtain", description=__doc__)
    parser.add_argument("tools", nargs="+", choices=owners, metavar="TOOL", help=f"of {', '.join(owners)}")
    for tool in parser.parse_args(words).tools:
        try:
            obtained = ensure(owners[tool], lambda line: print(line, file=sys.stderr))
        except CannotBeHad as error:
            print(error, file=sys.stderr)
            return 1
        print(obtained.binaries[tool])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
