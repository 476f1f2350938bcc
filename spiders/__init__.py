"""Scrapy spiders that collect pages into the corpus. May import: scrapy, and of corpus the tables, urls and errors."""
