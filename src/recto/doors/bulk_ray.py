"""A bulk on a Ray cluster: an actor for each core, each with a crew of one that keeps its models warm.

Ray spreads the parts and starts actors again whose machine is lost; a document that kills its process costs the crew's
child and not the actor, just as on one machine.
"""

import os
from collections import Counter
from typing import Any, Final

from recto.document.errors import BadSettings
from recto.doors.bulk import Bulk
from recto.doors.bulk_local import Crew, tally

MOST_BLOCKS: Final = 10_000
"""Ray keeps account of each block: beyond that, several parts are one."""


class PartReader:
    """The actor. Built once in its process, so that the engines are loaded once."""

    def __init__(self, bulk: Bulk) -> None:
        self.crew = Crew(bulk, 1)
        self.crew.worker.hire()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """`{"part": 3}` to its counts and the machine that read it."""
        import ray

        job = self.crew.order(int(row["part"]))
        while job.state in ("queued", "running"):
            self.crew.worker.turn()
            job = self.crew.queue.job(job.id)
        return {"machine": ray.get_runtime_context().get_node_id(), "counts": dict(tally([job]))}


def run_ray(bulk: Bulk, actors: int) -> Counter[str]:
    """Counts as of `run_local`, and of machines. `actors` in the cluster of RAY_ADDRESS, or here; 0: one a core."""
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise BadSettings("--engine ray needs the extra `ray` (pip install 'recto[ray]').") from error
    ray.init(address=os.environ.get("RAY_ADDRESS"), ignore_reinit_error=True, log_to_driver=False)
    parts = [{"part": number} for number in bulk.parts()]
    if not parts:
        return Counter()
    size = min(len(parts), actors or int(ray.cluster_resources().get("CPU", 1)))
    pool = ray.data.ActorPoolStrategy(size=size, max_tasks_in_flight_per_actor=1)
    spread = ray.data.from_items(parts, override_num_blocks=min(len(parts), MOST_BLOCKS))
    counts: Counter[str] = Counter()
    machines = set()
    for row in spread.map(PartReader, fn_constructor_args=(bulk,), compute=pool, num_cpus=1).iter_rows():
        counts.update(row["counts"])
        machines.add(row["machine"])
    return counts + Counter(machines=len(machines))
