"""How long the second voice goes on after its last word."""

from show.making.second_voice.equaliser import ringing_seconds
from show.making.second_voice.murmur import Effects

BLUR_SECONDS = 0.12  # of the machine that moves the pitch; the bed's is shorter


def dying_seconds(effects: Effects) -> float:
    """From the end of the last word until 60 dB less is left of it: the last part, what rings on, then the room.

    What of the bed does not breathe never ends, and is not counted.
    """
    behind = max((part.delay_seconds for part in effects.parts), default=0.0)
    return behind + BLUR_SECONDS + ringing_seconds(effects.bands) + effects.reverb.heard_seconds
