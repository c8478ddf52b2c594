"""Every command of Modal's client: what it does, and which of its options take a value.

Source: the command trees of the client itself, 1.6.4 with its hidden commands, and 1.4.2, 1.2.6,
1.0.5, 0.73.140 and 0.64.0 for those that are gone since; what each does, from its source. A slow
test walks the tree of the real client against this table.
"""

from __future__ import annotations

# A row holds the classes, the letters and the names of the options that take a value, and rules.
# A rule `option:class` adds a class where the option is given, `option=value:class` where it has
# that value or one that is not known, `option!value:class` where it has another one.
# Classes: `kill` stops what runs, `destroy` loses what is kept, `launch` costs money, `admin`
# changes settings or adds what is kept, `read` changes nothing there.
LEAVES: dict[str, tuple[str, ...]] = {
    "app dashboard": ("read", "e", "env"),
    "app history": ("read", "en", "env name"),
    "app info": ("read", "e", "env"),
    "app list": ("read", "e", "env limit"),
    "app logs": (
        "read",
        "nse",
        "since until tail search function function-call container source env name",
    ),
    "app promote": ("kill launch", "e", "env"),
    "app rollback": ("kill launch", "e", "strategy env"),
    "app rollover": ("kill launch", "e", "strategy env"),
    "app stats": ("read", "e", "since until env"),
    "app stop": ("kill", "en", "env name"),
    "billing rates": ("read",),
    "billing report": ("read", "rt", "start end for resolution tz tag-names"),
    "billing summary": ("read", "", "for"),
    "changelog": ("read", "", "last since for"),
    "config set": ("admin",),
    "config set-environment": ("admin",),
    "config show": ("read",),
    "container exec": ("launch",),
    "container list": ("read", "e", "app-id env"),
    "container logs": ("read", "ns", "since until tail search source"),
    "container stop": ("kill",),
    "curl": ("launch",),
    "dashboard": ("read",),
    "deploy": ("launch", "e", "name env tag strategy", "strategy=recreate:kill"),
    "dict clear": ("destroy", "e", "env"),
    "dict create": ("admin", "e", "env"),
    "dict delete": ("destroy", "e", "env"),
    "dict get": ("read", "e", "env"),
    "dict items": ("read", "e", "env"),
    "dict list": ("read", "e", "env"),
    "endpoint create": (
        "launch",
        "e",
        (
            "env name model routing-region compute-region custom-hf-repo custom-hf-revision "
            "custom-hf-token custom-volume-name custom-volume-path min-containers max-containers "
            "buffer-containers scaleup-window scaledown-window"
        ),
    ),
    "endpoint info": ("read", "e", "env"),
    "endpoint library": ("read", "", "input-modality"),
    "endpoint list": ("read", "e", "env"),
    "endpoint logs": ("read", "nse", "since until tail search container source env"),
    "endpoint stats": ("read", "e", "since until container-id env"),
    "endpoint stop": ("kill", "e", "env"),
    "environment billing report": ("read", "rt", "start end for resolution tz tag-names"),
    "environment billing summary": ("read", "", "for"),
    "environment create": ("admin", "", "default-role"),
    "environment delete": ("kill destroy",),
    "environment list": ("read",),
    "environment members list": ("read",),
    "environment members remove": ("admin",),
    "environment members update": ("admin", "", "role"),
    "environment roles list": ("read",),
    "environment roles update": ("admin", "", "role"),
    "environment update": ("admin", "", "set-name set-web-suffix set-image-builder-version"),
    "function autoscaler settings": ("read", "e", "env"),
    "function autoscaler update": (
        "admin",
        "e",
        "max-containers min-containers buffer-containers scaledown-window env",
        "max-containers:kill min-containers=0:kill min-containers!0:launch",
    ),
    "function calls": ("read", "ne", "tail since until env"),
    "function info": ("read", "e", "env"),
    "function logs": ("read", "nse", "since until tail search function-call container source env"),
    "function metrics": ("read", "e", "since until group bucket-size env"),
    "function stats": ("read", "e", "since until container env"),
    "function variants": ("read", "ne", "limit env"),
    "image build": (
        "launch",
        "tfe",
        "name file registry-secret registry-secret-from-env env",
        "t:destroy name:destroy",
    ),
    "image logs": ("read", "", "layers"),
    "image names delete": ("destroy", "e", "env"),
    "image names history": ("read",),
    "image names list": ("read", "e", "env prefix"),
    "image pull": (
        "launch",
        "e",
        "name registry-secret registry-secret-from-env env",
        "name:destroy",
    ),
    "nfs create": ("admin", "e", "env"),
    "nfs delete": ("destroy", "e", "env"),
    "nfs get": ("read", "e", "env"),
    "nfs list": ("read", "e", "env"),
    "nfs ls": ("read", "e", "env"),
    "nfs put": ("destroy", "e", "env"),
    "nfs rm": ("destroy", "e", "env"),
    "profile activate": ("admin",),
    "profile current": ("read",),
    "profile list": ("read",),
    "queue clear": ("destroy", "pe", "partition env"),
    "queue create": ("admin", "e", "env"),
    "queue delete": ("destroy", "e", "env"),
    "queue len": ("read", "pe", "partition env"),
    "queue list": ("read", "e", "env"),
    "queue peek": ("read", "pe", "partition env"),
    "run": ("launch", "nwe", "name write-result env"),
    "secret create": ("admin", "e", "env from-dotenv from-json", "force:destroy"),
    "secret delete": ("destroy", "e", "env"),
    "secret list": ("read", "e", "env"),
    "serve": ("launch", "ne", "name timeout env"),
    "server autoscaler settings": ("read", "e", "env"),
    "server autoscaler update": (
        "admin",
        "e",
        (
            "max-containers min-containers buffer-containers scaledown-window scaleup-window "
            "target-concurrency env"
        ),
        "max-containers:kill min-containers=0:kill min-containers!0:launch",
    ),
    "server deploy": (
        "launch",
        "e",
        (
            "image port registry-secret registry-secret-from-env entrypoint cmd env-var secret "
            "secret-from-env volume cpu memory gpu region target-concurrency max-concurrency "
            "min-containers max-containers buffer-containers scaleup-window scaledown-window "
            "startup-timeout exit-grace-period app-name env"
        ),
    ),
    "server info": ("read", "e", "env"),
    "server logs": ("read", "nse", "since until tail search container source env"),
    "server metrics": ("read", "e", "since until group bucket-size env"),
    "server requests": ("read", "ne", "tail since until env"),
    "server stats": ("read", "e", "since until container-id env"),
    "setup": ("admin",),
    "shell": (
        "launch",
        "ce",
        (
            "cmd env image add-python volume add-local secret cpu memory gpu cloud region runtime "
            "experimental-option"
        ),
    ),
    "skills install": ("admin",),
    "skills show": ("read",),
    "skills update": ("admin",),
    "token info": ("read",),
    "token new": ("admin", "", "expires-in source", "delete-existing:destroy"),
    "token rotate": ("admin", "", "expires-in"),
    "token set": ("admin", "", "token-id token-secret", "delete-existing:destroy"),
    "volume cp": ("destroy", "e", "env"),
    "volume create": ("admin", "e", "env version"),
    "volume dashboard": ("read", "e", "env"),
    "volume delete": ("destroy", "e", "env"),
    "volume get": ("read", "e", "env"),
    "volume list": ("read", "e", "env"),
    "volume ls": ("read", "e", "env"),
    "volume put": ("admin", "e", "env", "f:destroy force:destroy"),
    "volume rename": ("destroy", "e", "env"),
    "volume rm": ("destroy", "e", "env"),
    "workspace member-tokens delete": ("admin destroy",),
    "workspace member-tokens disable": ("admin destroy",),
    "workspace member-tokens enable": ("admin",),
    "workspace member-tokens list": ("read",),
    "workspace members list": ("read",),
    "workspace proxy-tokens allow": ("admin",),
    "workspace proxy-tokens create": ("admin", "", "name"),
    "workspace proxy-tokens delete": ("admin destroy",),
    "workspace proxy-tokens list": ("read", "e", "environment"),
    "workspace proxy-tokens revoke": ("admin destroy",),
    "workspace proxy-tokens update": ("admin",),
    "workspace service-users create": ("admin", "", "expires-in"),
    "workspace service-users delete": ("admin destroy",),
    "workspace service-users info": ("read",),
    "workspace service-users list": ("read",),
    "workspace service-users set-role": ("admin",),
    "workspace settings list": ("read",),
    "workspace settings set": ("admin",),
    # gone in 1.6
    "bootstrap": ("admin", "o", "output"),
    "cluster list": ("read", "e", "env"),
    "cluster shell": ("launch", "", "rank"),
    "launch jupyter": ("launch", "", "cpu memory gpu timeout image add-python mount volume"),
    "launch machine": ("launch", "", "cpu memory gpu image timeout volume"),
    "launch marimo": ("launch", "", "cpu memory gpu image timeout add-python mount volume"),
    "launch vscode": ("launch", "", "cpu memory gpu image timeout mount volume"),
}
"""The rows, by the words of the command."""

GROUPS = frozenset(
    " ".join(path.split()[:count]) for path in LEAVES for count in range(1, len(path.split()))
)
"""Commands that have commands of their own."""
