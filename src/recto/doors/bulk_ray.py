"""A bulk on a Ray cluster: the same reading of parts, by actors that keep their models warm."""

from collections import Counter
from typing import Any

from recto.document.errors import BadSettings
from recto.doors.bulk import Bulk


class PartReader:
    """An actor: built once in its process, so that the engines are loaded once."""

    def __init__(self, bulk: Bulk) -> None:
        self.bulk = bulk

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        return dict(self.bulk.read_part(int(row["part"])))


def run_ray(bulk: Bulk, processes: int) -> Counter[str]:
    """Counts of documents, failed documents and pages. `processes` actors in the cluster of RAY_ADDRESS, or here."""
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise BadSettings("--engine ray needs the extra `ray` (pip install 'recto[ray]').") from error
    ray.init(ignore_reinit_error=True, log_to_driver=False)
    parts = ray.data.from_items([{"part": number} for number in bulk.parts()], override_num_blocks=None)
    counts: Counter[str] = Counter({"documents": 0})
    counted = parts.repartition(max(1, parts.count())).map(
        PartReader, fn_constructor_args=(bulk,), concurrency=processes, num_cpus=1
    )
    for row in counted.iter_rows():
        counts.update({name: int(count) for name, count in row.items()})
    return counts
