"""What tox would run. Source: the documents of tox 4, "Configuration".

Tox starts programs itself: no shell splits or expands their words.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.recipes_text import (
    COMPUTED,
    HERE,
    Recipe,
    TooMuch,
    Work,
    below,
    is_known,
)
from kei_gates.shell.recipes_tox_file import (
    Config,
    closing,
    escaped,
    is_list,
    lines_of,
    load,
    names_in,
    without_factors,
)
from kei_gates.shell.splitting import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, Final, TypeAlias

    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes_text import Project

    Sections: TypeAlias = "Mapping[str, Mapping[str, Any]]"

_GRAMMAR: Final = Grammar(
    "cemfxj",
    "conf root workdir work-dir temp-dir override result-json hashseed discover skip-env labels "
    "factors installpkg env colored",
    optional="p",
)
_OTHERS = frozenset(
    ("list", "l", "config", "c", "devenv", "d", "depends", "de", "quickstart", "q", "schema", "man")
)
_ASKS = ("help", "h", "version", "showconfig", "l", "listenvs", "a", "listenvs-all", "devenv",
         "help-ini", "hi", "notest", "n")  # fmt: skip
_COMMANDS = ("commands_pre", "commands", "commands_post")
_DEEPEST = 12


def find(_program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    """Give the commands that tox would run; none when it runs none."""
    end = list(words).index("--") if "--" in words else len(words)
    options = read(words[:end], _GRAMMAR, permute=True)
    first = options.operands[0] if options.operands else None
    command = first if first in _OTHERS or first in ("e", "exec") else "run"
    if command in _OTHERS or options.has_exactly(*_ASKS):
        return None
    recipe = Recipe()
    given = list(words[end + 1 :])
    if command in ("e", "exec"):
        recipe.run_words(given)
        return recipe
    try:
        config = load(options.value("c", "conf"), project, recipe)
        if config is not None:
            for setting in [*_settings(project), *options.values("x", "override")]:
                recipe.own = True
                if setting is None or not is_known(setting):
                    recipe.refuse("tox is given settings that are not known")
                else:
                    config.override(setting)
            run = Run(config, given, recipe)
            labels = [v for name, v in options.given if name in ("m", "labels")]
            factors = [v for name, v in options.given if name in ("f", "factors")]
            named = project.lookup("TOXENV") or project.lookup("TOX_ENV")
            chosen = options.values("e", "env") or ([named] if named else [])
            run.environments(chosen, labels, factors)
    except TooMuch:
        recipe.miss("the settings of tox are too large to be read to their end")
    return recipe


def _settings(project: Project) -> list[str]:
    """Give the settings that the environment overrides."""
    found = project.lookup("TOX_OVERRIDE") or ""
    return [one for line in found.split("\n") for one in line.split(";") if one.strip()]


# --- environments -------------------------------------------------------------------------------


class Run:
    """One run of tox."""

    def __init__(self, config: Config, given: Sequence[Field], recipe: Recipe) -> None:
        """Take the settings and the words behind `--`."""
        self._config: Final = config
        self._given: Final = given
        self._recipe: Final = recipe
        self._work: Final = Work()

    def environments(
        self, chosen: Sequence[Field], labels: Sequence[Field], factors: Sequence[Field]
    ) -> None:
        """Run some environments, the listed ones where none is chosen."""
        core = self._config.sections.get(self._config.core, {})
        listed = core.get("env_list", core.get("envlist", "py"))
        texts = listed if isinstance(listed, list) else [listed]
        default = [name for text in texts for name in names_in(text)]
        known = [name.partition(":")[2] for name in self._config.sections if ":" in name]
        names = [name for text in chosen for name in names_in(text)]
        if None in (*chosen, *labels, *factors) or "ALL" in names:
            names += ["py", *default, *known]
        names += [name for label in labels for name in self._labelled(label, known)]
        for factor in factors:
            wanted = set(names_in(factor))
            names += [name for name in (*default, *known) if wanted <= set(name.split("-"))]
        if not (chosen or labels or factors):
            names = default
        for name in dict.fromkeys(names):
            self._environment(name)

    def _labelled(self, label: Field, known: Sequence[str]) -> list[str]:
        """Give the environments that have a label."""
        labels = self._config.sections.get(self._config.core, {}).get("labels", "")
        if isinstance(labels, dict):
            listed = labels.get(label or "", [])
            found = [one for one in listed if isinstance(one, str)] if is_list(listed) else []
        else:
            lines = (line.partition("=") for line in str(labels).split("\n"))
            found = [n for name, _, text in lines if name.strip() == label for n in names_in(text)]
        own = (name for name in known if label in names_in(self._setting(name, "labels")))
        return [*found, *own]

    def _environment(self, name: str) -> None:
        """Add one environment's commands."""
        folder = self._setting(name, "change_dir") or self._setting(name, "changedir") or ""
        where = self._text(str(folder), name, 0).strip().replace(HERE, ".")
        if not is_known(where):
            self._recipe.miss(f"the folder of the environment `{name}` is not known")
            where = ""
        where = below(self._config.folder, where)
        for key in _COMMANDS:
            value = self._setting(name, key)
            for command in self._commands(value, name):
                self._add(command, where)

    def _setting(self, name: str, key: str, depth: int = 0) -> Any:
        """Give a setting of an environment or of those that it is based on."""
        section = self._config.sections.get(f"testenv:{name}")
        if section is not None and key in section:
            return section[key]
        bases = section.get("base", "testenv") if section is not None else "testenv"
        for base in bases if isinstance(bases, list) else str(bases).replace(",", " ").split():
            if base in ("testenv", "env_run_base") or depth > _DEEPEST:
                found = self._config.sections.get("testenv", {}).get(key)
            else:
                found = self._setting(str(base).removeprefix("testenv:"), key, depth + 1)
            if found is not None:
                return found
        return None

    def _commands(self, value: Any, name: str) -> Iterator[list[Field]]:
        """Give each command's words."""
        if isinstance(value, list):
            for words in value:
                yield self._listed(words, name)
            return
        text = self._text(value if isinstance(value, str) else "", name, 0)
        for line in lines_of(text):
            applies, command = without_factors(line, name)
            words = split(command) if applies else []
            if words is None:
                self._recipe.miss("a command of tox is not understood")
            elif words:
                yield list(words)

    def _listed(self, words: Any, name: str) -> list[Field]:
        """Give a command that TOML has as a list."""
        found: list[Field] = []
        for word in words if isinstance(words, list) else [words]:
            if isinstance(word, str):
                found.append(self._text(word, name, 0))
            elif isinstance(word, dict) and word.get("replace") == "posargs":
                default = word.get("default", [])
                extra = [one for one in default if isinstance(one, str)] if is_list(default) else []
                found += self._given or extra
            else:
                found.append(None)
        return found

    def _add(self, words: list[Field], folder: str) -> None:
        """Add one command, without the marks before it."""
        first = words[0] if words else ""
        if first in ("-", "!"):
            words = words[1:]
        elif first is not None and first.startswith(("- ", "! ", "-", "!")):
            words = [first.lstrip("-! "), *words[1:]]
        home = "." if folder == self._config.folder else COMPUTED
        texts = [COMPUTED if word is None else word.replace(HERE, home) for word in words]
        self._recipe.run_words([text if is_known(text) else None for text in texts], folder)

    # --- substitutions ----------------------------------------------------------------------

    def _text(self, text: str, name: str, depth: int) -> str:
        """Replace what stands in braces."""
        self._work.count(1 + len(text) // 1_000)
        if "{" not in text:
            return text
        out: list[str] = []
        at = 0
        while at < len(text):
            start = text.find("{", at)
            end = closing(text, start)
            if start < 0 or end < 0:
                break
            out.append(text[at:start])
            if start and text[start - 1] == "\\":
                out.append(text[start])
                at = start + 1
                continue
            out.append(self._named(text[start + 1 : end], name, depth))
            at = end + 1
        out.append(text[at:])
        return self._work.text("".join(out))

    def _named(self, inner: str, name: str, depth: int) -> str:  # noqa: PLR0911 -- one line for each
        """Give what stands for `{inner}`."""
        if depth > _DEEPEST:
            return COMPUTED
        key, colon, default = inner.partition(":")
        if key == "posargs":
            if self._given:
                return " ".join(COMPUTED if w is None else escaped(w) for w in self._given)
            return self._text(default, name, depth + 1) if colon else ""
        if key in ("toxinidir", "tox_root"):
            return HERE
        if key in ("envname", "env_name"):
            return name
        if key in ("envpython", "env_python"):
            return "python"
        if key == "/":
            return "/"
        if inner.startswith("["):
            section, _, wanted = inner[1:].partition("]")
            found = self._config.sections.get(section, {}).get(wanted)
            return self._text(found, name, depth + 1) if isinstance(found, str) else COMPUTED
        if key == "env":
            _, colon, default = default.partition(":")
            return self._text(default, name, depth + 1) if colon else COMPUTED
        return COMPUTED
