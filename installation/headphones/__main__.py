"""`python -m installation.headphones DESCRIPTOR PLAYER`: started by the player.

`--list` names the outputs found, `--find PATTERN CHANNELS` the one that a site means.
"""

import json
import logging
import os
import sys


def main() -> None:
    """The headphones process."""
    os.environ.setdefault("JACK_NO_START_SERVER", "1")  # looking for devices must not start one, nor wait for it
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    try:
        from installation.headphones import process
    except OSError as error:  # sounddevice without the PortAudio library
        sys.exit(str(error))
    match sys.argv[1:]:
        case ["--list"]:
            print(json.dumps(process.listed()))
        case ["--find", pattern, channels]:
            print(json.dumps(process.found(pattern, int(channels))))
        case [descriptor, player]:
            process.run(int(descriptor), int(player))


if __name__ == "__main__":
    main()
