"""A proxy between a store and its server that cuts a connection after so many bytes, or late."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

Direction = Literal["asked", "answered"]
"""From the store to the server, or back."""

COMMIT = b"COMMIT\0"
"""As it stands in a Parse message and in the answer."""


class Proxy:
    """Passes on what it is sent; armed, it cuts one connection, the first that comes so far."""

    def __init__(self, port: int) -> None:
        self._server = "127.0.0.1", port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._armed: tuple[Direction, int] | None = None
        self._is_holding = self._is_losing = False
        self.passed: dict[Direction, int] = {"asked": 0, "answered": 0}
        self.cuts = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def listen(self) -> None:
        """Count bytes from here on."""
        self.arm("asked", 1 << 60)

    def arm(self, direction: Direction, after: int) -> None:
        """Cut when so many more bytes have passed in this direction."""
        with self._lock:
            self.passed = {"asked": 0, "answered": 0}
            self._armed = direction, after

    def hold_commit(self) -> None:
        """Cut the client off when it says COMMIT, and tell the server half a second later."""
        with self._lock:
            self._is_holding = True

    def lose_answer(self) -> None:
        """Cut the client off when the server has said that COMMIT is done."""
        with self._lock:
            self._is_losing = True

    def close(self) -> None:
        """No new connection is taken; those that are there go on."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # to close it alone would not wake who waits for one
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._pump, args=(client,), daemon=True).start()

    def _pump(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(self._server) as server:
            for side in (client, server):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                for source in select.select([client, server], [], [])[0]:
                    data = source.recv(65_536)
                    is_asked = source is client
                    target = server if is_asked else client
                    if not data or self._is_cut(data, target, client, is_asked=is_asked):
                        return

    def _is_cut(self, data: bytes, target: socket.socket, client: socket.socket, *, is_asked: bool) -> bool:
        direction: Direction = "asked" if is_asked else "answered"
        if is_asked and COMMIT in data and self._is_held():
            client.shutdown(socket.SHUT_RDWR)
            time.sleep(0.5)
            target.sendall(data)
            time.sleep(0.2)
            return True
        with self._lock:
            if self._is_losing and not is_asked and COMMIT in data:
                self._is_losing = False
                self.cuts += 1
                return True
            room = self._room(direction, len(data))
            self.passed[direction] += len(data)
        target.sendall(data if room is None else data[:room])
        return room is not None

    def _is_held(self) -> bool:
        with self._lock:
            held, self._is_holding = self._is_holding, False
            self.cuts += held
            return held

    def _room(self, direction: Direction, size: int) -> int | None:
        """How many of so many bytes may still pass; None for all."""
        if self._armed and self._armed[0] == direction and self._armed[1] < self.passed[direction] + size:
            room = self._armed[1] - self.passed[direction]
            self._armed = None
            self.cuts += 1
            return room
        return None


@contextmanager
def proxied(port: int) -> Iterator[Proxy]:
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
