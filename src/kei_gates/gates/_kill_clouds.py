"""Which commands stop or delete what runs in a cloud, on a platform, or in a pipeline.

Sources: the operations of botocore 1.35, the help of the AWS CLI 2.18, Google Cloud CLI 500,
Azure CLI 2.66, Terraform 1.9, OpenTofu 1.8, Terragrunt 0.68, Pulumi 3.137, CDK 2.164, SAM 1.126,
Serverless 4, Databricks 0.230, doctl 1.115, flyctl 0.3, heroku 9, railway 3, vercel 37, netlify 17,
wrangler 3, hcloud 1.48, linode-cli 5.5, vultr-cli 3, oci 3.49, ibmcloud 2.29, scw 2.34,
openstack 7, gh 2.60, glab 1.48. Of those that are read by their verbs, the verb says what they do.
"""

from __future__ import annotations

from kei_gates.gates._kill_table import Tool
from kei_gates.gates._kill_table import objection as judged
from kei_gates.gates._kill_verbs import by_verb
from kei_gates.gates._killing import called
from kei_gates.shell.options import Grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.gates._killing import Killing
    from kei_gates.model import Event, Invocation

_AWS = Tool(
    "aws",
    "*.stop-*,terminate-*,delete-*,cancel-*,kill-*,abort-*,reboot-*,deregister-*,purge-*,release-*,"
    "disable-*,detach-*,disassociate-*,revoke-*,reset-*,remove-*,suspend-*,pause-*,drain-*,"
    "restore-*,rollback-*,hibernate-*,shutdown-*,force-*,destroy-*,batch-delete-*,set-*,"
    "update-*,modify-*,replace-*,enter-*,failover-* "
    "s3.rm,rb,mv s3.sync?delete emr.terminate-clusters,modify-instance-groups "
    "ecs.update-service eks.update-nodegroup-* lambda.put-function-concurrency",
    "*.describe-*,list-*,get-*,head-*,batch-get-*,search-*,query,scan,select-*,lookup-*,view-*,"
    "filter-*,test-*,validate-*,estimate-*,simulate-*,preview-*,check-*,wait,create-*,put-*,run-*,"
    "start-*,submit-*,request-*,register-*,tag-*,untag-*,upload-*,import-*,export-*,copy-*,"
    "invoke,invoke-*,publish,publish-*,send-*,receive-*,assume-*,decode-*,generate-*,attach-*,"
    "associate-*,enable-*,resume-*,add-*,allocate-*,authorize-*,execute-*,transact-*,batch-write-*,"
    "batch-execute-*,complete-*,tail,package,deploy,push,install,login,logout,confirm-*,"
    "encrypt,decrypt,sign,verify,accept-*,activate-*,converse,subscribe,presign,rotate-*,"
    "update-kubeconfig,update-login-profile,change-message-* "
    "configure sso s3.ls,cp,sync,mb,website,presign history help iam.update-* "
    "eks.update-kubeconfig lambda.update-function-code,update-alias "
    "dynamodb.update-item,delete-item,batch-write-item "
    "sqs.delete-message,delete-message-batch,set-* s3api.delete-object-tagging "
    "cloudwatch.set-alarm-state cli-dev",
    grammar=Grammar(
        long="profile region output endpoint-url query cli-input-json cli-input-yaml "
        "cli-read-timeout cli-connect-timeout ca-bundle color cli-binary-format page-size max-items"
    ),
    tail=Grammar(
        long="profile region output endpoint-url query instance-ids job-id job-name reason "
        "training-job-name cluster service task stack-name function-name name desired-count "
        "desired-capacity auto-scaling-group-name cluster-ids endpoint-name notebook-instance-name "
        "execution-arn command-id bucket key db-instance-identifier nodegroup-name "
        "spot-instance-request-ids"
    ),
    dry="dry-run dryrun",
)
_GOOGLE = by_verb(
    "google cloud",
    "abandon-*,clear,failover,reset-*,set-iam-policy,undelete,rolling-action,simulate-*,"
    "update-*,set-machine-type,resize,stop-* "
    # These change what only this machine has.
    "storage.rm,mv storage.rsync?delete-unmatched-destination-objects storage.buckets.delete",
    "components.* config.* auth.* topic.* feedback cheat-sheet storage.cp,ls,cat execute "
    "activate-*,add-*,application-default,bulk-insert,print-*,read,clone,copy,query,ask,check-*,"
    "test-*,explain,suggest-*,lookup,detect-*,perform-*,await-*,move-to-*,insert,publish,"
    "set,unset,proxy,ssh,scp,get-credentials,tail,stream-logs,replace,cancel-shielded,troubleshoot,"
    "reset-windows-password,sign-url,cat,du,hash,rsync,browse,set-default,promote",
    grammar=Grammar(
        long="project account configuration zone region format filter impersonate-service-account "
        "verbosity location billing-project flatten flags-file trace-token"
    ),
)
_AZURE = by_verb(
    "azure",
    "redeploy,reimage,deprovision,power-off,perform-maintenance,failover,swap,reapply,stop-*,"
    "set-*,detach,simulate-eviction,regenerate,regenerate-*,unregister,flush,cleanup,resize,"
    "restart-*",
    "account.* extension.* config.* cloud.* upgrade,find,feedback,interactive,version,rest,"
    "check-*,wait,query,list-*,run-command,get-credentials,browse,acr.build,exists,generate,"
    "generate-*,sync,tail,export,assign,import,invoke,stream,download-*,upload-*,open,open-port,"
    "simulate-*,aks.update-credentials acr.login ad.* role.* tag.*",
    grammar=Grammar("ogns", "output query subscription resource-group name"),
)
_TERRAFORM = Tool(
    "infrastructure",
    "destroy apply state.rm,mv,replace-provider,push taint untaint import workspace.delete "
    "force-unlock run-all.apply,destroy refresh run.apply,destroy stack.run,clean",
    "console fmt get graph init login logout metadata modules output plan providers show "
    "state.list,show,pull,identities test validate version workspace.list,show,new,select "
    "run-all.plan,init,validate,output,show run.plan,init,validate,output,show hclfmt "
    "validate-inputs render-json graph-dependencies output-module-groups catalog scaffold hcl info "
    "find list stack.generate,output dag query stacks rpcapi",
    grammar=Grammar(long="chdir terragrunt-working-dir working-dir", single_dash=True),
    helps="help h version",
)
_PULUMI = Tool(
    "infrastructure",
    "destroy up update refresh cancel import watch stack.rm,import state.delete,move,repair,"
    "unprotect,upgrade deployment.run dn,down",
    "about ai config console convert env gen-completion help install login logout logs new "
    "org package plugin policy preview schema stack state.edit,rename,protect template version "
    "view whoami pre stack.* state.* deployment.*",
    grammar=Grammar("Csvc", "cwd stack color verbose profiling tracing"),
)
_HEROKU = Tool(
    "heroku",
    "ps:stop ps:kill ps:restart dyno:stop dyno:kill dyno:restart restart ps:scale dyno:scale scale "
    "ps:resize dyno:resize resize ps:type apps:destroy destroy addons:destroy addons:detach "
    "pg:killall pg:kill pg:reset pg:restore pg:backups:restore pg:credentials:destroy "
    "pg:promote pg:upgrade redis:maintenance maintenance:on rollback releases:rollback "
    "pipelines:destroy spaces:destroy domains:remove container:rm container:release features:* "
    "pg:unfollow pg:maintenance:* certs:remove drains:remove labs:* ci:migrate-manifest",
    others="passes",
    grammar=Grammar("ar", "app remote"),
)
_PIPELINES = (
    "run.cancel,delete workflow,workflow.disable codespace,cs.stop,delete,rebuild cache.delete"
)
TOOLS: dict[str, Tool] = {
    "aws": _AWS,
    "awslocal": _AWS,
    "gcloud": _GOOGLE,
    "gsutil": Tool(
        "bucket", "rm rb mv rsync?d", others="passes", grammar=Grammar("ohui"), helps="help"
    ),
    "bq": Tool("bigquery", "rm cancel truncate", others="passes"),
    "az": _AZURE,
    "azd": Tool("azure", "down up?force", others="passes"),
    "eksctl": by_verb("eks", grammar=Grammar("nfvrp", "name region profile")),
    "copilot": by_verb("copilot"),
    "eb": Tool(
        "beanstalk", "terminate abort restore scale swap upgrade", others="passes"
    ),
    "sam": Tool("stack", "delete", others="passes"),
    "cdk": Tool("stack", "destroy rollback gc", others="passes"),
    "serverless": Tool("stack", "remove rollback", others="passes"),
    "sls": Tool("stack", "remove rollback", others="passes"),
    "sst": Tool("stack", "remove unlock", others="passes"),
    "amplify": Tool("stack", "delete env.remove", others="passes"),
    "terraform": _TERRAFORM,
    "tofu": _TERRAFORM,
    "terragrunt": _TERRAFORM,
    "pulumi": _PULUMI,
    "packer": Tool("image", "", others="passes"),
    "databricks": Tool(
        "databricks",
        "jobs.cancel-run,cancel-all-runs,delete,delete-run,reset,update "
        "runs.cancel,delete clusters.delete,permanent-delete,restart,resize,edit,update "
        "pipelines.stop,delete,reset warehouses.stop,delete,edit apps.stop,delete "
        "serving-endpoints.delete,update-config instance-pools.delete bundle.destroy "
        "cluster-policies.delete fs.rm workspace.delete libraries.uninstall repos.delete "
        "model-registry.delete-* registered-models.delete lakeview.trash statement-execution.* "
        "database.delete-* vector-search-*.delete-*",
        others="passes",
        grammar=Grammar("pto", "profile target output log-file log-level debug"),
    ),
    "doctl": by_verb(
        "digitalocean",
        "power-off,power-cycle,rebuild,shutdown,delete-selective,recycle,replace,undeploy,detach",
        "account,enable-*,restore,snapshot,change-*,snapshot-*,kubeconfig,registry.login",
        grammar=Grammar("tcuo", "access-token config context api-url output"),
    ),
    "hcloud": by_verb(
        "hetzner", "poweroff,rebuild,detach,detach-*,reset-*,change-*,disable-*,remove-*",
        "add-*,attach-*,context,create-image,enable-*,request-console,poweron,metrics,rdns",
        grammar=Grammar(long="config context poll-interval endpoint"),
    ),
    "linode-cli": Tool(
        "linode",
        "*.delete,rm,shutdown,reboot,rebuild,rescue,resize,cluster-delete,*-delete,delete-*,"
        "*-recycle,recycle,*-resize,migrate,detach",
        others="passes",
    ),
    "vultr-cli": by_verb("vultr", "halt,reinstall,detach"),
    "oci": by_verb(
        "oracle cloud", "action,update-*,terminate,change-*,detach", "raw-request,session,bulk-*",
        grammar=Grammar("i", "profile region config-file compartment-id"),
    ),
    "ibmcloud": by_verb(
        "ibm cloud",
        "*-delete,*-stop,*-reboot,*-rm,*-remove,*-cancel,*-down,*-terminate,*-kill",
        "target,plugin,regions,account,iam,resource,is,*-list,*-get,*-create,*-start,ks.cluster.ls",
    ),
    "scw": by_verb("scaleway", "poweroff,action,standby,detach"),
    "openstack": by_verb(
        "openstack", "unset,rebuild,shelve,lock,migrate,evacuate,detach", "unlock,unshelve,unpause",
    ),
    "fly": by_verb(
        "fly app",
        "leave,detach,unset",
        "scale.show proxy,dig,doctor,checks,ips,certs,regions,releases,image,machine.clone,"
        "clone,import,wireguard,sftp,console,agent,jobs,platform,tokens,orgs,history,dashboard",
        grammar=Grammar("acrt", "app config region access-token org"),
    ),
    "heroku": _HEROKU,
    "dokku": Tool(
        "app", "ps:stop ps:restart ps:rebuild ps:scale apps:destroy *:destroy *:stop *:restart",
        others="passes",
    ),
    "railway": Tool(
        "railway", "down delete environment.delete redeploy restart volume.delete,detach scale "
        "service.delete", others="passes", grammar=Grammar("se", "service environment"),
    ),
    "render": by_verb("render"),
    "vercel": Tool(
        "deployment",
        "remove rm rollback promote project.rm,remove alias.rm,remove env.rm,remove domains.rm "
        "redeploy",
        others="passes",
        grammar=Grammar("tSAQ", "token scope local-config global-config cwd team"),
    ),
    "netlify": Tool("site", "sites:delete env:unset unlink", others="passes"),
    "wrangler": Tool(
        "worker",
        "delete rollback *.delete,purge,remove pages.project.delete pages.deployment.delete "
        "*.*.delete queues.pause-delivery,purge containers.delete workflows.instances.terminate,"
        "pause,restart triggers.deploy",
        others="passes",
        grammar=Grammar("ce", "config env cwd"),
    ),
    "gh": Tool("run", _PIPELINES, others="passes", grammar=Grammar("R", "repo")),
    "glab": Tool(
        "pipeline", "ci.cancel,delete pipeline,pipe,job.cancel,delete schedule.delete "
        "cluster.agent.delete runner.delete,pause", others="passes", grammar=Grammar("R", "repo"),
    ),
    "circleci": Tool("pipeline", "", others="passes"),
    "buildkite-agent": Tool("agent", "stop pause", others="passes"),
    "bk": Tool("build", "build.cancel job.cancel agent.stop,pause", others="passes"),
    "snow": Tool(
        "snowflake", "spcs.*.drop,suspend,stop,stop-all,upgrade object.drop *.drop,suspend",
        others="passes",
    ),
    "ansible-playbook": Tool("machines", "", others="passes"),
    "kamal": Tool(
        "kamal", "remove rollback app.stop,remove,boot,maintenance "
        "proxy.stop,remove,reboot,restart accessory.stop,remove,reboot,restart", others="passes",
    ),
}  # fmt: skip
TOOLS["flyctl"] = TOOLS["fly"]
_FORGES = frozenset(("gh", "glab"))


def objection(invocation: Invocation, event: Event) -> Killing | None:
    """Give what a command for a cloud stops."""
    if called(invocation) in _FORGES and invocation.argv[1:2] == ("api",):
        from kei_gates.gates._kill_rest import of_forge  # noqa: PLC0415 -- only for its requests

        return of_forge(invocation, event)
    return judged(TOOLS[called(invocation)], invocation)
