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
    "acpi apropos arch bg btop clear expr false fg free getconf getent groups help hostid htop id "
    "infocmp iostat kill last locale logname lsb_release lscpu lsipc lsmem lsns lsof "
    "lspci lsusb man mpstat nproc pgrep pidof printenv ps pstree reset sensors sleep stty sw_vers "
    "system_profiler test tldr top tput true tty uname uptime users vm_stat vmstat w wait whatis "
    "who whoami"
)
_NETWORK = "arp dig host ifstat mtr netstat nslookup ping ping6 ss tracepath traceroute whois"
_CHECKING = "actionlint apt-cache dpkg-query hadolint shellcheck yamllint"
_MAC = "gcat gcut gdate gdf gdu ggrep ghead gls greadlink grealpath gseq gstat gtac gtail gtr gwc"

ONLY_READ = frozenset(f"{_TEXT} {_FILES} {_MACHINE} {_NETWORK} {_CHECKING} {_MAC}".split())
"""Names of programs that only read, whatever their arguments."""

# These do unless one of the options is given.
_UNLESS: dict[str, str] = {
    "base64": "o output",
    "cloc": "out report-file sql",
    "date": "s set",
    "dmesg": "C clear c read-clear D console-off E console-on n console-level",
    "history": "a w c d r s",
    "hostname": "F file b boot",
    "ifconfig": "",
    "info": "o output dribble",
    "journalctl": "rotate flush sync relinquish-var vacuum-size vacuum-time vacuum-files "
    "update-catalog setup-keys smart-relinquish-var",
    "jsonlint": "i in-place",
    "less": "o O log-file LOG-FILE",
    "mount": "",
    "nvidia-smi": "f filename",
    "scc": "o output",
    "sdiff": "o output",
    "tidy": "m modify o output-file output",
    "tree": "o output",
    "xmllint": "o output",
    "yq": "i inplace in-place s split-exp",
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
    "rustc": ("--print",),
    "ssh-keygen": ("-l",),
}
_NO_VALUES = Grammar()


def only_reads(program: str, argv: Sequence[Field]) -> bool:
    """Say whether a program only reads with these words, whatever it is given to read."""
    if program in ONLY_READ:
        return True
    if program in _UNLESS:
        found = read([*argv], _NO_VALUES, permute=True)
        plain = program not in _WITHOUT_OPERANDS or not found.operands
        return plain and None not in argv and not found.has(*_UNLESS[program].split())
    return len(argv) > 1 and (argv[1] or "").startswith(_FIRST.get(program, ()))
