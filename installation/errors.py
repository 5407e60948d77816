"""What can be wrong with the installation; each carries one sentence for the person who can mend it."""


class SiteError(Exception):
    """site.toml is wrong: the message names file, key, value and range."""


class NoDisplay(Exception):
    """No display appeared while the projector waited for one."""
