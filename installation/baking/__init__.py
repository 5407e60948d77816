"""`film bake`: the mapped film as an ordinary movie, for a media player that stands in when the show cannot run."""
