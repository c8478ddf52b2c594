"""What a report claims in words: that tests, or checks, have passed.

A sentence that names tests and says `pass`, `green`, `ok` or the like close to it is a claim, and
so is a number of tests that pass. One that also says `not`, `if`, `should`, `failed` or the like is
none: whether it is one cannot be told, and the run itself decides.
"""

from __future__ import annotations

import re
from itertools import pairwise

from kei_gates.checks._counting import plain_lines
from kei_gates.checks._reports import too_long

_TESTS = (
    r"\b(?:(?:unit|integration|doc)?tests|test(?= (?:now )?pass(?:es|ed)\b)|specs|suites?"
    r"|test[ -](?:suites?|results?|runs?)|cargo[ -]tests?|nextest|pytest|unittest|jest|vitest|mocha"
    r"|go test|node --test|npm test)\b"
)
_CHECKS = r"\b(?:checks|cargo[ -](?:check|clippy|build)|builds?|lints?|everything|verif\w+)\b"
_GREEN = (
    r"(?:\bpass(?:es|ed|ing)?\b(?! (?:the|an?|it|in|to|as|by|through|over|around|down)\b)"
    r"|\b(?:green|ok|okay|clean|succeed(?:s|ed)?|successful(?:ly)?)\b|[\u2705\u2714\u2713])"
)
_NUMBER = re.compile(
    r"\b[1-9]\d{0,5}(?: ?(?:/|of|out of) ?\d{1,6})?(?: unit)?(?: tests?)?(?: are| all| now)?"
    r" (?:pass(?:ed|ing|es)?|green|ok)\b",
    re.IGNORECASE,
)
_ALL_GREEN = re.compile(
    r"\b(?:all|they)(?: all| now)? (?:are |is )?(?:green|pass(?:es|ed|ing)?|ok)\b", re.IGNORECASE
)
_DENIED = re.compile(
    r"\b(?:not|cannot|unable|never|no longer|unless|until|if|once|when|should|must|would|will"
    r"|whether|make sure|so that|expect\w*|before|fail\w*|without|nor|except|but|skipped running)\b"
    r"|n't\b|\b0 (?:of|/)",
    re.IGNORECASE,
)
_NONE_BAD = re.compile(
    r"\b(?:0|no|none|zero|without(?: any)?) (?:tests? )?(?:fail\w*|errors?)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_ASIDE = re.compile(r" ?\([^()]{0,200}\)")
_NEAR = 60
# What begins the output of a run as before a change, or as after it: `Before my change:`.
_EARLIER, _LATER = r"(?:before|baseline|previously|vorher)", r"(?:after(?:wards)?|now|nachher)"
_OF = (
    r"\b(?: (?:my|the|this|these|any|all) [\w -]{1,30})?(?: \([^()\n]{1,40}\))?[*_`]{0,3}[ \t]{0,9}"
)
_STATE = re.compile(
    rf"(?<!as )(?<!than )\b(?:(?P<earlier>{_EARLIER})|{_LATER}){_OF}[:|]"
    rf"|^[ \t#*_>-]{{0,9}}(?:(?P<alone>{_EARLIER})|{_LATER}){_OF}$",
    re.IGNORECASE | re.MULTILINE,
)


def _claim_of(subject: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:{subject}).{{0,{_NEAR}}}?{_GREEN}|{_GREEN}.{{0,{_NEAR}}}?(?:{subject})", re.IGNORECASE
    )


_OF_TESTS, _OF_ANY = _claim_of(_TESTS), _claim_of(f"{_TESTS}|{_CHECKS}")


def claims(report: str) -> bool:
    """Say whether a report claims that tests or checks have passed, as one too long to read may."""
    return too_long(report) is not None or _claims(report, _OF_ANY)


def claims_tests(report: str) -> bool:
    """Say whether a report claims that tests have passed."""
    return _claims(report, _OF_TESTS)


def without_earlier(report: str) -> str:
    """Give a report without what it shows of the time before a change: `Before: ... After: ...`.

    A `Before:` without an `After:` behind it stays, since it may be all that is shown.
    """
    states = [*_STATE.finditer(report)]
    kept, at = [], 0
    for state, following in pairwise(states):
        if _is_earlier(state) and not _is_earlier(following):
            kept.append(report[at : state.start()])
            at = following.start()
    return "".join((*kept, report[at:]))


def _is_earlier(state: re.Match[str]) -> bool:
    return bool(state["earlier"] or state["alone"])


def _claims(report: str, claim: re.Pattern[str]) -> bool:
    for line in filter(None, plain_lines(report)):
        for sentence in (*_SENTENCE.split(line), *_SENTENCE.split(_ASIDE.sub(" ", line))):
            said = _NONE_BAD.sub(" ", sentence)
            is_claim = claim.search(said) or _NUMBER.search(said) or _ALL_GREEN.search(said)
            if is_claim and not _DENIED.search(said):
                return True
    return False
