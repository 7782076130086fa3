"""The language that the pages speak to the viewer, and the time zone of their days."""

from typing import Annotated, Self

import strawberry
from sqlmodel import Session

from app import preferences
from app.graphql import problems
from app.graphql.context import Info
from app.graphql.permissions import for_listeners


@strawberry.type(description="What a user chose; null leaves it to the browser.")
class Preferences:
    language: str | None = strawberry.field(description="What the pages speak, such as en.")
    time_zone: str | None = strawberry.field(
        description="The IANA name, such as Europe/Paris, of the clock that statistics go by."
    )

    @classmethod
    def of(cls, chosen: preferences.Preferences) -> Self:
        return cls(language=chosen.language, time_zone=chosen.time_zone)


@strawberry.input(description="What is left out stays as it is; null leaves it to the browser.")
class SetPreferencesInput:
    language: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"One of {', '.join(preferences.LANGUAGES)}."
    )
    time_zone: str | None = strawberry.field(
        default=strawberry.UNSET, description="An IANA name, such as Europe/Paris."
    )


@strawberry.type(description="They are kept.")
class PreferencesSet:
    preferences: Preferences = strawberry.field(description="What they are now.")


SetPreferencesResult = Annotated[
    PreferencesSet | problems.InvalidInput,
    strawberry.union("SetPreferencesResult", description="What `setPreferences` gives."),
]


@strawberry.type
class PreferencesMutation:
    @for_listeners("Choose the language and the time zone of the viewer.")
    async def set_preferences(
        self,
        info: Info,
        wanted: Annotated[
            SetPreferencesInput, strawberry.argument(name="input", description="Which.")
        ],
    ) -> SetPreferencesResult:
        viewer = info.context.signed_in
        chosen = await info.context.write(lambda session: _set(session, viewer.id, wanted))
        return PreferencesSet(preferences=Preferences.of(chosen))


def _set(session: Session, user_id: int, wanted: SetPreferencesInput) -> preferences.Preferences:
    before = preferences.of_user(session, user_id)
    language = before.language if wanted.language is strawberry.UNSET else wanted.language
    zone = before.time_zone if wanted.time_zone is strawberry.UNSET else wanted.time_zone
    preferences.set_preferences(session, user_id, language, zone)
    return preferences.of_user(session, user_id)
