"""The web process on a listening socket that it inherits: python -m tests.web_process FD.

As `pytune up` starts it. By uvicorn's --fd the socket would be taken for one without addresses, so
nothing would set TCP_NODELAY, and each answer's body would wait 40 ms for its head to be confirmed.
"""

import os
import socket
import sys

import uvicorn
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app import lifeline, security

QUICK_HASHES = "PYTUNE_TEST_QUICK_HASHES"
"""Set where thousands of passwords are asked for: each would cost a fifth of a second by design."""
QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


def main() -> None:
    if QUICK_HASHES in os.environ:
        vars(security).update(_HASHER=QUICK)
    lifeline.hold_on()
    config = uvicorn.Config("app.main:create_app", factory=True, log_level="warning")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
