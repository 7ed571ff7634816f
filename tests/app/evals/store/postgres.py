"""A real PostgreSQL for tests: one cluster in a folder that is thrown away, on the loopback address, without fsync."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "not-a-secret/at:all"


class Missing(Exception):  # noqa: N818  # a reason to skip, no error
    """There is no PostgreSQL here, or it does not start; the message says which."""


def binaries() -> Path:
    """The newest of what the distribution has, or what is on the PATH. Raises Missing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise Missing("no PostgreSQL here: apt-get install postgresql")
    return (found[-1] if found else Path(str(on_path))).parent


def _as_user() -> tuple[list[str], pwd.struct_passwd | None]:
    """PostgreSQL refuses to run as root."""
    if os.getuid():
        return [], None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        setpriv = shutil.which("setpriv")
        if setpriv:
            ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
            return [setpriv, *ids, "--"], user
    raise Missing("PostgreSQL refuses root, and there is no other user to start it as")


@contextmanager
def cluster() -> Iterator[str]:
    """Its URL, with the user `evals`; up until the end. Raises Missing."""
    folder = Path(tempfile.mkdtemp(prefix="evals-pg-"))
    process: subprocess.Popen[bytes] | None = None
    try:
        bins, (prefix, user) = binaries(), _as_user()
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data, secret = folder / "data", folder / "password"
        secret.write_text(PASSWORD + "\n")
        secret.chmod(0o644)
        options = [
            "-D",
            str(data),
            "-U",
            "evals",
            "-A",
            "scram-sha-256",
            f"--pwfile={secret}",
            "--no-sync",
            "-E",
            "UTF8",
        ]
        made = subprocess.run(
            [*prefix, str(bins / "initdb"), *options], capture_output=True, text=True, cwd="/", check=False
        )
        if made.returncode:
            raise Missing(f"initdb does not work here: {made.stderr.strip()[-300:]}")
        port = _free()
        settings = {
            "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off",
            "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "32MB", "max_connections": 60,
        }  # fmt: skip
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            command = [*prefix, str(bins / "postgres"), "-D", str(data), *words]
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", start_new_session=True)
        _wait(process, port, folder / "log")
        yield f"postgresql+psycopg://evals:{PASSWORD.replace('/', '%2F').replace(':', '%3A')}@127.0.0.1:{port}/postgres"
    finally:
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGQUIT)
            process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        if b"ready to accept connections" in log.read_bytes():
            with socket.create_connection(("127.0.0.1", port), 5):
                return
        time.sleep(0.02)
    raise Missing(f"PostgreSQL does not start here: {log.read_text(errors='replace').strip()[-300:]}")
