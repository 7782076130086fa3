"""A loopback TCP proxy to a server's Unix socket, to be cut, joined again, slowed and silenced."""

import socket
import threading
from contextlib import suppress
from typing import Self

_BLOCK = 1 << 16


class Proxy:
    """Listens on one port of 127.0.0.1 for as long as it is entered and not cut."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.port = 0
        self.delay_seconds = 0.0
        """What each block takes longer, on its way there and on its way back."""
        self._listening: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._moment = threading.Event()
        self._speaks = threading.Event()
        self._speaks.set()

    def __enter__(self) -> Self:
        self.join()
        return self

    def __exit__(self, *_: object) -> None:
        self.speak()
        self.cut()

    def swallow(self) -> None:
        """Take connections and whatever is sent, and pass none of it on, as a frozen host does."""
        self._speaks.clear()

    def speak(self) -> None:
        """Pass on what was held back, and what comes."""
        self._speaks.set()

    def join(self) -> None:
        """Take connections, on the same port as before."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def cut(self) -> None:
        """Break every connection, and refuse new ones."""
        if self._listening is not None:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            self._open.clear()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.socket(socket.AF_UNIX)
                try:
                    far.connect(self.path)
                except OSError:  # the server is away: so are we
                    near.close()
                    far.close()
                    continue
                with self._lock:
                    self._open |= {near, far}
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while block := one.recv(_BLOCK):
                self._moment.wait(self.delay_seconds)
                self._speaks.wait()
                other.sendall(block)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open.discard(one)
        one.close()
