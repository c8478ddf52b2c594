"""What programs do to the files in their arguments.

Sources: the manual pages of coreutils 9, findutils 4.9, tar 1.34, unzip 6, rsync 3.2, curl 7.88,
wget 1.21 and patch 2.7; the formatters' own help.
"""

from __future__ import annotations

from kei_gates.shell import sed
from kei_gates.shell.expand import Pattern
from kei_gates.shell.files import LATER, Copy
from kei_gates.shell.options import Grammar, read
from kei_gates.shell.state import collapse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.model import EffectKind
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options
    from kei_gates.shell.state import State


class Files:
    """What a program does to its operands.

    `kind` is done to each; the first `skip` are no files. With `into`, the last operand (or the
    value of an option in `target`) is where the others go. Below folders too where an option of
    `tree` is given, or always for `*`. `output` names options whose value is written. Nothing at
    all happens without one of `needs` or with one of `unless`. `default` stands for no operand.
    """

    __slots__ = (
        "default", "grammar", "into", "kind", "needs", "output", "skip", "target", "tree", "unless",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        kind: EffectKind,
        grammar: Grammar,
        *,
        skip: int = 0,
        into: bool = False,
        target: str = "",
        tree: str = "",
        output: str = "",
        needs: str = "",
        unless: str = "help version",
        default: str | None = None,
    ) -> None:
        """Take the fields; sets of options are strings, separated by blanks."""
        self.kind: Final = kind
        self.grammar: Final = grammar
        self.skip: Final = skip
        self.into: Final = into
        self.target: Final = tuple(target.split())
        self.tree: Final = tuple(tree.split())
        self.output: Final = tuple(output.split())
        self.needs: Final = tuple(needs.split())
        self.unless: Final = tuple(unless.split())
        self.default: Final = default


_PLAIN = Grammar()
_COPY = Grammar("tS", "target-directory suffix")
_FORMATTER = Grammar("lc", "config line-length target-version")

FILES: dict[str, Files] = {
    "rm": Files("delete", _PLAIN, tree="r R recursive"),
    "rmdir": Files("delete", _PLAIN),
    "unlink": Files("delete", _PLAIN),
    "shred": Files("write", Grammar("nsu", "iterations size")),
    "trash": Files("delete", _PLAIN, tree="*"),
    "touch": Files("write", Grammar("drt", "date reference time")),
    "tee": Files("write", _PLAIN),
    "mkdir": Files("write", Grammar("m", "mode")),
    "mkfifo": Files("write", Grammar("m", "mode")),
    "truncate": Files("write", Grammar("sr", "size reference")),
    "chmod": Files("write", Grammar(long="reference"), skip=1, tree="R recursive"),
    "chown": Files("write", Grammar(long="reference from"), skip=1, tree="R recursive"),
    "chgrp": Files("write", Grammar(long="reference"), skip=1, tree="R recursive"),
    "chattr": Files("write", Grammar("vp"), skip=1, tree="R"),
    "setfacl": Files("write", Grammar("mMxX", "modify remove set"), tree="R recursive"),
    "cp": Files(
        "read", _COPY, into=True, target="t target-directory", tree="r R a recursive archive"
    ),
    "mv": Files("delete", _COPY, into=True, target="t target-directory", tree="*"),
    "install": Files(
        "read",
        Grammar("tSmgo", "target-directory suffix mode group owner"),
        into=True,
        target="t target-directory",
    ),
    "rsync": Files(
        "read",
        Grammar("efB", "rsh exclude include filter files-from chmod"),
        into=True,
        tree="*",
        unless="n dry-run help version list-only",
    ),
    "sort": Files(
        "read", Grammar("oktST", "output key field-separator buffer-size"), output="o output"
    ),
    "uniq": Files("write", Grammar("fsw", "skip-fields skip-chars check-chars"), skip=1),
    "xxd": Files("write", Grammar("cglosn"), skip=1),
    "zip": Files("write", Grammar("bnOtPsiX")),
    "sponge": Files("write", _PLAIN),
    "shuf": Files("read", Grammar("inor", "input-range head-count output"), output="o output"),
    "iconv": Files("read", Grammar("fto", "from-code to-code output"), output="o output"),
    "zstd": Files(
        "write",
        Grammar("oTM", "output-dir-flat"),
        output="o",
        unless="c stdout l list t test help version",
    ),
    "curl": Files(
        "read",
        Grammar(
            "XHdFoubAeTtKcrmwxDEyYzCQ",
            "request header data data-raw data-binary data-urlencode form output user cookie "
            "cookie-jar "
            "user-agent referer upload-file config max-time connect-timeout write-out proxy "
            "dump-header cert key cacert retry retry-delay url output-dir json",
        ),
        skip=99,
        output="o output D dump-header c cookie-jar",
    ),
    "patch": Files(
        "write",
        Grammar("piodDrBVYzg", "strip input output directory"),
        skip=1,
        unless="dry-run help version",
    ),
    "black": Files("write", _FORMATTER, tree="*", unless="check diff help version"),
    "isort": Files("write", _FORMATTER, tree="*", unless="c check check-only diff help version"),
    "autopep8": Files("write", _FORMATTER, tree="*", needs="i in-place"),
    "yapf": Files("write", Grammar("l", "style"), tree="*", needs="i in-place"),
    "prettier": Files("write", Grammar(long="config parser"), tree="*", needs="w write"),
    "eslint": Files(
        "write", Grammar("cof", "config ext format"), tree="*", needs="fix", default="."
    ),
    "gofmt": Files("write", Grammar("r", "", single_dash=True), tree="*", needs="w"),
    "goimports": Files("write", Grammar(long="local", single_dash=True), tree="*", needs="w"),
    "rustfmt": Files(
        "write", Grammar(long="edition config config-path"), unless="check help version"
    ),
    "clang-format": Files(
        "write", Grammar(long="style assume-filename", single_dash=True), needs="i"
    ),
    "gzip": Files("delete", Grammar("S", "suffix"), unless="c stdout l list t test help version"),
    "gunzip": Files("delete", Grammar("S", "suffix"), unless="c stdout l list t test help version"),
    "xz": Files("delete", _PLAIN, unless="c stdout l list t test help version"),
    "bzip2": Files("delete", _PLAIN, unless="c stdout t test help version"),
}


def touch_files(  # noqa: C901 -- the fields of a row, one after another
    ev: Evaluator, program: str, words: Sequence[Field], state: State
) -> None:
    """Add what a program does to the files in its arguments."""
    special = _SPECIAL.get(program)
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
        operands = _into(ev, program, files, options, state, tree=tree)
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


def _into(  # noqa: PLR0913 -- one command's context
    ev: Evaluator, program: str, files: Files, options: Options, state: State, *, tree: bool
) -> list[Field]:
    """Add the write of where things go; give the operands that go there."""
    sources = list(options.operands)
    given = options.has(*files.target)
    target = options.value(*files.target) if given else (sources.pop() if sources else None)
    if options.has("d") and program == "install":
        return _make_folders(ev, program, [*sources, target], state)
    if isinstance(target, Pattern):
        target = None
    unnamed = any(source is None or isinstance(source, Pattern) for source in sources)
    if None in sources and target is None and not given:
        ev.touch("write", None, program, state)
        return [None]
    paths = state.paths(target)
    folder = given or all(path is not None and ev.is_folder(path) for path in paths)
    if target is None or not folder or unnamed:
        lone = sources[0] if len(sources) == 1 and not folder and not unnamed else None
        content = _copied(lone, state)
        ev.touch("write", target, program, state, tree=tree or folder, content=content)
        _keep_links(ev, program, options, sources, target, state)
    else:
        for source in sources:
            # To rsync, and to cp on macOS, `a/` is what lies in `a`.
            name = (source or "").rpartition("/")[2]
            inside = target if name in ("", ".", "..") else f"{target.rstrip('/')}/{name}"
            ev.touch("write", inside, program, state, tree=tree, content=_copied(source, state))
            _keep_links(ev, program, options, [source], inside, state)
    return sources


def _copied(source: Field, state: State) -> Copy | None:
    """Give the content of what was copied from a file; none when that is not certain."""
    found = state.paths(source)
    if len(found) != 1 or found[0] is None or source is None or "\0" in source:
        return None
    return Copy(collapse(found[0]))


def _keep_links(  # noqa: PLR0913, PLR0917 -- one command's context
    ev: Evaluator,
    program: str,
    options: Options,
    sources: list[Field],
    target: Field,
    state: State,
) -> None:
    """Note that a link that is moved, or copied as what it is, is one where it comes to."""
    if program == "cp" and not options.has(*_AS_LINKS):
        return
    for source in sources:
        found = (None,) if isinstance(source, Pattern) else state.paths(source)
        if any(path is not None and ev.facts.is_link(path.rstrip("/")) for path in found):
            ev.links(target, state)


_AS_LINKS = ("P", "d", "a", "r", "R", "no-dereference", "archive", "recursive")


def _make_folders(ev: Evaluator, program: str, folders: list[Field], state: State) -> list[Field]:
    for folder in folders:
        ev.touch("write", folder, program, state)
        ev.makes(folder, state)
    return []


def _ln(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Follow `ln`: a hard link makes the file writable under another name."""
    options = read(words, _COPY, permute=True)
    sources = list(options.operands)
    folder = options.has("t", "target-directory") or len(sources) == 1
    target: Field = "."
    if options.has("t", "target-directory"):
        target = options.value("t", "target-directory")
    elif len(sources) > 1:
        target = sources.pop()
        inside = [path is not None and ev.is_folder(path) for path in state.paths(target)]
        folder = all(inside) and not options.has("n", "T", "no-dereference")
    for source in sources if folder else sources[:1]:
        name = (source or "").rstrip("/").rpartition("/")[2]
        known = source is not None and target is not None
        path = target if not folder else f"{target}/{name}" if known else None
        path = path.removeprefix("./") if path else None
        ev.touch("write", path, program, state, content=_linked(source, path, options, state))
        if options.has("s", "symbolic"):
            ev.links(path, state)
    if not options.has("s", "symbolic"):
        for source in sources:
            ev.touch("write", source, program, state, content=LATER)


def _linked(source: Field, path: Field, options: Options, state: State) -> Copy | None:
    """Give the content of what a link leads to; a symbolic one starts from its own folder."""
    if source is None or path is None or "\0" in source:
        return None
    if options.has("s", "symbolic") and not source.startswith("/"):
        source = f"{path.rpartition('/')[0] or '.'}/{source}"
    return _copied(source, state)


def _sed(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Follow `sed -i` and what scripts write.

    On macOS the backup suffix of `-i` is a word of its own and looks like a script.
    """
    scripts, options = sed.scripts(words)
    if options.has("i", "in-place", "I"):
        spelled = ev.spelled_as(words)
        for operand in sed.scripts(spelled)[1].operands:
            ev.touch("write", operand, program, state)
    for script in scripts:
        for path in sed.read_script(script).files if script is not None else ():
            ev.touch("write", path, program, state)


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
        ev.touch("write", folder, program, state, tree=True)
    elif options.has("c", "create", "r", "append", "u", "update", "A", "delete"):
        archive = options.value("f", "file")
        if archive != "-":
            ev.touch("write", archive, program, state)
    elif first is None:
        ev.touch("write", None, program, state)


def _unzip(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    options = read(words, Grammar("dxP"), permute=True)
    if not options.has("l", "t", "p", "v", "Z", "z"):
        folder = options.value("d") if options.has("d") else "."
        ev.touch("write", folder, program, state, tree=True)


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


def _patch(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    options = read(words, FILES["patch"].grammar, permute=True)
    if not options.has("dry-run", "help", "version"):
        ev.touch("write", None, program, state)


_SPECIAL = {
    "ln": _ln,
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
}
