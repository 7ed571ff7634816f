"""`python -m generator` is `stackgen`."""

from generator.cli import main

main()
