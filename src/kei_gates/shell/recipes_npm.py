"""What npm, pnpm, yarn, bun and `node --run` run of a package.json's scripts.

Sources: npm 11's own command list and its documents "scripts" and "workspaces"; `yarn --help` of
versions 1 and 4; `pnpm help`; `bun --help`; node(1). Scripts of packages that are installed are no
part of the project and are not read.
"""

from __future__ import annotations

from kei_gates.shell.options import Options, read
from kei_gates.shell.recipes_documents import table
from kei_gates.shell.recipes_npm_words import DIRECT, LIFECYCLES, MANAGERS, SOMETIMES
from kei_gates.shell.recipes_text import SHELLS, Recipe, TooMuch, below, quoted, upwards
from kei_gates.shell.recipes_workspaces import chosen, members, nearest, root_of, scripts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Final

    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes_npm_words import Manager
    from kei_gates.shell.recipes_text import Project
    from kei_gates.shell.recipes_workspaces import Package

_ASKS = ("help", "version", "h", "v")
# Words that are options in another spelling.
_LONG = {("npm", "-ws"): "--workspaces", ("pnpm", "recursive"): "-r", ("pnpm", "multi"): "-r"}
_FOLDER = ("prefix", "C", "cwd", "dir")


def find(program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    """Give the scripts that a package manager would run; none when it runs none of them."""
    recipe = Recipe()
    try:
        if program == "node":
            return _node(words, recipe, project)
        words = [_LONG.get((program, word or ""), word) for word in words]
        return _Call(MANAGERS[program], program, words, recipe, project).run()
    except TooMuch:
        recipe.miss("there are more scripts than are read")
        return recipe


def _node(words: Sequence[Field], recipe: Recipe, project: Project) -> Recipe | None:
    """Follow `node --run NAME`."""
    for at, word in enumerate(words[1:], 1):
        if word is None or not word.startswith("-"):
            return None
        name, equals, value = word.partition("=")
        if name == "--run":
            rest = list(words[at + 1 :])
            script: Field = value if equals else (rest.pop(0) if rest else None)
            package = nearest(project, "")
            if package is not None:
                Scripts(recipe, package).run(script, _arguments(rest), around=False)
            return recipe
    return None


class Scripts:
    """The scripts of one package.json."""

    def __init__(self, recipe: Recipe, package: Package, shell: str = "") -> None:
        """Take where they lie, and the program that runs their texts if it is no usual shell."""
        self._recipe: Final = recipe
        self._folder: Final = package[0]
        self._shell: Final = shell or "sh"
        self.texts: Final = scripts_of(package)

    def run(self, name: Field, args: Sequence[Field] = (), *, around: bool = True) -> None:
        """Add a script and, unless told otherwise, those before and after it."""
        if name is None:
            for one in self.texts:
                self._add(one, ())
            return
        if name not in self.texts:
            return
        if around:
            self._add(f"pre{name}", ())
        self._add(name, args)
        if around:
            self._add(f"post{name}", ())

    def _add(self, name: str, args: Sequence[Field]) -> None:
        text = self.texts.get(name)
        if text is not None:
            whole = f"{text} {quoted(args)}".strip()
            self._recipe.add_script(self._shell, whole, self._folder, ("-c",))

    def lifecycle(self, names: Iterable[str]) -> None:
        """Add the scripts that belong to an event."""
        for name in names:
            self._add(name, ())


class _Call:
    """One call of a package manager."""

    def __init__(
        self,
        manager: Manager,
        program: str,
        words: Sequence[Field],
        recipe: Recipe,
        project: Project,
    ) -> None:
        """Read the options before the command."""
        self._manager: Final = manager
        self._program: Final = program
        self._recipe: Final = recipe
        self._project: Final = project
        self._options: Final = read(words, manager.grammar, permute=False)
        self._rest: list[Field] = list(words[self._options.at :])

    def run(self) -> Recipe | None:  # noqa: PLR0911 -- one line for each kind of command
        """Give what runs."""
        manager, rest = self._manager, self._rest
        if not rest and (not manager.bare or self._options.has_exactly(*_ASKS)):
            return None
        word = rest.pop(0) if rest else manager.bare
        if word is None:
            return self._any()
        command = self._command(word)
        if command in ("config", "set", "c"):
            return self._set_shell()
        if command in LIFECYCLES:
            return self._event(command)
        if command in ("workspace", "workspaces") and self._program == "yarn":
            return self._workspace(command)
        if command == "run":
            return self._script(self._behind_options())
        if command in DIRECT:
            return self._script([command, *rest], direct=command if self._program == "npm" else "")
        if command is None and manager.shorthand and not word.startswith("-"):
            return self._script([word, *rest])
        package = self._package()
        names = Scripts(Recipe(), package).texts if package is not None else {}
        if manager.shorthand and command == word and word in names and word in SOMETIMES:
            return self._script([word, *rest])
        return None

    def _set_shell(self) -> Recipe | None:
        """Note that scripts get another shell from now on."""
        words = [part for word in self._rest for part in (word or "").split("=")]
        at = words.index("script-shell") if "script-shell" in words else len(words)
        if "get" in words or not words[at + 1 :] or words[at + 1].rpartition("/")[2] in SHELLS:
            return None
        self._recipe.refuse(f"what `{words[at + 1]}` runs for `{self._program}` is not read")
        return self._recipe

    def _command(self, word: str) -> str | None:
        """Give what a word means; npm takes abbreviations too."""
        commands = self._manager.commands
        if word in commands or self._program != "npm":
            return commands.get(word)
        found = {commands[name] for name in commands if word and name.startswith(word)}
        return found.pop() if len(found) == 1 else None

    def _any(self) -> Recipe:
        """Take it that any script may run."""
        package = self._package()
        if package is not None:
            Scripts(self._recipe, package).run(None)
        return self._recipe

    # --- where ------------------------------------------------------------------------------

    def _package(self) -> Package | None:
        """Give the package whose scripts run."""
        folder = self._options.value(*_FOLDER)
        if folder is None and self._options.has_exactly("workspace-root"):
            found = upwards(self._project, "", ("pnpm-workspace.yaml",))
            folder = found[0] if found is not None else None
        if folder is None:
            if any(name in _FOLDER for name, _ in self._options.given):
                self._recipe.miss(f"the folder that `{self._program}` runs in is not known")
            if self._program == "pnpm" and self._selects():
                return root_of(self._project, "")
            return nearest(self._project, "")
        document = table(self._project(below(folder, "package.json")), "json")
        return None if document is None else (folder, document)

    def _selects(self) -> bool:
        """Whether packages of a workspace are selected, which pnpm finds from any folder in it."""
        return self._options.has_exactly("filter", "F", "recursive", "r")

    def _packages(self, options: Options) -> list[Package]:
        """Give the packages that options select, the project's own without any."""
        self._options.given += options.given
        root = self._package()
        if root is None:
            return []
        every = self._options.has_exactly("workspaces", "ws", "recursive", "r")
        if self._program == "bun":
            every = options.has_exactly("workspaces")
        return self._selected(root, self._selectors(), every=every)

    def _selectors(self) -> list[Field]:
        """Give what selects packages of a workspace."""
        names = ("workspace", "filter", "F", "w" if self._program == "npm" else "F")
        return [value for name, value in self._options.given if name in names]

    def _selected(self, root: Package, chosen: Sequence[Field], *, every: bool) -> list[Package]:
        """Give the packages of a workspace that are selected."""
        if not every and not chosen:
            return [root]
        packages = members(self._project, root)
        if packages is None:
            self._recipe.miss("scripts of a workspace run, and not all of its packages were found")
            packages = []
        if every or None in chosen:
            return packages or [root]
        found: list[Package] = []
        for name in chosen:
            some = self._member(root, name or "", packages)
            if not some:
                self._recipe.miss(f"the workspace `{name}` was not found")
            found += [one for one in some if one not in found]
        return found

    def _member(self, root: Package, name: str, packages: list[Package]) -> list[Package]:
        """Find packages by a name or a folder; the root is one too."""
        where = below(root[0], name.strip("{}.").removeprefix("/").rstrip("/"))
        found = chosen([root, *packages], name)
        document = None if found else table(self._project(below(where, "package.json")), "json")
        return found if document is None else [(where, document)]

    # --- what -------------------------------------------------------------------------------

    def _behind_options(self) -> list[Field]:
        """Give a script's name and arguments, with the options before them read."""
        options = read([self._program, *self._rest], self._manager.grammar, permute=False)
        self._options.given += options.given
        return self._rest[options.at - 1 :]

    def _event(self, command: str) -> Recipe | None:
        options = read([self._program, *self._rest], self._manager.grammar, permute=True)
        self._options.given += options.given
        if self._options.has_exactly("ignore-scripts", "help", "h", "g", "global"):
            return None
        chosen = any(options.operands) and command == "install"
        if chosen and not self._manager.always:
            return None
        for scripts in self._scripts(self._options):
            scripts.lifecycle(LIFECYCLES[command])
        return self._recipe

    def _scripts(self, options: Options) -> list[Scripts]:
        return [
            Scripts(self._recipe, package, self._shell(package))
            for package in self._packages(options)
        ]

    def _shell(self, package: Package) -> str:
        """Give the program that runs scripts, where it is told which; source: npm-config(7)."""
        given = self._options.values("script-shell")[-1:]
        if given and given[0] is None:
            self._recipe.refuse(f"the shell that `{self._program}` is given is not known")
        home = self._project.lookup("HOME")
        for folder in (package[0], "", *([] if home is None else [home])):
            for line in (self._project(below(folder, ".npmrc")) or "").split("\n"):
                key, _, value = line.partition("=")
                if key.strip() == "script-shell":
                    given.append(value.strip().strip("\"'"))
        for line in (self._project(below(package[0], ".yarnrc")) or "").split("\n"):
            key, _, value = line.strip().partition(" ")
            if key.strip("\"'") == "script-shell":
                given.append(value.strip().strip("\"'"))
        for name in ("npm_config_script_shell", "NPM_CONFIG_SCRIPT_SHELL"):
            given.append(self._project.lookup(name))
        return next((one for one in given if one), "")

    def _script(self, words: list[Field], *, direct: str = "") -> Recipe | None:
        """Run a script; one that is not there may be a program of the project's packages."""
        if not words:
            return None  # it lists the scripts
        name = words[0]
        args, options = self._split(words[1:])
        for option in options.given:
            if option not in self._options.given:
                self._options.given.append(option)
        if self._options.has_exactly("help") or (name or "").startswith("-"):
            return None
        around = not self._options.has_exactly("ignore-scripts")
        packages = self._packages(self._options)
        found = False
        for package in packages:
            scripts = Scripts(self._recipe, package, self._shell(package))
            found = found or name is None or name in scripts.texts
            if direct == "restart" and "restart" not in scripts.texts:
                scripts.run("stop")
                scripts.run("start")
            elif direct == "start" and "start" not in scripts.texts and self._serves(package[0]):
                self._recipe.add(f"node server.js {quoted(args)}", package[0])
            scripts.run(name, args, around=around)
        none = not packages and self._selectors()
        if not found and self._manager.shorthand and name is not None and not none:
            return self._program_of(words, packages)
        return self._recipe

    def _serves(self, folder: str) -> bool:
        """Whether `npm start` without a script of that name starts the file that it then does."""
        return self._project(below(folder, "server.js")) is not None

    def _program_of(self, words: Sequence[Field], packages: Sequence[Package]) -> Recipe | None:
        """Run a program of an installed package, as all but npm do where no script has the name."""
        if self._program == "bun" and any(mark in (words[0] or "") for mark in "./"):
            return None  # a file, which is no recipe
        self._recipe.run_words(words, packages[0][0] if packages else "")
        return self._recipe

    def _split(self, words: list[Field]) -> tuple[list[Field], Options]:
        """Split what stands behind a script's name into its arguments and the manager's options."""
        if self._program != "npm":
            return _arguments(words), Options()
        end = words.index("--") if "--" in words else len(words)
        options = read(["npm", *words[:end]], self._manager.grammar, permute=True)
        return [*options.operands, *words[end + 1 :]], options

    def _workspace(self, command: str) -> Recipe | None:
        """Follow `yarn workspace NAME ...` and `yarn workspaces run ...`."""
        if command == "workspaces" or not self._rest:
            words = self._rest
            root = self._package()
            if "exec" in words and self._rest[0] == "foreach":
                self._recipe.run_words(words[words.index("exec") + 1 :])
                return self._recipe
            if "run" not in words or root is None:
                return None
            at = words.index("run")
            packages = self._selected(root, (), every=True)
            for package in [root, *packages] if "foreach" in words else packages:
                shell = self._shell(package)
                scripts = Scripts(self._recipe, package, shell)
                scripts.run(words[at + 1] if words[at + 1 :] else "", words[at + 2 :])
            return self._recipe
        name = self._rest[0]
        root = self._package()
        recipe: Recipe | None = self._recipe
        for package in [] if root is None else self._selected(root, [name], every=False):
            inner: list[Field] = ["yarn", "--cwd", package[0] or ".", *self._rest[1:]]
            recipe = _Call(self._manager, "yarn", inner, self._recipe, self._project).run()
        return recipe


def _arguments(words: Sequence[Field]) -> list[Field]:
    """Give a script's arguments; managers differ in whether they pass a leading `--` on."""
    return list(words[1:] if words[:1] == ["--"] else words)
