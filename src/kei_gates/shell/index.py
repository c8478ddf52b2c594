"""Which programs the tables of the families know, so that a table is read only when it matters.

A test holds the names against the tables themselves.
"""

from __future__ import annotations

# Modules `wrappers_...` and the names in their tables; the later one counts for a name in several.
_WRAPPERS: dict[str, str] = {
    "process": (
        "- arch authbind bear builtin caffeinate catatonit catchsegv ccache cgexec choom chrt "
        "command cpulimit daemonize dbus-launch distcc dockerize dumb-init eatmydata env exec "
        "flock ionice lckdo ld.so linux32 linux64 lockf logsave nice nocache nocorrect noglob "
        "nohup nq numactl prlimit proxychains pueue rlwrap run-one rush rust-parallel sccache "
        "setarch setlock setsid ssh-agent stdbuf systemd-cat systemd-socket-activate taskset "
        "tcpserver tcpsvd time timeout tini torify torsocks trickle ts tsocks tsp wait-for-it "
        "websocketd xvfb-run zrun"
    ),
    "watching": (
        "chokidar chronic entr faketime hwatch hyperfine ifne ltrace mispipe nodemon onchange pee "
        "perf ptw reflex retry rr strace tsc-watch tsup unbuffer valgrind viddy watch watchexec "
        "watchfiles watchman-make watchmedo"
    ),
    "privilege": (
        "bwrap capsh chpst chroot dbus-run-session doas envdir envuidgid fakechroot fakeroot "
        "firejail flatpak gosu ip machinectl newgrp nsenter pkexec proot run0 runuser schroot "
        "setpriv setuidgid sg softlimit start-stop-daemon su su-exec sudo systemd-inhibit "
        "systemd-nspawn systemd-run unshare"
    ),
    "containers": (
        "apptainer buildah crictl ddev devcontainer distrobox docker docker-compose incus kubectl "
        "lando lxc lxc-attach modal modal.exe nerdctl oc podman podman-compose singularity toolbox"
    ),
    "machines": (
        "adb ansible autossh aws clush colima dsh fly flyctl gcloud heroku lima limactl minikube "
        "mosh multipass orb orbctl parallel-ssh pdsh pssh rsh slogin ssh sshpass vagrant wsl"
    ),
    "packages": (
        "aws-vault bun bundle bundler bunx chamber conda corepack doppler guix hatch infisical "
        "lerna mamba micromamba mise nix nix-shell npm npx op pdm pipenv pipx pixi pnpm pnpx "
        "poetry rtx rye uv uvx yarn"
    ),
    "versions": (
        ", asdf chruby-exec comma cross-env cross-env-shell devbox direnv dotenv dotenvx env-cmd "
        "envchain flox fnm goenv jenv kubie n nodenv nvm phpenv pkgx plenv proto pyenv railway "
        "rbenv rvm s6-applyuidgid s6-envdir s6-setuidgid shdotenv sops summon teller volta "
        "with-contenv xcrun"
    ),
    "builds": (
        "accelerate box64 buildcache c++ cargo cc cmake compiledb flamegraph g++ gcc gdbserver "
        "gfortran go heaptrack icecc intercept-build memray mpiexec mpirun py-spy pyinstrument "
        "qemu rustc rustup samply sbatch scan-build srun torchrun"
    ),
    "options": (
        "abduco alacritty asciinema bat batcat borg bpftrace bsdtar byobu cpio delta dtach fd "
        "fdfind foot fzf gnome-terminal gtar kak kitty konsole launchctl lf man nano nc ncat "
        "netcat ranger rclone restic rg rsync rxvt scp script sftp sk sort split ssh-copy-id st "
        "tar tcpdump terminator ttyd urxvt uxterm wezterm wget xfce4-terminal xterm zellij zip"
    ),
}
WRAPPING: dict[str, str] = {
    name: module for module, names in _WRAPPERS.items() for name in names.split()
}
"""Programs that run the command in their words, each with the module of its row."""

_INTERPRETING = (
    "IPython R Rscript amm artisan awk babel-node bb bsh bun ccl chibi-scheme cling clisp clj "
    "clojure coffee coverage crystal csi d8 dart debugpy deno dotnet dotnet-script ecl elixir erl "
    "escript fennel fsharpi gawk gforth ghc ghci gjs gnuplot go gorun gprolog groovy gsi gst "
    "guile hy iex ipdb ipython irb janet java jruby jshell julia kernprof kotlin kotlinc lein lua "
    "luajit manage.py matlab mawk maxima memory-profiler mit-scheme modal modal.exe mujs nawk "
    "newlisp nickle nim node nodejs ocaml octave octave-cli pdb perl perl6 php picolisp pike pudb "
    "pypy python pythonw qjs racket rails rake raku rdmd root ruby runghc runhaskell rust-script "
    "sage sbcl scala scala-cli scalene scheme streamlit swc-node swift swipl tcc tclsh ts-node "
    "ts-node-esm tsx utop v vite-node viztracer wish zig zx"
)
INTERPRETING = frozenset(_INTERPRETING.split())
"""Programs that are given code, by their names without a version."""

_BUILDING = (
    "alembic ava bazel behave bun bundle busted c++ cabal cargo cc celery cl clang clang++ cmake "
    "crystal csc cypress cython dart deno django-admin dmd dotnet dub dune elixirc emcc erlc "
    "eslint fastapi flask flutter fpc g++ gcc gdc gem gfortran ghc gmake gnuplot go gradle "
    "gradlew groovyc grunt guile gulp gunicorn hypercorn hypothesis icc jasmine java javac jest "
    "julia karma kotlin kotlinc latex latexmk ldc2 locust lualatex make mcs meson minitest mix "
    "mocha mvn mvnw next nim nimble ninja node nodemon nose2 nvcc ocamlc ocamlfind ocamlopt "
    "octave pdflatex pest phpunit pip pip3 playwright pm2 prettier prove py.test pytest racket "
    "raco rails rdmd rebar3 robot rollup rspec runghc rustc sbcl sbt scala scalac scrapy shards "
    "sphinx-build stack swift swiftc swipl tap tcc unittest uvicorn v vite vitest webpack xelatex "
    "zig"
)
BUILDING = frozenset(_BUILDING.split())
"""Programs that build or run files that a source has written."""

_SPEAKING = (
    "dc ed emacs emacsclient ex ftp gdb gvim less lftp lldb mariadb mysql nvim psql rvim sftp "
    "sqlite3 vi view vim vimdiff"
)
SPEAKING = frozenset(_SPEAKING.split())
"""Programs with commands of their own that start others."""
