"""A whole day in about two minutes: the real program on a copy of a site, with a stand-in for X and a clock turned by hand."""
