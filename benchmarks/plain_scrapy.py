"""What anyone would write with Scrapy alone: the pages of some sitemaps into a file of JSON lines.

    python benchmarks/plain_scrapy.py FILE SITEMAP…

May import: scrapy and the standard library.
"""

import sys
from collections.abc import Iterator
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.spiders import SitemapSpider


class Plain(SitemapSpider):  # type: ignore[misc]
    """Keeps every page as it came."""

    name = "plain"
    sitemap_urls = sys.argv[2:]

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """Keep one page."""
        yield {"url": response.url, "status": response.status, "html": response.text}


if __name__ == "__main__":
    process = CrawlerProcess(
        {
            "CONCURRENT_REQUESTS": 64,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": True,
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "FEEDS": {sys.argv[1]: {"format": "jsonlines"}},
        }
    )
    process.crawl(Plain)
    process.start()
