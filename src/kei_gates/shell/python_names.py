"""What the names of Python's library mean to the reader of its code.

Sources: the library reference of Python 3 (and 2, for `commands` and `popen2`); the manuals of
pexpect, sh, plumbum, invoke, fabric, GitPython, pygit2 and dulwich.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.model import EffectKind


def each_of(words: str) -> list[str]:
    """Give the words of a text: long tables read better in that way."""
    return words.split()


def _each(value: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), value)


_C_STARTS = "execl execle execlp execv execve execvp fork_exec posix_spawn posix_spawnp syscall"

# --- what starts something: by full name, how its arguments say what ---------------------------

STARTS: Final[dict[str, str]] = {
    **_each(
        "shell",
        "os.system os.popen os.popen2 os.popen3 os.popen4 subprocess.getoutput "
        "subprocess.getstatusoutput commands.getoutput commands.getstatusoutput popen2.popen2 "
        "popen2.popen3 popen2.popen4 asyncio.create_subprocess_shell platform.popen "
        "invoke.run invoke.sudo invoke.Context().run fabric.api.local "
        "fabric.operations.local IPython.get_ipython().system IPython.get_ipython().getoutput "
        "plumbum.local.session().run",
    ),
    **_each(
        "run",
        "subprocess.run subprocess.call subprocess.check_call subprocess.check_output "
        "subprocess.Popen",
    ),
    **_each(
        "exec",
        "os.execv os.execve os.execvp os.execvpe os.posix_spawn os.posix_spawnp "
        "multiprocessing.util.spawnv_passfds",
    ),
    **_each("execl", "os.execl os.execlp os.execle os.execlpe"),
    **_each("spawn", "os.spawnv os.spawnve os.spawnvp os.spawnvpe"),
    **_each("spawnl", "os.spawnl os.spawnle os.spawnlp os.spawnlpe"),
    **_each("words", "asyncio.create_subprocess_exec sh.Command plumbum.local.get os.startfile"),
    **_each(
        "list", "pty.spawn distutils.spawn.spawn setuptools._distutils.spawn.spawn trio.run_process"
    ),
    **_each(
        "line",
        "pexpect.spawn pexpect.spawnu pexpect.run pexpect.runu pexpect.popen_spawn.PopenSpawn "
        "pexpect.pty_spawn.spawn",
    ),
    **_each("code", "builtins.exec builtins.eval"),
    **_each(
        "text",
        "timeit.timeit timeit.repeat timeit.Timer cProfile.run cProfile.runctx profile.run "
        "profile.runctx pdb.run pdb.runeval pdb.runctx code.InteractiveInterpreter().runsource "
        "code.InteractiveConsole().runsource code.InteractiveConsole().push "
        "code.InteractiveInterpreter().runcode code.InteractiveConsole().runcode "
        "cProfile.Profile().run cProfile.Profile().runctx trace.Trace().run bdb.Bdb().run "
        "IPython.get_ipython().run_cell IPython.get_ipython().ex",
    ),
    **_each("file", "runpy.run_path imp.load_source imp.load_module builtins.execfile"),
    **_each("module", "runpy.run_module runpy._run_module_as_main"),
    **_each(
        "loader",
        "importlib.util.spec_from_file_location importlib.machinery.SourceFileLoader "
        "imp.load_source",
    ),
    **_each("pickle", "pickle.loads pickle.load pickle.Unpickler cPickle.loads cPickle.load "
            "_pickle.loads _pickle.load dill.loads dill.load cloudpickle.loads "
            "cloudpickle.load"),
    **_each(
        "hidden",
        "marshal.loads marshal.load code.interact code.InteractiveConsole().interact "
        "builtins.breakpoint pdb.set_trace pdb.Pdb().set_trace IPython.embed "
        "IPython.start_ipython types.FunctionType types.CodeType types.LambdaType "
        "yaml.unsafe_load yaml.unsafe_load_all jsonpickle.decode "
        "pipes.Template pydoc.pipepager pydoc.tempfilepager "
        "os.fork_exec _posixsubprocess.fork_exec subprocess._fork_exec _winapi.CreateProcess "
        "ctypes.pythonapi.PyRun_SimpleString gc.get_objects gc.get_referrers "
        "_xxsubinterpreters.run_string fabric.Connection().run fabric.Connection().sudo "
        "fabric.Connection().local fabric.api.run fabric.api.sudo "
        "webbrowser.GenericBrowser webbrowser.BackgroundBrowser",
    ),
}  # fmt: skip

# Libraries that do the work of a program: every call of theirs is one of that.
LIBRARIES: Final = {"git": "git", "pygit2": "git", "dulwich": "git", "hglib": "hg"}
# Packages whose names are programs: `sh.git("push")`.
PROGRAMS: Final = ("sh.", "plumbum.cmd.")
# Functions of the C library, however it was loaded.
C_LIBRARIES: Final = ("ctypes.", "cffi.")
C_STARTS: Final = frozenset((*_C_STARTS.split(), "system", "popen"))

# Methods that start something, whatever they are called on, and where their words begin.
METHOD_STARTS: Final = {
    "subprocess_shell": ("shell", 1),
    "subprocess_exec": ("words", 1),
    "create_subprocess_shell": ("shell", 0),
    "create_subprocess_exec": ("words", 0),
    "exec_command": ("shell", 0),
}

# Modules that hold what is above; an unknown name of theirs may be any of it.
DANGEROUS_MODULES: Final = frozenset(
    ("os", "subprocess", "builtins", "pty", "commands", "popen2", "_posixsubprocess", "runpy")
)
# Names under which modules hold the modules that they import.
MODULE_NAMES: Final = {
    "os": "os", "_os": "os", "posix": "os", "nt": "os", "subprocess": "subprocess",
    "_subprocess": "subprocess", "sys": "sys", "_sys": "sys", "builtins": "builtins",
    "__builtins__": "builtins", "__builtin__": "builtins", "_builtins": "builtins",
    "importlib": "importlib", "_importlib": "importlib", "pty": "pty", "runpy": "runpy",
}  # fmt: skip
# Other spellings of the same thing: what a name begins with.
ALIASES: Final = {
    "posix.": "os.", "nt.": "os.", "__builtin__.": "builtins.", "io.open": "builtins.open",
    "asyncio.subprocess.": "asyncio.", "cPickle.": "pickle.", "_pickle.": "pickle.",
    "importlib.__import__": "builtins.__import__", "six.moves.builtins.": "builtins.",
    "invoke.context.": "invoke.", "pathlib.PosixPath": "pathlib.Path",
    "pathlib.PurePath": "pathlib.Path", "pathlib.PurePosixPath": "pathlib.Path",
    "multiprocessing.pool.": "multiprocessing.", "unittest.mock.": "mock.",
    "posixpath.": "os.path.",
    "trio.lowlevel.open_process": "trio.run_process", "anyio.run_process": "trio.run_process",
    "anyio.open_process": "trio.run_process", "_io.": "io.",
    "_io.open": "builtins.open", "_frozen_importlib.": "importlib.",
}  # fmt: skip
# Names that, taken from a module that is not known, are taken for what starts something.
TELLING_NAMES: Final = frozenset(
    each_of(
        "system popen Popen check_call check_output getoutput getstatusoutput exec eval "
        "execfile __import__ os subprocess builtins"
    )
) | {name.partition(".")[2] for name, kind in STARTS.items() if kind in (
    "exec", "execl", "spawn", "spawnl") and name.startswith("os.")}  # fmt: skip
# Attributes that lead from any object to everything there is.
REFLECTION: Final = frozenset(
    ["__globals__", "__subclasses__", "func_globals", "f_globals", "f_builtins"]
)

# Methods of lists and dictionaries that change them, and those that give what they hold.
MUTATORS: Final = frozenset(
    each_of(
        "append add extend insert update setdefault appendleft extendleft clear remove "
        "reverse sort __setitem__ discard rotate"
    )
)
CONTAINER_METHODS: Final = MUTATORS | frozenset(
    each_of(
        "copy __iter__ __reversed__ __getitem__ pop __next__ popleft get items values popitem keys"
    )
)

# --- who may be handed something dangerous and does not call it --------------------------------

HARMLESS_TAKERS: Final = frozenset(
    f"builtins.{name}"
    for name in each_of(
        "print repr str dir help hasattr isinstance issubclass id type callable len hash "
        "format ascii bool vars setattr delattr getattr super property object"
    )
)
HARMLESS_PREFIXES: Final = (
    "mock.", "inspect.signature", "inspect.getsource", "inspect.getfile", "inspect.getdoc",
    "inspect.is", "inspect.getmodule", "importlib.reload", "functools.wraps",
    "functools.update_wrapper", "typing.", "logging.", "warnings.", "pprint.", "pydoc.",
    "sys.getsizeof", "sys.getrefcount", "weakref.",
)  # fmt: skip
HARMLESS_METHODS: Final = frozenset(each_of("object setattr delattr spy stub create_autospec"))

# --- who calls what it is handed ---------------------------------------------------------------
# Where the function stands, and how its arguments follow: `rest` as they are behind it, `each` as
# the elements of what is behind it, `star` packed in one, `args` in `args=` and `kwargs=`.

CALLERS: Final = {
    "builtins.map": (0, "each"),
    "builtins.filter": (0, "each"),
    "itertools.starmap": (0, "star each"),
    "atexit.register": (0, "rest"),
    "asyncio.to_thread": (0, "rest"),
    "asyncio.run_in_executor": (1, "rest"),
    "operator.call": (0, "rest"),
    "contextvars.copy_context().run": (0, "rest"),
    "threading.Thread": (1, "args"),
    "threading.Timer": (1, "args"),
    "multiprocessing.Process": (1, "args"),
    "multiprocessing.context.Process": (1, "args"),
    "_thread.start_new_thread": (0, "star"),
    "thread.start_new_thread": (0, "star"),
    "trio.run": (0, "rest"),
    "anyio.run": (0, "rest"),
}
METHOD_CALLERS: Final = {
    "map": (0, "each"), "imap": (0, "each"), "imap_unordered": (0, "each"),
    "map_async": (0, "each"), "starmap": (0, "star each"), "starmap_async": (0, "star each"),
    "submit": (0, "rest"), "apply": (0, "star"), "apply_async": (0, "star"),
    "run_in_executor": (1, "rest"), "call_soon": (0, "rest"),
    "call_soon_threadsafe": (0, "rest"), "call_later": (1, "rest"), "call_at": (1, "rest"),
    "callback": (0, "rest"), "runcall": (0, "rest"), "runcode": (0, "rest"), "enter": (2, "args"),
    "Process": (1, "args"), "start_soon": (0, "rest"), "addCleanup": (0, "rest"),
}  # fmt: skip

# --- what touches files: kind, which argument, its name, and whether all below it is meant -----

EFFECTS: Final[dict[str, tuple[tuple[EffectKind, int, str, bool], ...]]] = {
    **dict.fromkeys(
        ("os.mkdir", "os.makedirs", "os.truncate", "os.chmod", "os.chown", "os.lchown", "os.utime",
         "os.mkfifo", "os.mknod", "os.setxattr", "os.removexattr"),
        (("write", 0, "path", False),),
    ),
    **dict.fromkeys(("os.remove", "os.unlink", "os.rmdir"), (("delete", 0, "path", False),)),
    "os.removedirs": (("delete", 0, "name", False),),
    "os.makedirs": (("write", 0, "name", False),),
    "shutil.rmtree": (("delete", 0, "path", True),),
    "send2trash.send2trash": (("delete", 0, "paths", True),),
    **dict.fromkeys(
        ("os.rename", "os.replace", "shutil.move"),
        (("delete", 0, "src", True), ("write", 1, "dst", True)),
    ),
    "os.renames": (("delete", 0, "old", True), ("write", 1, "new", True)),
    **dict.fromkeys(
        ("shutil.copyfile", "shutil.copy", "shutil.copy2", "shutil.copymode", "shutil.copystat",
         "os.symlink"),
        (("write", 1, "dst", False),),
    ),
    "shutil.copytree": (("write", 1, "dst", True),),
    "shutil.chown": (("write", 0, "path", False),),
    "shutil.make_archive": (("write", -1, "", False),),
    "shutil.unpack_archive": (("write", 1, "extract_dir", True),),
    "os.link": (("write", 0, "src", False), ("write", 1, "dst", False)),
    "urllib.request.urlretrieve": (("write", 1, "filename", False),),
    "zipfile.ZipFile().extractall": (("write", 0, "path", True),),
    "zipfile.ZipFile().extract": (("write", 1, "path", True),),
    "tarfile.open().extractall": (("write", 0, "path", True),),
    "tarfile.open().extract": (("write", 1, "path", True),),
}  # fmt: skip
# What writes into a folder of its own, whose place is where nothing is given.
DEFAULT_FOLDER: Final = frozenset(
    ("shutil.unpack_archive", "zipfile.ZipFile().extractall", "zipfile.ZipFile().extract",
     "tarfile.open().extractall", "tarfile.open().extract")
)  # fmt: skip
PATH_EFFECTS: Final[dict[str, tuple[EffectKind, bool]]] = {
    "write_text": ("write", False), "write_bytes": ("write", False), "touch": ("write", False),
    "mkdir": ("write", False), "chmod": ("write", False), "lchmod": ("write", False),
    "symlink_to": ("write", False), "hardlink_to": ("write", False), "link_to": ("write", False),
    "unlink": ("delete", False), "rmdir": ("delete", False),
    "rename": ("delete", True), "replace": ("delete", True),
}  # fmt: skip
# Functions that open a file: where the mode stands.
OPENERS: Final = {
    "builtins.open": 1, "codecs.open": 1, "gzip.open": 1, "bz2.open": 1, "lzma.open": 1,
    "gzip.GzipFile": 1, "bz2.BZ2File": 1, "lzma.LZMAFile": 1, "zipfile.ZipFile": 1,
    "tarfile.open": 1, "tarfile.TarFile": 1, "tokenize.open": 9, "builtins.file": 1,
    "aiofiles.open": 1, "io.FileIO": 1,
}  # fmt: skip
# Modules of which `import *` may bring what matters.
KNOWN_MODULES: Final = frozenset(
    name.partition(".")[0] for name in (*STARTS, *EFFECTS, *OPENERS, *CALLERS, *LIBRARIES)
) - {"builtins"} | {"ctypes", "cffi", "pathlib", "sh", "plumbum", "functools", "shlex"}  # fmt: skip
# Names of builtins that decide what can be found: one that is rebound may still be meant.
RISKY_BUILTINS: Final = frozenset(
    each_of("exec eval compile open __import__ getattr globals locals vars map setattr execfile")
)
KNOWN_TEXTS: Final = {
    "sys.executable": "python3", "os.sep": "/", "os.devnull": "/dev/null", "os.curdir": ".",
    "os.path.sep": "/", "os.linesep": "\n", "os.name": "posix", "os.pathsep": ":",
    "os.path.curdir": ".", "os.pardir": "..", "subprocess.PIPE": -1,
}  # fmt: skip
