"""CLDR's names of a language, the same in every process. May import: the standard library, babel.

Babel resolves what one locale takes from another in tables that locales share: after Arabic, Icelandic weekdays can be
Swahili ones. So each language gets a copy of its own before anything in it is resolved.
"""

from copy import deepcopy
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError, localedata


@lru_cache(256)
def names(language: str) -> Any:
    """Return the language's tables (months, days, territories, time_zones, currency_names …), or None.

    `language` is what babel.Locale.parse takes; None stands for a language that CLDR does not know.
    """
    try:
        locale = str(Locale.parse(language))
    except (UnknownLocaleError, ValueError):
        return None
    return localedata.LocaleDataDict(deepcopy(localedata.load(locale)))
