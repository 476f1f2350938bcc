"""Templated news from moulds (moulds.toml): texts that are alike without being copies, to fit and to test against.

May import: the standard library.
"""

import random
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SLOT = re.compile(r"<(name|int|dec|of)(?: ([^>]*))?>")
_SYLLABLES = {
    "ru": ["ва", "ко", "ми", "рен", "ту", "сол", "да", "лин", "же", "пор"],
    "ja": ["タ", "ナ", "ロ", "ミ", "サ", "ケ", "フ", "ラ", "ド", "ウ"],
    "zh": ["凌", "瓦", "苏", "汀", "科", "曼", "洛", "菲", "德", "纳"],
    "ar": ["با", "دي", "سر", "كو", "لم", "نا", "فو", "تل", "جي", "مر"],
    "": ["ba", "dor", "fel", "gan", "ki", "lor", "men", "nu", "pra", "ri", "sto", "tal", "ve", "wex", "zu"],
}


def moulds() -> dict[str, dict[str, str]]:
    """Return language and text of each mould, by name."""
    told: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("moulds.toml").read_text(encoding="utf-8"))
    return told


def filled(mould: dict[str, str], draw: random.Random) -> str:
    """Return one text of a mould."""

    def fill(slot: re.Match[str]) -> str:
        kind, told = slot[1], slot[2] or ""
        if kind == "of":
            return draw.choice(told.split("|"))
        if kind == "name":
            return _name(mould["language"], draw)
        low, high = map(int, told.split())
        number = draw.randint(low, high)
        return str(number) if kind == "int" else f"{number}.{draw.randint(0, 9)}"

    return _SLOT.sub(fill, mould["text"]).strip()


def _name(language: str, draw: random.Random) -> str:
    syllables = _SYLLABLES.get(language, _SYLLABLES[""])
    return "".join(draw.choices(syllables, k=draw.randint(2, 4))).capitalize()


def articles(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield `count` articles of each mould: id, url, text, language, cluster (each its own)."""
    for name, mould in moulds().items():
        draw = random.Random(f"{name} {seed}")
        for n in range(count):
            id_ = f"{name}-{seed}-{n}"
            url = f"https://mould.example/{name}/{seed}/{n}"
            yield {"id": id_, "url": url, "text": filled(mould, draw), "language": mould["language"], "cluster": id_}
