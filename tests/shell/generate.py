"""Random sources that cover the grammar; every program in them is one of the stubs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_PROGRAMS = ("alpha", "beta", "gamma", "git")
_NAMES = ("u", "v", "w")
_FUNCTIONS = ("f", "g", "beta")
_DEEPEST = 4


class Generator:
    """Makes sources from a random number generator."""

    def __init__(self, random: Random) -> None:
        """Take where choices come from."""
        self.random = random

    def source(self) -> str:
        """Make a source of a few commands."""
        separators = ("\n", "; ", "\n", " && ", " || ")
        text = "u=git; v=alpha w=beta; set -- gamma x\n" + self.command(0)
        for _ in range(self.random.randint(1, 5)):
            text += self.random.choice(separators) + self.command(0)
        return text + "\n"

    def command(self, depth: int) -> str:
        """Make a command."""
        choices = [self.simple, self.simple, self.assignment, self.setting, self.simple]
        if depth < _DEEPEST:
            choices += [
                self.group, self.branch, self.loop, self.function, self.case, self.pipeline,
                self.background, self.again, self.declared,
            ]  # fmt: skip
        return self.random.choice(choices)(depth)

    def body(self, depth: int) -> str:
        """Make a list."""
        count = self.random.randint(1, 3)
        joined = "; ".join(self.command(depth + 1) for _ in range(count))
        return joined.replace("&; ", "& ").replace("\n; ", "\n")

    def closed(self, depth: int) -> str:
        """Make a list with its separator, for a word that must follow one."""
        text = self.body(depth)
        return text if text.endswith(("&", "\n")) else text + ";"

    def word(self, depth: int) -> str:
        """Make a word."""
        name = self.random.choice(_NAMES)
        program = self.random.choice(_PROGRAMS)
        choices = [
            program, f"'{program}'", f'"{program}"', f"${name}", f'"${name}"', f"${{{name}}}",
            f'"${{{name}:-{program}}}"', "$1", '"$@"', f"${{{name}+{program}}}", f"{program}\\ x",
            f"{{{program},x}}", f"$'{program}'", "$#", "$((1 + 2))", '""', f"x${name}",
            f"${{{name}:={program}}}", f"${{{name}#a}}", "~", "*none*",
        ]  # fmt: skip
        if depth < _DEEPEST:
            inner = self.command(depth + 2)
            choices += [f"$({inner})", f'"$({inner})"', f"<({inner})"]
        return self.random.choice(choices)

    def simple(self, depth: int) -> str:
        """Make a simple command."""
        start = self.random.choice(
            (*_PROGRAMS, *_PROGRAMS, *_FUNCTIONS, "$v", '"$u"', "$w x", "$1")[
                : self.random.choice((11, 15))
            ]
        )
        words = [start, *(self.word(depth) for _ in range(self.random.randint(0, 2)))]
        text = " ".join(words)
        extra = self.random.random()
        if extra < 0.08:
            return f"{self.random.choice(_NAMES)}={self.random.choice(_PROGRAMS)} {text}"
        if extra < 0.14:
            return f"{text} > out"
        if extra < 0.18:
            return f"command {text}"
        if extra < 0.22:
            return f"! {text}"
        if extra < 0.26:
            return f"{text} <<E\n$({self.command(_DEEPEST)})\nE\n"
        return text

    def assignment(self, depth: int) -> str:
        """Make an assignment."""
        name = self.random.choice(_NAMES)
        value = self.random.choice((*_PROGRAMS, *_PROGRAMS, self.word(depth), "''", "'git x'"))
        if "(" in value and self.random.random() < 0.5:
            value = "git"
        return f"{name}{self.random.choice(('=', '=', '=', '+='))}{value}"

    def setting(self, depth: int) -> str:
        """Make something that changes the shell."""
        name, program = self.random.choice(_NAMES), self.random.choice(_PROGRAMS)
        del depth
        return self.random.choice(
            (
                f"set -- {program} x", "shift", f"unset {name}", f"unset -f {program}",
                f"read {name} <<< {program}", f"eval '{name}={program}'", f"eval ${name} x",
                "break", "continue", "return", "cd sub", "cd ..", "pushd sub", "popd", "set -e",
                f"trap '${name} trapped' EXIT", f'eval "${name} x"', "unset -f f", "true", "false",
                f"printf -v {name} {program}", f"(( {name} = 1 ))", f"[[ ${name} == g* ]]",
                f"for {name} in {program} beta; do ${name}; done", ":", "exit",
                f"a=({program} x)", '"${a[@]}"', "${a[0]}", "$a x",
            )
        )  # fmt: skip

    def declared(self, depth: int) -> str:
        """Make a declaration."""
        del depth
        kind = self.random.choice(
            ("local", "export", "declare", "declare -u", "readonly", "declare -l", "typeset",
             "declare -g", "declare -i", "local -r", "declare -a")
        )  # fmt: skip
        name = self.random.choice(_NAMES)
        return f"{kind} {name}={self.random.choice((*_PROGRAMS, 'GIT', f'${name}'))}"

    def group(self, depth: int) -> str:
        """Make a group or a subshell."""
        if self.random.random() < 0.5:
            return f"( {self.body(depth)} )"
        return f"{{ {self.closed(depth)} }}"

    def branch(self, depth: int) -> str:
        """Make an `if`."""
        text = f"if {self.closed(depth)} then {self.closed(depth)}"
        if self.random.random() < 0.4:
            text += f" elif {self.closed(depth)} then {self.closed(depth)}"
        if self.random.random() < 0.5:
            text += f" else {self.closed(depth)}"
        return text + " fi"

    def loop(self, depth: int) -> str:
        """Make a loop that ends."""
        name = self.random.choice(_NAMES)
        kind = self.random.random()
        if kind < 0.5:
            words = " ".join(self.word(_DEEPEST) for _ in range(self.random.randint(0, 3)))
            return f"for {name} in {words}; do {self.closed(depth)} done"
        if kind < 0.6:
            return f"for {name}; do {self.closed(depth)} done"
        if kind < 0.8:
            return f"n=; while [[ $n != iii ]]; do n+=i; {self.closed(depth)} done"
        return f"n=; until [[ $n == ii ]]; do {self.closed(depth)} n+=i; done"

    def function(self, depth: int) -> str:
        """Make a function."""
        name = self.random.choice(_FUNCTIONS)
        if self.random.random() < 0.3:
            return f"{name}() ( {self.body(depth + 1)} )"
        return f"{name}() {{ {self.closed(depth + 1)} }}"

    def case(self, depth: int) -> str:
        """Make a `case`."""
        end = self.random.choice((";;", ";;", ";&", ";;&"))
        one, two = self.body(depth), self.body(depth)
        return f"case {self.word(depth)} in git|g*) {one}\n{end} *) {two}\n;; esac"

    def pipeline(self, depth: int) -> str:
        """Make a pipeline."""
        return f"{self.simple(_DEEPEST)} | {{ {self.closed(depth)} }}"

    def background(self, depth: int) -> str:
        """Make a command in the background."""
        return f"{{ {self.closed(depth)} }} & wait"

    def again(self, depth: int) -> str:
        """Make text that a shell reads once more."""
        inner = self.command(depth + 2)
        if "'" in inner:
            inner = "git again"
        return self.random.choice((f"eval '{inner}'", f"trap '{inner}' EXIT"))
