"""Python libraries that manage compute, and their calls that stop some.

Sources: the references of boto3, docker 7, kubernetes 31, azure-mgmt-compute 33, azure-ai-ml 1.22,
google-cloud-* of 2025, libtmux 0.37, ray 2.40, runpod 1.7, SkyPilot 0.14, huggingface_hub 0.26,
vastai, wandb 0.19, pyslurm 24.11, submitit 1.5, fal-client 1.0, replicate 1.0.
"""

from __future__ import annotations

LIBRARIES: dict[str, tuple[str, ...]] = {
    "boto3": (
        "terminate", "terminate_", "stop", "stop_", "reboot", "reboot_", "cancel_", "kill_",
        "abort_", "deregister_",
        "delete_stack", "delete_cluster", "delete_service", "delete_endpoint", "delete_function",
        "delete_auto_scaling_group", "delete_nodegroup", "delete_db_instance", "delete_job_queue",
    ),
    "docker": ("stop", "kill", "restart", "pause", "remove", "prune"),
    "kubernetes": (
        "delete_namespaced_", "delete_collection_", "delete_node", "delete_namespace",
        *(
            f"{verb}_namespaced_{kind}_scale"
            for verb in ("patch", "replace")
            for kind in ("deployment", "replica_set", "stateful_set")
        ),
    ),
    "azure": (
        "begin_cancel", "begin_deallocate", "begin_delete", "begin_hibernate", "begin_power_off",
        "begin_restart", "begin_stop",
    ),
    **dict.fromkeys(
        (f"google.cloud.{name}" for name in ("aiplatform", "batch_v1", "compute_v1", "container_v1",
                                             "dataproc", "dataproc_v1", "run_v2", "tpu_v2")),
        ("cancel", "cancel_", "delete", "delete_", "pause", "reset", "stop", "stop_", "suspend"),
    ),
    "pyslurm": ("cancel", "kill_", "slurm_kill_", "slurm_suspend", "suspend"),
    "submitit": ("cancel", "cancel_"),
    "libtmux": ("kill_", "kill"),
    "ray": ("stop_job", "delete_job"),
    "runpod": ("stop_pod", "terminate_pod", "delete_"),
    "sky": ("down", "stop", "autostop", "cancel", "api_stop"),
    "huggingface_hub": (
        "cancel_job", "delete_scheduled_job", "suspend_scheduled_job", "pause_space",
        "restart_space", "delete_inference_endpoint", "pause_inference_endpoint",
        "scale_to_zero_inference_endpoint", "scale_to_zero",
    ),
    "fal_client": ("cancel", "cancel_"),
    "replicate": ("cancel", "delete"),
    "vastai": ("destroy_", "stop_", "reboot_", "recycle_", "delete_"),
    "wandb": ("stop_run", "cancel_sweep", "stop_sweep"),
}  # fmt: skip
"""Calls by library; a name with `_` at its end is how names begin."""
