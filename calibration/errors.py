"""What can be wrong with a mapping; one sentence for the person who can mend it."""


class MappingError(Exception):
    """A mapping cannot be used, read or kept: the message names file, key, value and range where they apply."""
