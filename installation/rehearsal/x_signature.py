"""OAuth 1.0a as a server checks it (RFC 5849, HMAC-SHA1), written apart from the library that signs."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote

HOST = "https://api.twitter.com"  # what clients sign, whatever address they were led to
SKEW_SECONDS = 300
NEEDED = (
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_signature",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
)


class Signatures:
    """Knows one application and one user, and every nonce it has seen."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        self._credentials = credentials
        self._nonces: set[tuple[str, str]] = set()

    def problem(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> str:
        """What is wrong with a request's signature, or nothing ("")."""
        sent = _authorization(headers.get("Authorization", ""))
        missing = [name for name in NEEDED if name not in sent]
        if missing:
            return f"the Authorization header lacks {', '.join(missing)}"
        if (sent["oauth_consumer_key"], sent["oauth_token"]) != self._keys():
            return "these keys are not known"
        if sent["oauth_signature_method"] != "HMAC-SHA1" or sent.get("oauth_version", "1.0") != "1.0":
            return "only HMAC-SHA1 of OAuth 1.0 is taken"
        form = body if headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded") else b""
        if not hmac.compare_digest(self._signature(method, path, query, form, sent), sent["oauth_signature"]):
            return "the signature is wrong"
        return self._stale(sent)

    def _keys(self) -> tuple[str, str]:
        return self._credentials["consumer_key"], self._credentials["access_token"]

    def _stale(self, sent: Mapping[str, str]) -> str:
        stamp = sent["oauth_timestamp"]
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > SKEW_SECONDS:
            return "the timestamp is out of bounds"
        once = (stamp, sent["oauth_nonce"])
        if once in self._nonces:
            return "the nonce was used before"
        self._nonces.add(once)
        return ""

    def _signature(self, method: str, path: str, query: str, form: bytes, sent: Mapping[str, str]) -> str:
        signed = [(name, value) for name, value in sent.items() if name not in {"oauth_signature", "realm"}]
        signed += parse_qsl(query, keep_blank_values=True) + parse_qsl(form.decode("latin-1"), keep_blank_values=True)
        pairs = sorted((_escaped(name), _escaped(value)) for name, value in signed)
        base = "&".join([method, _escaped(HOST + path), _escaped("&".join(f"{name}={value}" for name, value in pairs))])
        secrets = (self._credentials["consumer_secret"], self._credentials["access_token_secret"])
        key = "&".join(_escaped(secret) for secret in secrets)
        return base64.b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha1)).decode()


def _authorization(header: str) -> dict[str, str]:
    """The fields of `OAuth a="1", b="2"`; empty when the header is of another kind."""
    kind, _, fields = header.partition(" ")
    if kind != "OAuth":
        return {}
    pairs = (field.strip().partition("=") for field in fields.split(","))
    return {name: unquote(value.strip('"')) for name, _, value in pairs}


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")
