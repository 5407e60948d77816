"""A whole day in two minutes: the real program on a copy of a site, a stand-in for X, a clock turned by hand."""
