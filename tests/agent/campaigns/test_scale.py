"""The small form of benchmarks/campaign.py: many sessions on two cores, nothing lost, nothing left, little held while waiting."""

from __future__ import annotations

import pytest

from agent.campaigns.fork_server import ForkServer, memory_of
from benchmarks.campaign import many, place

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(600)]


def test_nothing_is_lost_and_nothing_leaks() -> None:
    """Eight scripted sessions, four at a time: each done, begun once and ended once, no launch twice, no slot held afterwards."""
    with place() as folder:
        found = many(8, 4, folder)
    assert (found.done, found.begun, found.ended) == (8, 8, 8)
    assert (found.launched_twice, found.slots_leaked) == (0, 0)
    assert found.own_ms_a_session < 500


def nothing(seconds: float) -> int:
    """A session's process that only waits."""
    import time

    time.sleep(seconds)
    return 7


def test_forked_processes_share_what_they_have_in_common() -> None:
    """Six processes that have all that a session imports need less than 60 MB each, where one alone needs more than 150; each tells its status."""
    server = ForkServer(("agent.campaigns.preloaded",))
    try:
        pids = [server.begin(f"{__name__}:nothing", {"seconds": 2}) for _ in range(6)]
        memory = [memory_of(pid) for pid in pids]
        assert min(each["rss"] for each in memory) > 100
        assert sum(each["pss"] for each in memory) / 6 < 60
        ended: dict[int, int] = {}
        while len(ended) < 6:
            ended |= server.ended(5)
        assert ended == dict.fromkeys(pids, 7)
    finally:
        server.close()
