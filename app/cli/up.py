"""Everything on this machine under one parent.

Little is imported here: the children import what they need beside it.
"""

from app.cli.out import OUT
from app.embedded import Embedded
from app.settings import settings_with


def up(port: int | None) -> None:
    with Embedded(settings_with(port)) as running:
        _say_where(running)
        running.watch(OUT.print)


def demo(port: int | None) -> None:
    settings = settings_with(port)
    with Embedded(settings) as running:
        from app.cli.demo import prepare  # slow to import: the children are on their way by now
        from app.embedded.demo import ADMINISTRATOR, LISTENER

        known = prepare(running, settings)
        if not running.stop_asked:
            _say_where(running)
            _say_account("listener", LISTENER, known.listener_password)
            _say_account("administrator", ADMINISTRATOR, known.administrator_password)
        running.watch(OUT.print)


def _say_where(running: Embedded) -> None:
    OUT.print(f"PyTune serves {running.address} (Ctrl-C ends it)")


def _say_account(role: str, name: str, password: str) -> None:
    OUT.print(f"  {role:<14} {name} / {password}")
