"""`python -m generator.launch.obtain promtool` prints the path of a tool, obtaining it first where needed."""

import sys

from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.launch.obtain.package import PACKAGES, VERIFIERS


def main(tools: list[str]) -> int:
    """Exit code: 0 printed, 1 cannot be had, 2 unknown tool."""
    owners = {tool: package for package in (PACKAGES | VERIFIERS).values() for tool in package.tools}
    for tool in tools or [tool for package in PACKAGES.values() for tool in package.tools]:
        if tool not in owners:
            print(f"{tool}: not one of {', '.join(owners)}", file=sys.stderr)
            return 2
        try:
            obtained = ensure(owners[tool], lambda line: print(line, file=sys.stderr))
        except CannotBeHad as error:
            print(error, file=sys.stderr)
            return 1
        print(obtained.binaries[tool])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
