"""Answers other than yes, in the forms that X documents or is known to give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PROBLEMS = "https://api.twitter.com/2/problems/"


class Refusal(Exception):
    """An answer other than yes; `more` are further values of its body."""

    def __init__(
        self, status: int, title: str, detail: str, kind: str = "about:blank", more: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.kind, self.more = status, title, detail, kind, dict(more or {})

    def body(self) -> dict[str, Any]:
        """What is sent."""
        return {"title": self.title, "detail": self.detail, "type": self.kind, "status": self.status, **self.more}


@dataclass(frozen=True)
class Form:
    """A documented refusal: its status, what its body says, and headers beside it."""

    status: int
    title: str
    detail: str
    kind: str = "about:blank"
    more: Mapping[str, Any] = field(default_factory=dict)


_ENROLLED = "Your enrolled account [1234567890]"
_CYCLE = {"account_id": 1234567890, "reset_date": "2031-02-14"}

# By the names under which a test or a soak orders them.
FORMS: dict[str, Form] = {
    "rate limit": Form(429, "Too Many Requests", "Too Many Requests"),
    "usage cap": Form(
        429,
        "UsageCapExceeded",
        "Usage cap exceeded: Monthly product cap",
        PROBLEMS + "usage-capped",
        {"account_id": 1234567890, "product_name": "standard-basic", "period": "Monthly", "scope": "Product"},
    ),
    "credits": Form(
        402,
        "CreditsDepleted",
        f"{_ENROLLED} does not have any credits to fulfill this request.",
        PROBLEMS + "credits",
        {"account_id": 1234567890},
    ),
    "spend cap": Form(
        403,
        "SpendCapReached",
        f"{_ENROLLED} has reached its billing cycle spend cap."
        " API requests will be blocked until the next cycle begins on 2031-02-14.",
        PROBLEMS + "credits",
        _CYCLE,
    ),
    "unauthorized": Form(401, "Unauthorized", "Unauthorized"),
    "suspended": Form(
        403, "Forbidden", "Your account is suspended and is not permitted to access this feature. It is read only."
    ),
    "locked": Form(403, "Forbidden", "To protect our users from spam, your account is temporarily locked."),
    "automated": Form(
        403,
        "Forbidden",
        "This request looks like it might be automated. To protect our users from spam and other malicious activity,"
        " we can't complete this action right now.",
    ),
    "permissions": Form(
        403,
        "Forbidden",
        "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
        PROBLEMS + "oauth1-permissions",
    ),
    "not enrolled": Form(
        403,
        "Client Forbidden",
        "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a developer"
        " App that is attached to a Project.",
        PROBLEMS + "client-forbidden",
        {"reason": "client-not-enrolled", "required_enrollment": "Appropriate Level of API Access"},
    ),
    "not permitted": Form(403, "Forbidden", "You are not permitted to perform this action."),
    "duplicate": Form(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content."),
    "reply": Form(
        403,
        "Forbidden",
        "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the"
        " author of the post you are replying to.",
    ),
    "deleted": Form(403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you."),
    "media": Form(400, "Invalid Request", "Your media IDs are invalid.", PROBLEMS + "invalid-request"),
    "overloaded": Form(503, "Service Unavailable", "Service Unavailable"),
}


def refuse(name: str, detail: str = "") -> Refusal:
    """The documented refusal of that name."""
    form = FORMS[name]
    return Refusal(form.status, form.title, detail or form.detail, form.kind, form.more)


def malformed(detail: str, parameters: Mapping[str, Any] | None = None) -> Refusal:
    """A request that does not have its published shape."""
    errors = [{"parameters": dict(parameters or {}), "message": detail}]
    told = "One or more parameters to your request was invalid."
    return Refusal(400, "Invalid Request", told, PROBLEMS + "invalid-request", {"errors": errors})
