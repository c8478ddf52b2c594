"""Find where secrets stand in a text that holds a word of `redact`'s."""

from __future__ import annotations

from kei_gates.audit.redact import KEY_BEGINS, KEY_ENDS, NAMES, PREFIXES, REDACTED, USERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Span = tuple[int, int]

_SCHEMES = ("basic", "bearer", "digest", "negotiate", "token")

_ANY_LENGTH = 1
_SHORTEST = {"auth": 12, "bearer": 12, "pwd": 6, "cookie": 6, "key": 12, "pass": 6}
"""Characters that a value needs to be taken for a secret where the name alone does not say."""

_TOKEN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-.")
_BLANKS = " \t"
_QUOTES = "\"'"
_VALUE_ENDS = frozenset(" \t\n\r\"'`;&|<>(){},\\")
_REFERENCES = ("$", "<", "{", "(", "%")
"""How a value begins that only says where the secret is."""

_WITHOUT_USER = "sshpass"
_SHORTEST_USER = 16
"""Characters of a user's name in an address that is taken for a token."""


def _places(low: str, word: str) -> Iterator[int]:
    """Give where a word stands, not in the middle of another."""
    at = low.find(word)
    while at >= 0:
        yield at
        at = low.find(word, at + len(word))


def spans_of(text: str, low: str) -> Iterator[Span]:
    """Give where secrets stand."""
    for name in NAMES:
        end = 0
        for at in _places(low, name):
            if at >= end and _is_name(low, at, name):  # two in one word are given one value
                end = _run(low, at, _NAME)
                yield from _given(text, low, at, end, name)
    for prefix, shortest in PREFIXES.items():
        for at in _places(low, prefix):
            end = _run(text, at, _TOKEN)
            if end - at >= shortest and not (at and low[at - 1].isalnum()):
                yield at, end
    yield from _in_addresses(text)
    yield from _private_keys(low)
    yield from _of_users(text, low)


def _run(text: str, at: int, of: frozenset[str]) -> int:
    """Give where a run of some characters ends."""
    while at < len(text) and text[at] in of:
        at += 1
    return at


def _is_name(low: str, at: int, name: str) -> bool:
    """Whether a name stands at `at`, and not in `tokens`, `tokenizer`, `author` or `monkey`."""
    after = at + len(name)
    if low[after : after + 1].isalpha():
        return False
    return not (name in _SHORTEST and at and low[at - 1].isalpha())


def _given(text: str, low: str, at: int, end: int, name: str) -> Iterator[Span]:
    """Give the value that the name around `at`, in a word until `end`, is given, if it is one."""
    start = _value(text, low, end, is_option=_is_option(low, at), is_scheme=name == "bearer")
    if start is None:
        return
    scheme = next((one for one in _SCHEMES if low.startswith(f"{one} ", start)), "")
    start += len(f"{scheme} ") if scheme else 0
    quote = text[start - 1] if text[start - 1 : start] in _QUOTES else ""
    end = text.find(quote, start) if quote else -1
    if end < 0:
        end = start
        while end < len(text) and text[end] not in _VALUE_ENDS:
            end += 1
    value = text[start:end]
    if len(value) < _SHORTEST.get(name, _ANY_LENGTH) or value.startswith(_REFERENCES):
        return
    if value.lower() not in ("true", "false", "none", "null", REDACTED):
        yield start, end


def _is_option(low: str, at: int) -> bool:
    """Whether the name around `at` is an option, whose value may stand behind a blank."""
    while at and low[at - 1] in _NAME:
        at -= 1
    return low.startswith("--", at)


def _value(text: str, low: str, at: int, *, is_option: bool, is_scheme: bool) -> int | None:
    """Give where the value begins that a name which ends at `at` is given; none without."""
    if text[at : at + 1] and text[at] in _QUOTES:
        at += 1  # `"token": "..."`
    start = _run(low, at, frozenset(_BLANKS))
    if text[start : start + 1] and text[start] in "=:":
        start = _run(low, start + 1, frozenset("=:" + _BLANKS))
    elif start == at or not (is_option or is_scheme):
        return None
    return start + 1 if text[start : start + 1] and text[start] in _QUOTES else start


def _in_addresses(text: str) -> Iterator[Span]:
    """Give the secrets in `https://user:secret@host` and `https://secret@host`."""
    for at in _places(text, "://"):
        start = at + len("://")
        end = start
        while end < len(text) and text[end] not in "/?#\"'" and not text[end].isspace():
            end += 1
        user, mark, _ = text[start:end].rpartition("@")
        name, colon, secret = user.partition(":")
        if mark and colon and secret and not secret.startswith(_REFERENCES):
            yield start + len(name) + 1, start + len(user)
        elif mark and _SHORTEST_USER <= len(name) == len(user) and not user.startswith(_REFERENCES):
            yield start, start + len(user)


def _private_keys(low: str) -> Iterator[Span]:
    for at in _places(low, KEY_BEGINS):
        line = low[at : at + 60]
        if "private key" in line:
            end = low.find(KEY_ENDS, at)
            yield at + len(KEY_BEGINS), len(low) if end < 0 else end


def _of_users(text: str, low: str) -> Iterator[Span]:
    """Give the passwords of `curl -u user:password` and the like."""
    for option in USERS:
        for at in _places(low, option):
            start = at + len(option)
            start += 1 if text[start : start + 1] and text[start] in _QUOTES else 0
            end = start
            while end < len(text) and text[end] not in _VALUE_ENDS:
                end += 1
            _, colon, secret = text[start:end].rpartition(":")
            if not colon and not option.startswith(_WITHOUT_USER):
                continue
            if secret and not secret.startswith((*_REFERENCES, REDACTED)):
                yield end - len(secret), end
