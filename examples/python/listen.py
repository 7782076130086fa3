"""Sign in, show what PyTune recommends, and say that the first track was heard.

PYTUNE_PASSWORD=… python listen.py http://127.0.0.1:8000 ann
"""

import os
import sys

from pytune_client import Client
from pytune_client.heard import HeardRecordListenListenRecorded
from pytune_client.home import HomeRecommendations
from pytune_client.input_types import RecordListenInput
from pytune_client.sign_in import SignInLoginLoginSuccess


def sign_in(address: str, name: str, password: str) -> Client:
    """A client that speaks as the user. Ends the program if PyTune does not let them in."""
    with Client(f"{address}/graphql") as stranger:
        answer = stranger.sign_in(username=name, password=password).login
    if not isinstance(answer, SignInLoginLoginSuccess):
        sys.exit(f"{answer.code}: {answer.message}")
    return Client(f"{address}/graphql", headers={"Authorization": f"Bearer {answer.token}"})


def show(served: HomeRecommendations) -> None:
    for item in served.items:
        because = f", because of {item.reasons[0].track.title}" if item.reasons else ""
        print(f"{item.position}. {item.track.title} by {item.track.artist.name}{because}")


def hear_first(client: Client, served: HomeRecommendations) -> None:
    """Tell which list the track came from, so that PyTune learns how good its lists are."""
    first = served.items[0]
    listen = RecordListenInput(
        trackId=first.track.id, source="example", listId=served.id, position=first.position
    )
    answer = client.heard(input=listen).record_listen
    if not isinstance(answer, HeardRecordListenListenRecorded):
        sys.exit(f"{answer.code}: {answer.message}")
    print(f"Heard {answer.track.title}: {answer.track.viewer_play_count} in all.")


def main(address: str, name: str) -> None:
    with sign_in(address, name, os.environ["PYTUNE_PASSWORD"]) as client:
        served = client.home(first=5).recommendations
        show(served)
        if served.items:
            hear_first(client, served)


if __name__ == "__main__":
    main(*sys.argv[1:])
