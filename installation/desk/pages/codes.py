"""The code by which a visitor finds the film again: short, without letters that look or sound alike or make words."""

import hmac
import unicodedata

LETTERS = "CFHJKMPRTVWXY3479"
LENGTH = 10  # 17 letters: 41 bits


def code_of(secret: bytes, nonce: str) -> str:
    """The code that belongs to this sheet of paper and no other, such as "KMC-4RT-7XYK"; the same every time."""
    number = int.from_bytes(hmac.digest(secret, b"code " + nonce.encode(), "sha256"), "big")
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return _in_groups("".join(letters))


def tidied(typed: str) -> str:
    """A code as it is stored, however it was typed; empty when it is none."""
    letters = [each for each in unicodedata.normalize("NFKC", typed[:60]).upper() if each.isalnum()]
    fits = len(letters) == LENGTH and set(letters) <= set(LETTERS)
    return _in_groups("".join(letters)) if fits else ""


def _in_groups(letters: str) -> str:
    return f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"
