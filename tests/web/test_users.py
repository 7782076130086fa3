"""The administrators' pages of users, and where their links lead."""

import pytest

from app import accounts, users
from app.access import COOKIE
from app.errors import InvalidCredentials
from app.models import Role
from app.models.columns import id_of
from app.users import UserState
from tests.web.conftest import OpenSite, Site
from tests.web.pages import attributes, text
from tests.web.world import PASSWORD


def _state(site: Site, name: str) -> UserState:
    with site.state.database.read() as session:
        user = accounts.user_by_name(session, name)
        assert user is not None
        return users.account(session, id_of(user)).state


def _link(page: str) -> str:
    """Path of the link that the page shows."""
    (address,) = (each for each in attributes(page, "value") if "/invitations/" in each)
    assert address.startswith("http://testserver/invitations/")
    return address.removeprefix("http://testserver")


def test_users_are_listed_and_searched(admin: Site) -> None:
    seen = text(admin.get("/admin/users").text)
    assert "3 users, the newest first." in seen
    assert seen.index("newcomer") < seen.index("ann Listener")
    assert "Nobody's yet" in seen, "the newcomer came from a file"
    found = admin.get("/admin/users?q=ANN").text
    assert "1 user, the newest first." in text(found)
    assert 'value="ANN"' in found
    assert "Nobody has such a name." in text(admin.get("/admin/users?q=%25").text)


def test_an_invited_person_picks_a_password_and_is_signed_in(admin: Site) -> None:
    shown = admin.post("/admin/users", {"name": "eve", "role": "listener"})
    assert shown.status_code == 200
    path = _link(shown.text)
    admin.client.cookies.delete(COOKIE)
    for _ in range(2):
        page = admin.get(path)
        assert "Welcome, eve." in text(page.text)
    assert page.headers["referrer-policy"] == "same-origin"
    assert "Pick a password" in text(page.text)
    answer = admin.post(path, {"password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/welcome")
    assert "eve" in text(admin.get("/").text)
    assert _state(admin, "eve") is UserState.ACTIVE


def test_who_forgot_their_password_is_no_newcomer(admin: Site) -> None:
    path = _link(admin.post(f"/admin/users/{admin.world.ann}/link", {}).text)
    admin.client.cookies.delete(COOKIE)
    page = text(admin.get(path).text)
    assert "Welcome back, ann. Pick a new password" in page
    assert "Begin" not in page


def test_a_used_link_is_over(admin: Site) -> None:
    path = _link(admin.post("/admin/users", {"name": "eve"}).text)
    admin.post(path, {"password": PASSWORD})
    for over in (admin.get(path), admin.post(path, {"password": "another one"})):
        assert over.status_code == 410
        assert "This link is over." in text(over.text)
    with admin.state.database.read() as session, pytest.raises(InvalidCredentials):
        accounts.proven(accounts.user_by_name(session, "eve"), "another one")


def test_a_link_ends_by_itself(open_site: OpenSite) -> None:
    admin = open_site(password_link_hours=1e-9)
    admin.sign_in(admin.world.root)
    path = _link(admin.post("/admin/users", {"name": "eve"}).text)
    assert admin.get(path).status_code == 410
    assert _state(admin, "eve") is UserState.UNCLAIMED


def test_a_password_too_short_is_said_and_the_link_stays(admin: Site) -> None:
    path = _link(admin.post("/admin/users", {"name": "eve"}).text)
    short = admin.post(path, {"password": "short"})
    assert short.status_code == 422
    assert "A password has 8 to 512 characters." in text(short.text)
    assert admin.post(path, {"password": PASSWORD}).status_code == 303


def test_a_listener_from_a_file_is_claimed_with_its_listens(admin: Site) -> None:
    number = admin.world.newcomer
    path = _link(admin.post(f"/admin/users/{number}/link", {}).text)
    assert "A link waits to be used until" in text(admin.get(f"/admin/users/{number}").text)
    admin.post(path, {"password": PASSWORD})
    with admin.state.database.read() as session:
        assert (
            id_of(accounts.proven(accounts.user_by_name(session, "newcomer"), PASSWORD)) == number
        )


def test_another_sites_page_cannot_use_a_link(admin: Site) -> None:
    path = _link(admin.post("/admin/users", {"name": "eve"}).text)
    refused = admin.post(path, {"password": PASSWORD}, Origin="https://evil.example")
    assert refused.status_code == 403
    assert _state(admin, "eve") is UserState.INVITED


def test_somebody_is_added_with_a_password(admin: Site) -> None:
    sent = {"name": "eve", "password": PASSWORD, "role": "administrator"}
    answer = admin.post("/admin/users", sent)
    page = text(admin.get(answer.headers["location"]).text)
    assert "eve Can sign in Administrator" in page
    with admin.state.database.read() as session:
        assert (
            accounts.proven(accounts.user_by_name(session, "eve"), PASSWORD).role
            is Role.ADMINISTRATOR
        )


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"name": "ANN"}, 409, "Somebody has that name already"),
        ({"name": " "}, 422, "A name has 1 to 64 characters"),
        ({"name": "eve", "password": "short"}, 422, "A password has 8 to 512 characters"),
        ({"name": "eve", "role": "king"}, 422, "The value of “role” cannot be taken."),
    ],
)
def test_what_cannot_be_added_is_said(
    admin: Site, sent: dict[str, str], status: int, words: str
) -> None:
    response = admin.post("/admin/users", sent)
    assert response.status_code == status
    assert words in text(response.text)
    with admin.state.database.read() as session:
        assert users.count_users(session) == 3


def test_who_is_disabled_is_out_at_once_and_let_in_again(admin: Site) -> None:
    ann, root = admin.world.ann, admin.world.root
    admin.sign_in(ann)
    theirs = admin.client.cookies[COOKIE]
    admin.sign_in(root)
    path = f"/admin/users/{ann}"
    assert admin.post(f"{path}/disable", {}).headers["location"] == path
    assert "ann Disabled" in text(admin.get(path).text)
    stale = admin.post(f"{path}/link", {})
    assert stale.status_code == 422
    assert "Who is disabled gets no link" in text(stale.text)
    admin.post(f"{path}/enable", {})
    assert _state(admin, "ann") is UserState.ACTIVE
    admin.client.cookies.set(COOKIE, theirs)
    assert admin.get("/").headers["location"].startswith("/login"), "signed out for good"


def test_a_role_is_changed_and_the_last_administrator_stays(admin: Site) -> None:
    root, ann = (f"/admin/users/{number}" for number in (admin.world.root, admin.world.ann))
    for sent in (f"{root}/disable", f"{root}/role"):
        refused = admin.post(sent, {"role": "listener"})
        assert refused.status_code == 409
        assert "Nobody else could sign in as administrator." in text(refused.text)
    assert admin.post(f"{ann}/role", {"role": "administrator"}).headers["location"] == ann
    assert admin.post(f"{root}/role", {"role": "listener"}).status_code == 303
    assert admin.get("/admin/users").status_code == 403, "the role holds from the next request on"


@pytest.mark.parametrize("path", ["", "/link", "/role", "/disable", "/enable"])
def test_only_administrators_may(site: Site, path: str) -> None:
    target = f"/admin/users/{site.world.ann}{path}" if path else "/admin/users"
    sent = {"name": "eve", "role": "administrator"}
    assert site.post(target, sent).status_code == 403
    assert site.get("/admin/users").status_code == 403
    assert site.get(f"/admin/users/{site.world.ann}").status_code == 403
    with site.state.database.read() as session:
        assert users.count_users(session) == 3
        assert users.account(session, site.world.ann).user.role is Role.LISTENER


def test_who_is_not_there_is_said(admin: Site) -> None:
    assert admin.get("/admin/users/999").status_code == 404
    assert admin.post("/admin/users/999/disable", {}).status_code == 404
    assert admin.post("/admin/users/999/link", {}).status_code == 404
