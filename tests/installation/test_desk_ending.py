"""The desk ends when it is told to, at whatever moment."""

import os
import signal
import threading

from installation.desk.ending import Ending


def test_it_waits_until_it_is_told_and_not_again() -> None:
    ending = Ending()
    assert not ending.wait(0.01)
    ending.tell()
    assert ending.wait(60.0)
    assert ending.wait(60.0)


def test_a_signal_is_heard_while_it_waits() -> None:
    ending = Ending()
    before = signal.signal(signal.SIGUSR2, ending.tell)
    try:
        threading.Timer(0.05, os.kill, [os.getpid(), signal.SIGUSR2]).start()
        assert ending.wait(20.0)
    finally:
        signal.signal(signal.SIGUSR2, before)
