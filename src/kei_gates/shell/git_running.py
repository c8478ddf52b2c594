"""What git runs of what stands in its words. Source: the manual pages of git 2.39."""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.values import FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.use import Use

_GLOBAL = Grammar("Cc", "git-dir work-tree namespace super-prefix config-env attr-source")
_REBASE = Grammar("xsXC", "exec strategy strategy-option onto", optional="S")
_ALIAS = "alias."


def follow_git(use: Use) -> bool:
    """Follow commands in git's words; what git does by itself is left to others."""
    leading = read(use.words, _GLOBAL, permute=False)
    rest = use.words[leading.at :]
    for value in leading.values("c"):
        key, _, meant = (value or "").partition("=")
        if rest and key == f"{_ALIAS}{rest[0]}" and meant.startswith("!"):
            use.source(meant[1:])
    if rest[:1] == ["rebase"]:
        for text in read(rest, _REBASE, permute=True).values("x", "exec"):
            use.source(text)
    elif rest[:2] == ["bisect", "run"] and len(rest) > 2:  # noqa: PLR2004 -- and a command
        use.run(rest[2:], use.state.copy())
    elif rest[:1] == ["submodule"]:
        behind = rest[read(rest, Grammar(), permute=False).at :]
        words = behind[read(behind, Grammar(), permute=False).at :]
        if behind[:1] == ["foreach"] and words:
            inner = use.state.copy()
            inner.enter((f"/{FOLDER}",))
            if len(words) == 1:
                use.source(words[0], inner)
            else:
                use.run(words, inner)
    return False
