"""What functions of perl, ruby, PHP, lua and R start and change.

Sources: perlfunc(1), IPC::Run(3), IPC::Open3(3); the ruby manual on Kernel, IO, Process and Open3;
the PHP manual's chapters on program execution, functions and files; the lua 5.4 manual, sections
6.1, 6.8 and 6.9; the R manual on `system`, `system2`, `eval`, `processx`.
"""

from __future__ import annotations

from kei_gates.shell import code_perl, code_ruby
from kei_gates.shell.code_language import Language, Use
from kei_gates.shell.code_lexers import LUA, PHP, LuaLexer, PhpLexer, R, RLexer

_SHELL = Use("shell")
_WORDS = Use("words")
_FILE = Use("file")
_WRITE = Use("write", quiet=True)
_WRITE_SECOND = Use("write", 1, quiet=True)
_WRITE_KNOWN = Use("write", 1, "known", quiet=True)
_DELETE = Use("delete", quiet=True)
_TREE = Use("delete", 0, "*", quiet=True)
_CALLBACK = Use("callback", 0, "strict")
_EACH = Use("callback", 0, "each")
_EACH_SECOND = Use("callback", 1, "each")
_GIT = Use("git")
_C = "calls functions of the system"


def _named(names: str, use: Use) -> dict[str, Use]:
    return dict.fromkeys(names.split(), use)


def _under(packages: str, found: dict[str, Use]) -> dict[str, Use]:
    """Give functions by the names that they have in packages too."""
    return {f"{package}.{name}": use for package in packages.split() for name, use in found.items()}


_PERL_CORE = {
    "system": _WORDS,
    "exec": _WORDS,
    "readpipe": Use("shell", 0, "topic"),
    "eval": Use("code", 0, "topic"),
    "evalbytes": Use("code", 0, "topic"),
    "do": _FILE,
    "require": Use("perl require"),
    "open": Use("perl open"),
    "syscall": Use("unseen", 0, "calls the system"),
    "unlink": _DELETE,
    "rmdir": _DELETE,
}
_PERL_RUN = Use("list")
PERL = Language(
    code_perl.PerlLexer,
    code_perl.SYNTAX,
    {
        **_PERL_CORE,
        **_under("CORE CORE.GLOBAL POSIX", _PERL_CORE),
        **_named("open3 IPC.Open3.open3", Use("words", 3)),
        **_named("open2 IPC.Open2.open2", Use("words", 2)),
        **_named("IPC.Run.run IPC.Run.start IPC.Run.harness IPC.Run3.run3 run3", _PERL_RUN),
        **_named("capturex systemx IPC.System.Simple.systemx", _WORDS),
        **_named("IPC.System.Simple.system IPC.System.Simple.capture", _WORDS),
        **_named("rmtree remove_tree File.Path.rmtree File.Path.remove_tree", _TREE),
    },
    modules={
        "Git": "git", "Git::Repository": "git", "Git::Wrapper": "git", "Git::Raw": "git",
        "Inline": "runs code of another language", "FFI::Platypus": _C,
        "IPC::Run": "starts programs", "IPC::Cmd": "starts programs",
    },
    access="->",
    joins=".",
    lists="[",
    bare=True,
    ends_arguments="if unless while until for foreach and or not xor x",
    mutates="read sysread chomp chop push pop shift unshift splice recv local substr vec undef",
)  # fmt: skip

_RUBY_KERNEL = {
    "system": _WORDS,
    "exec": _WORDS,
    "spawn": _WORDS,
    "open": Use("pipe text"),
    "eval": Use("code"),
    "load": _FILE,
    "syscall": Use("unseen", 0, "calls the system"),
}
_OPEN3 = (
    "capture2 capture2e capture3 popen2 popen2e popen3 pipeline pipeline_r pipeline_w pipeline_rw "
    "pipeline_start"
)
_RUBY_SEND = {
    "send": _CALLBACK,
    "__send__": _CALLBACK,
    "public_send": Use("callback"),
    "method": Use("callback", 0, "each"),
}
_RUBY_EVAL = _named("instance_eval class_eval module_eval instance_exec", Use("code"))
RUBY = Language(
    code_ruby.RubyLexer,
    code_ruby.SYNTAX,
    {
        **_RUBY_KERNEL,
        **_RUBY_SEND,
        **_RUBY_EVAL,
        **_under("Kernel Process Object self", _RUBY_KERNEL),
        **_named("IO.popen PTY.spawn PTY.getpty POSIX.Spawn.spawn", _WORDS),
        **_under("Open3", _named(_OPEN3, _WORDS)),
        **_named("IO.read IO.readlines IO.foreach IO.write IO.binread", Use("pipe text")),
        "URI.open": Use("pipe text"),
        "sh": _WORDS,
        "require_relative": Use("file", 0, ".rb"),
        "require": Use("load", 0, ".rb"),
        **_named("Fiddle.dlopen Fiddle.Function.new", Use("unseen", 0, _C)),
        **_named("Git.open Git.clone Git.init Rugged.Repository.new Git.bare", _GIT),
        "Rugged.Repository.clone_at": _GIT,
        **_named("File.write File.binwrite", _WRITE),
        **_named("File.open File.new", Use("open")),
        **_named("File.delete File.unlink FileUtils.rm FileUtils.rm_f", _DELETE),
        **_named("FileUtils.rm_r FileUtils.rm_rf FileUtils.remove_dir FileUtils.rmtree", _TREE),
        **_named("FileUtils.touch FileUtils.mkdir_p", _WRITE),
    },
    methods={
        **_RUBY_SEND,
        **_RUBY_EVAL,
        "eval": Use("code"),
        "const_get": Use("constant"),
    },
    modules={"git": "git", "rugged": "git"},
    access=". :: &.",
    joins="+",
    lists="[",
    bare=True,
    adjacent=True,
    ends_arguments="if unless while until and or not then do rescue end in",
    guarded="Kernel",
)

_PHP_CALLBACKS = {
    **_named("call_user_func call_user_func_array forward_static_call", Use("callback")),
    **_named("array_map register_shutdown_function ob_start iterator_apply", _EACH),
    **_named("reflectionfunction set_error_handler", _EACH),
    **_named("array_filter array_walk usort uasort uksort array_reduce", _EACH_SECOND),
    **_named("preg_replace_callback register_tick_function", _EACH_SECOND),
}  # fmt: skip
PHP_LANGUAGE = Language(
    PhpLexer,
    PHP,
    {
        **_named("exec shell_exec system passthru popen proc_open", _SHELL),
        "pcntl_exec": Use("program"),
        "eval": Use("code"),
        "assert": Use("code if text"),
        "create_function": Use("code", 1),
        "preg_replace": Use("php replace"),
        "mail": Use("unseen with", 4, "gives the mailer options"),
        **_named("include include_once require require_once", _FILE),
        "dl": Use("unseen", 0, "loads a library"),
        "ffi.cdef": Use("unseen", 0, _C),
        "ffi.load": Use("unseen", 0, _C),
        **_PHP_CALLBACKS,
        **_named("file_put_contents touch mkdir", _WRITE),
        "fopen": Use("open"),
        **_named("unlink rmdir", _DELETE),
        **_named("rename copy", _WRITE_SECOND),
    },
    access="-> :: ?->",
    joins=".",
    lists="[",
    list_makers="array",
    caseless=True,
    texts_call=True,
    mutates="preg_match preg_match_all settype sscanf parse_str extract str_replace array_push "
    "array_unshift array_splice list global static",
)  # fmt: skip

LUA_LANGUAGE = Language(
    LuaLexer,
    LUA,
    {
        **_named("os.execute io.popen", _SHELL),
        **_named("load loadstring", Use("code")),
        **_named("dofile loadfile", _FILE),
        "package.loadlib": Use("unseen", 0, "loads a library"),
        "require": Use("load", 0, ".lua", quiet=True),
        "io.open": Use("open", quiet=True),
        "io.output": _WRITE,
        "os.remove": _DELETE,
        "os.rename": _WRITE_SECOND,
        **_named("posix.exec posix.execp posix.spawn posix.popen", _WORDS),
    },
    modules={"ffi": _C, "posix": "starts programs", "alien": _C},
    access=". :",
    joins="..",
    lists="{",
    name_ends=True,
    passed=True,
    loaders="require",
    globals_="_G _ENV",
    guarded="os io",
    computed=True,
)

_R_RUN = Use("program")
R_LANGUAGE = Language(
    RLexer,
    R,
    {
        **_named("system shell shell.exec pipe", _SHELL),
        "system2": _R_RUN,
        **_named("processx.run processx.process sys.exec_wait sys.exec_internal", _R_RUN),
        **_named("sys.exec_background callr.rcmd", _R_RUN),
        "parse": Use("code", 0, "text="),
        **_named("str2lang str2expression", Use("code", quiet=True)),
        **_named("source sys.source", _FILE),
        **_named("do.call match.fun get Reduce", Use("callback", 0, "each", quiet=True)),
        **_named("sapply lapply Map Filter vapply", Use("callback", 1, "each", quiet=True)),
        "dyn.load": Use("unseen", 0, "loads a library"),
        **_named("writeLines write.csv write.table saveRDS write", _WRITE_KNOWN),
        "file.remove": _DELETE,
        "unlink": Use("delete", 0, "recursive", quiet=True),
    },
    modules={"git2r": "git", "gert": "git"},
    access="$ @ :: :::",
    joins="",
    lists="",
    list_makers="c list",
    assigns="= <- <<-",
    texts_call=True,
    passed=True,
    globals_="base utils",
)
