"""Interpreters of languages whose code is only looked through for what could start programs.

Sources: the manual page or `--help` of each: julia 1.10, elixir 1.16, erl(1), escript, guile 3,
racket 8, sbcl(1), clisp, clojure 1.11, babashka 1, groovy 4, scala 3, kotlin 2, java 21 (JEP 330),
jshell, swift 5, ghc 9, runghc, ocaml 5, crystal 1, nim 2, zig 0.13, go 1.22, rdmd, dub, v 0.4,
tcc(1), cling, raku, swipl(1), gforth, gnuplot(1), octave 9, matlab, maxima, dotnet 8, dart 3, gjs,
qjs, coffee.
"""

from __future__ import annotations

from kei_gates.shell.interpreter_words import Interpreter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.shell.interpreter_words import Operand


def _only(
    commands: Mapping[str, Interpreter | None], values: str = "", *, operand: Operand = "other"
) -> Interpreter:
    """Give a program of which only some commands are an interpreter's."""
    return Interpreter(None, operand=operand, commands=commands, values=values)


_LISP = Interpreter(
    "lisp",
    "--eval -eval",
    files="--load -load --script --init",
    values="--core --dynamic-space-size --control-stack-size",
)
_SCHEME = Interpreter("lisp", "-e --eval", files="-l -s -f -r -t -u --load --require")
_CLOJURE = Interpreter(
    "lisp",
    "-e --eval",
    files="-i --init -f --file",
    values="-Sdeps -m --main -x",
    rest="-M -A -X -T -J -S",
)
_RUNGHC = Interpreter("haskell", values="-f --ghc-arg -package", rest="-i -X -package")
_JAVA = Interpreter(
    "jvm",
    values="-cp -classpath --class-path -p --module-path --add-modules --add-opens --add-exports "
    "-m --module --source --enable-native-access",
    idle="-jar",
    operand="path",
)
_KOTLIN = Interpreter("jvm", "-e -expression", values="-cp -classpath -howtorun", operand="path")
_SCALA = Interpreter(
    "jvm",
    "-e --execute --execute-script",
    files="-i",
    values="-cp -classpath --dep -S -J",
    operand="path",
    commands={"run": Interpreter("jvm", "-e", operand="scripts"), "compile test fmt repl": None},
)
_ELIXIR = Interpreter(
    "elixir",
    "-e --eval --rpc-eval",
    files="-r",
    modules="-S",
    values="--name --sname --cookie -pa -pz --erl --dot-iex",
)
_OCTAVE = Interpreter(
    "octave", "--eval", values="-p --path --exec-path --image-path --info-file", typed="--persist"
)
_GO = _only(
    {
        "run": Interpreter(
            "go",
            values="-C -exec -ldflags -gcflags -tags -mod -modfile -overlay -p -pgo -asmflags",
            operand="scripts",
        )
    },
    "-C",
)

FOREIGN: dict[str, Interpreter] = {
    "julia": Interpreter(
        "julia",
        "-e -E --eval --print",
        files="-L --load",
        values="-t --threads -J --sysimage -p --procs -C --cpu-target -O -g",
        rest="-O -g -t -p",
        typed="-i",
    ),
    "elixir": _ELIXIR,
    "iex": Interpreter("elixir", "-e --eval --rpc-eval", files="-r", modules="-S", operand="none"),
    "erl": Interpreter(
        "erlang",
        "-eval",
        values="-s -run -name -sname -setcookie -pa -pz -config -env -boot -args_file -mode",
        operand="none",
    ),
    "escript": Interpreter("erlang"),
    "guile": Interpreter("lisp", "-c", files="-l -s", values="-e -L -C -x --language --listen"),
    "racket": _SCHEME,
    "csi": Interpreter("lisp", "-e -eval -p -print -P -pretty-print", files="-s -script -ss"),
    "chibi-scheme": _SCHEME,
    "gsi": _SCHEME,
    "scheme": Interpreter("lisp", "--eval", files="--script --load"),
    "mit-scheme": Interpreter("lisp", "--eval", files="--load"),
    "sbcl": _LISP,
    "ecl": Interpreter("lisp", "--eval -eval", files="--load -load --shell -shell"),
    "ccl": Interpreter("lisp", "-e --eval", files="-l --load"),
    "clisp": Interpreter("lisp", "-x", files="-i -c", values="-M -K -E -L"),
    "hy": Interpreter("any", "-c -i", values="-m"),
    "janet": Interpreter("any", "-e -E", files="-l", values="-m"),
    "fennel": Interpreter("any", "-e --eval", files="-l --load"),
    "clojure": _CLOJURE,
    "clj": _CLOJURE,
    "bb": Interpreter("lisp", "-e --eval", files="-f --file", values="-m -x", operand="path"),
    "lein": _only({"exec": Interpreter("lisp", "-e -ep")}),
    "groovy": Interpreter("jvm", "-e", values="-cp -classpath -D -c --encoding", rest="-D"),
    "scala": _SCALA,
    "scala-cli": _SCALA,
    "amm": Interpreter("jvm", "-c --code", files="-p --predef"),
    "kotlin": _KOTLIN,
    "kotlinc": Interpreter("jvm", "-e", files="-script", values="-cp -d", operand="other"),
    "java": _JAVA,
    "jshell": Interpreter(
        "jvm", files="--startup", values="--class-path --module-path -C -R", operand="scripts"
    ),
    "bsh": Interpreter("jvm"),
    "swift": Interpreter(
        "swift",
        "-e",
        values="-I -L -F -framework -sdk -target -module-name -Xcc",
        rest="-I -L -F -D -O",
        commands={"build test run package repl sdk --version": None},
    ),
    "ghc": Interpreter("haskell", "-e", values="-package -o", operand="other"),
    "ghci": Interpreter("haskell", "-e", values="-package", rest="-i -X -package", typed="-i"),
    "runghc": _RUNGHC,
    "runhaskell": _RUNGHC,
    "ocaml": Interpreter("ocaml", "-e", files="-init", values="-I -open"),
    "utop": Interpreter("ocaml", files="-init", values="-I -require"),
    "crystal": _only(
        {"eval": Interpreter("crystal", operand="code"), "run": Interpreter("crystal")},
        operand="path",
    ),
    "nim": _only({"r e": Interpreter("nim")}),
    "zig": _only({"run": Interpreter("zig")}),
    "go": _GO,
    "gorun": Interpreter("go"),
    "rust-script": Interpreter("rust", "-e --expr", values="-d --dep"),
    "tcc": Interpreter("c", files="-run", values="-I -L -o -l", operand="other"),
    "cling": Interpreter("c", operand="scripts", rest="-I -L -l -D -std"),
    "root": Interpreter("c", "-e", operand="scripts"),
    "rdmd": Interpreter("d", "--eval", files="--loop", rest="-I -J -version"),
    "v": Interpreter("v", "-e", operand="other", commands={"run": Interpreter("v")}),
    "raku": Interpreter("raku", "-e", values="-I", loads="-M"),
    "perl6": Interpreter("raku", "-e", values="-I", loads="-M"),
    "swipl": Interpreter("prolog", "-g -t", files="-s -l -c -f", values="-G -p"),
    "gprolog": Interpreter(
        "prolog", "--query-goal --entry-goal --init-goal", files="--consult-file"
    ),
    "gforth": Interpreter("forth", "-e --evaluate", operand="scripts"),
    "gnuplot": Interpreter("gnuplot", "-e", files="-c", operand="scripts"),
    "octave": _OCTAVE,
    "octave-cli": _OCTAVE,
    "matlab": Interpreter("octave", "-r -batch", values="-sd -logfile", operand="none"),
    "maxima": Interpreter("lisp", "--batch-string -r --run-string", files="-b --batch --preload"),
    "dotnet": _only(
        {
            "script": Interpreter(
                "dotnet",
                commands={"eval": Interpreter("dotnet", operand="code")},
                values="-c -d -s --configuration --sources",
            ),
            "fsi": Interpreter("dotnet", "--eval", files="--use --load"),
            "csi": Interpreter("dotnet"),
        }
    ),
    "dotnet-script": Interpreter(
        "dotnet", commands={"eval": Interpreter("dotnet", operand="code")}
    ),
    "fsharpi": Interpreter("dotnet", files="--use --load"),
    "dart": _only({"run": Interpreter("dart")}, operand="path"),
    "gjs": Interpreter("js", "-c --command", values="-I --include-path"),
    "qjs": Interpreter("js", "-e --eval", files="-I --include"),
    "mujs": Interpreter("js"),
    "d8": Interpreter("js", "-e", operand="scripts"),
    "coffee": Interpreter("js", "-e --eval", files="-r --require"),
    "gst": Interpreter("any", operand="scripts"),
    "pike": Interpreter("any", "-e"),
    "newlisp": Interpreter("lisp", "-e"),
    "picolisp": Interpreter("lisp", operand="scripts"),
    "nickle": Interpreter("any", "-e", files="-f -l"),
}
