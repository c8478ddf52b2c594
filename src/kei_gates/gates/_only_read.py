"""Programs that only read: with the words they are given, they change no file.

Sources: the manual pages of coreutils 9, procps 4, util-linux 2.38 and bind-utils, and the help of
the others. What they write to the terminal, or keep in a cache of their own, is not counted.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.shell.expand import Field

_TEXT = (
    "ack ag b2sum base32 basenc bat batcat bc bzcat cal cat cksum cmp colordiff column comm cut "
    "delta diff diff3 difft egrep expand factor fgrep fmt fold glow grep gron hd head hexdump "
    "icdiff jless join jq look lz4cat md5 md5sum more most ncal nl numfmt od paste "
    "pr rev rg seq sha1sum sha224sum sha256sum sha384sum sha512sum shasum strings sum tac tail "
    "tokei tr tsort ugrep unexpand units wc wdiff xzcat yes zcat zgrep zstdcat"
)
_FILES = (
    "addr2line basename c++filt df dir dirname du duf dust dwarfdump exa eza fd fdfind file "
    "findmnt getfacl identify ldd locate ls lsattr lsblk lsd mdfind mdls namei nm objdump otool "
    "pathchk pdffonts pdfinfo plocate readelf readlink realpath size stat vdir whereis which "
    "zipinfo"
)
_MACHINE = (
    "acpi apropos arch bg bind btop clear date dmesg expr false fg finger free getconf getent "
    "groups help hostid htop id infocmp iostat ipcs kill last locale logname lsb_release lscpu "
    "lsipc lsmem lsns lsof lspci lsusb man mpstat nproc pbcopy pbpaste pgrep pidof printenv ps "
    "pstree pv reset sensors sleep stty sw_vers system_profiler test tldr top tput true tty "
    "uname uptime users vm_stat vmstat w wait whatis who whoami"
)
_NETWORK = "arp dig host ifstat mtr netstat nslookup ping ping6 ss tracepath traceroute whois"
_CHECKING = "actionlint apt-cache dpkg-query hadolint shellcheck yamllint"
_MAC = "gcat gcut gdate gdf gdu ggrep ghead gls greadlink grealpath gseq gstat gtac gtail gtr gwc"

ONLY_READ = frozenset(f"{_TEXT} {_FILES} {_MACHINE} {_NETWORK} {_CHECKING} {_MAC}".split())
"""Names of programs that only read, whatever their arguments."""

# These do unless one of the second options is given; the first letters take a value.
_UNLESS: dict[str, tuple[str, str]] = {
    "base64": ("bw", "o output"),
    "cloc": ("", "out report-file sql"),
    "history": ("d", "a w"),
    "hostname": ("F", "F file b boot"),
    "ifconfig": ("", ""),
    "info": ("fno", "o output dribble"),
    "journalctl": (
        "",
        (
            "rotate flush sync relinquish-var vacuum-size vacuum-time vacuum-files "
            "update-catalog setup-keys smart-relinquish-var"
        ),
    ),
    "jsonlint": ("", "i in-place"),
    "less": ("PTbhjkoOptxyz", "o O log-file LOG-FILE"),
    "mount": ("tLUO", ""),
    "nc": ("iOPpqsTwXx", "l e c k"),
    "nvidia-smi": ("dfil", "f filename"),
    "scc": ("fos", "o output"),
    "sdiff": ("owI", "o output"),
    "tidy": ("fow", "m modify o output-file output f file"),
    "tree": ("HILPTo", "o output"),
    "xmllint": ("", "o output"),
    "yq": ("Ifopsv", "i inplace in-place s split-exp"),
}
# Of these, an operand sets what they show without one.
_WITHOUT_OPERANDS = frozenset(("hostname", "ifconfig", "mount"))
# These do where their first word begins so.
_FIRST: dict[str, tuple[str, ...]] = {
    "apt": ("list", "policy", "search", "show"),
    "at": ("-l",),
    "crontab": ("-l",),
    "dpkg": ("-L", "-S", "-l", "-p", "-s", "--list", "--print", "--search", "--status"),
    "gpg": ("--fingerprint", "--list-", "-K", "-k"),
    "node": ("--check", "-c"),
    "pacman": ("-Q", "-Si", "-Ss"),
    "php": ("--syntax-check", "-i", "-l", "-m"),
    "rpm": ("--query", "-q"),
    "ruby": ("-c",),
    "ssh-keygen": ("-l",),
}


def only_reads(program: str, argv: Sequence[Field]) -> bool:
    """Say whether a program only reads with these words, whatever it is given to read.

    A word that is not known is taken for no option, as where the analysis looks for files.
    """
    if program in ONLY_READ:
        return True
    if program in _UNLESS:
        valued, writing = _UNLESS[program]
        found = read([*argv], Grammar(valued), permute=True)
        plain = program not in _WITHOUT_OPERANDS or not found.operands
        return plain and not found.has(*writing.split())
    return len(argv) > 1 and (argv[1] or "").startswith(_FIRST.get(program, ()))
