"""What a person should know, or have, before containers start: files of secrets, folders of logs, addresses on loopback."""

from collections.abc import Callable
from pathlib import Path

from generator import conventions as c
from generator.configs import outside
from generator.configs.compose import secret_files
from generator.launch.bring_up import CannotLaunch
from generator.launch.handed import unread
from generator.model import Model
from generator.versions import PINNED

Say = Callable[[str], None]


def placeholders(model: Model, folder: Path, say: Say) -> None:
    """Compose refuses to start without the files; an empty one keeps that receiver silent until the secret is there."""
    for name, told in secret_files(model).items():
        secret = folder / told
        if not secret.exists():
            if not secret.parent.exists():
                # Containers get the file, not its folder, which can keep everybody else out.
                secret.parent.mkdir(parents=True, mode=0o700)
            secret.touch(mode=0o644)
        if secret.stat().st_size == 0:
            silent = (
                "traces are sent without headers; put them into it and launch again, as the Collector reads them at its start"
                if name == "traces"
                else f"{name} stays silent; put the secret into it and launch again"
            )
            closed = (
                ""
                if secret.parent.stat().st_mode & 0o005 == 0
                else f" (`chmod 700 {secret.parent}` keeps it from others)"
            )
            say(f"note: {secret} is empty, so {silent}{closed}")


def log_files(model: Model, folder: Path, say: Say) -> None:
    """The person's own folders of logs: an engine would make a missing one, but as root's. Raises CannotLaunch."""
    for told in outside.log_folders(model):
        try:
            (folder / told).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotLaunch(
                f"the folder {folder / told} of app.log_files cannot be made: {error.strerror}. Make it, so that your app writes there"
            ) from error
    uid = PINNED[c.COLLECTOR].uid
    for told in model.app.log_files:
        file = folder / told
        if c.COLLECTOR in model.placement and unread(file, uid, uid):
            say(
                f"note: {file} cannot be read by the Collector, which is user {uid} in its container: "
                f"`chmod o+r {file}` and `chmod o+x {file.parent}`, or for this user alone `setfacl -m u:{uid}:rX {file.parent} {file}`"
            )


def loopback(model: Model, say: Say) -> None:
    """Loopback is each container's own; what only listens there is reached by none of them."""
    targets, endpoints = outside.on_loopback(model)
    for told, who in [(one, "Prometheus") for one in targets] + [(one, "the Collector") for one in endpoints]:
        say(
            f"note: {who} runs in a container and asks for {told} by the name {outside.HOST}; "
            "with Docker on Linux what listens there must listen on the bridge too (172.17.0.1, or 0.0.0.0), not on 127.0.0.1 alone"
        )
