"""Making pictures from words: the only part of the show that knows torch."""

import os

# Threads that wait for each other must sleep, not spin: on a busy PC spinning makes an image take seven times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
