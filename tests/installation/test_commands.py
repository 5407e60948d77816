from installation.commands import CommandQueue, Pause, Request, Resume


def test_requests_come_out_in_order_and_once() -> None:
    queue = CommandQueue()
    for command in (Pause(), Resume()):
        assert queue.put(Request(command))
    assert [request.command for request in queue.drain()] == [Pause(), Resume()]
    assert queue.drain() == []


def test_a_full_queue_says_so() -> None:
    queue = CommandQueue(maxsize=2)
    assert [queue.put(Request(Pause())) for _ in range(3)] == [True, True, False]
    queue.drain()
    assert queue.put(Request(Pause()))
