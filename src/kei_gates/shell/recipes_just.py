"""What `just` would run. Source: `just --help` and the manual of just 1.40."""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.recipes_just_file import Justfile
from kei_gates.shell.recipes_just_text import Evaluator, tokens
from kei_gates.shell.recipes_text import (
    COMPUTED,
    Recipe,
    TooMuch,
    Work,
    below,
    is_known,
    upwards,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options
    from kei_gates.shell.recipes_just_file import Entry
    from kei_gates.shell.recipes_text import Project, Read

_GRAMMAR: Final = Grammar(
    "fdsEc",
    "command justfile working-directory show shell shell-arg dotenv-filename dotenv-path color "
    "chooser completions list-heading list-prefix dump-format alias-style command-color ceiling "
    "tempdir timestamp-format cygpath group usage request",
    long_flags="dump groups list show",
)
_ASKS = (
    "help", "version", "list", "summary", "show", "dump", "fmt", "format", "init", "variables",
    "groups", "completions", "man", "changelog", "usage", "h", "V", "l", "s",
)  # fmt: skip
_NAMES = ("justfile", ".justfile", "Justfile", "JUSTFILE")
_DEEPEST = 30


def find(_program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    """Give what just would run; none when it only answers a question about itself."""
    words, given = _without_set(words)
    options = read(words, _GRAMMAR, permute=False)
    if options.has_exactly(*_ASKS):
        return None
    recipe = Recipe()
    if options.has_exactly("edit", "e", "choose", "chooser"):
        recipe.miss("what `just` starts is not known")
    for names in (("f", "justfile"), ("d", "working-directory")):
        if options.has(*names) and options.value(*names) is None:
            recipe.miss("where `just` finds its recipes is not known")
            return recipe
    outside = options.values("f", "justfile") or [project.lookup("JUST_JUSTFILE")]
    run = Run(recipe, project, given, _given_shell(options, recipe))
    try:
        run.run(options, outside[-1])
    except TooMuch:
        recipe.miss("the justfile is too large to be read to its end")
    return recipe


_DEFAULT_ARGS = ("-cu",)


def _given_shell(options: Options, recipe: Recipe) -> list[str]:
    """Give the shell that the command line names, "" for none, and its options."""
    shells = [value for name, value in options.given if name == "shell"]
    words = [*shells[-1:], *(value for name, value in options.given if name == "shell-arg")]
    if None in words:
        recipe.refuse("the shell that `just` is given is not known")
    known = [word for word in words if word is not None]
    return known if options.has_exactly("shell") and known else ["", *known]


def _without_set(words: Sequence[Field]) -> tuple[list[Field], dict[str, Field]]:
    """Take `--set NAME VALUE` out of the words."""
    rest: list[Field] = []
    given: dict[str, Field] = {}
    at = 0
    while at < len(words):
        if words[at] == "--set" and at + 2 < len(words):
            given[words[at + 1] or ""] = words[at + 2]
            at += 3
        else:
            rest.append(words[at])
            at += 1
    return rest, given


class Run:
    """One run of just over one justfile."""

    def __init__(
        self, recipe: Recipe, read_file: Read, given: dict[str, Field], shell: Sequence[str]
    ) -> None:
        """Take what is read, and the variables and the shell that the command line sets."""
        self.folder = ""
        self._shell: Final = shell
        self._recipe: Final = recipe
        self._read: Final = read_file
        self._work: Final = Work()
        self._given: Final = given
        self._file = Justfile(read_file, recipe, self._work)
        self._values = Evaluator(recipe, self._work, "", {})
        self._done: set[tuple[str, ...]] = set()

    def run(self, options: Options, file: Field) -> None:
        """Add what runs."""
        if not self.load(file, options.value("d", "working-directory")):
            return
        if options.has_exactly("c", "command"):
            command = [options.value("c", "command"), *options.operands]
            self._recipe.run_words(command, self.folder)
        elif options.has_exactly("evaluate"):
            self.all_variables()
        elif not options.has_exactly("dry-run", "n"):
            self.all_variables(eager=True)
            self.goals(options.operands)

    def load(self, file: Field, folder: Field, start: str = "") -> bool:
        """Read the justfile; say whether there is one."""
        if file is not None:
            text = self._read(file)
            self.folder = file.rpartition("/")[0]
        else:
            found = upwards(self._read, start, _NAMES)
            self.folder, _, text = found or ("", "", None)
        if text is None:
            return False
        self._file = Justfile(self._read, self._recipe, self._work)
        self._file.parse(text, self.folder)
        if folder is not None:
            self.folder = folder
        where = self._file.settings.get("working-directory")
        self._values = Evaluator(self._recipe, self._work, self.folder, self._file.assigned)
        self._values.known.update({k: COMPUTED if v is None else v for k, v in self._given.items()})
        if where is not None:
            self.folder = below(self.folder, self._values.value(where))
        return True

    def all_variables(self, *, eager: bool = False) -> None:
        """Evaluate the variables; with `eager` only those that run something."""
        for name, text in self._file.assigned.items():
            if not eager or "`" in text or "shell(" in text:
                self._values.variable(name)

    # --- goals ------------------------------------------------------------------------------

    def goals(self, words: Sequence[Field]) -> None:
        """Run the recipes that the words name."""
        words = list(words)
        while words and words[0] is not None and _is_setting(words[0]):
            name, _, value = words.pop(0).partition("=")  # type: ignore[union-attr] # looked at above
            self._values.known[name] = value
        if not words:
            self._run("default" if self._file.first is None else self._file.first, [], 0)
        while words:
            word = words.pop(0)
            if word is None:
                self._all()
                return
            folder, slash, name = word.rpartition("/")
            if slash:
                inner = Run(self._recipe, self._read, self._given, self._shell)
                if inner.load(None, None, folder or "/"):
                    inner.goals([name, *words] if name else words)
                return
            name, words = self._module(name, words)
            if not name:
                return
            entry = self._entry(name)
            if entry is None:
                return
            taken = len(words) if any(p.sign for p in entry.parameters) else len(entry.parameters)
            self._run(name, words[:taken], 0)
            words = words[taken:]

    def _module(self, name: str, words: list[Field]) -> tuple[str, list[Field]]:
        """Run what a module's recipe runs; no name is left then."""
        path = name.split("::")
        folder = self._file.modules.get(path[0])
        if folder is None or name in self._file.recipes:
            return name, words
        rest = [*path[1:], *words]
        files = (folder, f"{folder}.just", f"{folder}/mod.just", f"{folder}/justfile")
        for file in (*files, f"{folder}/.justfile"):
            inner = Run(self._recipe, self._read, {}, self._shell)
            if inner.load(file, None):
                inner.goals(rest)
                break
        return "", []

    def _all(self) -> None:
        for name in list(self._file.recipes):
            self._run(name, [None], 0)

    def _entry(self, name: str) -> Entry | None:
        return self._file.recipes.get(self._file.aliases.get(name, name))

    # --- recipes ----------------------------------------------------------------------------

    def _run(self, name: str, args: Sequence[Field], depth: int) -> None:
        """Add a recipe and those that it needs."""
        entry = self._entry(name)
        key = (name, *(COMPUTED if arg is None else arg for arg in args))
        if entry is None or key in self._done:
            return
        self._done.add(key)
        if depth > _DEEPEST:
            self._recipe.miss("recipes need one another too deeply")
            return
        outer = dict(self._values.known)
        self._values.known.update(self._bound(entry, args))
        for needed, expressions in entry.needs:
            given = [self._values.value(text) for text in expressions]
            self._run(needed, [one if is_known(one) else None for one in given], depth + 1)
        folder = self._folder_of(entry)
        if folder is None:
            self._recipe.miss(f"the folder of the recipe `{entry.name}` is not known")
        else:
            self._body(entry, folder)
        self._values.known = {**self._values.known, **outer}
        for parameter in entry.parameters:
            if parameter.name not in outer:
                self._values.known.pop(parameter.name, None)

    def _bound(self, entry: Entry, args: Sequence[Field]) -> dict[str, str]:
        """Give the values of a recipe's parameters."""
        bound: dict[str, str] = {}
        rest = [COMPUTED if arg is None else arg for arg in args]
        unknown = COMPUTED in rest
        for parameter in entry.parameters:
            if parameter.sign and rest:
                bound[parameter.name] = " ".join(rest)
            elif unknown:
                bound[parameter.name] = COMPUTED
            elif rest:
                bound[parameter.name] = rest.pop(0)
            else:
                default = parameter.default
                bound[parameter.name] = self._values.value(default) if default else ""
        return bound

    def _folder_of(self, entry: Entry) -> str | None:
        """Give the folder that a recipe runs in; none when it is not known."""
        if "no-cd" in entry.attributes:
            return ""
        for attribute in entry.attributes:
            if attribute.startswith("working-directory"):
                path = self._values.value(attribute.partition(":")[2])
                return below(self.folder, path) if is_known(path) else None
        return self.folder

    def _body(self, entry: Entry, folder: str) -> None:
        """Add what a recipe's lines run."""
        lines = _without_indent(entry.lines)
        script = next((a for a in entry.attributes if a.split("(")[0] == "script"), None)
        if script is not None:
            shell = " ".join(text for kind, text in tokens(script) if kind in "'\"") or "sh"
            self._recipe.add_script(shell, self._interpolated("\n".join(lines)), folder)
        elif lines and lines[0].startswith("#!"):
            text = self._interpolated("\n".join(lines[1:]))
            self._recipe.add_script(lines[0][2:], text, folder)
        else:
            shell, *flags = self._command()
            for line in _joined(lines):
                if not (line.startswith("#") and "ignore-comments" in self._file.settings):
                    command = self._interpolated(line).lstrip("@-?")
                    self._recipe.add_script(shell, command, folder, flags)

    def _command(self) -> list[str]:
        """Give the shell that runs lines, and its options."""
        setting = self._file.settings.get("shell")
        found = [text for kind, text in tokens(setting or "") if kind in ("'", '"')]
        given, *args = self._shell
        if given or args:
            return [given or (found or ["sh"])[0], *(args or found[1:] or _DEFAULT_ARGS)]
        return found or ["sh", *_DEFAULT_ARGS]

    def _interpolated(self, text: str) -> str:
        """Replace `{{ expression }}`."""
        out: list[str] = []
        at = 0
        while True:
            start = text.find("{{", at)
            if start < 0:
                break
            out.append(text[at:start])
            if text.startswith("{{{{", start):
                out.append("{{")
                at = start + 4
                continue
            end = text.find("}}", start)
            if end < 0:
                at = start
                break
            out.append(self._values.value(text[start + 2 : end]))
            at = end + 2
        out.append(text[at:])
        return self._work.text("".join(out))


def _is_setting(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.replace("-", "_").isidentifier()


def _without_indent(lines: Sequence[str]) -> list[str]:
    """Take away the first line's indentation, and blank lines at the end."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    found = [line.removeprefix(indent) for line in lines]
    while found and not found[-1].strip():
        found.pop()
    while found and not found[0].strip():
        found.pop(0)
    return found


def _joined(lines: Sequence[str]) -> list[str]:
    """Join lines that a backslash continues."""
    found: list[str] = []
    continued = False
    for line in lines:
        if continued:
            found[-1] = found[-1][:-1] + line.lstrip()
        else:
            found.append(line)
        continued = line.endswith("\\")
    return found
