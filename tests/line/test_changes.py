"""Promises of the wake-up calls for those who wait."""

import asyncio

from record_fixtures import make_manifest

from backlot.line.changes import Changes
from backlot.line.record import JobRecords
from backlot.line.settings import LineSettings


def test_a_follower_is_woken_by_the_end_of_its_job(
    records: JobRecords, line_settings: LineSettings
) -> None:
    """The event is set by the job's own end, and by no other job's."""

    async def scenario() -> None:
        mine, other = make_manifest(), make_manifest()
        records.create(mine)
        records.create(other)
        async with Changes(line_settings) as changes:
            await asyncio.sleep(0.3)
            with changes.following(mine.job_id) as ended:
                records.cancel(other.job_id)
                await asyncio.sleep(0.1)
                assert not ended.is_set()
                records.cancel(mine.job_id)
                await asyncio.wait_for(ended.wait(), 5)

    asyncio.run(scenario())
