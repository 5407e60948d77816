"""`python -m installation.headphones DESCRIPTOR PLAYER`: started by the player. `--list` names the outputs found."""

import json
import logging
import sys


def main() -> None:
    """The headphones process."""
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    try:
        from installation.headphones import device, process
    except OSError as error:  # sounddevice without the PortAudio library
        sys.exit(str(error))
    if sys.argv[1] == "--list":
        print(json.dumps([[each.name, each.channels] for each in device.outputs()]))
    else:
        process.run(int(sys.argv[1]), int(sys.argv[2]))


if __name__ == "__main__":
    main()
