from typing import Any, Optional, Union

from .base_client import BaseClient
from .base_model import UNSET, UnsetType
from .heard import Heard
from .home import Home
from .input_types import RecordListenInput
from .sign_in import SignIn


def gql(q: str) -> str:
    return q


class Client(BaseClient):
    def sign_in(self, username: str, password: str, **kwargs: Any) -> SignIn:
        query = gql("""
            mutation SignIn($username: String!, $password: String!) {
              login(input: {username: $username, password: $password}) {
                __typename
                ... on LoginSuccess {
                  token
                  expiresAt
                  user {
                    name
                  }
                }
                ... on RateLimited {
                  retryAfterSeconds
                }
                ... on Problem {
                  code
                  message
                }
              }
            }
            """)
        variables: dict[str, object] = {"username": username, "password": password}
        response = self.execute(
            query=query, operation_name="SignIn", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return SignIn.model_validate(data)

    def home(
        self,
        first: int,
        discovery: Union[Optional[float], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Home:
        query = gql("""
            query Home($first: Int!, $discovery: Float) {
              recommendations(first: $first, discovery: $discovery) {
                id
                modelVersion
                items {
                  position
                  track {
                    id
                    title
                    artist {
                      name
                    }
                  }
                  reasons(first: 1) {
                    track {
                      title
                    }
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"first": first, "discovery": discovery}
        response = self.execute(
            query=query, operation_name="Home", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Home.model_validate(data)

    def heard(self, input: RecordListenInput, **kwargs: Any) -> Heard:
        query = gql("""
            mutation Heard($input: RecordListenInput!) {
              recordListen(input: $input) {
                __typename
                ... on ListenRecorded {
                  isNew
                  track {
                    title
                    viewerPlayCount
                  }
                }
                ... on Problem {
                  code
                  message
                }
              }
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = self.execute(
            query=query, operation_name="Heard", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Heard.model_validate(data)
