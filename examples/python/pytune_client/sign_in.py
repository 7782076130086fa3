from datetime import datetime
from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel


class SignIn(BaseModel):
    login: Union[
        "SignInLoginLoginSuccess",
        "SignInLoginInvalidCredentials",
        "SignInLoginRateLimited",
    ] = Field(discriminator="typename__")


class SignInLoginLoginSuccess(BaseModel):
    typename__: Literal["LoginSuccess"] = Field(alias="__typename")
    token: str
    expires_at: datetime = Field(alias="expiresAt")
    user: "SignInLoginLoginSuccessUser"


class SignInLoginLoginSuccessUser(BaseModel):
    name: str


class SignInLoginInvalidCredentials(BaseModel):
    typename__: Literal["InvalidCredentials"] = Field(alias="__typename")
    code: str
    message: str


class SignInLoginRateLimited(BaseModel):
    typename__: Literal["RateLimited"] = Field(alias="__typename")
    retry_after_seconds: int = Field(alias="retryAfterSeconds")
    code: str
    message: str


SignIn.model_rebuild()
SignInLoginLoginSuccess.model_rebuild()
