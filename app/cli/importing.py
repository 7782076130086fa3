"""What can be typed after `pytune import`."""

from pathlib import Path
from typing import Annotated

import typer

import_app = typer.Typer(help="Bring in a catalogue and listens.", no_args_is_help=True)

HistoryFile = Annotated[Path, typer.Argument(help="The zip as it came, or a file out of it.")]
HistoryUser = Annotated[str, typer.Option(help="Whose listens these are.")]


@import_app.command()
def csv(
    folder: Annotated[Path, typer.Argument(help="Folder with tracks.csv and listens.csv.")],
    source: Annotated[
        str | None, typer.Option(help="Whose ids these are. Default: the folder's name.")
    ] = None,
) -> None:
    """Load a folder of PyTune's CSV files, gzip or not; again and again if you like."""
    from app.cli import keeping

    keeping.load("csv", folder, source=source)


@import_app.command("taste-profile")
def taste_profile(
    path: Annotated[
        Path, typer.Argument(help="A CSV file of joined rows, or a folder of songs and triplets.")
    ],
) -> None:
    """Load plays and songs of the Echo Nest Taste Profile."""
    from app.cli import keeping

    keeping.load("taste-profile", path)


@import_app.command()
def spotify(path: HistoryFile, user: HistoryUser) -> None:
    """Load a listener's extended streaming history from Spotify."""
    from app.cli import keeping

    keeping.load("spotify", path, user)


@import_app.command()
def listenbrainz(path: HistoryFile, user: HistoryUser) -> None:
    """Load a listener's export from ListenBrainz."""
    from app.cli import keeping

    keeping.load("listenbrainz", path, user)


@import_app.command()
def takeout(path: HistoryFile, user: HistoryUser) -> None:
    """Load what a listener played on YouTube Music, from Google Takeout."""
    from app.cli import keeping

    keeping.load("takeout", path, user)


@import_app.command()
def undo(
    import_id: Annotated[
        int, typer.Argument(help="The import's number, which it said at its end.")
    ],
) -> None:
    """Take an import back: its listens, and what it added and nobody else uses."""
    from app.cli import keeping

    keeping.undo(import_id)
