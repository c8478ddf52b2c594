"""What programs do to the files in their arguments: rows of the table, and irregular ones.

Sources: those of the table; the manual pages of tar 1.34, unzip 6, wget 1.21 and patch 2.7.
"""

from __future__ import annotations

from kei_gates.shell import sed
from kei_gates.shell.copying import link, put
from kei_gates.shell.effects_git import touch_git
from kei_gates.shell.expand import Pattern
from kei_gates.shell.files import LATER, Unread
from kei_gates.shell.globs import escape
from kei_gates.shell.options import Grammar, read
from kei_gates.shell.temporary import touch_temporary
from kei_gates.shell.touched import FILES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options
    from kei_gates.shell.state import State


def touch_files(  # noqa: C901 -- the fields of a row, one after another
    ev: Evaluator, program: str, words: list[Field], state: State
) -> None:
    """Add what a program does to the files in its arguments."""
    special = SPECIAL.get(program)
    if special is not None:
        special(ev, program, words, state)
        return
    files = FILES.get(program)
    if files is None:
        return
    words = ev.spelled_as(words)
    options = read(words, files.grammar, permute=True)
    if options.has_exactly(*files.unless) or (files.needs and not options.has(*files.needs)):
        return
    for name, value in options.given:
        if name in files.output and value != "-":
            ev.touch("write", value, program, state)
    tree = files.tree == ("*",) or options.has(*files.tree)
    operands = options.operands[files.skip :]
    if program in _TAKE_MODES and _has_mode_in_option(words, options):
        operands = options.operands
    if not operands and files.default is not None:
        operands = [files.default]
    if files.into:
        operands = put(ev, program, files, options, state, tree=tree)
    content = LATER if program in _KEEPING_CONTENT else None
    if program == "tee":
        content = None if options.has("a", "append") else ev.stdin.text
    for operand in operands:
        if files.kind != "read" and operand != "-":
            ev.touch(files.kind, operand, program, state, tree=tree, content=content)
        if program == "mkdir" and not isinstance(operand, Pattern):
            ev.makes(operand, state)


# Programs that leave what a file holds as it is.
_KEEPING_CONTENT = frozenset(
    ("chmod", "chown", "chgrp", "chattr", "setfacl", "touch", "mkdir", "mkfifo")
)
_TAKE_MODES = frozenset(("chmod", "chown", "chgrp"))


def _has_mode_in_option(words: Sequence[Field], options: Options) -> bool:
    """Whether the mode stands in an option: `chmod -x f`, `chmod --reference=g f`."""
    modes = (w for w in words[1:] if w is not None and w[:1] == "-" and w[1:2] != "-")
    return options.has("reference") or any(set(mode[1:]) & set("rwxXstugo") for mode in modes)


def _sed(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Follow `sed -i` and what scripts write.

    On macOS the backup suffix of `-i` is a word of its own and looks like a script.
    """
    scripts, options = sed.scripts(words)
    if options.has("i", "in-place", "I"):
        spelled = ev.spelled_as(words)
        for operand in sed.scripts(spelled)[1].operands:
            content = _substituted(ev, scripts, options, operand, state)
            ev.touch("write", operand, program, state, content=content)
    for script in scripts:
        for path in sed.read_script(script).files if script is not None else ():
            ev.touch("write", path, program, state)


_EXTENDED = ("E", "r", "regexp-extended")
_PLAIN_SED = frozenset(("i", "in-place", "e", "expression", *_EXTENDED))


def _substituted(
    ev: Evaluator, scripts: Sequence[Field], options: Options, operand: Field, state: State
) -> str | None:
    """Give what `sed -i` leaves of a file where all that it does is to substitute."""
    from kei_gates.shell.sed_edits import edited

    known = [script for script in scripts if script is not None]
    given = {name for name, _ in options.given}
    extended = options.has_exactly(*_EXTENDED)
    if len(known) != len(scripts) or not all(known) or not given <= _PLAIN_SED:
        return None
    text = None if isinstance(operand, Pattern) else ev.text_at(operand, state)
    return None if text is None or not known else edited(known, text, extended=extended)


def _dd(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    for word in words[1:]:
        if word is None or word.startswith("of="):
            ev.touch("write", word and word[3:], program, state)


def _tar(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Follow tar, old style (`tar xzf f`) too: archives are written, folders filled."""
    first = words[1] if len(words) > 1 else ""
    if first and not first.startswith("-"):
        words = [words[0], f"-{first}", *words[2:]]
    options = read(words, Grammar("fCTXbgIVHKN", "file directory files-from exclude"), permute=True)
    if options.has("x", "extract", "get") and not options.has("O", "to-stdout"):
        folder = options.value("C", "directory") if options.has("C", "directory") else "."
        archive = options.value("f", "file")
        ev.touch("write", folder, program, state, tree=True, content=_unpacked(ev, archive, state))
    elif options.has("c", "create", "r", "append", "u", "update", "A", "delete"):
        archive = options.value("f", "file")
        if archive != "-":
            ev.touch("write", archive, program, state)
    elif first is None:
        ev.touch("write", None, program, state)


def _unpacked(ev: Evaluator, archive: Field, state: State) -> Unread | None:
    """Give the content of what lies in an archive: somebody's who made it before, or not known."""
    known = archive is not None and archive != "-" and not ev.is_own(archive, state)
    return Unread() if known else None


def _unzip(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    options = read(words, Grammar("dxP"), permute=True)
    if not options.has("l", "t", "p", "v", "Z", "z"):
        folder = options.value("d") if options.has("d") else "."
        archive = options.operands[0] if options.operands else None
        ev.touch("write", folder, program, state, tree=True, content=_unpacked(ev, archive, state))


def _wget(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    grammar = Grammar("OPoaeitTUQ", "output-document directory-prefix output-file header "
                      "user-agent timeout tries post-data method body-data")  # fmt: skip
    options = read(words, grammar, permute=True)
    if options.has("spider", "help", "version"):
        return
    if options.has("O", "output-document"):
        if options.value("O", "output-document") != "-":
            ev.touch("write", options.value("O", "output-document"), program, state)
        return
    prefix = options.value("P", "directory-prefix") if options.has("P", "directory-prefix") else "."
    for url in options.operands:
        name = (url or "").partition("?")[0].rpartition("/")[2] or "index.html"
        path = None if url is None or prefix is None else f"{prefix}/{name}"
        ev.touch("write", path, program, state)


def _curl_remote(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Follow curl: `-o FILE`, and `-O`, which takes the name from the address."""
    options = read(words, FILES["curl"].grammar, permute=True)
    folder = options.value("output-dir") if options.has("output-dir") else "."
    if options.has("K", "config"):
        ev.touch("write", None, program, state)
    for name, value in options.given:
        if name in FILES["curl"].output and value != "-":
            inside = options.has("output-dir") and name in ("o", "output") and value is not None
            path = (f"{folder}/{value}" if folder else None) if inside else value
            ev.touch("write", path, program, state)
    if options.has("O", "remote-name", "remote-name-all", "J"):
        for url in options.operands:
            base = (url or "").partition("?")[0].rpartition("/")[2]
            path = f"{folder}/{base}" if url and folder and not options.has("J") else None
            ev.touch("write", path, program, state)


def _ruff(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    options = read(words, Grammar(long="config select ignore line-length"), permute=True)
    verb = options.operands[0] if options.operands else ""
    formats = verb == "format" and not options.has("check", "diff")
    if formats or (verb == "check" and options.has("fix", "unsafe-fixes")) or verb is None:
        for operand in options.operands[1:] or ["."]:
            ev.touch("write", operand, program, state, tree=True)


def _compress(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Follow a program that puts a file with another ending in the place of each."""
    options = read(words, FILES[program].grammar, permute=True)
    if options.has_exactly(*FILES[program].unless):
        return
    ending = _ENDINGS[program]
    opens = program.startswith("gun") or options.has("d", "decompress", "uncompress")
    for operand in options.operands:
        ev.touch("delete", operand, program, state)
        if operand is None:
            ev.touch("write", None, program, state)
        else:
            made = operand.removesuffix(ending) if opens else operand + ending
            ev.touch("write", made, program, state)


_ENDINGS = {"gzip": ".gz", "gunzip": ".gz", "xz": ".xz", "bzip2": ".bz2"}


def _split(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Follow `split` and `csplit`: files of which the names begin alike."""
    grammar = Grammar(
        "abClnt", "suffix-length bytes line-bytes lines number additional-suffix filter"
    )
    options = read(words, Grammar("fbn") if program == "csplit" else grammar, permute=True)
    prefix = options.operands[1] if len(options.operands) > 1 else "x"
    if program == "csplit":
        prefix = options.value("f", "prefix") if options.has("f", "prefix") else "xx"
    ev.touch("write", None if prefix is None else Pattern(f"{escape(prefix)}*"), program, state)


def _fetch(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Follow `scp` and `docker cp`: what comes from another machine is not known."""
    rest = words if program == "scp" else words[1:]
    if program != "scp" and rest[:1] != ["cp"]:
        return
    options = read(rest, Grammar("cDFiJloPSX"), permute=True)
    target = options.operands[-1] if options.operands else None
    if target is None or ":" not in target.partition("/")[0]:
        ev.touch("write", target, program, state)
        ev.touch("write", target, program, state, tree=True)


def _awk(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Follow gawk's `-i inplace`: its operands are edited where they lie."""
    options = read(words, Grammar("Fvfie", "assign field-separator file include"), permute=False)
    if "inplace" in options.values("i", "include"):
        operands = options.operands if options.has("f", "file") else options.operands[1:]
        for operand in operands:
            ev.touch("write", operand, program, state)


def _npm(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Follow what changes the file of a package."""
    verbs = [word for word in words[1:] if word is None or not word.startswith("-")][:2]
    if verbs[:1] == ["init"] or verbs in (["pkg", "set"], ["pkg", "delete"], ["pkg", "fix"]):
        ev.touch("write", "package.json", program, state)


def _patch(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    options = read(words, FILES["patch"].grammar, permute=True)
    if options.has("dry-run", "help", "version"):
        return
    for operand in options.operands[:1]:
        ev.touch("write", operand, program, state)
    ev.touch("write", None, program, state)


def _edit(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Follow a line editor, and a screen editor that is given its commands: they write files."""
    commands = [word or "" for word in words[1:] if word is None or word[:1] in ("-", "+")]
    scripted = program in ("ed", "ex", "red") or any(
        "es" in word or "+" in word for word in commands
    )
    if not scripted and not any(word in ("-c", "--cmd", "-s") for word in commands):
        return
    options = read(words, Grammar("cSpuUiwWTtx", "cmd"), permute=True)
    for operand in options.operands:
        if not (operand or "").startswith("+"):
            ev.touch("write", operand, program, state)
    texts = [ev.stdin.text, *options.values("c", "cmd")]
    if any(text is None or " w " in f" {text}" or "\nw " in text for text in texts):
        ev.touch("write", None, program, state)


SPECIAL = {
    "link": link,
    "ln": link,
    "sed": _sed,
    "gsed": _sed,
    "dd": _dd,
    "tar": _tar,
    "bsdtar": _tar,
    "gtar": _tar,
    "unzip": _unzip,
    "wget": _wget,
    "curl": _curl_remote,
    "gzip": _compress,
    "gunzip": _compress,
    "xz": _compress,
    "bzip2": _compress,
    "ruff": _ruff,
    "patch": _patch,
    "split": _split,
    "ed": _edit,
    "ex": _edit,
    "red": _edit,
    "vi": _edit,
    "vim": _edit,
    "nvim": _edit,
    "csplit": _split,
    "git": touch_git,
    "gawk": _awk,
    "awk": _awk,
    "mktemp": touch_temporary,
    "scp": _fetch,
    "docker": _fetch,
    "podman": _fetch,
    "npm": _npm,
    "pnpm": _npm,
    "yarn": _npm,
    "bun": _npm,
}
