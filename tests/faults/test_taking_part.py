"""Stories through a storm: nobody is answered twice, nothing is lost. The long one is in tests/bench/taking-part."""

from pathlib import Path

from tests.support.reckoning import table
from tests.support.storm import Storm

NUMBER = 24


def test_stories_through_a_storm(tmp_path: Path) -> None:
    storm = Storm(tmp_path, seed=3, rest_seconds=0.3)
    try:
        storm.run(NUMBER)
        rows = storm.rows()
    finally:
        storm.close()
    told = "\n".join([table(rows), *storm.cannot, *(reason for row in rows for reason in row.reasons)])
    print(told, dict(storm.happened))
    counts = sum((row.counts for row in rows), start=type(rows[0].counts)())
    assert counts["sent in"] == NUMBER
    assert counts["answered once"] + counts["uncertain"] == NUMBER, told
    assert counts["uncertain"] <= 1, told
