"""A receiver may answer what it likes, as slowly as it likes: an exchange ends, and takes no memory."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from app.telemetry.post import Post

Served = tuple[str, list[int], threading.Event]
"""The address, bytes sent on each connection so far, and whether one was closed by the sender."""


def asked(connection: socket.socket) -> bool:
    """Whether a whole request came, before the end."""
    seen = b""
    while not seen.endswith(b"body"):
        seen += (got := connection.recv(65536))
        if not got:
            return False
    return True


@pytest.fixture
def serve() -> Iterator[Callable[[Iterator[bytes], bool], Served]]:
    """A server that sends these pieces once it has read a request, or at once without reading any."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def start(pieces: Iterator[bytes], reads: bool = True) -> Served:
            sent, closed = list[int](), threading.Event()

            def one(connection: socket.socket) -> None:
                sent.append(0)
                number = len(sent) - 1
                with connection, contextlib.suppress(OSError):
                    while not reads or asked(connection):
                        for piece in pieces:
                            connection.sendall(piece)
                            sent[number] += len(piece)
                            if piece.endswith(b"\r\n\r\n"):
                                break
                closed.set()

            def accept() -> None:
                with contextlib.suppress(OSError):
                    while True:
                        threading.Thread(target=one, args=[server.accept()[0]], daemon=True).start()

            threading.Thread(target=accept, daemon=True).start()
            return f"http://127.0.0.1:{server.getsockname()[1]}/v1/traces", sent, closed

        yield start


def within(post: Post, body: bytes, seconds: float) -> list[int | None]:
    """What it returned, in a list; an empty one if it had not returned long after."""
    found = list[int | None]()
    thread = threading.Thread(target=lambda: found.append(post(body, seconds)), daemon=True)
    thread.start()
    thread.join(30)
    return found


def trickling(start: bytes) -> Iterator[bytes]:
    """A byte now and then, for ever."""
    yield start
    while not threading.Event().wait(0.02):
        yield b"x"


def test_a_receiver_that_trickles_is_given_up(serve: Callable[..., Served]) -> None:
    """Although each byte comes in time."""
    address, _sent, closed = serve(trickling(b"HTTP/1.1 200 OK\r\nx-more: "))
    assert within(Post(address, {}), b"body", 0.4) == [None]
    assert closed.wait(10)


def test_an_answer_that_trickles_counts_by_its_status(serve: Callable[..., Served]) -> None:
    """The receiver has what it wanted: sent once more, it would have it twice."""
    address, sent, closed = serve(trickling(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\n"))
    assert within(Post(address, {}), b"body", 0.4) == [200]
    assert closed.wait(10)
    assert len(sent) == 1


def test_an_endless_answer_is_not_read(serve: Callable[..., Served]) -> None:
    """Its status is enough; the connection is closed."""

    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\n"
        while True:
            yield b"x" * 65_536

    address, sent, closed = serve(endless())
    assert within(Post(address, {}), b"body", 20) == [200]
    assert closed.wait(10)
    # What the system's own buffers take.
    assert sent[0] < 30_000_000


def test_a_receiver_that_takes_nothing_is_given_up(serve: Callable[..., Served]) -> None:
    """However large the body is."""
    address, _sent, _closed = serve(trickling(b""), reads=False)
    assert within(Post(address, {}), bytes(100_000_000), 0.4) == [None]


def test_a_connection_is_kept(serve: Callable[..., Served]) -> None:
    """As long as answers are whole."""
    answers = iter([b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"] * 3)
    address, sent, _closed = serve(answers)
    post = Post(address, {"x-team": "a"})
    assert [post(b"body", 10) for _number in range(3)] == [200] * 3
    assert len(sent) == 1
    post.forget()


@pytest.mark.parametrize(
    ("address", "headers"), [("http://127.0.0.1:9/", {"a": "b\nc: d"}), (f"http://{'a' * 70}.example/", {}), ("http://127.0.0.1:x/", {})]
)  # fmt: skip
def test_what_cannot_be_an_address_or_a_header_is_a_value_error(address: str, headers: dict[str, str]) -> None:
    """And no reason to try again."""
    post = Post(address, headers)
    for _attempt in range(2):
        with pytest.raises(ValueError, match=r"Invalid header|label|Port"):
            post(b"body", 1)
