"""The web process on a listening socket that it inherits: python -m tests.web_process FD.

As `pytune up` starts it. By uvicorn's --fd the socket would be taken for one without addresses, so
nothing would set TCP_NODELAY, and each answer's body would wait 40 ms for its head to be confirmed.
"""

import socket
import sys

import uvicorn


def main() -> None:
    config = uvicorn.Config("app.main:create_app", factory=True, log_level="warning")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
