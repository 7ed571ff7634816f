"""One OTLP/HTTP exchange after the other over a kept connection; each ends in time, and takes no memory, whatever the receiver answers."""

import http.client
import io
import socket
import time
import urllib.parse
from collections.abc import Mapping
from functools import partial
from typing import Any

_PIECE = 16_384
_MOST = 65_536
"""Bytes of an answer that are read; all that is wanted of it is its status."""


class Post:
    """Sends bodies to an address."""

    def __init__(self, address: str, headers: Mapping[str, str]) -> None:
        self._url, self._headers = urllib.parse.urlsplit(address), headers
        self._target = self._url._replace(scheme="", netloc="", fragment="").geturl() or "/"
        self._connection: http.client.HTTPConnection | None = None

    def __call__(self, body: bytes, seconds: float) -> int | None:
        """The answer's status; None where there was none within so many seconds. Raises ValueError for an address or a header that cannot be."""
        for _attempt in range(2):
            kept = self._connection
            try:
                return self._exchange(body, time.monotonic() + seconds)
            except (OSError, http.client.HTTPException):
                self.forget()
                # A connection that was kept may have been closed meanwhile; a new one tells.
                if kept is None:
                    return None
            except BaseException:
                self.forget()
                raise
        return None

    def forget(self) -> None:
        """Begin with a new connection the next time."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _exchange(self, body: bytes, deadline: float) -> int:
        connection = self._connection = self._connection or self._new()
        connection.timeout = _left(deadline)
        connection.response_class = partial(_Answer, deadline)  # type: ignore[assignment]  # called as the class would be
        connection.putrequest("POST", self._target)
        for name, value in {**self._headers, "content-length": str(len(body))}.items():
            connection.putheader(name, value)
        if connection.sock is None:
            connection.connect()
        sock: Any = connection.sock
        sock.settimeout(_left(deadline))
        connection.endheaders()
        # In pieces: over TLS the time that a socket has for sending begins again with each.
        for start in range(0, len(body), _PIECE):
            sock.settimeout(_left(deadline))
            connection.send(body[start : start + _PIECE])
        answer = connection.getresponse()
        try:
            answer.read(_MOST)
            whole = answer.isclosed()
        except (OSError, http.client.HTTPException):
            whole = False
        if not whole:
            # What its status says stands, and nobody reads the rest.
            self.forget()
        return answer.status

    def _new(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        return kind(self._url.hostname or "", self._url.port)


class _Answer(http.client.HTTPResponse):
    """Read until a moment, and no longer."""

    def __init__(self, deadline: float, sock: socket.socket, *more: Any, **named: Any) -> None:
        super().__init__(sock, *more, **named)
        # Its own file counts the time anew with each byte.
        self.fp = io.BufferedReader(_Until(sock, deadline, self.fp))


class _Until(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: float, kept: io.BufferedIOBase) -> None:
        # As long as it is open, so is the socket.
        self._sock, self._deadline, self._kept = sock, deadline, kept

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        self._sock.settimeout(_left(self._deadline))
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        self._kept.close()
        super().close()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the receiver takes too long")
    return left
