#!/bin/sh
# Pin every dependency with hashes. The files name no index, so any mirror serves.
set -eu
uv=$1
compile() { "$uv" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header "$@"; }
compile requirements/bootstrap.in -o requirements/bootstrap.txt
compile pyproject.toml requirements/build.in --extra app -o requirements/run.txt
"$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -c requirements/run.txt requirements/app.in -o requirements/app.txt
compile requirements/types.in -o requirements/types.txt
compile pyproject.toml requirements/build.in --extra app --group dev -c requirements/run.txt -o requirements/dev.txt
