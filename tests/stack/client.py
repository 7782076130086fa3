"""A GraphQL client as a front-end developer would write one."""

from typing import Any

import httpx2

LOGIN = """mutation ($username: String!, $password: String!) {
  login(input: {username: $username, password: $password}) {
    ... on LoginSuccess { token user { name } }
    ... on Problem { message }
  }
}"""
RECOMMENDATIONS = """query ($first: Int) {
  recommendations(first: $first) {
    id modelVersion items { position score track { id title artist { name } } }
  }
}"""
RECORD_LISTEN = """mutation ($input: RecordListenInput!) {
  recordListen(input: $input) { __typename ... on Problem { message } }
}"""
TRAIN = """mutation ($input: TrainModelInput) {
  trainModel(input: $input) {
    __typename
    ... on TrainingStarted { training { id version state } }
    ... on Problem { message }
  }
}"""
TRAININGS = """{ trainings(first: 20) { edges { node { version state progress error } } } }"""
EVALUATE = """mutation ($id: ID) {
  evaluateModel(input: {trainingId: $id}) {
    __typename
    ... on EvaluationStarted { run { id state } }
    ... on Problem { message }
  }
}"""
EVALUATION = """query ($id: ID!) {
  node(id: $id) {
    ... on EvaluationRun {
      version state progress error evaluation { verdict promote championVersion }
    }
  }
}"""
STATUS = "{ status { state modelVersion } }"


class Client:
    """Speaks to one server, signed in or not."""

    def __init__(self, address: str) -> None:
        self.http = httpx2.Client(base_url=address, timeout=30, trust_env=False)

    def sign_in(self, name: str, password: str) -> None:
        token = self.ask(LOGIN, username=name, password=password)["login"]["token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data; errors fail the test."""
        answer = self.http.post("/graphql", json={"query": document, "variables": variables})
        body = answer.json()
        assert "errors" not in body, body
        data: dict[str, Any] = body["data"]
        return data

    def recommended(self, first: int = 20) -> dict[str, Any]:
        served: dict[str, Any] = self.ask(RECOMMENDATIONS, first=first)["recommendations"]
        return served

    def evaluated(self, training_id: str | None = None) -> str:
        """A run that measures a training, or the champion: its id."""
        answer = self.ask(EVALUATE, id=training_id)["evaluateModel"]
        assert answer["__typename"] == "EvaluationStarted", answer
        run_id: str = answer["run"]["id"]
        return run_id

    def evaluation(self, run_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(EVALUATION, id=run_id)["node"]
        return found

    def trainings(self) -> dict[int, dict[str, Any]]:
        """By version."""
        edges = self.ask(TRAININGS)["trainings"]["edges"]
        return {edge["node"]["version"]: edge["node"] for edge in edges}
