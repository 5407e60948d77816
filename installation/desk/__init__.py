"""The desk: stories in from folder and X, films out to them, the shelf for the wall; a process of its own."""
