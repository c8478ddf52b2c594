"""Take secrets out of a text before it is written down.

What looks like one goes: what is given to a name that says so (`API_TOKEN=...`, `--password ...`,
`Authorization: Bearer ...`), a user's part of an address, a private key, and what begins as the
tokens of well-known services do. A look at plain text is a few comparisons; no regular expressions,
which cost the hook more to load than all this takes.
"""

from __future__ import annotations

REDACTED = "[redacted]"

# Names that are given secrets; of some, `secrets` asks for more.
NAMES = (
    "token", "secret", "passwd", "password", "passphrase", "credential", "apikey", "api_key",
    "api-key", "access_key", "access-key", "private_key", "private-key", "authorization",
    "auth", "bearer", "pwd", "cookie", "key", "pass",
)  # fmt: skip
# How tokens of services begin, by what these say about them, and how long they are at least.
PREFIXES = {
    "sk-": 20, "sk_live_": 16, "sk_test_": 16, "rk_live_": 16, "whsec_": 16,  # OpenAI, Stripe ...
    "ghp_": 20, "gho_": 20, "ghu_": 20, "ghs_": 20, "ghr_": 20, "github_pat_": 24,  # GitHub
    "glpat-": 20, "gldt-": 20, "glrt-": 20,  # GitLab
    "xoxa-": 16, "xoxb-": 16, "xoxp-": 16, "xoxr-": 16, "xoxs-": 16, "xapp-": 16,  # Slack
    "akia": 20, "asia": 20,  # AWS
    "aiza": 35, "ya29.": 24,  # Google
    "hf_": 24, "npm_": 30, "pypi-": 30, "dop_v1_": 30, "shpat_": 30, "sntrys_": 24,
    "ak-": 20, "as-": 20,  # Modal
    "eyj": 30,  # a JSON Web Token
}  # fmt: skip

KEY_BEGINS, KEY_ENDS = "-----begin", "-----end"
USERS = (" -u ", " -u", " --user ", " --user=", "sshpass -p ", "sshpass -p")


def redact(text: str) -> str:
    """Give the text with `[redacted]` for what looks like a secret. Twice is as once."""
    low = text.lower()
    if len(low) != len(text):  # a letter that has no small one of its own: places would not agree
        low = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    if not any(mark in low for mark in _MARKS):
        return text
    from kei_gates.audit.secrets import spans_of  # noqa: PLC0415 -- few texts hold such a word

    spans = sorted(spans_of(text, low))
    parts, at = [], 0
    for start, end in spans:
        if end <= at:
            continue
        parts += [text[at:start], REDACTED] if start >= at else []
        at = end
    return "".join(parts) + text[at:] if parts else text


_MARKS = (*NAMES, *PREFIXES, *USERS, KEY_BEGINS, "://")
