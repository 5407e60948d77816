"""A whole day in three minutes: the real program on a copy of a site, with stand-ins, a clock turned by hand."""
