"""Words with which languages start programs that are not read any further.

Sources: system(3), exec(3), posix_spawn(3); the library references of go (`os/exec`, `syscall`),
rust (`std::process`), java (`ProcessBuilder`, `Runtime`), swift (`Process`), haskell (`process`),
ocaml (`Sys`, `Unix`), the Common Lisp implementations and UIOP, guile, racket, clojure, elixir and
erlang (`System`, `os`, `erlang:open_port`), julia (`Base.run`), crystal, nim (`osproc`), zig, D
(`std.process`), v, raku, gnuplot(1), octave, .NET (`System.Diagnostics`), fortran, free pascal,
prolog, gforth, gjs and dart.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Words:
    """What starts programs in a language.

    `words` do as names of their own, outside of strings; `marks` wherever they stand, `pairs` where
    both do, `lines` where a line begins with one. `comments` are what lines begin with that are no
    code, `names` characters of names beside the usual. With `caseless`, case makes no difference.
    """

    __slots__ = ("caseless", "comments", "lines", "marks", "names", "pairs", "words")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        words: str = "",
        *,
        marks: str = "",
        pairs: tuple[tuple[str, str], ...] = (),
        lines: str = "",
        comments: str = "//",
        names: str = "",
        caseless: bool = False,
    ) -> None:
        """Take words separated by blanks; they are split when they are looked for."""
        self.words: Final = words
        self.marks: Final = marks
        self.pairs: Final = pairs
        self.lines: Final = lines
        self.comments: Final = comments
        self.names: Final = names
        self.caseless: Final = caseless


_C = (
    "system popen _popen wpopen execl execlp execle execv execve execvp execvpe execveat fexecve "
    "posix_spawn posix_spawnp vfork wordexp syscall dlopen dlsym asm __asm__ ShellExecute "
    "ShellExecuteA CreateProcess CreateProcessA WinExec NSTask "
)
_JVM = (
    "ProcessBuilder ProcessImpl exec forName getMethod getDeclaredMethod ScriptEngineManager "
    "GroovyShell GroovyClassLoader Eval evaluate loadLibrary SymbolLookup defineClass "
)
_LISP = (
    "run-program run-shell-command system system* shell sh process process* subprocess "
    "open-process open-pipe open-pipe* open-input-pipe open-output-pipe open-input-output-pipe "
    "primitive-fork execl execlp execle launch-program with-programs process-run process-execute "
    "alien-funcall foreign-funcall dynamic-link foreign-library-pointer pointer->procedure ffi "
    "eval eval-string read-from-string load-string intern "
    "resolve processbuilder exec popen piped-fork! "
    "process/exec process/start start-process call-process spawn posix-spawn spawn-process "
)
_LISP_NAMES = "-*!?<>"
_EVERY = (
    "system popen exec execl execlp execv execve execvp spawn spawnSync spawn_sync posix_spawn "
    "fork run_program runProgram startProcess shell shell_exec Process ProcessBuilder Subprocess "
    "subprocess os.execute execute callCommand eval loadstring dlopen ffi "
)

WORDS: dict[str, Words] = {
    "any": Words(_EVERY, marks="`"),
    "c": Words(_C, marks="## boost::process <process.h> reproc"),
    "crystal": Words(
        "system Process exec LibC", marks="` %x(", pairs=(("lib ", "fun "),), comments="#"
    ),
    "d": Words(
        "executeShell execute spawnProcess spawnShell pipeShell pipeProcess mixin browse " + _C,
        marks="extern(C) pragma(lib",
    ),
    "dart": Words("Process DynamicLibrary spawnUri spawn"),
    "dotnet": Words(
        "Process ProcessStartInfo DllImport LibraryImport GetMethod CreateInstance LoadFrom "
        "LoadFile CSharpScript Cli Shell Interaction",
        lines="#load",
    ),
    "elixir": Words(
        "cmd shell open_port spawn_executable eval_string eval_quoted eval_file load_nif apply "
        "MuonTrap Rambo Porcelain Exile",
        marks=":os Port.open Code.require_file Code.compile_string",
        comments="#",
    ),
    "erlang": Words("cmd open_port spawn_executable load_nif erl_eval apply", comments="%"),
    "forth": Words("system sh open-pipe evaluate", names="-", comments="\\"),
    "fortran": Words("execute_command_line system", marks="bind(c", comments="!", caseless=True),
    "gnuplot": Words(
        "system shell eval evaluate", marks="` \"< '< \"| '|", lines="!", comments="#"
    ),
    "go": Words(
        "StartProcess ForkExec",
        marks="os/exec syscall.Exec unix.Exec plugin.Open go:generate go:linkname",
        pairs=(
            ("os/exec", "Command("),
            ("os/exec", "CommandContext("),
            ('import "C"', "C."),
            ('"syscall"', "Exec"),
            ("sys/unix", "Exec"),
        ),
    ),
    "haskell": Words(
        "callCommand callProcess readProcess readProcessWithExitCode readCreateProcess "
        "createProcess createProcess_ spawnCommand spawnProcess withCreateProcess system "
        "rawSystem proc shell executeFile runCommand runInteractiveCommand "
        "runInteractiveProcess runProcess cmd "
        "unsafePerformIO",
        marks="System.Process System.Cmd System.Posix.Process Turtle Shelly foreign",
        lines=":! :cmd :def :script",
        comments="--",
        names="'",
    ),
    "js": Words(
        "child_process execa shelljs spawn spawnSync spawn_sync spawn_async "
        "spawn_command_line_sync spawn_command_line_async Subprocess SubprocessLauncher exec "
        "execSync popen execFile execFileSync eval Function mainModule getBuiltinModule urlexec "
        "system"
    ),
    "julia": Words(
        "run pipeline Cmd ccall cglobal eval include_string parse dlopen PyCall Expect "
        "@eval @ccall @cmd",
        marks="` @eval @ccall",
        comments="#",
        names="!@",
    ),
    "jvm": Words(_JVM, marks="sys.process .! .!! .lines_! os.proc \".execute '.execute ].execute"),
    "lisp": Words(_LISP, comments=";", names=_LISP_NAMES, caseless=True),
    "nim": Words(
        "execCmd execCmdEx execProcess execProcesses startProcess execShellCmd staticExec gorge "
        "gorgeEx exec osproc importc importcpp dynlib emit c_system posix",
        comments="#",
    ),
    "ocaml": Words(
        "command system open_process open_process_in open_process_out open_process_full "
        "open_process_args open_process_args_in execv execve execvp execvpe create_process "
        "create_process_env external Dynlink Feather",
        marks="#use #load #mod_use",
        names="'",
        comments="(*",
    ),
    "octave": Words(
        "system shell_cmd unix dos popen popen2 exec spawn fork eval evalc evalin feval "
        "python perl java_method javaMethod pyrun mex",
        lines="!",
        comments="% #",
    ),
    "pascal": Words(
        "fpsystem shell executeprocess tprocess runcommand runcommandindir exec shellexecute "
        "external fpexecv fpexecve popen",
        caseless=True,
    ),
    "prolog": Words(
        "shell process_create pipe system exec popen use_foreign_library open_shared_object spawn "
        "read_term_from_atom term_to_atom",
        comments="%",
    ),
    "raku": Words("run shell Proc EVAL EVALFILE NativeCall qx qqx", marks="qx qqx", comments="#"),
    "rust": Words(
        "libc execv execvp execve posix_spawn fork syscall asm global_asm dlopen libloading duct "
        "xshell cmd_lib",
        marks="CommandExt include!(",
        pairs=(("process", "Command"), ('extern "C"', "fn "), ('extern "system"', "fn ")),
    ),
    "swift": Words(_C + "Process posix_spawn", marks="@_silgen_name"),
    "tex": Words("ShellEscape directlua", marks='write18 input| "|', comments="%"),
    "v": Words("system execute exec execvp new_process"),
    "zig": Words(
        "ChildProcess Child execv execve execvpeZ fork cImport system asm DynLib",
        marks="std.c. linux.syscall @extern",
    ),
}
"""What starts programs, by language."""

GIT_LIBRARIES = (
    "git2.h", "git2::", "libgit2", "LibGit2", "LibGit2Sharp", "go-git", "git2go",
    "org.eclipse.jgit", "SwiftGit2", "ObjectiveGit", "gix::", "clj-jgit", "dulwich", "pygit2",
    "isomorphic-git",
)  # fmt: skip
"""What code names that works on repositories by itself."""
