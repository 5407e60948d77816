"""What keeps a stranger's words and pictures from passing by themselves: word lists, likeness, a look at the clip.

Nothing here decides in a person's place: it refuses what no gallery shows, names what a person should see, and lets
the rest pass. It knows no ledger and no site.
"""
