"""Scrapy spiders that collect pages into the corpus. May import: scrapy, corpus.tables, corpus.wire, corpus.settings."""
