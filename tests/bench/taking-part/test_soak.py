"""A thousand stories through a storm: `script/test --bench tests/bench/taking-part/test_soak.py` prints the table.

BLIND_EYE_SOAK="NUMBER SEED" chooses another number or another storm.
"""

import os
import re
import time
from collections import Counter
from pathlib import Path

from tests.support.reckoning import table
from tests.support.storm import Storm

REST_SECONDS = 4.0
NUMBER, SEED = map(int, os.environ.get("BLIND_EYE_SOAK", "1000 1").split())


def test_a_thousand_stories_through_a_storm(tmp_path: Path) -> None:
    begun = time.monotonic()
    storm = Storm(tmp_path, SEED, settle_seconds=120 + 2 * NUMBER, rest_seconds=REST_SECONDS)
    try:
        storm.run(NUMBER)
        rows = storm.rows()
    finally:
        storm.close()
    counts = sum((row.counts for row in rows), start=Counter[str]())
    print(f"\nseed {SEED}, {time.monotonic() - begun:.0f} s\n\n{table(rows)}\n")
    print("\n".join([*storm.cannot, *(f"{reason} ({times})" for row in rows for reason, times in row.reasons.items())]))
    print("\n".join(f"- {name}: {times}" for name, times in sorted(storm.happened.items())))
    print(re.sub(r"(?s).*?(Traceback.*?\n)(?=desk: |\Z)", r"\1", storm.output) if "Traceback" in storm.output else "")
    assert counts["sent in"] == NUMBER
    assert counts["answered once"] + counts["uncertain"] == NUMBER
    assert counts["uncertain"] <= NUMBER / 100
    assert "Traceback" not in storm.output
