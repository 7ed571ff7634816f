"""What lies outside the containers, as they reach it: ports, endpoints and log files of the machine that they run on."""

import re
from dataclasses import replace
from posixpath import basename, dirname, normpath
from urllib.parse import urlsplit

from generator.model import Model

HOST = "host.docker.internal"
"""The machine's name inside a container, given by `extra_hosts`; loopback is the container itself there."""
GATEWAY = f"{HOST}:host-gateway"
_LOGS = "/var/log/app"
_LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|0\.0\.0\.0)(?=:|$)", re.IGNORECASE)


def seen(model: Model) -> Model:
    """The model with the person's own targets, endpoint and log files as components reach them; unchanged without containers."""
    if not model.placement.contained:
        return model
    app = replace(
        model.app,
        targets=tuple(_target(target) for target in model.app.targets),
        log_files=tuple(_log_file(model, file) for file in model.app.log_files),
    )
    return replace(model, app=app, traces=replace(model.traces, endpoint=_url(model.traces.endpoint)))


def on_loopback(model: Model) -> tuple[list[str], list[str]]:
    """Targets and endpoints of the spec that a container reaches only by the machine's name."""
    inside = seen(model)
    targets = [told for told, known in zip(model.app.targets, inside.app.targets, strict=True) if told != known]
    return targets, [model.traces.endpoint] if model.traces.endpoint != inside.traces.endpoint else []


def log_folders(model: Model) -> list[str]:
    """Folders of the person's log files, each once; one that is relative is relative to the spec."""
    return list(dict.fromkeys(_folder(file) for file in model.app.log_files))


def log_mounts(model: Model) -> tuple[str, ...]:
    """Volumes that show those folders, so that a log that is rotated is followed; read-only."""
    return tuple(
        f"{folder if folder.startswith('/') else f'../{folder}'}:{_LOGS}/{number}:ro"
        for number, folder in enumerate(log_folders(model))
    )


def _folder(file: str) -> str:
    return normpath(dirname(file) or ".")


def _log_file(model: Model, file: str) -> str:
    return f"{_LOGS}/{log_folders(model).index(_folder(file))}/{basename(file)}"


def _target(target: str) -> str:
    found = _LOOPBACK.match(target)
    return HOST + target[found.end() :] if found else target


def _url(url: str) -> str:
    parts = urlsplit(url)
    before, at, host = parts.netloc.rpartition("@")
    known = _target(host)
    return url if known == host else parts._replace(netloc=f"{before}{at}{known}").geturl()
