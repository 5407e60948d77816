"""A whole day in three minutes: the real program on a copy of a site, stand-ins for X and Mastodon, a clock turned by hand."""
