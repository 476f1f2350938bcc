"""Scrapy settings: polite, safe, quiet. `scrapy.cfg` names this module; options of a crawl are laid over it.

May import: spiders.options.
"""

from typing import Any

from spiders.options import CrawlOptions

BOT_NAME = "wirecopy"
SPIDER_MODULES = ["spiders.news"]
NEWSPIDER_MODULE = "spiders"
USER_AGENT = CrawlOptions().user_agent

ROBOTSTXT_OBEY = False  # not disobeyed: spiders.polite.Robots does it, with Crawl-delay and "no answer means no"
CONCURRENT_REQUESTS = 64
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0  # a delay is a promise, also one half as long would break it
AUTOTHROTTLE_ENABLED = True  # by spiders.polite.Throttle, whose floor is robots.txt's Crawl-delay
EXTENSIONS = {"scrapy.extensions.throttle.AutoThrottle": None, "spiders.polite.Throttle": 0}
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "spiders.polite.Guard": 50,
    "spiders.polite.Robots": 100,
    "spiders.browser.Render": 200,  # after redirects and decompression
}
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # spiders.frontier knows what was fetched
HTTPERROR_ALLOW_ALL = True  # every answer gets an outcome
METAREFRESH_MAXDELAY = 3  # longer ones reload a page that is being read
COOKIES_ENABLED = False
REFERER_ENABLED = True
REFERRER_POLICY = "no-referrer"
URLLENGTH_LIMIT = 0
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "*",
}
DOWNLOAD_FAIL_ON_DATALOSS = True
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]
RETRY_GIVE_UP_LOG_LEVEL = "INFO"

TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
MEMUSAGE_ENABLED = False
STATS_DUMP = False
LOG_LEVEL = "WARNING"
LOGSTATS_INTERVAL = 0


def of_options(options: CrawlOptions) -> dict[str, Any]:
    """Return the settings that the options decide, to be laid over this module's."""
    return {
        "USER_AGENT": options.user_agent,
        "DOWNLOAD_DELAY": options.delay,
        "AUTOTHROTTLE_START_DELAY": options.delay,
        "DOWNLOAD_TIMEOUT": options.timeout,
        "DOWNLOAD_MAXSIZE": options.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "REDIRECT_MAX_TIMES": options.max_redirects,
        "RETRY_TIMES": options.retries,
        "DNS_TIMEOUT": min(options.timeout, 30.0),
        "HTTPPROXY_ENABLED": False,
    }
