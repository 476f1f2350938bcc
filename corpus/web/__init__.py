"""The explorer: pages over a corpus, served on the own machine or written as a folder of static files."""
