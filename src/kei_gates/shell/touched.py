"""What programs do to the files in their arguments: the table of those that are regular.

Sources: the manual pages of coreutils 9, findutils 4.9, rsync 3.2 and curl 7.88; the help of the
formatters.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.model import EffectKind


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
COPYING = Grammar("tS", "target-directory suffix")
_FORMATTER = Grammar("lc", "config line-length target-version")

FILES: dict[str, Files] = {
    "rm": Files("delete", _PLAIN, tree="r R recursive"),
    "rmdir": Files("delete", _PLAIN),
    "unlink": Files("delete", _PLAIN),
    "shred": Files("write", Grammar("ns", "iterations size random-source")),
    "srm": Files("delete", _PLAIN, tree="r R recursive"),
    "trash": Files("delete", _PLAIN, tree="*"),
    "trash-put": Files("delete", _PLAIN, tree="*"),
    "rimraf": Files("delete", Grammar(long="retry-delay max-retries backoff"), tree="*"),
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
        "read", COPYING, into=True, target="t target-directory", tree="r R a recursive archive"
    ),
    "mv": Files("delete", COPYING, into=True, target="t target-directory", tree="*"),
    "install": Files(
        "read",
        Grammar("tSmgo", "target-directory suffix mode group owner"),
        into=True,
        target="t target-directory",
    ),
    "rsync": Files(
        "read",
        Grammar("efB", "rsh exclude include filter files-from chmod link-dest"),
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
# What macOS calls those of coreutils.
FILES |= {f"g{name}": FILES[name] for name in ("rm", "rmdir", "shred", "tee", "truncate", "unlink")}
