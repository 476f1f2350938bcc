"""A small made-up web on loopback: publishers, pages, feeds and the truth about who copied whom.

Nothing in it is real news: publishers, persons and events are made up for demonstration and tests.
May import: the standard library and jinja2 (in render.py alone).
"""
