"""A change made of a snapshot: in a confined worker over a copy of the dataset in memory, whatever the engine is.

Shared by the engines that keep the dataset elsewhere than in memory.
"""

from __future__ import annotations

from pathlib import Path

from hct_kg.errors import TooLargeToChange
from hct_kg.settings import Settings
from hct_kg.store.family import Zygote
from hct_kg.store.values import Change, QueryAnswer


def check_size(triples: int, settings: Settings) -> None:
    """Raise TooLargeToChange where a dataset is larger than what is held in memory for a change."""
    if triples > settings.change_triples:
        raise TooLargeToChange(
            f"The dataset has {triples:,} triples, and a change by request is made and validated in memory, of at most "
            f"{settings.change_triples:,} (HCT_KG_CHANGE_TRIPLES). Change it with `hct-kg load` on the server."
        )


async def change_apart(settings: Settings, snapshot: Path, request: Change) -> QueryAnswer:
    """Return the snapshot that a change makes of another one, as `changing.change` does; raises what that raises."""
    zygote = await Zygote.start(settings, snapshot)
    try:
        worker = await zygote.fork()
        try:
            answer = await worker.ask(request)
        finally:
            worker.end()
    finally:
        await zygote.close()
    assert isinstance(answer, QueryAnswer), "a change is answered whole"
    return answer
