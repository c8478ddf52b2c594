"""Programs of which the last word of a command says what it does, whatever stands before it."""

from __future__ import annotations

from kei_gates.gates._kill_table import Tool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.options import Grammar

# Words that say the same wherever they stand among the words of a command.
_ENDS = (
    "abort,abort-*,archive,cancel,cancel-*,cordon,deactivate,deallocate,del,delete,delete-*,"
    "destroy,destroy-*,disable,down,drain,evict,hibernate,hold,kill,kill-*,pause,preempt,prune,"
    "purge,reboot,recreate,recycle,redeploy,remove,remove-*,reset,restart,revoke,rm,rollback,scale,"
    "scale-*,shutdown,stop,stop-*,suspend,terminate,terminate-*,uninstall,update"
)
_GOES_ON = (
    "add,apply,attach,auth,build,call,completion,config,configure,connect,cost,cp,create,create-*,"
    "deploy,describe,dev,docs,doctor,download,enable,env,events,exec,exec-*,export,fit,forward,get,"
    "get-*,help,import,info,init,inspect,install,invoke,launch,launch-*,link,list,list-*,log,login,"
    "logout,logs,ls,metrics,open,plan,port-forward,predict,print,ps,pull,push,resume,rsync,run,run-*,save,search,serve,"
    "set,setup,shell,show,show-*,ssh,start,start-*,stats,status,stream,submit,switch,tail,test,token,top,"
    "train,up,upload,use,validate,version,view,wait,watch,whoami"
)


def by_verb(  # noqa: PLR0913 -- a table row has as many arguments as columns
    noun: str,
    stops: str = "",
    passes: str = "",
    *,
    grammar: Grammar | None = None,
    tail: Grammar | None = None,
    dry: str = "",
) -> Tool:
    """Give the table of a program whose commands end in a verb that says what they do."""
    return Tool(
        noun,
        f"{_ENDS} {stops}",
        f"{_GOES_ON} {passes}",
        grammar=grammar,
        tail=tail,
        dry=dry,
        anywhere=True,
    )
