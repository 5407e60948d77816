"""What a message means: it is answered from the board, queued for the frame loop, or refused."""

from collections.abc import Hashable
from functools import partial
from typing import Protocol

from installation.commands import QUEUE_IS_FULL, CommandQueue, Request
from installation.osc.addresses import Place, Row
from installation.osc.arguments import Refusal
from installation.osc.directory import Directory
from installation.osc.guests import Edges
from installation.osc.packets import Message, Value
from installation.status import Board, Status


class Caller(Protocol):
    """Whom a message came from."""

    @property
    def key(self) -> Hashable:
        """Tells one sender from another."""

    def reply(self, address: str, *values: Value) -> None:
        """Answer with what stands at an address."""

    def refuse(self, address: str, reason: str) -> None:
        """Answer with a reason."""

    def applied(self, address: str, values: tuple[Value, ...], reason: str | None) -> None:
        """Answer for the frame loop, on its thread: no reason means the command was applied."""


class Service:
    """Serves messages, one at a time, on the thread of the port."""

    def __init__(self, prefix: str, commands: CommandQueue, board: Board) -> None:
        self._directory = Directory(prefix)
        self._commands, self._board = commands, board
        self._edges = Edges()

    def take(self, message: Message, caller: Caller) -> None:
        """Do what the message asks, at every place it means."""
        status = self._board.latest
        try:
            places = self._meant(message, status)
        except Refusal as refusal:
            caller.refuse(message.address, str(refusal))
            return
        for place in places:
            try:
                self._serve(place, message.arguments, caller, status)
            except Refusal as refusal:
                caller.refuse(place.address, str(refusal))

    def _meant(self, message: Message, status: Status) -> list[Place]:
        """The places a message may reach: a pattern reads whatever has a value, and sets panels and headphones only."""
        places = self._directory.find(message.address, status)
        if places[0].address == message.address:
            return places
        if message.arguments:
            reached = [place for place in places if place.row.reach and place.reading(status) is not None]
        else:
            reached = [place for place in places if place.row.read and place.reading(status) is not None]
        if not reached:
            raise Refusal("a pattern reads what can be read and sets panels and headphones, nothing else")
        return reached

    def _serve(self, place: Place, values: tuple[Value, ...], caller: Caller, status: Status) -> None:
        if place.row.triggers and _is_held(place.row, values):
            if not self._edges.rose((caller.key, place.address), float(values[0])):
                return
            values = ()
        if values or place.row.triggers:
            self._queue(place, values, caller)
        else:
            self._read(place, caller, status)

    def _queue(self, place: Place, values: tuple[Value, ...], caller: Caller) -> None:
        command, taken = place.order(values)
        answer = partial(caller.applied, place.address, taken or (1,))
        if not self._commands.put(Request(command, answer)):
            raise Refusal(QUEUE_IS_FULL)

    def _read(self, place: Place, caller: Caller, status: Status) -> None:
        value = place.reading(status)
        if value is None:
            raise Refusal(place.row.missing)
        caller.reply(place.address, value)


def _is_held(row: Row, values: tuple[Value, ...]) -> bool:
    """Whether a trigger is worked by a number its sender holds; whole numbers name a cue where cues are taken."""
    if len(values) != 1 or isinstance(values[0], str):
        return False
    return not row.arguments or isinstance(values[0], bool | float)
